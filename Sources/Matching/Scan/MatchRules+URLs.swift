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
      // A scheme begins with a letter: `(compatible; Bot/1.0; +http://…)`.
      while start < authority - 4, !ASCII.isAlphanumeric(text[start]) || ASCII.isDigit(text[start]) { start += 1 }
    } else if [0x2f, 0x5c, 0x40, 0x2e].contains(text[hostStart - 1]), !(text[hostStart - 1] == 0x2f && text[hostStart - 2] == 0x2f) {
      return
    }
    if start == hostStart {
      // Without a scheme a bare host is a host: a URL indicator is never promoted to its name.
      let rest = text.port(after: hostEnd)?.end ?? hostEnd
      guard text[rest] == 0x2f || text[rest] == 0x3f else { return separatedURL(text, host: hostStart..<hostEnd, fieldEnd: rest) }
    }
    let limit = hostStart + text.longestURL(from: start)
    guard mayBegin(text, hostStart, hostEnd, limit) else { return }
    var end = hostEnd
    while end < limit, end < text.count, ASCII.isURLCharacter(text[end]) { end += 1 }
    if text[end] == 0x5c, text[end + 1] == 0x2f || text[end + 1] == 0x75 { return }
    let ends = urlEnds(text, start: start, hostEnd: hostEnd, end: end)
    // The whole URL without a bracket behind it says more than its path with one.
    var keys: [(key: [UInt8], end: Int)] = []
    for cut in ends.trimmed {
      for reading in Self.readings(text.slice(start, cut)) {
        guard let key = key(reading) else { continue }
        if isWholeURL(key, start: start, end: cut) { return }
        keys.append((key, cut))
      }
    }
    for (key, cut) in keys where tryURL(key, start: start, end: cut) { return }
    for cut in ends.inner {
      if let key = key(text.slice(start, cut)), tryURL(key, start: start, end: cut) { return }
    }
  }

  /// Whether any URL indicator begins with this host and the first bytes of this path, where that can be told from the text as it stands.
  private func mayBegin(_ text: LogText, _ hostStart: Int, _ hostEnd: Int, _ limit: Int) -> Bool {
    guard !features.contains(.prefixURLs), let length = text.urlStartLength(hostStart, hostEnd),
      // The number forms of an address, and those of IPv6, stand otherwise in a key.
      !ASCII.isDigit(text[hostStart]), text[hostStart] != 0x5b
    else { return true }
    let start = text.lowercased(hostStart, hostEnd) + text.slice(hostEnd, hostStart + length)
    return lookup.mayHold(.urlStart, start) || text.pathEnd(from: hostEnd, to: limit).isDetour
  }

  /// The URL as far as it may reach, then without what a sentence, a list or the next parameter puts behind it.
  private func urlEnds(_ text: LogText, start: Int, hostEnd: Int, end: Int) -> (trimmed: [Int], inner: [Int]) {
    var ends = [end]
    var inner: [Int] = []
    var trimmed = end
    while trimmed > hostEnd {
      let length = Self.closingMark(text, endingAt: trimmed)
      guard length > 0, trimmed - length >= hostEnd else { break }
      trimmed -= length
      if ends.count < 16 { ends.append(trimmed) }
    }
    var position = hostEnd
    let isParameter = text[start - 1] == 0x3d
    while position < trimmed, ends.count + inner.count < 24 {
      let byte = text[position]
      if byte == 0x26, ClosingEntity.stands(in: text, at: position) {
        ends.append(position)
      } else if byte == 0x2c || byte == 0x3b || byte == 0x27 || byte == 0x29 || (byte == 0x26 && isParameter) {
        inner.append(position)
      }
      position += 1
    }
    return (ends, inner)
  }

  /// How many bytes before `end` are a mark that closes a sentence, a quotation or a bracket; 0 for none.
  private static func closingMark(_ text: LogText, endingAt end: Int) -> Int {
    if ").,;:!?'*]".utf8.contains(text[end - 1]) { return 1 }
    guard text[end - 1] >= 0x80, let scalar = text.scalar(before: end) else { return 0 }
    switch scalar {
    case 0xbb: return 2
    case 0x2019, 0x201d, 0x2026, 0x3001, 0x3002, 0x300b, 0x300d, 0x300f, 0x3011, 0xff01, 0xff09, 0xff0c, 0xff0e, 0xff1a, 0xff1b, 0xff1f: return 3
    default: return 0
    }
  }

  /// A URL as it stands, and as XML or HTML means it.
  private static func readings(_ url: [UInt8]) -> [[UInt8]] {
    let entity = Array("&amp;".utf8)
    guard url.contains(0x3b), url.firstRange(of: entity) != nil else { return [url] }
    return [url, Array(url.split(separator: entity, omittingEmptySubsequences: false).joined(separator: [0x26]))]
  }

  /// The match key of a reading; nil for what is no URL or no indicator's.
  private func key(_ bytes: [UInt8]) -> [UInt8]? {
    if let plain = LogURL.plainKey(bytes), !mayHold(url: plain) { return nil }
    return LogURL.key(bytes)
  }

  /// Whether a reading is an indicator as it stands.
  mutating func isWholeURL(_ key: [UInt8], start: Int, end: Int) -> Bool {
    let found = find(.url, key)
    guard found.contains(where: { $0.role != .withoutQuery }) else { return false }
    for match in found { emit(match.entry, start, end, match.role == .withoutQuery ? .weak : .exact) }
    return true
  }

  /// Whether a reading hit anything: the full URL, else weaker forms of it.
  mutating func tryURL(_ key: [UInt8], start: Int, end: Int) -> Bool {
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

  /// Whether the filter holds any key that ``tryURL(_:start:end:)`` would look up for a URL of this key.
  private func mayHold(url key: [UInt8]) -> Bool {
    if features.contains(.prefixURLs) || lookup.mayHold(.url, key) { return true }
    var path = key
    if let query = key.firstIndex(of: 0x3f) {
      path.removeSubrange(query...)
      if lookup.mayHold(.url, path) { return true }
    }
    if path.last == 0x2f { path.removeLast() } else { path.append(0x2f) }
    return lookup.mayHold(.url, path)
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

/// What ends a URL, as XML and HTML write it: `href=&quot;http://evil.example/a&quot;&gt;`.
private enum ClosingEntity {
  private static let names = Set(
    ["quot", "lt", "gt", "apos", "#9", "#10", "#13", "#34", "#39", "#60", "#62", "#x9", "#xa", "#xd", "#x22", "#x27", "#x3c", "#x3e"].map { Array($0.utf8) })

  /// - Parameter start: of an ampersand. Behind most there is no semicolon near: they part the parameters of a query.
  static func stands(in text: LogText, at start: Int) -> Bool {
    var end = start + 3
    while end < start + 5, text[end] != 0x3b { end += 1 }
    return text[end] == 0x3b && names.contains(text.lowercased(start + 1, end))
  }
}

extension IndicatorLookup {
  /// Whether an entry is a URL that a range of a log does not mean as it stands: escapes in a host change nothing, others may belong to another URL.
  func isOtherURL(_ entry: Int, _ range: Range<Int>, of text: LogText) -> Bool {
    guard type(of: entry) == .url else { return false }
    // With an escape behind it the URL goes on.
    guard text[range.upperBound] != 0x25, let key = LogURL.key(text.slice(range.lowerBound, range.upperBound)) else { return true }
    return texts(of: entry)?.match != key
  }
}

extension LogText {
  /// The length of a URL's beginning (``URLParts/starts(ofKey:)``) as it stands in the text; nil when its path has to be normalised to know.
  func urlStartLength(_ start: Int, _ end: Int) -> Int? {
    guard self[end] == 0x2f, self[start - 1] != 0x40, self[end + 1] != 0x2e else { return nil }
    var place = end + 1
    while place <= end + Limits.urlStart {
      switch self[place] {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x24, 0x2b, 0x2d, 0x2e, 0x3a, 0x3d, 0x40, 0x5f, 0x7e: place += 1
      // `/x.?` may be the end of a sentence.
      case 0x3f where mayCloseSentence(place - 1): return nil
      case 0x2f, 0x3f, 0x23: return place - start
      case let byte:
        // What ends a URL ends its path; a full stop before it may be the sentence's.
        return ASCII.isURLCharacter(byte) || byte == 0x5c || mayCloseSentence(place - 1) ? nil : place - start
      }
    }
    return mayCloseSentence(place - 1) ? nil : place - start
  }

  private func mayCloseSentence(_ place: Int) -> Bool { self[place] == 0x2e || self[place] == 0x3a }
}

/// URLs as logs hold them.
package enum LogURL {
  /// The match key of a URL; nil for what is none.
  static func key(_ bytes: [UInt8]) -> [UInt8]? {
    guard let observable = try? Canonicalizer.canonicalize(String(decoding: bytes, as: UTF8.self), as: .url) else { return nil }
    return Array(observable.match.utf8)
  }

  /// The key, if it is a URL at all, of one that has nothing to normalise but its scheme and the case of its host: what most are, told at a
  /// fraction of the cost. A host that many strangers' URLs share (and one listed URL) would else cost a canonicalisation a line.
  ///
  /// Nil for all others: user information, ports, escapes, dot segments, numeric and international hosts, other schemes.
  package static func plainKey(_ bytes: [UInt8]) -> [UInt8]? {
    var start = 0
    if let colon = bytes.prefix(6).firstIndex(of: 0x3a) {
      let scheme = ASCII.lowercased(bytes[..<colon])
      guard scheme == Array("http".utf8) || scheme == Array("https".utf8), bytes.count > colon + 3, bytes[colon + 1] == 0x2f,
        bytes[colon + 2] == 0x2f
      else { return nil }
      start = colon + 3
    }
    var end = start
    var lastDot = start
    while end < bytes.count, ASCII.isHostCharacter(bytes[end]) || bytes[end] == 0x2e {
      if bytes[end] == 0x2e {
        guard end > lastDot || lastDot == start && end > start else { return nil }
        lastDot = end + 1
      }
      end += 1
    }
    // A last label that begins with a digit may be an address; `xn--` is checked by the canonicaliser.
    guard lastDot > start, lastDot < end, !ASCII.isDigit(bytes[lastDot]), end - start <= Limits.nameLength else { return nil }
    var key = ASCII.lowercased(bytes[start..<end])
    if key.indices.dropLast(3).contains(where: { key[$0] == 0x78 && key[$0 + 1] == 0x6e && key[$0 + 2] == 0x2d && key[$0 + 3] == 0x2d }) { return nil }
    if end == bytes.count { return key + [0x2f] }
    guard bytes[end] == 0x2f else { return nil }
    var hasQuery = false
    for index in end..<bytes.count {
      switch bytes[index] {
      case 0x2f: if !hasQuery, index + 1 < bytes.count, bytes[index + 1] == 0x2e { return nil }
      case 0x3f:
        if index + 1 == bytes.count { return nil }
        hasQuery = true
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e, 0x3d, 0x26, 0x2b, 0x2c, 0x3a, 0x3b, 0x40, 0x21, 0x24, 0x28, 0x29, 0x2a: break
      default: return nil
      }
    }
    key += bytes[end...]
    return key
  }
}
