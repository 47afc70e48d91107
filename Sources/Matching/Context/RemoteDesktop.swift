internal import Indicators

/// Windows' Remote Desktop events, whose members have numbers or plain names: 1149 of the remote connection manager, 21 to 25 of the local session manager.
enum RemoteDesktop {
  static func fill(_ event: inout Sighting.Event, _ fields: LineFields, id: String) {
    let channel = RecordWriter.windowsText("channel", fields) ?? ""
    let members: (user: String, address: String)
    switch id {
    case "1149" where channel.contains("RemoteConnectionManager"): members = ("param1", "param3")
    case "21", "22", "23", "24", "25":
      guard channel.contains("LocalSessionManager") else { return }
      members = ("user", "address")
    default: return
    }
    event.user = RecordWriter.windowsText(members.user, fields)
    guard let address = RecordWriter.windowsText(members.address, fields).flatMap(AddressFacts.address) else { return }
    event.sourceIP = address.ip
    event.direction = EventRoles.direction(of: event, serves: true)
  }
}
