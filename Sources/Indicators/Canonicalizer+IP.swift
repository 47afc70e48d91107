/// Addresses, and addresses with a port.
extension Canonicalizer {
  static func ipv4(_ text: Bytes) throws(Rejection) -> Observable {
    observable(try IPv4Address(parsing: text, as: .ipv4))
  }

  static func observable(_ address: IPv4Address, flags: [String] = []) -> Observable {
    Observable(type: .ipv4, canonical: address.description, flags: flags + address.flags)
  }

  static func ipv6(_ text: Bytes) throws(Rejection) -> Observable {
    let (address, flags) = try ipv6Literal(text, as: .ipv6)
    return observable(address, flags: flags)
  }

  static func observable(_ address: IPv6Address, flags: [String] = []) -> Observable {
    Observable(
      type: .ipv6, canonical: address.description, match: address.mappedIPv4?.description, flags: flags + address.flags)
  }

  /// An address that may stand in brackets (RFC 3986) and have a zone (RFC 4007), which means something on one node only.
  static func ipv6Literal(_ text: Bytes, as type: IndicatorType) throws(Rejection) -> (IPv6Address, flags: [String]) {
    var text = text
    if text.first == 0x5B && text.last == 0x5D { text = text.dropFirst().dropLast() }
    var flags: [String] = []
    if let percent = text.firstIndex(of: 0x25) {
      let zone = text[(percent + 1)...]
      guard !zone.isEmpty, zone.allSatisfy({ $0.isAlphanumeric || [0x2D, 0x2E, 0x5F, 0x7E, 0x25].contains($0) }) else {
        throw Rejection("bad-char", as: type)
      }
      text = text[..<percent]
      flags = ["zone-dropped"]
    }
    return (try IPv6Address(parsing: text, as: type), flags)
  }

  static func ipv4Port(_ text: Bytes) throws(Rejection) -> Observable {
    guard let colon = text.lastIndex(of: 0x3A) else {
      _ = try IPv4Address(parsing: text, as: .ipv4Port)
      throw Rejection("no-port", as: .ipv4Port)
    }
    let address = try IPv4Address(parsing: text[..<colon], as: .ipv4Port)
    let port = try port(text[(colon + 1)...], as: .ipv4Port)
    return Observable(
      type: .ipv4Port, canonical: "\(address):\(port)", match: address.description, flags: address.flags)
  }

  static func ipv6Port(_ text: Bytes) throws(Rejection) -> Observable {
    guard text.first == 0x5B, let bracket = text.lastIndex(of: 0x5D) else {
      _ = try ipv6Literal(text, as: .ipv6Port)
      throw Rejection("no-port", as: .ipv6Port)
    }
    let (address, flags) = try ipv6Literal(text[...bracket], as: .ipv6Port)
    let rest = text[(bracket + 1)...]
    guard rest.first == 0x3A else { throw Rejection(rest.isEmpty ? "no-port" : "bad-char", as: .ipv6Port) }
    let port = try port(rest.dropFirst(), as: .ipv6Port)
    return Observable(
      type: .ipv6Port, canonical: "[\(address)]:\(port)", match: (address.mappedIPv4?.description ?? address.description),
      flags: flags + address.flags)
  }

  /// A decimal port from 1 to 65535 without leading zero (RFC 6335; port 0 is reserved).
  static func port(_ digits: Bytes, as type: IndicatorType) throws(Rejection) -> UInt16 {
    guard digits.allSatisfy(\.isDigit) else {
      let isNegative = digits.count > 1 && digits.first == 0x2D && digits.dropFirst().allSatisfy(\.isDigit)
      throw Rejection(isNegative ? "port-range" : "bad-char", as: type)
    }
    guard digits.count <= 1 || digits.first != 0x30 else { throw Rejection("leading-zero", as: type) }
    guard digits.count <= 5, let port = UInt16(digits.text), port > 0 else { throw Rejection("port-range", as: type) }
    return port
  }
}
