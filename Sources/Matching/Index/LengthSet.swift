/// The lengths that the listed tokens of a kind have, up to ``longest``: a log's digests, trace ids and session names of all others cost no question.
struct LengthSet {
  static let longest = 128
  /// Length 1 in the lowest bit of the first.
  private(set) var words: (UInt64, UInt64) = (0, 0)

  init() {}

  /// - Parameter words: as ``words`` has them.
  init(_ words: (UInt64, UInt64)) { self.words = words }

  mutating func insert(_ length: Int) {
    guard (1...Self.longest).contains(length) else { return }
    if length <= 64 { words.0 |= 1 << UInt64(length - 1) } else { words.1 |= 1 << UInt64(length - 65) }
  }

  @inline(__always) func contains(_ length: Int) -> Bool {
    let bit = UInt64(truncatingIfNeeded: length &- 1)
    return bit < 128 && (bit < 64 ? words.0 : words.1) &>> (bit & 63) & 1 == 1
  }
}
