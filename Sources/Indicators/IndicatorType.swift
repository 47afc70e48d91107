/// What kind of thing an indicator is. Raw values are the names in feed files, records and the index.
public enum IndicatorType: String, Sendable, CaseIterable, Codable {
  // Network
  case ipv4, ipv6, cidr
  case ipv4Port = "ipv4-port"
  case ipv6Port = "ipv6-port"
  case ipRange = "ip-range"
  case domain, onion, url, email, asn
  case domainPort = "domain-port"
  case domainWildcard = "domain-wildcard"
  case userAgent = "user-agent"
  // Digests and fingerprints
  case md5, sha1, sha224, sha256, sha384, sha512, imphash, ssdeep, tlsh, ja3, ja4, jarm
  /// A transaction id: 64 hexadecimal digits, often after `0x`.
  case txHash = "tx-hash"
  // Wallets
  case btc, evm, tron, sol, xmr, ltc, doge, dash, zec, xrp, bch
  // Hosts and files
  case filename, registry, mutex, cve
  case pathWindows = "path-win"
  case pathPOSIX = "path-posix"
  // Software supply chain and accounts
  case npm, pypi, purl, telegram
  case githubRepository = "github-repo"
  case githubAccount = "github-account"
  case linkedInProfile = "linkedin-profile"
  case linkedInCompany = "linkedin-company"
  case telegramInvite = "telegram-invite"
  /// A session cookie, an access token or a key: see ``SecretDigest``.
  case secret
}
