/// Packages by the naming rules of their registries.
extension Canonicalizer {
  private static let npmReserved: Set<String> = ["node_modules", "favicon.ico"]

  /// npm's rules (validate-npm-package-name); a version goes to a flag. See ``Observable/pinned``.
  static func npm(_ text: Bytes) throws(Rejection) -> Observable {
    var name = text
    var flags: [String] = []
    var version: Bytes = []
    if let rest = name.dropping("npm:") { name = rest }
    if let (host, path) = webAddress(name) {
      let segments = path.split(separator: 0x2F).map { URLText.percentDecoded($0)[...] }
      let isScoped = { (index: Int) in index < segments.count && segments[index].first == 0x40 }
      switch host {
      case "npmjs.com", "www.npmjs.com":
        guard segments.count >= 2, segments[0].elementsEqual("package".utf8) else { throw Rejection("no-name", as: .npm) }
        name = isScoped(1) && segments.count > 2 ? segments[1] + [0x2F] + segments[2] : segments[1]
        let after = isScoped(1) ? 3 : 2
        if segments.count > after + 1, segments[after].elementsEqual("v".utf8) { version = segments[after + 1] }
      case "registry.npmjs.org", "registry.yarnpkg.com":
        guard !segments.isEmpty else { throw Rejection("no-name", as: .npm) }
        name = isScoped(0) && segments.count > 1 && !segments[0].contains(0x2F) ? segments[0] + [0x2F] + segments[1] : segments[0]
      default: throw Rejection("host", as: .npm)
      }
    }
    if let at = name.lastIndex(of: 0x40), at > name.startIndex {
      version = name[(at + 1)...]
      name = name[..<at]
    }
    guard !name.isEmpty else { throw Rejection("no-name", as: .npm) }
    guard name.count <= 214 else { throw Rejection("length", as: .npm) }
    var base = name
    if name.first == 0x40 {
      guard let slash = name.firstIndex(of: 0x2F) else { throw Rejection("no-name", as: .npm) }
      let scope = name[..<slash].dropFirst()
      base = name[(slash + 1)...]
      guard !scope.isEmpty, !base.isEmpty else { throw Rejection("no-name", as: .npm) }
      try checkNpm(scope)
    }
    try checkNpm(base)
    let lower = name.lowercasedASCII().text
    if npmReserved.contains(lower) { throw Rejection("reserved", as: .npm) }
    if lower != name.text { flags.append("upper-case") }
    return package(.npm, lower, version, flags)
  }

  private static func package(_ type: IndicatorType, _ name: String, _ version: Bytes, _ flags: [String] = []) -> Observable {
    Observable(type: type, canonical: name, flags: version.isEmpty ? flags : flags + [PackageVersion.flag + version.text])
  }

  private static func checkNpm(_ part: Bytes) throws(Rejection) {
    if part.first == 0x2E || part.first == 0x5F { throw Rejection("bad-start", as: .npm) }
    // Characters that need no escape in a URL; older packages have ~ ! ' ( ) * too.
    let symbols = Set("-._~!'()*".utf8)
    guard part.allSatisfy({ $0.isAlphanumeric || symbols.contains($0) }) else { throw Rejection("bad-char", as: .npm) }
  }

