import Indicators
import Syntax

/// JSON documents, a record at a time, and JSON lines.
enum JSONFormat {
  /// Where records usually are, when the feed file does not say.
  private static let places = [
    "$[*]", "$.data[*]", "$.results[*]", "$.indicators[*]", "$.iocs[*]", "$.objects[*]", "$.*[*]", "$.data.*[*]", "$.*.*[*]", "$.*",
  ]

  static func read(_ body: BodyStream, reopen: () throws(Diagnostic) -> BodyStream, into sink: RowSink) throws {
    var found = sink.definition.records
    if found == nil, let path = try JSONRecords.firstPath(of: places, in: reopen) {
      sink.note("feed.records-found", "records are read at \(path.text)")
      found = path
    }
    guard let path = found else {
      throw Diagnostic(
        .error, code: "feed.no-records", "no records in the document", hint: "say where they are: json: {records: \"$.path[*]\"}", file: body.name)
    }
    let hasDeeper = try walk(body, at: path, into: sink) { _ in true }
    // `{"domains": […], "hashes": {"md5": […]}}`: lists one step deeper, where their names say what they hold.
    guard hasDeeper, sink.definition.records == nil, path.text == "$.*[*]", let deeper = JSONPath("$.*.*[*]") else { return }
    try walk(try reopen(), at: deeper, into: sink) { key in
      if case .typed = key.flatMap({ FieldRole(name: $0) }) { true } else { false }
    }
  }

  @discardableResult private static func walk(
    _ body: BodyStream, at path: JSONPath, into sink: RowSink, where isWanted: (String?) -> Bool
  ) throws -> Bool {
    var key: String?
    var identity = RowIdentity(context: ["json"])
    return try JSONRecords.each(of: body, at: path) { record in
      guard isWanted(record.key) else { return }
      // A key may be what the record is about.
      if record.key != key {
        key = record.key
        identity = RowIdentity(context: ["json"] + (key.map { [$0] } ?? []))
      }
      if !record.oversized, try sink.takeKnown(identity.of(record.bytes), line: record.line) { return }
      let shown = String(decoding: record.bytes.prefix(256), as: UTF8.self)
      if record.oversized { return try sink.rejectRow(shown, reason: "record-too-long", line: record.line) }
      try take(record.bytes, line: record.line, key: record.key, shown: shown, into: sink)
    }
  }

