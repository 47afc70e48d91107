internal import Indicators

/// Programs whose messages name who speaks to them in a way of their own.
enum DaemonMessage {
  static func fill(_ event: inout Sighting.Event, _ body: [UInt8], tag: ArraySlice<UInt8>) {
    if tag.starts(with: "sudo".utf8) { sudo(&event, body) }
    if tag.starts(with: "proftpd".utf8) { proftpd(&event, body) }
    if LineText.starts(body, at: 0, with: "pam_"), LineText.find(": authentication failure", in: body, to: 64) != nil { event.outcome = .blocked }
    if tag.starts(with: "kernel".utf8), LineText.find("[UFW ALLOW]", in: body, to: 64) != nil { event.outcome = .allowed }
    if tag.starts(with: "inbound/pass".utf8) { mailGateway(&event, body) }
    if tag.starts(with: "apmd".utf8) { accessPolicy(&event, body) }
    if tag.starts(with: "pure-ftpd".utf8) { pureFTPd(&event, body) }
    if tag.starts(with: "vsftpd".utf8) { vsftpd(&event, body) }
    if tag.starts(with: "openvpn".utf8) || tag.starts(with: "ovpn".utf8) { openVPN(&event, body) }
    if tag.first == UInt8(ascii: "%") || LineText.find(": %", in: body, to: 64) != nil { router(&event, Array(tag) + body) }
  }

  /// `kato : TTY=pts/0 ; USER=root ; COMMAND=…`: who did it stands first.
  private static func sudo(_ event: inout Sighting.Event, _ body: [UInt8]) {
    if let mark = LineText.find(" : ", in: body, to: 64) { event.user = LineFields.meaningful(LineText.string(body[..<mark])) }
  }

  /// `host (mail.evil.example[192.0.2.9]) - USER kato (Login failed): Incorrect password`; in a log of its own `…[192.0.2.9]): USER kato: …`.
  private static func proftpd(_ event: inout Sighting.Event, _ body: [UInt8]) {
    guard let open = LineText.find("(", in: body, to: 256), let bracket = LineText.find("[", in: body, from: open, to: 512),
      let close = LineText.find("])", in: body, from: bracket, to: 600)
    else { return }
    event.sourceIP = AddressFacts.address(LineText.string(body[(bracket + 1)..<close]))?.ip
    event.direction = EventRoles.direction(of: event, serves: true)
    if ["SECURITY VIOLATION", "Maximum login attempts"].contains(where: { LineText.find($0, in: body, from: close) != nil }) { event.outcome = .blocked }
    guard let user = LineText.find("USER ", in: body, from: close) else { return }
    event.user = LineFields.meaningful(LineText.string(body[(user + 5)...].prefix { $0 != LineText.space && $0 != UInt8(ascii: ":") }))
    if LineText.find("Login successful", in: body, from: user) != nil { event.outcome = .allowed }
    if LineText.find("Login failed", in: body, from: user) != nil || LineText.find("no such user", in: body, from: user) != nil { event.outcome = .blocked }
  }

  /// Barracuda's mail gateway: `mail.evil.example[192.0.2.9] 1780230896-0001-1 1780230890 1780230896 RECV a@evil.example kato@corp.example …`.
  private static func mailGateway(_ event: inout Sighting.Event, _ body: [UInt8]) {
    guard let address = AddressFacts.address(LineText.string(body.prefix { $0 != LineText.space })) else { return }
    (event.sourceIP, event.sourcePort) = address
    event.direction = EventRoles.direction(of: event, serves: true)
  }

  /// F5's access policies: `01490010:5: /Common/vpn:Common:1a2b3c4d: Username 'kato'`
  private static func accessPolicy(_ event: inout Sighting.Event, _ body: [UInt8]) {
    guard let mark = LineText.find("Username '", in: body, to: 256), let close = body[(mark + 10)...].firstIndex(of: UInt8(ascii: "'")) else { return }
    event.user = LineFields.meaningful(LineText.string(body[(mark + 10)..<close]))
  }

  /// `(kato@192.0.2.9) [WARNING] Authentication failed for user [kato]`; `?` before he is known.
  private static func pureFTPd(_ event: inout Sighting.Event, _ body: [UInt8]) {
    guard body.first == UInt8(ascii: "("), let close = body.prefix(256).firstIndex(of: UInt8(ascii: ")")), let mark = body[..<close].lastIndex(of: UInt8(ascii: "@"))
    else { return }
    event.sourceIP = AddressFacts.address(LineText.string(body[(mark + 1)..<close]))?.ip
    event.user = LineFields.meaningful(LineText.string(body[1..<mark]))
    event.direction = EventRoles.direction(of: event, serves: true)
  }

  /// `[kato] FAIL LOGIN: Client "192.0.2.9"`
  private static func vsftpd(_ event: inout Sighting.Event, _ body: [UInt8]) {
    guard body.first == UInt8(ascii: "["), let close = body.prefix(128).firstIndex(of: UInt8(ascii: "]")) else { return }
    event.user = LineFields.meaningful(LineText.string(body[1..<close]))
    if LineText.starts(body, at: close, with: "] FAIL") { event.outcome = .blocked }
    if LineText.starts(body, at: close, with: "] OK") { event.outcome = .allowed }
  }

  /// `kato/192.0.2.9:4711 MULTI: …`, `192.0.2.9:4711 TLS: …`
  private static func openVPN(_ event: inout Sighting.Event, _ body: [UInt8]) {
    let word = LineText.string(body.prefix { $0 != LineText.space })
    let parts = word.split(separator: "/", maxSplits: 1)
    guard let last = parts.last, case (let ip, let port?)? = AddressFacts.address(String(last)) else { return }
    (event.sourceIP, event.sourcePort) = (ip, port)
    if parts.count == 2 { event.user = LineFields.meaningful(String(parts[0])) }
    event.direction = EventRoles.direction(of: event, serves: true)
  }

  /// Cisco's routers and switches: `%SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: kato] [Source: 192.0.2.9] …`
  private static func router(_ event: inout Sighting.Event, _ body: [UInt8]) {
    func value(_ label: String) -> String? {
      guard let mark = LineText.find(label, in: body, to: 512), let close = LineText.find("]", in: body, from: mark, to: mark + 128) else { return nil }
      return LineFields.meaningful(LineText.string(body[(mark + label.utf8.count)..<close]))
    }
    guard event.sourceIP == nil, let address = value("[Source: ").flatMap(AddressFacts.address) else { return }
    (event.sourceIP, event.sourcePort) = address
    event.user = event.user ?? value("[user: ")
    event.direction = EventRoles.direction(of: event, serves: true)
    if LineText.find("-LOGIN_SUCCESS:", in: body, to: 256) != nil { event.outcome = .allowed }
  }
}
