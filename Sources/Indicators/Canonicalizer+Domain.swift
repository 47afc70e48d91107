/// Domain names, alone, with a port, with a wildcard, and Tor's onion services.
extension Canonicalizer {
  static func domain(_ text: Bytes) throws(Rejection) -> Observable {
    let name = try DomainName(parsing: text, as: .domain)
    var flags = name.flags
    if name.ascii[...].droppingLast(".onion") != nil {
      // A name that is no onion service cannot be reached: its checksum must hold under this type as well.
      flags += try onionFlags(name.ascii[...], as: .domain) + ["onion"]
    }
    return Observable(type: .domain, canonical: name.ascii.text, flags: flags)
  }

  static func domainPort(_ text: Bytes) throws(Rejection) -> Observable {
    guard let colon = text.lastIndex(of: 0x3A) else {
      _ = try DomainName(parsing: text, as: .domainPort)
      throw Rejection("no-port", as: .domainPort)
    }
    let name = try DomainName(parsing: text[..<colon], as: .domainPort)
    let port = try port(text[(colon + 1)...], as: .domainPort)
    let host = name.ascii.text
    return Observable(type: .domainPort, canonical: "\(host):\(port)", match: host, flags: name.flags)
  }

  /// All names below a domain: `*.x` (RFC 4592: the asterisk is a whole label), `.x`, or `||x^` of ad-block lists.
  static func domainWildcard(_ text: Bytes) throws(Rejection) -> Observable {
    var base = text
    var flags: [String] = []
    if base.starts(with: [0x7C, 0x7C]) {
      base = base.dropFirst(2)
      if let end = base.firstIndex(of: 0x5E) {
        if end + 1 < base.endIndex { flags.append("options-dropped") }
        base = base[..<end]
      }
    }
    if base.starts(with: [0x2A, 0x2E]) {
      base = base.dropFirst(2)
    } else if base.first == 0x2E {
      base = base.dropFirst()
    }
    guard !base.contains(0x2A) else { throw Rejection("wildcard-not-label", as: .domainWildcard) }
    let name: DomainName
    do throws(Rejection) {
      name = try DomainName(parsing: base, as: .domainWildcard)
    } catch {
      let label = base.last == 0x2E ? base.dropLast() : base
      if error.reason == "single-label", PublicSuffix.isKnownTLD(label.lowercasedASCII().text) {
        throw Rejection("public-suffix", as: .domainWildcard)
      }
      throw error
    }
    guard !name.flags.contains("public-suffix") else { throw Rejection("public-suffix", as: .domainWildcard) }
    let match = name.ascii.text
    return Observable(type: .domainWildcard, canonical: "*." + match, match: match, flags: flags + name.flags)
  }

  /// An onion service, perhaps with names before it. Version 3 addresses hold a checksum (rend-spec-v3 §6).
  static func onion(_ text: Bytes) throws(Rejection) -> Observable {
    var name = text.last == 0x2E ? text.dropLast() : text
    if name.contains(0x2F) { throw Rejection("has-path", as: .onion) }
    if let colon = name.lastIndex(of: 0x3A) {
      throw Rejection(name[(colon + 1)...].allSatisfy(\.isDigit) ? "has-port" : "bad-char", as: .onion)
    }
    guard name.allSatisfy({ $0.isAlphanumeric || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }) else { throw Rejection("bad-char", as: .onion) }
    name = name.lowercasedASCII()[...]
    if name.droppingLast(".onion") == nil {
      // The bare address of 56 characters is unmistakable; a name under another top-level domain is no onion service.
      guard !name.contains(0x2E), name.count == 56 else { throw Rejection("not-onion", as: .onion) }
      name += Array(".onion".utf8)
    }
    guard name.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty }) else {
      throw Rejection("empty-label", as: .onion)
    }
    guard name.count <= DomainName.maximumLength else { throw Rejection("name-length", as: .onion) }
    let flags = try onionFlags(name, as: .onion)
    return Observable(type: .onion, canonical: name.text, flags: flags)
  }

  private static func onionFlags(_ name: Bytes, as type: IndicatorType) throws(Rejection) -> [String] {
    let labels = name.split(separator: 0x2E)
    guard labels.count >= 2 else { throw Rejection("length", as: type) }
    let address = labels[labels.count - 2]
    var bytes: [UInt8] = []
    var buffer: UInt32 = 0
    var bits: UInt32 = 0
    for character in address {
      let value: UInt8
      if character.isLetter {
        value = (character | 0x20) - 0x61
      } else if 0x32...0x37 ~= character {
        value = character - 0x32 + 26
      } else {
        throw Rejection("bad-char", as: type)
      }
      buffer = (buffer << 5 | UInt32(value)) & 0xFFFF
      bits += 5
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
      }
    }
    if address.count == 16 { return ["onion-v2-retired"] }
    guard address.count == 56, bytes.count == 35 else { throw Rejection("length", as: type) }
    let check = Keccak.sha3(Array(".onion checksum".utf8) + bytes[..<32] + [bytes[34]])
    guard bytes[34] == 3, check[0] == bytes[32], check[1] == bytes[33] else { throw Rejection("bad-checksum", as: type) }
    return []
  }
}
