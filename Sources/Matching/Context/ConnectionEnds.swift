internal import Indicators

/// A connection as the machine at one of its ends tells it: a local and a remote address, and who opened it. Endpoint sensors (Carbon Black,
/// CrowdStrike, Defender, osquery) write so; a server of the web that names a remote address means its client.
struct ConnectionEnds {
  /// Names of the fields that are no source or destination by themselves, in lower case.
  private(set) var names: Set<String> = []
  private var local: (ip: String, port: Int?)
  private var remote: (ip: String, port: Int?)
  private var opened: Sighting.Direction?

  private static let localNames: Set<String> = [
    "local_ip", "localip", "local_address", "localaddress", "localaddressip4", "localaddressip6", "local_addr", "localaddr", "laddr.ip",
  ]
  private static let remoteNames: Set<String> = [
    "remote_ip", "remoteip", "remote_address", "remoteaddress", "remoteaddressip4", "remoteaddressip6", "remote_addr", "remoteaddr", "raddr.ip",
  ]
  /// Where one of these stands, the record is a server's of its client's request.
  private static let requestNames: Set<String> = ["request", "method", "request_method", "uri", "request_uri", "status", "status_code", "bytes_sent", "user_agent"]

  /// Nil when the record does not name both ends.
  init?(_ fields: LineFields) {
    var local: (ip: String, port: Int?)?
    var remote: (ip: String, port: Int?)?
    // The state of a socket is no status of an answer.
    let isSocket = fields.names.contains { Self.tail($0) == "raddr.ip" }
    for name in fields.names.sorted() {
      let last = Self.tail(name)
      if Self.requestNames.contains(last), !isSocket { return nil }
      let isLocal = Self.localNames.contains(last)
      guard isLocal || Self.remoteNames.contains(last), var address = fields.text(name).flatMap(AddressFacts.address) else { continue }
      names.insert(name)
      let stem = name.dropLast(last.utf8.count)
      let ports = isLocal ? ["local_port", "localport", "laddr.port"] : ["remote_port", "remoteport", "raddr.port"]
      address.port = address.port ?? ports.lazy.compactMap { fields.text(stem + $0) }.first.flatMap { AddressFacts.port($0.utf8) }
      if isLocal { local = local ?? address } else { remote = remote ?? address }
    }
    guard let local, let remote else { return nil }
    (self.local, self.remote) = (local, remote)
    opened = Self.opened(fields)
    // A table of sockets tells nobody who opened them; the ports may show it.
    if opened == nil, isSocket { opened = AddressFacts.isAsked(remote.port, by: local.port).map { $0 ? .outbound : .inbound } }
  }

  /// What tells of which end a field is: the last part of its name, of Velociraptor's sockets (`Raddr.IP`) the last two.
  private static func tail(_ name: String) -> String {
    let parts = name.split(separator: ".")
    let last = parts.last.map { String($0) } ?? ""
    guard last == "ip", let owner = parts.dropLast().last, owner == "laddr" || owner == "raddr" else { return last }
    return owner + ".ip"
  }

  /// Who opened the connection, as far as the record tells.
  private static func opened(_ fields: LineFields) -> Sighting.Direction? {
    switch fields.text("netconn_inbound")?.lowercased() {
    case "true": return .inbound
    case "false": return .outbound
    default: break
    }
    // CrowdStrike: 0 is outbound, 1 inbound, 2 neither, 3 both.
    switch fields.text("connectiondirection") {
    case "0": return .outbound
    case "1": return .inbound
    default: break
    }
    for name in ["properties.actiontype", "actiontype", "columns.action", "event_simplename", "direction", "network.direction"] {
      guard let word = fields.text(name)?.lowercased() else { continue }
      if word.contains("inbound") || word.contains("accept") || word == "incoming" { return .inbound }
      if word.contains("outbound") || word.contains("connect") || word == "outgoing" { return .outbound }
    }
    return nil
  }

  /// Fills what is still open: without knowing who opened the connection none of its ends is a source.
  func fill(_ event: inout Sighting.Event) {
    guard let opened, event.sourceIP == nil, event.destinationIP == nil else { return }
    let (source, destination) = opened == .outbound ? (local, remote) : (remote, local)
    (event.sourceIP, event.sourcePort) = source
    (event.destinationIP, event.destinationPort) = destination
    let shown = AddressFacts.direction(from: source.ip, to: destination.ip)
    if event.direction == nil { event.direction = shown == .external ? opened : shown }
  }
}
