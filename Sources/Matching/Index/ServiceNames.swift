import Indicators

/// Names that mean something only within a service, and where such a name stands in a URL of that service.
enum ServiceNames {
  /// What keeps the names of one service apart from those of another; nil for types that are no such names.
  static func prefix(of type: IndicatorType) -> [UInt8]? {
    switch type {
    case .npm: Array("npm:".utf8)
    case .pypi: Array("pypi:".utf8)
    case .telegram: Array("telegram:".utf8)
    case .telegramInvite: Array("telegram-invite:".utf8)
    case .githubRepository: Array("github:".utf8)
    case .githubAccount: Array("github-account:".utf8)
    case .linkedInProfile, .linkedInCompany: Array("linkedin:".utf8)
    default: nil
    }
  }

  /// The key of a package without its version, by which the filter knows it; other keys as they are.
  static func withoutVersion(_ key: [UInt8]) -> [UInt8] {
    guard let colon = key.firstIndex(of: 0x3a), let at = key.lastIndex(of: 0x40), at > colon + 1 else { return key }
    return Array(key[..<at])
  }

  /// The registry that a package URL's package is in; nil for those that no rule names packages of.
  static func type(ofPackageURL match: [UInt8]) -> IndicatorType? {
    [.npm, .pypi].first { match.starts(with: Array("pkg:\($0.rawValue)/".utf8)) }
  }

  /// Whether a host, in lower case, is one of a service.
  static func isHost(_ name: [UInt8]) -> Bool {
    allHosts.contains { host in
      name.count == host.count ? name == host : name.count > host.count && name[name.count - host.count - 1] == 0x2e && name.suffix(host.count).elementsEqual(host)
    }
  }

  private static let allHosts = Set([IndicatorType.npm, .pypi, .githubRepository, .telegram, .telegramInvite, .linkedInProfile, .linkedInCompany].flatMap(hosts)).map {
    Array($0.utf8)
  }

  /// Host names (last two labels) whose URLs name things of a service.
  static func hosts(of type: IndicatorType) -> [String] {
    switch type {
    case .npm: ["npmjs.org", "npmjs.com", "yarnpkg.com", "npmmirror.com", "unpkg.com", "jsdelivr.net", "skypack.dev", "esm.sh"]
    case .pypi: ["pypi.org", "python.org", "pythonhosted.org"]
    case .telegram, .telegramInvite: ["t.me", "telegram.me", "telegram.dog"]
    case .githubRepository, .githubAccount: ["github.com", "githubusercontent.com", "github.io", "ghcr.io", "jsdelivr.net"]
    case .linkedInProfile, .linkedInCompany: ["linkedin.com"]
    default: []
    }
  }

  /// What stands where a service's names do, and how names stand there.
  struct Cue: Sendable {
    let type: IndicatorType
    let text: [UInt8]
    let form: Form
    /// The last four bytes, folded: whoever comes to the end of some word asks by these alone.
    let tail: UInt32

    /// What follows are the arguments of a command, not a path.
    var isCommandLine: Bool { if case .command = form { text.contains(0x20) } else { false } }

    enum Form: Sendable {
      /// `npm install NAME…`, `node_modules/NAME`
      case command
      /// `tg://resolve?domain=NAME`
      case account
      case report(PackageReport)
    }

    init(_ type: IndicatorType, _ text: String, _ form: Form) {
      self.type = type
      self.text = Array(text.utf8)
      self.form = form
      tail = TailSet.tails(of: self.text).first ?? 0
    }
  }

  static let allCues = IndexTypes.codes.flatMap(cues)
  private static let cuesByTail = Dictionary(grouping: allCues, by: \.tail)
  /// A bit for each of their tails: most words are no cue's, and told so without a hash.
  private static let tailBits = allCues.reduce(0 as UInt64) { $0 | tailBit($1.tail) }

  private static func tailBit(_ tail: UInt32) -> UInt64 { 1 &<< UInt64(TailSet.place(tail, shift: 26)) }

  static func cues(withTail tail: UInt32) -> [Cue] { tailBits & tailBit(tail) == 0 ? [] : cuesByTail[tail] ?? [] }

  static func cues(of type: IndicatorType) -> [Cue] {
    let form: Cue.Form = type == .telegram || type == .telegramInvite ? .account : .command
    return commands(of: type).map { Cue(type, $0, form) } + PackageReport.cues(of: type).map { Cue(type, $0.text, .report($0.report)) }
  }

  /// Words before a package name on a command line or in a path, and what stands before an account in a link to an app; each ends where the name's
  /// context begins.
  private static func commands(of type: IndicatorType) -> [String] {
    switch type {
    case .npm:
      [
        "npm install", "npm i", "npm add", "yarn add", "pnpm add", "pnpm install", "pnpm i", "bun add", "npm exec", "node_modules",
        "pkg:npm",
      ]
    case .pypi:
      [
        "pip install", "pip3 install", "pip download", "uv add", "poetry add", "pipx install", "site-packages", "dist-packages",
        "pkg:pypi",
      ]
    case .telegram: ["tg://resolve?domain"]
    case .telegramInvite: ["tg://join?invite"]
    default: []
    }
  }
}
