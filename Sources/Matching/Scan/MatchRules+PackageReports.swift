import Indicators

/// Packages in what package managers tell of their work (``PackageReport``).
extension MatchRules {
  /// Most packages of one list that are looked at.
  private static var longestList: Int { 256 }

  mutating func packages(_ text: LogText, _ type: IndicatorType, _ report: PackageReport, cueStart: Int, cueEnd: Int) {
    if case .script = report { return script(text, type, before: cueStart) }
    var start = cueEnd
    if text[start] == 0x3a { start += 1 }
    guard text[start] == 0x20 else { return }
    start += 1
    let wordEnd = Self.wordEnd(text, start)
    let end = Self.withoutComma(text, start, wordEnd)
    guard end > start else { return }
    switch report {
    case .requirement: if Self.endsRequirement(text, start, wordEnd) { package(text, type, start, end) }
    case .name: package(text, type, start, end)
    case .branch: if Self.hasVersion(text, start, end) { package(text, type, start, end) }
    case .distribution: distribution(text, start, end)
    case .list: packageList(text, from: start) { PackageMention(type, $0) }
    case .installed: packageList(text, from: start) { PackageMention(installed: $0) }
    case .nameAndVersion: if text[wordEnd] == 0x20 { package(text, start, end, versionStart: wordEnd + 1, Self.wordEnd(text, wordEnd + 1)) }
    case .itemWithVersion: item(text, cueStart, start, end)
    case .script: break
    }
  }

  /// A file's name, the last of a path, or of a URL at a mirror.
  private mutating func distribution(_ text: LogText, _ start: Int, _ wordEnd: Int) {
    var end = wordEnd
    while text[end] == 0x5c, end - start < 256 { end = Self.wordEnd(text, end + 1) }
    let word = text.slice(start, end)
    let pathEnd = word.firstIndex { $0 == 0x3f || $0 == 0x23 } ?? word.endIndex
    let file = word[..<pathEnd].lastIndex { $0 == 0x2f || $0 == 0x5c }.map { $0 + 1 } ?? word.startIndex
    package(PackageMention(distribution: Array(word[file..<pathEnd])), start + file, start + pathEnd)
  }

  private mutating func package(_ text: LogText, _ start: Int, _ end: Int, versionStart: Int, _ versionEnd: Int) {
    package(PackageMention(pypiName: text.slice(start, end)[...], version: text.slice(versionStart, versionEnd)[...]), start, versionEnd)
  }

  /// `  - Installing NAME (1.2)`, with a hyphen or a bullet (U+2022): other installers write other things around it.
  private mutating func item(_ text: LogText, _ cueStart: Int, _ start: Int, _ end: Int) {
    guard text.has("- ".utf8, at: cueStart - 2) || text.has("• ".utf8, at: cueStart - 4), text.has(" (".utf8, at: end) else { return }
    let versionEnd = Self.wordEnd(text, end + 2)
    if text[versionEnd - 1] == 0x29 { package(text, start, end, versionStart: end + 2, versionEnd - 1) }
  }

  /// Words between blanks, or between commas and blanks. What follows another cue is read behind that: each would else be read for all before it.
  private mutating func packageList(_ text: LogText, from first: Int, _ mention: ([UInt8]) -> PackageMention?) {
    var start = first
    for _ in 0..<Self.longestList {
      let end = Self.wordEnd(text, start)
      guard end > start, Self.cuesThatEnd(at: end, in: text).isEmpty else { return }
      let nameEnd = Self.withoutComma(text, start, end)
      package(mention(text.slice(start, nameEnd)), start, nameEnd)
      guard text[end] == 0x20 else { return }
      start = end + 1
    }
  }

  /// `> NAME@1.2.0 postinstall`
  private mutating func script(_ text: LogText, _ type: IndicatorType, before cueStart: Int) {
    guard text[cueStart - 1] == 0x20 else { return }
    let end = cueStart - 1
    var start = end
    while end - start < 256, start > 0, Self.isWordByte(text[start - 1]) { start -= 1 }
    if Self.hasVersion(text, start, end) { package(text, type, start, end) }
  }

  private static func hasVersion(_ text: LogText, _ start: Int, _ end: Int) -> Bool { text.slice(start, end).dropFirst().contains(0x40) }

  /// Whether a requirement ends its line or value, says more than a name, or is followed by who asks for it.
  private static func endsRequirement(_ text: LogText, _ start: Int, _ end: Int) -> Bool {
    text[end] < 0x20 || text[end] == 0x22 || text[end] == 0x5c || text.has(" (from ".utf8, at: end)
      || text.slice(start, end).contains { "=<>!~[".utf8.contains($0) }
  }

  private static func withoutComma(_ text: LogText, _ start: Int, _ end: Int) -> Int {
    var end = end
    while end > start, ",:;".utf8.contains(text[end - 1]) { end -= 1 }
    return end
  }

  private static func wordEnd(_ text: LogText, _ start: Int) -> Int {
    var end = start
    while end - start < 256, end < text.count, isWordByte(text[end]) { end += 1 }
    return end
  }

  private static func isWordByte(_ byte: UInt8) -> Bool { byte > 0x20 && byte != 0x22 && byte != 0x27 && byte != 0x5c }
}
