/// The refang grammar (C.1 of the normaliser's specification), one pass from left to right.
///
/// At each position the rules are tried in order: scheme, at sign, colon, slash, dot, bracketed `www`, invisible character. A rule looks
/// ahead a bounded number of characters, and behind only at what was written last.
struct RefangScanner {
  let input: [Unicode.Scalar]
  var output: [Unicode.Scalar] = []
  var styles: Set<String> = []
  var position = 0
  /// The token (run without white space) around ``position``.
  var token = Token(start: 0, end: 0)

  /// Spaces that a bracket may hold on each side.
  static let innerSpaces = 3

  /// The bracket that closes what `scalar` opens; nil when it is no opening bracket.
  static func closer(of scalar: Unicode.Scalar) -> Unicode.Scalar? {
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

  static func isCloser(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "]", ")", "}", ">", "］", "）", "｝", "＞": true
    default: false
    }
  }
  /// The host that ``completesHost(_:)`` looked at last: where it ends, what it said, and whether it is no name at all.
  var judged = (end: 0, answer: false, isNumberOrCall: false)

  struct Token {
    var start: Int
    var end: Int
    var hasAt = false
    var isURL = false
    /// Backslashes that stand for something other than `\.`, or signs of a regular expression beside them: `^evil\.example$`.
    var hasOtherBackslash = false
    var hasInvisible = false
  }

  init(_ input: [Unicode.Scalar]) {
    self.input = input
    output.reserveCapacity(input.count)
  }

  func at(_ index: Int) -> Unicode.Scalar? { index >= 0 && index < input.count ? input[index] : nil }

  mutating func run() {
    while position < input.count {
      if position >= token.end { enterToken() }
      // Inside a word no rule begins.
      if IndicatorShape.isAlphanumeric(input[position]), let before = output.last, IndicatorShape.isAlphanumeric(before) {
        output.append(input[position])
        position += 1
        continue
      }
      if scheme() || atSign() || colon() || slash() || dot() || bracketedWWW() || entity() || invisible() { continue }
      output.append(input[position])
      position += 1
    }
  }

  // MARK: Tokens

  mutating func enterToken() {
    if Self.isSpace(input[position]) {
      token = Token(start: position, end: position + 1)
      return
    }
    var end = position
    var next = Token(start: position, end: position)
    while end < input.count, !Self.isSpace(input[end]) {
      let scalar = input[end]
      if scalar == "\\" ? at(end + 1) != "." : isRegularExpressionSign(end) { next.hasOtherBackslash = true }
      if scalar == "@" || scalar == "＠" { next.hasAt = true }
      if Self.isInvisible(scalar) { next.hasInvisible = true }
      end += 1
    }
    next.end = end
    token = next
  }

  /// Signs that no host has, and no path before its query: `^`, `|`, a `$` at the end, a `*`, a `?` that makes something optional.
  func isRegularExpressionSign(_ index: Int) -> Bool {
    switch input[index] {
    case "^", "|", "*": true
    case "$": at(index + 1).map { Self.isSpace($0) || !IndicatorShape.isLabel($0) } ?? true
    case "?": index > 0 && (at(index - 1) == ")" || at(index - 1) == "(" || at(index - 1) == "]")
    default: false
    }
  }

  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\n" || scalar == "\t" || scalar == "\r" || (scalar.value > 0x7F && scalar.isSpace)
  }

  /// Default-ignorable characters that are put into names to break them (C.1 `ignorable`).
  static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0xFEFF: true
    default: false
    }
  }

  // MARK: The rest

  /// `[www].evil.example`.
  mutating func bracketedWWW() -> Bool {
    guard let close = Self.closer(of: input[position]), word(position + 1, ["www"]) != nil, at(position + 4) == close,
      at(position + 5) == "." || bracketedDot(position + 5) != nil
    else { return false }
    output.append(contentsOf: input[(position + 1)..<(position + 4)])
    styles.insert("[www]")
    position += 5
    return true
  }

  /// `&#46;` between labels, `&amp;` in a URL.
  mutating func entity() -> Bool {
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
  var tokenOutputStart: Int {
    var start = output.count
    while start > 0, output.count - start < 2048, !Self.isSpace(output[start - 1]) { start -= 1 }
    return start
  }

  /// An invisible character in a token that is an indicator without it.
  mutating func invisible() -> Bool {
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

  func tokenStartBefore(_ written: Int) -> Int {
    var start = written
    while start > 0, !Self.isSpace(output[start - 1]) { start -= 1 }
    return start
  }

  mutating func replace(_ length: Int, with text: String, style: String, marksAt: Bool = false) -> Bool {
    output.append(contentsOf: text.unicodeScalars)
    styles.insert(style)
    position += length
    if marksAt { token.hasAt = true }
    if position > token.end { enterTokenIfAny() }
    return true
  }

  mutating func enterTokenIfAny() { if position < input.count { enterToken() } }

  static func lowered(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    scalar >= "A" && scalar <= "Z" ? Unicode.Scalar(UInt8(scalar.value) + 0x20) : scalar
  }

  static func text(_ scalars: [Unicode.Scalar]) -> String { String(scalars: scalars) }
}
