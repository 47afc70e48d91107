/// Addresses as integers, read from canonical text and from logs alike. No leading zeros, no number forms (RFC 6943).
package enum AddressText {
  struct IPv6: Hashable, Comparable, Sendable {
    var high: UInt64
    var low: UInt64

    static func < (left: IPv6, right: IPv6) -> Bool { (left.high, left.low) < (right.high, right.low) }

    /// The address inside `::ffff:0:0/96`, which is the same host.
    var mapped: UInt32? { high == 0 && low >> 32 == 0xffff ? UInt32(truncatingIfNeeded: low) : nil }
  }

  static func ipv4(_ text: some RandomAccessCollection<UInt8>) -> UInt32? {
    guard text.count >= 7, text.count <= 15 else { return nil }
    var value: UInt32 = 0
    var octet: UInt32 = 0
    var digits = 0
    var dots = 0
    for byte in text {
      if byte == 0x2e {
        guard digits > 0, dots < 3 else { return nil }
        value = value << 8 | octet
        (octet, digits, dots) = (0, 0, dots + 1)
      } else {
        guard ASCII.isDigit(byte), digits == 0 || octet > 0, digits < 3 else { return nil }
        octet = octet * 10 + UInt32(byte - 0x30)
        digits += 1
        guard octet <= 255 else { return nil }
      }
    }
    return dots == 3 && digits > 0 ? value << 8 | octet : nil
  }

  /// RFC 4291 text, embedded IPv4 included; no brackets, no zone.
  static func ipv6(_ text: some RandomAccessCollection<UInt8>) -> IPv6? {
    guard text.count >= 2, text.count <= 45 else { return nil }
    let bytes = Array(text)
    var groups: [UInt16] = []
    var gap: Int?
    var index = 0
    if bytes[0] == 0x3a {
      guard bytes[1] == 0x3a else { return nil }
      gap = 0
      index = 2
    }
    while index < bytes.count {
      var end = index
      var value: UInt32 = 0
      while end < bytes.count, let digit = ASCII.hexValue(bytes[end]) {
        guard end - index < 4 else { return nil }
        value = value << 4 | UInt32(digit)
        end += 1
      }
      if end < bytes.count, bytes[end] == 0x2e {
        guard groups.count <= 6, let quad = ipv4(bytes[index...]) else { return nil }
        groups.append(UInt16(quad >> 16))
        groups.append(UInt16(quad & 0xffff))
        index = bytes.count
        break
      }
      guard end > index, groups.count < 8 else { return nil }
      groups.append(UInt16(value))
      index = end
      guard index < bytes.count else { break }
      guard bytes[index] == 0x3a else { return nil }
      index += 1
      if index < bytes.count, bytes[index] == 0x3a {
        guard gap == nil else { return nil }
        gap = groups.count
        index += 1
      } else if index == bytes.count {
        return nil
      }
    }
    if let gap {
      guard groups.count < 8 else { return nil }
      groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
    }
    guard groups.count == 8 else { return nil }
    func word(_ first: Int) -> UInt64 { groups[first..<(first + 4)].reduce(0) { $0 << 16 | UInt64($1) } }
    return IPv6(high: word(0), low: word(4))
  }

  /// As ``ipv6(_:)`` for hexadecimal digits and colons alone, without arrays: logs of two protocol versions have one in every line.
  package static func plainIPv6(_ text: UnsafeRawBufferPointer) -> (high: UInt64, low: UInt64)? {
    let count = text.count
    guard count >= 2, count <= 39 else { return nil }
    // All groups one behind another, and how many stand before the gap.
    var (high, low): (UInt64, UInt64) = (0, 0)
    var (groups, gap) = (0, -1)
    var index = 0
    if unsafe text[0] == 0x3a {
      guard unsafe text[1] == 0x3a else { return nil }
      gap = 0
      index = 2
    }
    while index < count {
      var value: UInt64 = 0
      let first = index
      while index < count, let digit = unsafe ASCII.hexValue(text[index]) {
        value = value &<< 4 | UInt64(digit)
        index &+= 1
      }
      guard index > first, index &- first <= 4, groups < 8 else { return nil }
      groups &+= 1
      high = high &<< 16 | low &>> 48
      low = low &<< 16 | value
      guard index < count else { break }
      guard unsafe text[index] == 0x3a, index &+ 1 < count else { return nil }
      index &+= 1
      if unsafe text[index] == 0x3a {
        guard gap < 0 else { return nil }
        gap = groups
        index &+= 1
      }
    }
    return whole(high, low, groups, gap)
  }

  /// The same of a run of letters, digits and colons behind four other bytes, when it is known where its colons are: a group at a time.
  /// - Parameter colons: a bit for each byte of the run.
  package static func plainIPv6(_ text: UnsafeRawBufferPointer, colons: UInt64) -> (high: UInt64, low: UInt64)? {
    let count = text.count &- 4
    guard count >= 2, count <= 39, colons != 0 else { return nil }
    var (high, low): (UInt64, UInt64) = (0, 0)
    var (groups, gap) = (0, -1)
    var rest = colons
    var position = 0
    if rest & 1 != 0 {
      guard rest & 2 != 0 else { return nil }
      (gap, position, rest) = (0, 2, rest & ~3)
    }
    while position < count {
      let next = rest == 0 ? count : rest.trailingZeroBitCount
      let length = next &- position
      guard length >= 1, length <= 4, groups < 8, let value = unsafe group(text.loadUnaligned(fromByteOffset: next, as: UInt32.self), length) else { return nil }
      groups &+= 1
      high = high &<< 16 | low &>> 48
      low = low &<< 16 | UInt64(value)
      guard next < count else { break }
      rest &= rest &- 1
      position = next &+ 1
      guard position < count else { return nil }
      if rest &>> UInt64(truncatingIfNeeded: position) & 1 != 0 {
        guard gap < 0 else { return nil }
        (gap, position, rest) = (groups, position &+ 1, rest & (rest &- 1))
      }
    }
    return whole(high, low, groups, gap)
  }

  /// The value of up to four hexadecimal digits, the last one in the top byte; nil when some letter is none.
  @inline(__always) private static func group(_ bytes: UInt32, _ count: Int) -> UInt32? {
    let missing = UInt32(truncatingIfNeeded: 32 &- 8 &* count)
    let own = ((bytes &>> missing) &<< missing) | 0x2020_2020
    let letters = (own &>> 6) & 0x0101_0101
    let nibbles = (own & 0x0f0f_0f0f) &+ letters &* 9
    // Of bytes before the first digit nothing is left; letters behind `f` are too large, or have the bit of `p`.
    guard (nibbles & 0xf0f0_f0f0) | ((own &>> 4) & letters) == 0 else { return nil }
    let pairs = (nibbles & 0x000f_000f) &<< 4 | (nibbles &>> 8) & 0x000f_000f
    return (pairs & 0xff) &<< 8 | pairs &>> 16
  }

  /// Groups as an address, with zeros in the gap.
  @inline(__always) private static func whole(_ high: UInt64, _ low: UInt64, _ groups: Int, _ gap: Int) -> (high: UInt64, low: UInt64)? {
    if gap < 0 { return groups == 8 ? (high, low) : nil }
    guard groups < 8 else { return nil }
    // What stands before the gap moves up by the groups that it stands for.
    let all = UInt128(high) &<< 64 | UInt128(low)
    let behind = UInt128(truncatingIfNeeded: 16 &* (groups &- gap))
    let upper = gap == 0 ? 0 : (all &>> behind) &<< UInt128(truncatingIfNeeded: 16 &* (8 &- gap))
    let value = upper | all & (1 &<< behind &- 1)
    return (UInt64(truncatingIfNeeded: value &>> 64), UInt64(truncatingIfNeeded: value))
  }

  static func bytes(_ address: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: address >> UInt32(24 - 8 * $0)) } }

  static func bytes(_ address: IPv6) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: address.high >> UInt64(56 - 8 * $0)) }
      + (0..<8).map { UInt8(truncatingIfNeeded: address.low >> UInt64(56 - 8 * $0)) }
  }

  /// Dotted quad.
  static func text(_ address: UInt32) -> String {
    "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
  }
}
