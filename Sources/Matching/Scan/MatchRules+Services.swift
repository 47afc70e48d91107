import Indicators

/// Packages, repositories and accounts: names that are looked for only where their service is named.
extension MatchRules {
  /// A URL (with or without scheme) or `git@host:` whose host belongs to a service.
  mutating func service(_ text: LogText, name: [UInt8], hostStart: Int, hostEnd: Int) {
    let host = String(decoding: name, as: UTF8.self)
    var start = hostEnd
    if let port = text.port(after: hostEnd) { start = port.end }
    var segments: [[UInt8]] = []
    var ends: [Int] = []
    if host == "github.com", text[start] == 0x3a || text[start] == 0x2f { start += 1 } else if text[start] == 0x2f { start += 1 } else {
      if host.hasSuffix(".github.io") { pages(text, host, hostStart, hostEnd) }
      return
    }
    while segments.count < 8 {
      var end = start
      while end < text.count, end - start < 214, Self.isSegmentByte(text[end]) { end += 1 }
      guard end > start else { break }
      segments.append(text.slice(start, end))
      ends.append(end)
      guard text[end] == 0x2f else { break }
      start = end + 1
    }
    if host.hasSuffix(".github.io") { pages(text, host, hostStart, hostEnd) }
    for name in ServiceURL.names(host: host, segments: segments) {
      for match in find(.service, name.key) where name.segments <= ends.count {
        emit(match.entry, hostStart, name.segments == 0 ? hostEnd : ends[name.segments - 1], .exact)
      }
    }
  }

  private mutating func pages(_ text: LogText, _ host: String, _ start: Int, _ end: Int) {
    let owner = host.dropLast(".github.io".count)
    guard !owner.contains(".") else { return }
    for match in find(.service, Array("github-account:\(owner)".utf8)) { emit(match.entry, start, end, .exact) }
  }

  private static func isSegmentByte(_ byte: UInt8) -> Bool {
    ASCII.isAlphanumeric(byte) || byte >= 0x80 || "-_.~%@+!$".utf8.contains(byte)
  }

  /// `npm install NAME…`, `node_modules/NAME`, `pkg:pypi/NAME`: `end` is where the cue's last word ends.
  mutating func cues(_ text: LogText, endingAt end: Int) {
    for type in [IndicatorType.npm, .pypi] {
      for cue in ServiceNames.cues(of: type) where ends(text, with: cue, at: end) {
        if text[end] == 0x2f || text[end] == 0x5c {
          packagePath(text, type, end + 1)
        } else if text[end] == 0x20, cue.contains(" ") {
          packageArguments(text, type, end)
        }
      }
    }
  }

  private func ends(_ text: LogText, with cue: String, at end: Int) -> Bool {
    let bytes = Array(cue.utf8)
    guard text.lowercased(end - bytes.count, end) == bytes else { return false }
    return !LiteralText.isWord(text[end - bytes.count - 1])
  }

  private mutating func packagePath(_ text: LogText, _ type: IndicatorType, _ start: Int) {
    var end = start
    while end - start < 214, Self.isPackageByte(text[end]) { end += 1 }
    if type == .npm, text[start] == 0x40 || text.has("%40".utf8, at: start), text[end] == 0x2f {
      end += 1
      while end - start < 214, Self.isPackageByte(text[end]) { end += 1 }
    }
    package(text, type, start, end)
  }

  private mutating func packageArguments(_ text: LogText, _ type: IndicatorType, _ start: Int) {
    var position = start
    var arguments = 0
    while text[position] == 0x20, arguments < 64 {
      while text[position] == 0x20 { position += 1 }
      let begin = position
      while position - begin < 512, text[position] > 0x20, !"\"';|&<>`".utf8.contains(text[position]) { position += 1 }
      guard position > begin else { return }
      arguments += 1
      if text[begin] != 0x2d { package(text, type, begin, position) }
    }
  }

  private mutating func package(_ text: LogText, _ type: IndicatorType, _ start: Int, _ end: Int) {
    guard let name = ServiceURL.package(type, text.slice(start, end)) else { return }
    for match in find(.service, name.key) { emit(match.entry, start, start + name.length, .exact) }
  }

  private static func isPackageByte(_ byte: UInt8) -> Bool {
    ASCII.isAlphanumeric(byte) || byte == 0x2d || byte == 0x5f || byte == 0x2e || byte == 0x40 || byte == 0x25
  }
}

