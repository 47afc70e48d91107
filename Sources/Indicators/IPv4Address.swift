/// An IPv4 address.
public struct IPv4Address: Hashable, Sendable, Comparable {
  /// The address as a number, first octet highest.
  public let value: UInt32

  public init(value: UInt32) { self.value = value }

  /// Reads four decimal octets without leading zeros (RFC 6943 §3.1.1), and nothing else; nil for any other text.
  ///
  /// Allocates nothing: what the log side calls on every candidate.
  @inlinable
  public init?(ascii text: some Collection<UInt8>) {
    var value: UInt32 = 0
    var octet: UInt32 = 0
    var digits = 0
    var dots = 0
    for byte in text {
      let digit = byte &- 0x30
      if digit < 10 {
        if digits > 0 && octet == 0 { return nil }
        octet = octet &* 10 &+ UInt32(digit)
        digits += 1
        if octet > 255 { return nil }
      } else if byte == 0x2E {
        if digits == 0 || dots == 3 { return nil }
        value = value << 8 | octet
        octet = 0
        digits = 0
        dots += 1
      } else {
        return nil
      }
    }
    if digits == 0 || dots != 3 { return nil }
    self.value = value << 8 | octet
  }

  public static func < (left: Self, right: Self) -> Bool { left.value < right.value }

  /// The octets, first to last.
  public var octets: (UInt8, UInt8, UInt8, UInt8) {
    (
      UInt8(truncatingIfNeeded: value >> 24), UInt8(truncatingIfNeeded: value >> 16),
      UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)
    )
  }
}

extension IPv4Address: CustomStringConvertible {
  public var description: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(15)
    append(to: &bytes)
    return bytes.text
  }

  func append(to bytes: inout [UInt8]) {
    for shift in [24, 16, 8, 0] as [UInt32] {
      let octet = UInt8(truncatingIfNeeded: value >> shift)
      if octet >= 100 { bytes.append(0x30 + octet / 100) }
      if octet >= 10 { bytes.append(0x30 + octet / 10 % 10) }
      bytes.append(0x30 + octet % 10)
      if shift > 0 { bytes.append(0x2E) }
    }
  }
}

extension IPv4Address {
  /// Reads like ``init(ascii:)``, and says what is wrong: `not-dotted-decimal`, `octet-count`, `octet-range`, `leading-zero`,
  /// `bad-char`, `empty`.
  init(parsing text: Bytes, as type: IndicatorType) throws(Rejection) {
    if let address = Self(ascii: text) {
      self = address
      return
    }
    throw Rejection(Self.fault(in: text), as: type)
  }

  private static func fault(in text: Bytes) -> String {
    if text.isEmpty { return "empty" }
    let parts = text.split(separator: 0x2E, omittingEmptySubsequences: false)
    let isNumber = { (part: Bytes) in part.allSatisfy(\.isDigit) }
    let isHexNumber = { (part: Bytes) in part.count > 2 && part.startsIgnoringCase("0x") && part.dropFirst(2).allSatisfy(\.isHexDigit) }
    guard parts.allSatisfy({ isNumber($0) || isHexNumber($0) }) else { return "bad-char" }
    if parts.contains(where: isHexNumber) || parts.count == 1 { return "not-dotted-decimal" }
    if parts.count != 4 || parts.contains(where: \.isEmpty) { return "octet-count" }
    for part in parts {
      if part.count > 1 && part.first == 0x30 { return "leading-zero" }
      if part.count > 3 || Int(part.text) ?? 256 > 255 { return "octet-range" }
    }
    return "bad-char"
  }

  /// What the IANA special-purpose registry says of the address.
  var flags: [String] {
    let (first, second, third, _) = octets
    switch (first, second, third) {
    case (0, _, _): return value == 0 ? ["unspecified"] : ["this-network"]
    case (10, _, _), (172, 16...31, _), (192, 168, _): return ["private"]
    case (100, 64...127, _): return ["shared-cgn"]
    case (127, _, _): return ["loopback"]
    case (169, 254, _): return ["link-local"]
    case (192, 0, 0): return ["protocol-assignment"]
    case (192, 0, 2), (198, 51, 100), (203, 0, 113): return ["documentation"]
    case (198, 18...19, _): return ["benchmarking"]
    case (224...239, _, _): return ["multicast"]
    case (240..., _, _): return value == .max ? ["broadcast"] : ["reserved"]
    default: return []
    }
  }
}
