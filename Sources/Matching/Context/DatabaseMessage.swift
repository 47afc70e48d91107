internal import Indicators

/// Who connects to a database, as PostgreSQL and MySQL tell it.
enum DatabaseMessage {
  private struct Client {
    var address: (ip: String, port: Int?)
    var user: String?
    var isRefused = false
  }

  static func fill(_ event: inout Sighting.Event, _ line: [UInt8], from start: Int) {
    guard event.sourceIP == nil, event.destinationIP == nil, let client = postgres(line, start) ?? mysql(line, start) else { return }
    (event.sourceIP, event.sourcePort) = client.address
    event.user = event.user ?? client.user.flatMap(LineFields.meaningful)
    if client.isRefused { event.outcome = .blocked }
    event.direction = EventRoles.direction(of: event, serves: true)
  }

  /// What stands behind `label` up to `mark`; nil where the label is not there.
  private static func text(_ label: String, upTo mark: UInt8, _ line: [UInt8], _ start: Int) -> (text: String, end: Int)? {
    guard let found = LineText.find(label, in: line, from: start, to: start + 512) else { return nil }
    let text = line[(found + label.utf8.count)...].prefix(128).prefix { $0 != mark }
    return (LineText.string(text), text.endIndex)
  }

  /// `connection received: host=192.0.2.1 port=51234`, `no pg_hba.conf entry for host "192.0.2.1", user "kato", …`, and a prefix of peer and user before
  /// every message (`…:192.0.2.1(51234):kato@sales:[7]:FATAL: …`).
  private static func postgres(_ line: [UInt8], _ start: Int) -> Client? {
    if let host = text("connection received: host=", upTo: LineText.space, line, start) {
      guard let ip = AddressFacts.address(host.text)?.ip else { return nil }
      return Client(address: (ip, text(" port=", upTo: LineText.space, line, host.end).flatMap { AddressFacts.port($0.text.utf8) }))
    }
    if let rule = LineText.find("pg_hba.conf ", in: line, from: start, to: start + 512), let host = text(" for host \"", upTo: LineText.quote, line, rule) {
      guard let address = AddressFacts.address(host.text) else { return nil }
      return Client(address: address, user: text(", user \"", upTo: LineText.quote, line, host.end)?.text, isRefused: true)
    }
    guard let close = LineText.find("):", in: line, from: start, to: start + 128), let open = line[start..<close].lastIndex(of: UInt8(ascii: "(")),
      let port = AddressFacts.port(line[(open + 1)..<close]), let colon = line[start..<open].lastIndex(where: { $0 == UInt8(ascii: ":") || $0 == LineText.space }),
      let address = AddressFacts.address(LineText.string(line[(colon + 1)..<open])), let bracket = LineText.find(":[", in: line, from: close, to: close + 160)
    else { return nil }
    return Client(address: (address.ip, port), user: LineText.string(line[(close + 2)..<max(close + 2, bracket)].prefix { $0 != UInt8(ascii: "@") }))
  }

  /// `Access denied for user 'kato'@'192.0.2.1' …`, `… user: 'kato' host: '192.0.2.1'`, `Connect	kato@192.0.2.1 on sales`. What the server adds to a name
  /// that a stranger chose stands last.
  private static func mysql(_ line: [UInt8], _ start: Int) -> Client? {
    let apostrophe = UInt8(ascii: "'")
    for mark in ["'@'", "' host: '"] {
      var found: Int?
      while let next = LineText.find(mark, in: line, from: found.map { $0 + 1 } ?? start, to: start + 512) { found = next }
      guard let found, let open = line[start..<found].lastIndex(of: apostrophe), let host = text(mark, upTo: apostrophe, line, found),
        let address = AddressFacts.address(host.text)
      else { continue }
      return Client(address: address, user: LineText.string(line[(open + 1)..<found]))
    }
    guard let login = text("Connect\t", upTo: LineText.space, line, start), LineText.starts(line, at: login.end, with: " on "), let at = login.text.lastIndex(of: "@"),
      let address = AddressFacts.address(String(login.text[login.text.index(after: at)...]))
    else { return nil }
    return Client(address: address, user: String(login.text[..<at]))
  }
}
