internal import Indicators
internal import Rules
internal import Syntax

/// Reads what a line that hit tells: its format, its fields, its event. Only ever called for such lines.
///
/// A log source that the operator taught comes first, then what the log's own header says (Zeek, W3C), then what the line looks like.
struct LineInterpreter {
  /// Bytes of a log's beginning in which its header is looked for.
  static let headLimit = 8 << 10
  /// Bytes of ``Sighting/Event/raw``.
  static let rawLimit = 8 << 10

  private let source: LogSource?
  private let reference: Timestamp
  private var header = LogHeader()
  /// The log is one document whose records stand behind each other on one line: what a hit means depends on where it is.
  private(set) var dependsOnPosition = false

  init() {
    source = nil
    reference = Timestamp(seconds: 0)
  }

  /// - Parameters:
  ///   - reference: what a time without a year is not after.
  ///   - head: the log's first bytes.
  init(source: LogSource?, reference: Timestamp, head: [UInt8]) {
    self.source = source
    self.reference = reference
    for line in head.split(separator: 0x0A) { header.take(line) }
    dependsOnPosition = Self.isWrapped(head)
  }

  /// A chunk has gone by: a header in it holds for the lines after it.
  mutating func passed(_ bytes: UnsafeRawBufferPointer) {
    guard header.isKnown else { return }
    unsafe lookBack(in: bytes, before: bytes.count)
  }

  /// The nearest header before a line: Zeek's `#fields` may change in mid-file.
  mutating func lookBack(in bytes: UnsafeRawBufferPointer, before start: Int) {
    guard header.isKnown else { return }
    var end = start
    while end > 0 {
      var begin = end - 1
      while begin > 0, unsafe bytes[begin - 1] != 0x0A { begin -= 1 }
      if unsafe bytes[begin] == 0x23 {
        let line = unsafe Array(bytes[begin..<end])
        if header.take(line) { return }
      } else if start - begin > 64 << 10 {
        return
      }
      end = begin
    }
  }

  /// - Parameter hit: where the hit stands in the line.
  mutating func facts(_ line: [UInt8], hit: Range<Int>, isPartial: Bool) -> LineFacts {
    let text = line.last == 0x0D ? Array(line.dropLast()) : line
    var facts = interpret(text, hit: hit, isPartial: isPartial)
    facts.event.raw = String(decoding: text.prefix(Self.rawLimit), as: UTF8.self)
    facts.event.rawTruncated = text.count > Self.rawLimit
    facts.isEcho = Echo.isOurs(text)
    return facts
  }

  private func interpret(_ line: [UInt8], hit: Range<Int>, isPartial: Bool) -> LineFacts {
    if let source, let facts = TaughtFormat.read(line, source, reference) { return facts }
    if let facts = header.read(line, reference) { return facts }
    if !isPartial, let facts = JSONLineFormat.read(line, hit: hit, isWrapped: dependsOnPosition, reference: reference) { return facts }
    return TextFormats.read(line, reference)
  }

  /// CloudTrail's delivery files: one object with all records on one line.
  private static func isWrapped(_ head: [UInt8]) -> Bool {
    let text = String(decoding: head.prefix(64), as: UTF8.self).filter { !$0.isWhitespace }
    return text.hasPrefix("{\"Records\":[")
  }
}

/// What Zeek's and W3C's header lines say of the lines below them.
struct LogHeader {
  private enum Kind { case none, zeek, w3c }

  private var kind = Kind.none
  private var fields: [String] = []
  private var path = ""

  var isKnown: Bool { kind != .none }

  /// True when the line names the fields.
  @discardableResult
  mutating func take(_ line: some BidirectionalCollection<UInt8>) -> Bool {
    guard line.first == 0x23 else { return false }
    let text = String(decoding: line.last == 0x0D ? Array(line.dropLast()) : Array(line), as: UTF8.self)
    if text.hasPrefix("#fields\t") {
      kind = .zeek
      fields = text.split(separator: "\t").dropFirst().map { String($0.prefix { $0 != "\n" && $0 != "\r" }) }
      return true
    }
    if text.hasPrefix("#path\t") { path = String(text.dropFirst(6)) }
    if text.hasPrefix("#Fields:") {
      kind = .w3c
      fields = text.dropFirst(8).split(whereSeparator: \.isWhitespace).map(String.init)
      return true
    }
    return false
  }

