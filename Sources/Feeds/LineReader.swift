package import Indicators

/// One line of a body without its end.
package struct BodyLine: Sendable {
  package var bytes: [UInt8]
  /// From 1.
  package var number: Int
  /// Whether an end of line followed; false for a last line without one.
  package var terminated: Bool
  /// Longer than the limit: ``bytes`` holds only its beginning.
  package var oversized: Bool
}

/// Cuts a body into lines: LF, CRLF, or CR alone when the body has no LF near its beginning. A byte order mark is taken off.
package struct LineReader {
  private let body: BodyStream
  private var buffer: [UInt8] = []
  private var position = 0
  private var number = 0
  private var atEnd = false
  private var newline = UInt8(ascii: "\n")
  private var started = false

  package init(_ body: BodyStream) { self.body = body }

  /// The next line; nil at the end.
  package mutating func next() throws(Diagnostic) -> BodyLine? {
    if !started { try start() }
    var line: [UInt8] = []
    var length = 0
    while true {
      if position >= buffer.count {
        if !atEnd {
          buffer = try body.read()
          position = 0
          atEnd = buffer.isEmpty
        }
        if atEnd {
          if length == 0 { return nil }
          return finish(line, length: length, terminated: false)
        }
      }
      let end = Self.firstIndex(of: newline, in: buffer, from: position)
      let piece = buffer[position..<(end ?? buffer.count)]
      length += piece.count
      line.append(contentsOf: piece.prefix(max(0, FeedLimits.lineBytes - line.count)))
      position = (end ?? buffer.count) + (end == nil ? 0 : 1)
      if length > FeedLimits.hopelessLineBytes {
        throw Diagnostic(
          .error, code: "feed.line-too-long", "a line is longer than \(FeedLimits.hopelessLineBytes) bytes", file: body.name,
          line: number + 1)
      }
      if end != nil { return finish(line, length: length, terminated: true) }
    }
  }

  /// Hands the next line to `take` where it lies, without its end, when all of it lies in one piece. The line is done when `take` answers
  /// true; otherwise ``next()`` gives it.
  mutating func nextInPlace(_ take: (_ bytes: UnsafeBufferPointer<UInt8>, _ number: Int) throws -> Bool) rethrows -> Bool {
    guard started, position < buffer.count, let end = Self.firstIndex(of: newline, in: buffer, from: position), end - position < FeedLimits.lineBytes else { return false }
    let last = newline == UInt8(ascii: "\n") && end > position && buffer[end - 1] == UInt8(ascii: "\r") ? end - 1 : end
    let isDone = try unsafe buffer.withUnsafeBufferPointer { try unsafe take(UnsafeBufferPointer(rebasing: $0[position..<last]), number + 1) }
    if isDone {
      position = end + 1
      number += 1
    }
    return isDone
  }

  /// Eight bytes at a time.
  static func firstIndex(of byte: UInt8, in buffer: [UInt8], from start: Int) -> Int? {
    let span = buffer.span
    let words = unsafe span.bytes
    let ones: UInt64 = 0x0101_0101_0101_0101
    let wanted = ones &* UInt64(byte)
    var index = start
    while index + 8 <= span.count {
      let difference = unsafe words.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self) ^ wanted
      let found = (difference &- ones) & ~difference & 0x8080_8080_8080_8080
      if found != 0 { return index + found.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < span.count {
      if span[index] == byte { return index }
      index += 1
    }
    return nil
  }

  private mutating func finish(_ line: [UInt8], length: Int, terminated: Bool) -> BodyLine {
    number += 1
    var bytes = line
    if newline == UInt8(ascii: "\n"), bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    return BodyLine(bytes: bytes, number: number, terminated: terminated, oversized: length > FeedLimits.lineBytes)
  }

  private mutating func start() throws(Diagnostic) {
    started = true
    buffer = try body.read()
    atEnd = buffer.isEmpty
    if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    let beginning = buffer.prefix(64 << 10)
    if beginning.contains(UInt8(ascii: "\r")), !beginning.contains(UInt8(ascii: "\n")) { newline = UInt8(ascii: "\r") }
  }
}
