import Indicators
import Syntax
import Transport

/// Streams the records of JSON files and writes chosen ones into one document, a record in memory at a time.
struct RecordAssembly {
  /// `{"name":[…]}`, or a bare array when nil.
  let container: String?
  /// The decoded bytes that the whole may have.
  let limit: Int
  private let spool: BodySpool
  private(set) var records = 0

  init(container: String?, limit: Int, directory: String) throws {
    self.container = container
    self.limit = limit
    spool = try BodySpool(directory: directory)
    try spool.append((container.map { "{\"\($0)\":[" } ?? "[").utf8)
  }

  mutating func add(_ record: some Collection<UInt8>) throws {
    if spool.bytes + Int64(record.count) > Int64(limit) {
      throw Diagnostic(
        .error, code: "feed.too-large", "all records together are larger than \(limit) bytes",
        hint: "raise max-bytes in the feed file if this is right")
    }
    try spool.append((records == 0 ? "\n" : ",\n").utf8)
    try spool.append(record)
    records += 1
  }

  func finish() throws -> AssembledBody {
    try spool.append((container == nil ? "\n]\n" : "\n]}\n").utf8)
    let sum = try spool.finish()
    return AssembledBody(path: spool.path, sha256: sum, bytes: spool.bytes, records: records)
  }

  /// Hands out every record at `path` of the file.
  static func records(of file: String, at path: JSONPath, name: String, _ body: (JSONRecordStream.Record) throws -> Void) throws {
    let descriptor = try FileDescriptor(reading: file, name: name)
    var stream = JSONRecordStream(path: path, recordLimit: FeedLimits.documentBytes)
    do {
      while true {
        let chunk = try descriptor.read(FeedLimits.chunkBytes, name: name)
        if chunk.isEmpty { break }
        try stream.take(chunk, emit: body)
      }
      try stream.finish(emit: body)
    } catch let error as JSONError {
      throw Diagnostic(
        .error, code: error.code == .unexpectedEnd ? "feed.truncated" : "feed.not-json", "an answer is not JSON at byte \(error.offset)",
        file: name)
    }
  }

  /// The first value at `path` of the file.
  static func first(of file: String, at path: String, name: String) throws(Diagnostic) -> JSONValue? {
    guard let path = JSONPath(path) else { return nil }
    var found: JSONValue?
    do {
      try records(of: file, at: path, name: name) { if found == nil { found = try JSONParser.parse($0.bytes) } }
    } catch let diagnostic as Diagnostic {
      throw diagnostic
    } catch {
      throw Diagnostic(.error, code: "feed.not-json", "an answer is not JSON", file: name)
    }
    return found
  }

  /// A small document, whole.
  static func document(_ file: String, name: String) throws(Diagnostic) -> JSONValue {
    let descriptor = try FileDescriptor(reading: file, name: name)
    guard descriptor.size <= FeedLimits.documentBytes else {
      throw Diagnostic(.error, code: "feed.document-too-large", "an answer is larger than \(FeedLimits.documentBytes) bytes", file: name)
    }
    var bytes: [UInt8] = []
    while true {
      let chunk = try descriptor.read(FeedLimits.chunkBytes, name: name)
      if chunk.isEmpty { break }
      bytes += chunk
    }
    do throws(JSONError) { return try JSONParser.parse(bytes) } catch {
      throw Diagnostic(
        .error, code: error.code == .unexpectedEnd ? "feed.truncated" : "feed.not-json", "an answer is not JSON at byte \(error.offset)",
        file: name)
    }
  }
}
