import Indicators

/// What a service's URLs name.
enum ServiceURL {
  /// A key of kind `service`, and how many path segments it took.
  struct Name {
    var key: [UInt8]
    var segments: Int
    /// Of a package, when the URL says which, and how many segments name and version take together.
    var version: (text: [UInt8], segments: Int)?
  }

  static func names(host: String, segments: [[UInt8]]) -> [Name] {
    func text(_ index: Int) -> String { index < segments.count ? String(decoding: segments[index], as: UTF8.self).lowercased() : "" }
    var names: [Name] = []
    func add(_ key: String, _ count: Int) { names.append(Name(key: Array(key.utf8), segments: count)) }
    let bare = host.hasPrefix("www.") ? String(host.dropFirst(4)) : host
    switch bare {
    case "github.com", "gist.github.com", "codeload.github.com", "raw.githubusercontent.com", "media.githubusercontent.com",
      "objects.githubusercontent.com", "gist.githubusercontent.com", "ghcr.io", "raw.github.com":
      repository(text(0), text(1), 0, add)
      if bare == "github.com", ["orgs", "users", "sponsors"].contains(text(0)), !text(1).isEmpty { add("github-account:\(text(1))", 2) }
    case "api.github.com":
      if text(0) == "repos" { repository(text(1), text(2), 1, add) }
      if text(0) == "users" || text(0) == "orgs", !text(1).isEmpty { add("github-account:\(text(1))", 2) }
    case "npmjs.com", "npmmirror.com":
      if text(0) == "package" { names += npm(segments, 1) }
    case "registry.npmjs.org", "registry.npmjs.com", "registry.yarnpkg.com", "registry.npmmirror.com", "unpkg.com", "esm.sh",
      "cdn.skypack.dev":
      names += npm(segments, 0)
    case "yarnpkg.com", "classic.yarnpkg.com":
      if let place = segments.firstIndex(where: { $0 == Array("package".utf8) }) { names += npm(segments, place + 1) }
    case "cdn.jsdelivr.net":
      if text(0) == "npm" { names += npm(segments, 1) }
      if text(0) == "gh" { repository(text(1), text(2), 1, add) }
    case "pypi.org", "pypi.python.org", "test.pypi.org":
      if ["project", "simple", "pypi"].contains(text(0)), let name = PackageMention(.pypi, segments[safe: 1] ?? []) {
        names.append(Name(key: name.key, segments: 2, version: version(segments, 2, .pypi)))
      }
    case "files.pythonhosted.org":
      if let last = segments.last, let name = PackageMention(distribution: last) {
        names.append(Name(key: name.key, segments: segments.count, version: name.version.map { ($0, segments.count) }))
      }
    case "t.me", "telegram.me", "telegram.dog": telegram(segments, text, add)
    default:
      if host.hasSuffix(".github.io") {
        // The pages of a repository.
        let owner = host.dropLast(".github.io".count)
        if !owner.contains("."), !text(0).isEmpty { add("github:\(owner)/\(text(0))", 1) }
        break
      }
      if bare == "linkedin.com" || bare.hasSuffix(".linkedin.com") {
        guard ["in", "company", "school", "pub"].contains(text(0)), !text(1).isEmpty else { break }
        let section = text(0) == "pub" ? "in" : text(0)
        add("linkedin:linkedin.com/\(section)/\(String(decoding: segments[1].percentDecoded, as: UTF8.self).lowercased())", 2)
      }
    }
    return names
  }

  private static func repository(_ owner: String, _ name: String, _ before: Int, _ add: (String, Int) -> Void) {
    guard !owner.isEmpty else { return }
    add("github-account:\(owner)", before + 1)
    // `git+https://github.com/owner/name.git@v1`, `/gh/owner/name@1/…`: the rest says which version.
    let name = name.prefix { $0 != "@" }
    let repository = name.hasSuffix(".git") ? name.dropLast(4) : name
    if !repository.isEmpty { add("github:\(owner)/\(repository)", before + 2) }
  }

  /// `NAME`, `NAME@VERSION`, `NAME/VERSION`, `NAME/v/VERSION`, `NAME/-/NAME-VERSION.tgz`, with a scope before the name or none.
  private static func npm(_ segments: [[UInt8]], _ index: Int) -> [Name] {
    guard index < segments.count else { return [] }
    var first = segments[index].percentDecoded
    var count = index + 1
    if first.first == 0x40, !first.contains(0x2f), count < segments.count {
      first += [0x2f] + segments[count].percentDecoded
      count += 1
    }
    guard let name = PackageMention(.npm, first) else { return [] }
    return [Name(key: name.key, segments: count, version: name.version.map { ($0, count) } ?? npmVersion(segments, count, of: first))]
  }

  private static func npmVersion(_ segments: [[UInt8]], _ index: Int, of name: [UInt8]) -> (text: [UInt8], segments: Int)? {
    guard let first = segments[safe: index] else { return nil }
    if first == [0x76] { return version(segments, index + 1, .npm) }
    guard first == [0x2d] else { return version(segments, index, .npm) }
    let base = name.lastIndex(of: 0x2f).map { name[($0 + 1)...] } ?? name[...]
    guard let file = segments[safe: index + 1]?.percentDecoded, file.count > base.count + 5, file[base.count] == 0x2d,
      file.suffix(4).elementsEqual(".tgz".utf8)
    else { return nil }
    return PackageVersion.canonical(file[(base.count + 1)...].dropLast(4), of: .npm).map { ($0, index + 2) }
  }

  private static func version(_ segments: [[UInt8]], _ index: Int, _ type: IndicatorType) -> (text: [UInt8], segments: Int)? {
    guard let segment = segments[safe: index]?.percentDecoded else { return nil }
    return PackageVersion.canonical(PackageMention.withoutPoint(segment), of: type).map { ($0, index + 1) }
  }

  private static func telegram(_ segments: [[UInt8]], _ text: (Int) -> String, _ add: (String, Int) -> Void) {
    guard let first = segments.first else { return }
    if first.first == 0x2b { add("telegram-invite:\(String(decoding: first, as: UTF8.self))", 1) }
    if text(0) == "joinchat", segments.count > 1 { add("telegram-invite:+\(String(decoding: segments[1], as: UTF8.self))", 2) }
    let place = text(0) == "s" && segments.count > 1 ? 1 : 0
    add("telegram:\(text(place))", place + 1)
  }
}

extension Array {
  subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
