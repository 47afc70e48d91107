import Indicators

/// A package beside its version where no cue says so: in a lock file, a list of requirements, a row of what was installed.
///
/// ```
///  + left-pad@1.3.0     npm, Bun        left-pad@^1.3.0:       Yarn's lock file
///  + left-pad 1.3.0     pnpm            left-pad@npm:1.3.0     Yarn
///   + name==1.4         uv              name[extra]==1.4 \     a list of requirements
/// ```
/// A package in the version that is listed is meant wherever it stands like that. Its name beside any other may be that of something else (a formula
/// of Homebrew, a crate, a variable that is compared): ``nameMode`` says how much it says.
struct PackageRow {
  let type: IndicatorType
  let name: Range<Int>
  let version: Range<Int>
  /// How a name hits that is listed without a version; nil where it says nothing.
  let nameMode: MatchMode?

  /// Most bytes of a name, by npm's rules.
  static let longestName = 214
  /// Most bytes of a version, of blanks, of the extras of a requirement: nothing is gone through by each of many signs.
  static let longestPart = 128

  /// - Parameter sign: where the `@`, the first of two `=`, or the `+` at the row's beginning may stand.
  init?(_ text: LogText, at sign: Int) {
    switch text[sign] {
    case 0x40: self.init(npm: text, at: sign)
    case 0x3d where text[sign + 1] == 0x3d: self.init(requirement: text, at: sign)
    case 0x2b where Border.isBlank(text[sign + 1]): self.init(added: text, at: sign)
    default: return nil
    }
  }

  /// `left-pad@1.3.0`, `@scope/name@npm:^1.3.0`
  private init?(npm text: LogText, at sign: Int) {
    let isNamed = text.has("npm:".utf8, at: sign + 1)
    let start = isNamed ? sign + 5 : sign + 1
    let isRange = text[start] == 0x5e || text[start] == 0x7e
    guard let end = isNamed || isRange ? Self.rangeEnd(text, isRange ? start + 1 : start) : Self.versionEnd(text, start),
      let (name, isOfNpm) = Self.npmName(text, endingAt: Border.withoutColours(text, before: sign))
    else { return nil }
    type = .npm
    self.name = name
    version = start..<end
    nameMode = isNamed || isRange || isOfNpm || Border.isMarked(text, name.lowerBound) ? .exact : .weak
  }

  /// `name==1.4`, with the extras that are asked for before the signs or none.
  private init?(requirement text: LogText, at sign: Int) {
    var start = text[sign + 2] == 0x3d ? sign + 3 : sign + 2
    let gap = Border.withoutBlanks(text, before: sign)
    let next = Border.withoutBlanks(text, behind: start)
    let isApart = Border.holdsBlank(text, gap..<sign) || Border.holdsBlank(text, start..<next)
    start = next
    guard let end = Self.requirementEnd(text, start), let name = Self.pypiName(text, endingAt: gap) else { return nil }
    let isMarked = Border.isMarked(text, name.lowerBound)
    let isRow = (isMarked || Border.isRowStart(text, name.lowerBound)) && Border.isRowEnd(text, end)
    let hasDot = (start..<end).contains { text[$0] == 0x2e }
    // Programs write comparisons like that as well, of whole numbers above all.
    guard isMarked && isRow || hasDot && (isRow || !isApart) else { return nil }
    type = .pypi
    self.name = name
    version = start..<end
    nameMode = isRow ? .exact : nil
  }

  /// `+ left-pad 1.3.0`
  private init?(added text: LogText, at sign: Int) {
    guard Border.isRowStart(text, sign) else { return nil }
    let start = Border.withoutBlanks(text, behind: sign + 1)
    var end = start
    while end - start < Self.longestName, Self.isNameByte(text[end]) || text[end] == 0x2f || text[end] == 0x40 && end == start { end += 1 }
    let versionStart = Border.withoutBlanks(text, behind: end)
    guard versionStart > end, let versionEnd = Self.versionEnd(text, versionStart), let (name, _) = Self.npmName(text, endingAt: end),
      name.lowerBound == start, Border.isRowEnd(text, versionEnd)
    else { return nil }
    type = .npm
    self.name = name
    version = versionStart..<versionEnd
    nameMode = .exact
  }

  // MARK: Names

  /// Most bytes of a key: what begins it, a scope and a name.
  static let longestKey = 2 * longestName + 16

  /// The bytes of the key of kind `service` under which the package is listed, letters in the text's case. In the folders of pnpm a `+` stands for the
  /// slash behind a scope; a project of PyPI has one hyphen for each run of `-`, `_` and `.` (PEP 503).
  @inline(__always) func visitKey(of text: LogText, _ visit: (UInt8) -> Void) {
    let isNpm = type == .npm
    (isNpm ? "npm:" as StaticString : "pypi:").withUTF8Buffer { prefix in
      for index in 0..<prefix.count { unsafe visit(prefix[index]) }
    }
    for place in name {
      let byte = text[place]
      if isNpm {
        visit(byte == 0x2b ? 0x2f : byte)
      } else if !Self.isSeparator(byte) {
        visit(byte)
      } else if !Self.isSeparator(text[place - 1]) {
        visit(0x2d)
      }
    }
  }

