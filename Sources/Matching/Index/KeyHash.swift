/// The seeded hash of index keys.
///
/// Wide multiplication and folding, as in wyhash: a few nanoseconds a key. The seed is secret enough: an attacker who may put values
/// into a feed does not know it, so he cannot choose values that meet in one slot (see ``IndexBuilder``).
struct KeyHash: Sendable {
  let first: UInt64
  let second: UInt64
  let third: UInt64

  /// - Parameter seed: at least 32 bytes count; shorter seeds are padded with zeros.
  init(seed: [UInt8]) {
    func word(_ index: Int) -> UInt64 {
      var value: UInt64 = 0
      for position in (index * 8)..<(index * 8 + 8) where position < seed.count {
        value |= UInt64(seed[position]) << UInt64((position % 8) * 8)
      }
      return value
    }
    first = word(0) ^ 0xa076_1d64_78bd_642f
    second = word(1) ^ 0xe703_7ed1_a0b4_28db
    third = word(2) ^ 0x8ebc_6af0_9c88_c6e3
  }

  @inline(__always) static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }

  /// Letters fold to lower case; other bytes may meet each other, which the comparison of the stored value settles.
  static let caseless: UInt64 = 0x2020_2020_2020_2020
  static let caseful: UInt64 = 0

  @inline(__always) static func load64(_ pointer: UnsafePointer<UInt8>) -> UInt64 {
    unsafe UnsafeRawPointer(pointer).loadUnaligned(as: UInt64.self)
  }
  @inline(__always) static func load32(_ pointer: UnsafePointer<UInt8>) -> UInt64 {
    unsafe UInt64(UnsafeRawPointer(pointer).loadUnaligned(as: UInt32.self))
  }

  /// - Parameter folding: ``caseless`` or ``caseful``.
  /// - Precondition: `count` bytes are readable at `bytes`.
  @inline(__always)
  func hash(_ kind: KeyKind, _ bytes: UnsafePointer<UInt8>, _ count: Int, folding: UInt64) -> UInt64 {
    let salt = UInt64(kind.rawValue) &* 0x9e37_79b9_7f4a_7c15
    var left: UInt64
    var right: UInt64
    var state = first ^ salt
    if count <= 16 {
      if count >= 8 {
        left = unsafe Self.load64(bytes)
        right = unsafe Self.load64(bytes + (count &- 8))
      } else if count >= 4 {
        left = unsafe Self.load32(bytes)
        right = unsafe Self.load32(bytes + (count &- 4))
      } else if count > 0 {
        left = unsafe UInt64(bytes[0]) | UInt64(bytes[count >> 1]) << 8 | UInt64(bytes[count &- 1]) << 16
        right = 0
      } else {
        left = 0
        right = 0
      }
    } else {
      var position = 0
      while position &+ 16 < count {
        let low = unsafe Self.load64(bytes + position) | folding
        let high = unsafe Self.load64(bytes + (position &+ 8)) | folding
        state = Self.fold(low ^ second, high ^ state)
        position = position &+ 16
      }
      left = unsafe Self.load64(bytes + (count &- 16))
      right = unsafe Self.load64(bytes + (count &- 8))
    }
    let mixed = Self.fold((left | folding) ^ second, (right | folding) ^ state)
    return Self.fold(mixed ^ third ^ UInt64(truncatingIfNeeded: count), 0x1d8e_4e27_c47d_124f ^ first)
  }

  /// Kinds whose case never counts hash caseless; URLs keep their case, and what is no text its bits.
  static func folding(of kind: KeyKind) -> UInt64 {
    switch kind {
    case .url, .ipv4, .ipv6, .secret, .secretLength: caseful
    default: caseless
    }
  }

  func hash(_ kind: KeyKind, _ bytes: [UInt8]) -> UInt64 {
    // A literal is found by where its last word ends; what follows is compared, not hashed.
    if kind == .literal { return LiteralHash.keys(of: LiteralText(bytes)?.body ?? bytes, hash: self).body }
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return withEmpty(kind) }
      return unsafe hash(kind, base, buffer.count, folding: Self.folding(of: kind))
    }
  }

  private func withEmpty(_ kind: KeyKind) -> UInt64 {
    let zero: UInt8 = 0
    return unsafe withUnsafePointer(to: zero) { unsafe hash(kind, $0, 0, folding: 0) }
  }

  /// The hash of a pair of labels, of its last 24 bytes: three words, folded, the pair's last byte in the top of `high`, zeros before it.
  ///
  /// Without a question of its length: names are of all lengths, and a branch that is not foreseen costs more than the hash.
  @inline(__always) func pair(lowest: UInt64, low: UInt64, high: UInt64) -> UInt64 {
    let mixed = Self.fold(high ^ second, low ^ first)
    return Self.fold(mixed ^ third, lowest ^ 0x1d8e_4e27_c47d_124f)
  }

  func pair(_ pair: some BidirectionalCollection<UInt8>) -> UInt64 {
    var words: (high: UInt64, low: UInt64, lowest: UInt64) = (0, 0, 0)
    for (distance, byte) in pair.suffix(24).reversed().enumerated() {
      let placed = UInt64(byte | 0x20) << UInt64(56 - 8 * (distance % 8))
      if distance < 8 { words.high |= placed } else if distance < 16 { words.low |= placed } else { words.lowest |= placed }
    }
    return self.pair(lowest: words.lowest, low: words.low, high: words.high)
  }
}

extension KeyHash {
  /// A byte as literals are compared: letters in lower case, `/` as `\`.
  @inline(__always) static func literalFold(_ byte: UInt8) -> UInt8 { byte == 0x2f ? 0x7c : byte | 0x20 }

  /// Eight bytes at once, as ``literalFold(_:)``.
  @inline(__always) static func literalFold(word: UInt64) -> UInt64 {
    let difference = word ^ 0x2f2f_2f2f_2f2f_2f2f
    let low = (difference & 0x7f7f_7f7f_7f7f_7f7f) &+ 0x7f7f_7f7f_7f7f_7f7f
    let isSlash = ~(low | difference | 0x7f7f_7f7f_7f7f_7f7f)  // 0x80 where the byte is '/'
    return (word | caseless) ^ ((isSlash >> 7) &* (0x2f ^ 0x7c))
  }
}
