import Indicators

/// The lines of a body as text; what is too long or not UTF-8 is rejected.
enum LineWalk {
  static func walk(_ body: BodyStream, into sink: RowSink, trimming: Bool = true, _ take: (_ text: String, _ line: Int) throws -> Void) throws {
    try unsafe walk(body, into: sink, trimming: trimming, takeInPlace: { _, _ in false }, take)
  }

  /// - Parameter takeInPlace: sees each line first, where it lies, and answers whether it is done with it.
  static func walk(
    _ body: BodyStream, into sink: RowSink, trimming: Bool = true, takeInPlace: (_ bytes: UnsafeBufferPointer<UInt8>, _ line: Int) throws -> Bool,
    _ take: (_ text: String, _ line: Int) throws -> Void
  ) throws {
    var lines = LineReader(body)
    while true {
      if try unsafe lines.nextInPlace(takeInPlace) { continue }
      guard let line = try lines.next() else { return }
      if line.oversized {
        try sink.rejectRow(String(decoding: line.bytes.prefix(256), as: UTF8.self), reason: "line-too-long", line: line.number)
        continue
      }
      guard let (decoded, mended) = FieldText.decode(line.bytes) else {
        try sink.rejectRow(String(decoding: line.bytes.prefix(1024), as: UTF8.self), reason: "bad-utf8", line: line.number)
        continue
      }
      if mended { sink.note("feed.mended-bytes", "bytes that are not UTF-8 were taken off", line: line.number) }
      let text = trimming ? decoded.trimmed : decoded
      if text.isEmpty { continue }
      try take(text, line.number)
    }
  }
}
