import Indicators
import Syntax

/// JSON documents, a record at a time, and JSON lines.
enum JSONFormat {
  static func read(_ body: BodyStream, reopen: () throws(Diagnostic) -> BodyStream, into sink: RowSink) throws {
    if let path = sink.definition.records {
      try records(body, at: path, into: sink)
      return
    }
    // No path given: the first place that holds records.
    for candidate in ["$[*]", "$.data[*]", "$.results[*]", "$.indicators[*]", "$.iocs[*]", "$.objects[*]", "$.*[*]", "$.data.*[*]", "$.*"] {
      guard let path = JSONPath(candidate) else { continue }
      if try holdsRecords(try reopen(), at: path) {
        sink.note("feed.records-found", "records are read at \(candidate)")
        return try records(body, at: path, into: sink)
      }
    }
    throw Diagnostic(
      .error, code: "feed.no-records", "no records in the document", hint: "say where they are: json: {records: \"$.path[*]\"}", file: body.name)
  }

  private struct Found: Error {}

  private static func holdsRecords(_ body: BodyStream, at path: JSONPath) throws -> Bool {
    var stream = JSONRecordStream(path: path)
    do {
      while true {
        let chunk = try body.read()
        if chunk.isEmpty { break }
        try stream.take(chunk) { _ in throw Found() }
      }
      try stream.finish { _ in throw Found() }
      return false
    } catch is Found {
      return true
    } catch let error as JSONError {
      throw broken(error, body)
    }
  }

  private static func broken(_ error: JSONError, _ body: BodyStream) -> Diagnostic {
    Diagnostic(
      .error, code: error.code == .unexpectedEnd ? "feed.truncated" : "feed.not-json",
      error.code == .unexpectedEnd ? "the document is cut off at byte \(error.offset)" : "not JSON at byte \(error.offset) (\(error.code.rawValue))",
      file: body.name)
  }

  private static func records(_ body: BodyStream, at path: JSONPath, into sink: RowSink) throws {
    var stream = JSONRecordStream(path: path)
    do {
      while true {
        let chunk = try body.read()
        if chunk.isEmpty { break }
        try stream.take(chunk) { try record($0, into: sink) }
      }
      try stream.finish { try record($0, into: sink) }
    } catch let error as JSONError {
      throw broken(error, body)
    }
  }

  private static func record(_ record: JSONRecordStream.Record, into sink: RowSink) throws {
    let shown = String(decoding: record.bytes.prefix(256), as: UTF8.self)
    if record.oversized { return try sink.rejectRow(shown, reason: "record-too-long", line: record.line) }
    try take(record.bytes, line: record.line, key: record.key, shown: shown, into: sink)
  }

  /// One record's text.
  static func take(_ bytes: [UInt8], line: Int, key: String?, shown: String, into sink: RowSink) throws {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONParser.parse(bytes)
    } catch {
      return try sink.rejectRow(shown, reason: error.code == .tooDeep ? "too-deep" : "bad-json", line: line)
    }
    if let object = value.object, object.duplicateKeys > 0 { sink.note("feed.duplicate-key", "a key is written twice; the first counts", line: line) }
    guard let map = sink.definition.map else { return try sink.take(guessed(value, line: line, shown: shown)) }
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

  /// By what the members' names say; a bare text is a value.
  private static func guessed(_ value: JSONValue, line: Int, shown: String) -> FeedRow {
    var row = FeedRow(line: line)
    row.shown = shown
    if let text = value.scalarText {
      row.values = [FeedRow.Value(text)]
      return row
    }
    var label: String?
    var port: String?
    var values: [(String, String?)] = []
    for (name, member) in value.object?.members ?? [] {
      let texts = member.array?.compactMap(\.scalarText) ?? [member.scalarText].compactMap { $0 }
      guard let first = texts.first, !FeedRow.isNothing(first.trimmed) else { continue }
      switch FieldRole(name: name) {
      case .value: values += texts.map { ($0, nil) }
      case .typed(let type): values += texts.map { ($0, type) }
      case .type: label = first
      case .port: port = first
      case .firstSeen: row.firstSeen = row.firstSeen ?? first
      case .lastSeen: row.lastSeen = row.lastSeen ?? first
      case .validUntil: row.validUntil = first
      case .reference: row.reference = row.reference ?? first
      case .tags: row.tags += texts
      case .malware: row.malware += texts
      case .actors: row.actors += texts
      case .confidence: row.confidence = MappedRow.confidence(first)
      case .tlp: row.tlp = first
      case .description: row.description = first
      case .other, nil: break
      }
    }
    row.values = values.map { text, own in
      if let port, IPv4Address(ascii: text.utf8) != nil { return FeedRow.Value("\(text):\(port)") }
      guard let label = own ?? label else { return FeedRow.Value(text) }
      return FeedRow.Value(text, labelled: label)
    }
    return row
  }
}

/// One JSON record a line.
enum JSONLinesFormat {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    var lines = LineReader(body)
    while let line = try lines.next() {
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
