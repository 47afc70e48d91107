/// The short ways of addresses of the sixth version, networks, mailboxes and wallets. Each first makes sure that the text can be of no other
/// type; what it then says comes from the same functions that the long way calls.
extension Canonicalizer {
  // MARK: Addresses and networks

  /// - Parameter bytes: hexadecimal digits, colons and dots, no address of the fourth version with a port.
  static func plainIPv6(_ bytes: borrowing Span<UInt8>) -> PlainValue? {
    // What stands for an address of the fourth version has a match key of its own; a colon at the end may be a sentence's.
    guard bytes[bytes.count - 1] != 0x3A, let address = unsafe bytes.withUnsafeBufferPointer({ unsafe IPv6Address(ascii: $0) }), address.mappedIPv4 == nil else { return nil }
    return ofText(bytes, .ipv6, address.flags) { address.append(to: &$0) }
  }

  /// - Parameter slash: where the one slash stands.
  static func plainNetwork(_ bytes: borrowing Span<UInt8>, slash: Int) -> PlainValue? {
    let parsed = unsafe bytes.withUnsafeBufferPointer { text -> (IPNetwork, IPNetwork.Base)? in
      guard let prefix = unsafe IPNetwork.prefixLength(text[(slash + 1)...]) else { return nil }
      if let address = unsafe IPv4Address(ascii: text[..<slash]) { return (IPNetwork(address, prefix: prefix), .ipv4(address)) }
      if let address = unsafe IPv6Address(ascii: text[..<slash]) { return (IPNetwork(address, prefix: prefix), .ipv6(address)) }
      return nil
    }
    // One address alone, host bits and a prefix that is none are the long way's.
    guard let (network, base) = parsed, network.base == base else { return nil }
    switch base {
    case .ipv4:
      // It has no other spelling.
      guard network.prefix < 32 else { return nil }
      return PlainValue(type: .cidr, match: 0..<bytes.count, flags: networkFlags(network))
    case .ipv6(let address):
      guard network.prefix < 128, address.mappedIPv4 == nil else { return nil }
      return ofText(bytes, .cidr, networkFlags(network)) {
        address.append(to: &$0)
        $0.append(0x2F)
        $0.append(contentsOf: "\(network.prefix)".utf8)
      }
    }
  }

  /// A value whose canonical form `write` writes, which most texts have already.
  private static func ofText(_ bytes: borrowing Span<UInt8>, _ type: IndicatorType, _ flags: [String], _ write: (inout [UInt8]) -> Void) -> PlainValue {
    var canonical: [UInt8] = []
    canonical.reserveCapacity(48)
    write(&canonical)
    let isSame = unsafe bytes.withUnsafeBufferPointer { unsafe $0.elementsEqual(canonical) }
    return PlainValue(type: type, match: 0..<bytes.count, flags: sorted(flags), forms: isSame ? nil : .init(canonical: canonical, match: canonical))
  }

  private static func sorted(_ flags: [String]) -> [String] { flags.count < 2 ? flags : Set(flags).sorted() }

  // MARK: Mailboxes

  /// - Parameter bytes: printable ASCII.
  static func plainEmail(_ bytes: borrowing Span<UInt8>) -> PlainValue? {
    let count = bytes.count
    var at = 0
    var hasCapitals = false
    while at < count, bytes[at] != 0x40 {
      let byte = bytes[at]
      // Dots part atoms; what other types are known by (`/`, `=`, two underscores) is left to the long way.
      if byte == 0x2E {
        guard at > 0, bytes[at - 1] != 0x2E else { return nil }
      } else if byte.isUppercaseLetter {
        hasCapitals = true
      } else {
        guard byte.isAlphanumeric || byte == 0x2D || byte == 0x2B || byte == 0x5F else { return nil }
      }
      at += 1
    }
    guard at > 0, at <= maximumLocalPart, at < count - 3, bytes[at - 1] != 0x2E, !mayLeadElsewhere(bytes) else { return nil }
    let domain = (at + 1)..<count
    for index in domain {
      let byte = bytes[index]
      if byte == 0x2D {
        // A hyphen at a label's end is a letter that was lost.
        guard index > at + 1, index + 1 < count, bytes[index - 1] != 0x2E, bytes[index + 1] != 0x2E else { return nil }
      } else {
        guard byte == 0x2E || byte.isDigit || byte &- 0x61 < 26 else { return nil }
      }
    }
    guard let name = canonicalName(bytes.extracting(domain)) else { return nil }
    var value = PlainValue(type: .email, match: 0..<count, flags: name.flags)
    if hasCapitals {
      let canonical = array(bytes)
      value.forms = .init(canonical: canonical, match: canonical.lowercasedASCII())
    }
    return value
  }

  /// Beginnings by which a vulnerability, a registry key, a number in base 16 or a fingerprint is known before an `@` is.
  private static func mayLeadElsewhere(_ bytes: borrowing Span<UInt8>) -> Bool {
    switch (bytes[0] | 0x20, bytes[1] | 0x20, bytes[2] | 0x20) {
    case (0x63, 0x76, 0x65), (0x68, 0x6B, _), (0x30, 0x78, _): return true
    case (0x74, _, _), (0x71, _, _): break
    default: return false
    }
    for index in 0..<bytes.count where bytes[index] == 0x5F { return true }
    return false
  }

  // MARK: Wallets

  /// - Parameter bytes: letters and digits, 25 or more.
  static func plainWallet(_ bytes: borrowing Span<UInt8>) -> PlainValue? {
    let type: IndicatorType
    switch (bytes[0], bytes[1]) {
    case (0x30, 0x78):
      guard bytes.count == 42 else { return nil }
      type = .evm
    case (0x62, 0x63):
      guard bytes[2] == 0x31 else { return nil }
      type = .btc
    // Base58 with Bitcoin's digits, one of which tells it from a digest. The XRP Ledger's addresses, whose digits are others, begin with `r`.
    case (0x31, _), (0x33, _):
      guard 26...35 ~= bytes.count, !isHexadecimal(bytes) else { return nil }
      type = .btc
    case (0x54, _):
      guard bytes.count == 34 else { return nil }
      type = .tron
    default: return nil
    }
    let text = array(bytes)
    guard let observable = try? canonicalize(trimmed: text[...], as: type) else { return nil }
    var value = PlainValue(type: type, match: 0..<bytes.count, flags: observable.flags)
    let canonical = Array(observable.canonical.utf8)
    let match = Array(observable.match.utf8)
    if canonical != text || match != text { value.forms = .init(canonical: canonical, match: match) }
    return value
  }

  private static func isHexadecimal(_ bytes: borrowing Span<UInt8>) -> Bool {
    for index in 0..<bytes.count where !bytes[index].isHexDigit { return false }
    return true
  }

  private static func array(_ bytes: borrowing Span<UInt8>) -> [UInt8] { unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) } }
}
