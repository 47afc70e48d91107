internal import Indicators

/// Proxies and gateways that write the cells of a table without a header, between blanks.
enum ProxyAppliances {
  static func read(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    guard let first = line.first, LineText.isDigit(first) else { return nil }
    return blueCoat(line, base) ?? webGateway(line, base) ?? applicationFirewall(line, base)
  }

  /// Blue Coat's ProxySG, whose formats begin alike, and have the status before what the proxy did: `2026-05-31 12:34:56 212 10.0.0.1 403 TCP_DENIED …`,
  /// `2026-05-31 12:34:56 212 10.0.0.1 kato group - OBSERVED "…" - 200 TCP_NC_MISS GET …`.
  private static func blueCoat(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    guard line.count > 40, line[4] == UInt8(ascii: "-"), line[10] == LineText.space, LineText.find(" TCP_", in: line, to: 1024) != nil else { return nil }
    let words = LineText.words(line, limit: 40, brackets: false)
    func text(_ index: Int) -> String { LineText.string(line[words[index]]) }
    guard words.count >= 10, line[words[2]].allSatisfy(LineText.isDigit), let client = AddressFacts.address(text(3)),
      let action = words.indices.dropFirst(5).prefix(12).first(where: { text($0).hasPrefix("TCP_") }), words[action - 1].count == 3,
      let time = EventTime.read(text(0) + " " + text(1), base: base)
    else { return nil }
    var fields = LineFields(line)
    for (name, index) in [("time-taken", 2), ("c-ip", 3), ("sc-status", action - 1), ("s-action", action)] { fields.add(name, words[index]) }
    var facts = LineFacts(format: "bluecoat")
    facts.event.time = time
    if action > 9 { facts.event.user = LineFields.meaningful(text(4)) }
    (facts.event.sourceIP, facts.event.sourcePort) = client
    let isDenied = words.contains { line[$0].elementsEqual("DENIED".utf8) && !WebFormats.opened(line, $0, LineText.quote) }
    facts.event.outcome = isDenied || text(action) == "TCP_DENIED" ? .blocked : OutcomeWords.outcome(status: text(action - 1))
    if AddressFacts.isPrivate(client.ip) == true { facts.event.direction = .outbound }
    return observed(facts, fields)
  }

  /// Barracuda's web gateway: `1780230896 1 10.0.0.1 192.0.2.1 text/html 10.0.0.1 http://… 1234 BYF BLOCKED CLEAN …`.
  private static func webGateway(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    guard line.count > 40, line[10] == LineText.space else { return nil }
    let words = LineText.words(line, limit: 14, quotes: false, brackets: false)
    func text(_ index: Int) -> String { LineText.string(line[words[index]]) }
    guard words.count >= 11, line[words[0]].allSatisfy(LineText.isDigit), line[words[1]].allSatisfy(LineText.isDigit), let client = AddressFacts.address(text(2)),
      let mark = words.indices.dropFirst(7).first(where: { text($0) == "BYF" }), mark + 1 < words.count
    else { return nil }
    var fields = LineFields(line)
    for (name, index) in [("time", 0), ("source", 2), ("destination", 3), ("url", 6), ("action", mark + 1)] { fields.add(name, words[index]) }
    var facts = LineFacts(format: "barracuda-web")
    facts.event.time = EventTime.read(text(0), base: base)
    (facts.event.sourceIP, facts.event.sourcePort) = client
    // `192.0.2.1(192.0.2.2)`
    if let server = AddressFacts.address(String(text(3).prefix { $0 != "(" })) { (facts.event.destinationIP, facts.event.destinationPort) = server }
    facts.event.outcome = OutcomeWords.outcome(of: text(mark + 1))
    facts.event.direction = AddressFacts.direction(from: facts.event.sourceIP, to: facts.event.destinationIP)
    return observed(facts, fields)
  }

  /// Barracuda's application firewall, its accesses and its attacks: `2026-05-31 12:34:56.789 +0000 waf-1 TR 10.0.0.9 80 192.0.2.1 51234 …`,
  /// `… waf-1 WF ALER NAME 192.0.2.1 51234 10.0.0.9 80 RULE TYPE DENY …`.
  private static func applicationFirewall(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    guard [" TR ", " WF "].contains(where: { LineText.find($0, in: line, to: 96) != nil }), let (time, end) = EventTime.prefix(of: line, base: base) else { return nil }
    let words = LineText.words(line, from: end, limit: 14, brackets: false)
    func text(_ index: Int) -> String { LineText.string(line[words[index]]) }
    guard words.count >= 13, ["TR", "WF"].contains(text(1)) else { return nil }
    let isAccess = text(1) == "TR"
    let (client, server) = isAccess ? (4, 2) : (4, 6)
    guard let from = AddressFacts.address(text(client)), let to = AddressFacts.address(text(server)) else { return nil }
    var fields = LineFields(line)
    for (name, index) in [("source", client), ("destination", server), isAccess ? ("status", 12) : ("action", 10)] { fields.add(name, words[index]) }
    var facts = LineFacts(format: "barracuda-waf")
    facts.event.time = time
    facts.event.host = LineFields.meaningful(text(0))
    (facts.event.sourceIP, facts.event.sourcePort) = (from.ip, AddressFacts.port(line[words[client + 1]]))
    (facts.event.destinationIP, facts.event.destinationPort) = (to.ip, AddressFacts.port(line[words[server + 1]]))
    if isAccess { facts.event.user = LineFields.meaningful(text(6)) }
    facts.event.outcome = isAccess ? OutcomeWords.outcome(status: text(12)) : OutcomeWords.outcome(of: text(10))
    facts.event.direction = AddressFacts.direction(from: from.ip, to: to.ip)
    return observed(facts, fields)
  }

  private static func observed(_ facts: LineFacts, _ fields: LineFields) -> LineFacts {
    var facts = facts
    facts.event.hostObserves = true
    facts.fields = fields.ranges
    return facts
  }
}
