import Indicators
import Syntax

/// Walks the records of a JSON body, one at a time.
enum JSONRecords {
  /// Hands out each record at `path`, unread. Several documents one after another, as the pages of an answer are kept, are read as one.
  ///
  /// - Returns: whether an object stood where the path wants a list.
  @discardableResult static func each(
    of body: BodyStream, at path: JSONPath, limit: Int = FeedLimits.recordBytes, _ take: (JSONRecordStream.Record) throws -> Void
  ) throws -> Bool {
    var stream = JSONRecordStream(path: path, recordLimit: limit, allowsSeveralDocuments: true)
    do {
      while true {
        let chunk = try body.read()
        if chunk.isEmpty { break }
        try stream.take(chunk, emit: take)
      }
      try stream.finish(emit: take)
      return stream.metObjectForList
    } catch let error as JSONError {
      throw broken(error, body)
    }
  }

  private struct Found: Error {}

  /// Whether anything stands at `path`.
  static func exist(in body: BodyStream, at path: JSONPath) throws -> Bool {
    do {
      try each(of: body, at: path, limit: 1) { _ in throw Found() }
      return false
    } catch is Found {
      return true
    }
  }

  /// The first of `candidates` at which something stands.
  static func firstPath(of candidates: [String], in reopen: () throws(Diagnostic) -> BodyStream) throws -> JSONPath? {
    for candidate in candidates {
      guard let path = JSONPath(candidate) else { continue }
      if try exist(in: try reopen(), at: path) { return path }
    }
    return nil
  }

  /// Parses one record; what cannot be read is rejected as a row, and nil is the answer.
  static func value(of record: JSONRecordStream.Record, into sink: RowSink) throws -> JSONValue? {
    func shown() -> String { String(decoding: record.bytes.prefix(256), as: UTF8.self) }
    if record.oversized {
      try sink.rejectRow(shown(), reason: "record-too-long", line: record.line)
      return nil
    }
    do throws(JSONError) {
      return try JSONParser.parse(record.bytes)
    } catch {
      try sink.rejectRow(shown(), reason: error.code == .tooDeep ? "too-deep" : "bad-json", line: record.line)
      return nil
    }
  }

  static func broken(_ error: JSONError, _ body: BodyStream) -> Diagnostic {
    let isCut = error.code == .unexpectedEnd
    return Diagnostic(
      .error, code: isCut ? "feed.truncated" : "feed.not-json",
      isCut ? "the document is cut off at byte \(error.offset)" : "not JSON at byte \(error.offset) (\(error.code.rawValue))",
      file: body.name)
  }
}
