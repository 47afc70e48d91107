internal import Indicators
internal import Rules
internal import Syntax

/// Lines of text: web servers, proxies, syslog, CEF, LEEF, `key=value`, and plain ones.
enum TextFormats {
  static func read(_ line: [UInt8], _ reference: Timestamp) -> LineFacts {
    squid(line, reference) ?? access(line, reference) ?? commonEvent(line, reference) ?? syslog(line, reference) ?? pairs(line, reference) ?? plain(line, reference)
  }

  // MARK: Web

  /// Squid's native format: `1710900661.104 212 10.20.4.31 TCP_TUNNEL/200 8211 CONNECT host:443 user HIER_DIRECT/192.0.2.44 type`.
  private static func squid(_ line: [UInt8], _ reference: Timestamp) -> LineFacts? {
    let words = LineText.words(line, limit: 10, quotes: false)
    guard words.count >= 9, let time = Timestamp(parsing: LineText.string(line[words[0]])), line[words[0]].contains(0x2E),
      let client = AddressFacts.address(LineText.string(line[words[2]]))
    else { return nil }
    let code = LineText.string(line[words[3]])
    guard code.hasPrefix("TCP_") || code.hasPrefix("UDP_") || code.hasPrefix("NONE") else { return nil }
    var fields = LineFields(line)
    for (name, range) in zip(["time", "elapsed", "client", "result", "bytes", "method", "url", "user", "peer", "type"], words) { fields.add(name, range) }
    var facts = LineFacts(format: "squid")
    facts.event.time = time
    facts.event.sourceIP = client.ip
    facts.event.user = fields.text("user")
    if let peer = fields.text("peer")?.split(separator: "/").last, let address = AddressFacts.address(String(peer)) { facts.event.destinationIP = address.ip }
    facts.event.outcome = code.contains("DENIED") ? .blocked : OutcomeWords.outcome(status: String(code.split(separator: "/").last ?? ""))
    facts.event.direction = AddressFacts.direction(from: facts.event.sourceIP, to: facts.event.destinationIP) ?? .outbound
    facts.fields = fields.ranges
    return facts
  }

  /// Apache's and nginx's common and combined formats.
  private static func access(_ line: [UInt8], _ reference: Timestamp) -> LineFacts? {
    let words = LineText.words(line, limit: 12)
    guard words.count >= 6, words[3].lowerBound > 0, line[words[3].lowerBound - 1] == UInt8(ascii: "["), line[words[4].lowerBound - 1] == LineText.quote,
      let time = EventTime.read(LineText.string(line[words[3]]), reference: reference)
    else { return nil }
    var fields = LineFields(line)
    for (name, range) in zip(["client", "ident", "user", "time", "request", "status", "bytes", "referrer", "user_agent"], words) { fields.add(name, range) }
    var facts = LineFacts(format: words.count >= 9 ? "apache-combined" : "apache-common")
    facts.event.time = time
    facts.event.sourceIP = AddressFacts.address(LineText.string(line[words[0]]))?.ip
    facts.event.user = fields.text("user")
    facts.event.outcome = fields.text("status").flatMap(OutcomeWords.outcome(status:))
    facts.event.direction = facts.event.sourceIP.flatMap(AddressFacts.isPrivate).map { $0 ? .internal : .inbound }
    facts.fields = fields.ranges
    return facts
  }

  // MARK: CEF and LEEF

  private static func commonEvent(_ line: [UInt8], _ reference: Timestamp) -> LineFacts? {
    for (mark, format, bars) in [("CEF:", "cef", 7), ("LEEF:", "leef", 5)] {
      guard let start = LineText.find(mark, in: line, to: 512) else { continue }
      var seen = 0
      var position = start
      while position < line.count, seen < bars {
        if line[position] == LineText.backslash { position += 1 } else if line[position] == UInt8(ascii: "|") { seen += 1 }
        position += 1
      }
      guard seen == bars else { continue }
      var fields = LineFields(line)
      for pair in KeyValuePairs.extension(line, from: position, isTabbed: format == "leef") { fields.add(pair.name, pair.range) }
      var facts = LineFacts(format: format)
      if start > 0, let (time, _) = EventTime.prefix(of: line, from: priorityEnd(line), reference: reference) { facts.event.time = EventRoles.time(in: fields, reference: reference) ?? time }
      EventRoles.fill(&facts.event, from: fields, reference: reference)
      facts.fields = fields.ranges
      return facts
    }
    return nil
  }

  // MARK: Syslog

  /// Behind `<134>`.
  private static func priorityEnd(_ line: [UInt8]) -> Int {
    guard line.first == UInt8(ascii: "<"), let close = line.prefix(6).firstIndex(of: UInt8(ascii: ">")), close > 1, line[1..<close].allSatisfy(LineText.isDigit) else { return 0 }
    return close + 1
  }

