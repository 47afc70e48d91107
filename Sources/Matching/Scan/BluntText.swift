internal import CShims

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
    places.partitionPoint { $0 <= place } - 1
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
      unsafe writer.room = Room(target: room)
      for _ in 0..<Self.margin { writer.room.put(0x0a) }
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
        writer.room.put(0x0a)
      }
    }
    swap(&writer.places, &places)
    swap(&writer.cleaned, &cleaned)
    count = writer.room.written
    if reading == .everything { (hasUnclean, hasInvisible) = (writer.hasUnclean, writer.hasInvisible) }
  }

  /// The end of a text that is being written.
  private struct Writer {
    var room = unsafe Room(target: UnsafeMutableRawBufferPointer(start: nil, count: 0))
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
      // A copy of its own: what is written might else be the room's own length, which would be read again each time.
      var room = self.room
      for mark in marks {
        while let place = first, place <= mark {
          places.append(room.written + max(0, place - run))
          first = firsts.next()
        }
        guard mark >= run else { continue }
        if RefangView.isPlainDot(text, mark) {
          room.copy(text, run, mark - 1)
          room.put(0x2e)
          run = mark + 2
          continue
        }
        guard let fang = Fang(text, mark) else { continue }
        if !fang.isClean {
          hasUnclean = true
          if reading == .onlyClean { continue }
        }
        room.copy(text, run, fang.start)
        for _ in 0..<fang.count { room.put(fang.sign) }
        room.copy(text, fang.letters.lowerBound, fang.letters.upperBound)
        run = fang.end
      }
      while first != nil {
        places.append(room.written)
        first = firsts.next()
      }
      room.copy(text, run, end)
      self.room = room
    }
  }

  /// Where the text is written, and how much of it is.
  @safe private struct Room {
    let target: UnsafeMutableRawBufferPointer
    private(set) var written = 0

    init(target: UnsafeMutableRawBufferPointer) { unsafe self.target = target }

    @inline(__always) mutating func put(_ byte: UInt8) {
      guard unsafe written < target.count else { return }
      unsafe target[written] = byte
      written = written &+ 1
    }

    /// Most runs between two marks are short: copied with as much as stands behind them.
    @inline(__always) mutating func copy(_ text: LogText, _ start: Int, _ end: Int) {
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
