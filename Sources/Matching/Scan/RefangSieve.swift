internal import CShims
internal import Indicators

/// Which defanged pieces of a chunk can hold anything listed: the grammar of defanging, hundreds of times as slow as the scan, reads those alone.
///
/// ```
///  a1[.]com  evil(dot)example  hxxp://b2[.]net/x      the pieces
///  a1.com  evil.example  hxxp://b2.net/x              blunt: every mark a sign, without a question
///          ╰──────────╯                               what a scan of that asks the rules about
/// ```
/// The grammar undoes a mark or leaves it. Brackets around a dot it undoes for all of a host or for none of it: the host stands in the blunt
/// text, or in the log itself. Of other marks it may undo one and leave the next, so where there are such, a second blunt text leaves them all,
/// and a third what cannot be seen.
/// A piece is read when a scan of any of the texts asks the rules about something in it; what they answer there does not matter.
struct RefangSieve {
  /// What the rules were asked in a blunt text, as a piece's number.
  private(set) var isNominated: [Bool] = []
  private var text = BluntText()

  /// - Parameters:
  ///   - asked: places in the chunk about which its own scan asked the rules.
  ///   - scan: gives the places in a blunt text about which its scan asks the rules.
  mutating func judge(_ pieces: [RefangPieces.Piece], of chunk: LogText, marks: [Int], asked: [Int], scan: (UnsafeRawBufferPointer) -> [Int]) {
    isNominated.removeAll(keepingCapacity: true)
    isNominated.append(contentsOf: repeatElement(false, count: pieces.count))
    let borders = pieces.map { $0.borders(in: chunk) }
    for place in asked { nominate(place, place, borders) }
    for reading in BluntText.Reading.allCases {
      if reading == .onlyClean && !text.hasUnclean || reading == .withInvisible && !text.hasInvisible { continue }
      text.write(pieces, borders, of: chunk, marks: marks, reading)
      let found = unsafe text.withBytes { unsafe scan($0) }
      for place in found {
        // Between the marks with which two pieces begin.
        let piece = max(0, text.piece(at: place))
        let next = piece + 1 < pieces.count ? pieces[piece + 1].firstMark : chunk.count
        nominate(piece == 0 ? 0 : pieces[piece].firstMark, next, borders)
      }
    }
  }

  /// All pieces that hold or touch anything of a range. Both ends of pieces go up with their numbers.
  private mutating func nominate(_ start: Int, _ end: Int, _ borders: [(first: Int, last: Int)]) {
    var low = 0
    var high = borders.count
    while low < high {
      let middle = (low + high) / 2
      if borders[middle].last < start { low = middle + 1 } else { high = middle }
    }
    while low < borders.count, borders[low].first <= end {
      isNominated[low] = true
      low += 1
    }
  }
}

/// Pieces with every mark undone, overlapping ones as one, behind one another with newlines between.
struct BluntText {
  enum Reading: CaseIterable { case everything, onlyClean, withInvisible }

  private var room: [UInt8] = []
  private var count = 0
  /// Where in this text the first mark of each piece stands.
  private var places: [Int] = []
  /// Whether a mark was met that the grammar may judge otherwise than its neighbours.
  private(set) var hasUnclean = false
  /// Whether what cannot be seen was left out.
  private(set) var hasInvisible = false
  private var cleaned: [UInt8] = []
  /// Newlines in front: tokens at the very beginning of a text go to the rules unasked.
  private static let margin = 64

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    unsafe room.withUnsafeBytes { unsafe body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }

  /// The last piece whose first mark stands at or before a place; -1 before all.
  func piece(at place: Int) -> Int {
    var low = 0
    var high = places.count
    while low < high {
      let middle = (low + high) / 2
      if places[middle] <= place { low = middle + 1 } else { high = middle }
    }
    return low - 1
  }

