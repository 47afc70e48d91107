import Indicators

/// How an indicator stands in the file: a record of its own, and a context that it shares with many.
///
/// Record: `type, presence, encoding, [context varint,] value, [other value,] [first, last, until: varint,] [references]`.
/// A value that follows from the other one is not written twice; digests stand in binary.
struct IndicatorRecord {
  struct Presence: OptionSet {
    let rawValue: UInt8
    static let first = Presence(rawValue: 1)
    static let last = Presence(rawValue: 2)
    static let until = Presence(rawValue: 4)
    static let references = Presence(rawValue: 8)
  }

  /// How `canonical` and `match` follow from the stored bytes.
  enum Encoding: UInt8 {
    case same, hex, ipv4, http, https, lowercase, wildcard, both
  }

  /// Writes the shortest form of a value, with its length; with ``Encoding/both`` the match key follows.
  ///
  /// - Parameter place: where ``room(canonical:match:)`` bytes have room.
  /// - Returns: the encoding, and how many bytes were written.
  static func write(
    canonical: UnsafeBufferPointer<UInt8>, match: UnsafeBufferPointer<UInt8>, at place: UnsafeMutablePointer<UInt8>
  ) -> (encoding: Encoding, count: Int) {
    let encoding = unsafe encoding(canonical, match)
    switch encoding {
    case .hex:
      let count = canonical.count / 2
      let start = unsafe writeVarint(UInt64(count), at: place)
      for index in 0..<count { unsafe place[start + index] = hexDigit(canonical[2 * index]) << 4 | hexDigit(canonical[2 * index + 1]) }
      return (encoding, start + count)
    case .ipv4:
      let address = unsafe AddressText.ipv4(canonical) ?? 0
      unsafe place[0] = 4
      for index in 0..<4 { unsafe place[1 + index] = UInt8(truncatingIfNeeded: address >> UInt32(24 - 8 * index)) }
      return (encoding, 5)
    case .same, .lowercase: return (encoding, unsafe write(canonical, at: place))
    case .http, .https, .wildcard: return (encoding, unsafe write(match, at: place))
    case .both:
      let count = unsafe write(canonical, at: place)
      return (encoding, unsafe count + write(match, at: place + count))
    }
  }

  /// How many bytes ``write(canonical:match:at:)`` may write.
  static func room(canonical: Int, match: Int) -> Int { canonical + match + 20 }

  private static func write(_ text: UnsafeBufferPointer<UInt8>, at place: UnsafeMutablePointer<UInt8>) -> Int {
    let start = unsafe writeVarint(UInt64(text.count), at: place)
    if let base = text.baseAddress { unsafe (place + start).update(from: base, count: text.count) }
    return start + text.count
  }

  /// As ``Swift/Array/appendVarint(_:)``, ten bytes at most.
  @inline(__always) static func writeVarint(_ value: UInt64, at place: UnsafeMutablePointer<UInt8>) -> Int {
    var rest = value
    var count = 0
    while rest >= 0x80 {
      unsafe place[count] = UInt8(truncatingIfNeeded: rest) | 0x80
      rest >>= 7
      count &+= 1
    }
    unsafe place[count] = UInt8(truncatingIfNeeded: rest)
    return count &+ 1
  }

  private static func encoding(_ canonical: UnsafeBufferPointer<UInt8>, _ match: UnsafeBufferPointer<UInt8>) -> Encoding {
    if canonical.count == match.count {
      if unsafe canonical.baseAddress == match.baseAddress || canonical.elementsEqual(match) {
        if canonical.count >= 16, canonical.count % 2 == 0, unsafe canonical.allSatisfy({ hexDigit($0) < 16 }) { return .hex }
        return unsafe canonical.count <= 15 && AddressText.ipv4(canonical) != nil ? .ipv4 : .same
      }
      return canonical.indices.allSatisfy { unsafe ASCII.lowercased(canonical[$0]) == match[$0] } ? .lowercase : .both
    }
    let extra = canonical.count - match.count
    guard extra > 0, unsafe canonical[extra...].elementsEqual(match) else { return .both }
    switch extra {
    case 7 where unsafe canonical.starts(with: "http://".utf8): return .http
    case 8 where unsafe canonical.starts(with: "https://".utf8): return .https
    case 2 where unsafe canonical.starts(with: "*.".utf8): return .wildcard
    default: return .both
    }
  }

