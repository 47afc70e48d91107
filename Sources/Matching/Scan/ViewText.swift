internal import Glibc

/// A piece of a log with something undone, and where each of its bytes came from.
struct ViewText {
  private(set) var bytes: [UInt8] = []
  /// Offsets in the chunk, for every byte and for the end.
  private(set) var origins = ViewOrigins()

  mutating func append(_ byte: UInt8, from origin: Int) {
    origins.note(bytes.count, origin)
    bytes.append(byte)
  }

  /// Bytes as they stand in the chunk.
  mutating func append(_ text: LogText, _ start: Int, _ end: Int) {
    guard start >= 0, start < end, end <= text.count else { return }
    origins.note(bytes.count, start)
    unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text.bytes[start..<end]))
  }

  /// What a mark of a view begins.
  struct Escape {
    /// Where reading goes on.
    var end: Int
    /// How many bytes it stands for, four at most; 0 when it is no escape.
    var count = 0
    /// They, the first one in the lowest.
    var bytes: UInt32 = 0

    @inline(__always) func byte(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: bytes &>> UInt32(truncatingIfNeeded: 8 &* index)) }
  }

  /// Appends a piece of the chunk with what begins with `mark` undone.
  ///
  /// - Parameter escape: what a mark begins; never shorter than what it stands for, so that the piece's own length is room enough.
  @inline(__always)
  mutating func append(_ text: LogText, _ start: Int, _ end: Int, undoing mark: UInt8, by escape: (LogText, _ mark: Int, _ end: Int) -> Escape) {
    guard start >= 0, start < end, end <= text.count else { return }
    append(atMost: end - start) { room in
      var run = start
      var position = text.first(mark, from: start, to: end)
      while position < end {
        let escape = escape(text, position, end)
        if escape.count > 0 {
          room.copy(text, run, position)
          for index in 0..<escape.count { room.put(escape.byte(index), from: position) }
          run = escape.end
        }
        position = text.first(mark, from: escape.end, to: end)
      }
      room.copy(text, run, end)
    }
  }

  /// As ``append(_:_:_:undoing:by:)``, of a part of another view.
  @inline(__always)
  mutating func append(_ view: ViewText, _ start: Int, _ end: Int, undoing mark: UInt8, by escape: (LogText, _ mark: Int, _ end: Int) -> Escape) {
    guard start >= 0, start < end, end <= view.bytes.count else { return }
    unsafe view.bytes.withUnsafeBytes { bytes in
      let text = unsafe LogText(bytes: bytes)
      append(atMost: end - start) { room in
        var source = ViewOrigins.Walk(view.origins, from: start)
        var run = start
        var position = text.first(mark, from: start, to: end)
        while position < end {
          let escape = escape(text, position, end)
          if escape.count > 0 {
            room.copy(text, run, position, &source)
            let origin = source.origin(of: position)
            for index in 0..<escape.count { room.put(escape.byte(index), from: origin) }
            run = escape.end
          }
          position = text.first(mark, from: escape.end, to: end)
        }
        room.copy(text, run, end, &source)
      }
    }
  }

  /// Appends what is written to the room for at most `count` bytes.
  private mutating func append(atMost count: Int, _ write: (inout Room) -> Void) {
    let first = bytes.count
    var notes = ViewOrigins()
    swap(&notes, &origins)
    bytes.append(addingCapacity: count) { span in
      unsafe span.withUnsafeMutableBufferPointer { buffer, initialized in
        var room = unsafe Room(
          target: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[initialized...])), first: first, origins: notes)
        notes = ViewOrigins()
        write(&room)
        notes = room.origins
        initialized += room.written
      }
    }
    origins = notes
  }

  /// The end of a view that is being written.
  @safe private struct Room {
    fileprivate let target: UnsafeMutableRawBufferPointer
    /// Place of the first byte in the view.
    fileprivate let first: Int
    fileprivate var origins: ViewOrigins
    fileprivate var written = 0

    /// Bytes as they stand in the chunk.
    @inline(__always) mutating func copy(_ text: LogText, _ start: Int, _ end: Int) {
      guard start >= 0, start < end, end <= text.count, unsafe end &- start <= target.count &- written,
        let source = unsafe text.bytes.baseAddress, let target = unsafe target.baseAddress
      else { return }
      origins.note(first &+ written, start)
      unsafe memcpy(target + written, source + start, end &- start)
      written = written &+ (end &- start)
    }

    /// Bytes of another view.
    mutating func copy(_ text: LogText, _ start: Int, _ end: Int, _ source: inout ViewOrigins.Walk) {
      guard start >= 0, start < end, end <= text.count, unsafe end &- start <= target.count &- written,
        let bytes = unsafe text.bytes.baseAddress, let target = unsafe target.baseAddress
      else { return }
      source.visit(start, end) { origins.note(first &+ written &+ $0 &- start, $1) }
      unsafe memcpy(target + written, bytes + start, end &- start)
      written = written &+ (end &- start)
    }

    @inline(__always) mutating func put(_ byte: UInt8, from origin: Int) {
      guard unsafe written < target.count else { return }
      origins.note(first &+ written, origin)
      unsafe target[written] = byte
      written = written &+ 1
    }
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    origins.removeAll()
  }

  mutating func close(_ end: Int) { origins.note(bytes.count, end) }

  /// As ``close(_:)``, with a newline that keeps the piece from the next one.
  mutating func closePiece(_ end: Int) { append(0x0a, from: end) }

  /// Another piece, behind which a newline keeps it from the next one.
  mutating func append(_ piece: ViewText) {
    guard !piece.bytes.isEmpty else { return }
    let place = bytes.count
    var walk = ViewOrigins.Walk(piece.origins, from: 0)
    walk.visit(0, piece.bytes.count) { origins.note(place + $0, $1) }
    bytes.append(contentsOf: piece.bytes)
    append(0x0a, from: piece.origins[piece.bytes.count])
  }
}

/// Where the bytes of a view came from: only where the answer is not "the byte after the last one" is anything stored.
struct ViewOrigins {
  private var places: [(place: Int, origin: Int)] = []

  mutating func removeAll() { places.removeAll(keepingCapacity: true) }

  mutating func note(_ place: Int, _ origin: Int) {
    if let last = places.last, last.origin + place - last.place == origin { return }
    places.append((place, origin))
  }

  subscript(_ place: Int) -> Int {
    let index = index(of: place)
    return index < 0 ? place : places[index].origin + place - places[index].place
  }

  /// The last noted place at or before this one; -1 when there is none.
  private func index(of place: Int) -> Int {
    var low = 0
    var high = places.count
    while low < high {
      let middle = (low + high) / 2
      if places[middle].place <= place { low = middle + 1 } else { high = middle }
    }
    return low - 1
  }

  /// Asks for places in order, each a step from the one before.
  struct Walk {
    private let places: [(place: Int, origin: Int)]
    private var index: Int

    init(_ origins: ViewOrigins, from place: Int) {
      places = origins.places
      index = origins.index(of: place)
    }

    private mutating func advance(to place: Int) {
      while index + 1 < places.count, places[index + 1].place <= place { index += 1 }
    }

    mutating func origin(of place: Int) -> Int {
      advance(to: place)
      return index < 0 ? place : places[index].origin + place - places[index].place
    }

    /// The places of a range from which on the origins are one row, with the first origin of each.
    mutating func visit(_ start: Int, _ end: Int, _ note: (_ place: Int, _ origin: Int) -> Void) {
      note(start, origin(of: start))
      while index + 1 < places.count, places[index + 1].place < end {
        index += 1
        note(places[index].place, places[index].origin)
      }
    }
  }
}
