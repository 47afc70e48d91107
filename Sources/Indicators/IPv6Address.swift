/// An IPv6 address.
public struct IPv6Address: Hashable, Sendable, Comparable {
  /// The first 64 bits.
  public let high: UInt64
  /// The last 64 bits.
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// `::ffff:a.b.c.d`.
  public init(mapping address: IPv4Address) { self.init(high: 0, low: 0xFFFF_0000_0000 | UInt64(address.value)) }

  public static func < (left: Self, right: Self) -> Bool { (left.high, left.low) < (right.high, right.low) }

  /// The IPv4 address that this one stands for, when it is `::ffff:a.b.c.d` (RFC 4291 §2.5.5.2).
  public var mappedIPv4: IPv4Address? {
    high == 0 && low >> 32 == 0xFFFF ? IPv4Address(value: UInt32(truncatingIfNeeded: low)) : nil
  }

  /// Reads the text forms of RFC 4291 §2.2, without brackets, zone or prefix length; nil for any other text.
  ///
  /// Allocates nothing: what the log side calls on every candidate.
  @inlinable
  public init?(ascii text: some Collection<UInt8>) {
    var high: UInt64 = 0
    var low: UInt64 = 0
    var groups = 0
    /// Number of groups before `::`.
    var gap: Int?
    var group: UInt64 = 0
    var digits = 0
    var afterColon = false
    var groupStart = text.startIndex
    var index = text.startIndex
    while index != text.endIndex {
      let byte = text[index]
      var digit = byte &- 0x30
      if digit > 9 { digit = (byte | 0x20) &- 0x61 < 6 ? (byte | 0x20) &- 0x57 : 16 }
      if digit < 16 {
        if digits == 4 || groups == 8 { return nil }
        if digits == 0 { groupStart = index }
        group = group << 4 | UInt64(digit)
        digits += 1
        afterColon = false
        text.formIndex(after: &index)
      } else if byte == 0x3A {
        if digits > 0 {
          (high, low) = (high << 16 | low >> 48, low << 16 | group)
          groups += 1
          (group, digits) = (0, 0)
        } else if afterColon {
          if gap != nil { return nil }
          gap = groups
          // A third colon in a row is no address.
          let next = text.index(after: index)
          if next != text.endIndex && text[next] == 0x3A { return nil }
        } else if groups == 0 && gap == nil && index == text.startIndex {
          // A leading colon is the first of two.
          let next = text.index(after: index)
          if next == text.endIndex || text[next] != 0x3A { return nil }
        }
        afterColon = true
        text.formIndex(after: &index)
      } else if byte == 0x2E {
        if digits == 0 || groups > 6 { return nil }
        guard let tail = IPv4Address(ascii: text[groupStart...]) else { return nil }
        (high, low) = (high << 32 | low >> 32, low << 32 | UInt64(tail.value))
        groups += 2
        digits = 0
        afterColon = false
        index = text.endIndex
      } else {
        return nil
      }
    }
    if digits > 0 {
      (high, low) = (high << 16 | low >> 48, low << 16 | group)
      groups += 1
    } else if afterColon && gap != groups {
      return nil
    }
    guard let gap else {
      if groups != 8 { return nil }
      self.init(high: high, low: low)
      return
    }
    if groups > 7 { return nil }
    // Move the groups that follow the gap down to the end, and leave zeros between.
    let tail = groups - gap
    let tailBits = UInt64(tail) * 16
    let shift = UInt64(8 - groups) * 16
    var headHigh = high
    var headLow = low
    // Head = all groups without the tail, shifted up by tail + gap.
    (headHigh, headLow) = Self.shiftedRight(headHigh, headLow, by: tailBits)
    (headHigh, headLow) = Self.shiftedLeft(headHigh, headLow, by: tailBits + shift)
    let tailHigh = tailBits >= 128 ? high : tailBits > 64 ? high & ((1 << (tailBits - 64)) - 1) : 0
    let tailLow = tailBits >= 64 ? low : low & ((1 << tailBits) - 1)
    self.init(high: headHigh | tailHigh, low: headLow | tailLow)
  }

  @usableFromInline
  static func shiftedRight(_ high: UInt64, _ low: UInt64, by count: UInt64) -> (UInt64, UInt64) {
    if count == 0 { return (high, low) }
    if count >= 64 { return (0, high >> (count - 64)) }
    return (high >> count, low >> count | high << (64 - count))
  }

  @usableFromInline
  static func shiftedLeft(_ high: UInt64, _ low: UInt64, by count: UInt64) -> (UInt64, UInt64) {
    if count == 0 { return (high, low) }
    if count >= 64 { return (low << (count - 64), 0) }
    return (high << count | low >> (64 - count), low << count)
  }
}

