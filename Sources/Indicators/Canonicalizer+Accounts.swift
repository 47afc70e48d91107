/// Repositories and accounts: one form whatever host or spelling names them.
extension Canonicalizer {
  // MARK: GitHub

  /// First path segments of github.com that are no account.
  private static let githubReserved: Set<String> = [
    "about", "account", "apps", "blog", "codespaces", "collections", "contact", "copilot", "customer-stories", "dashboard", "enterprise", "events", "explore",
    "features", "issues", "join", "login", "logout", "marketplace", "mobile", "new", "nonprofit", "notifications", "organizations", "orgs", "pricing",
    "pulls", "readme", "resources", "search", "security", "sessions", "settings", "signup", "site", "solutions", "sponsors", "stars", "team", "teams",
    "topics", "trending", "users", "watching",
  ]

  static func githubRepository(_ text: Bytes) throws(Rejection) -> Observable {
    let segments = try githubPath(text, as: .githubRepository)
    guard let owner = segments.first else { throw Rejection("no-repo", as: .githubRepository) }
    if githubReserved.contains(owner.lowercasedASCII().text) { throw Rejection("reserved-path", as: .githubRepository) }
    guard segments.count >= 2 else { throw Rejection("no-repo", as: .githubRepository) }
    try checkOwner(owner, as: .githubRepository)
    let name = segments[1].droppingLast(".git") ?? segments[1]
    guard !name.isEmpty, name != [0x2E], name != [0x2E, 0x2E], name.allSatisfy({ $0.isAlphanumeric || [0x2D, 0x2E, 0x5F].contains($0) }) else {
      throw Rejection("bad-name", as: .githubRepository)
    }
    guard name.count <= 100 else { throw Rejection("length", as: .githubRepository) }
    return Observable(type: .githubRepository, canonical: (owner.lowercasedASCII() + [0x2F] + name.lowercasedASCII()).text)
  }

  static func githubAccount(_ text: Bytes) throws(Rejection) -> Observable {
    let type = IndicatorType.githubAccount
    var name = text
    if name.first == 0x40 { name = name.dropFirst() }
    if let (host, path) = webAddress(text), let owner = Bytes(host).droppingLast(".github.io"), !owner.contains(0x2E) {
      _ = path
      name = owner
    } else if text.contains(0x2F) || text.contains(0x3A) {
      guard let owner = try githubPath(text, as: type).first else { throw Rejection("bad-name", as: type) }
      name = owner
    }
    if githubReserved.contains(name.lowercasedASCII().text) { throw Rejection("reserved-path", as: type) }
    try checkOwner(name, as: type)
    return Observable(type: type, canonical: name.lowercasedASCII().text)
  }

  /// Letters, digits and single hyphens inside, 39 at most.
  private static func checkOwner(_ name: Bytes, as type: IndicatorType) throws(Rejection) {
    guard name.count <= 39 else { throw Rejection("length", as: type) }
    guard let first = name.first, let last = name.last, first != 0x2D, last != 0x2D, name.allSatisfy({ $0.isAlphanumeric || $0 == 0x2D }),
      !name.contains("--")
    else { throw Rejection("bad-name", as: type) }
  }

  /// `owner/repo/…` of any of GitHub's hosts and spellings.
  private static func githubPath(_ text: Bytes, as type: IndicatorType) throws(Rejection) -> [Bytes] {
    if let path = text.dropping("git@github.com:") { return path.split(separator: 0x2F) }
    if let (host, path) = webAddress(text) {
      var segments = path.split(separator: 0x2F)
      switch host {
      case "github.com", "www.github.com", "raw.githubusercontent.com", "codeload.github.com", "raw.github.com", "ghcr.io", "cdn.jsdelivr.net":
        if host == "cdn.jsdelivr.net" {
          guard segments.first.map({ $0.elementsEqual("gh".utf8) }) ?? false else { throw Rejection("host", as: type) }
          segments.removeFirst()
          if segments.count > 1 { segments[1] = segments[1].prefix { $0 != 0x40 } }
        }
        return segments
      case "api.github.com", "uploads.github.com":
        guard let first = segments.first, ["repos", "users", "orgs"].contains(first.text) else { throw Rejection("reserved-path", as: type) }
        return Array(segments.dropFirst())
      default: throw Rejection("host", as: type)
      }
    }
    if text.contains(0x3A) { throw Rejection("bad-name", as: type) }
    return text.split(separator: 0x2F)
  }

