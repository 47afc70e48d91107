import Indicators

extension MatchRules {
  /// The URL whose host is a token that some URL indicator has. Without a listed host nobody comes here.
  mutating func url(_ text: LogText, hostStart: Int, hostEnd: Int) {
    var start = hostStart
    if let authority = text.authorityStart(before: hostStart) {
      start = authority - 3
      guard text[start] == 0x3a else { return }  // `:\/\/`: the JSON view reads it
      while start > max(0, authority - 20), ASCII.isAlphanumeric(text[start - 1]) || text[start - 1] == 0x2b || text[start - 1] == 0x2d {
        start -= 1
      }
    } else if [0x2f, 0x5c, 0x40, 0x2e].contains(text[hostStart - 1]), !(text[hostStart - 1] == 0x2f && text[hostStart - 2] == 0x2f) {
      return
    }
    var end = hostEnd
    while end < hostStart + Limits.urlLength, end < text.count, ASCII.isURLCharacter(text[end]) { end += 1 }
    if text[end] == 0x5c, text[end + 1] == 0x2f || text[end + 1] == 0x75 { return }
    for cut in urlEnds(text, hostEnd: hostEnd, end: end) where tryURL(text, start: start, hostStart: hostStart, end: cut) { return }
  }

  /// The URL as far as it may reach, then without what a sentence or a list puts behind it.
  private func urlEnds(_ text: LogText, hostEnd: Int, end: Int) -> [Int] {
    var ends = [end]
    var trimmed = end
    while trimmed > hostEnd, ").,;:!?'*]".utf8.contains(text[trimmed - 1]) {
      trimmed -= 1
      if ends.count < 16 { ends.append(trimmed) }
    }
    var position = hostEnd
    while position < trimmed, ends.count < 24 {
      if ",;')".utf8.contains(text[position]) { ends.append(position) }
      position += 1
    }
    return ends
  }

  /// Whether this reading hit anything: the full URL, else weaker forms of it.
  private mutating func tryURL(_ text: LogText, start: Int, hostStart: Int, end: Int) -> Bool {
    let bytes = text.slice(start, end)
    guard let key = LogURL.key(bytes) else { return false }
    var isHit = false
    func note(_ mode: MatchMode, _ match: KeyMatch, _ rules: inout Self) {
      rules.emit(match.entry, start, end, mode)
      isHit = true
    }
    for match in find(.url, key) { note(match.role == .withoutQuery ? .weak : .exact, match, &self) }
    if isHit { return true }
    let path = key.firstIndex(of: 0x3f).map { Array(key[..<$0]) } ?? key
    if path.count < key.count {
      for match in find(.url, path) { note(match.role == .withoutQuery ? .weak : .exact, match, &self) }
    }
    if !isHit, let hostEnd = path.firstIndex(of: 0x2f) {
      if path.last != 0x2f {
        for match in find(.url, path + [0x2f]) where match.role == .whole { note(.weak, match, &self) }
      } else if path.count > hostEnd + 1 {
        for match in find(.url, Array(path.dropLast())) where match.role == .whole { note(.weak, match, &self) }
      }
    }
    if features.contains(.prefixURLs) { prefixes(path) { note(.prefix, $0, &$1) } }
    return isHit
  }

  /// Indicators that asked for everything below their path.
  private mutating func prefixes(_ path: [UInt8], _ note: (KeyMatch, inout Self) -> Void) {
    var tries = 0
    for index in path.indices.reversed() where path[index] == 0x2f && tries < 32 {
      tries += 1
      for key in [Array(path[...index]), Array(path[..<index])] where key.count < path.count {
        for match in find(.url, key) where match.role == .whole && lookup.mode(of: match.entry) == .prefix { note(match, &self) }
      }
    }
  }
}

/// URLs as logs hold them.
enum LogURL {
  /// The match key of a URL; nil for what is none.
  static func key(_ bytes: [UInt8]) -> [UInt8]? {
    guard let observable = try? Canonicalizer.canonicalize(String(decoding: bytes, as: UTF8.self), as: .url) else { return nil }
    return Array(observable.match.utf8)
  }
}
