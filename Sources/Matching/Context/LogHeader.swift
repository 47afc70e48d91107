internal import Indicators
internal import Rules

/// What the header lines of a log say of the lines below them: Zeek's `#fields`, W3C's `#Fields:`, the column names of a CSV.
struct LogHeader {
  private enum Kind { case none, zeek, w3c, flow, csv(UInt8) }

  private var kind = Kind.none
  private var fields: [String] = []
  private var separator: UInt8 = 0x09
  /// W3C logs may name the day once, in the header.
  private var date: String?

  var isKnown: Bool { if case .none = kind { false } else { true } }

  /// Reads the whole lines of a log's beginning.
  init(head: [UInt8] = []) {
    var lines = head.split(separator: 0x0A, omittingEmptySubsequences: false)
    // The last one is cut, or empty.
    lines.removeLast()
    if let first = lines.first {
      if let (delimiter, names) = Self.columns(of: first) { (kind, fields) = (.csv(delimiter), names) }
      if let names = Self.flowColumns(of: first) { (kind, fields) = (.flow, names) }
    }
    for line in lines where line.first == 0x23 { take(line) }
  }

  /// Takes a line that begins with `#`.
  mutating func take(_ line: some BidirectionalCollection<UInt8>) {
    let text = String(decoding: line.last == 0x0D ? Array(line.dropLast()) : Array(line), as: UTF8.self)
    if text.hasPrefix("#separator ") {
      let word = text.dropFirst(11)
      separator = word.hasPrefix("\\x") ? UInt8(word.dropFirst(2), radix: 16) ?? 0x09 : word.utf8.first ?? 0x09
    } else if text.hasPrefix("#fields"), text.utf8.dropFirst(7).first == separator {
      kind = .zeek
      fields = text.utf8.dropFirst(8).split(separator: separator, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    } else if text.hasPrefix("#Fields:") {
      // Exchange writes its names, and its lines, with commas.
      let names = text.utf8.dropFirst(8).split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self).trimmed }
      if names.count >= 3 {
        (kind, fields) = (.csv(UInt8(ascii: ",")), names)
        return
      }
      kind = .w3c
      fields = text.utf8.dropFirst(8).split { $0 == 0x20 || $0 == 0x09 }.map { String(decoding: $0, as: UTF8.self) }
    } else if text.hasPrefix("#Date:") {
      date = text.dropFirst(6).split(separator: " ").first.map(String.init)
    }
  }

  func read(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    switch kind {
    case .none: return nil
    case .zeek:
      guard line.first != 0x23, line.first != UInt8(ascii: "{") else { return nil }
      return facts(line, Self.cells(line, separator), "zeek-tsv", base, EventRoles.Reading(ignored: ["host", "hostname", "host_name", "date"], observes: true))
    case .w3c:
      guard line.first != 0x23, line.first != UInt8(ascii: "{") else { return nil }
      return facts(line, LineText.words(line, limit: 256, brackets: false), "w3c", base, webReading)
    case .flow: return facts(line, LineText.words(line, limit: 64, quotes: false), "aws-vpc-flow", base, EventRoles.Reading(observes: true))
    case .csv(let delimiter):
      guard line.first != 0x23 else { return nil }
      return facts(line, SeparatedValues.cells(line, delimiter), "csv", base, EventRoles.Reading())
    }
  }

  private func facts(
    _ line: [UInt8], _ cells: [Range<Int>], _ format: String, _ base: TimeBase, _ reading: EventRoles.Reading
  ) -> LineFacts? {
    guard cells.count >= min(2, fields.count), cells.count <= fields.count + 4 else { return nil }
    var named = LineFields(line)
    for (name, range) in zip(fields, cells) { named.add(name, range) }
    var facts = LineFacts(format: format)
    if format == "w3c", let date, !named.has("date"), let clock = named.text("time") {
      facts.event.time = EventTime.read(date + " " + clock, base: base)
    }
    EventRoles.fill(&facts.event, from: named, base: base, reading: reading)
    // A proxy's client inside asks for something outside, wherever that is.
    if isProxy, facts.event.direction == nil, facts.event.sourceIP.flatMap(AddressFacts.isPrivate) == true { facts.event.direction = .outbound }
    facts.fields = named.ranges
    return facts
  }

  /// W3C logs of proxies name the proxy where those of web servers name the server that was asked.
  private var isProxy: Bool {
    guard case .w3c = kind else { return false }
    return fields.contains { ["s-action", "cs-uri-scheme", "sc-filter-result", "x-exception-id"].contains($0) }
  }

  private var webReading: EventRoles.Reading {
    if isProxy { return EventRoles.Reading(ignored: ["s-ip", "s-port", "s-computername"], observes: true) }
    // CloudFront answers in the name of the server.
    return EventRoles.Reading(serves: fields.contains("x-edge-location"))
  }

  /// The names that head a flow log of AWS, in any choice and order.
  private static func flowColumns(of line: ArraySlice<UInt8>) -> [String]? {
    guard line.count <= 1024, line.allSatisfy({ (0x61...0x7A).contains($0) || LineText.isDigit($0) || [0x20, 0x2D, 0x0D].contains($0) }) else { return nil }
    let names = line.split { $0 == 0x20 || $0 == 0x0D }.map { LineText.string($0) }
    return names.contains("srcaddr") && names.contains("dstaddr") ? names : nil
  }

  private static func cells(_ line: [UInt8], _ delimiter: UInt8) -> [Range<Int>] {
    var cells: [Range<Int>] = []
    var start = 0
    for index in 0...line.count where index == line.count || line[index] == delimiter {
      cells.append(start..<index)
      start = index + 1
    }
    return cells
  }

  /// The column names of a CSV's first line: names only, and one at least that means something to us.
  private static func columns(of line: ArraySlice<UInt8>) -> (delimiter: UInt8, names: [String])? {
    let line = Array(line.last == 0x0D ? line.dropLast() : line)
    guard line.count <= 4096, line.first != 0x23, line.first != UInt8(ascii: "{") else { return nil }
    for delimiter in [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09, UInt8(ascii: "|")] {
      let names = SeparatedValues.cells(line, delimiter).map { LineText.string(line[$0]).trimmed }
      guard names.count >= 3, names.allSatisfy(isName), names.contains(where: { EventRoles.isKnown($0.lowercased()) }) else { continue }
      return (delimiter, names)
    }
    return nil
  }

  private static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 64, LineText.isLetter(first) || first == 0x5F || first == 0x40 else { return false }
    return text.utf8.allSatisfy { LineText.isLetter($0) || LineText.isDigit($0) || " _-.@()/".utf8.contains($0) }
  }
}

