import Indicators

/// All ways to reach an indicator: what the builder writes and what the reference matcher's dictionaries hold.
enum IndicatorKeys {
  /// The keys of an indicator, the one of its own value first. Networks have none but ``KeyKind/value``: see ``networks(of:)``.
  static func keys(of observable: Observable, mode: MatchMode? = nil) -> [IndexKey] {
    keys(of: observable.type, Array(observable.match.utf8), canonical: Array(observable.canonical.utf8), mode: mode)
  }

  static func keys(of type: IndicatorType, _ match: [UInt8], canonical: [UInt8], mode: MatchMode?) -> [IndexKey] {
    switch type {
    case .ipv4: return AddressText.ipv4(match).map { [IndexKey(.ipv4, AddressText.bytes($0))] } ?? []
    case .ipv4Port: return AddressText.ipv4(match).map { [IndexKey(.ipv4, AddressText.bytes($0), role: .withPort)] } ?? []
    case .ipv6: return address(match, role: .whole)
    case .ipv6Port: return address(match, role: .withPort)
    case .cidr, .ipRange, .asn: return [IndexKey(.value, match)]
    case .domain, .onion: return name(match, mode: mode)
    case .domainPort: return [IndexKey(.name, match, role: .withPort)]
    case .domainWildcard: return [IndexKey(.name, match, role: .wildcard)]
    case .url: return url(match, mode: mode)
    case .email: return [IndexKey(.email, match)]
    case .md5, .sha1, .sha224, .sha256, .sha384, .sha512, .imphash, .ja3, .jarm: return [IndexKey(.hex, ASCII.lowercased(match))]
    case .txHash, .tlsh: return [IndexKey(.hex, ASCII.lowercased(match.dropFirst(2)))]
    case .evm: return ethereum(match)
    case .tron: return tron(match)
    case .btc, .sol, .xmr, .ltc, .doge, .dash, .zec, .xrp, .bch: return token(match)
    case .filename, .registry, .mutex, .cve, .pathWindows, .pathPOSIX, .userAgent, .ssdeep, .ja4:
      return LiteralKeys.keys(of: type, match, canonical: canonical)
    case .purl: return LiteralKeys.keys(of: type, match, canonical: canonical) + package(ofURL: match, mode: mode)
    case .npm, .pypi: return package(of: type, match, mode: mode)
    case .secret: return SecretDigest.parts(ofCanonical: match).map { [IndexKey(.secret, SecretLengths.key($0.digest, $0.length))] } ?? []
    case .telegram, .githubRepository, .githubAccount, .linkedInProfile, .linkedInCompany, .telegramInvite:
      guard let prefix = ServiceNames.prefix(of: type) else { return [] }
      return [IndexKey(.service, prefix + match)]
    }
  }

  private static func address(_ match: [UInt8], role: KeyRole) -> [IndexKey] {
    if let value = AddressText.ipv4(match) { return [IndexKey(.ipv4, AddressText.bytes(value), role: role)] }
    guard let value = AddressText.ipv6(match) else { return [] }
    return [IndexKey(.ipv6, AddressText.bytes(value), role: role)]
  }

  private static func name(_ match: [UInt8], mode: MatchMode?) -> [IndexKey] {
    // A name that strangers share below it (github.io, pages.dev, co.uk) says nothing about its subdomains.
    let shared = HostRules.isShared(match)
    var keys = [IndexKey(.name, match, role: shared || mode == .exact ? .wholeOnly : .whole)]
    if match.starts(with: "www.".utf8), match.dropFirst(4).contains(0x2e) {
      keys.append(IndexKey(.name, Array(match.dropFirst(4)), role: .withoutWWW))
    }
    return keys
  }

  private static func url(_ match: [UInt8], mode: MatchMode?) -> [IndexKey] {
    var keys = [IndexKey(.url, match)]
    guard let host = URLParts.host(ofKey: match) else { return keys }
    if let query = match.firstIndex(of: 0x3f), query > host.count + 1, match[..<query].last != 0x2f || query > host.count + 2 {
      keys.append(IndexKey(.url, Array(match[..<query]), role: .withoutQuery))
    }
    if mode == .host, AddressText.ipv4(host) == nil, host.first != 0x5b { keys.append(IndexKey(.name, host, role: .hostOfURL)) }
    return keys
  }

  private static func package(of type: IndicatorType, _ match: [UInt8], mode: MatchMode?) -> [IndexKey] {
    guard let prefix = ServiceNames.prefix(of: type) else { return [] }
    var keys = [IndexKey(.service, prefix + match)]
    // An `@` at the start is an npm scope's.
    if mode == .prefix, let at = match.lastIndex(of: 0x40), at > 0 { keys.append(IndexKey(.service, prefix + match[..<at], role: .withoutVersion)) }
    return keys
  }

