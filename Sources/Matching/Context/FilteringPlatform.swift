internal import Indicators

/// Connections that come in, as the Windows Filtering Platform tells them: its source is the address here that received them by Microsoft's
/// documentation and its example of 5156, and the one that sent them by its example of 5152 and by later versions. The addresses and ports
/// tell which.
enum FilteringPlatform {
  /// Fields that are no source or destination by their names.
  static let names: Set<String> = ["sourceaddress", "sourceport", "destaddress", "destport"]
  private static let inboundWords: Set<String> = ["%%14592", "Inbound"]

  static func isInbound(_ fields: LineFields) -> Bool {
    guard let word = RecordWriter.windowsText("direction", fields), inboundWords.contains(word) else { return false }
    return ["5152", "5156", "5157"].contains(RecordWriter.windowsID(fields))
  }

  static func fill(_ event: inout Sighting.Event, _ fields: LineFields) {
    event.direction = .inbound
    guard let first = end("source", fields), let second = end("dest", fields) else { return }
    let shown = AddressFacts.direction(from: first.ip, to: second.ip)
    let isSwapped: Bool
    switch shown {
    case .outbound?: isSwapped = true
    case .inbound?: isSwapped = false
    default:
      // Between two addresses of one kind the port that was asked for is here; where that says nothing, neither is the source.
      guard let isAsked = AddressFacts.isAsked(first.port, by: second.port) else { return }
      isSwapped = isAsked
    }
    (event.sourceIP, event.sourcePort) = isSwapped ? second : first
    (event.destinationIP, event.destinationPort) = isSwapped ? first : second
  }

  private static func end(_ side: String, _ fields: LineFields) -> (ip: String, port: Int?)? {
    guard let address = RecordWriter.windowsText(side + "address", fields).flatMap(AddressFacts.address) else { return nil }
    return (address.ip, RecordWriter.windowsText(side + "port", fields).flatMap { AddressFacts.port($0.utf8) })
  }
}