  /// - Parameters:
  ///   - marks: places in order that hold every mark of the chunk, and perhaps others.
  ///   - reading: the first one says whether there is reason for the others.
  mutating func write(
    _ pieces: [RefangPieces.Piece], _ borders: [(first: Int, last: Int)], of chunk: LogText, marks: [Int], _ reading: Reading
  ) {
    places.removeAll(keepingCapacity: true)
    let size = borders.reduce(Self.margin + 64) { $0 + ($1.last - $1.first) + 1 }
    if room.count < size { room = [UInt8](repeating: 0, count: size * 3 / 2) }
    var writer = Writer(reading: reading, places: [], cleaned: [])
    swap(&writer.places, &places)
    swap(&writer.cleaned, &cleaned)
    unsafe room.withUnsafeMutableBytes { room in
      unsafe writer.target = room
      for _ in 0..<Self.margin { writer.put(0x0a) }
      var (piece, mark) = (0, 0)
      while piece < pieces.count {
        let firstPiece = piece
        var (start, end) = borders[piece]
        start = max(0, start)
        while piece < pieces.count, borders[piece].first <= end {
          end = max(end, borders[piece].last)
          piece += 1
        }
        while mark < marks.count, marks[mark] < start { mark += 1 }
        let firstMark = mark
        while mark < marks.count, marks[mark] < end { mark += 1 }
        writer.write(chunk, start, end, marks: marks[firstMark..<mark], pieces[firstPiece..<piece])
        writer.put(0x0a)
      }
    }
    swap(&writer.places, &places)
    swap(&writer.cleaned, &cleaned)
    count = writer.written
    if reading == .everything { (hasUnclean, hasInvisible) = (writer.hasUnclean, writer.hasInvisible) }
  }

  /// The end of a text that is being written.
  @safe private struct Writer {
    var target = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    var written = 0
    private let reading: Reading
    var places: [Int]
    var cleaned: [UInt8]
    var hasUnclean = false
    var hasInvisible = false
    /// Up to where the chunk was searched for rare spellings, and where the last of these is.
    private var (searched, lastRare) = (0, -1)
    private static let searchedAtOnce = 1024

    init(reading: Reading, places: [Int], cleaned: [UInt8]) { (self.reading, self.places, self.cleaned) = (reading, places, cleaned) }

    mutating func write(_ chunk: LogText, _ start: Int, _ end: Int, marks: ArraySlice<Int>, _ pieces: ArraySlice<RefangPieces.Piece>) {
      guard start < end, end <= chunk.count else { return }
      guard reading != .onlyClean, mayHaveRare(chunk, start, end) else {
        return undo(chunk, start, end, marks: marks, firsts: pieces.lazy.map(\.firstMark))
      }
      hasUnclean = true
      var text: [UInt8] = []
      swap(&text, &cleaned)
      text.removeAll(keepingCapacity: true)
      let firsts = RareFangs.clean(
        chunk, start, end, firsts: pieces.lazy.map(\.firstMark), into: &text, hasInvisible: &hasInvisible, keepsInvisible: reading == .withInvisible)
      unsafe text.withUnsafeBytes { bytes in
        let text = unsafe LogText(bytes: bytes)
        undo(text, 0, text.count, marks: (0..<text.count).lazy.filter { Fang.mayBegin(text[$0]) }, firsts: firsts)
      }
      swap(&text, &cleaned)
    }

    /// In steps, for that is quick: true also when something rare stands near.
    private mutating func mayHaveRare(_ chunk: LogText, _ start: Int, _ end: Int) -> Bool {
      guard let bytes = unsafe chunk.bytes.bindMemory(to: UInt8.self).baseAddress else { return false }
      searched = max(searched, start)
      while searched < end {
        let count = min(Self.searchedAtOnce, chunk.count - searched)
        if unsafe ukai_has_rare_fang(bytes + searched, min(count + 1, chunk.count - searched)) != 0 { lastRare = searched + count }
        searched += count
      }
      return lastRare > start
    }

    /// Appends a range with its marks undone, and notes where the first marks of its pieces come to stand.
    private mutating func undo(
      _ text: LogText, _ start: Int, _ end: Int, marks: some Sequence<Int>, firsts: some Sequence<Int>
    ) {
      var firsts = firsts.makeIterator()
      var first = firsts.next()
      var run = start
      for mark in marks {
        while let place = first, place <= mark {
          places.append(written + max(0, place - run))
          first = firsts.next()
        }
        guard mark >= run else { continue }
        if RefangView.isPlainDot(text, mark) {
          copy(text, run, max(run, mark - 1))
          put(0x2e)
          run = mark + 2
          continue
        }
        guard let fang = Fang(text, mark) else { continue }
        if !fang.isClean {
          hasUnclean = true
          if reading == .onlyClean { continue }
        }
        copy(text, run, max(run, fang.start))
        for _ in 0..<fang.count { put(fang.sign) }
        copy(text, fang.letters.lowerBound, fang.letters.upperBound)
        run = fang.end
      }
      while first != nil {
        places.append(written)
        first = firsts.next()
      }
      copy(text, run, end)
    }

