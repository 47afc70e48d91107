internal import Glibc
import Indicators

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

  /// What is written to the room for at most `count` bytes; `write` is given the place of its first byte in the view and says how many it wrote.
  mutating func append(atMost count: Int, _ write: (UnsafeMutableRawPointer, _ first: Int, inout ViewOrigins) -> Int) {
    let first = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: count))
    let written = unsafe bytes.withUnsafeMutableBytes { room in
      guard let start = room.baseAddress else { return 0 }
      return unsafe write(start + first, first, &origins)
    }
    bytes.removeLast(count - min(count, max(0, written)))
  }

  /// A part of another view.
  mutating func append(_ view: ViewText, _ start: Int, _ end: Int) {
    guard start < end else { return }
    origins.append(view.origins, start, end, at: bytes.count)
    bytes.append(contentsOf: view.bytes[start..<end])
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    origins.removeAll()
  }

  mutating func close(_ end: Int) { origins.note(bytes.count, end) }

  /// As ``close(_:)``, with a newline that keeps the piece from the next one.
  mutating func closePiece(_ end: Int) { append(0x0a, from: end) }

  /// The piece from a place on, as a view of its own.
  func piece(from start: Int) -> ViewText {
    var piece = ViewText()
    piece.append(self, start, bytes.count)
    return piece
  }

  /// Another piece, behind which a newline keeps it from the next one.
  mutating func append(_ piece: ViewText) {
    guard !piece.bytes.isEmpty else { return }
    append(piece, 0, piece.bytes.count)
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

  mutating func append(_ other: ViewOrigins, _ start: Int, _ end: Int, at place: Int) {
    var index = other.index(of: start)
    note(place, other[start])
    while index + 1 < other.places.count, other.places[index + 1].place < end {
      index += 1
      note(place + other.places[index].place - start, other.places[index].origin)
    }
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
}

/// Which pieces of a line are read in another view, and how they read there.
///
/// Only pieces that hold the mark of a view are read again: a string with a backslash, a blank-free run with `%XX`.
enum Views {
  /// Calls `visit` with every piece of the line `start..<end` and the view it is to be matched in.
  static func visit(
    _ text: LogText, _ start: Int, _ end: Int, features: IndexFormat.Features, _ visit: (ViewText, MatchView) -> Void
  ) {
    var marks: Marks = []
    for index in start..<end { marks.formUnion(Marks.of(text, index)) }
    if marks.contains(.backslash) { JSONView.visit(text, start, end) { visit($0, .json) } }
    if marks.contains(.percent) { PercentView.visit(text, start, end) { visit($0, .percent) } }
    if marks.contains(.fang) { RefangView.visit(text, start, end) { visit($0, .refang) } }
    if marks.contains(.international), features.contains(.international) { InternationalView.visit(text, start, end) { visit($0, .raw) } }
  }

  struct Marks: OptionSet {
    let rawValue: UInt8
    static let backslash = Marks(rawValue: 1)
    static let percent = Marks(rawValue: 2)
    static let fang = Marks(rawValue: 4)
    static let international = Marks(rawValue: 8)

    @inline(__always) static func of(_ text: LogText, _ index: Int) -> Marks {
      let byte = text[index]
      switch byte {
      case 0x5c: return RefangView.isMark(text, index) ? [.backslash, .fang] : .backslash
      case 0x25: return PercentView.value(text, index) != nil ? .percent : []
      case 0x80...: return RefangView.isMark(text, index) ? [.international, .fang] : .international
      default: return RefangView.isMark(text, index) ? .fang : []
      }
    }
  }
}

/// JSON string escapes undone, for each string that has any; twice, because logs are put into logs.
enum JSONView {
  static func visit(_ text: LogText, _ start: Int, _ end: Int, _ visit: (ViewText) -> Void) {
    var piece = start
    while piece <= end {
      let close = self.close(text, piece, end)
      if close.hasEscape { read(text, piece, close.position, visit) }
      piece = close.position + 1
    }
  }

  /// The quote that closes the string or other text from `start` on, or the line's end; and whether an escape stands before it.
  static func close(_ text: LogText, _ start: Int, _ end: Int) -> (position: Int, hasEscape: Bool) {
    var position = start
    var hasEscape = false
    while position < end, text[position] != 0x22 {
      if text[position] == 0x5c, position + 1 < end {
        hasEscape = true
        position += 2
      } else {
        position += 1
      }
    }
    return (min(position, end), hasEscape)
  }

  /// As ``read(_:_:_:_:)``, behind one another with newlines between.
  static func read(_ text: LogText, _ start: Int, _ end: Int, into pieces: inout ViewText) {
    let first = pieces.bytes.count
    decode(text, start, end, into: &pieces)
    var twice: ViewText?
    if mayHaveEscape(pieces.bytes, from: first) {
      var once = pieces.piece(from: first)
      once.close(end)
      let again = again(once)
      if again.bytes.count < once.bytes.count { twice = again }
    }
    pieces.closePiece(end)
    if let twice { pieces.append(twice) }
  }

  /// One string, undone once, and again when that left escapes.
  static func read(_ text: LogText, _ start: Int, _ end: Int, _ visit: (ViewText) -> Void) {
    let once = decode(text, start, end)
    visit(once)
    if once.bytes.contains(0x5c) {
      let twice = again(once)
      if twice.bytes.count < once.bytes.count { visit(twice) }
    }
  }

  private static func decode(_ text: LogText, _ start: Int, _ end: Int) -> ViewText {
    var view = ViewText()
    decode(text, start, end, into: &view)
    view.close(end)
    return view
  }

  /// An escape is never shorter than what it stands for.
  private static func decode(_ text: LogText, _ start: Int, _ end: Int, into view: inout ViewText) {
    guard start < end, end <= text.count, let source = unsafe text.bytes.baseAddress else { return }
    unsafe view.append(atMost: end - start) { target, first, origins in
      var written = 0
      func copy(_ from: Int, _ to: Int) {
        guard from < to else { return }
        origins.note(first + written, from)
        unsafe memcpy(target + written, source + from, to - from)
        written += to - from
      }
      func put(_ byte: UInt8, _ origin: Int) {
        origins.note(first + written, origin)
        unsafe target.storeBytes(of: byte, toByteOffset: written, as: UInt8.self)
        written += 1
      }
      var run = start
      var position = text.first(0x5c, from: start, to: end)
      while position < end {
        var next = position + 2
        if let byte = simple(text[position + 1]), next <= end {
          copy(run, position)
          put(byte, position)
          run = next
        } else {
          let (behind, escaped) = step(text, position, end)
          if !escaped.isEmpty {
            copy(run, position)
            for byte in escaped { put(byte, position) }
            run = behind
          }
          next = behind
        }
        position = text.first(0x5c, from: next, to: end)
      }
      copy(run, end)
      return written
    }
  }

  /// What a backslash and one byte stand for.
  @inline(__always) private static func simple(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x22, 0x5c, 0x2f: byte
    case 0x6e: 0x0a
    case 0x72: 0x0d
    case 0x74: 0x09
    case 0x62: 0x08
    case 0x66: 0x0c
    default: nil
    }
  }

  /// False when nothing in the text is an escape.
  private static func mayHaveEscape(_ bytes: [UInt8], from start: Int) -> Bool {
    unsafe bytes.withUnsafeBytes { bytes in
      let text = unsafe LogText(bytes: bytes)
      var position = text.first(0x5c, from: start, to: text.count)
      while position < text.count {
        let byte = text[position + 1]
        if byte == 0x75 || byte == 0x78 || simple(byte) != nil { return true }
        position = text.first(0x5c, from: position + 1, to: text.count)
      }
      return false
    }
  }

  private static func again(_ view: ViewText) -> ViewText {
    var result = ViewText()
    unsafe view.bytes.withUnsafeBytes { bytes in
      let text = unsafe LogText(bytes: bytes)
      var run = 0
      var position = 0
      while position < text.count {
        if text[position] == 0x5c {
          let (next, escaped) = step(text, position, text.count)
          if !escaped.isEmpty {
            result.append(view, run, position)
            for byte in escaped { result.append(byte, from: view.origins[position]) }
            run = next
          }
          position = next
        } else {
          position += 1
        }
      }
      result.append(view, run, text.count)
    }
    result.close(view.origins[view.bytes.count])
    return result
  }

  /// One byte or one escape: where it ends, and what the escape stands for (nothing when it is no escape).
  private static func step(_ text: LogText, _ position: Int, _ end: Int) -> (next: Int, escaped: [UInt8]) {
    guard text[position] == 0x5c, position + 1 < end else { return (position + 1, []) }
    if let byte = simple(text[position + 1]) { return (position + 2, [byte]) }
    switch text[position + 1] {
    case 0x78:  // nginx writes \xXX
      guard let value = hexadecimal(text, position + 2, 2, end) else { return (position + 1, []) }
      return (position + 4, [UInt8(value)])
    case 0x75:
      guard var value = hexadecimal(text, position + 2, 4, end) else { return (position + 1, []) }
      var next = position + 6
      if (0xd800..<0xdc00).contains(value), text[next] == 0x5c, text[next + 1] == 0x75,
        let low = hexadecimal(text, next + 2, 4, end), (0xdc00..<0xe000).contains(low)
      {
        value = 0x10000 + (value - 0xd800) << 10 + (low - 0xdc00)
        next += 6
      }
      guard let scalar = Unicode.Scalar(value) else { return (next, [0xef, 0xbf, 0xbd]) }
      return (next, Array(String(Character(scalar)).utf8))
    default: return (position + 1, [])
    }
  }

  private static func hexadecimal(_ text: LogText, _ start: Int, _ digits: Int, _ end: Int) -> UInt32? {
    guard start + digits <= end else { return nil }
    var value: UInt32 = 0
    for index in start..<(start + digits) {
      guard let digit = ASCII.hexValue(text[index]) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}

/// `%XX` undone once, for each blank-free run that has any.
enum PercentView {
  static func visit(_ text: LogText, _ start: Int, _ end: Int, _ visit: (ViewText) -> Void) {
    var piece = start
    var hasEscape = false
    for position in start...end {
      let byte = position < end ? text[position] : 0x20
      if byte <= 0x20 || byte == 0x22 {
        if hasEscape { visit(decode(text, piece, position)) }
        piece = position + 1
        hasEscape = false
      } else if byte == 0x25, position + 2 < end, value(text, position) != nil {
        hasEscape = true
      }
    }
  }

  /// The byte that `%XX` at a place stands for.
  @inline(__always) static func value(_ text: LogText, _ position: Int) -> UInt8? {
    guard text[position] == 0x25, let high = ASCII.hexValue(text[position + 1]), let low = ASCII.hexValue(text[position + 2]) else {
      return nil
    }
    return high << 4 | low
  }

  /// A blank-free run, decoded, as a piece of its own.
  static func read(_ text: LogText, _ start: Int, _ end: Int, into pieces: inout ViewText) {
    decode(text, start, end, into: &pieces)
    pieces.closePiece(end)
  }

  private static func decode(_ text: LogText, _ start: Int, _ end: Int) -> ViewText {
    var view = ViewText()
    decode(text, start, end, into: &view)
    view.close(end)
    return view
  }

  private static func decode(_ text: LogText, _ start: Int, _ end: Int, into view: inout ViewText) {
    guard start < end, end <= text.count, let source = unsafe text.bytes.baseAddress else { return }
    unsafe view.append(atMost: end - start) { target, first, origins in
      var written = 0
      func copy(_ from: Int, _ to: Int) {
        guard from < to else { return }
        origins.note(first + written, from)
        unsafe memcpy(target + written, source + from, to - from)
        written += to - from
      }
      var run = start
      var position = text.first(0x25, from: start, to: end)
      while position < end {
        var next = position + 1
        if position + 2 < end, let byte = value(text, position) {
          copy(run, position)
          origins.note(first + written, position)
          unsafe target.storeBytes(of: byte, toByteOffset: written, as: UInt8.self)
          written += 1
          next = position + 3
          run = next
        }
        position = text.first(0x25, from: next, to: end)
      }
      copy(run, end)
      return written
    }
  }

  static func decode(_ bytes: [UInt8]) -> ViewText {
    unsafe bytes.withUnsafeBytes { unsafe decode(LogText(bytes: $0), 0, bytes.count) }
  }
}

/// Names with letters beyond ASCII, as the A-labels that indicators are kept in.
enum InternationalView {
  static func visit(_ text: LogText, _ start: Int, _ end: Int, _ visit: (ViewText) -> Void) {
    var position = start
    while position < end {
      guard isNameByte(text[position]) else {
        position += 1
        continue
      }
      let name = position
      var hasLetter = false
      var mayHaveDot = false
      while position < end, isNameByte(text[position]) {
        let byte = text[position]
        if byte >= 0x80 { hasLetter = true }
        // A full stop, or the first byte of what may be one in another script (U+2024, U+3002, U+FF0E, U+FF61): a word is no name.
        if byte == 0x2e || byte == 0xe2 || byte == 0xe3 || byte == 0xef { mayHaveDot = true }
        position += 1
      }
      guard hasLetter, mayHaveDot, position - name <= 1024,
        let domain = try? Canonicalizer.canonicalize(String(decoding: text.slice(name, position), as: UTF8.self), as: .domain)
      else { continue }
      visit(replaced(text, start, end, name, position, with: Array(domain.canonical.utf8)))
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool { byte >= 0x80 || ASCII.isHostCharacter(byte) || byte == 0x2e }

  /// The blank-free run around a name, with the name as A-labels.
  private static func replaced(
    _ text: LogText, _ start: Int, _ end: Int, _ name: Int, _ nameEnd: Int, with labels: [UInt8]
  ) -> ViewText {
    var view = ViewText()
    var first = name
    while first > max(start, name - 256), ASCII.isURLCharacter(text[first - 1]) { first -= 1 }
    var last = nameEnd
    while last < min(end, nameEnd + 4096), ASCII.isURLCharacter(text[last]) { last += 1 }
    view.append(text, first, name)
    for index in labels.indices { view.append(labels[index], from: index == 0 ? name : nameEnd) }
    view.append(text, nameEnd, last)
    view.close(last)
    return view
  }
}