extension String {
  /// Without spaces around it.
  fileprivate var trimmed: String {
    let bytes = Array(utf8)
    guard let first = bytes.firstIndex(where: { $0 != 0x20 }), let last = bytes.lastIndex(where: { $0 != 0x20 }) else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }
}

/// RFC 4180: separated values, quoted where they must be.
enum SeparatedValues {
  /// The cells of one line, quotes excluded.
  static func cells(_ line: [UInt8], _ delimiter: UInt8) -> [Range<Int>] {
    var cells: [Range<Int>] = []
    var position = 0
    while true {
      // Some set a blank between a comma and a quote.
      if position + 1 < line.count, line[position] == LineText.space, line[position + 1] == LineText.quote { position += 1 }
      if position < line.count, line[position] == LineText.quote {
        var end = position + 1
        while end < line.count, line[end] != LineText.quote || end + 1 < line.count && line[end + 1] == LineText.quote {
          end += line[end] == LineText.quote ? 2 : 1
        }
        cells.append((position + 1)..<min(end, line.count))
        position = line[min(end, line.count)...].firstIndex(of: delimiter) ?? line.count
      } else {
        let end = line[position...].firstIndex(of: delimiter) ?? line.count
        cells.append(position..<end)
        position = end
      }
      if position >= line.count || cells.count >= 1024 { return cells }
      position += 1
    }
  }
}
