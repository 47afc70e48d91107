/// What a token would be, judged by its shape alone: enough to decide whether it may be touched, too little to be an indicator.
enum IndicatorShape {
  static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar >= "0" && scalar <= "9" }
  static func isLetter(_ scalar: Unicode.Scalar) -> Bool { (scalar >= "a" && scalar <= "z") || (scalar >= "A" && scalar <= "Z") }
  static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool { isDigit(scalar) || isLetter(scalar) }

  static func isHexadecimal(_ scalar: Unicode.Scalar) -> Bool {
    isDigit(scalar) || (scalar >= "a" && scalar <= "f") || (scalar >= "A" && scalar <= "F")
  }

  /// A character of a host's label; letters of any script count (IDN).
  static func isLabel(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 { return isAlphanumeric(scalar) || scalar == "-" || scalar == "_" }
    return scalar.properties.isAlphabetic || scalar.properties.generalCategory == .nonspacingMark
  }

  /// A value by itself: an address, a host name under a known top-level domain, an e-mail address, a URL, a digest.
  static func isIndicator(_ token: some Collection<Unicode.Scalar>) -> Bool {
    let text = Array(token)
    if text.count > 4096 || text.isEmpty { return false }
    if let scheme = schemeEnd(text) { return scheme < text.count && hostLength(text[scheme...]) > 0 }
    if text.allSatisfy(isHexadecimal), [32, 40, 56, 64, 96, 128].contains(text.count) { return true }
    let local = text.lastIndex(of: "@")
    let host = local.map { text[text.index(after: $0)...] } ?? text[...]
    if let local, local == 0 { return false }
    return isHostLike(host) || isIPv6(text)
  }

  /// Where the authority begins behind `scheme://`; nil without a scheme.
  static func schemeEnd(_ text: [Unicode.Scalar]) -> Int? {
    var end = 0
    while end < text.count, end < 12, isAlphanumeric(text[end]) || text[end] == "+" { end += 1 }
    guard end > 1, end + 2 < text.count, text[end] == ":", text[end + 1] == "/", text[end + 2] == "/" else { return nil }
    return end + 3
  }

  private static func hostLength(_ text: ArraySlice<Unicode.Scalar>) -> Int { text.prefix { isLabel($0) || $0 == "." || $0 == "[" }.count }

  /// `host`, `host:port`, `host/path`: two labels or more, the last a top-level domain, or an IPv4 address.
  static func isHostLike(_ text: some Collection<Unicode.Scalar>) -> Bool {
    let host = text.prefix { isLabel($0) || $0 == "." }
    let rest = text.dropFirst(host.count)
    if let next = rest.first, !"/:?#".unicodeScalars.contains(next) { return false }
    var labels = host.split(separator: ".", omittingEmptySubsequences: false)
    if labels.last?.isEmpty == true { labels.removeLast() }
    guard labels.count >= 2, labels.allSatisfy({ !$0.isEmpty && $0.count <= 63 }), let last = labels.last else { return false }
    if last.allSatisfy(isDigit) {
      return labels.count == 4 && labels.allSatisfy { $0.count <= 3 && $0.allSatisfy(isDigit) }
    }
    return isTopLevel(last)
  }

  /// Whether a label is a top-level domain, a special-use name (RFC 6761) or an alternative root.
  static func isTopLevel(_ label: some Collection<Unicode.Scalar>) -> Bool {
    guard label.count >= 2, label.count <= 63 else { return false }
    let name = String(scalars: label).lowercased()
    return special.contains(name) || PublicSuffix.isKnownTLD(name)
  }

  private static let special: Set<String> = [
    "example", "test", "invalid", "onion", "local", "localhost", "bit", "bazar", "eth", "lib", "emc", "i2p",
  ]

  static func isIPv6(_ text: some Collection<Unicode.Scalar>) -> Bool {
    let colons = text.filter { $0 == ":" }.count
    return colons >= 2 && text.count <= 45 && text.allSatisfy { isHexadecimal($0) || $0 == ":" || $0 == "." }
  }
}
