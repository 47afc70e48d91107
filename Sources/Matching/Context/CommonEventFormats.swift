internal import Indicators
internal import Rules

/// ArcSight's CEF and QRadar's LEEF, with a syslog header in front or not.
enum CommonEventFormats {
  private static let headers: [(mark: String, format: String, names: [String])] = [
    ("CEF:", "cef", ["version", "deviceVendor", "deviceProduct", "deviceVersion", "signatureID", "name", "severity"]),
    ("LEEF:", "leef", ["version", "vendor", "product", "productVersion", "eventID"]),
  ]

  static func read(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    for header in headers {
      guard let start = LineText.find(header.mark, in: line, to: 512), isMessageStart(line, start, base) else { continue }
      let bars = self.bars(line, from: start, limit: header.names.count + 1)
      guard bars.count >= header.names.count else { continue }
      var fields = LineFields(line)
      var cellStart = start + header.mark.utf8.count
      for (name, bar) in zip(header.names, bars) {
        fields.add(name, cellStart..<bar)
        cellStart = bar + 1
      }
      var delimiter: UInt8? = header.format == "leef" ? 0x09 : nil
      // Palo Alto's writes bars on.
      if header.format == "leef", let bar = line[cellStart...].firstIndex(of: UInt8(ascii: "|")), !line[cellStart...].contains(0x09), isPair(line, bar + 1) {
        delimiter = UInt8(ascii: "|")
      }
      if header.format == "leef", let (byte, end) = ownDelimiter(line, from: cellStart) { (delimiter, cellStart) = (byte, end) }
      for pair in KeyValuePairs.extension(line, from: cellStart, delimiter: delimiter) { fields.add(pair.name, pair.range) }
      return facts(fields, format: header.format, start: start, base)
    }
    return nil
  }

  private static func facts(_ fields: LineFields, format: String, start: Int, _ base: TimeBase) -> LineFacts {
    var facts = LineFacts(format: format)
    let line = fields.line
    // A source outside is no host of ours.
    let isVisitor = fields.text("src").flatMap(AddressFacts.address).flatMap { AddressFacts.isPrivate($0.ip) } == false
    // `name`, `version` and the like are the header's.
    let ignored: Set<String> = isVisitor ? ["name", "version", "severity", "shost"] : ["name", "version", "severity"]
    // The device's own zone.
    let zone = fields.text("dtz").flatMap { TimePattern.zone($0.utf8) }
    EventRoles.fill(&facts.event, from: fields, base: zone.map(base.zoned) ?? base, reading: EventRoles.Reading(ignored: ignored))
    let inner = innerHeader(line, start) ?? 0
    if let header = SyslogFormat.header(of: Array(line[inner...]), to: start - inner, base) {
      if facts.event.time == nil { facts.event.time = header.time }
      if facts.event.host == nil { facts.event.host = header.host }
    }
    facts.event.hostObserves = (isVisitor || fields.text("shost") == nil) && (facts.event.sourceIP != nil || facts.event.destinationIP != nil)
    facts.fields = fields.ranges
    return facts
  }

  /// The mark opens the line or what follows a syslog header: anywhere else it is a stranger's text.
  private static func isMessageStart(_ line: [UInt8], _ start: Int, _ base: TimeBase) -> Bool {
    if start == 0 { return true }
    // A relay sets its header before the one that was there: `Mar  1 20:46:50 relay 4581 <14>1 2026-03-01T20:46:50Z host app - - - CEF:…`.
    if let inner = innerHeader(line, start) { return isMessageStart(Array(line[inner...]), start - inner, base) }
    guard line[start - 1] == 0x20 || line[start - 1] == UInt8(ascii: ">") else { return false }
    guard let header = SyslogFormat.header(of: line, to: start, base), header.words <= 6 else { return false }
    // Nothing but a host, a program and its number (`host app[7]: CEF:0|…`), a second header's host, or the structured data of RFC 5424: behind
    // other words the mark is a part of somebody's text.
    let words = line[..<start].split(separator: LineText.space)
    guard header.words > 1, let last = words.last else { return true }
    if [UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "]"), UInt8(ascii: ">")].contains(last.last) { return true }
    return header.words <= 2 || words.dropLast().last.map { $0.count(where: { $0 == UInt8(ascii: ":") }) >= 2 } ?? false
  }

  private static func innerHeader(_ line: [UInt8], _ start: Int) -> Int? {
    guard let mark = line[..<start].lastIndex(of: UInt8(ascii: "<")), mark > 0, line[mark - 1] == LineText.space, SyslogFormat.priorityEnd(Array(line[mark..<start])) > 0
    else { return nil }
    return mark
  }

  /// Where the first bars stand that are not escaped.
  private static func bars(_ line: [UInt8], from start: Int, limit: Int) -> [Int] {
    var bars: [Int] = []
    var position = start
    while position < line.count, bars.count < limit {
      if line[position] == LineText.backslash { position += 1 } else if line[position] == UInt8(ascii: "|") { bars.append(position) }
      position += 1
    }
    return bars
  }

  /// `name=` stands there.
  private static func isPair(_ line: [UInt8], _ start: Int) -> Bool {
    let name = line[start...].prefix(48).prefix { LineText.isLetter($0) || LineText.isDigit($0) }
    return !name.isEmpty && name.endIndex < line.count && line[name.endIndex] == UInt8(ascii: "=")
  }

  /// LEEF 2.0 may name its delimiter in a sixth cell: a character, or `x09`, `0x5E`.
  private static func ownDelimiter(_ line: [UInt8], from start: Int) -> (byte: UInt8, end: Int)? {
    guard let bar = line[start...].prefix(6).firstIndex(of: UInt8(ascii: "|")) else { return nil }
    let text = LineText.string(line[start..<bar])
    if text.utf8.count == 1, let byte = text.utf8.first { return (byte, bar + 1) }
    if text.isEmpty { return (0x09, bar + 1) }
    guard let mark = text.firstIndex(of: "x"), let byte = UInt8(text[text.index(after: mark)...], radix: 16) else { return nil }
    return (byte, bar + 1)
  }
}
