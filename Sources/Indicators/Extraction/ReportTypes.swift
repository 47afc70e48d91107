/// Which readings of a word a report means.
enum ReportTypes {
  /// Types whose shape or checksum leaves no doubt, in order of preference.
  private static let certain: [IndicatorType] = [
    .sha256, .sha1, .md5, .sha512, .sha384, .sha224, .ipv4, .ipv6, .ipv4Port, .ipv6Port, .cidr, .btc, .evm, .tron, .xmr, .ltc, .bch, .doge, .dash, .zec,
    .cve, .onion, .ssdeep, .tlsh, .registry,
  ]
  /// Types that ordinary text is full of.
  private static let listed: [IndicatorType] = [
    .url, .email, .domain, .domainPort, .domainWildcard, .githubRepository, .githubAccount, .linkedInProfile, .linkedInCompany, .telegram, .telegramInvite,
    .ipRange, .purl, .pathWindows,
  ]

  static func observable(_ text: String, isDefanged: Bool) -> Observable? {
    let readings = Canonicalizer.readings(of: text)
    for type in certain + listed {
      if let reading = readings.first(where: { $0.type == type }) {
        if reading.flags.contains("benign-context") && !isDefanged { return nil }
        if type == .url, let host = mailHost(text) { return observable(host, isDefanged: isDefanged) }
        return isUsable(reading, isDefanged: isDefanged) ? reading : nil
      }
    }
    return nil
  }

  /// The address behind `user@192.0.2.1`, which is neither a mailbox that may be listed nor meant as a URL.
  private static func mailHost(_ text: String) -> String? {
    guard !text.contains("/"), let at = text.lastIndex(of: "@") else { return nil }
    return String(text[text.index(after: at)...])
  }

  private static func isUsable(_ observable: Observable, isDefanged: Bool) -> Bool {
    switch observable.type {
    // `main.py` and `install.sh` parse as domains.
    case .domain: isDefanged || !observable.flags.contains("filename-like") && !isArchiveName(observable.canonical)
    case .ipv4, .ipv6, .cidr, .ipv4Port, .ipv6Port: isDefanged || !observable.flags.contains { ["loopback", "unspecified", "private", "link-local", "multicast"].contains($0) }
    default: true
    }
  }

  /// `report.pdf.zip`: in running text a file, though names may be registered under .zip and .mov.
  private static func isArchiveName(_ name: String) -> Bool { name.hasSuffix(".zip") || name.hasSuffix(".mov") }

  static func standsAlone(_ observable: Observable) -> Bool { certain.contains(observable.type) }
  static func mayBeListed(_ observable: Observable) -> Bool { !observable.flags.contains("single-label") }
}