  static func decode(_ encoding: Encoding, _ stored: [UInt8], other: [UInt8]) -> (canonical: [UInt8], match: [UInt8]) {
    switch encoding {
    case .same: return (stored, stored)
    case .hex:
      let text = Array(SHA256.hex(stored).utf8)
      return (text, text)
    case .ipv4:
      let text = Array(AddressText.text(stored.reduce(0) { $0 << 8 | UInt32($1) }).utf8)
      return (text, text)
    case .http: return (Array("http://".utf8) + stored, stored)
    case .https: return (Array("https://".utf8) + stored, stored)
    case .lowercase: return (stored, ASCII.lowercased(stored))
    case .wildcard: return (Array("*.".utf8) + stored, stored)
    case .both: return (stored, other)
    }
  }

  /// What a lower-case hexadecimal digit says; 16 for any other byte.
  @inline(__always) private static func hexDigit(_ byte: UInt8) -> UInt8 {
    byte &- 0x30 < 10 ? byte &- 0x30 : byte &- 0x61 < 6 ? byte &- 0x57 : 16
  }
}

extension [UInt8] {
  /// LEB128.
  mutating func appendVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  mutating func appendText(_ bytes: some Collection<UInt8>) {
    appendVarint(UInt64(bytes.count))
    append(contentsOf: bytes)
  }

  /// Whole seconds take half the room of microseconds: the lowest bit says which.
  mutating func appendTime(_ time: Timestamp) {
    let isWhole = time.microseconds % 1_000_000 == 0
    let value = isWhole ? time.microseconds / 1_000_000 : time.microseconds
    let zigzag = UInt64(bitPattern: value << 1 ^ value >> 63)
    // Out of range for the flag bit only beyond the year 146,000: kept as microseconds clamped.
    appendVarint((zigzag & (.max >> 1)) << 1 | (isWhole ? 1 : 0))
  }
}

/// Reads what ``IndicatorRecord`` and the contexts wrote, out of bytes that nobody vouches for: every read may say no.
@safe struct RecordReader {
  private let bytes: UnsafeRawBufferPointer
  private var position: Int
  private let end: Int

  /// - Precondition: none; a range outside `bytes` is cut to nothing.
  init(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) {
    unsafe self.bytes = unsafe bytes
    let isInside = start >= 0 && start <= end && end <= bytes.count
    position = isInside ? start : 0
    self.end = isInside ? end : 0
  }

  mutating func byte() -> UInt8? {
    guard position < end else { return nil }
    defer { position += 1 }
    return unsafe bytes[position]
  }

  mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while let byte = byte() {
      guard shift < 63 || byte < 2 else { return nil }
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
      guard shift < 70 else { return nil }
    }
    return nil
  }

  mutating func count() -> Int? {
    guard let value = varint(), value <= UInt64(end - position) else { return nil }
    return Int(value)
  }

  mutating func text() -> [UInt8]? { textRange().map { unsafe Array(bytes[$0]) } }

  /// Where a text lies.
  mutating func textRange() -> Range<Int>? {
    guard let count = count() else { return nil }
    defer { position += count }
    return position..<(position + count)
  }

  mutating func string() -> String? { text().map { String(decoding: $0, as: UTF8.self) } }

  mutating func strings() -> [String]? {
    guard let count = count() else { return nil }
    var strings: [String] = []
    strings.reserveCapacity(count)
    for _ in 0..<count {
      guard let string = string() else { return nil }
      strings.append(string)
    }
    return strings
  }

  mutating func time() -> Timestamp? {
    guard let value = varint() else { return nil }
    let zigzag = value >> 1
    let number = Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
    return value & 1 == 1 ? Timestamp(seconds: number) : Timestamp(microseconds: number)
  }
}
