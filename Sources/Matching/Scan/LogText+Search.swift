internal import Glibc

/// Searches that go eight bytes a step: what stands between two escapes, quotes or blanks is most of a log.
extension LogText {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let low7: UInt64 = 0x7f7f_7f7f_7f7f_7f7f

  /// The top bit of each byte that is zero, of no other.
  @inline(__always) private static func zeros(_ word: UInt64) -> UInt64 { ~(((word & low7) &+ low7) | word | low7) }

  /// The top bit of each byte up to 0x20.
  @inline(__always) private static func blanks(_ word: UInt64) -> UInt64 { ~(((word & low7) &+ (ones &* 0x5f)) | word) & ~low7 }

  /// The top bit of each byte of a word that is a given one, of no other.
  @inline(__always) static func of(_ byte: UInt8, _ word: UInt64) -> UInt64 { zeros(word ^ ones &* UInt64(byte)) }

  /// What a search stops at.
  enum Stop {
    /// A quote, a line end.
    case stringBorder
    /// A quote, a blank or a control character.
    case runBorder
    case endOfLine

    @inline(__always) func found(in word: UInt64) -> UInt64 {
      let quote = LogText.zeros(word ^ LogText.ones &* 0x22)
      let line = LogText.zeros(word ^ LogText.ones &* 0x0a)
      return switch self {
      case .stringBorder: quote | line
      case .runBorder: quote | LogText.blanks(word)
      case .endOfLine: line
      }
    }

    @inline(__always) func holds(_ byte: UInt8) -> Bool {
      switch self {
      case .stringBorder: byte == 0x22 || byte == 0x0a
      case .runBorder: byte == 0x22 || byte <= 0x20
      case .endOfLine: byte == 0x0a
      }
    }
  }

  /// The first place from `start` on where a byte stops the search; `end` when there is none before it.
  @inline(__always) func first(_ stop: Stop, from start: Int, to end: Int) -> Int {
    let end = min(end, count)
    var place = max(0, start)
    while place &+ 8 <= end {
      let found = unsafe stop.found(in: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      if found != 0 { return place &+ found.trailingZeroBitCount &>> 3 }
      place = place &+ 8
    }
    while place < end, unsafe !stop.holds(bytes[place]) { place = place &+ 1 }
    return place
  }

  /// One past the last place before `end` where a byte stops the search; `start` when there is none from there on.
  @inline(__always) func last(_ stop: Stop, before end: Int, from start: Int) -> Int {
    let start = max(0, start)
    var place = min(end, count)
    while place &- 8 >= start {
      let found = unsafe stop.found(in: bytes.loadUnaligned(fromByteOffset: place &- 8, as: UInt64.self))
      if found != 0 { return place &- found.leadingZeroBitCount &>> 3 }
      place = place &- 8
    }
    while place > start, unsafe !stop.holds(bytes[place &- 1]) { place = place &- 1 }
    return place
  }

  /// Along a URL's path: to where it ends, or to what normalising takes out (a dot segment, plain or escaped), whichever comes first.
  func pathEnd(from start: Int, to limit: Int) -> (end: Int, isDetour: Bool) {
    var place = start
    while place < limit {
      let byte = self[place]
      if byte == 0x2e && self[place - 1] == 0x2f || byte == 0x25 || byte == 0x5c { return (place, true) }
      guard ASCII.isURLCharacter(byte), byte != 0x3f, byte != 0x23 else { break }
      place += 1
    }
    return (place, false)
  }

  /// Appends all places where ``Fang`` may find one.
  func fangs(into places: inout [Int]) {
    places.removeAll(keepingCapacity: true)
    var place = 0
    while place < count {
      if place &+ 8 <= count {
        let word = unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        var found = Self.of(0x2e, word) | Self.of(0x2f, word) | Self.of(0x3a, word) | Self.of(0x64, word | Self.ones &* 0x20)
        while found != 0 {
          places.append(place &+ found.trailingZeroBitCount &>> 3)
          found &= found &- 1
        }
        place = place &+ 8
      } else {
        if Fang.mayBegin(self[place]) { places.append(place) }
        place = place &+ 1
      }
    }
  }

  /// The first place of a byte from `start` on; `end` when there is none before it.
  @inline(__always) func first(_ byte: UInt8, from start: Int, to end: Int) -> Int {
    guard start >= 0, start < end, end <= count, let base = unsafe bytes.baseAddress, let found = unsafe memchr(base + start, Int32(byte), end - start)
    else { return end }
    return unsafe UnsafeRawPointer(found) - base
  }
}
