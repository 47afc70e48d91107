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

  func isPort(_ start: Int) -> Bool {
    var end = start
    while end - start < 6, let scalar = at(end), IndicatorShape.isDigit(scalar) { end += 1 }
    guard end > start, end - start <= 5 else { return false }
    guard let next = at(end) else { return true }
    return !IndicatorShape.isLabel(next)
  }

  /// The token holds nothing but hexadecimal digits, colons, dots and brackets around them.
  var isDefangedIPv6: Bool {
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
}
