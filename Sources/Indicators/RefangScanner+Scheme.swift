/// Schemes that were made unclickable, and what parts them from the host.
extension RefangScanner {
  /// A scheme word and what parts it from the host: `hxxp://`, `hxxps[:]//`, `http[://]`, `http__`, `(hxxps)://`, `http : //`.
  mutating func scheme() -> Bool {
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
  func schemeWord(_ start: Int) -> (scheme: String, length: Int)? {
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

  static func isFanged(_ word: [Unicode.Scalar]) -> Bool { !["http", "https"].contains(text(word).lowercased()) }

  struct Separator {
    var length: Int
    var isPlain: Bool
    var style: String
    /// Forms that also stand in code (`__`) need a host with a dot behind them.
    var needsHost: Bool
  }

  func separator(_ start: Int) -> Separator? {
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

  func slashes(_ start: Int) -> (length: Int, isPlain: Bool, style: String)? {
    if at(start) == "\\", at(start + 1) == "\\" { return (2, false, "backslashes") }
    // `[//]` and `[/][/]`.
    if let open = at(start), let close = Self.closer(of: open), at(start + 1) == "/" {
      if at(start + 2) == "/", at(start + 3) == close { return (4, false, "[//]") }
      if at(start + 2) == close, at(start + 3) == open, at(start + 4) == "/", at(start + 5) == close { return (6, false, "[/][/]") }
    }
    guard at(start) == "/", at(start + 1) == "/" else { return nil }
    return at(start + 2) == "/" && at(start + 3) != "/" ? (3, false, "///") : (2, true, "//")
  }

  /// Whether a host with a dot, defanged or not, begins at `start`.
  func hasDot(from start: Int) -> Bool {
    var cursor = start
    while cursor - start < 64, let scalar = at(cursor), IndicatorShape.isLabel(scalar) { cursor += 1 }
    return cursor > start && anyDot(cursor) != nil
  }
}
