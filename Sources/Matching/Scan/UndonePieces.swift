internal import Indicators

/// Pieces of a chunk with their escapes undone, behind one another with newlines between: what ``JSONView``, ``PercentView``, ``LabelView`` and
/// ``WideDotView`` give, at the speed of the scan.
///
/// ```
///  chunk   …"a":"http:\/\/evil.example\/x","b":…
///  undone       http://evil.example/x⏎                    eight bytes are copied and searched a step
///  piece   place 0, start 10                               all that is kept of where the bytes came from
/// ```
/// A log may be nothing but escapes, and nearly none of them is in a hit: where a byte came from is found by undoing its piece again.
struct UndonePieces {
  enum Escapes {
    /// JSON strings, and what is left escaped in one is undone again as a piece of its own (``JSONView/depth``).
    case json
    case percent
    /// Lengths before labels, each of which stands for a dot.
    case labels
    /// Full stops of three bytes.
    case wideDots
  }

  private struct Piece {
    /// Where it begins among the undone bytes.
    var place: Int
    /// Where its source begins and ends: in the chunk, or of what is undone again among the undone bytes.
    var start: Int
    var end: Int
    var isAgain = false
  }

  private let escapes: Escapes
  private var room: [UInt8] = []
  private var count = 0
  private var pieces: [Piece] = []

  init(_ escapes: Escapes) { self.escapes = escapes }

  var isEmpty: Bool { count == 0 }

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    unsafe room.withUnsafeBytes { unsafe body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }

  func slice(_ start: Int, _ end: Int) -> [UInt8] { Array(room[start..<end]) }

  mutating func removeAll() {
    count = 0
    pieces.removeAll(keepingCapacity: true)
  }

  /// Adds the string or blank-free run that begins at a place and holds an escape; returns where it ends.
  mutating func add(_ text: LogText, from start: Int) -> Int {
    makeRoom(text)
    let place = count
    let escapes = escapes
    let undone = unsafe room.withUnsafeMutableBytes { room in
      switch escapes {
      case .json: unsafe Self.undoString(text, start, to: room, place)
      case .wideDots: unsafe Self.undoDots(text, start, to: room, place)
      case .percent, .labels: unsafe Self.undoRun(text, start, to: room, place)
      }
    }
    close(Piece(place: place, start: start, end: undone.end), undone.written)
    if undone.hasEscape { addAgain(place..<undone.written) }
    return undone.end
  }

  /// Adds a name with lengths before its labels.
  mutating func add(_ text: LogText, labels: Range<Int>) {
    makeRoom(text)
    let place = count
    let written = unsafe room.withUnsafeMutableBytes { room in
      let source = unsafe LogText(bytes: UnsafeRawBufferPointer(rebasing: text.bytes[..<labels.upperBound]))
      return unsafe Self.undoLabels(source, labels.lowerBound, to: room, place)
    }
    close(Piece(place: place, start: labels.lowerBound, end: labels.upperBound), written)
  }

  private mutating func makeRoom(_ text: LogText) {
    // No byte becomes more than one, a piece's newline stands for the border behind it, and each reading is shorter than the one before.
    let needed = JSONView.depth * text.count + 64
    if room.count < needed { room += [UInt8](repeating: 0, count: needed - room.count) }
  }

  private mutating func close(_ piece: Piece, _ end: Int) {
    pieces.append(piece)
    room[end] = 0x0a
    count = end + 1
  }

