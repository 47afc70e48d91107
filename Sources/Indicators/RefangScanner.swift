/// The refang grammar (C.1 of the normaliser's specification), one pass from left to right.
///
/// At each position the rules are tried in order: scheme, at sign, colon, dot, bracketed `www`, invisible character. A rule looks
/// ahead a bounded number of characters, and behind only at what was written last.
struct RefangScanner {
  private let input: [Unicode.Scalar]
  private(set) var output: [Unicode.Scalar] = []
  private(set) var styles: Set<String> = []
  private var position = 0
  /// The token (run without white space) around ``position``.
  private var token = Token(start: 0, end: 0)

  /// Spaces that a bracket may hold on each side.
  private static let innerSpaces = 3

  /// The bracket that closes what `scalar` opens; nil when it is no opening bracket.
  private static func closer(of scalar: Unicode.Scalar) -> Unicode.Scalar? {
    switch scalar {
    case "[": "]"
    case "(": ")"
    case "{": "}"
    case "<": ">"
    case "［": "］"
    case "（": "）"
    case "｛": "｝"
    case "＜": "＞"
    default: nil
    }
  }

  private static func isCloser(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "]", ")", "}", ">", "］", "）", "｝", "＞": true
    default: false
    }
  }
  /// The host that ``completesHost(_:)`` looked at last: where it ends, and what it said.
  private var judged = (end: 0, answer: false)

  private struct Token {
    var start: Int
    var end: Int
    var hasAt = false
    var isURL = false
    var isIPv6 = false
    /// Backslashes that stand for something other than `\.`.
    var hasOtherBackslash = false
    var hasInvisible = false
  }

  init(_ input: [Unicode.Scalar]) {
    self.input = input
    output.reserveCapacity(input.count)
  }

  private func at(_ index: Int) -> Unicode.Scalar? { index >= 0 && index < input.count ? input[index] : nil }

  mutating func run() {
    while position < input.count {
      if position >= token.end { enterToken() }
      // Inside a word no rule begins.
      if IndicatorShape.isAlphanumeric(input[position]), let before = output.last, IndicatorShape.isAlphanumeric(before) {
        output.append(input[position])
        position += 1
        continue
      }
      if scheme() || atSign() || colon() || dot() || bracketedWWW() || entity() || invisible() { continue }
      output.append(input[position])
      position += 1
    }
  }

  // MARK: Tokens

  private mutating func enterToken() {
    if Self.isSpace(input[position]) {
      token = Token(start: position, end: position + 1)
      return
    }
    var end = position
    var next = Token(start: position, end: position)
    var isAddress = true
    var colons = 0
    while end < input.count, !Self.isSpace(input[end]) {
      let scalar = input[end]
      if scalar == "\\", at(end + 1) != "." { next.hasOtherBackslash = true }
      if scalar == "@" || scalar == "＠" { next.hasAt = true }
      if scalar == ":" { colons += 1 }
      if Self.isInvisible(scalar) { next.hasInvisible = true }
      if isAddress, !(IndicatorShape.isHexadecimal(scalar) || scalar == ":" || scalar == "." || Self.closer(of: scalar) != nil || Self.isCloser(scalar)) {
        isAddress = false
      }
      end += 1
    }
    next.end = end
    next.isIPv6 = isAddress && colons >= 2
    token = next
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\n" || scalar == "\t" || scalar == "\r" || (scalar.value > 0x7F && scalar.isSpace)
  }

  /// Default-ignorable characters that are put into names to break them (C.1 `ignorable`).
  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0xFEFF: true
    default: false
    }
  }

  // MARK: Scheme


  /// A scheme word and what parts it from the host: `hxxp://`, `hxxps[:]//`, `http[://]`, `http__`, `(hxxps)://`, `http : //`.
  private mutating func scheme() -> Bool {
    if let before = output.last, IndicatorShape.isAlphanumeric(before) { return false }
    var cursor = position
    let close = Self.closer(of: input[cursor])
    if close != nil { cursor += 1 }
    guard var (scheme, length) = schemeWord(cursor) else { return false }
    let word = Array(input[cursor..<(cursor + length)])
    // `hxxp[s]` and `hxxp(s)`.
    if scheme == "http", close == nil, Self.isFanged(word), let open = at(cursor + length), let end = Self.closer(of: open),
      at(cursor + length + 1) == "s", at(cursor + length + 2) == end
    {
      scheme = "https"
      length += 3
    }
    cursor += length
    if let close {
      guard at(cursor) == close else { return false }
      cursor += 1
    }
    guard let separator = self.separator(cursor) else { return false }
    let isPlain = close == nil && separator.isPlain && !Self.isFanged(word)
    let hostStart = cursor + separator.length
    guard let first = at(hostStart), IndicatorShape.isLabel(first) || first == "[" || first == "(" || first == "{" else { return false }
    if separator.needsHost, !hasDot(from: hostStart) { return false }
    if isPlain { return false }
    if close != nil || Self.isFanged(word) { styles.insert(close == nil ? Self.text(word).lowercased() : "[\(Self.text(word).lowercased())]") }
    if !separator.isPlain { styles.insert(separator.style) }
    output.append(contentsOf: (Self.isFanged(word) || close != nil ? scheme : Self.text(word)).unicodeScalars)
    output.append(contentsOf: "://".unicodeScalars)
    position = hostStart
    token.isURL = true
    if position > token.end { enterToken() }
    return true
  }

  /// The scheme that a word stands for, and the word's length.
  private func schemeWord(_ start: Int) -> (scheme: String, length: Int)? {
    func lower(_ offset: Int) -> Unicode.Scalar { at(start + offset).map { Self.lowered($0) } ?? " " }
    func secured(_ length: Int, _ plain: String, _ secure: String) -> (String, Int) {
      lower(length) == "s" ? (secure, length + 1) : (plain, length)
    }
    func isMiddle(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar {
      case "x", "t", "z", "*", "_", "+", "×": true
      default: false
      }
    }
    switch lower(0) {
    case "h", "t", "x", "m", "s", "f": break
    default: return nil
    }
    if lower(0) == "h", isMiddle(lower(1)), isMiddle(lower(2)), lower(3) == "p" { return secured(4, "http", "https") }
    if lower(0) == "t", lower(1) == "t", lower(2) == "p" { return secured(3, "http", "https") }
    if lower(0) == "x", lower(1) == "x", lower(2) == "x", lower(3) == "x" {
      return lower(4) == "x" || lower(4) == "s" ? ("https", 5) : ("http", 4)
    }
    if lower(0) == "m", lower(1) == "e", lower(2) == "o", lower(3) == "w" { return secured(4, "http", "https") }
    if lower(0) == "s", lower(1) == "f", lower(2) == "x", lower(3) == "p" { return ("sftp", 4) }
    if lower(0) == "f", lower(1) == "x", lower(2) == "p" { return lower(3) == "s" ? ("ftps", 4) : ("ftp", 3) }
    return nil
  }

  private static func isFanged(_ word: [Unicode.Scalar]) -> Bool { !["http", "https"].contains(text(word).lowercased()) }

  private struct Separator {
    var length: Int
    var isPlain: Bool
    var style: String
    /// Forms that also stand in code (`__`) need a host with a dot behind them.
    var needsHost: Bool
  }

  private func separator(_ start: Int) -> Separator? {
    var cursor = start
    func spaces(_ from: Int) -> Int {
      var end = from
      while end - from < Self.innerSpaces, at(end) == " " { end += 1 }
      return end
    }
    if at(cursor) == "_", at(cursor + 1) == "_" { return Separator(length: 2, isPlain: false, style: "__", needsHost: true) }
    if let open = at(cursor), let close = Self.closer(of: open) {
      if at(cursor + 1) == ":", at(cursor + 2) == "/", at(cursor + 3) == "/", at(cursor + 4) == close {
        return Separator(length: 5, isPlain: false, style: "[://]", needsHost: false)
      }
      guard at(cursor + 1) == ":", at(cursor + 2) == close else { return nil }
      cursor += 3
      guard let slashes = slashes(cursor) else { return nil }
      return Separator(length: cursor + slashes.length - start, isPlain: false, style: "[:]", needsHost: false)
    }
    let colon = spaces(cursor)
    guard at(colon) == ":" else { return nil }
    if colon == cursor, at(colon + 1) == "_", at(colon + 2) == "_" {
      return Separator(length: 3, isPlain: false, style: ":__", needsHost: true)
    }
    cursor = spaces(colon + 1)
    guard let slashes = slashes(cursor) else { return nil }
    let end = spaces(cursor + slashes.length)
    let isSpaced = colon != start || cursor != colon + 1 || end != cursor + slashes.length
    return Separator(
      length: end - start, isPlain: !isSpaced && slashes.isPlain, style: isSpaced ? "spaced ://" : slashes.style, needsHost: isSpaced)
  }

  private func slashes(_ start: Int) -> (length: Int, isPlain: Bool, style: String)? {
    if at(start) == "\\", at(start + 1) == "\\" { return (2, false, "backslashes") }
    guard at(start) == "/", at(start + 1) == "/" else { return nil }
    return at(start + 2) == "/" && at(start + 3) != "/" ? (3, false, "///") : (2, true, "//")
  }

  /// Whether a host with a dot, defanged or not, begins at `start`.
  private func hasDot(from start: Int) -> Bool {
    var cursor = start
    while cursor - start < 64, let scalar = at(cursor), IndicatorShape.isLabel(scalar) { cursor += 1 }
    return cursor > start && anyDot(cursor) != nil
  }

  // MARK: At sign

  private static let atWords = ["@", "arroba", "at", "et"]

  private mutating func atSign() -> Bool {
    guard let before = output.last, IndicatorShape.isLabel(before) else { return false }
    if input[position] == "＠", hasDotForm(from: position + 1) {
      return replace(1, with: "@", style: "U+FF20", marksAt: true)
    }
    if Self.closer(of: input[position]) != nil, let length = bracketed(position, words: Self.atWords),
      hasDotForm(from: position + length)
    {
      return replace(length, with: "@", style: "[at]", marksAt: true)
    }
    // `user [at] host [dot] tld`: with spaces only where the host is defanged as well.
    if input[position] == " ", let length = bracketed(position + 1, words: Self.atWords), at(position + 1 + length) == " ",
      hasSpacedHost(from: position + length + 2)
    {
      return replace(length + 2, with: "@", style: "spaced [at]", marksAt: true)
    }
    // `user at host dot tld`: the same.
    if input[position] == " ", let word = spacedWord(position, ["at", "AT"]), hasSpacedHost(from: position + word) {
      return replace(word, with: "@", style: " at ", marksAt: true)
    }
    return false
  }

  /// Whether something with a dot (plain, bracketed or spelled) follows within a host's length.
  private func hasDotForm(from start: Int) -> Bool { hasDot(from: start) || hasSpacedHost(from: start) }

  /// `host dot tld`, the last label a top-level domain.
  private func hasSpacedHost(from start: Int) -> Bool {
    var cursor = start
    var dots = 0
    var label: [Unicode.Scalar] = []
    while cursor - start < 256, let scalar = at(cursor) {
      if IndicatorShape.isLabel(scalar) {
        label.append(scalar)
        cursor += 1
      } else if scalar == " ", !label.isEmpty, let length = spacedWord(cursor, ["dot", "DOT"]) {
        if dots == 0, isFunctionWord(label) { return false }
        dots += 1
        label = []
        cursor += length
      } else if at(cursor) != ".", let length = anyDot(cursor), !label.isEmpty {
        if dots == 0, isFunctionWord(label) { return false }
        label = []
        dots += 1
        cursor += length
      } else {
        break
      }
    }
    return dots > 0 && IndicatorShape.isTopLevel(label)
  }

  /// Words of prose that no host is called: "look at the dot plot".
  private func isFunctionWord(_ label: [Unicode.Scalar]) -> Bool {
    ["a", "an", "the", "this", "that", "these", "my", "your", "our", "its", "his", "her", "their", "each", "every", "least"].contains(Self.text(label).lowercased())
  }

  /// The length of ` word ` with its spaces.
  private func spacedWord(_ start: Int, _ words: [StaticString]) -> Int? {
    guard at(start) == " " else { return nil }
    for word in words {
      let count = word.utf8CodeUnitCount
      guard at(start + count + 1) == " " else { continue }
      let isThere = word.withUTF8Buffer { bytes in
        (0..<count).allSatisfy { at(start + 1 + $0) == Unicode.Scalar(unsafe bytes[$0]) }
      }
      if isThere, at(start + count + 2).map(IndicatorShape.isLabel) ?? false { return count + 2 }
    }
    return nil
  }

  // MARK: Colon

  /// `[:]` before `//`, before a port, and in an IPv6 address.
  private mutating func colon() -> Bool {
    guard let close = Self.closer(of: input[position]), at(position + 1) == ":" || at(position + 1) == " " else { return false }
    // `[:][:]1` begins with one.
    let isFirst = position == token.start && (token.isIPv6 || isDefangedIPv6)
    guard isFirst || output.last.map({ IndicatorShape.isLabel($0) || $0 == ":" || $0 == "]" }) ?? false else { return false }
    if at(position + 1) == ":", at(position + 2) == "/", at(position + 3) == "/", at(position + 4) == close {
      return hasDot(from: position + 5) && replace(5, with: "://", style: "[://]")
    }
    var cursor = position + 1
    while at(cursor) == " ", cursor - position <= Self.innerSpaces { cursor += 1 }
    guard at(cursor) == ":" else { return false }
    let colons = at(cursor + 1) == ":" ? 2 : 1
    var end = cursor + colons
    while at(end) == " ", end - cursor <= Self.innerSpaces + 2 { end += 1 }
    guard at(end) == close else { return false }
    end += 1
    let isAddress = token.isIPv6 || isDefangedIPv6
    let next = at(end)
    let isPort = colons == 1 && isPort(end)
    let isScheme = colons == 1 && (next == "/" && at(end + 1) == "/" || next == "\\" && at(end + 1) == "\\") && hasDot(from: end + 2)
    guard isScheme || isPort || isAddress else { return false }
    return replace(end - position, with: colons == 2 ? "::" : ":", style: "[:]")
  }

  private func isPort(_ start: Int) -> Bool {
    var end = start
    while end - start < 6, let scalar = at(end), IndicatorShape.isDigit(scalar) { end += 1 }
    guard end > start, end - start <= 5 else { return false }
    guard let next = at(end) else { return true }
    return !IndicatorShape.isLabel(next)
  }

  /// The token holds nothing but hexadecimal digits, colons, dots and brackets around them.
  private var isDefangedIPv6: Bool {
    var colons = 0
    for index in token.start..<min(token.end, token.start + 128) {
      let scalar = input[index]
      if scalar == ":" { colons += 1 }
      let fits =
        IndicatorShape.isHexadecimal(scalar) || scalar == ":" || scalar == "." || scalar == "/" || Self.closer(of: scalar) != nil
        || Self.isCloser(scalar) || ",;'\"`".unicodeScalars.contains(scalar)
      if !fits { return false }
    }
    return colons >= 2
  }

  // MARK: Dot

  private static func isDotMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ".", ",", "。", "．", "｡", "․": true
    default: false
    }
  }
  private static let dotWords = ["dot", "punto", "punkt", "point"]

  private mutating func dot() -> Bool {
    let scalar = input[position]
    if scalar == " " { return spacedDot() }
    let isWildcard = output.last == "*" && position == token.start + 1
    guard let before = output.last, isWildcard || IndicatorShape.isLabel(before) || before == "]" || (token.isURL && "/%=".unicodeScalars.contains(before)) else {
      return false
    }
    if Self.closer(of: scalar) != nil {
      if let length = bracketedDot(position) {
        guard follows(position + length, isURL: token.isURL) else { return false }
        // A bracketed comma is a citation's or a number's as often as a dot's.
        if !token.isURL, input[(position + 1)..<(position + length - 1)].contains(","), !completesHost(position + length) { return false }
        return replace(length, with: ".", style: style(position, length))
      }
      return openDot()
    }
    if Self.isDotMark(scalar), scalar != ",", let next = at(position + 1), Self.isCloser(next) {
      return closedDot()
    }
    if scalar == "\\", at(position + 1) == ".", !token.hasOtherBackslash, IndicatorShape.isLabel(before),
      at(position + 2).map(IndicatorShape.isLabel) ?? false, token.isURL || completesHost(position + 2)
    {
      return replace(2, with: ".", style: "\\.")
    }
    if scalar != ".", scalar != ",", Self.isDotMark(scalar), isHostAround(position) {
      return replace(1, with: ".", style: "U+" + String(scalar.value, radix: 16, uppercase: true))
    }
    return false
  }

  /// Brackets around a dot or a word for it: their length.
  private func bracketedDot(_ start: Int) -> Int? {
    guard let open = at(start), let close = Self.closer(of: open) else { return nil }
    var cursor = start + 1
    // `[[.]]`: brackets may be doubled.
    let isDouble = at(cursor) == open
    if isDouble { cursor += 1 }
    while at(cursor) == " ", cursor - start <= Self.innerSpaces { cursor += 1 }
    if let mark = at(cursor), Self.isDotMark(mark) {
      cursor += 1
    } else if let word = self.word(cursor, Self.dotWords) {
      cursor += word
    } else {
      return nil
    }
    let inner = cursor
    while at(cursor) == " ", cursor - inner < Self.innerSpaces { cursor += 1 }
    for _ in 0..<(isDouble ? 2 : 1) {
      guard at(cursor) == close else { return nil }
      cursor += 1
    }
    return cursor - start
  }

  /// Brackets around one of `words`: their length.
  private func bracketed(_ start: Int, words: [String]) -> Int? {
    guard let open = at(start), let close = Self.closer(of: open) else { return nil }
    var cursor = start + 1
    while at(cursor) == " ", cursor - start <= Self.innerSpaces { cursor += 1 }
    guard let word = self.word(cursor, words) else { return nil }
    cursor += word
    let inner = cursor
    while at(cursor) == " ", cursor - inner < Self.innerSpaces { cursor += 1 }
    return at(cursor) == close ? cursor + 1 - start : nil
  }

  private func word(_ start: Int, _ words: [String]) -> Int? {
    for word in words {
      var offset = 0
      var matches = true
      for scalar in word.unicodeScalars {
        guard let found = at(start + offset), Self.lowered(found) == scalar else {
          matches = false
          break
        }
        offset += 1
      }
      if matches { return offset }
    }
    return nil
  }

  /// What may stand behind a dot: a label, or inside a URL's path anything of a path.
  private func follows(_ start: Int, isURL: Bool) -> Bool {
    guard let next = at(start) else { return false }
    if IndicatorShape.isLabel(next) { return true }
    // `evil[.][com]` and `1[.]2[.]`: another bracket that is a dot or holds a label.
    return isURL && next == "%"
  }

  private func style(_ start: Int, _ length: Int) -> String { Self.text(Array(input[start..<(start + length)])).lowercased() }

  /// `evil[.example` and `evil[.c]om`.
  private mutating func openDot() -> Bool {
    guard let close = Self.closer(of: input[position]), let before = output.last, IndicatorShape.isLabel(before), at(position + 1) == "." else { return false }
    var cursor = position + 2
    while let scalar = at(cursor), IndicatorShape.isLabel(scalar), cursor - position < 64 { cursor += 1 }
    let label = cursor - position - 2
    guard label > 0 else { return false }
    if at(cursor) == close {
      let letters = input[(position + 2)..<cursor]
      guard label <= 2, letters.allSatisfy(IndicatorShape.isLetter), at(cursor + 1).map(IndicatorShape.isLetter) ?? false else { return false }
      let rest = input[(cursor + 1)..<min(input.count, cursor + 64)].prefix(while: IndicatorShape.isLabel)
      guard IndicatorShape.isTopLevel(Array(letters) + rest) else { return false }
      output.append(".")
      output.append(contentsOf: letters)
      styles.insert("[.c]om")
      position = cursor + 1
      return true
    }
    // A bracket that closes later in the token, before another opens, was opened for something else.
    let next = input[cursor..<min(token.end, cursor + 256)].first { $0 == close || $0 == input[position] }
    if next == close && !isFangedTail(cursor) { return false }
    guard token.isURL || completesHost(position + 2) else { return false }
    return replace(2, with: ".", style: "[.")
  }

  /// The rest of the token has its own defanged dots.
  private func isFangedTail(_ start: Int) -> Bool {
    (start..<min(token.end, start + 64)).contains { bracketedDot($0) != nil || (at($0) == "[" && at($0 + 1) == ".") }
  }

  /// `evil.]example`.
  private mutating func closedDot() -> Bool {
    guard let before = output.last, IndicatorShape.isLabel(before), let next = at(position + 2), IndicatorShape.isLabel(next),
      let close = at(position + 1)
    else { return false }
    // Opened earlier in the token: `[x.]y` closes what it opened.
    var open = 0
    for scalar in input[max(token.start, position - 256)..<position] {
      if Self.closer(of: scalar) == close { open += 1 } else if scalar == close, open > 0 { open -= 1 }
    }
    if open > 0 && !token.isURL { return false }
    guard token.isURL || completesHost(position + 2) else { return false }
    return replace(2, with: ".", style: ".]")
  }

  /// `evil [.] example.test`, and `dot` between spaces where an at sign came before.
  private mutating func spacedDot() -> Bool {
    guard let before = output.last, IndicatorShape.isLabel(before) else { return false }
    if let length = spacedWord(position, ["dot", "DOT"]), lineHasAt { return replace(length, with: ".", style: " dot ") }
    guard let length = bracketedDot(position + 1), at(position + 1 + length) == " ",
      let next = at(position + length + 2), IndicatorShape.isLabel(next)
    else { return false }
    // Only if the joined text ends in a top-level domain. "The end [.] New start" begins a sentence, though .new is one.
    if next.properties.isUppercase, !before.properties.isUppercase { return false }
    guard completesHost(position + length + 2) else { return false }
    return replace(length + 2, with: ".", style: "spaced [.]")
  }

  /// The length of a dot in any form that a host may have it in, with a label behind it; nil when there is none at `start`.
  private func anyDot(_ start: Int) -> Int? {
    guard let scalar = at(start) else { return nil }
    var length: Int?
    if scalar == " " {
      if let inner = bracketedDot(start + 1), at(start + 1 + inner) == " " { length = inner + 2 }
    } else if scalar == "\\" {
      if at(start + 1) == "." { length = 2 }
    } else if let close = Self.closer(of: scalar) {
      length = bracketedDot(start) ?? (at(start + 1) == "." && at(start + 2) != close ? 2 : nil)
    } else if scalar != ",", Self.isDotMark(scalar) {
      length = at(start + 1).map { Self.isCloser($0) } ?? false ? 2 : 1
    }
    guard let length, at(start + length).map(IndicatorShape.isLabel) ?? false else { return nil }
    return length
  }

  /// Whether the host that goes on at `start`, behind a dot, ends in a top-level domain, or is an IPv4 address together with what was
  /// written of it already. Looked at once for a host: the answer is the same behind each of its dots.
  private mutating func completesHost(_ start: Int) -> Bool {
    if start < judged.end { return judged.answer }
    var numbers = writtenOctets
    var label: [Unicode.Scalar] = []
    var cursor = start
    while cursor - start < 256 {
      if let scalar = at(cursor), IndicatorShape.isLabel(scalar) {
        label.append(scalar)
        cursor += 1
        continue
      }
      guard !label.isEmpty, let length = anyDot(cursor) else { break }
      numbers = isOctet(label) ? numbers.map { $0 + 1 } : nil
      label = []
      cursor += length
    }
    let isAddress = numbers == 3 && isOctet(label)
    judged = (cursor, isAddress || IndicatorShape.isTopLevel(label))
    return judged.answer
  }

  private func isOctet(_ label: some Collection<Unicode.Scalar>) -> Bool { (1...3).contains(label.count) && label.allSatisfy(IndicatorShape.isDigit) }

  /// How many decimal octets were written last, dots between them; nil when a label is none.
  private var writtenOctets: Int? {
    let tail = output.suffix(16)
    let start = tail.lastIndex { !IndicatorShape.isLabel($0) && $0 != "." }.map { $0 + 1 } ?? tail.startIndex
    let labels = tail[start...].split(separator: ".", omittingEmptySubsequences: false)
    return labels.count <= 4 && labels.allSatisfy(isOctet) ? labels.count : nil
  }

  /// An at sign was written in the run of text just before.
  private var lineHasAt: Bool {
    for scalar in output.suffix(256).reversed() {
      if scalar == "@" { return true }
      if !IndicatorShape.isLabel(scalar), scalar != "." { return false }
    }
    return false
  }

  /// A full stop of another script between ASCII letters, in what would be a host: in East Asian prose it ends a sentence.
  private mutating func isHostAround(_ index: Int) -> Bool {
    guard let before = output.last, before.value < 0x80, IndicatorShape.isAlphanumeric(before), let next = at(index + 1),
      next.value < 0x80, IndicatorShape.isAlphanumeric(next)
    else { return false }
    return completesHost(index + 1)
  }

  // MARK: The rest

  /// `[www].evil.example`.
  private mutating func bracketedWWW() -> Bool {
    guard let close = Self.closer(of: input[position]), word(position + 1, ["www"]) != nil, at(position + 4) == close,
      at(position + 5) == "." || bracketedDot(position + 5) != nil
    else { return false }
    output.append(contentsOf: input[(position + 1)..<(position + 4)])
    styles.insert("[www]")
    position += 5
    return true
  }

  /// `&#46;` between labels, `&amp;` in a URL.
  private mutating func entity() -> Bool {
    guard input[position] == "&" else { return false }
    for (text, scalar) in [("&#46;", "."), ("&#x2e;", "."), ("&#x2E;", "."), ("&period;", "."), ("&amp;", "&"), ("&#38;", "&"), ("&#x26;", "&")] {
      let scalars = Array(text.unicodeScalars)
      guard (0..<scalars.count).allSatisfy({ at(position + $0) == scalars[$0] }) else { continue }
      if scalar == "&" {
        guard token.isURL || IndicatorShape.schemeEnd(Array(output.suffix(from: tokenOutputStart))) != nil else { return false }
      } else {
        guard let before = output.last, IndicatorShape.isLabel(before), at(position + scalars.count).map(IndicatorShape.isLabel) ?? false else { return false }
      }
      return replace(scalars.count, with: scalar, style: text)
    }
    return false
  }

  /// Where the present token began in the output; looked for within a URL's usual length.
  private var tokenOutputStart: Int {
    var start = output.count
    while start > 0, output.count - start < 2048, !Self.isSpace(output[start - 1]) { start -= 1 }
    return start
  }

  /// An invisible character in a token that is an indicator without it.
  private mutating func invisible() -> Bool {
    guard token.hasInvisible, Self.isInvisible(input[position]) else { return false }
    let clean = input[token.start..<min(token.end, token.start + 4096)].filter { !Self.isInvisible($0) }
    var inner = RefangScanner(clean)
    inner.run()
    guard IndicatorShape.isIndicator(RefangWrapping.unwrap(inner.output) ?? inner.output) else {
      token.hasInvisible = false
      return false
    }
    output.append(contentsOf: inner.output)
    styles.formUnion(inner.styles)
    styles.insert("zero-width")
    // What was written of this token so far is written anew by the inner scan.
    let written = output.count - inner.output.count
    output.removeSubrange(tokenStartBefore(written)..<written)
    position = token.end
    return true
  }

  private func tokenStartBefore(_ written: Int) -> Int {
    var start = written
    while start > 0, !Self.isSpace(output[start - 1]) { start -= 1 }
    return start
  }

  private mutating func replace(_ length: Int, with text: String, style: String, marksAt: Bool = false) -> Bool {
    output.append(contentsOf: text.unicodeScalars)
    styles.insert(style)
    position += length
    if marksAt { token.hasAt = true }
    if position > token.end { enterTokenIfAny() }
    return true
  }

  private mutating func enterTokenIfAny() { if position < input.count { enterToken() } }

  private static func lowered(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    scalar >= "A" && scalar <= "Z" ? Unicode.Scalar(UInt8(scalar.value) + 0x20) : scalar
  }

  private static func text(_ scalars: [Unicode.Scalar]) -> String { String(scalars: scalars) }
}
