/// What an undeclared value is.
extension Canonicalizer {
  /// The readings of a value whose type nobody said, the most specific first; several when it is honestly ambiguous, none when it is no
  /// indicator. White space and quotation marks around it do not count; defanged text is not undone.
  public static func readings(of raw: String) -> [Observable] { detection(raw).readings }

  /// The first of ``readings(of:)``.
  /// - Throws: the rejection of the reading that came nearest, or `unknown`.
  public static func detect(_ raw: String) throws(Rejection) -> Observable {
    let (readings, rejection) = detection(raw)
    guard let first = readings.first else { throw rejection ?? Rejection("unknown", as: nil) }
    return first
  }

  private static func detection(_ raw: String) -> (readings: [Observable], rejection: Rejection?) {
    let bytes = Bytes(raw)
    guard bytes.count <= maximumLength else { return ([], Rejection("length", as: nil)) }
    let text = bytes.unwrapped()
    guard !text.isEmpty else { return ([], Rejection("empty", as: nil)) }
    var nearest: Rejection?
    var readings: [Observable] = []
    for group in candidates(for: text) {
      for type in group {
        do throws(Rejection) {
          let reading = try canonicalize(trimmed: text, as: type)
          // A network of one address comes back as the address: once is enough.
          if !readings.contains(reading) { readings.append(reading) }
        } catch {
          if nearest == nil { nearest = error }
        }
      }
      if !readings.isEmpty { return (readings, nil) }
    }
    return ([], nearest)
  }

  /// Types worth trying, in groups: a later group is asked only when an earlier one gives nothing, and all of a group's readings count.
  private static func candidates(for text: Bytes) -> [[IndicatorType]] {
    if text.contains("://") || text.dropping("data:") != nil { return webCandidates(text) }
    if text.dropping("pkg:") != nil { return [[.purl]] }
    if text.dropping("cve") != nil, text.count < 40 { return [[.cve], [.domain], [.url]] }
    if text.dropping("hk") != nil || text.dropping("\\registry\\") != nil || text.dropping("computer\\hk") != nil || text.dropping("<hk") != nil { return [[.registry], [.domain], [.url]] }
    if text.dropping("global\\") != nil || text.dropping("local\\") != nil { return [[.mutex]] }
    if text.dropping("user-agent:") != nil || text.dropping("mozilla/") != nil { return [[.userAgent]] }
    if text.dropping("git@github.com:") != nil { return [[.githubRepository]] }
    if text.dropping("bitcoincash:") != nil { return [[.bch]] }
    if let groups = digestCandidates(text) { return groups }
    if text.first == 0x40, text.contains(0x2F) { return [[.npm]] }
    if let at = text.firstIndex(of: 0x40) {
      // `evil.example/login?user=x@victim.example` is an address of the web, whatever a mailbox's name may hold.
      let slash = text.firstIndex(of: 0x2F) ?? text.endIndex
      return slash < at ? [[.url], [.email]] : [[.email], [.url]]
    }
    if let groups = pathCandidates(text) { return groups }
    if let slash = text.firstIndex(of: 0x2F) { return slashCandidates(text, text[..<slash], text[(slash + 1)...]) }
    if text.starts(with: [0x2A, 0x2E]) || text.starts(with: [0x7C, 0x7C]) || text.first == 0x2E { return [[.domainWildcard]] }
    if let colon = text.firstIndex(of: 0x3A) { return colonCandidates(text[..<colon], text[(colon + 1)...]) }
    if isNumeric(text) { return [[.ipv4], [.cidr], [.ipRange]] }
    if text.dropping("as") != nil, text.dropFirst(2).allSatisfy({ $0.isDigit || $0 == 0x2E || $0 == 0x6E || $0 == 0x4E || $0 == 0x20 }), text.contains(where: \.isDigit) {
      return [[.asn]]
    }
    if text.contains(0x2E) {
      let name = text.last == 0x2E ? text.dropLast() : text
      return [name.droppingLast(".onion") == nil ? [] : [.onion], [.domain], [.filename].filter { _ in isFileName(text) }]
    }
    return walletCandidates(text)
  }

  /// A network is an address and a number; an address with a number that is none, such as `192.0.2.0/33`, is a mistake and no URL.
  private static func slashCandidates(_ text: Bytes, _ host: Bytes, _ rest: Bytes) -> [[IndicatorType]] {
    let isAddress = host.contains(where: \.isDigit) && host.allSatisfy { $0.isDigit || $0 == 0x2E } || host.contains(0x3A) && host.allSatisfy { $0.isHexDigit || $0 == 0x3A || $0 == 0x2E }
    if isAddress, !rest.isEmpty, rest.count <= 3, rest.allSatisfy(\.isDigit) { return [[.cidr]] }
    return isAddress ? [[.cidr], [.url]] : accountCandidates(text) ?? [[.url], [.cidr], [.domainWildcard]]
  }

  /// The type that a text with a colon comes nearest to is first, so that it says why the text is none.
  private static func colonCandidates(_ host: Bytes, _ rest: Bytes) -> [[IndicatorType]] {
    let others: [[IndicatorType]] = [[.ipv6], [.ipv4Port], [.ipv6Port], [.domainPort], [.ssdeep], [.bch]]
    guard host.contains(0x2E), rest.allSatisfy(\.isDigit) else { return others }
    return host.allSatisfy({ $0.isDigit || $0 == 0x2E }) ? [[.ipv4Port]] + others : [[.domainPort]] + others
  }

  private static func webCandidates(_ text: Bytes) -> [[IndicatorType]] {
    if text.dropping("tg://") != nil { return [[.telegram], [.telegramInvite], [.url]] }
    return accountCandidates(text) ?? [[.url]]
  }

