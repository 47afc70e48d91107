/// The one canonicaliser that feeds, logs, reports and look-ups share: two spellings of one value give one form here.
///
/// Every function is total: any input gives an ``Observable`` or a ``Rejection``, in time linear in its length. Nothing
/// depends on the locale. A canonical form is its own canonical form. Defanged text (`hxxp://evil[.]example`) is not undone
/// here; that is `Refang`'s work.
public enum Canonicalizer {
  /// The canonical form of `raw`, read as `type`.
  ///
  /// White space and quotation marks around the value do not count, except for file names and mutexes, which are opaque.
  /// A network of one address comes back as that address, a range that is one network as that network.
  ///
  /// - Throws: a ``Rejection`` whose reason is one of the documented codes of the type.
  public static func canonicalize(_ raw: String, as type: IndicatorType) throws(Rejection) -> Observable {
    let bytes = Bytes(raw)
    guard bytes.count <= maximumLength else { throw Rejection("length", as: type) }
    if type == .filename { return try filename(bytes) }
    if type == .mutex { return try mutex(bytes) }
    let text = type == .email || type == .userAgent ? bytes.trimmed() : bytes.unwrapped()
    guard !text.isEmpty else { throw Rejection("empty", as: type) }
    return try canonicalize(trimmed: text, as: type)
  }

  /// Longest value that is looked at, in bytes. Nothing that identifies anything is longer.
  public static let maximumLength = 1 << 16

  static func canonicalize(trimmed text: Bytes, as type: IndicatorType) throws(Rejection) -> Observable {
    switch type {
    case .ipv4: try ipv4(text)
    case .ipv6: try ipv6(text)
    case .cidr: try cidr(text)
    case .ipRange: try ipRange(text)
    case .ipv4Port: try ipv4Port(text)
    case .ipv6Port: try ipv6Port(text)
    case .domain: try domain(text)
    case .domainPort: try domainPort(text)
    case .domainWildcard: try domainWildcard(text)
    case .onion: try onion(text)
    case .url: try url(text)
    case .email: try email(text)
    case .asn: try asn(text)
    case .userAgent: try userAgent(text)
    case .md5, .sha1, .sha224, .sha256, .sha384, .sha512, .imphash, .ja3: try digest(text, as: type)
    case .txHash: try transactionHash(text)
    case .ssdeep: try ssdeep(text)
    case .tlsh: try tlsh(text)
    case .ja4: try ja4(text)
    case .jarm: try jarm(text)
    case .btc: try bitcoin(text)
    case .evm: try evm(text)
    case .tron: try tron(text)
    case .sol: try solana(text)
    case .xmr: try monero(text)
    case .ltc: try litecoin(text)
    case .doge: try dogecoin(text)
    case .dash: try dash(text)
    case .zec: try zcash(text)
    case .xrp: try ripple(text)
    case .bch: try bitcoinCash(text)
    case .filename: try filename(text)
    case .mutex: try mutex(text)
    case .registry: try registry(text)
    case .cve: try cve(text)
    case .pathWindows: try windowsPath(text)
    case .pathPOSIX: try posixPath(text)
    case .npm: try npm(text)
    case .pypi: try pypi(text)
    case .purl: try purl(text)
    case .githubRepository: try githubRepository(text)
    case .githubAccount: try githubAccount(text)
    case .linkedInProfile, .linkedInCompany: try linkedIn(text, as: type)
    case .telegram: try telegram(text)
    case .telegramInvite: try telegramInvite(text)
    case .secret: try secret(text)
    }
  }
}
