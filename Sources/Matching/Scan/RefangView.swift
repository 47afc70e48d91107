import Indicators

/// Defanged values made live, near the marks of defanging only.
enum RefangView {
  /// Whether a byte looks like the middle of a defanging: `[.`, `.]`, `(dot`, `hxx`, `[:`, `[@`, `\.`.
  @inline(__always) static func isMark(_ text: some PlacedBytes, _ index: Int) -> Bool {
    switch text[index] {
    case 0x2e: return isFangedDot(text, index)
    case 0x78, 0x58:  // hxxp
      return text[index + 1] | 0x20 == 0x78 && text[index - 1] | 0x20 == 0x68
    case 0x3a, 0x40: return isBracket(text[index - 1]) && isBracket(text[index + 1])
    case 0x64, 0x44:  // dot
      return text[index + 1] | 0x20 == 0x6f && text[index + 2] | 0x20 == 0x74
        && (isBracket(text[index - 1]) || isBracket(text[index + 3]) || (text[index - 1] == 0x20 && text[index + 3] == 0x20))
    case 0x61, 0x41:  // at
      return text[index + 1] | 0x20 == 0x74 && isBracket(text[index - 1]) && isBracket(text[index + 2])
    default: return false
    }
  }

  /// A dot after an opening bracket, before a closing one, or after a backslash, with a name on both sides. `(see above).` is none.
  private static func isFangedDot(_ text: some PlacedBytes, _ index: Int) -> Bool {
    let before = text[index - 1]
    let after = text[index + 1]
    if before == 0x5c { return LiteralText.isWord(text[index - 2]) && LiteralText.isWord(after) }
    if isOpening(before) { return isBracket(after) || LiteralText.isWord(after) || after == 0x20 }
    if isOpening(after) { return LiteralText.isWord(before) && LiteralText.isWord(text[index + 2]) }
    return isBracket(after) && LiteralText.isWord(text[index + 2]) && (LiteralText.isWord(before) || isBracket(before) || before == 0x20)
  }

  /// A dot in brackets between two names: the most frequent of all marks.
  @inline(__always) static func isPlainDot(_ text: LogText, _ mark: Int) -> Bool {
    guard mark >= 2, mark &+ 2 < text.count, unsafe text.bytes[mark] == 0x2e else { return false }
    let (before, behind) = unsafe (text.bytes[mark &- 1], text.bytes[mark &+ 1])
    return unsafe (before == 0x5b || before == 0x28 || before == 0x7b) && behind == (before == 0x28 ? 0x29 : before &+ 2)
      && LiteralText.isWord(text.bytes[mark &- 2]) && LiteralText.isWord(text.bytes[mark &+ 2])
  }

  private static func isOpening(_ byte: UInt8) -> Bool { byte == 0x5b || byte == 0x28 || byte == 0x7b }

  @inline(__always) private static func isBracket(_ byte: UInt8) -> Bool {
    byte == 0x5b || byte == 0x5d || byte == 0x28 || byte == 0x29 || byte == 0x7b || byte == 0x7d
  }

  static func visit(_ text: LogText, _ start: Int, _ end: Int, _ visit: (ViewText) -> Void) {
    var pieces = RefangPieces()
    for place in start..<end where isMark(text, place) { pieces.add(place, text) }
    pieces.close()
    for piece in pieces.pieces { read(text, piece, visit) }
  }

  /// A piece as the grammar of defanging has it, if that is not how it stands there.
  static func read(_ text: LogText, _ piece: RefangPieces.Piece, _ visit: (ViewText) -> Void) {
    let (first, last) = piece.borders(in: text)
    let original = text.slice(first, last)
    let refanged = refang(original)
    if refanged != original { visit(align(original, refanged, at: first)) }
  }

  private static func refang(_ bytes: [UInt8]) -> [UInt8] {
    let refanged = Refang.refang(String(decoding: bytes, as: UTF8.self))
    return refanged.changed ? Array(refanged.output.utf8) : bytes
  }

  /// Where each byte of the changed text came from: equal bytes pair up, a change spans to where both go on alike.
  static func align(_ original: [UInt8], _ changed: [UInt8], at offset: Int) -> ViewText {
    var view = ViewText()
    var left = 0
    var right = 0
    while right < changed.count {
      if left < original.count, original[left] == changed[right] {
        view.append(changed[right], from: offset + left)
        left += 1
        right += 1
        continue
      }
      let (skipLeft, skipRight) = resync(original, left, changed, right)
      for index in right..<(right + skipRight) { view.append(changed[index], from: offset + min(left, original.count)) }
      left += skipLeft
      right += skipRight
    }
    view.close(offset + original.count)
    return view
  }

