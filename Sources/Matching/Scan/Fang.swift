/// What may be defanging around a mark, seen without the grammar.
struct Fang {
  /// What it takes up.
  var start: Int
  var end: Int
  /// What it stands for, and how many of it.
  var sign: UInt8
  var count = 1
  /// Letters of it that stay, behind the sign: those of `[.c]om`.
  var letters = 0..<0
  /// The grammar undoes it for all of a host or for none of it.
  var isClean = true

  @inline(__always) static func mayBegin(_ byte: UInt8) -> Bool { byte == 0x2e || byte == 0x3a || byte == 0x2f || byte | 0x20 == 0x64 }

  init?(_ text: LogText, _ mark: Int) {
    if let inner = InnerText(text, around: mark) { self.init(in: inner, mark) } else { self.init(in: text, mark) }
  }

  @inline(__always) private init?(in text: some PlacedBytes, _ mark: Int) {
    switch text[mark] {
    case 0x2e: self.init(text, dot: mark, mark + 1)
    case 0x3a: self.init(text, colon: mark)
    case 0x2f:
      guard Self.isOpening(text[mark - 1]), Self.isClosing(text[mark + 1]) else { return nil }
      self.init(start: mark - 1, end: mark + 2, sign: 0x2f)
    case 0x64, 0x44:
      guard text[mark + 1] | 0x20 == 0x6f, text[mark + 2] | 0x20 == 0x74 else { return nil }
      self.init(text, dot: mark, mark + 3)
    default: return nil
    }
  }

  private init?(_ text: some PlacedBytes, colon mark: Int) {
    guard Self.isOpening(text[mark - 1]) else { return nil }
    let behind = text[mark + 1] == 0x3a ? mark + 2 : mark + 1
    guard Self.isClosing(text[behind]) else { return nil }
    self.init(start: mark - 1, end: behind + 1, sign: 0x3a, count: behind - mark)
  }

  /// A dot, or a word for it, between what may be labels: elsewhere it would only hide where a name ends.
  private init?(_ text: some PlacedBytes, dot mark: Int, _ behind: Int) {
    let (open, close) = (Self.opening(text, before: mark), Self.closing(text, from: behind))
    switch (open, close) {
    case (let open?, let close?):
      // `[.)` and `[[.]` are read by halves, if at all.
      let isClean = mark - open == close - behind && Self.closer(of: text[open]) == text[close - 1]
      self.init(start: open, end: close, sign: 0x2e, isClean: isClean)
      if text[open - 1] == 0x20, text[close] == 0x20, Self.isLabel(text[open - 2]), Self.isLabel(text[close + 1]) {
        self.init(start: open - 1, end: close + 1, sign: 0x2e, isClean: false)
      }
    case (let open?, nil):
      self.init(start: open, end: behind, sign: 0x2e, isClean: false)
      var letters = behind
      while letters < behind + 2, ASCII.isAlphanumeric(text[letters]) { letters += 1 }
      if letters > behind, Self.isClosing(text[letters]), ASCII.isAlphanumeric(text[letters + 1]) {
        self.letters = behind..<letters
        end = letters + 1
      }
    case (nil, let close?): self.init(start: mark, end: close, sign: 0x2e, isClean: false)
    case (nil, nil):
      if text[mark] == 0x2e {
        guard text[mark - 1] == 0x5c else { return nil }
        self.init(start: mark - 1, end: behind, sign: 0x2e, isClean: false)
      } else {
        guard text[mark - 1] == 0x20, text[behind] == 0x20 else { return nil }
        self.init(start: mark - 1, end: behind + 1, sign: 0x2e, isClean: false)
      }
    }
    guard Self.isLabel(text[start - 1]), Self.isLabel(text[end]) else {
      // In a URL's path, and in what stands in one run with a URL.
      guard open != nil, Self.isInPath(text[start - 1]), Self.isLabel(text[end]) || text[end] == 0x25 else { return nil }
      isClean = false
      return
    }
  }

  @inline(__always) private static func isInPath(_ byte: UInt8) -> Bool { isLabel(byte) || byte == 0x2f || byte == 0x25 || byte == 0x3d }

  @inline(__always) private static func isLabel(_ byte: UInt8) -> Bool { ASCII.isHostCharacter(byte) || byte >= 0x80 }

  private static func closer(of byte: UInt8) -> UInt8 { byte == 0x28 ? 0x29 : byte + 2 }

  private init(start: Int, end: Int, sign: UInt8, count: Int = 1, isClean: Bool = true) {
    (self.start, self.end, self.sign, self.count, self.isClean) = (start, end, sign, count, isClean)
  }

  /// Blanks that a bracket may hold on each side.
  private static let innerSpaces = 4

  /// Where one bracket, or the same twice, begins that opens before a place.
  @inline(__always) private static func opening(_ text: some PlacedBytes, before mark: Int) -> Int? {
    var start = mark
    while text[start - 1] == 0x20, start > mark - innerSpaces { start -= 1 }
    guard isOpening(text[start - 1]) else { return nil }
    return text[start - 2] == text[start - 1] ? start - 2 : start - 1
  }

  @inline(__always) private static func closing(_ text: some PlacedBytes, from behind: Int) -> Int? {
    var end = behind
    while text[end] == 0x20, end < behind + innerSpaces { end += 1 }
    guard isClosing(text[end]) else { return nil }
    return text[end + 1] == text[end] ? end + 2 : end + 1
  }

  @inline(__always) static func isOpening(_ byte: UInt8) -> Bool { byte == 0x5b || byte == 0x28 || byte == 0x7b || byte == 0x3c }
  @inline(__always) static func isClosing(_ byte: UInt8) -> Bool { byte == 0x5d || byte == 0x29 || byte == 0x7d || byte == 0x3e }
}