  /// PEP 503 names; file names of wheels (PEP 427) and source distributions (PEP 625) are taken apart.
  static func pypi(_ text: Bytes) throws(Rejection) -> Observable {
    var name = text
    var version: Bytes?
    if let rest = name.dropping("pypi:") { name = rest }
    if let (host, path) = webAddress(name) {
      guard ["pypi.org", "www.pypi.org", "pypi.python.org", "test.pypi.org"].contains(host) else { throw Rejection("host", as: .pypi) }
      let segments = path.split(separator: 0x2F)
      guard segments.count >= 2, ["project", "pypi", "simple"].contains(segments[0].text) else { throw Rejection("bad-name", as: .pypi) }
      name = segments[1]
      if segments.count > 2 { version = segments[2] }
    }
    if let wheel = name.droppingLast(".whl") {
      let parts = wheel.split(separator: 0x2D)
      guard parts.count >= 5 else { throw Rejection("bad-name", as: .pypi) }
      name = parts[0]
      version = parts[1]
    } else if let source = name.droppingLast(".tar.gz") ?? name.droppingLast(".zip") ?? name.droppingLast(".tar.bz2") {
      guard let dash = source.lastIndex(of: 0x2D), dash + 1 < source.endIndex, source[dash + 1].isDigit else { throw Rejection("bad-name", as: .pypi) }
      name = source[..<dash]
      version = source[(dash + 1)...]
    } else if let mark = name.firstIndex(where: { [0x3D, 0x3C, 0x3E, 0x7E, 0x21, 0x40].contains($0) }), mark > name.startIndex, name[mark] != 0x40 {
      // hexcolurs==1.4; other comparisons name no one version. What stands behind a semicolon says where it is installed (PEP 508).
      let rest = name[mark...].prefix { $0 != 0x3B }
      version = rest.starts(with: [0x3D, 0x3D]) ? rest.dropFirst(rest.starts(with: [0x3D, 0x3D, 0x3D]) ? 3 : 2).trimmed() : rest.trimmed()
      guard rest.starts(with: [0x3D, 0x3D]) || rest.count > 1 && (rest.contains(0x3D) || rest.first == 0x3C || rest.first == 0x3E) else {
        throw Rejection("bad-name", as: .pypi)
      }
      name = name[..<mark].trimmed()
    } else if let at = name.firstIndex(of: 0x40), at > name.startIndex {
      version = name[(at + 1)...].trimmed()
      name = name[..<at].trimmed()
    }
    if name.last == 0x5D, let open = name.firstIndex(of: 0x5B) { name = name[..<open] }
    guard let first = name.first, let last = name.last, first.isAlphanumeric, last.isAlphanumeric,
      name.allSatisfy({ $0.isAlphanumeric || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E })
    else { throw Rejection("bad-name", as: .pypi) }
    guard name.count <= 214 else { throw Rejection("length", as: .pypi) }
    return package(.pypi, pypiName(name), version ?? [])
  }

  /// Runs of `-`, `_` and `.` are one hyphen; letters are lower-case (PEP 503).
  private static func pypiName(_ name: Bytes) -> String {
    var result: [UInt8] = []
    for byte in name.lowercasedASCII() {
      if byte == 0x2D || byte == 0x5F || byte == 0x2E {
        if result.last != 0x2D { result.append(0x2D) }
      } else {
        result.append(byte)
      }
    }
    return result.text
  }