    @inline(__always) mutating func put(_ byte: UInt8) {
      guard unsafe written < target.count else { return }
      unsafe target[written] = byte
      written = written &+ 1
    }

    /// Most runs between two marks are short: copied with as much as stands behind them.
    @inline(__always) private mutating func copy(_ text: LogText, _ start: Int, _ end: Int) {
      guard start >= 0, start < end, end <= text.count, unsafe end &- start <= target.count &- written,
        let source = unsafe text.bytes.baseAddress, let target = unsafe target.baseAddress
      else { return }
      let count = end &- start
      if count <= 16, start &+ 16 <= text.count, unsafe written &+ 16 <= self.target.count {
        unsafe (target + written).storeBytes(of: (source + start).loadUnaligned(as: UInt64.self), as: UInt64.self)
        unsafe (target + (written &+ 8)).storeBytes(of: (source + (start &+ 8)).loadUnaligned(as: UInt64.self), as: UInt64.self)
      } else {
        unsafe (target + written).copyMemory(from: source + start, byteCount: count)
      }
      written = written &+ count
    }
  }
}

/// What may be defanging around a mark, seen without the grammar.
private struct Fang {
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

  @inline(__always) init?(_ text: LogText, _ mark: Int) {
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

  private init?(_ text: LogText, colon mark: Int) {
    guard Self.isOpening(text[mark - 1]) else { return nil }
    let behind = text[mark + 1] == 0x3a ? mark + 2 : mark + 1
    guard Self.isClosing(text[behind]) else { return nil }
    self.init(start: mark - 1, end: behind + 1, sign: 0x3a, count: behind - mark)
  }

  /// A dot, or a word for it, between what may be labels: elsewhere it would only hide where a name ends.
  private init?(_ text: LogText, dot mark: Int, _ behind: Int) {
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
    guard Self.isLabel(text[start - 1]), Self.isLabel(text[end]) else { return nil }
  }

  @inline(__always) private static func isLabel(_ byte: UInt8) -> Bool { ASCII.isHostCharacter(byte) || byte >= 0x80 }

  private static func closer(of byte: UInt8) -> UInt8 { byte == 0x28 ? 0x29 : byte + 2 }

  private init(start: Int, end: Int, sign: UInt8, count: Int = 1, isClean: Bool = true) {
    (self.start, self.end, self.sign, self.count, self.isClean) = (start, end, sign, count, isClean)
  }

  /// Blanks that a bracket may hold on each side.
  private static let innerSpaces = 4

  /// Where one bracket, or the same twice, begins that opens before a place.
  @inline(__always) private static func opening(_ text: LogText, before mark: Int) -> Int? {
    var start = mark
    while text[start - 1] == 0x20, start > mark - innerSpaces { start -= 1 }
    guard isOpening(text[start - 1]) else { return nil }
    return text[start - 2] == text[start - 1] ? start - 2 : start - 1
  }

  @inline(__always) private static func closing(_ text: LogText, from behind: Int) -> Int? {
    var end = behind
    while text[end] == 0x20, end < behind + innerSpaces { end += 1 }
    guard isClosing(text[end]) else { return nil }
    return text[end + 1] == text[end] ? end + 2 : end + 1
  }

  @inline(__always) static func isOpening(_ byte: UInt8) -> Bool { byte == 0x5b || byte == 0x28 || byte == 0x7b || byte == 0x3c }
  @inline(__always) static func isClosing(_ byte: UInt8) -> Bool { byte == 0x5d || byte == 0x29 || byte == 0x7d || byte == 0x3e }
}

/// Spellings of defanging that no mark stands for, written so that one does.
private enum RareFangs {
  /// Appends a range; returns where the places `firsts` of it come to stand.
  static func clean(
    _ text: LogText, _ start: Int, _ end: Int, firsts: some Sequence<Int>, into result: inout [UInt8], hasInvisible: inout Bool, keepsInvisible: Bool
  ) -> [Int] {
    var firsts = firsts.makeIterator()
    var first = firsts.next()
    var places: [Int] = []
    // Nothing gets longer.
    result.append(addingCapacity: end - start) { room in
      func note(upTo position: Int) {
        while let place = first, place <= position {
          places.append(room.count)
          first = firsts.next()
        }
      }
      var position = start
      while position < end {
        let byte = text[position]
        note(upTo: position)
        if byte < 0x80, ASCII.isDigit(byte) || (byte | 0x20) &- 0x61 < 15 || byte == 0x20 || byte == 0x2e {
          room.append(byte)
          position += 1
        } else if Fang.isOpening(byte), position + 5 <= end, isBracketedWWW(text, position) {
          for place in position + 1..<position + 4 { room.append(text[place]) }
          position += 5
        } else if byte >= 0x80 || byte == 0x26 || byte == 0x5f || byte == 0x2c || byte | 0x20 == 0x70, let (length, sign) = rare(text, position),
          position + length <= end
        {
          if sign != 0 {
            room.append(sign)
          } else {
            hasInvisible = true
            if keepsInvisible { for place in position..<position + length { room.append(text[place]) } }
          }
          position += length
        } else {
          room.append(byte)
          position += 1
        }
      }
      note(upTo: .max - 1)
    }
    return places
  }

