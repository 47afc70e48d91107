internal import CShims

/// Pieces with every mark undone, overlapping ones as one, behind one another with newlines between.
struct BluntText {
  enum Reading: CaseIterable { case everything, onlyClean, withInvisible }

  private var room: [UInt8] = []
  private var count = 0
  /// Where in this text the first mark of each piece stands.
  private var places: [Int] = []
  /// Of each row of pieces that overlap, what the reading of everything met.
  private var stretches: [Stretch] = []
  private var cleaned: [UInt8] = []
  /// Places of marks, for a text that is no part of the chunk.
  private var ownMarks: [Int] = []

  /// Whether a reading may show what the first one has not.
  func needs(_ reading: Reading) -> Bool { reading == .everything || stretches.contains { $0.needs(reading) } }

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    unsafe room.withUnsafeBytes { unsafe body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }

  /// The last piece whose first mark stands at or before a place; -1 before all.
  func piece(at place: Int) -> Int {
    places.partitionPoint { $0 <= place } - 1
  }

  /// - Parameters:
  ///   - marks: places in order that hold every mark of the chunk, and perhaps others.
  ///   - reading: the first one says of what there is reason for the others.
  mutating func write(
    _ pieces: [RefangPieces.Piece], _ borders: [(first: Int, last: Int)], of chunk: LogText, marks: [Int], _ reading: Reading
  ) {
    places.removeAll(keepingCapacity: true)
    if reading == .everything { stretches.removeAll(keepingCapacity: true) }
    let size = borders.reduce(64) { $0 + ($1.last - $1.first) + 1 }
    if room.count < size { room = [UInt8](repeating: 0, count: size * 3 / 2) }
    var writer = Writer(reading: reading)
    swap(&writer.places, &places)
    swap(&writer.cleaned, &cleaned)
    swap(&writer.ownMarks, &ownMarks)
    unsafe room.withUnsafeMutableBytes { room in
      unsafe writer.room = Room(target: room)
      var (piece, mark, number) = (0, 0, 0)
      while piece < pieces.count {
        let firstPiece = piece
        var (start, end) = borders[piece]
        start = max(0, start)
        while piece < pieces.count, borders[piece].first <= end {
          end = max(end, borders[piece].last)
          piece += 1
        }
        if reading != .everything, !stretches[number].needs(reading) {
          writer.skip(piece - firstPiece)
        } else {
          while mark < marks.count, marks[mark] < start { mark += 1 }
          let firstMark = mark
          while mark < marks.count, marks[mark] < end { mark += 1 }
          writer.write(chunk, start, end, marks: marks[firstMark..<mark], pieces[firstPiece..<piece])
          if reading == .everything { stretches.append(writer.stretch) }
        }
        writer.room.put(0x0a)
        number += 1
      }
    }
    swap(&writer.places, &places)
    swap(&writer.cleaned, &cleaned)
    swap(&writer.ownMarks, &ownMarks)
    count = writer.room.written
  }

  /// What decides whether pieces that overlap are read once more: most have no mark that the grammar may judge otherwise than its neighbours,
  /// or none but such and nothing else that a scan of the chunk has not asked about.
  private struct Stretch {
    var hasClean = false
    var hasUnclean = false
    /// Whether it was cleaned of rare spellings, and of what cannot be seen.
    var hasRare = false
    var hasInvisible = false
    /// Whether all that a scan asks about is asked about by the chunk's own scan, where no mark is undone.
    var isKnown = false

    func needs(_ reading: Reading) -> Bool {
      switch reading {
      case .everything: true
      case .onlyClean: hasRare || hasUnclean && (hasClean || !isKnown)
      case .withInvisible: hasInvisible
      }
    }
  }

  /// The end of a text that is being written.
  private struct Writer {
    var room = unsafe Room(target: UnsafeMutableRawBufferPointer(start: nil, count: 0))
    private let reading: Reading
    var places: [Int] = []
    var cleaned: [UInt8] = []
    var ownMarks: [Int] = []
    /// Of what was written last.
    private(set) var stretch = Stretch()
    /// Up to where the chunk was searched for rare spellings, and where the last of these is.
    private var (searched, lastRare) = (0, -1)
    private static let searchedAtOnce = 1024