extension IPv6Address: CustomStringConvertible {
  /// RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as `::`; IPv4-mapped addresses
  /// with a dotted end.
  public var description: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(39)
    append(to: &bytes)
    return bytes.text
  }

  func append(to bytes: inout [UInt8]) {
    if let mapped = mappedIPv4 {
      bytes.append(contentsOf: "::ffff:".utf8)
      mapped.append(to: &bytes)
    } else {
      appendHexadecimal(to: &bytes)
    }
  }

  func group(_ index: Int) -> UInt16 {
    UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(48 - 16 * (index & 3)))
  }

  /// RFC 5952 without the dotted form, as the WHATWG URL serialiser writes hosts.
  func appendHexadecimal(to bytes: inout [UInt8]) {
    var (bestStart, bestLength) = (8, 1)
    var index = 0
    while index < 8 {
      let start = index
      while index < 8 && group(index) == 0 { index += 1 }
      if index - start > bestLength { (bestStart, bestLength) = (start, index - start) }
      index += 1
    }
    index = 0
    while index < 8 {
      if index == bestStart {
        bytes.append(contentsOf: [0x3A, 0x3A])
        index += bestLength
        continue
      }
      if index > 0 && index != bestStart + bestLength { bytes.append(0x3A) }
      let value = group(index)
      var started = false
      for shift in [12, 8, 4, 0] as [UInt16] {
        let digit = UInt8(truncatingIfNeeded: value >> shift) & 15
        if digit != 0 || started || shift == 0 {
          bytes.append(.hexDigit(digit))
          started = true
        }
      }
      index += 1
    }
  }
}

extension IPv6Address {
  /// Reads like ``init(ascii:)``, and says what is wrong: `bad-char`, `double-compression`, `group-count`, `group-range`, or what is
  /// wrong with the IPv4 address at its end.
  init(parsing text: Bytes, as type: IndicatorType) throws(Rejection) {
    if let address = Self(ascii: text) {
      self = address
      return
    }
    throw Rejection(Self.fault(in: text, as: type), as: type)
  }

  private static func fault(in text: Bytes, as type: IndicatorType) -> String {
    if text.isEmpty { return "empty" }
    guard text.allSatisfy({ $0.isHexDigit || $0 == 0x3A || $0 == 0x2E }) else { return "bad-char" }
    var groups = text.split(separator: 0x3A, omittingEmptySubsequences: false)
    guard groups.count >= 3 else { return "group-count" }
    var pairs = 0
    for index in 1..<groups.count - 1 where groups[index].isEmpty { pairs += 1 }
    if pairs > 1 { return "double-compression" }
    var extra = 0
    if let last = groups.last, last.contains(0x2E) {
      do throws(Rejection) { _ = try IPv4Address(parsing: last, as: type) } catch { return error.reason }
      groups.removeLast()
      extra = 2
    }
    if groups.contains(where: { $0.contains(0x2E) }) { return "bad-char" }
    let filled = groups.count(where: { !$0.isEmpty }) + extra
    if pairs == 0 ? filled != 8 || groups.contains(where: \.isEmpty) : filled > 7 { return "group-count" }
    return groups.contains(where: { $0.count > 4 }) ? "group-range" : "group-count"
  }

  /// What the IANA special-purpose registry says of the address.
  var flags: [String] {
    if let mapped = mappedIPv4 { return ["ipv4-mapped"] + mapped.flags }
    if high == 0 {
      if low == 0 { return ["unspecified"] }
      if low == 1 { return ["loopback"] }
      if low >> 32 == 0 { return ["ipv4-compatible"] }
    }
    switch high >> 48 {
    case 0xFE80...0xFEBF: return ["link-local"]
    case 0xFC00...0xFDFF: return ["private", "unique-local"]
    case 0xFEC0...0xFEFF: return ["site-local"]
    case 0xFF00...0xFFFF: return ["multicast"]
    case 0x2002: return ["6to4"]
    case 0x0064 where high == 0x0064_FF9B_0000_0000 && low >> 32 == 0: return ["nat64"]
    case 0x2001:
      switch high >> 32 & 0xFFFF {
      case 0x0000: return ["teredo"]
      case 0x0DB8: return ["documentation"]
      default: return []
      }
    case 0x3FFF where high >> 44 & 0xF == 0: return ["documentation"]
    case 0x0100 where high == 0x0100_0000_0000_0000: return ["discard-only"]
    default: return []
    }
  }
}