  /// What is rare at a place: its length, and the byte that it stands for, 0 for none.
  private static func rare(_ text: LogText, _ place: Int) -> (length: Int, replacement: UInt8)? {
    switch text[place] {
    case 0x80...: return character(text, place)
    case 0x26:
      for entity in ["&#46;", "&#x2e;", "&#x2E;", "&period;"] where text.has(entity.utf8, at: place) { return (entity.utf8.count, 0x2e) }
      return nil
    case 0x5f:  // What parts `http__` from its host; but `a__b` is a label.
      guard text[place + 1] == 0x5f else { return nil }
      switch text[place - 1] | 0x20 {
      case 0x70, 0x73, 0x78, 0x77, 0x3a, 0x7d, 0x3e, 0x29: return (2, 0x20)
      default: return nil
      }
    case 0x2c: return isBetweenBrackets(text, place, place + 1) ? (1, 0x2e) : nil
    case 0x70, 0x50:
      for word in ["punto", "punkt", "point"]
      where ASCII.lowercased(text.slice(place, place + 5)) == Array(word.utf8) && isBetweenBrackets(text, place, place + 5) { return (5, 0x2e) }
      return nil
    default: return nil
    }
  }

  private static func isBracketedWWW(_ text: LogText, _ open: Int) -> Bool {
    (1...3).allSatisfy { text[open + $0] | 0x20 == 0x77 } && Fang.isClosing(text[open + 4])
  }

  /// Brackets, or bytes that fullwidth ones end and begin with, around a place, with blanks between.
  private static func isBetweenBrackets(_ text: LogText, _ start: Int, _ end: Int) -> Bool {
    var (before, behind) = (start - 1, end)
    while text[before] == 0x20, before > start - 5 { before -= 1 }
    while text[behind] == 0x20, behind < end + 4 { behind += 1 }
    return (Fang.isOpening(text[before]) || text[before] >= 0x80) && (Fang.isClosing(text[behind]) || text[behind] >= 0x80)
  }

  /// Fullwidth signs as ASCII's, invisible characters as nothing.
  private static func character(_ text: LogText, _ place: Int) -> (length: Int, replacement: UInt8)? {
    guard let (value, end) = text.scalar(at: place) else { return nil }
    return switch value {
    case 0xad, 0x200b...0x200f, 0x202a...0x202e, 0x2060...0x2064, 0xfeff: (end - place, 0)
    case 0x3002, 0xff0e, 0xff61, 0x2024: (end - place, 0x2e)
    case 0xff3b: (end - place, 0x5b)
    case 0xff3d: (end - place, 0x5d)
    case 0xff08: (end - place, 0x28)
    case 0xff09: (end - place, 0x29)
    case 0xff5b: (end - place, 0x7b)
    case 0xff5d: (end - place, 0x7d)
    case 0xff1c: (end - place, 0x3c)
    case 0xff1e: (end - place, 0x3e)
    default: nil
    }
  }
}