    init(reading: Reading) { self.reading = reading }

    /// Leaves out pieces: they stand nowhere, before what is written next.
    mutating func skip(_ pieces: Int) { for _ in 0..<pieces { places.append(room.written) } }

    mutating func write(_ chunk: LogText, _ start: Int, _ end: Int, marks: ArraySlice<Int>, _ pieces: ArraySlice<RefangPieces.Piece>) {
      stretch = Stretch()
      guard start < end, end <= chunk.count else { return }
      guard reading != .onlyClean, mayHaveRare(chunk, start, end) else {
        unsafe marks.withUnsafeBufferPointer { unsafe undo(chunk, start, end, marks: $0, firsts: pieces.lazy.map(\.firstMark)) }
        if stretch.hasUnclean, !stretch.hasClean { stretch.isKnown = Self.isKnown(chunk, start, end) }
        return
      }
      stretch.hasRare = true
      var (text, marks) = ([UInt8](), [Int]())
      swap(&text, &cleaned)
      swap(&marks, &ownMarks)
      text.removeAll(keepingCapacity: true)
      let firsts = RareFangs.clean(
        chunk, start, end, firsts: pieces.lazy.map(\.firstMark), into: &text, hasInvisible: &stretch.hasInvisible, keepsInvisible: reading == .withInvisible)
      unsafe text.withUnsafeBytes { bytes in
        let text = unsafe LogText(bytes: bytes)
        text.fangs(into: &marks)
        unsafe marks.withUnsafeBufferPointer { unsafe undo(text, 0, text.count, marks: $0, firsts: firsts) }
      }
      swap(&text, &cleaned)
      swap(&marks, &ownMarks)
    }

    /// Whether whole lines, as they stand, hold no host: about a host a blunt text's scan asks more freely than the chunk's own, about all else
    /// both ask the same.
    private static func isKnown(_ chunk: LogText, _ start: Int, _ end: Int) -> Bool {
      guard chunk[start - 1] == 0x0a, chunk[end] == 0x0a, let bytes = unsafe chunk.bytes.bindMemory(to: UInt8.self).baseAddress else { return false }
      return unsafe ukai_has_inner_dot(bytes + start, end - start) == 0 && ukai_next_number_start(bytes, max(1, start), end) >= end
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
    private mutating func undo(_ text: LogText, _ start: Int, _ end: Int, marks: UnsafeBufferPointer<Int>, firsts: some Sequence<Int>) {
      var (run, mark) = (start, 0)
      for first in firsts {
        unsafe undo(text, marks, &mark, before: first, &run)
        places.append(room.written + (mark < marks.count ? max(0, first - run) : 0))
      }
      unsafe undo(text, marks, &mark, before: .max, &run)
      room.copy(text, run, end)
    }

    /// Undoes the marks before a place.
    /// - Parameters:
    ///   - mark: the number of the next one.
    ///   - run: up to where the text has been written.
    private mutating func undo(_ text: LogText, _ marks: UnsafeBufferPointer<Int>, _ mark: inout Int, before limit: Int, _ run: inout Int) {
      // Copies: what is written might else be these, which would be read again each time.
      var (room, start, number, stretch) = (room, run, mark, stretch)
      while number < marks.count {
        let place = unsafe marks[number]
        if place >= limit { break }
        number = number &+ 1
        guard place >= start else {
          stretch.hasClean = true
          continue
        }
        if RefangView.isPlainDot(text, place) {
          stretch.hasClean = true
          room.copy(text, start, place - 1)
          room.put(0x2e)
          start = place + 2
          continue
        }
        guard let fang = Fang(text, place) else { continue }
        if fang.isClean { stretch.hasClean = true } else { stretch.hasUnclean = true }
        if reading == .onlyClean, !fang.isClean { continue }
        room.copy(text, start, fang.start)
        for _ in 0..<fang.count { room.put(fang.sign) }
        room.copy(text, fang.letters.lowerBound, fang.letters.upperBound)
        start = fang.end
      }
      (self.room, run, mark, self.stretch) = (room, start, number, stretch)
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