  func read(_ line: [UInt8], _ reference: Timestamp) -> LineFacts? {
    guard kind != .none, line.first != 0x23, line.first != UInt8(ascii: "{") else { return nil }
    var named = LineFields(line)
    let ranges = kind == .zeek ? Self.cells(line, 0x09) : LineText.words(line, limit: 256)
    guard ranges.count >= min(2, fields.count), ranges.count <= fields.count + 4 else { return nil }
    for (name, range) in zip(fields, ranges) { named.add(name, range) }
    var facts = LineFacts(format: kind == .zeek ? "zeek-tsv" : "w3c")
    EventRoles.fill(&facts.event, from: named, reference: reference, except: kind == .zeek ? [.host, .user] : [])
    facts.fields = named.ranges
    return facts
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
}

/// JSON lines, whoever wrote them.
enum JSONLineFormat {
  static func read(_ line: [UInt8], hit: Range<Int>, isWrapped: Bool, reference: Timestamp) -> LineFacts? {
    guard let start = line.firstIndex(where: { $0 != 0x20 && $0 != 0x09 }), line[start] == UInt8(ascii: "{") else { return nil }
    var scalars: [(path: String, range: Range<Int>)] = []
    guard (try? JSONParser.parse(line, visitor: { scalars.append(($0, $1)) })) != nil else { return nil }
    var fields = LineFields(line)
    let prefix = isWrapped ? recordPrefix(scalars, hit) : nil
    for scalar in scalars {
      guard let prefix else {
        fields.add(scalar.path, scalar.range)
        continue
      }
      if scalar.path.hasPrefix(prefix) { fields.add(String(scalar.path.dropFirst(prefix.count)), scalar.range) }
    }
    var facts = LineFacts(format: format(fields))
    let isTraffic = facts.format == "zeek-json"
    EventRoles.fill(&facts.event, from: fields, reference: reference, except: isTraffic ? [.host, .user] : [])
    facts.fields = fields.ranges
    return facts
  }

  /// `Records[17].` of the record that holds the hit.
  private static func recordPrefix(_ scalars: [(path: String, range: Range<Int>)], _ hit: Range<Int>) -> String? {
    guard let scalar = scalars.first(where: { $0.range.upperBound >= hit.upperBound }), let close = scalar.path.firstIndex(of: "]") else { return nil }
    return String(scalar.path[...close]) + "."
  }

  private static func format(_ fields: LineFields) -> String {
    if fields.has("event_type"), fields.has("src_ip") || fields.has("flow_id") { return "eve-json" }
    if fields.has("id.orig_h") || fields.has("uid") && fields.has("ts") { return "zeek-json" }
    if fields.has("eventsource"), fields.has("eventname") { return "cloudtrail" }
    if fields.has("class_uid") { return "ocsf" }
    if fields.has("winlog.channel") || fields.has("eventid") && (fields.has("channel") || fields.has("computer") || fields.has("hostname")) { return "windows-json" }
    if fields.has("@timestamp"), fields.has("ecs.version") || fields.has("event.kind") || fields.has("event.category") || fields.has("event.outcome") { return "ecs" }
    if fields.has("hostidentifier"), fields.has("calendartime") { return "osquery" }
    return "json"
  }
}

/// Formats that the operator described under `Rules/logs/`.
enum TaughtFormat {
  static func read(_ line: [UInt8], _ source: LogSource, _ reference: Timestamp) -> LineFacts? {
    var fields = LineFields(line)
    switch source.format {
    case .json:
      guard (try? JSONParser.parse(line, visitor: { fields.add($0, $1) })) != nil else { return nil }
    case .keyValue: for pair in KeyValuePairs.read(line, from: 0) { fields.add(pair.name, pair.range) }
    case .pattern(let pattern):
      guard let found = pattern.match(line) else { return nil }
      for field in found { fields.add(field.name, field.range) }
    case .csv(let delimiter, let columns):
      var start = 0
      var index = 0
      for position in 0...line.count where position == line.count || line[position] == delimiter {
        if let name = columns.flatMap({ index < $0.count ? $0[index] : nil }) { fields.add(name, start..<position) }
        start = position + 1
        index += 1
      }
    }
    guard !fields.isEmpty else { return nil }
    var facts = LineFacts(format: source.name)
    func text(_ role: LogSource.Role) -> String? { source.roles[role].flatMap { fields.text($0.lowercased()) } }
    if let name = source.timeField, let text = fields.text(name.lowercased()) {
      facts.event.time = source.timeFormat?.read(text, zoneMinutes: source.zoneMinutes, reference: reference) ?? EventTime.read(text, reference: reference)
    }
    facts.event.host = text(.host)
    facts.event.user = text(.user)
    facts.event.sourceIP = text(.sourceIP).flatMap { AddressFacts.address($0)?.ip }
    facts.event.destinationIP = text(.destinationIP).flatMap { AddressFacts.address($0)?.ip }
    facts.event.sourcePort = text(.sourcePort).flatMap { AddressFacts.port($0.utf8) }
    facts.event.destinationPort = text(.destinationPort).flatMap { AddressFacts.port($0.utf8) }
    facts.event.direction = text(.direction).flatMap(AddressFacts.direction(word:))
    if let word = text(.outcome) {
      if source.allowed.contains(where: { Wildcard.matches(word, pattern: $0) }) { facts.event.outcome = .allowed }
      if source.blocked.contains(where: { Wildcard.matches(word, pattern: $0) }) { facts.event.outcome = .blocked }
    }
    EventRoles.fill(&facts.event, from: fields, reference: reference)
    facts.fields = fields.ranges
    return facts
  }
}
