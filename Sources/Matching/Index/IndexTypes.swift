import Indicators

/// One byte a type. A code keeps its meaning for ever; new types are added at the end.
enum IndexTypes {
  static let codes: [IndicatorType] = [
    .ipv4, .ipv6, .cidr, .ipv4Port, .ipv6Port, .ipRange, .domain, .onion, .url, .email, .asn, .domainPort, .domainWildcard, .userAgent,
    .md5, .sha1, .sha224, .sha256, .sha384, .sha512, .imphash, .ssdeep, .tlsh, .ja3, .ja4, .jarm, .txHash,
    .btc, .evm, .tron, .sol, .xmr, .ltc, .doge, .dash, .zec, .xrp, .bch,
    .filename, .registry, .mutex, .cve, .pathWindows, .pathPOSIX,
    .npm, .pypi, .purl, .telegram, .githubRepository, .githubAccount, .linkedInProfile, .linkedInCompany, .telegramInvite,
    .secret,
  ]

  private static let numbers: [IndicatorType: UInt8] = Dictionary(
    uniqueKeysWithValues: codes.enumerated().map { ($0.element, UInt8($0.offset)) })

  /// Nil only for a type that was added to the vocabulary and not here; a test holds the two together.
  static func code(of type: IndicatorType) -> UInt8? { numbers[type] }

  static func type(_ code: UInt8) -> IndicatorType? { Int(code) < codes.count ? codes[Int(code)] : nil }
}