  /// Undoes a piece again, and again, as long as that makes it shorter.
  private mutating func addAgain(_ piece: Range<Int>) {
    var piece = piece
    for _ in 1..<JSONView.depth {
      let place = count
      let (written, hasEscape) = unsafe room.withUnsafeMutableBytes { room in
        let source = unsafe LogText(bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<piece.upperBound]))
        return unsafe Self.undoText(source, piece.lowerBound, to: room, place)
      }
      if written - place == piece.count { return }
      close(Piece(place: place, start: piece.lowerBound, end: piece.upperBound, isAgain: true), written)
      guard hasEscape else { return }
      piece = place..<written
    }
  }

  // MARK: Undoing

  private struct Undone {
    /// Where the source ends.
    var end: Int
    var written: Int
    var hasEscape = false
  }

  /// Copies bytes to the first one that stops it; both places go on to there.
  @inline(__always) private static func copy(
    _ text: LogText, _ position: inout Int, to room: UnsafeMutableRawBufferPointer, _ written: inout Int, until stop: (UInt64) -> UInt64
  ) -> Bool {
    guard let source = unsafe text.bytes.baseAddress, let target = room.baseAddress else { return false }
    let left = room.count &- written
    let end = min(text.count, position &+ left &- 8)
    while position &+ 8 <= end {
      let word = unsafe (source + position).loadUnaligned(as: UInt64.self)
      unsafe (target + written).storeBytes(of: word, as: UInt64.self)
      let found = stop(word)
      let step = found == 0 ? 8 : found.trailingZeroBitCount &>> 3
      position = position &+ step
      written = written &+ step
      if found != 0 { return true }
    }
    while position < end {
      let byte = unsafe text.bytes[position]
      if stop(UInt64(byte) | 0x6161_6161_6161_6100) != 0 { return true }
      unsafe room[written] = byte
      position = position &+ 1
      written = written &+ 1
    }
    return false
  }

  /// A JSON string, to its quote or the line's end.
  private static func undoString(_ text: LogText, _ start: Int, to room: UnsafeMutableRawBufferPointer, _ place: Int) -> Undone {
    var undone = Undone(end: start, written: place)
    while unsafe copy(text, &undone.end, to: room, &undone.written, until: { LogText.of(0x5c, $0) | LogText.of(0x22, $0) | LogText.of(0x0a, $0) }),
      text[undone.end] == 0x5c
    {
      repeat { unsafe undoEscape(text, &undone.end, to: room, &undone.written, &undone.hasEscape) } while text[undone.end] == 0x5c
    }
    return undone
  }

  /// All of a text from a place on.
  private static func undoText(
    _ text: LogText, _ start: Int, to room: UnsafeMutableRawBufferPointer, _ place: Int
  ) -> (written: Int, hasEscape: Bool) {
    var (position, written, hasEscape) = (start, place, false)
    while unsafe copy(text, &position, to: room, &written, until: { LogText.of(0x5c, $0) }) {
      repeat { unsafe undoEscape(text, &position, to: room, &written, &hasEscape) } while text[position] == 0x5c
    }
    return (written, hasEscape)
  }

  /// - Parameter hasEscape: set when a backslash is left.
  @inline(__always) private static func undoEscape(
    _ text: LogText, _ position: inout Int, to room: UnsafeMutableRawBufferPointer, _ written: inout Int, _ hasEscape: inout Bool
  ) {
    let kind = text[position &+ 1]
    if kind == 0x2f || kind == 0x22 || kind == 0x5c {
      unsafe room[written] = kind
      hasEscape = hasEscape || kind == 0x5c
      position = position &+ 2
      written = written &+ 1
      return
    }
    if kind == 0x75, position &+ 6 <= text.count, let value = letter(text, position &+ 2) {
      unsafe room[written] = value
      hasEscape = hasEscape || value == 0x5c
      position = position &+ 6
      written = written &+ 1
      return
    }
    // A path of Windows is full of backslashes before other letters.
    let escape = JSONView.mayBeEscape(kind) ? JSONView.escape(text, position, text.count) : ViewText.Escape(end: position &+ 1)
    if escape.count == 0 {
      unsafe room[written] = 0x5c
      hasEscape = true
      written = written &+ 1
    } else {
      for index in 0..<escape.count { unsafe room[written &+ index] = escape.byte(index) }
      hasEscape = hasEscape || escape.bytes == 0x5c
      written = written &+ escape.count
    }
    position = escape.end
  }

  /// What four hexadecimal digits stand for when that is ASCII.
  @inline(__always) private static func letter(_ text: LogText, _ place: Int) -> UInt8? {
    guard text[place] == 0x30, text[place &+ 1] == 0x30 else { return nil }
    return pair(text[place &+ 2], text[place &+ 3]).flatMap { $0 < 0x80 ? $0 : nil }
  }

  /// What two hexadecimal digits stand for, without a branch for each kind of digit.
  @inline(__always) private static func pair(_ high: UInt8, _ low: UInt8) -> UInt8? {
    let isHigh = (high &- 0x30 < 10) != ((high | 0x20) &- 0x61 < 6)
    let isLow = (low &- 0x30 < 10) != ((low | 0x20) &- 0x61 < 6)
    guard isHigh, isLow else { return nil }
    return ((high & 15) &+ 9 &* (high &>> 6)) &<< 4 | ((low & 15) &+ 9 &* (low &>> 6))
  }

  /// A blank-free run, to the blank or quote.
  private static func undoRun(_ text: LogText, _ start: Int, to room: UnsafeMutableRawBufferPointer, _ place: Int) -> Undone {
    var undone = Undone(end: start, written: place)
    while unsafe copy(text, &undone.end, to: room, &undone.written, until: { LogText.of(0x25, $0) | LogText.Stop.runBorder.found(in: $0) }),
      text[undone.end] == 0x25
    {
      repeat {
        let value = pair(text[undone.end &+ 1], text[undone.end &+ 2])
        unsafe room[undone.written] = value ?? 0x25
        undone.end = undone.end &+ (value == nil ? 1 : 3)
        undone.written = undone.written &+ 1
      } while text[undone.end] == 0x25
    }
    return undone
  }

  /// A blank-free run with full stops of three bytes, each of which begins with a byte from 0xE0 on.
  private static func undoDots(_ text: LogText, _ start: Int, to room: UnsafeMutableRawBufferPointer, _ place: Int) -> Undone {
    var undone = Undone(end: start, written: place)
    let stop = { (word: UInt64) in LogText.of(0xe3, word) | LogText.of(0xef, word) | LogText.Stop.runBorder.found(in: word) }
    while unsafe copy(text, &undone.end, to: room, &undone.written, until: stop), text[undone.end] >= 0x80 {
      let isDot = WideDotView.isMark(text, undone.end)
      unsafe room[undone.written] = isDot ? 0x2e : text[undone.end]
      undone.end = undone.end &+ (isDot ? 3 : 1)
      undone.written = undone.written &+ 1
    }
    return undone
  }

  /// Labels, to the text's end.
  private static func undoLabels(_ text: LogText, _ start: Int, to room: UnsafeMutableRawBufferPointer, _ place: Int) -> Int {
    var (position, written) = (start, place)
    while unsafe copy(text, &position, to: room, &written, until: { LogText.of(0x28, $0) }) {
      unsafe room[written] = 0x2e
      written = written &+ 1
      position = LabelView.escape(text, position, text.count).end
    }
    return written
  }

  // MARK: Where bytes came from

  /// Places in the chunk.
  /// - Parameter places: among the undone bytes, in rising order.
  func origins(of places: [Int], in chunk: LogText) -> [Int] {
    var origins: [Int] = []
    var index = 0
    while index < places.count {
      let number = number(ofPieceAt: places[index])
      let piece = pieces[number]
      let next = number + 1 < pieces.count ? pieces[number + 1].place : .max
      let group = places[index...].prefix { $0 < next }
      if piece.isAgain {
        let first = unsafe withBytes { bytes in
          walk(piece, unsafe LogText(bytes: UnsafeRawBufferPointer(rebasing: bytes[..<piece.end])), group)
        }
        origins += self.origins(of: first, in: chunk)
      } else {
        origins += walk(piece, chunk, group)
      }
      index += group.count
    }
    return origins
  }

  private func number(ofPieceAt place: Int) -> Int {
    max(0, pieces.partitionPoint { $0.place <= place } - 1)
  }

  /// Where in its source the places of one piece are.
  private func walk(_ piece: Piece, _ text: LogText, _ places: ArraySlice<Int>) -> [Int] {
    var origins: [Int] = []
    var (place, position) = (piece.place, piece.start)
    for wanted in places {
      while position < piece.end {
        let escape = escape(text, position)
        let count = max(1, escape.count)
        if wanted < place + count { break }
        place += count
        position = escape.count == 0 ? position + 1 : escape.end
      }
      origins.append(min(position, piece.end))
    }
    return origins
  }

  private func escape(_ text: LogText, _ position: Int) -> ViewText.Escape {
    switch (escapes, text[position]) {
    case (.json, 0x5c): JSONView.escape(text, position, text.count)
    case (.percent, 0x25): PercentView.escape(text, position, text.count)
    case (.wideDots, 0x80...): WideDotView.escape(text, position)
    case (.labels, 0x28): LabelView.escape(text, position, text.count)
    default: ViewText.Escape(end: position + 1)
    }
  }
}
