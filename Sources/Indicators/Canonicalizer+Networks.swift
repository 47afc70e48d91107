/// Networks and ranges of addresses.
extension Canonicalizer {
  /// `address/prefix`, `address/netmask`, `address/hostmask`, octets that end in `*`, or one address alone.
  static func cidr(_ text: Bytes, as type: IndicatorType = .cidr) throws(Rejection) -> Observable {
    if text.contains(0x2A) { return observable(try wildcardNetwork(text, as: type)) }
    guard let slash = text.firstIndex(of: 0x2F) else {
      if text.contains(0x3A) {
        let (address, flags) = try ipv6Literal(text, as: type)
        return observable(address, flags: flags + ["single-host"])
      }
      return observable(try IPv4Address(parsing: text, as: type), flags: ["single-host"])
    }
    let prefixText = text[(slash + 1)...]
    if text[..<slash].contains(0x3A) {
      let (address, flags) = try ipv6Literal(text[..<slash], as: type)
      let network = IPNetwork(address, prefix: try prefix(prefixText, limit: 128, as: type))
      return observable(network, flags: network.base == .ipv6(address) ? flags : flags + ["host-bits-cleared"])
    }
    let address = try IPv4Address(parsing: text[..<slash], as: type)
    var flags: [String] = []
    let network: IPNetwork
    if prefixText.contains(0x2E) {
      let (prefix, isHostMask) = try maskPrefix(prefixText, as: type)
      network = IPNetwork(address, prefix: prefix)
      if isHostMask { flags.append("hostmask") }
    } else {
      network = IPNetwork(address, prefix: try prefix(prefixText, limit: 32, as: type))
    }
    return observable(network, flags: network.base == .ipv4(address) ? flags : flags + ["host-bits-cleared"])
  }

  private static func prefix(_ text: Bytes, limit: Int, as type: IndicatorType) throws(Rejection) -> Int {
    let digits = text.first == 0x2D ? text.dropFirst() : text
    guard !digits.isEmpty, digits.allSatisfy(\.isDigit), digits.count == 1 || digits.first != 0x30 else {
      throw Rejection("prefix-syntax", as: type)
    }
    guard digits.count == text.count, let prefix = IPNetwork.prefixLength(digits), prefix <= limit else {
      throw Rejection("prefix-range", as: type)
    }
    return prefix
  }

  /// The prefix length of a netmask (`255.255.255.0`), or of a hostmask (`0.0.0.255`, as Cisco writes).
  private static func maskPrefix(_ text: Bytes, as type: IndicatorType) throws(Rejection) -> (Int, isHostMask: Bool) {
    guard let mask = IPv4Address(ascii: text)?.value else { throw Rejection("prefix-syntax", as: type) }
    if mask.leadingZeroBitCount == 0 || mask == 0 {
      let prefix = (~mask).leadingZeroBitCount
      if mask == IPNetwork.mask32(prefix) { return (prefix, false) }
    } else if mask == ~IPNetwork.mask32(mask.leadingZeroBitCount) {
      return (mask.leadingZeroBitCount, true)
    }
    throw Rejection("prefix-syntax", as: type)
  }

  /// `192.0.2.*`: four octets, of which some last ones are `*`.
  private static func wildcardNetwork(_ text: Bytes, as type: IndicatorType) throws(Rejection) -> IPNetwork {
    guard !text.contains(0x2F) else { throw Rejection("prefix-syntax", as: type) }
    let octets = text.split(separator: 0x2E, omittingEmptySubsequences: false)
    let isWildcard = { (octet: Bytes) in octet.elementsEqual([0x2A]) }
    guard octets.allSatisfy({ isWildcard($0) || $0.allSatisfy(\.isDigit) }) else { throw Rejection("bad-char", as: type) }
    guard octets.count == 4 else { throw Rejection("octet-count", as: type) }
    let fixed = octets.firstIndex(where: isWildcard) ?? 4
    guard octets[fixed...].allSatisfy(isWildcard) else { throw Rejection("wildcard-not-suffix", as: type) }
    let filled = Array(octets[..<fixed].joined(separator: [0x2E])) + Array(repeatElement([0x2E, 0x30], count: 4 - fixed).joined())
    let address = try IPv4Address(parsing: fixed == 0 ? filled.dropFirst() : filled[...], as: type)
    return IPNetwork(address, prefix: 8 * fixed)
  }

  static func observable(_ network: IPNetwork, flags: [String] = []) -> Observable {
    switch network.base {
    case .ipv4(let address):
      if network.prefix == 32 { return observable(address, flags: flags + ["single-host"]) }
      return Observable(type: .cidr, canonical: network.description, flags: flags + networkFlags(network))
    case .ipv6(let address):
      if network.prefix == 128 { return observable(address, flags: flags + ["single-host"]) }
      // Networks inside ::ffff:0:0/96 are IPv4 networks under another name.
      if let mapped = address.mappedIPv4, network.prefix >= 96 {
        let network4 = IPNetwork(mapped, prefix: network.prefix - 96)
        return Observable(
          type: .cidr, canonical: network.description, match: network4.description, flags: flags + ["ipv4-mapped"] + networkFlags(network4))
      }
      return Observable(type: .cidr, canonical: network.description, flags: flags + networkFlags(network))
    }
  }

