/// A slot of the hash table: `fingerprint:28 role:4 entry:32`.
enum IndexSlot {
  static let empty = UInt64.max

  @inline(__always) static func home(_ hash: UInt64, count: Int) -> Int {
    Int(truncatingIfNeeded: ((hash >> 32) &* UInt64(truncatingIfNeeded: count)) >> 32)
  }

  /// The hash's low bits: its high bits chose the place.
  @inline(__always) static func fingerprint(_ hash: UInt64) -> UInt64 { hash & 0xfff_ffff }

  static func word(hash: UInt64, role: KeyRole, entry: UInt32) -> UInt64 {
    fingerprint(hash) << 36 | UInt64(role.rawValue) << 32 | UInt64(entry)
  }
}

/// A Bloom filter of 64-bit words: one memory access a question, four bits a key.
enum HashFilter {
  static let bitsPerKey = 14

  @inline(__always) static func place(_ hash: UInt64, count: Int) -> Int {
    Int(truncatingIfNeeded: ((hash >> 32) &* UInt64(truncatingIfNeeded: count)) >> 32)
  }

  @inline(__always) static func mask(_ hash: UInt64) -> UInt64 {
    (1 &<< (hash & 63)) | (1 &<< ((hash >> 6) & 63)) | (1 &<< ((hash >> 12) & 63)) | (1 &<< ((hash >> 18) & 63))
  }
}

/// A Bloom filter of 64-byte lines for IPv4: the line is chosen by the /24, so that an address and the networks around it are asked for
/// with one memory access.
enum AddressFilter {
  static let bitsPerKey = 16
  /// Networks up to this length are marked for their whole /16; longer ones for each /24 they touch.
  static let widestCell = 18

  struct Probe {
    let line: Int
    let addressWord: Int
    let addressMask: UInt64
    let cellWord: Int
    let cellMask: UInt64

    @inline(__always) init(_ address: UInt32, hash: KeyHash, lines: Int) {
      let cell = KeyHash.fold(UInt64(address >> 8) ^ hash.second, hash.first)
      line = Int(truncatingIfNeeded: ((cell >> 32) &* UInt64(truncatingIfNeeded: lines)) >> 32)
      let own = (cell ^ UInt64(address)) &* 0x9e37_79b9_7f4a_7c15
      addressWord = Int(truncatingIfNeeded: own >> 61)
      addressMask = (1 &<< ((own >> 55) & 63)) | (1 &<< ((own >> 49) & 63)) | (1 &<< ((own >> 43) & 63))
      cellWord = Int(truncatingIfNeeded: cell & 7)
      cellMask = (1 &<< ((cell >> 3) & 63)) | (1 &<< ((cell >> 9) & 63)) | (1 &<< ((cell >> 15) & 63))
    }
  }
}

/// Which last labels are in use, so that `index.html` costs nothing when no indicator ends in `.html`.
///
/// A label is known by its last eight bytes, folded.
struct LabelSet: Sendable {
  private(set) var words = [UInt64](repeating: 0, count: IndexFormat.labelBits / 64)

  mutating func insert(_ label: [UInt8]) {
    var tail: UInt64 = 0
    for (index, byte) in label.suffix(8).reversed().enumerated() { tail |= UInt64(byte | 0x20) << UInt64(56 - 8 * index) }
    let bit = Self.bit(tail)
    words[bit >> 6] |= 1 &<< UInt64(bit & 63)
  }

  /// - Parameter tail: the label's last bytes, the very last in the top byte, zeros before the label.
  @inline(__always) static func bit(_ tail: UInt64) -> Int {
    Int(truncatingIfNeeded: (tail &* 0x9e37_79b9_7f4a_7c15) >> 52)
  }
}

/// Which literals may end at a place, asked before the walk backwards.
///
/// Bodies of at least ``Limits/literalTail`` bytes are known by that many last bytes; shorter ones by their last window.
enum LiteralTail {
  static func key(of body: [UInt8], hash: KeyHash) -> UInt64 {
    if body.count >= Limits.literalTail { return long(Array(body.suffix(Limits.literalTail)), hash: hash) }
    return short(window: LiteralText.window(endingAt: body.count, in: body), count: body.count, hash: hash)
  }

  static func long(_ tail: [UInt8], hash: KeyHash) -> UInt64 {
    var state: UInt64 = 0
    for byte in tail.reversed() { state = hash.rolling(state, byte) }
    return hash.finishRolling(state, count: tail.count) ^ 0x5851_f42d_4c95_7f2d
  }

  /// Bodies shorter than a window are known by their last four bytes.
  @inline(__always) static func short(window: UInt64, count: Int, hash: KeyHash) -> UInt64 {
    hash.hash(window: count >= Limits.window ? window : window >> 32, kind: .tail)
  }
}