  // MARK: LinkedIn

  static func linkedIn(_ text: Bytes, as type: IndicatorType) throws(Rejection) -> Observable {
    let notOne = Rejection(type == .linkedInProfile ? "not-profile" : "not-company", as: type)
    guard let (host, path) = webAddress(text) else { throw notOne }
    guard host == "linkedin.com" || host.hasSuffix(".linkedin.com") else { throw Rejection("host", as: type) }
    let segments = path.split(separator: 0x2F)
    let kind = type == .linkedInProfile ? "in" : "company"
    guard segments.count >= 2, segments[0].lowercasedASCII().text == kind else { throw notOne }
    let slug = URLText.percentDecoded(segments[1])
    guard !slug.isEmpty, let name = String(validating: slug, as: UTF8.self), name.unicodeScalars.allSatisfy(isSlug) else { throw notOne }
    return Observable(type: type, canonical: "linkedin.com/\(kind)/" + UTS46.composed(name.lowercased()))
  }

  /// What LinkedIn lets people call themselves: letters and signs of any script, of ASCII only the harmless ones.
  private static func isSlug(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 { return IndicatorShape.isAlphanumeric(scalar) || "-_.~'".unicodeScalars.contains(scalar) }
    return !scalar.isSpace && scalar.value > 0x9F && !scalar.properties.isDefaultIgnorableCodePoint
  }

  // MARK: Telegram

  private static let telegramReserved: Set<String> = [
    "share", "joinchat", "addstickers", "addemoji", "proxy", "socks", "iv", "setlanguage", "login", "c", "bg", "addtheme", "addlist", "invoice", "boost",
    "giftcode", "m", "contact", "msg", "confirmphone", "joinchannel", "k", "a",
  ]

  static func telegram(_ text: Bytes) throws(Rejection) -> Observable {
    let type = IndicatorType.telegram
    var name = text
    if let rest = text.dropping("tg://resolve?") {
      name = rest.split(separator: 0x26).compactMap { $0.dropping("domain=") }.first ?? []
    } else if let (host, path) = webAddress(text) {
      if ["t.me", "telegram.me", "telegram.dog", "www.t.me", "www.telegram.me"].contains(host) {
        var segments = path.split(separator: 0x2F)
        if segments.count > 1, segments[0] == [0x73] { segments.removeFirst() }
        name = segments.first ?? []
        if name.isEmpty || name.first == 0x2B || telegramReserved.contains(name.lowercasedASCII().text) { throw Rejection("reserved-path", as: type) }
      } else if let owner = Bytes(host).droppingLast(".t.me"), !owner.contains(0x2E) {
        name = owner
      } else {
        throw Rejection("host", as: type)
      }
    } else if text.first == 0x40 {
      name = text.dropFirst()
    }
    guard name.allSatisfy({ $0.isAlphanumeric || $0 == 0x5F }) else { throw Rejection("bad-char", as: type) }
    guard (4...32).contains(name.count) else { throw Rejection("length", as: type) }
    guard let first = name.first, first.isLetter else { throw Rejection("bad-start", as: type) }
    return Observable(type: type, canonical: name.lowercasedASCII().text)
  }

  static func telegramInvite(_ text: Bytes) throws(Rejection) -> Observable {
    let type = IndicatorType.telegramInvite
    var hash = text
    if let rest = text.dropping("tg://join?") {
      hash = rest.split(separator: 0x26).compactMap { $0.dropping("invite=") }.first ?? []
    } else if let (host, path) = webAddress(text) {
      guard ["t.me", "telegram.me", "telegram.dog"].contains(host) else { throw Rejection("host", as: type) }
      let segments = path.split(separator: 0x2F)
      if segments.count >= 2, segments[0].equalsIgnoringCase("joinchat") {
        hash = segments[1]
      } else if let first = segments.first, first.first == 0x2B {
        hash = first.dropFirst()
      } else {
        throw Rejection("not-invite", as: type)
      }
    } else if text.first == 0x2B {
      hash = text.dropFirst()
    }
    guard hash.allSatisfy({ $0.isAlphanumeric || $0 == 0x2D || $0 == 0x5F }) else { throw Rejection("bad-char", as: type) }
    guard (6...64).contains(hash.count) else { throw Rejection("length", as: type) }
    return Observable(type: type, canonical: "+" + hash.text)
  }
}