  /// One record's text.
  static func take(_ bytes: [UInt8], line: Int, key: String?, shown: String, into sink: RowSink) throws {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONParser.parse(bytes)
    } catch {
      return try sink.rejectRow(shown, reason: error.code == .tooDeep ? "too-deep" : "bad-json", line: line)
    }
    try take(value, line: line, key: key, shown: shown, into: sink)
  }

  static func take(_ value: JSONValue, line: Int, key: String?, shown: String, into sink: RowSink) throws {
    if let object = value.object, object.duplicateKeys > 0 { sink.note("feed.duplicate-key", "a key is written twice; the first counts", line: line) }
    guard let map = sink.definition.map else { return try guessed(value, line: line, key: key, shown: shown, into: sink) }
    let mapped = MappedRow(map: map, line: line, shown: shown) { field in
      let found: [JSONValue]
      switch field.source {
      case .path(let path): found = path.values(in: value)
      case .column(let name): found = [value[name] ?? (name == "1" ? value : nil)].compactMap { $0 }
      }
      return found.flatMap { item in item.array?.compactMap(\.scalarText) ?? [item.scalarText].compactMap { $0 } }
    }
    guard let row = mapped.row() else { return try sink.skipRow(line: line) }
    try sink.take(row)
  }

  /// Lists of what is *not* meant, beside those that are.
  private static let exceptions: Set<String> = ["allow", "allowlist", "whitelist", "exclude", "exclusions", "exceptions", "ignore", "benign", "fuzzylist"]

  /// By what the members' names say; a bare text is a value.
  private static func guessed(_ value: JSONValue, line: Int, key: String?, shown: String, into sink: RowSink) throws {
    if let key, exceptions.contains(key.lowercased()) { return try sink.skipRow(line: line) }
    var row = FeedRow(line: line)
    row.shown = shown
    if let text = value.scalarText {
      if let key, isContext(key) { return try sink.skipRow(line: line) }
      row.values = [bare(text, key)]
      return try sink.take(row)
    }
    var guess = Guess()
    guess.take(value, into: &row, depth: 0)
    if guess.values.isEmpty, let key, isValue(key) { guess.values = [(key, nil)] }
    if guess.values.isEmpty { return try sink.leaveRow(shown, reason: "no-value", line: line) }
    row.isGuessed = true
    row.values = guess.values.map { text, own in
      guard let label = own ?? guess.label else { return FeedRow.Value(text) }
      return FeedRow.Value(text, labelled: label)
    }
    if !guess.versions.isEmpty { row.values = row.values.flatMap { PackageText.values($0, versions: guess.versions) } }
    for name in guess.left { sink.noteOnce("feed.member-left", of: name, "'\(name.shortened)' holds values and is not taken: a map can name it", line: line) }
    let ports = guess.port.map { row.ports($0) } ?? []
    if !ports.isEmpty {
      row.values = row.values.flatMap { value in
        guess.isDestinationPort && guess.sources.contains(value.text) ? [value] : HostPort.values(value, ports: ports)
      }
    }
    try sink.take(row)
  }

  /// Whether a text of this name only describes: the link of a list's publisher is no indicator.
  private static func isContext(_ key: String) -> Bool {
    switch FieldRole(name: key) {
    case .type, .firstSeen, .lastSeen, .validUntil, .reference, .confidence, .tlp, .description: true
    default: false
    }
  }

  /// Whether the key of a record is what the record is about: `{"name.example": {"score": 90}}`.
  private static func isValue(_ key: String) -> Bool {
    guard case .success(let readings) = ValueReader.read(FeedRow.Value(key, splittable: false)) else { return false }
    return readings.first?.observables.first.map { $0.type != .filename } ?? false
  }

  /// A text of a list; in `{"site": ["note", …]}` the site is the value where the text is none.
  private static func bare(_ text: String, _ key: String?) -> FeedRow.Value {
    let value = FeedRow.Value(text)
    guard let key, key.contains("."), case .failure = ValueReader.read(value), case .success = ValueReader.read(FeedRow.Value(key)) else {
      return value
    }
    return FeedRow.Value(key)
  }

  /// What the members of a record are by their names.
  private struct Guess {
    var label: String?
    var port: String?
    /// Of whom was connected to: it is not that of who connects.
    var isDestinationPort = false
    /// Values that are who connects.
    var sources: Set<String> = []
    var versions: [String] = []
    var values: [(text: String, label: String?)] = []
    /// Members that hold values under a name that says nothing.
    var left: [String] = []
    /// Names of lists that hold what a threat is fetched from.
    private static let lists: Set<String> = ["distribution", "delivery", "downloads", "payloads", "droppers"]

    mutating func take(_ record: JSONValue, into row: inout FeedRow, depth: Int) {
      for (name, member) in record.object?.members ?? [] {
        let role = FieldRole(name: name)
        let texts = member.array?.compactMap(\.scalarText) ?? [member.scalarText].compactMap { $0 }
        guard let first = texts.first, !FeedRow.isNothing(first.trimmed) else {
          // `c2: {ips: […], domains: […]}`; whatever stands below another name is context.
          if depth < 4, holdsValues(role, name) { for part in member.array ?? [member] { take(part, into: &row, depth: depth + 1) } }
          continue
        }
        switch role {
        case .value: values += texts.map { ($0, nil) }
        case .typed(let type):
          values += texts.map { ($0, type) }
          if FieldRole.isSource(name) { sources.formUnion(texts) }
        case .type: label = label ?? first
        case .port:
          port = first
          isDestinationPort = FieldRole.isDestination(name)
        case .version: versions += texts
        case .firstSeen: row.firstSeen = row.firstSeen ?? first
        case .lastSeen: row.lastSeen = row.lastSeen ?? first
        case .validUntil: row.validUntil = row.validUntil ?? first
        case .reference: row.reference = row.reference ?? first
        case .tags: row.tags += texts
        case .malware: row.malware += texts
        case .actors: row.actors += texts
        case .confidence: row.confidence = row.confidence ?? MappedRow.confidence(first)
        case .tlp: row.tlp = first
        case .description: row.description = row.description ?? first
        case .other: break
        case nil:
          guard member.array != nil else { break }
          if Self.lists.contains(name.lowercased()) { values += texts.map { ($0, nil) } } else if Self.isValue(first) { left.append(name) }
        }
      }
    }

    private static func isValue(_ text: String) -> Bool {
      guard case .success(let readings) = ValueReader.read(FeedRow.Value(text, splittable: false)), let type = readings.first?.observables.first?.type else { return false }
      // Words with a dot in them are many things.
      return type != .filename && type != .userAgent
    }

    private func holdsValues(_ role: FieldRole?, _ name: String) -> Bool {
      switch role {
      case .value, .typed: true
      default: ["network", "observables", "files", "infrastructure"].contains(name.lowercased())
      }
    }
  }
}

/// One JSON record a line.
enum JSONLinesFormat {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    var lines = LineReader(body)
    let identity = RowIdentity(context: ["json"])
    while let line = try lines.next() {
      if !line.oversized, try sink.takeKnown(identity.of(line.bytes), line: line.number) { continue }
      let shown = String(decoding: line.bytes.prefix(256), as: UTF8.self)
      if line.oversized {
        try sink.rejectRow(shown, reason: "line-too-long", line: line.number)
        continue
      }
      if line.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      if PlainFormat.isComment(shown.trimmed) {
        CommentFacts.read(shown, into: sink)
        continue
      }
      // Spamhaus ends its JSON lines with a record about the list itself.
      if let value = try? JSONParser.parse(line.bytes), value["type"]?.string == "metadata" {
        if let time = value["timestamp"]?.integer { sink.report.bodyDate = Timestamp(seconds: Int64(time)) }
        continue
      }
      try JSONFormat.take(line.bytes, line: line.number, key: nil, shown: shown, into: sink)
    }
  }
}
