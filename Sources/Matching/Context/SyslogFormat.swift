internal import Indicators
internal import Rules
internal import Syntax

/// RFC 5424, RFC 3164, and what syslog daemons write to files: a time, a host, a tag, the message.
enum SyslogFormat {
  /// What stands before the message.
  struct Header {
    var time: Timestamp?
    var host: String?
    /// Words behind the time.
    var words: Int
  }

  /// Behind `<134>`.
  static func priorityEnd(_ line: [UInt8]) -> Int {
    guard line.first == UInt8(ascii: "<"), let close = line.prefix(6).firstIndex(of: UInt8(ascii: ">")), close > 1, line[1..<close].allSatisfy(LineText.isDigit)
    else { return 0 }
    return close + 1
  }

  /// Behind `<34>1 `; nil for the older protocol.
  private static func versionEnd(_ line: [UInt8]) -> Int? {
    let start = priorityEnd(line)
    let digits = line[start...].prefix(4).prefix(while: LineText.isDigit)
    guard start > 0, (1...3).contains(digits.count), digits.endIndex < line.count, line[digits.endIndex] == 0x20 else { return nil }
    return digits.endIndex + 1
  }

  /// The syslog header of a line whose message begins at `end`; nil when what stands there is none.
  static func header(of line: [UInt8], to end: Int, _ reference: Timestamp) -> Header? {
    let start = versionEnd(line) ?? priorityEnd(line)
    if start == end { return Header(words: 0) }
    guard start < end, let (time, timeEnd) = EventTime.prefix(of: line, from: start, reference: reference), timeEnd <= end else { return nil }
    let words = LineText.words(line, from: timeEnd, limit: 8, quotes: false).filter { $0.upperBound <= end }
    return Header(time: time, host: words.first.flatMap { host(line[$0]) }, words: words.count)
  }

  private static func host(_ word: ArraySlice<UInt8>) -> String? {
    guard word.allSatisfy({ LineText.isLetter($0) || LineText.isDigit($0) || ".-_:".utf8.contains($0) }), word.last != UInt8(ascii: ":") else { return nil }
    // An address with a port is a peer's: `Sun May 31 12:34:56 2026 192.0.2.1:4711 TLS: …` (OpenVPN).
    if AddressFacts.address(LineText.string(word))?.port != nil { return nil }
    return LineFields.meaningful(LineText.string(word))
  }

  static func read(_ line: [UInt8], _ reference: Timestamp) -> LineFacts? {
    if let start = versionEnd(line), let facts = modern(line, from: start, reference) { return facts }
    let start = priorityEnd(line)
    // `20-Nov-2026 …` is a program's own time.
    guard line.count > start + 2, line[start + 2] != UInt8(ascii: "-"), let (time, end) = EventTime.prefix(of: line, from: start, reference: reference)
    else { return nil }
    var words = LineText.words(line, from: end, limit: 3, quotes: false)
    // Cisco's firewalls set a colon apart, and may leave their name out: `asa1 : %ASA-6-302013: …`, `: %ASA-6-302013: …`.
    var isNamed = true
    if let colon = words.firstIndex(where: { line[$0].elementsEqual(":".utf8) }), colon + 1 < words.count, line[words[colon + 1]].first == UInt8(ascii: "%") {
      words.remove(at: colon)
      isNamed = colon > 0
    } else if let first = words.first, line[first].first == UInt8(ascii: "%") {
      isNamed = false
    }
    guard words.count >= (isNamed ? 2 : 1) else { return nil }
    let host = isNamed ? host(line[words[0]]) : nil
    guard host != nil || !isNamed else { return nil }
    let mark = words[isNamed ? 1 : 0]
    let tag = line[mark]
    guard tag.last == UInt8(ascii: ":") || tag.contains(UInt8(ascii: "[")) || tag.first == UInt8(ascii: "%") else { return nil }
    var facts = LineFacts(format: "syslog-3164")
    facts.event.time = time
    facts.event.host = host
    return message(line, from: mark.upperBound, tag: tag, facts, reference)
  }

  /// RFC 5424: time, host, application, process, message id, structured data, message; `-` for what is not known.
  private static func modern(_ line: [UInt8], from start: Int, _ reference: Timestamp) -> LineFacts? {
    var facts = LineFacts(format: "syslog-5424")
    var end = start
    if line[start...].starts(with: "- ".utf8) {
      end = start + 1
    } else {
      guard let (time, timeEnd) = EventTime.prefix(of: line, from: start, reference: reference) else { return nil }
      facts.event.time = time
      end = timeEnd
    }
    let words = LineText.words(line, from: end, limit: 5, quotes: false)
    guard words.count >= 4 else { return nil }
    facts.event.host = host(line[words[0]])
    // Meraki leaves most of the header out: `<134>1 1780230896.789 MX84 flows src=…`.
    if words[1...3].contains(where: { line[$0].contains(UInt8(ascii: "=")) }) {
      return message(line, from: words[0].upperBound, tag: line[words[1]], facts, reference)
    }
    let rest = words.count > 4 ? words[4].lowerBound : words[3].upperBound
    // The space before it belongs to the header.
    return message(line, from: max(end, rest - 1), tag: line[words[1]], facts, reference)
  }

