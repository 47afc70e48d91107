internal import CShims
internal import Indicators

/// Pieces of a chunk with their escapes undone, behind one another with newlines between: what ``JSONView``, ``PercentView``, ``LabelView`` and
/// ``WideDotView`` give, at the speed of the scan.
///
/// ```
///  chunk   …"a":"http:\/\/evil.example\/x","b":…
///  undone       http://evil.example/x⏎                    64 bytes are searched at once, 32 copied a step
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

  /// Adds the strings that hold any of some backslashes, which are all of a text's from a place on, in order; returns where the next one may begin.
  mutating func addStrings(_ text: LogText, at backslashes: ArraySlice<Int>, from start: Int) -> Int {
    if backslashes.isEmpty { return start }
    return unsafe withRoom(for: text) { pieces, room in
      var end = start
      // At a line's end it is no escape.
      for backslash in backslashes where backslash >= end && text[backslash + 1] != 0x0a {
        let undone = unsafe Self.undoString(text, backslash, to: room, pieces.count)
        unsafe pieces.close(undone, room)
        if undone.leaves_escape { unsafe pieces.addAgain(undone, room) }
        end = undone.end + 1
      }
      return end
    }
  }

  /// Adds the blank-free runs that hold any of some `%XX`, which are in order; returns where the next one may begin.
  mutating func addRuns(_ text: LogText, at percents: ArraySlice<Int>, from start: Int) -> Int {
    if percents.isEmpty { return start }
    return unsafe withRoom(for: text) { pieces, room in
      var end = start
      for percent in percents where percent >= end {
        let undone = unsafe Self.undoRun(text, percent, to: room, pieces.count)
        unsafe pieces.close(undone, room)
        end = undone.end
      }
      return end
    }
  }

  /// Adds the blank-free run with wide full stops that begins at a place; returns where it ends.
  mutating func addRun(_ text: LogText, from start: Int) -> Int {
    unsafe withRoom(for: text) { pieces, room in
      let undone = unsafe Self.undoDots(text, start, to: room, pieces.count)
      unsafe pieces.close(undone, room)
      return undone.end
    }
  }

  /// Adds a name with lengths before its labels.
  mutating func add(_ text: LogText, labels: Range<Int>) {
    unsafe withRoom(for: text) { pieces, room in
      let source = unsafe LogText(bytes: UnsafeRawBufferPointer(rebasing: text.bytes[..<labels.upperBound]))
      var undone = unsafe Self.undoLabels(source, labels.lowerBound, to: room, pieces.count)
      undone.end = labels.upperBound
      unsafe pieces.close(undone, room)
    }
  }

  /// Makes room, and takes it out of `self` for as long as pieces are added: no piece has to ask whether it is there and whose it is.
  @inline(__always) private mutating func withRoom<Result>(
    for text: LogText, _ body: (inout UndonePieces, UnsafeMutableRawBufferPointer) -> Result
  ) -> Result {
    // No byte becomes more than one, a piece's newline stands for the border behind it, and each reading is shorter than the one before. Some are
    // read and written behind.
    let needed = JSONView.depth * text.count + 256
    if room.count < needed { room += [UInt8](repeating: 0, count: needed - room.count) }
    var room: [UInt8] = []
    swap(&room, &self.room)
    defer { swap(&room, &self.room) }
    return unsafe room.withUnsafeMutableBytes { unsafe body(&self, $0) }
  }

  /// Notes the piece that has been written behind the others.
  @inline(__always) private mutating func close(_ undone: ukai_undone, isAgain: Bool = false, _ room: UnsafeMutableRawBufferPointer) {
    pieces.append(Piece(place: count, start: undone.start, end: undone.end, isAgain: isAgain))
    unsafe room[undone.written] = 0x0a
    count = undone.written + 1
  }

  /// Undoes the last piece again, and again, as long as that makes it shorter.
  private mutating func addAgain(_ piece: ukai_undone, _ room: UnsafeMutableRawBufferPointer) {
    guard let bytes = unsafe room.bindMemory(to: UInt8.self).baseAddress else { return }
    var (undone, start) = (piece, pieces.last?.place ?? 0)
    for _ in 1..<JSONView.depth where undone.leaves_escape {
      let (end, place) = (undone.written, count)
      undone = unsafe ukai_undo_text(bytes + start, end - start, bytes + place)
      if undone.written == end - start { return }
      (undone.start, undone.end, undone.written) = (start, end, undone.written + place)
      start = place
      unsafe close(undone, isAgain: true, room)
    }
  }

  // MARK: Undoing

  /// Copies bytes to the first one that stops it; both places go on to there.
  @inline(__always) private static func copy(
    _ text: LogText, _ undone: inout ukai_undone, to room: UnsafeMutableRawBufferPointer, until stop: (UInt64) -> UInt64
  ) -> Bool {
    guard let source = unsafe text.bytes.baseAddress, let target = room.baseAddress else { return false }
    var (position, written) = (undone.end, undone.written)
    defer { (undone.end, undone.written) = (position, written) }
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

  /// A kernel of C that undoes the piece around its first escape, but for what lies near the text's end.
  private typealias Kernel = (UnsafePointer<UInt8>, _ count: Int, _ escape: Int, UnsafeMutablePointer<UInt8>) -> ukai_undone

  @inline(__always) private static func undo(
    _ text: LogText, _ escape: Int, to room: UnsafeMutableRawBufferPointer, _ place: Int, by kernel: Kernel
  ) -> ukai_undone {
    guard let source = unsafe text.bytes.bindMemory(to: UInt8.self).baseAddress,
      let target = unsafe room.bindMemory(to: UInt8.self).baseAddress
    else { return nothing(escape, place) }
    var undone = unsafe kernel(source, text.count, escape, target + place)
    undone.written = undone.written &+ place
    return undone
  }

  /// A piece of which nothing is undone yet.
  private static func nothing(_ start: Int, _ place: Int) -> ukai_undone {
    ukai_undone(start: start, end: start, written: place, leaves_escape: false)
  }

  /// The JSON string around its first backslash, to its quote or the line's end.
  private static func undoString(_ text: LogText, _ backslash: Int, to room: UnsafeMutableRawBufferPointer, _ place: Int) -> ukai_undone {
    var undone = unsafe undo(text, backslash, to: room, place, by: ukai_undo_string)
    if LogText.Stop.stringBorder.holds(text[undone.end]) { return undone }
    while unsafe copy(text, &undone, to: room, until: { LogText.of(0x5c, $0) | LogText.Stop.stringBorder.found(in: $0) }), text[undone.end] == 0x5c {
      repeat { unsafe undoEscape(text, &undone, to: room) } while text[undone.end] == 0x5c
    }
    return undone
  }

  @inline(__always) private static func undoEscape(_ text: LogText, _ undone: inout ukai_undone, to room: UnsafeMutableRawBufferPointer) {
    let kind = text[undone.end &+ 1]
    if kind == 0x2f || kind == 0x22 || kind == 0x5c {
      unsafe room[undone.written] = kind
      undone.leaves_escape = undone.leaves_escape || kind == 0x5c
      undone.end = undone.end &+ 2
      undone.written = undone.written &+ 1
      return
    }
    // A path of Windows is full of backslashes before other letters.
    let escape = JSONView.mayBeEscape(kind) ? JSONView.escape(text, undone.end, text.count) : ViewText.Escape(end: undone.end &+ 1)
    let (bytes, count) = escape.count == 0 ? (0x5c, 1) : (escape.bytes, escape.count)
    for index in 0..<count { unsafe room[undone.written &+ index] = UInt8(truncatingIfNeeded: bytes &>> UInt32(truncatingIfNeeded: 8 &* index)) }
    undone.leaves_escape = undone.leaves_escape || bytes == 0x5c
    undone.end = escape.end
    undone.written = undone.written &+ count
  }

  /// The blank-free run around its first `%XX`, to the blank or quote.
  private static func undoRun(_ text: LogText, _ percent: Int, to room: UnsafeMutableRawBufferPointer, _ place: Int) -> ukai_undone {
    var undone = unsafe undo(text, percent, to: room, place, by: ukai_undo_run)
    if LogText.Stop.runBorder.holds(text[undone.end]) { return undone }
    while unsafe copy(text, &undone, to: room, until: { LogText.of(0x25, $0) | LogText.Stop.runBorder.found(in: $0) }), text[undone.end] == 0x25 {
      let value = PercentView.value(text, undone.end)
      unsafe room[undone.written] = value ?? 0x25
      undone.end = undone.end &+ (value == nil ? 1 : 3)
      undone.written = undone.written &+ 1
    }
    return undone
  }

  /// A blank-free run with full stops of three bytes, each of which begins with a byte from 0xE0 on.
  private static func undoDots(_ text: LogText, _ start: Int, to room: UnsafeMutableRawBufferPointer, _ place: Int) -> ukai_undone {
    var undone = nothing(start, place)
    let stop = { (word: UInt64) in LogText.of(0xe3, word) | LogText.of(0xef, word) | LogText.Stop.runBorder.found(in: word) }
    while unsafe copy(text, &undone, to: room, until: stop), text[undone.end] >= 0x80 {
      let isDot = WideDotView.isMark(text, undone.end)
      unsafe room[undone.written] = isDot ? 0x2e : text[undone.end]
      undone.end = undone.end &+ (isDot ? 3 : 1)
      undone.written = undone.written &+ 1
    }
    return undone
  }

  /// Labels, to the text's end.
  private static func undoLabels(_ text: LogText, _ start: Int, to room: UnsafeMutableRawBufferPointer, _ place: Int) -> ukai_undone {
    var undone = nothing(start, place)
    while unsafe copy(text, &undone, to: room, until: { LogText.of(0x28, $0) }) {
      unsafe room[undone.written] = 0x2e
      undone.written = undone.written &+ 1
      undone.end = LabelView.escape(text, undone.end, text.count).end
    }
    return undone
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
