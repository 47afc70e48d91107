internal import Indicators

/// Lines, and records of documents, that are JSON, whoever wrote them.
enum JSONLineFormat {
  static func read(_ line: [UInt8], hit: Range<Int>, base: TimeBase) -> LineFacts? {
    guard let scalars = JSONText.scalars(line) else { return nil }
    let fields = LineFields(line, scalars)
    let writer = RecordWriter.of(fields)
    var facts = LineFacts(format: writer.name)
    var told = fields
    if writer.name == "otlp-json" { told = OpenTelemetry.record(of: fields, scalars, hit) }
    writer.prepare(&facts.event, told)
    EventRoles.fill(&facts.event, from: told, base: base, reading: writer.reading)
    fillFromPayload(&facts.event, told, writer, base)
    writer.finish(&facts.event, told)
    if let flow = scalars.first(where: { $0.range.upperBound >= hit.upperBound }), flow.path.contains("flowTuples[") {
      AzureFlows.fill(&facts.event, line[flow.range], base: base)
    }
    facts.fields = fields.ranges
    return facts
  }

  /// Members that hold another record as text: CloudTrail's `CloudTrailEvent`, Docker's `log`, Sysmon's XML in a syslog message.
  private static let payloads = ["cloudtrailevent", "log", "message", "msg", "syslogmessage", "event.original", "rawdata", "_raw", "event"]
  /// Members that hold a line of text as its program wrote it.
  private static let messages = ["event.original", "_raw", "message", "log", "msg", "short_message", "full_log", "event", "properties.msg"]

  private static func fillFromPayload(_ event: inout Sighting.Event, _ fields: LineFields, _ writer: RecordWriter, _ base: TimeBase) {
    for name in payloads {
      guard let range = fields.range(name), range.count >= 16, range.count <= 256 << 10 else { continue }
      let first = fields.line[range.lowerBound]
      guard [UInt8(ascii: "{"), UInt8(ascii: "<"), LineText.backslash].contains(first) else { continue }
      let text = Array(JSONText.unescaped(fields.line[range]).utf8)
      var inner: LineFields?
      if text.first == UInt8(ascii: "{"), let scalars = JSONText.scalars(text) { inner = LineFields(text, scalars) }
      if text.first == UInt8(ascii: "<") { inner = EventXML.fields(text) }
      guard let inner else { continue }
      let known = RecordWriter.of(inner)
      var prepared = Sighting.Event(raw: "")
      known.prepare(&prepared, inner)
      event.complete(from: prepared)
      EventRoles.fill(&event, from: inner, base: base, reading: known.name == "json" ? writer.reading : known.reading)
      known.finish(&event, inner)
      return
    }
    fillFromMessage(&event, fields, base)
  }

  /// A record that names no address of its own may carry a line that does: journald, Docker and shippers wrap the lines of programs.
  private static func fillFromMessage(_ event: inout Sighting.Event, _ fields: LineFields, _ base: TimeBase) {
    guard event.sourceIP == nil, event.destinationIP == nil, let range = messages.lazy.compactMap({ fields.range($0) }).first(where: { $0.count >= 16 })
    else { return }
    // Half of the cost of a line that hit, where most messages name no address.
    guard mayNameAddress(fields.line[range]) else { return }
    var text = Array(JSONText.unescaped(fields.line[range.prefix(64 << 10)]).utf8)
    while let last = text.last, last == 0x0A || last == 0x0D { text.removeLast() }
    guard !text.contains(0x0A), text.first != UInt8(ascii: "{") else { return }
    event.complete(from: TextFormats.read(text, base).event)
  }

  /// A dot between digits, or more colons in a word than a clock has.
  private static func mayNameAddress(_ text: ArraySlice<UInt8>) -> Bool {
    var colons = 0
    var before: UInt8 = 0
    var last: UInt8 = 0
    for byte in text {
      if last == UInt8(ascii: "."), LineText.isDigit(before), LineText.isDigit(byte) { return true }
      if byte == UInt8(ascii: ":") { colons += 1 } else if byte == LineText.space { colons = 0 }
      // `12:34:56` has two.
      if colons > 2 || colons == 2 && last == UInt8(ascii: ":") { return true }
      (before, last) = (last, byte)
    }
    return false
  }
}

extension LineFields {
  init(_ line: [UInt8], _ scalars: [JSONText.Scalar]) {
    self.init(line, isJSON: true)
    for scalar in scalars { add(scalar.path, scalar.range) }
  }
}

/// OpenTelemetry's log files (OTLP JSON): many log records of one resource on one line.
enum OpenTelemetry {
  /// The fields of the log record that holds the hit, with the attributes of its resource by their own names.
  static func record(of fields: LineFields, _ scalars: [JSONText.Scalar], _ hit: Range<Int>) -> LineFields {
    var record = LineFields(fields.line, isJSON: true)
    let holder = scalars.first { $0.range.upperBound >= hit.upperBound }?.path ?? ""
    let resource = prefix(holder, through: "resourceLogs[")
    let own = prefix(holder, through: "logRecords[")
    var key: String?
    for scalar in scalars {
      guard let resource, scalar.path.hasPrefix(resource) else { continue }
      if let own, scalar.path.hasPrefix(own) { record.add(String(scalar.path.dropFirst(own.count)), scalar.range) }
      guard scalar.path.contains("attributes[") else { continue }
      if scalar.path.hasSuffix("].key") {
        key = LineText.string(fields.line[scalar.range])
      } else if let name = key, scalar.path.hasSuffix("Value"), own.map(scalar.path.hasPrefix) ?? false || scalar.path.hasPrefix(resource + "resource.") {
        record.add(name, scalar.range)
        key = nil
      }
    }
    return record
  }

  /// `path` up to the dot behind the index that `mark` opens.
  private static func prefix(_ path: String, through mark: String) -> String? {
    guard let start = path.firstRange(of: mark), let close = path[start.upperBound...].firstIndex(of: "]") else { return nil }
    return String(path[...close]) + "."
  }
}