  /// The facts of the message: a format of its own, JSON, pairs or prose.
  private static func message(
    _ line: [UInt8], from end: Int, tag: ArraySlice<UInt8>, _ header: LineFacts, _ reference: Timestamp
  ) -> LineFacts {
    var facts = header
    let start = min(line[end...].firstIndex { $0 != 0x20 } ?? line.count, line.count)
    let body = Array(line[start...])
    if let inner = TextFormats.message(body, reference) {
      var whole = inner.shifted(by: start)
      whole.event.host = header.event.host
      whole.event.time = inner.event.time ?? header.event.time
      return whole
    }
    var fields = LineFields(line)
    fields.add("message", start..<line.count)
    if let brace = body.prefix(256).firstIndex(of: UInt8(ascii: "{")), let scalars = JSONText.scalars(Array(body[brace...])), scalars.count > 1 {
      // The payload is a record of its own; its fields are named.
      for scalar in scalars { fields.add(scalar.path, (scalar.range.lowerBound + start + brace)..<(scalar.range.upperBound + start + brace)) }
    } else {
      for pair in KeyValuePairs.read(line, from: start) { fields.add(pair.name, pair.range) }
      // Check Point: `[action:"Drop"; src:"192.0.2.1"; …]`.
      if body.first == UInt8(ascii: "[") { for pair in KeyValuePairs.quoted(line, from: start) { fields.add(pair.name, pair.range) } }
    }
    MailMessage.fill(&facts.event, body)
    if tag.starts(with: "%ASA".utf8) || tag.starts(with: "%FTD".utf8) || tag.starts(with: "%PIX".utf8) { CiscoMessage.fill(&facts.event, body) }
    // `kato : TTY=pts/0 ; USER=root ; COMMAND=…`: who did it stands first.
    if tag.starts(with: "sudo".utf8), let mark = LineText.find(" : ", in: body, to: 64) { facts.event.user = LineFields.meaningful(LineText.string(body[..<mark])) }
    EventRoles.fill(&facts.event, from: fields, reference: reference, reading: EventRoles.Reading(ignored: ["host", "time", "message"]))
    ProseFacts.fill(&facts.event, from: line, start: start)
    facts.event.hostObserves = facts.event.sourceIP != nil && facts.event.destinationIP != nil
    facts.fields = fields.ranges
    return facts
  }
}

/// Cisco's firewalls: addresses behind interface names, `Built outbound TCP connection 1 for outside:192.0.2.1/80 (…) to inside:10.0.0.1/4711`.
enum CiscoMessage {
  static func fill(_ event: inout Sighting.Event, _ body: [UInt8]) {
    let words = LineText.words(body, limit: 48, quotes: false)
    func text(_ index: Int) -> String { words.indices.contains(index) ? LineText.string(body[words[index]]) : "" }
    var ends: [(ip: String, port: Int?)] = []
    var named: [String: (ip: String, port: Int?)] = [:]
    var initiated: Sighting.Direction?
    for index in words.indices {
      let word = text(index).lowercased()
      if word == "outbound" { initiated = .outbound }
      if word == "inbound" { initiated = .inbound }
      if ["deny", "denied", "denied.", "discarded", "dropped"].contains(word) { event.outcome = .blocked }
      if ["built", "permitted", "accessed"].contains(word) { event.outcome = .allowed }
      // `inside/10.0.0.1(4711) -> outside/192.0.2.1(443)`, `10.0.0.1 Accessed URL 192.0.2.1:http://…`
      if word == "->", named["src"] == nil, let from = address(text(index - 1)), let to = address(text(index + 1)) { (named["src"], named["dst"]) = (from, to) }
      if word == "accessed", let from = address(text(index - 1)) {
        named["src"] = from
        named["dst"] = address(String(text(index + 2).prefix { $0 != ":" }))
      }
      guard ["src", "dst", "for", "from", "to", "faddr", "laddr"].contains(word), let address = address(text(index + 1)), named[word] == nil else { continue }
      named[word] = address
      ends.append(address)
    }
    var source = named["src"] ?? named["from"]
    var destination = named["dst"] ?? (source == nil ? nil : named["to"])
    if source == nil, let outside = named["for"] ?? named["faddr"], let inside = named["to"] ?? named["laddr"] {
      (source, destination) = initiated == .inbound ? (outside, inside) : (inside, outside)
    }
    if let source { (event.sourceIP, event.sourcePort) = source }
    if let destination { (event.destinationIP, event.destinationPort) = destination }
    if event.sourceIP != nil, event.destinationIP != nil { event.direction = initiated }
  }

  /// `outside:192.0.2.1/80(user)`
  private static func address(_ word: String) -> (ip: String, port: Int?)? {
    var text = word.prefix { $0 != "(" && $0 != "," && $0 != ";" }
    if let address = AddressFacts.address(String(text)) { return address }
    if let slash = text.firstIndex(of: "/"), let address = AddressFacts.address(String(text[text.index(after: slash)...])) {
      let port = word[text.endIndex...].dropFirst().prefix { $0 != ")" }
      return (address.ip, address.port ?? AddressFacts.port(port.utf8))
    }
    guard let colon = text.firstIndex(of: ":") else { return nil }
    text = text[text.index(after: colon)...]
    return AddressFacts.address(String(text))
  }
}
