/// UTF-16 text with a byte order mark, as UTF-8. Lone surrogates and an odd last byte become U+FFFD.
///
/// All offsets of such a log are offsets in the UTF-8 text, the mark left out.
final class UTF16Decoder: LogDecoder {
  /// The byte order that `head` declares; nil for other text, UTF-32 included.
  static func byteOrder(of head: [UInt8]) -> ByteOrder? {
    guard head.count >= 2 else { return nil }
    if head[0] == 0xFE, head[1] == 0xFF { return .big }
    // FF FE 00 00 is UTF-32: left as bytes.
    if head[0] == 0xFF, head[1] == 0xFE, head.count < 4 || head[2] != 0 || head[3] != 0 { return .little }
    return nil
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
    self.position = min(2, head.count)
  }

  var damage: LogDamage? { source.damage }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    var count = 0
    // A scalar takes at most 4 bytes, and a lone surrogate before it 3 more.
    while count + 7 <= buffer.count {
      if position + 2 > pending.count && !refill() {
        if count == 0, position < pending.count || highSurrogate != nil {
          position = pending.count
          highSurrogate = nil
          count = unsafe append("\u{FFFD}", to: buffer, at: count)
        }
        return count
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
    return count
  }

  private func nextUnit() -> UInt32 {
    let first = UInt32(pending[position])
    let second = UInt32(pending[position + 1])
    position += 2
    return order == .little ? second << 8 | first : first << 8 | second
  }

  /// Makes two bytes pending; false at the end.
  private func refill() -> Bool {
    while position + 2 > pending.count {
      if sourceEnded { return false }
      pending = Array(pending[position...])
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