  private static func isSeparator(_ byte: UInt8) -> Bool { byte == 0x2d || byte == 0x5f || byte == 0x2e }

  /// The package's name that ends at a place, with its scope, and whether what stands around it is npm's alone.
  private static func npmName(_ text: LogText, endingAt end: Int) -> (name: Range<Int>, isOfNpm: Bool)? {
    var start = nameStart(text, end)
    guard start < end, ASCII.isAlphanumeric(text[start]) else { return nil }
    var isScoped = false
    // In the folders of pnpm a `+` stands for the slash.
    if text[start - 1] == 0x2f || text[start - 1] == 0x2b {
      let scope = nameStart(text, start - 1)
      if scope < start - 1, text[scope - 1] == 0x40 {
        if text[start - 1] == 0x2b, !Border.isInStore(text, scope - 1) { return nil }
        isScoped = true
        start = scope - 1
      }
    }
    guard Border.mayBegin(text, start) else { return nil }
    return (start..<end, isScoped || text[start - 1] == 0x3a || Border.isInStore(text, start))
  }

  private static func pypiName(_ text: LogText, endingAt end: Int) -> Range<Int>? {
    var end = end
    if text[end - 1] == 0x5d {
      let close = end
      repeat { end -= 1 } while close - end < longestPart && text[end] != 0x5b && text[end] >= 0x20 && text[end] != 0x22
      guard text[end] == 0x5b else { return nil }
    }
    let start = nameStart(text, end)
    guard start < end, ASCII.isAlphanumeric(text[start]), ASCII.isAlphanumeric(text[end - 1]) else { return nil }
    return Border.mayBegin(text, start) && text[start - 1] != 0x2f ? start..<end : nil
  }

  private static func nameStart(_ text: LogText, _ end: Int) -> Int {
    var start = end
    while end - start < longestName, isNameByte(text[start - 1]) { start -= 1 }
    return start
  }

  private static func isNameByte(_ byte: UInt8) -> Bool { ASCII.isHostCharacter(byte) || byte == 0x2e || byte == 0x7e }

  // MARK: Versions

  /// Three numbers, and what may follow them (Semantic Versioning 2.0.0). With a fourth it is an address.
  private static func versionEnd(_ text: LogText, _ start: Int) -> Int? {
    var end = start
    for number in 0..<3 {
      let first = end
      while ASCII.isDigit(text[end]), end - first < longestPart { end += 1 }
      guard end > first else { return nil }
      if number < 2 {
        guard text[end] == 0x2e else { return nil }
        end += 1
      }
    }
    guard text[end] == 0x2d || text[end] == 0x2b else { return Border.mayEnd(text, end) ? end : nil }
    return rangeEnd(text, start).flatMap { isHost(text, end..<$0) ? nil : $0 }
  }

  /// Whether what follows the numbers reads like the rest of a host: `mail@11.22.33-static.isp.example`.
  private static func isHost(_ text: LogText, _ suffix: Range<Int>) -> Bool {
    guard let dot = suffix.last(where: { text[$0] == 0x2e }) else { return false }
    return !((dot + 1)..<suffix.upperBound).contains { ASCII.isDigit(text[$0]) }
  }

  /// A version of any form, or the rest of a range: `1`, `1.x`, `1.3.0-rc.1`.
  private static func rangeEnd(_ text: LogText, _ start: Int) -> Int? {
    numberEnd(text, start) { ASCII.isAlphanumeric($0) || $0 == 0x2d || $0 == 0x2e || $0 == 0x2b || $0 == 0x2a }
  }

  /// A version by PEP 440, or the beginning of several: `1.4`, `1.*`, `1!2.0.post1`.
  private static func requirementEnd(_ text: LogText, _ start: Int) -> Int? {
    numberEnd(text, start) { ASCII.isHostCharacter($0) || $0 == 0x2e || $0 == 0x2b || $0 == 0x2a || $0 == 0x21 }
  }

  /// Where a text ends that begins with a digit, without what ends the sentence.
  @inline(__always) private static func numberEnd(_ text: LogText, _ start: Int, of isPart: (UInt8) -> Bool) -> Int? {
    guard ASCII.isDigit(text[start]) else { return nil }
    var end = start
    while end - start < longestPart, isPart(text[end]) { end += 1 }
    while text[end - 1] == 0x2e || text[end - 1] == 0x21 { end -= 1 }
    return Border.mayEnd(text, end) ? end : nil
  }
}