  /// What is true of all addresses of the network, which is what its first and its last address have in common, and whether it is too
  /// wide to mean anybody.
  static func networkFlags(_ network: IPNetwork) -> [String] {
    var flags: [String] = []
    var narrowest = 0
    switch network.bounds {
    case (.ipv4(let first), .ipv4(let last)):
      flags = common(first.flags, last.flags)
      narrowest = 8
    case (.ipv6(let first), .ipv6(let last)):
      flags = common(first.flags, last.flags)
      narrowest = 16
    default: break
    }
    return network.prefix < narrowest ? flags + ["too-broad"] : flags
  }

  private static func common(_ first: [String], _ last: [String]) -> [String] { first.isEmpty ? first : first.filter { last.contains($0) } }

  /// `a-b`, or `a.b.c.d-e` for the last octet alone, with any dash; or anything that ``cidr(_:as:)`` reads.
  static func ipRange(_ text: Bytes) throws(Rejection) -> Observable {
    guard let (left, right) = splitAtDash(text) else { return try cidr(text, as: .ipRange) }
    switch (left.contains(0x3A), right.contains(0x3A)) {
    case (true, true):
      let (first, firstFlags) = try ipv6Literal(left, as: .ipRange)
      let (last, lastFlags) = try ipv6Literal(right, as: .ipRange)
      return try range(from: first, to: last, flags: firstFlags + lastFlags)
    case (false, false):
      let first = try IPv4Address(parsing: left, as: .ipRange)
      let isShort = !right.isEmpty && right.allSatisfy(\.isDigit)
      guard isShort else { return try range(from: first, to: try IPv4Address(parsing: right, as: .ipRange)) }
      guard let dot = left.lastIndex(of: 0x2E) else { throw Rejection("octet-count", as: .ipRange) }
      return try range(from: first, to: try IPv4Address(parsing: (left[...dot] + right)[...], as: .ipRange))
    default:
      // Both ends must be addresses before they can be of different families.
      for end in [left, right] {
        if end.contains(0x3A) { _ = try ipv6Literal(end, as: .ipRange) } else { _ = try IPv4Address(parsing: end, as: .ipRange) }
      }
      throw Rejection("mixed-family", as: .ipRange)
    }
  }

  private static func range(from first: IPv4Address, to last: IPv4Address) throws(Rejection) -> Observable {
    guard first <= last else { throw Rejection("range-order", as: .ipRange) }
    let prefix = (first.value ^ last.value).leadingZeroBitCount
    let network = IPNetwork(first, prefix: prefix)
    if network.bounds == (.ipv4(first), .ipv4(last)) { return observable(network) }
    let ofLast = last.flags
    let tooBroad = last.value - first.value >= 1 << 24
    return Observable(
      type: .ipRange, canonical: "\(first)-\(last)",
      flags: first.flags.filter { ofLast.contains($0) } + (tooBroad ? ["too-broad"] : []))
  }

  private static func range(from first: IPv6Address, to last: IPv6Address, flags: [String]) throws(Rejection) -> Observable {
    guard first <= last else { throw Rejection("range-order", as: .ipRange) }
    let high = first.high ^ last.high
    let prefix = high != 0 ? high.leadingZeroBitCount : 64 + (first.low ^ last.low).leadingZeroBitCount
    let network = IPNetwork(first, prefix: prefix)
    if network.bounds == (.ipv6(first), .ipv6(last)) { return observable(network, flags: flags) }
    let ofLast = last.flags
    var match: String?
    if let first4 = first.mappedIPv4, let last4 = last.mappedIPv4 { match = "\(first4)-\(last4)" }
    let tooBroad = last.high - first.high >= 1 << 48
    return Observable(
      type: .ipRange, canonical: "\(first)-\(last)", match: match,
      flags: flags + first.flags.filter { ofLast.contains($0) } + (tooBroad ? ["too-broad"] : []))
  }

  /// The trimmed texts around the one dash (hyphen-minus, U+2010–2015, U+2212, small and full-width forms).
  private static func splitAtDash(_ text: Bytes) -> (Bytes, Bytes)? {
    var index = text.startIndex
    while index < text.endIndex {
      let length = dashLength(text[index...])
      if length > 0 { return (text[..<index].trimmed(), text[(index + length)...].trimmed()) }
      index += 1
    }
    return nil
  }

  /// The length in bytes of the dash that `text` starts with; 0 when it starts with none.
  static func dashLength(_ text: Bytes) -> Int {
    guard let first = text.first else { return 0 }
    if first == 0x2D { return 1 }
    guard text.count >= 3, first >= 0xE2 else { return 0 }
    switch (first, text[text.startIndex + 1], text[text.startIndex + 2]) {
    case (0xE2, 0x80, 0x90...0x95), (0xE2, 0x88, 0x92), (0xEF, 0xB9, 0x98), (0xEF, 0xB9, 0xA3), (0xEF, 0xBC, 0x8D): return 3
    default: return 0
    }
  }
}