  /// RFC 5424, RFC 3164, and what rsyslog writes to files: a time, a host, a tag, the message.
  private static func syslog(_ line: [UInt8], _ reference: Timestamp) -> LineFacts? {
    var start = priorityEnd(line)
    var isModern = false
    if start > 0, LineText.starts(line, at: start, with: "1 ") {
      start += 2
      isModern = true
    }
    guard let (time, end) = EventTime.prefix(of: line, from: start, reference: reference) else { return nil }
    let words = LineText.words(line, from: end, limit: isModern ? 6 : 3, quotes: false)
    guard words.count >= 2 else { return nil }
    let tag = line[words[1]]
    guard isModern || tag.contains(UInt8(ascii: ":")) || tag.contains(UInt8(ascii: "[")) else { return nil }
    let host = LineText.string(line[words[0]])
    guard host.utf8.allSatisfy({ LineText.isLetter($0) || LineText.isDigit($0) || ".-_:".utf8.contains($0) }) else { return nil }
    let message = isModern ? (words.count > 4 ? words[4].lowerBound : words[1].upperBound) : words[1].upperBound
    var fields = LineFields(line)
    fields.add("message", min(message + 1, line.count)..<line.count)
    var facts = LineFacts(format: isModern ? "syslog-5424" : "syslog-3164")
    facts.event.time = time
    facts.event.host = LineFields.meaningful(host)
    if let brace = line[message...].firstIndex(of: UInt8(ascii: "{")), (try? JSONParser.parse(Array(line[brace...]), visitor: { fields.add($0, ($1.lowerBound + brace)..<($1.upperBound + brace)) })) != nil {
      // The payload is a record of its own; its fields are named.
    } else {
      for pair in KeyValuePairs.read(line, from: message) { fields.add(pair.name, pair.range) }
    }
    EventRoles.fill(&facts.event, from: fields, reference: reference)
    if facts.event.outcome == nil { facts.event.outcome = OutcomeWords.outcome(inMessage: line[message...]) }
    facts.fields = fields.ranges
    return facts
  }

  // MARK: The rest

  private static func pairs(_ line: [UInt8], _ reference: Timestamp) -> LineFacts? {
    let pairs = KeyValuePairs.read(line, from: 0)
    guard pairs.count >= 3 else { return nil }
    var fields = LineFields(line)
    for pair in pairs { fields.add(pair.name, pair.range) }
    var facts = LineFacts(format: "key-value")
    EventRoles.fill(&facts.event, from: fields, reference: reference)
    if facts.event.time == nil { facts.event.time = EventTime.prefix(of: line, from: priorityEnd(line), reference: reference)?.time }
    facts.fields = fields.ranges
    return facts
  }

  private static func plain(_ line: [UInt8], _ reference: Timestamp) -> LineFacts {
    var facts = LineFacts(format: "plain")
    facts.event.time = EventTime.prefix(of: line, reference: reference)?.time
    facts.event.outcome = OutcomeWords.outcome(inMessage: line[...])
    return facts
  }
}

/// `name=value`, quoted or not.
enum KeyValuePairs {
  struct Pair {
    var name: String
    var range: Range<Int>
  }

  /// More fields than any honest line has.
  private static let limit = 256

  private static func isName(_ byte: UInt8) -> Bool { LineText.isLetter(byte) || LineText.isDigit(byte) || byte == 0x5F || byte == 0x2E || byte == 0x2D }

  static func read(_ line: [UInt8], from start: Int) -> [Pair] {
    var pairs: [Pair] = []
    var position = start
    while position < line.count, pairs.count < limit {
      guard let equals = line[position...].firstIndex(of: UInt8(ascii: "=")) else { break }
      var nameStart = equals
      while nameStart > position, isName(line[nameStart - 1]) { nameStart -= 1 }
      position = equals + 1
      guard nameStart < equals, nameStart == start || !isName(line[max(start, nameStart - 1)]), position < line.count else { continue }
      let range: Range<Int>
      if line[position] == LineText.quote {
        var end = position + 1
        while end < line.count, line[end] != LineText.quote { end += line[end] == LineText.backslash ? 2 : 1 }
        range = (position + 1)..<min(end, line.count)
        position = min(end + 1, line.count)
      } else {
        var end = position
        while end < line.count, ![0x20, 0x09, 0x2C, 0x3B].contains(line[end]) { end += 1 }
        range = position..<end
        position = end
      }
      pairs.append(Pair(name: LineText.string(line[nameStart..<equals]), range: range))
    }
    return pairs
  }

  /// The extension of CEF (values with spaces up to the next `name=`) or LEEF (values up to the next tab).
  static func `extension`(_ line: [UInt8], from start: Int, isTabbed: Bool) -> [Pair] {
    var marks: [(nameStart: Int, equals: Int)] = []
    var position = start
    while position < line.count, marks.count < limit {
      if line[position] == LineText.backslash {
        position += 2
        continue
      }
      if line[position] == UInt8(ascii: "=") {
        var nameStart = position
        while nameStart > start, isName(line[nameStart - 1]) { nameStart -= 1 }
        let isAtStart = nameStart == start || line[nameStart - 1] == 0x20 && !isTabbed || line[nameStart - 1] == 0x09 || line[nameStart - 1] == UInt8(ascii: "|") || line[nameStart - 1] == UInt8(ascii: "^")
        if nameStart < position, isAtStart { marks.append((nameStart, position)) }
      }
      position += 1
    }
    return marks.enumerated().map { index, mark in
      var end = index + 1 < marks.count ? marks[index + 1].nameStart - 1 : line.count
      while end > mark.equals + 1, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
      return Pair(name: LineText.string(line[mark.nameStart..<mark.equals]), range: (mark.equals + 1)..<max(mark.equals + 1, end))
    }
  }
}