  /// Addresses of services where the account or the project is what counts, a scheme before them or not; nil for all others.
  private static func accountCandidates(_ text: Bytes) -> [[IndicatorType]]? {
    guard let (host, path) = webAddress(text) else { return nil }
    let depth = path.split(separator: 0x2F).count
    switch host {
    case "github.com", "www.github.com": return depth == 2 ? [[.githubRepository, .url]] : [[.url]]
    // `/joinchat/…` is an invitation, `/name/5` a message.
    case "t.me", "telegram.me": return depth == 1 ? [[.telegram, .telegramInvite, .url]] : [[.telegramInvite, .url]]
    case _ where host == "linkedin.com" || host.hasSuffix(".linkedin.com"):
      return [[.linkedInProfile, .linkedInCompany, .url]]
    default: return nil
    }
  }

  /// By length of a hexadecimal text, labels and `0x` allowed.
  private static func digestCandidates(_ text: Bytes) -> [[IndicatorType]]? {
    if text.dropping("0x") != nil { return text.contains(0x2E) ? [[.ipv4], [.domain], [.url]] : [[.evm], [.txHash], [.ipv4]] }
    let labels: [(StaticString, IndicatorType)] = [
      ("md5", .md5), ("sha1", .sha1), ("sha-1", .sha1), ("sha256", .sha256), ("sha-256", .sha256), ("sha512", .sha512), ("sha-512", .sha512),
      ("imphash", .imphash), ("sha224", .sha224), ("sha384", .sha384),
    ]
    for (label, type) in labels {
      if let rest = text.dropping(label), let mark = rest.first, mark == 0x3A || mark == 0x3D || mark == 0x20 { return [[type]] }
    }
    if text.starts(with: [0x54, 0x31]), text.count == 72, text.allSatisfy({ $0.isHexDigit || $0 == 0x54 }) { return [[.tlsh]] }
    if text.count >= 36, text.contains(0x5F), text.first == 0x74 || text.first == 0x71, text.filter({ $0 == 0x5F }).count == 2 { return [[.ja4], [.domain]] }
    guard text.allSatisfy(\.isHexDigit) else { return nil }
    switch text.count {
    case 32: return [[.md5]]
    case 40: return [[.sha1]]
    case 42 where text.starts(with: [0x34, 0x31]): return [[.tron]]
    case 56: return [[.sha224]]
    case 62: return [[.jarm]]
    case 64: return [[.sha256]]
    case 70: return [[.tlsh]]
    case 96: return [[.sha384]]
    case 128: return [[.sha512]]
    default: return nil
    }
  }

  private static func pathCandidates(_ text: Bytes) -> [[IndicatorType]]? {
    let isDrive = text.count > 3 && text[text.startIndex].isLetter && text[text.startIndex + 1] == 0x3A && [0x5C, 0x2F].contains(text[text.startIndex + 2])
    let isEnvironment = text.first == 0x25 && text.dropFirst().contains(0x25) && text.contains(0x5C)
    if isDrive || isEnvironment || text.starts(with: [0x5C, 0x5C]) { return [[.pathWindows]] }
    if text.first == 0x2F, !text.starts(with: [0x2F, 0x2F]) { return [[.pathPOSIX]] }
    if text.starts(with: [0x7E, 0x2F]) || text.starts(with: [0x2E, 0x2F]) || text.starts(with: [0x2E, 0x2E, 0x2F]) { return [[.pathPOSIX]] }
    return nil
  }

  private static func isNumeric(_ text: Bytes) -> Bool {
    text.contains(0x2E) && text.contains(where: \.isDigit) && text.text.unicodeScalars.allSatisfy {
      ("0"..."9").contains($0) || ".*-\u{2013}\u{2014}\u{2212}\u{2010}\u{2011} ".unicodeScalars.contains($0)
    }
  }

  /// Addresses of chains, told apart by their checksums; a Solana key has none and comes last.
  private static func walletCandidates(_ text: Bytes) -> [[IndicatorType]] {
    if text.dropping("bc1") != nil { return [[.btc]] }
    if text.dropping("ltc1") != nil { return [[.ltc]] }
    if text.dropping("tg") != nil, text.contains(0x20) { return [] }
    guard text.count >= 25, text.count <= 106, text.allSatisfy(\.isAlphanumeric) else { return [] }
    if text.count == 42, text.first == 0x71 || text.first == 0x70 { return [[.bch], [.sol]] }
    if text.count == 95 || text.count == 106 { return [[.xmr]] }
    // A Litecoin address that begins with 3 looks like Bitcoin's, and is one unless somebody says otherwise.
    return [[.btc, .tron, .doge, .dash, .zec, .ltc, .xrp].filter { $0 != .ltc || text.first != 0x33 }, [.sol].filter { _ in text.count >= 43 }]
  }

  private static let executableExtensions: Set<String> = [
    "exe", "dll", "sys", "scr", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "hta", "lnk", "msi", "docm", "xlsm", "pptm", "doc", "docx", "xls", "xlsx",
    "pdf", "rtf", "iso", "img", "vhd", "jar", "apk", "dmg", "pkg", "elf", "bin", "dat", "rar", "7z", "gz", "tar", "php", "asp", "aspx", "jsp", "chm", "cpl",
    "ocx", "tmp", "txt", "html", "htm", "json", "xml", "plist",
  ]

  private static func isFileName(_ text: Bytes) -> Bool {
    guard let dot = text.lastIndex(of: 0x2E), dot > text.startIndex else { return false }
    return executableExtensions.contains(text[(dot + 1)...].lowercasedASCII().text)
  }
}