/// What a service's URLs name.
enum ServiceURL {
  /// A key of kind `service`, and how many path segments it took.
  struct Name {
    var key: [UInt8]
    var segments: Int
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
    case "api.github.com":
      if text(0) == "repos" { repository(text(1), text(2), 1, add) }
      if text(0) == "users" || text(0) == "orgs", !text(1).isEmpty { add("github-account:\(text(1))", 2) }
    case "npmjs.com", "npmmirror.com":
      if text(0) == "package" { npm(segments, 1, add) }
    case "registry.npmjs.org", "registry.npmjs.com", "registry.yarnpkg.com", "registry.npmmirror.com", "unpkg.com", "esm.sh",
      "cdn.skypack.dev":
      npm(segments, 0, add)
    case "yarnpkg.com", "classic.yarnpkg.com":
      if let place = segments.firstIndex(where: { $0 == Array("package".utf8) }) { npm(segments, place + 1, add) }
    case "cdn.jsdelivr.net":
      if text(0) == "npm" { npm(segments, 1, add) }
    case "pypi.org", "pypi.python.org", "test.pypi.org":
      if ["project", "simple", "pypi"].contains(text(0)), let name = package(.pypi, segments[safe: 1] ?? []) {
        names.append(Name(key: name.key, segments: 2))
      }
    case "files.pythonhosted.org":
      if let last = segments.last, let name = distribution(last) { names.append(Name(key: name, segments: segments.count)) }
    case "t.me", "telegram.me", "telegram.dog": telegram(segments, text, add)
    default:
      if bare == "linkedin.com" || bare.hasSuffix(".linkedin.com") {
        guard ["in", "company", "school", "pub"].contains(text(0)), !text(1).isEmpty else { break }
        let section = text(0) == "pub" ? "in" : text(0)
        add("linkedin:linkedin.com/\(section)/\(String(decoding: percentDecoded(segments[1]), as: UTF8.self).lowercased())", 2)
      }
    }
    return names
  }

  private static func repository(_ owner: String, _ name: String, _ before: Int, _ add: (String, Int) -> Void) {
    guard !owner.isEmpty else { return }
    add("github-account:\(owner)", before + 1)
    let repository = name.hasSuffix(".git") ? String(name.dropLast(4)) : name
    if !repository.isEmpty { add("github:\(owner)/\(repository)", before + 2) }
  }

  private static func npm(_ segments: [[UInt8]], _ index: Int, _ add: (String, Int) -> Void) {
    guard index < segments.count else { return }
    let first = percentDecoded(segments[index])
    if first.first == 0x40, !first.contains(0x2f), index + 1 < segments.count {
      if let name = package(.npm, first + [0x2f] + segments[index + 1]) { add(String(decoding: name.key, as: UTF8.self), index + 2) }
    } else if let name = package(.npm, first) {
      add(String(decoding: name.key, as: UTF8.self), index + 1)
    }
  }

  private static func telegram(_ segments: [[UInt8]], _ text: (Int) -> String, _ add: (String, Int) -> Void) {
    guard let first = segments.first else { return }
    if first.first == 0x2b { add("telegram-invite:\(String(decoding: first, as: UTF8.self))", 1) }
    if text(0) == "joinchat", segments.count > 1 { add("telegram-invite:+\(String(decoding: segments[1], as: UTF8.self))", 2) }
    let place = text(0) == "s" && segments.count > 1 ? 1 : 0
    add("telegram:\(text(place))", place + 1)
  }

  /// The key of a package name with whatever version or extra follows it, and the length of the name itself.
  static func package(_ type: IndicatorType, _ text: [UInt8]) -> (key: [UInt8], length: Int)? {
    if type == .npm {
      var decoded = percentDecoded(text)
      let isPlain = decoded == text
      if decoded.starts(with: "npm:".utf8) { decoded = Array(decoded.dropFirst(4)) }
      if let at = decoded.dropFirst().firstIndex(of: 0x40) { decoded = Array(decoded[..<at]) }
      if decoded.last == 0x2e || decoded.last == 0x2c { decoded.removeLast() }
      guard !decoded.isEmpty else { return nil }
      return (Array("npm:".utf8) + ASCII.lowercased(decoded), isPlain ? min(decoded.count, text.count) : text.count)
    }
    let name = text.prefix { ASCII.isAlphanumeric($0) || $0 == 0x2d || $0 == 0x5f || $0 == 0x2e }
    guard !name.isEmpty else { return nil }
    return (Array("pypi:".utf8) + normalized(name), name.count)
  }

  /// PEP 503: lower case, runs of `-`, `_` and `.` as one hyphen.
  private static func normalized(_ name: some Sequence<UInt8>) -> [UInt8] {
    var normal: [UInt8] = []
    for byte in name {
      if byte == 0x2d || byte == 0x5f || byte == 0x2e {
        if normal.last != 0x2d { normal.append(0x2d) }
      } else {
        normal.append(ASCII.lowercased(byte))
      }
    }
    while normal.last == 0x2d { normal.removeLast() }
    return normal
  }

  /// The project of `name-1.0-py3-none-any.whl` or `name-1.0.tar.gz`.
  private static func distribution(_ file: [UInt8]) -> [UInt8]? {
    guard let hyphen = file.indices.first(where: { file[$0] == 0x2d && $0 + 1 < file.count && ASCII.isDigit(file[$0 + 1]) }) else {
      return nil
    }
    return Array("pypi:".utf8) + normalized(file[..<hyphen])
  }

  private static func percentDecoded(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(0x25) else { return text }
    return PercentView.decode(text).bytes
  }
}

extension Array {
  subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