  /// How far both go on unlike: to the nearest four bytes that agree, or where none do near by, as between the numbers of an address
  /// (`192[.]0[.]2[.]1`), to three, two or one; else to the nearest four.
  private static func resync(_ original: [UInt8], _ left: Int, _ changed: [UInt8], _ right: Int) -> (Int, Int) {
    for agreeing in [4, 3, 2, 1] {
      if let skip = resync(original, left, changed, right, within: 1...10, agreeing: agreeing) { return skip }
    }
    return resync(original, left, changed, right, within: 11...48, agreeing: 4) ?? (original.count - left, changed.count - right)
  }

  private static func resync(
    _ original: [UInt8], _ left: Int, _ changed: [UInt8], _ right: Int, within distances: ClosedRange<Int>, agreeing: Int
  ) -> (Int, Int)? {
    let room = (original.count - left, changed.count - right)
    for distance in distances {
      for skipLeft in stride(from: min(distance, room.0), through: max(0, distance - room.1), by: -1) {
        let skipRight = distance - skipLeft
        let agree = min(agreeing, room.0 - skipLeft, room.1 - skipRight)
        guard agree > 0 else { continue }
        if (0..<agree).allSatisfy({ original[left + skipLeft + $0] == changed[right + skipRight + $0] }) { return (skipLeft, skipRight) }
      }
    }
    return nil
  }
}

/// The pieces of a text that are read again because of marks of defanging.
struct RefangPieces {
  /// Bytes around a mark that belong to its piece: these, and on to the next blank or quote, but no more than so many. A value that was
  /// broken by blanks has its parts near each other, and none reaches beyond a quote.
  private static let near = 64
  private static let reach = 2048
  /// Marks of one line that are near each other share a piece, the last no further from the first than this. Pieces overlap.
  private static let span = 512

  struct Piece {
    var firstMark: Int
    var lastMark: Int

    /// The bytes of the piece; no name, address or number at its ends is cut.
    func borders(in text: LogText) -> (first: Int, last: Int) {
      let line = text.last(.endOfLine, before: firstMark, from: firstMark - near)
      var first = line
      if line == max(0, firstMark - near) {
        first = text.last(.runBorder, before: line, from: firstMark - reach)
        if first == max(0, firstMark - reach) { while first < firstMark, Self.isToken(text[first - 1]) { first += 1 } }
      }
      let nearEnd = min(text.count, lastMark + near)
      var last = text.first(.endOfLine, from: lastMark, to: nearEnd)
      if last == nearEnd {
        let farEnd = min(text.count, lastMark + reach)
        last = text.first(.runBorder, from: nearEnd, to: farEnd)
        if last == farEnd { while last > lastMark + 1, Self.isToken(text[last]) { last -= 1 } }
      }
      return (first, last)
    }

    private static func isToken(_ byte: UInt8) -> Bool { byte >= 0x80 || ASCII.isHostCharacter(byte) || byte == 0x2e || byte == 0x3a }
  }

  private(set) var pieces: [Piece] = []
  /// The piece that marks are still added to; none when its first mark is below zero.
  private var (firstMark, lastMark) = (-1, -1)
  /// Where the line of the last mark ends.
  private var lineEnd = 0

  mutating func removeAll() {
    pieces.removeAll(keepingCapacity: true)
    (firstMark, lastMark, lineEnd) = (-1, -1, 0)
  }

  /// - Parameter mark: behind all that were added before.
  @inline(__always) mutating func add(_ mark: Int, _ text: LogText) {
    if mark < lineEnd, mark &- lastMark <= Self.near, mark &- firstMark < Self.span {
      lastMark = mark
    } else {
      begin(mark, text)
    }
  }

  private mutating func begin(_ mark: Int, _ text: LogText) {
    close()
    if mark >= lineEnd { lineEnd = text.first(0x0a, from: mark, to: text.count) }
    (firstMark, lastMark) = (mark, mark)
  }

  /// Behind the last mark.
  mutating func close() {
    if firstMark >= 0 { pieces.append(Piece(firstMark: firstMark, lastMark: lastMark)) }
    firstMark = -1
  }
}