  /// What a package URL of npm or PyPI means wherever the package is named: `pkg:npm/%40scope/name@1.0.0` is `@scope/name@1.0.0`.
  private static func package(ofURL match: [UInt8], mode: MatchMode?) -> [IndexKey] {
    guard let type = ServiceNames.type(ofPackageURL: match) else { return [] }
    let start = "pkg:".utf8.count + type.rawValue.utf8.count + 1
    let text = Array(match[start...].prefix { $0 != 0x3f && $0 != 0x23 }).percentDecoded
    // A package URL may hold what is no name of the registry.
    guard let observable = try? Canonicalizer.canonicalize(String(decoding: text, as: UTF8.self), as: type) else { return [] }
    return package(of: type, Array(observable.pinned.match.utf8), mode: mode)
  }

  private static func ethereum(_ match: [UInt8]) -> [IndexKey] {
    let digits = ASCII.lowercased(match.dropFirst(2))
    guard digits.count == 40, digits.allSatisfy(ASCII.isHexDigit) else { return [] }
    var keys = [IndexKey(.hex, digits), IndexKey(.hex, Array("41".utf8) + digits, role: .otherChain)]
    if let text = TronAddress.text(ofHex: digits) { keys.append(IndexKey(.token, ASCII.lowercased(text), role: .otherChain)) }
    return keys
  }

  private static func tron(_ match: [UInt8]) -> [IndexKey] {
    var keys = [IndexKey(.token, ASCII.lowercased(match))]
    if let digits = TronAddress.hex(ofText: match) {
      keys.append(IndexKey(.hex, Array("41".utf8) + digits))
      keys.append(IndexKey(.hex, digits, role: .otherChain))
    }
    return keys
  }

  private static func token(_ match: [UInt8]) -> [IndexKey] {
    var text = match
    if let colon = match.lastIndex(of: 0x3a) { text = Array(match[(colon + 1)...]) }
    guard text.count >= Limits.tokenLength, text.allSatisfy(ASCII.isAlphanumeric) else { return [] }
    return [IndexKey(.token, ASCII.lowercased(text))]
  }

  /// The networks an indicator stands for: one for a CIDR, the exact cover of a range.
  static func networks(of observable: Observable) -> [NetworkPrefix] {
    switch observable.type {
    case .cidr: NetworkPrefix(observable.match).map { [$0] } ?? []
    case .ipRange: NetworkPrefix.cover(ofRange: observable.match)
    default: []
    }
  }
}

/// The parts of a URL's match key.
enum URLParts {
  /// Where `//` of `scheme://…` begins its authority, for the keys that keep their scheme (all but http and https).
  static func authority(ofKey key: [UInt8]) -> Int? {
    guard let colon = key.firstIndex(of: 0x3a), key[(colon + 1)...].starts(with: "//".utf8),
      key[..<colon].allSatisfy({ ASCII.isAlphanumeric($0) || $0 == 0x2b || $0 == 0x2d || $0 == 0x2e })
    else { return nil }
    return colon + 3
  }

  /// The host of `host[:port]/path?query`, brackets kept; nil when there is none.
  static func host(ofKey key: [UInt8]) -> [UInt8]? {
    var rest = key[...]
    if let start = authority(ofKey: key) {
      rest = key[start...].prefix { $0 != 0x2f && $0 != 0x3f && $0 != 0x23 }
      if let at = rest.lastIndex(of: 0x40) { rest = rest[(at + 1)...] }
    }
    if rest.first == 0x5b { return rest.firstIndex(of: 0x5d).map { Array(rest[...$0]) } }
    let host = rest.prefix { $0 != 0x2f && $0 != 0x3a && $0 != 0x3f }
    return host.isEmpty ? nil : Array(host)
  }

  /// The path and query; nil where the host has a port, or nothing follows.
  static func path(ofKey key: [UInt8], behind host: [UInt8]) -> ArraySlice<UInt8>? {
    let scheme = authority(ofKey: key) ?? 0
    guard let slash = key[scheme...].firstIndex(of: 0x2f), key[scheme..<slash].suffix(host.count).elementsEqual(host) else { return nil }
    return key[slash...]
  }

  /// The host with its port, a slash, and the first ``Limits/urlStart`` bytes of the path's first segment: what tells a URL indicator from the
  /// many other URLs of a host that everybody visits. Where there is a port, the host and a colon as well: logs keep the port apart. None where
  /// no path follows.
  static func starts(ofKey key: [UInt8]) -> [[UInt8]] {
    guard let host = host(ofKey: key) else { return [] }
    if let path = path(ofKey: key, behind: host) { return [host + [0x2f] + segment(of: path.dropFirst())] }
    let scheme = authority(ofKey: key) ?? 0
    guard let slash = key[scheme...].firstIndex(of: 0x2f) else { return [] }
    let path = [0x2f] + segment(of: key[(slash + 1)...])
    let authority = key[scheme..<slash]
    guard let colon = authority.lastIndex(of: 0x3a), authority[..<colon].suffix(host.count).elementsEqual(host) else { return [] }
    return [host + authority[colon...] + path, host + [0x3a]]
  }

  /// - Parameter path: what follows a path's first slash.
  static func segment(of path: some Sequence<UInt8>) -> [UInt8] {
    Array(path.prefix(Limits.urlStart).prefix { $0 != 0x2f && $0 != 0x3f && $0 != 0x23 })
  }
}
