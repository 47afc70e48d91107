/// The hash of a literal's body, taken from its end backwards, folded, eight bytes and then sixteen a step: so that one walk from the end of a word finds
/// literals of every length, and is over as soon as nothing listed goes on as the text does.
///
/// ```
///  …Global\{6f4a1111-2222-3333-4444-90ab12cd34ef
///                   ╰──────2───────╯╰──1───╯   behind each step a key of the filter: something ends in these bytes
///   ╰─────key──────╯                           something is these bytes
/// ```
/// Whoever lists the ends of what logs are full of gains one step by it, and another for each sixteen bytes more: whether a literal goes on, and where
/// it begins, is asked at each end (``LiteralReach``).
struct LiteralHash {
  private let hash: KeyHash
  /// The key of the steps behind us, where there are any.
  private(set) var state: UInt64
  /// Bytes of the steps behind us.
  private(set) var count = 0

  /// How many bytes the next step goes over, behind so many.
  @inline(__always) static func step(behind count: Int) -> Int { count == 0 ? 8 : 16 }

  @inline(__always) init(_ hash: KeyHash) {
    self.hash = hash
    state = hash.third
  }

  /// The key of a body that begins within the next step, or here.
  ///
  /// - Parameters:
  ///   - near: the next eight bytes towards the beginning, folded (``KeyHash/literalFold(word:)``), the one nearest to the end in the top byte.
  ///   - far: the eight before those; what it is does not matter where the body has none of them.
  ///   - bytes: how many of them are the body's, 0 to 15.
  func key(_ near: UInt64, _ far: UInt64, bytes: Int) -> UInt64 { key(own: near & Self.last(bytes), far & Self.last(bytes - 8), bytes: bytes) }

  /// The same of words that have zeros before the body.
  @inline(__always) func key(own near: UInt64, _ far: UInt64, bytes: Int) -> UInt64 {
    KeyHash.fold(state ^ near, hash.first ^ far ^ UInt64(truncatingIfNeeded: count &+ bytes) &* 0x9e37_79b9_7f4a_7c15)
  }

  /// The bytes of a word that are nearest to the end: none to all eight.
  private static func last(_ bytes: Int) -> UInt64 { bytes >= 8 ? .max : bytes <= 0 ? 0 : ~(.max >> UInt64(8 * bytes)) }

  /// Goes on by a step.
  ///
  /// - Parameter far: 0 for the first step.
  /// - Returns: the key of the filter for what ends in all bytes so far.
  @inline(__always) mutating func advance(over near: UInt64, _ far: UInt64) -> UInt64 {
    state = KeyHash.fold(state ^ near, hash.second ^ far)
    count &+= Self.step(behind: count)
    return state
  }

  /// The key of a gate (``LiteralEnds``).
  ///
  /// - Parameters:
  ///   - key: that of the end or the gate behind.
  ///   - near: the four bytes before that, folded, the one nearest to it in the top byte, zeros below.
  static func gate(behind key: UInt64, over near: UInt64, hash: KeyHash) -> UInt64 { KeyHash.fold(key ^ near, hash.third) }

  /// The key of a whole body, and those of its ends with the bytes that stand before each.
  static func keys(of body: [UInt8], hash: KeyHash) -> (body: UInt64, ends: [(key: UInt64, left: Int)]) {
    var walk = LiteralHash(hash)
    var ends: [(key: UInt64, left: Int)] = []
    var rest = body.count
    func word(_ distance: Int) -> UInt64 { LiteralText.window(endingAt: rest - distance, in: body) }
    while rest >= step(behind: walk.count) {
      let step = step(behind: walk.count)
      let key = walk.advance(over: word(0), step == 8 ? 0 : word(8))
      rest -= step
      ends.append((key, rest))
    }
    return (walk.key(word(0), word(8), bytes: rest), ends)
  }
}
