internal import Indicators

/// Cisco's firewalls: addresses behind interface names, `Built outbound TCP connection 1 for outside:192.0.2.1/80 (…) to inside:10.0.0.1/4711`, and
/// Firepower's events, `SrcIP: 10.0.0.1, DstIP: 192.0.2.1, …`.
enum CiscoMessage {
  static func isTag(_ text: ArraySlice<UInt8>) -> Bool {
    text.first == UInt8(ascii: "%") && ["%ASA-", "%FTD-", "%PIX-"].contains { text.starts(with: $0.utf8) }
  }

  /// Firepower's `Name: value, Name: value`; none of a message in prose.
  static func pairs(_ line: [UInt8], from start: Int) -> [KeyValuePairs.Pair] {
    LineText.find("SrcIP: ", in: line, from: start) == nil ? [] : KeyValuePairs.spaced(line, from: start)
  }

  static func fill(_ event: inout Sighting.Event, _ body: [UInt8]) {
    let words = LineText.words(body, limit: 48, quotes: false)
    func text(_ index: Int) -> String { words.indices.contains(index) ? LineText.string(body[words[index]]) : "" }
    var named: [String: End] = [:]
    var initiated: Sighting.Direction?
    var isTranslation = false
    for index in words.indices {
      let word = text(index).lowercased()
      switch word {
      case "outbound": initiated = .outbound
      case "inbound": initiated = .inbound
      case "translation": isTranslation = true
      case "deny", "denied", "denied.", "discarded", "dropped", "shunned": event.outcome = .blocked
      case "built", "permitted", "accessed": event.outcome = .allowed
      // `inside/10.0.0.1(4711) -> outside/192.0.2.1(443)`, `192.0.2.1 ==> 10.0.0.1`
      case "->", "==>":
        guard named["src"] == nil, let from = address(text(index - 1)), let to = address(text(index + 1)) else { break }
        (named["src"], named["dst"]) = (from, to)
      default: break
      }
      // `10.0.0.1 Accessed URL 192.0.2.1:http://…`
      if word == "accessed", let from = address(text(index - 1)) {
        named["src"] = from
        named["dst"] = address(String(text(index + 2).prefix { $0 != ":" }))
      }
      guard ["src", "dst", "for", "from", "to", "client", "faddr", "laddr"].contains(word), let address = address(text(index + 1)), named[word] == nil else { continue }
      named[word] = address
    }
    // What an address is translated `to` is another name for it, not whom it speaks to.
    if isTranslation { named["to"] = nil }
    take(named, initiated, &event)
    fillLogin(&event, words.map { LineText.string(body[$0]) })
  }

  private typealias End = (ip: String, port: Int?)

  private static func take(_ named: [String: End], _ initiated: Sighting.Direction?, _ event: inout Sighting.Event) {
    var source = named["src"] ?? named["from"] ?? named["client"]
    var destination = named["dst"] ?? (source == nil ? nil : named["to"])
    if source == nil, let outside = named["for"] ?? named["faddr"], let inside = named["to"] ?? named["laddr"] {
      // The end of a connection does not say who began it (`Teardown TCP connection …`).
      let isInbound: Bool? = initiated.map { $0 == .inbound } ?? AddressFacts.isAsked(inside.port, by: outside.port)
      guard let isInbound else { return }
      (source, destination) = isInbound ? (outside, inside) : (inside, outside)
    }
    if let source { (event.sourceIP, event.sourcePort) = source }
    if let destination { (event.destinationIP, event.destinationPort) = destination }
    if event.sourceIP != nil, event.destinationIP != nil { event.direction = initiated }
  }

  /// Who logs on, and from where: `Group <staff> User <kato> IP <192.0.2.1> …`, `Username = kato, IP = 192.0.2.1, …`, `… : user = kato : user IP = 192.0.2.1`,
  /// `IP address: 192.0.2.1, Uname: kato`.
  private static func fillLogin(_ event: inout Sighting.Event, _ words: [String]) {
    /// What stands in marks or behind an equals sign.
    func value(_ index: Int) -> String? {
      guard index + 1 < words.count else { return nil }
      let isEqual = words[index + 1] == "="
      guard isEqual ? index + 2 < words.count : "<'\"".contains(words[index + 1].prefix(1)) else { return nil }
      return LineFields.meaningful(words[isEqual ? index + 2 : index + 1].filter { !"<>'\",".contains($0) })
    }
    func next(_ index: Int) -> String? { index + 1 < words.count ? LineFields.meaningful(words[index + 1].filter { $0 != "," }) : nil }
    for index in words.indices {
      switch words[index].lowercased() {
      case "uname:": event.user = event.user ?? next(index)
      case "address:":
        guard event.sourceIP == nil, index > 0, words[index - 1] == "IP", let address = next(index).flatMap(AddressFacts.address) else { break }
        (event.sourceIP, event.sourcePort) = address
        event.direction = EventRoles.direction(of: event, serves: true)
      case "user", "username": event.user = event.user ?? value(index)
      case "ip":
        guard event.sourceIP == nil, let address = value(index).flatMap(AddressFacts.address) else { break }
        (event.sourceIP, event.sourcePort) = address
        event.direction = EventRoles.direction(of: event, serves: true)
      case "successful", "successful,", "succeeded:": event.outcome = event.outcome ?? .allowed
      case "rejected", "failed", "failed:": event.outcome = event.outcome ?? .blocked
      default: break
      }
    }
  }

  /// `outside:192.0.2.1/80(user)`
  private static func address(_ word: String) -> End? {
    var text = word.prefix { $0 != "(" && $0 != "," && $0 != ";" }
    if let address = AddressFacts.address(String(text)) { return address }
    if let slash = text.firstIndex(of: "/"), let address = AddressFacts.address(String(text[text.index(after: slash)...])) {
      let port = word[text.endIndex...].dropFirst().prefix { $0 != ")" }
      return (address.ip, address.port ?? AddressFacts.port(port.utf8))
    }
    guard let colon = text.firstIndex(of: ":") else { return nil }
    text = text[text.index(after: colon)...]
    // `inside:10.0.0.1/ssh`: a service has a name.
    return AddressFacts.address(String(text)) ?? AddressFacts.address(String(text.prefix { $0 != "/" }))
  }
}
