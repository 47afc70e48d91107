/// Dots in brackets, behind backslashes, spelled out, or of other scripts.
extension RefangScanner {
  static func isDotMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ".", ",", "。", "．", "｡", "․": true
    default: false
    }
  }
  static let dotWords = ["dot", "punto", "punkt", "point"]

  mutating func dot() -> Bool {
    let scalar = input[position]
    if scalar == " " { return spacedDot() }
    let isWildcard = output.last == "*" && position == token.start + 1
    // `[.]evil[.]example`: a domain and all below it.
    if position == token.start, let length = bracketedDot(position), at(position + length).map(IndicatorShape.isLabel) ?? false, completesHost(position + length) {
      return replace(length, with: ".", style: style(position, length))
    }
    guard let before = output.last, isWildcard || IndicatorShape.isLabel(before) || before == "]" || (token.isURL && "/%=".unicodeScalars.contains(before)) else {
      return false
    }
    if Self.closer(of: scalar) != nil {
      if let length = bracketedDot(position) {
        guard follows(position + length, isURL: token.isURL) else { return false }
        // A bracketed comma is a citation's or a number's as often as a dot's.
        if !token.isURL, input[(position + 1)..<(position + length - 1)].contains(","), !completesHost(position + length) { return false }
        if !token.isURL, isNumberOrCall(position + length) { return false }
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
  func bracketedDot(_ start: Int) -> Int? {
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
  func bracketed(_ start: Int, words: [String]) -> Int? {
    guard let open = at(start), let close = Self.closer(of: open) else { return nil }
    var cursor = start + 1
    while at(cursor) == " ", cursor - start <= Self.innerSpaces { cursor += 1 }
    guard let word = self.word(cursor, words) else { return nil }
    cursor += word
    let inner = cursor
    while at(cursor) == " ", cursor - inner < Self.innerSpaces { cursor += 1 }
    return at(cursor) == close ? cursor + 1 - start : nil
  }

  func word(_ start: Int, _ words: [String]) -> Int? {
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
  func follows(_ start: Int, isURL: Bool) -> Bool {
    guard let next = at(start) else { return false }
    if IndicatorShape.isLabel(next) { return true }
    // `192[.]0[.]2[.]*` is a network.
    if next == "*" { return writtenOctets.map { (1...3).contains($0) } ?? false }
    // `evil[.][com]` and `1[.]2[.]`: another bracket that is a dot or holds a label.
    return isURL && next == "%"
  }

  func style(_ start: Int, _ length: Int) -> String { Self.text(Array(input[start..<(start + length)])).lowercased() }

  /// `evil[.example` and `evil[.c]om`.
  mutating func openDot() -> Bool {
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
  func isFangedTail(_ start: Int) -> Bool {
    (start..<min(token.end, start + 64)).contains { bracketedDot($0) != nil || (at($0) == "[" && at($0 + 1) == ".") }
  }

  /// `evil.]example`.
  mutating func closedDot() -> Bool {
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
  mutating func spacedDot() -> Bool {
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
  func anyDot(_ start: Int) -> Int? {
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
  mutating func completesHost(_ start: Int) -> Bool {
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
    let isNumber = numbers != nil && isOctet(label) && !isAddress && !isFollowed(cursor)
    judged = (cursor, isAddress || IndicatorShape.isTopLevel(label), isNumber || at(cursor) == "(" && at(cursor + 1) == ")")
    return judged.answer
  }

  /// Whether the name that goes on at `start`, behind a dot, is a number such as `1[.]2`, or a call such as `object[.]method()`: no
  /// indicator comes of that.
  mutating func isNumberOrCall(_ start: Int) -> Bool {
    _ = completesHost(start)
    return judged.isNumberOrCall && !writtenToken.contains("/")
  }

  /// What goes on behind a name that ends in a number: a mailbox's host, or the `*` of a network.
  func isFollowed(_ end: Int) -> Bool {
    if at(end) == "@" || bracketed(end, words: Self.atWords) != nil { return true }
    return (at(end) == "." ? 1 : bracketedDot(end)).map { at(end + $0) == "*" } ?? false
  }

  /// What was written of the present token, of a long one the end.
  var writtenToken: ArraySlice<Unicode.Scalar> {
    let tail = output.suffix(256)
    return tail[(tail.lastIndex(where: Self.isSpace).map { $0 + 1 } ?? tail.startIndex)...]
  }

  func isOctet(_ label: some Collection<Unicode.Scalar>) -> Bool { (1...3).contains(label.count) && label.allSatisfy(IndicatorShape.isDigit) }

  /// How many decimal octets were written last, dots between them; nil when a label is none.
  var writtenOctets: Int? {
    let tail = output.suffix(16)
    let start = tail.lastIndex { !IndicatorShape.isLabel($0) && $0 != "." }.map { $0 + 1 } ?? tail.startIndex
    let labels = tail[start...].split(separator: ".", omittingEmptySubsequences: false)
    return labels.count <= 4 && labels.allSatisfy(isOctet) ? labels.count : nil
  }

  /// An at sign was written in the run of text just before.
  var lineHasAt: Bool {
    for scalar in output.suffix(256).reversed() {
      if scalar == "@" { return true }
      if !IndicatorShape.isLabel(scalar), scalar != "." { return false }
    }
    return false
  }

  /// A full stop of another script between ASCII letters, in what would be a host: in East Asian prose it ends a sentence.
  mutating func isHostAround(_ index: Int) -> Bool {
    guard let before = output.last, before.value < 0x80, IndicatorShape.isAlphanumeric(before), let next = at(index + 1),
      next.value < 0x80, IndicatorShape.isAlphanumeric(next)
    else { return false }
    return completesHost(index + 1)
  }
}
