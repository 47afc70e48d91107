/// `[at]` and `[:]`: the signs between the parts of an address.
extension RefangScanner {
  static let atWords = ["@", "arroba", "at", "et"]

  mutating func atSign() -> Bool {
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
  func hasDotForm(from start: Int) -> Bool { hasDot(from: start) || hasSpacedHost(from: start) }

  /// `host dot tld`, the last label a top-level domain.
  func hasSpacedHost(from start: Int) -> Bool {
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
  func isFunctionWord(_ label: [Unicode.Scalar]) -> Bool {
    ["a", "an", "the", "this", "that", "these", "my", "your", "our", "its", "his", "her", "their", "each", "every", "least"].contains(Self.text(label).lowercased())
  }

  /// The length of ` word ` with its spaces.
  func spacedWord(_ start: Int, _ words: [StaticString]) -> Int? {
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

  /// `[:]` before `//`, before a port, and in an IPv6 address.
  mutating func colon() -> Bool {
    guard let close = Self.closer(of: input[position]), at(position + 1) == ":" || at(position + 1) == " " else { return false }
    // `[:][:]1` begins with one.
    let isFirst = position == token.start && isDefangedIPv6
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
    let isAddress = isDefangedIPv6
    let next = at(end)
    let isPort = colons == 1 && isPort(end)
    let isScheme = colons == 1 && (next == "/" && at(end + 1) == "/" || next == "\\" && at(end + 1) == "\\") && hasDot(from: end + 2)
    guard isScheme || isPort || isAddress || isInAuthority(from: end) else { return false }
    return replace(end - position, with: colons == 2 ? "::" : ":", style: "[:]")
  }

  /// Whether what was written last is the beginning of a URL's authority, and a colon in it makes sense: in an IPv6 address in
  /// brackets, or between a user's name and a password.
  func isInAuthority(from next: Int) -> Bool {
    let tail = output.suffix(128)
    guard let slash = tail.lastIndex(where: { $0 == "/" || Self.isSpace($0) }), slash - 2 >= tail.startIndex, output[slash] == "/",
      output[slash - 1] == "/", output[slash - 2] == ":"
    else { return false }
    let written = tail[(slash + 1)...]
    if written.first == "[" {
      guard written.dropFirst().allSatisfy({ IndicatorShape.isHexadecimal($0) || $0 == ":" || $0 == "." }) else { return false }
      let rest = input[next..<min(token.end, next + 128)].prefix { $0 != "/" }
      return rest.contains("]")
        && rest.allSatisfy { IndicatorShape.isHexadecimal($0) || ":.".unicodeScalars.contains($0) || Self.closer(of: $0) != nil || Self.isCloser($0) }
    }
    guard !written.contains("@") else { return false }
    var cursor = next
    while cursor - next < 128, cursor < token.end, input[cursor] != "/" {
      if input[cursor] == "@" || bracketed(cursor, words: Self.atWords) != nil { return true }
      cursor += 1
    }
    return false
  }

  /// `evil[.]example[/]path`: a slash in brackets behind a host, a port or a part of a path.
  mutating func slash() -> Bool {
    guard let close = Self.closer(of: input[position]), at(position + 1) == "/", at(position + 2) == close,
      output.last.map({ IndicatorShape.isLabel($0) }) ?? false
    else { return false }
    guard token.isURL || IndicatorShape.isIndicator(writtenToken) else { return false }
    // What follows is a path, with no need to look back again.
    token.isURL = true
    return replace(3, with: "/", style: "[/]")
  }

  func isPort(_ start: Int) -> Bool {
    var end = start
    while end - start < 6, let scalar = at(end), IndicatorShape.isDigit(scalar) { end += 1 }
    guard end > start, end - start <= 5, at(end).map({ !IndicatorShape.isLabel($0) }) ?? true else { return false }
    // Half past twelve is no host: `12[:]30`.
    return token.isURL || writtenToken.contains(".") || output.last == "]" || writtenToken.contains("/")
  }

  /// The token holds nothing but hexadecimal digits, colons, dots and brackets around them, and enough of them: eight groups, or two
  /// colons that stand side by side once the brackets are gone. A time of day is none, nor the address of a network card.
  var isDefangedIPv6: Bool {
    var colons = 0
    var isCompressed = false
    var wasColon = false
    for index in token.start..<min(token.end, token.start + 128) {
      let scalar = input[index]
      if scalar == ":" {
        colons += 1
        if wasColon { isCompressed = true }
      }
      if Self.closer(of: scalar) == nil, !Self.isCloser(scalar) { wasColon = scalar == ":" }
      let fits =
        IndicatorShape.isHexadecimal(scalar) || scalar == ":" || scalar == "." || scalar == "/" || Self.closer(of: scalar) != nil
        || Self.isCloser(scalar) || ",;'\"`".unicodeScalars.contains(scalar)
      if !fits { return false }
    }
    return isCompressed || colons >= 6 && input[token.start..<min(token.end, token.start + 128)].contains(".") || colons >= 7
  }
}
