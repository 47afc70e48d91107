package import Indicators

/// The least that an indicator must say to be matched at all. What is wider than this hits everything.
package enum Specificity {
  /// Why `observable` may not become an indicator; nil when it may.
  package static func objection(to observable: Observable) -> String? {
    switch observable.type {
    case .ipv4, .ipv6: return address(observable.match)
    case .ipv4Port, .ipv6Port: return address(host(observable.match))
    // The canonicaliser has asked for the suffix already.
    case .domain where !observable.flags.contains("public-suffix"): return isLocalName(observable.match) ? "private" : nil
    case .cidr: return IPNetwork(ascii: observable.canonical.utf8).flatMap { objection(to: $0) }
    case .ipRange: return range(observable.canonical)
    case .domain, .domainWildcard, .domainPort: return name(observable.match)
    case .url:
      let key = observable.match.utf8
      let host = host(String(observable.match[..<(key.firstIndex { $0 == 0x2F || $0 == 0x3F } ?? key.endIndex)]))
      return address(host) ?? (isLocalName(host) ? "private" : nil)
    case .filename, .mutex, .userAgent, .pathPOSIX, .pathWindows, .telegram, .githubAccount:
      return observable.match.utf8.count < 5 ? "too-short" : nil
    default: return nil
    }
  }

  /// What an objection means, for people.
  package static func meaning(of objection: String) -> String {
    switch objection {
    case "too-wide": "wider than a /16 (IPv4) or a /32 (IPv6)"
    case "public-suffix": "a public suffix, below which anybody has a name"
    case "private": "private, reserved or local: nobody's on the internet"
    case "too-short": "shorter than five characters"
    default: objection
    }
  }

  /// A quick yes: whether ``objection(to:)`` has nothing against a value in plain form. False when it has to be asked.
  static func isSpecific(_ value: Canonicalizer.PlainValue, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    if !value.flags.isEmpty, value.flags.contains("public-suffix") { return false }
    var isSpecific = false
    unsafe value.withForms(in: bytes) { isSpecific = unsafe Self.isSpecific(value.type, canonical: $0, match: $1) }
    return isSpecific
  }

  private static func isSpecific(_ type: IndicatorType, canonical: UnsafeBufferPointer<UInt8>, match: UnsafeBufferPointer<UInt8>) -> Bool {
    switch type {
    case .md5, .sha1, .sha224, .sha256, .sha384, .sha512, .email, .btc, .evm, .tron: return true
    case .ipv4, .ipv4Port: return unsafe IPv4Address(ascii: match).map { !isReserved($0) } ?? false
    case .ipv6: return unsafe IPv6Address(ascii: match).map { !isReserved($0) } ?? false
    case .cidr: return unsafe IPNetwork(bytes: canonical).map { objection(to: $0) == nil } ?? false
    case .domain: return unsafe !mayBeLocal(match)
    case .url:
      let host = unsafe UnsafeBufferPointer(rebasing: match.prefix { $0 != 0x2F && $0 != 0x3A })
      if let last = unsafe host.last, 0x30...0x39 ~= last { return unsafe IPv4Address(ascii: host).map { !isReserved($0) } ?? false }
      return unsafe !mayBeLocal(host)
    default: return false
    }
  }

  /// Whether a name ends in a label of names that are no one's on the internet.
  private static func mayBeLocal(_ host: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = unsafe host.lastIndex(of: 0x2E).map { $0 + 1 } ?? 0
    let label = unsafe UnsafeBufferPointer(rebasing: host[start...])
    let name: StaticString
    switch label.count {
    case 3: name = "lan"
    case 4: name = "arpa"
    case 5: name = "local"
    case 8: name = "internal"
    case 9: name = "localhost"
    case 11: name = "localdomain"
    default: return false
    }
    return unsafe label.elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
  }

  private static func host(_ text: String) -> String {
    let bytes = text.utf8
    if bytes.first == 0x5B { return String(Substring(bytes.dropFirst().prefix { $0 != 0x5D })) }
    guard let colon = bytes.firstIndex(of: 0x3A), !bytes[bytes.index(after: colon)...].contains(0x3A) else { return text }
    return String(text[..<colon])
  }

  private static func address(_ text: String) -> String? {
    if let v4 = IPv4Address(ascii: text.utf8) { return isReserved(v4) ? "private" : nil }
    if text.utf8.contains(0x3A), let v6 = IPv6Address(ascii: text.utf8) { return isReserved(v6) ? "private" : nil }
    return nil
  }

  private static func objection(to network: IPNetwork) -> String? {
    switch network.base {
    case .ipv4(let base):
      return network.prefix < 16 ? "too-wide" : isReserved(base) ? "private" : nil
    case .ipv6(let base):
      return network.prefix < 32 ? "too-wide" : isReserved(base) ? "private" : nil
    }
  }

  private static func range(_ text: String) -> String? {
    let ends = text.split(separator: "-").map(\.trimmed)
    guard ends.count == 2 else { return nil }
    if let first = IPv4Address(ascii: ends[0].utf8), let last = IPv4Address(ascii: ends[1].utf8) {
      return last.value &- first.value >= 1 << 16 ? "too-wide" : isReserved(first) ? "private" : nil
    }
    if let first = IPv6Address(ascii: ends[0].utf8), let last = IPv6Address(ascii: ends[1].utf8) {
      return first.high >> 32 != last.high >> 32 ? "too-wide" : isReserved(first) ? "private" : nil
    }
    return nil
  }

  private static func name(_ name: String) -> String? {
    let host = host(name)
    if isLocalName(host) { return "private" }
    if PublicSuffix.isWildcardSuffix(host) { return nil }
    return PublicSuffix.isPublicSuffix(host) || PublicSuffix.isPrivateSuffix(host) ? "public-suffix" : nil
  }

  private static func isLocalName(_ host: String) -> Bool {
    let bytes = host.utf8
    let label = bytes.lastIndex(of: 0x2E).map { host[bytes.index(after: $0)...] } ?? host[...]
    switch label.utf8.count {
    case 3: return label == "lan"
    case 4: return label == "arpa" && (host == "home.arpa" || host.hasSuffix(".home.arpa"))
    case 5: return label == "local"
    case 8: return label == "internal"
    case 9: return label == "localhost"
    case 11: return label == "localdomain"
    default: return false
    }
  }

  /// Networks that are nobody's on the internet. Documentation networks are left to the warninglists, which flag them.
  private static let reservedV4: [(base: UInt32, prefix: UInt32)] = [
    (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16), (0xAC10_0000, 12),
    (0xC000_0000, 24), (0xC0A8_0000, 16), (0xE000_0000, 4), (0xF000_0000, 4),
  ]

  package static func isReserved(_ address: IPv4Address) -> Bool {
    reservedV4.contains { (address.value ^ $0.base) >> (32 - $0.prefix) == 0 }
  }

  package static func isReserved(_ address: IPv6Address) -> Bool {
    if let mapped = address.mappedIPv4 { return isReserved(mapped) }
    if address.high == 0 { return address.low <= 1 }
    // Unique local fc00::/7, link-local fe80::/10, site-local fec0::/10, multicast ff00::/8.
    let top = address.high >> 48
    return top & 0xFE00 == 0xFC00 || top & 0xFF80 == 0xFE80 || top & 0xFF00 == 0xFF00
  }
}
