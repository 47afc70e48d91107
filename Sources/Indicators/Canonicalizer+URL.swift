/// URLs by the WHATWG standard, and the schemes and shapes that are indicators.
extension Canonicalizer {
  /// Schemes whose addresses lead nowhere on a network.
  private static let noIndicator: Set<String> = [
    "javascript", "vbscript", "about", "mailto", "tel", "sms", "view-source", "chrome", "edge", "moz-extension", "chrome-extension", "file", "urn", "cid",
    "res",
  ]

  package static func url(_ text: ArraySlice<UInt8>) throws(Rejection) -> Observable {
    if let plain = plainURL(text) { return plain }
    return try standardURL(text)
  }

  /// Any URL, the long way.
  package static func standardURL(_ text: ArraySlice<UInt8>) throws(Rejection) -> Observable {
    // Tabs and line ends vanish wherever they stand (URL standard, 4.4).
    let clean = text.contains { $0 == 0x09 || $0 == 0x0A || $0 == 0x0D } ? text.filter { $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }[...] : text
    guard let (scheme, rest) = scheme(of: clean) else { return try assumedURL(clean) }
    if noIndicator.contains(scheme) { throw Rejection("scheme-not-indicator", as: .url) }
    let isSpecial = URLText.defaultPorts[scheme] != nil
    guard isSpecial || rest.starts(with: [0x2F, 0x2F]) else {
      guard !rest.isEmpty, rest.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { throw Rejection("no-scheme", as: .url) }
      return Observable(type: .url, canonical: scheme + ":" + rest.text, flags: ["opaque"])
    }
    return observable(try URLText(scheme: scheme, rest: rest), flags: [])
  }

  private static func observable(_ url: URLText, flags: [String]) -> Observable {
    var flags = flags
    switch url.host {
    case .ipv4(let address): flags += address.flags
    case .ipv6(let address): flags += address.flags
    case .name(let name):
      if name == Array("localhost".utf8) || name[...].droppingLast(".localhost") != nil { flags.append("loopback") }
    case .empty: break
    }
    let canonical = url.serialized
    if url.scheme == "http" || url.scheme == "https" {
      return Observable(type: .url, canonical: canonical, match: url.matchKey, flags: flags)
    }
    return Observable(type: .url, canonical: canonical, flags: flags)
  }

  /// `evil.example/path`: http is assumed where a real host stands first, escapes undone as in any URL's (`ev%69l.example/path`).
  private static func assumedURL(_ text: Bytes) throws(Rejection) -> Observable {
    let authority = text.prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 }
    var host = authority
    if let at = host.lastIndex(of: 0x40) { host = host[(at + 1)...] }
    if let colon = host.lastIndex(of: 0x3A), host.first != 0x5B, host[(colon + 1)...].allSatisfy(\.isDigit) { host = host[..<colon] }
    host = URLText.percentDecoded(host)[...]
    let isAddress = IPv4Address(ascii: host) != nil || (host.first == 0x5B && host.last == 0x5D && IPv6Address(ascii: host.dropFirst().dropLast()) != nil)
    guard !host.isEmpty, isAddress || (try? DomainName(parsing: host, as: .url)) != nil else { throw Rejection("no-scheme", as: .url) }
    return observable(try URLText(scheme: "http", rest: [0x2F, 0x2F] + text), flags: ["scheme-assumed"])
  }

  /// The scheme in lower case and what follows its colon; nil for `host:port` and for text without a scheme.
  static func scheme(of text: Bytes) -> (String, Bytes)? {
    guard let first = text.first, first.isLetter else { return nil }
    var index = text.startIndex
    while index < text.endIndex, text[index].isAlphanumeric || text[index] == 0x2B || text[index] == 0x2D || text[index] == 0x2E { index += 1 }
    guard index < text.endIndex, text[index] == 0x3A else { return nil }
    let scheme = text[..<index].lowercasedASCII().text
    let rest = text[(index + 1)...]
    if URLText.defaultPorts[scheme] != nil { return (scheme, rest) }
    if rest.starts(with: [0x2F, 0x2F]) { return (scheme, rest) }
    // A name with a dot, or digits behind the colon: a host and its port.
    if scheme.contains(".") || rest.prefix(while: { $0 != 0x2F }).allSatisfy(\.isDigit) { return nil }
    return (scheme, rest)
  }
}
