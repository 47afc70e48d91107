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
  static func header(of line: [UInt8], to end: Int, _ base: TimeBase) -> Header? {
    let start = versionEnd(line) ?? priorityEnd(line)
    if start == end { return Header(words: 0) }
    guard start < end, let (time, timeEnd) = EventTime.prefix(of: line, from: start, base: base), timeEnd <= end else { return nil }
    let words = LineText.words(line, from: timeEnd, limit: 8, quotes: false).filter { $0.upperBound <= end }
    return Header(time: time, host: words.first.flatMap { host(line[$0]) }, words: words.count)
  }

  private static func host(_ word: ArraySlice<UInt8>) -> String? {
    guard word.allSatisfy({ LineText.isLetter($0) || LineText.isDigit($0) || ".-_:".utf8.contains($0) }), word.last != UInt8(ascii: ":") else { return nil }
    if isLevel(word) { return nil }
    // An address with a port is a peer's: `Sun May 31 12:34:56 2026 192.0.2.1:4711 TLS: …` (OpenVPN).
    if AddressFacts.address(LineText.string(word))?.port != nil { return nil }
    return LineFields.meaningful(LineText.string(word))
  }

  private static let levels: Set<String> = ["TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "ERR", "CRITICAL", "SEVERE", "FATAL"]

  /// What programs write behind their own time, where syslog has a host or a program: `2026-05-31 12:34:56,789 INFO server: …`.
  private static func isLevel(_ word: ArraySlice<UInt8>) -> Bool {
    (3...9).contains(word.count) && levels.contains(LineText.string(word.last == UInt8(ascii: ":") ? word.dropLast() : word).uppercased())
  }

  static func read(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    if let start = versionEnd(line), let facts = modern(line, from: start, base) { return facts }
    var start = priorityEnd(line)
    if let facts = untimed(line, from: start, base) ?? router(line, from: start, base) { return facts }
    // Cisco's firewalls, in the form that its management wants: `<166>:May 31 12:34:56 UTC: %ASA-6-302014: …`.
    if start > 0, start < line.count, line[start] == UInt8(ascii: ":") { start += 1 }
    // `20-Nov-2026 …` is a program's own time.
    guard line.count > start + 2, line[start + 2] != UInt8(ascii: "-"), let (time, end) = EventTime.prefix(of: line, from: start, base: base)
    else { return nil }
    var words = LineText.words(line, from: end, limit: 3, quotes: false)
    // F5 writes the level behind its name: `May 31 12:34:56 bigip-1 notice apmd[7]: …`.
    if words.count == 3, MonthName.number(line[start...].prefix(3)) != nil, line[words[1]].allSatisfy({ (0x61...0x7A).contains($0) }), isLevel(line[words[1]]),
      line[words[2]].last == UInt8(ascii: ":"), line[words[2]].contains(UInt8(ascii: "["))
    {
      words.remove(at: 1)
    }
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
    // A bracket that opens is no program's: `2026-05-31T12:34:56Z 7 [Note] …` (MySQL) has a thread where others have their host.
    guard tag.first != UInt8(ascii: "["), !isLevel(tag), tag.last == UInt8(ascii: ":") || tag.contains(UInt8(ascii: "[")) || tag.first == UInt8(ascii: "%") else { return nil }
    var facts = LineFacts(format: "syslog-3164")
    facts.event.time = time
    facts.event.host = host
    return message(line, from: mark.upperBound, tag: tag, facts, base)
  }

  /// Cisco's firewalls may be told to leave out all that stands before: `<166>%ASA-6-302013: …`, `<166>: %ASA-6-302013: …`.
  private static func untimed(_ line: [UInt8], from start: Int, _ base: TimeBase) -> LineFacts? {
    guard let mark = line[start...].firstIndex(where: { !": ".utf8.contains($0) }), CiscoMessage.isTag(line[mark...]),
      let end = line[mark...].firstIndex(of: LineText.space)
    else { return nil }
    return message(line, from: end, tag: line[mark..<end], LineFacts(format: "syslog-3164"), base)
  }

  /// Cisco's routers and switches number their messages, and may name themselves: `<189>29: rtr-1: *May 31 12:34:56.789: %SEC_LOGIN-5-LOGIN_SUCCESS: …`. A
  /// star or a dot marks a clock that is not set by another.
  private static func router(_ line: [UInt8], from start: Int, _ base: TimeBase) -> LineFacts? {
    guard start < line.count, LineText.isDigit(line[start]) else { return nil }
    let words = LineText.words(line, from: start, limit: 3, quotes: false, brackets: false)
    guard words.count == 3, line[words[0]].last == UInt8(ascii: ":"), line[words[0]].dropLast().allSatisfy(LineText.isDigit), words[0].count > 1 else { return nil }
    for index in 1...2 {
      let mark = words[index].lowerBound
      let clock = "*.".utf8.contains(line[mark]) ? mark + 1 : mark
      guard let (time, end) = EventTime.prefix(of: line, from: clock, base: base), let next = line[end...].firstIndex(where: { !": ".utf8.contains($0) }),
        line[next] == UInt8(ascii: "%"), let tagEnd = line[next...].firstIndex(of: LineText.space)
      else { continue }
      var facts = LineFacts(format: "syslog-3164")
      facts.event.time = time
      if index == 2, line[words[1]].last == UInt8(ascii: ":") { facts.event.host = host(line[words[1]].dropLast()) }
      return message(line, from: tagEnd, tag: line[next..<tagEnd], facts, base)
    }
    return nil
  }

  /// RFC 5424: time, host, application, process, message id, structured data, message; `-` for what is not known.
  private static func modern(_ line: [UInt8], from start: Int, _ base: TimeBase) -> LineFacts? {
    var facts = LineFacts(format: "syslog-5424")
    var end = start
    if line[start...].starts(with: "- ".utf8) {
      end = start + 1
    } else {
      guard let (time, timeEnd) = EventTime.prefix(of: line, from: start, base: base) else { return nil }
      facts.event.time = time
      end = timeEnd
    }
    let words = LineText.words(line, from: end, limit: 5, quotes: false)
    guard words.count >= 4 else { return nil }
    facts.event.host = host(line[words[0]])
    // Meraki leaves most of the header out: `<134>1 1780230896.789 MX84 flows src=…`.
    if words[1...3].contains(where: { line[$0].contains(UInt8(ascii: "=")) }) {
      return message(line, from: words[0].upperBound, tag: line[words[1]], facts, base)
    }
    var rest = words.count > 4 ? words[4].lowerBound : words[3].upperBound
    // No structured data, and the mark of UTF-8 that may stand before the message.
    if line[rest...].starts(with: "- ".utf8) { rest += 2 }
    if line[rest...].starts(with: [0xEF, 0xBB, 0xBF]) { rest += 3 }
    return message(line, from: rest, tag: line[words[1]], facts, base)
  }

  /// The facts of a message that has a format of its own. A time in it that names no zone is in the header's zone, when it lies nearer to the
  /// header's time then.
  private static func inner(_ body: [UInt8], _ line: [UInt8], _ header: LineFacts, _ base: TimeBase) -> LineFacts? {
    guard let read = TextFormats.message(body, base) else { return nil }
    guard read.event.time != nil, let zone = zone(of: line, base), zone != base.zoneMinutes, let zoned = TextFormats.message(body, base.zoned(zone))
    else { return read }
    return isNearer(zoned.event.time, than: read.event.time, to: header.event.time) ? zoned : read
  }

  static func isNearer(_ time: Timestamp?, than other: Timestamp?, to stamp: Timestamp?) -> Bool {
    guard let time, let other, let stamp else { return false }
    return abs(time.microseconds - stamp.microseconds) < abs(other.microseconds - stamp.microseconds)
  }

  /// The zone that the header's time names, in minutes east of UTC: `…T14:34:56+02:00`, `…Z`.
  static func zone(of line: [UInt8], _ base: TimeBase) -> Int? {
    let start = versionEnd(line) ?? priorityEnd(line)
    guard let end = EventTime.prefix(of: line, from: start, base: base)?.end, end > start else { return nil }
    if line[end - 1] == UInt8(ascii: "Z") { return 0 }
    guard let sign = line[..<end].lastIndex(where: { $0 == 0x2B || $0 == 0x2D }) else { return nil }
    return end - sign >= 5 ? TimePattern.zone(line[sign..<end]) : nil
  }

  /// A message that is a record of JSON, a mark before it or not (`@cee: {…}`).
  private static func record(_ body: [UInt8], _ base: TimeBase) -> LineFacts? {
    guard let brace = body.prefix(256).firstIndex(of: UInt8(ascii: "{")), let facts = JSONLineFormat.read(Array(body[brace...]), hit: 0..<0, base: base),
      facts.fields.count > 1
    else { return nil }
    return facts.shifted(by: brace)
  }

  /// The facts of the message: a format of its own, JSON, pairs or prose.
  private static func message(
    _ line: [UInt8], from end: Int, tag: ArraySlice<UInt8>, _ header: LineFacts, _ base: TimeBase
  ) -> LineFacts {
    var facts = header
    let start = min(line[end...].firstIndex { $0 != 0x20 } ?? line.count, line.count)
    let body = Array(line[start...])
    if let inner = inner(body, line, header, base) {
      var whole = inner.shifted(by: start)
      whole.event.host = header.event.host
      whole.event.time = inner.event.time ?? header.event.time
      return whole
    }
    if let record = record(body, base) {
      facts.fields = [(start..<line.count, "message")] + record.shifted(by: start).fields
      // The older protocol's header names no zone; records mostly do.
      if let time = record.event.time, zone(of: line, base) == nil { facts.event.time = time }
      facts.event.complete(from: record.event)
      facts.event.hostObserves = record.event.hostObserves
      return facts
    }
    var fields = LineFields(line)
    fields.add("message", start..<line.count)
    for pair in KeyValuePairs.read(line, from: start) { fields.add(pair.name, pair.range) }
    // Check Point: `[action:"Drop"; src:"192.0.2.1"; …]`.
    if body.first == UInt8(ascii: "[") { for pair in KeyValuePairs.quoted(line, from: start) { fields.add(pair.name, pair.range) } }
    MailMessage.fill(&facts.event, body)
    if CiscoMessage.isTag(tag) || CiscoMessage.isTag(body[...]) {
      for pair in CiscoMessage.pairs(line, from: start) { fields.add(pair.name, pair.range) }
      CiscoMessage.fill(&facts.event, body)
    }
    DaemonMessage.fill(&facts.event, body, tag: tag)
    EventRoles.fill(&facts.event, from: fields, base: base, reading: EventRoles.Reading(ignored: ["host", "time", "message"]))
    ProseFacts.fill(&facts.event, from: line, start: start)
    facts.event.hostObserves = facts.event.sourceIP != nil && facts.event.destinationIP != nil
    facts.fields = fields.ranges
    return facts
  }
}