  /// Package URLs (purl-spec): `pkg:type/namespace/name@version?qualifiers#subpath`.
  static func purl(_ text: Bytes) throws(Rejection) -> Observable {
    let bad = Rejection("bad-purl", as: .purl)
    guard var rest = text.dropping("pkg:") else { throw bad }
    rest = rest.drop { $0 == 0x2F }
    var suffix = ""
    if let hash = rest.firstIndex(of: 0x23) {
      let subpath = rest[(hash + 1)...].split(separator: 0x2F).filter { $0 != [0x2E] && $0 != [0x2E, 0x2E] }
      if !subpath.isEmpty { suffix = "#" + subpath.map { purlEncoded(URLText.percentDecoded($0)) }.joined(separator: "/") }
      rest = rest[..<hash]
    }
    if let mark = rest.firstIndex(of: 0x3F) {
      var qualifiers: [(String, String)] = []
      for part in rest[(mark + 1)...].split(separator: 0x26) {
        guard let equals = part.firstIndex(of: 0x3D) else { throw bad }
        let value = purlEncoded(URLText.percentDecoded(part[(equals + 1)...]), keeping: "/:")
        if !value.isEmpty { qualifiers.append((part[..<equals].lowercasedASCII().text, value)) }
      }
      if !qualifiers.isEmpty { suffix = "?" + qualifiers.sorted { $0.0 < $1.0 }.map { "\($0)=\($1)" }.joined(separator: "&") + suffix }
      rest = rest[..<mark]
    }
    var version = ""
    if let at = rest.lastIndex(of: 0x40), rest[at...].contains(0x2F) == false, at > rest.startIndex, rest[at - 1] != 0x2F {
      let text = purlEncoded(URLText.percentDecoded(rest[(at + 1)...]), keeping: ":")
      if !text.isEmpty { version = "@" + text }
      rest = rest[..<at]
    }
    var segments = rest.split(separator: 0x2F).map { URLText.percentDecoded($0) }
    guard segments.count >= 2, let first = segments.first, let lead = first.first, lead.isLetter,
      first.allSatisfy({ $0.isAlphanumeric || $0 == 0x2E || $0 == 0x2B || $0 == 0x2D })
    else { throw bad }
    let kind = first.lowercasedASCII().text
    segments.removeFirst()
    guard segments.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0 > 0x1F } }) else { throw bad }
    if segments.count > 1, purlLowerNamespaces.contains(kind) {
      for index in segments.indices.dropLast() { segments[index] = segments[index].lowercasedASCII() }
    }
    if let last = segments.indices.last { segments[last] = purlName(segments[last], of: kind) }
    if kind == "oci" || kind == "huggingface" { version = version.lowercased() }
    let flags = version.isEmpty ? [] : ["version:\(version.dropFirst())"]
    return Observable(type: .purl, canonical: "pkg:\(kind)/" + segments.map { purlEncoded($0) }.joined(separator: "/") + version + suffix, flags: flags)
  }

  /// Types whose namespace is lower-case (purl-spec, types).
  private static let purlLowerNamespaces: Set<String> = [
    "alpm", "apk", "bitbucket", "composer", "deb", "github", "gitlab", "golang", "hex", "luarocks", "npm", "pypi", "qpkg", "rpm",
  ]
  /// Types whose name is lower-case.
  private static let purlLowerNames: Set<String> = [
    "alpm", "apk", "bitbucket", "bitnami", "composer", "deb", "github", "gitlab", "golang", "hex", "luarocks", "npm", "oci", "pub", "pypi",
  ]

  private static func purlName(_ name: [UInt8], of kind: String) -> [UInt8] {
    let name = purlLowerNames.contains(kind) ? name.lowercasedASCII() : name
    return switch kind {
    case "pypi", "hackage": name.map { $0 == 0x5F ? 0x2D : $0 }
    case "pub": name.map { $0.isAlphanumeric ? $0 : 0x5F }
    default: name
    }
  }

  private static func purlEncoded(_ bytes: [UInt8], keeping extra: String = ":") -> String {
    var result: [UInt8] = []
    for byte in bytes {
      if byte.isAlphanumeric || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte) || extra.utf8.contains(byte) {
        result.append(byte)
      } else {
        result += [0x25, UInt8.hexDigit(byte >> 4, upperCase: true), UInt8.hexDigit(byte & 15, upperCase: true)]
      }
    }
    return result.text
  }

  /// Host (lower-case) and path of a web address, with or without scheme; nil when the first part is no host name with a dot.
  static func webAddress(_ text: Bytes) -> (host: String, path: Bytes)? {
    var rest = text
    var hasScheme = false
    for scheme in ["https://", "http://", "ssh://", "git://", "git+https://", "git+ssh://"] {
      if rest.count > scheme.utf8.count, rest.prefix(scheme.utf8.count).lowercasedASCII() == Array(scheme.utf8) {
        rest = rest.dropFirst(scheme.utf8.count)
        hasScheme = true
        break
      }
    }
    let end = rest.firstIndex { $0 == 0x2F || $0 == 0x3F || $0 == 0x23 } ?? rest.endIndex
    var host = rest[..<end]
    if let at = host.lastIndex(of: 0x40) {
      guard hasScheme else { return nil }
      host = host[(at + 1)...]
    }
    if let colon = host.firstIndex(of: 0x3A) { host = host[..<colon] }
    guard host.contains(0x2E), hasScheme || end < rest.endIndex, host.allSatisfy({ $0.isAlphanumeric || $0 == 0x2D || $0 == 0x2E }) else { return nil }
    return (host.lowercasedASCII().text, rest[end...].prefix { $0 != 0x3F && $0 != 0x23 })
  }
}
