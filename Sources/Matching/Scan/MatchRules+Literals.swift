import Indicators

extension MatchRules {
  /// Paths, file names, registry keys, mutexes and other texts whose last word ends before `end`.
  mutating func literals(_ text: LogText, endingAt end: Int) {
    literalMatches.removeAll(keepingCapacity: true)
    unsafe lookup.literals(endingAt: end, in: text.bytes, memory: &literalMemory, into: &literalMatches)
    if !literalMatches.isEmpty { asked.append(end) }
    for match in literalMatches {
      let end = match.start + match.listed.literal.count
      if let mode = LiteralRules.mode(text, type: match.listed.type, role: match.role, match: match.listed.match, start: match.start, end: end) {
        emit(match.entry, match.start, end, mode)
      }
    }
    if features.contains(.services) { cues(text, endingAt: end) }
  }
}

/// What must stand around a literal, and how strong it is there.
enum LiteralRules {
  /// Whether the literal stands at a place, letters compared caseless and `/` as `\`; the type's own case rule comes later.
  static func stands(_ literal: [UInt8], at start: Int, in text: UnsafeRawBufferPointer) -> Bool {
    guard start + literal.count <= text.count else { return false }
    for index in literal.indices {
      let own = unsafe text[start + index]
      if own != literal[index], slashes(ASCII.lowercased(own)) != slashes(ASCII.lowercased(literal[index])) { return false }
    }
    return true
  }

  private static func slashes(_ byte: UInt8) -> UInt8 { byte == 0x2f ? 0x5c : byte }

  static func mode(
    _ text: LogText, type: IndicatorType, role: KeyRole, match: [UInt8], start: Int, end: Int
  ) -> MatchMode? {
    let before = text[start - 1]
    let after = text[end]
    switch type {
    case .filename:
      guard !extendsName(before), !continues(text, end) else { return nil }
      return .exact
    case .pathWindows:
      guard !continues(text, end), after != 0x5c || text[end + 1] <= 0x22 else { return nil }
      if role.isTail { return .suffix }
      return LiteralText.isWord(before) ? nil : .exact
    case .pathPOSIX:
      guard text.has(role == .pathTail ? match.drop { $0 != 0x2f } : match[...], at: start), !continues(text, end), after != 0x2f || text[end + 1] <= 0x22
      else { return nil }
      if role == .pathTail { return .suffix }
      if !extendsName(before), before != 0x2f { return .exact }
      // Below another root: only a path of several names says enough.
      return match.count { $0 == 0x2f } >= 2 && !text.isAfterScheme(hostStart(text, start)) ? .suffix : nil
    case .registry:
      guard !continues(text, end), hasHive(text, match, before: start) else { return nil }
      return after == 0x5c && LiteralText.isWord(text[end + 1]) ? .prefix : .exact
    case .userAgent:
      let shown = role == .plusForSpace ? match.map { $0 == 0x20 ? 0x2b : $0 } : match
      guard text.has(shown, at: start), isValueStart(text, start), isValueEnd(text, end) else { return nil }
      return .exact
    case .cve:
      // In the name of an exploit too: `CVE-2026-12345-poc`, `exploit_CVE-2026-12345.py`.
      return !LiteralText.isWord(before) && !LiteralText.isWord(after) ? .exact : nil
    case .mutex, .ssdeep:
      guard text.has(match, at: start) else { return nil }
      return !extendsWord(before) && !continues(text, end) ? .exact : nil
    default:
      return !extendsWord(before) && !continues(text, end) ? .exact : nil
    }
  }

  /// Whether a byte before a name makes it part of a longer one.
  private static func extendsName(_ byte: UInt8) -> Bool {
    LiteralText.isWord(byte) || byte == 0x2d || byte == 0x5f || byte == 0x2e
  }

  private static func extendsWord(_ byte: UInt8) -> Bool { LiteralText.isWord(byte) || byte == 0x5f || byte == 0x2d }

  /// Whether what follows belongs to the same name: a word byte, `-`, `_`, or a dot and one of these.
  private static func continues(_ text: LogText, _ end: Int) -> Bool {
    let after = text[end]
    if LiteralText.isWord(after) || after == 0x2d || after == 0x5f { return true }
    return after == 0x2e && (LiteralText.isWord(text[end + 1]) || text[end + 1] == 0x2d || text[end + 1] == 0x5f)
  }

  /// Where a host would begin if the path from `start` on were the path of a URL.
  private static func hostStart(_ text: LogText, _ start: Int) -> Int {
    var position = start
    while position > max(0, start - 256), ASCII.isURLCharacter(text[position - 1]) {
      if text[position - 1] == 0x2f, text[position - 2] == 0x2f { return position }
      position -= 1
    }
    return start
  }

  /// A value of its own, not the middle of a longer one: user agents begin each other.
  private static func isValueStart(_ text: LogText, _ start: Int) -> Bool {
    let before = text[start - 1]
    if "\"'\t|=:>[{\n\r^\u{1f}".utf8.contains(before) { return true }
    return before == 0x20 && (text[start - 2] == 0x3a || text[start - 2] == 0x2c || !LiteralText.isWord(text[start]) || isColumn(text[start - 2]))
  }

  private static func isColumn(_ byte: UInt8) -> Bool { ASCII.isDigit(byte) || byte == 0x2d || byte == 0x22 || byte == 0x5d }

  private static func isValueEnd(_ text: LogText, _ end: Int) -> Bool {
    let after = text[end]
    if "\"'\t|\n\r\\}],<&^\u{1f}".utf8.contains(after) { return true }
    guard after == 0x20 else { return false }
    // Unquoted: the next column, not the next word of the same agent.
    return ASCII.isDigit(text[end + 1]) || text[end + 1] == 0x2d || text[end + 1] == 0x0a || text[end + 1] == 0x22 || isKey(text, end + 1)
  }

  /// Whether the next `key=` stands at a place, as in CEF, whose values have blanks and no quotes.
  private static func isKey(_ text: LogText, _ start: Int) -> Bool {
    var end = start
    while end < start + 64, ASCII.isHostCharacter(text[end]) || text[end] == 0x2e { end += 1 }
    return end > start && text[end] == 0x3d
  }

  private static func hasHive(_ text: LogText, _ match: [UInt8], before start: Int) -> Bool {
    let hive = String(decoding: match.prefix { $0 != 0x5c }, as: UTF8.self)
    var word = start
    while word > max(0, start - 200), text[word - 1] != 0x5c, text[word - 1] != 0x2f, text[word - 1] > 0x20, text[word - 1] != 0x22,
      text[word - 1] != 0x3d, text[word - 1] != 0x27, !"[({<>,;|`".utf8.contains(text[word - 1])
    {
      // `Key:HKCU\Software`; PowerShell's own colon stands at the end.
      if text[word - 1] == 0x3a, word < start { break }
      word -= 1
    }
    let component = String(decoding: text.lowercased(word, start), as: UTF8.self)
    if hive == "hkey_current_user", component.hasPrefix("s-1-") { return true }
    return LiteralKeys.hives.contains { $0.canonical == hive && $0.aliases.contains(component) }
  }
}
