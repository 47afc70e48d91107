/// A network of either family: the top `length` bits of `base`, the rest zero. IPv4 stands in the low 32 bits of `base.low`.
struct NetworkPrefix: Hashable, Sendable {
  var isIPv4: Bool
  var base: AddressText.IPv6
  /// In bits: 0–32 or 0–128.
  var length: Int

  init(isIPv4: Bool, base: AddressText.IPv6, length: Int) {
    self.isIPv4 = isIPv4
    self.base = base
    self.length = length
  }

  init(ipv4 address: UInt32, length: Int) {
    self.init(isIPv4: true, base: .init(high: 0, low: UInt64(address & Self.mask32(length))), length: length)
  }

  /// `192.0.2.0/24`, `2001:db8::/32`, or one address. Host bits are cleared.
  init?(_ text: String) {
    self.init(ascii: Array(text.utf8))
  }

  /// The same of its bytes.
  init?<Text: RandomAccessCollection<UInt8>>(ascii bytes: Text) where Text.Index == Int {
    let slash = bytes.firstIndex(of: 0x2f) ?? bytes.count
    let lengthText = bytes[min(slash + 1, bytes.count)...]
    var length: Int?
    if slash < bytes.count {
      guard (1...3).contains(lengthText.count), lengthText.allSatisfy(ASCII.isDigit) else { return nil }
      length = lengthText.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
    if let address = AddressText.ipv4(bytes[..<slash]) {
      guard (0...32).contains(length ?? 32) else { return nil }
      self.init(ipv4: address, length: length ?? 32)
    } else if let address = AddressText.ipv6(bytes[..<slash]) {
      guard (0...128).contains(length ?? 128) else { return nil }
      self.init(isIPv4: false, base: Self.cleared(address, length: length ?? 128), length: length ?? 128)
    } else {
      return nil
    }
  }

  static func mask32(_ length: Int) -> UInt32 { length <= 0 ? 0 : UInt32.max << UInt32(32 - min(length, 32)) }

  static func cleared(_ address: AddressText.IPv6, length: Int) -> AddressText.IPv6 {
    if length <= 64 { return .init(high: length <= 0 ? 0 : address.high & (.max << UInt64(64 - length)), low: 0) }
    return .init(high: address.high, low: length >= 128 ? address.low : address.low & (.max << UInt64(128 - length)))
  }

  /// The last address inside.
  var last: AddressText.IPv6 {
    if isIPv4 { return .init(high: 0, low: base.low | UInt64(~Self.mask32(length))) }
    if length >= 128 { return base }
    if length >= 64 { return .init(high: base.high, low: base.low | (length == 64 ? .max : UInt64.max >> UInt64(length - 64))) }
    return .init(high: base.high | (length == 0 ? .max : UInt64.max >> UInt64(length)), low: .max)
  }

  /// The fewest prefixes that hold exactly the addresses of `a-b`; empty for text that is no range. At most 254 for IPv6.
  static func cover(ofRange text: String) -> [NetworkPrefix] {
    let bytes = Array(text.utf8)
    guard let dash = bytes.firstIndex(of: 0x2d) else { return NetworkPrefix(text).map { [$0] } ?? [] }
    if let first = AddressText.ipv4(bytes[..<dash]), let last = AddressText.ipv4(bytes[(dash + 1)...]) {
      return cover(first: .init(high: 0, low: UInt64(first)), last: .init(high: 0, low: UInt64(last)), bits: 32)
    }
    guard let first = AddressText.ipv6(bytes[..<dash]), let last = AddressText.ipv6(bytes[(dash + 1)...]) else { return [] }
    return cover(first: first, last: last, bits: 128)
  }

  private static func cover(first: AddressText.IPv6, last: AddressText.IPv6, bits: Int) -> [NetworkPrefix] {
    var parts: [NetworkPrefix] = []
    var start = first
    while start <= last, parts.count < 256 {
      // The widest prefix that begins here and does not reach beyond the end.
      var length = bits
      while length > 0 {
        let wider = NetworkPrefix(isIPv4: bits == 32, base: start, length: length - 1)
        let isAligned =
          bits == 32 ? UInt32(truncatingIfNeeded: start.low) & ~mask32(length - 1) == 0 : cleared(start, length: length - 1) == start
        guard isAligned, wider.last <= last else { break }
        length -= 1
      }
      let part = NetworkPrefix(isIPv4: bits == 32, base: start, length: length)
      parts.append(part)
      let end = part.last
      let (low, carry) = end.low.addingReportingOverflow(1)
      let (high, overflow) = end.high.addingReportingOverflow(carry ? 1 : 0)
      if overflow || (bits == 32 && low > UInt64(UInt32.max)) { break }
      start = .init(high: high, low: low)
    }
    return parts
  }
}
