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
  mutating func append(_ text: LogText, _ start: Int, _ end: Int, undoing mark: UInt8, by escape: (LogText, _ mark: Int, _ end: Int) -> Escape) {
    append(text, start, end, undoing: mark, by: escape) { $0 }
  }

  /// As ``append(_:_:_:undoing:by:)``, of a part of another view.
  mutating func append(_ view: ViewText, _ start: Int, _ end: Int, undoing mark: UInt8, by escape: (LogText, _ mark: Int, _ end: Int) -> Escape) {
    unsafe view.bytes.withUnsafeBytes { append(unsafe LogText(bytes: $0), start, end, undoing: mark, by: escape) { view.origins[$0] } }
  }

  private mutating func append(
    _ text: LogText, _ start: Int, _ end: Int, undoing mark: UInt8, by escape: (LogText, _ mark: Int, _ end: Int) -> Escape, _ origin: (Int) -> Int
  ) {
    var position = start
    while position < end {
      let found = text[position] == mark ? escape(text, position, end) : Escape(end: position + 1)
      if found.count == 0 { append(text[position], from: origin(position)) }
      for index in 0..<found.count { append(found.byte(index), from: origin(position)) }
      position = found.count == 0 ? position + 1 : found.end
    }
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    origins.removeAll()
  }

  mutating func close(_ end: Int) { origins.note(bytes.count, end) }

  /// The same with its origins in what `outer` came from: a view of a view.
  func within(_ outer: ViewText) -> ViewText {
    var result = ViewText()
    for place in bytes.indices { result.append(bytes[place], from: outer.origins[origins[place]]) }
    result.close(outer.origins[origins[bytes.count]])
    return result
  }

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
    places.partitionPoint { $0.place <= place } - 1
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
