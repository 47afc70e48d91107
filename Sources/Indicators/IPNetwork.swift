/// A network of IPv4 or IPv6 addresses: a base address and the number of its leading bits that count.
public struct IPNetwork: Hashable, Sendable {
  public enum Base: Hashable, Sendable {
    case ipv4(IPv4Address)
    case ipv6(IPv6Address)
  }

  /// The lowest address of the network.
  public let base: Base
  /// 0…32 for IPv4, 0…128 for IPv6.
  public let prefix: Int

  /// The network of `prefix` bits around `address`; its other bits are cleared. A prefix out of range is drawn into it.
  public init(_ address: IPv4Address, prefix: Int) {
    self.prefix = min(max(prefix, 0), 32)
    base = .ipv4(IPv4Address(value: address.value & Self.mask32(self.prefix)))
  }

  /// The network of `prefix` bits around `address`; its other bits are cleared. A prefix out of range is drawn into it.
  public init(_ address: IPv6Address, prefix: Int) {
    self.prefix = min(max(prefix, 0), 128)
    let (high, low) = Self.mask128(self.prefix)
    base = .ipv6(IPv6Address(high: address.high & high, low: address.low & low))
  }

  /// Reads `address/prefix` (RFC 4632, RFC 4291 §2.3); bits after the prefix are cleared. Nil for any other text.
  public init?(ascii text: some Collection<UInt8>) {
    guard let slash = text.firstIndex(of: 0x2F) else { return nil }
    let digits = text[text.index(after: slash)...]
    guard let prefix = Self.prefixLength(digits) else { return nil }
    if let address = IPv4Address(ascii: text[..<slash]) {
      guard prefix <= 32 else { return nil }
      self.init(address, prefix: prefix)
    } else if let address = IPv6Address(ascii: text[..<slash]) {
      guard prefix <= 128 else { return nil }
      self.init(address, prefix: prefix)
    } else {
      return nil
    }
  }

  /// The same without a way through generics, for whole lists.
  package init?(bytes text: UnsafeBufferPointer<UInt8>) { unsafe self.init(ascii: text) }

  /// One to three digits without a leading zero.
  static func prefixLength(_ digits: some Collection<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.count <= 3, digits.allSatisfy(\.isDigit), digits.count == 1 || digits.first != 0x30 else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 & 15) }
  }

  public func contains(_ address: IPv4Address) -> Bool {
    guard case .ipv4(let base) = base else { return false }
    return address.value & Self.mask32(prefix) == base.value
  }

  public func contains(_ address: IPv6Address) -> Bool {
    guard case .ipv6(let base) = base else { return false }
    let (high, low) = Self.mask128(prefix)
    return address.high & high == base.high && address.low & low == base.low
  }

  /// Whether every address of `other` is in this network.
  public func contains(_ other: IPNetwork) -> Bool {
    guard other.prefix >= prefix else { return false }
    switch other.base {
    case .ipv4(let address): return contains(address)
    case .ipv6(let address): return contains(address)
    }
  }

  /// The first address and the last.
  public var bounds: (first: Base, last: Base) {
    switch base {
    case .ipv4(let address):
      return (base, .ipv4(IPv4Address(value: address.value | ~Self.mask32(prefix))))
    case .ipv6(let address):
      let (high, low) = Self.mask128(prefix)
      return (base, .ipv6(IPv6Address(high: address.high | ~high, low: address.low | ~low)))
    }
  }

  static func mask32(_ prefix: Int) -> UInt32 { prefix == 0 ? 0 : ~0 << UInt32(32 - prefix) }

  static func mask128(_ prefix: Int) -> (UInt64, UInt64) {
    let high: UInt64 = prefix == 0 ? 0 : prefix >= 64 ? ~0 : ~0 << UInt64(64 - prefix)
    let low: UInt64 = prefix <= 64 ? 0 : ~0 << UInt64(128 - prefix)
    return (high, low)
  }
}

extension IPNetwork: CustomStringConvertible {
  public var description: String {
    switch base {
    case .ipv4(let address): "\(address)/\(prefix)"
    case .ipv6(let address): "\(address)/\(prefix)"
    }
  }
}
