/// UTF-16 text as UTF-8. Lone surrogates and an odd last byte become U+FFFD.
///
/// Told by its byte order mark, which is left out, or without one by what text looks like: every other byte is zero. The cursor counts the
/// UTF-8 bytes; ``checkpoint(between:and:)`` leads back to the log as it was written.
///
/// ```
///  h␀e␀a␀d␀⏎␀ 2026-11-27 an appended line ⏎ …      not UTF-16 any more: from ``bytesFrom`` on the log is given as it stands
/// ```
/// One program may append in another encoding, and who chooses a log's first bytes must not hide the lines behind them.
final class UTF16Decoder: LogDecoder {
  /// The byte order of `head`; nil for other text, UTF-32 included.
  static func byteOrder(of head: [UInt8]) -> ByteOrder? {
    guard head.count >= 2 else { return nil }
    if head[0] == 0xFE, head[1] == 0xFF, hasASCII(head, high: 0) { return .big }
    // FF FE 00 00 is UTF-32: left as bytes.
    if head[0] == 0xFF, head[1] == 0xFE, head.count < 4 || head[2] != 0 || head[3] != 0, hasASCII(head, high: 1) { return .little }
    // A log that was cut, or written by a program that knows itself: long enough not to be chance, and no hole of zeros.
    guard head.count >= 32 else { return nil }
    let pairs = head.prefix(256).count / 2
    var low = 0
    var high = 0
    for index in 0..<pairs {
      if head[2 * index + 1] == 0, head[2 * index] >= 0x09, head[2 * index] < 0x7F { low += 1 }
      if head[2 * index] == 0, head[2 * index + 1] >= 0x09, head[2 * index + 1] < 0x7F { high += 1 }
    }
    return low * 10 >= pairs * 9 ? .little : high * 10 >= pairs * 9 ? .big : nil
  }

  /// A space, a digit or a line end among the first code units: every log has one. Without that, bytes that only begin like a mark would hide
  /// what follows them.
  private static func hasASCII(_ head: [UInt8], high: Int) -> Bool {
    head.count < 32 || stride(from: 2, to: head.count - 1, by: 2).contains { head[$0 + high] == 0 && head[$0 + 1 - high] != 0 }
  }

  enum ByteOrder { case little, big }

  private let source: any LogDecoder
  private let order: ByteOrder
  /// Bytes read from ``source`` and not yet decoded.
  private var pending: [UInt8]
  private var position: Int
  private var highSurrogate: UInt32?
  private var sourceEnded = false
  private var scratch = [UInt8](repeating: 0, count: 64 << 10)

  /// - Parameter head: bytes already taken from `source`, the mark first.
  init(_ source: any LogDecoder, order: ByteOrder, head: [UInt8]) {
    self.source = source
    self.order = order
    self.pending = head
    let hasMark = head.starts(with: [0xFE, 0xFF]) || head.starts(with: [0xFF, 0xFE])
    position = hasMark ? 2 : 0
    checkpoints = [(0, position)]
  }

  /// Ends of the last reads: bytes of UTF-8 given, bytes of UTF-16 taken.
  private var checkpoints: [(decoded: Int, original: Int)]
  private var decoded = 0
  /// Bytes of the source before `pending[0]`.
  private var dropped = 0

  /// A known pair of offsets between two offsets of the UTF-8 text, both included.
  func checkpoint(between start: Int, and end: Int) -> (decoded: Int, original: Int)? {
    checkpoints.last { start <= $0.decoded && $0.decoded <= end }
  }

  private func note(_ count: Int) -> Int {
    guard count > 0 else { return 0 }
    decoded += count
    if checkpoints.count >= 64 { checkpoints.removeFirst(32) }
    checkpoints.append((decoded, dropped + position - (highSurrogate == nil ? 0 : 2)))
    return count
  }

  var damage: LogDamage? { source.damage }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int { unsafe note(decode(into: buffer)) }

  /// Where the log goes on in bytes of text; nil as long as it does not.
  private(set) var bytesFrom: (decoded: Int, original: Int)?

  private func decode(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    var count = 0
    // A scalar takes at most 4 bytes, and a lone surrogate before it 3 more.
    while bytesFrom == nil, count + 7 <= buffer.count {
      if !fill(2) {
        if count == 0, position < pending.count || highSurrogate != nil {
          position = pending.count
          highSurrogate = nil
          count = unsafe append("\u{FFFD}", to: buffer, at: count)
        }
        return count
      }
      if highSurrogate == nil, beginsBytes() {
        bytesFrom = (decoded + count, dropped + position)
        break
      }
      let unit = nextUnit()
      if let high = highSurrogate {
        highSurrogate = nil
        if (0xDC00...0xDFFF).contains(unit), let scalar = Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00)) {
          count = unsafe append(scalar, to: buffer, at: count)
          continue
        }
        count = unsafe append("\u{FFFD}", to: buffer, at: count)
      }
      if (0xD800...0xDBFF).contains(unit) {
        highSurrogate = unit
      } else {
        count = unsafe append(Unicode.Scalar(unit) ?? "\u{FFFD}", to: buffer, at: count)
      }
    }
    return bytesFrom == nil ? count : unsafe copy(to: buffer, from: count)
  }

  /// Gives bytes as they stand, as many as are pending.
  private func copy(to buffer: UnsafeMutableRawBufferPointer, from start: Int) -> Int {
    guard position < pending.count || start == 0 && fill(1) else { return start }
    let number = min(pending.count - position, buffer.count - start)
    for index in 0..<number { unsafe buffer[start + index] = pending[position + index] }
    position += number
    return start + number
  }

  /// How many bytes of text in a row are no UTF-16: sixteen letters of Chinese are made of such bytes alone once in some 10^10; and how many at the
  /// log's end.
  private static let bytesInRow = 32
  private static let bytesAtEnd = 12

  /// Whether the next bytes, two at least, are text of one byte a letter.
  private func beginsBytes() -> Bool {
    guard Self.isText(pending[position]), Self.isText(pending[position + 1]) else { return false }
    _ = fill(Self.bytesInRow)
    let row = pending[position...].prefix(Self.bytesInRow).prefix(while: Self.isText).count
    return row == Self.bytesInRow || row >= Self.bytesAtEnd && position + row == pending.count
  }

  private static func isText(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  private func nextUnit() -> UInt32 {
    let first = UInt32(pending[position])
    let second = UInt32(pending[position + 1])
    position += 2
    return order == .little ? second << 8 | first : first << 8 | second
  }

  /// Makes so many bytes pending; false when the log ends before.
  private func fill(_ needed: Int) -> Bool {
    while position + needed > pending.count {
      if sourceEnded { return false }
      pending = Array(pending[position...])
      dropped += position
      position = 0
      let count = unsafe scratch.withUnsafeMutableBytes { unsafe source.read(into: $0) }
      if count == 0 { sourceEnded = true }
      pending.append(contentsOf: scratch[..<count])
    }
    return true
  }

  private func append(_ scalar: Unicode.Scalar, to buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
    var offset = offset
    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
      unsafe buffer[offset] = byte
      offset += 1
    }
    return offset
  }
}
