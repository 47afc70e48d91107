/// The hash of a literal's body, taken from its end backwards, eight folded bytes a step: so that one walk from the end of a word finds literals
/// of every length, and is over as soon as nothing listed goes on as the text does.
///
/// ```
///  …Global\{6f4a1111-2222-3333-4444-90ab12cd34ef
///                           ╰──3───╯╰──2───╯╰──1───╯   behind each whole word a key of the filter: something ends in these bytes
///      ╰key: something is these bytes
/// ```
/// Whoever lists the ends of what logs are full of gains eight bytes by it: whether a literal goes on for another eight is asked again
/// (``LiteralReach``).
struct LiteralHash {
  private let hash: KeyHash
  /// The key of the whole words behind us, where there are any.
  private(set) var state: UInt64
  /// Bytes of whole words behind us.
  private(set) var count = 0

  @inline(__always) init(_ hash: KeyHash) {
    self.hash = hash
    state = hash.third
  }

  /// Where a walk stands that has come over `count` bytes to a key.
  @inline(__always) init(_ hash: KeyHash, state: UInt64, count: Int) {
    self.hash = hash
    self.state = state
    self.count = count
  }

  /// The key of a body that begins in the next word, or here.
  ///
  /// - Parameters:
  ///   - word: the next eight bytes towards the beginning, folded (``KeyHash/literalFold(word:)``), the one nearest to the end in the top byte.
  ///   - bytes: how many of them are the body's, 0 to 7.
  @inline(__always) func key(_ word: UInt64, bytes: Int) -> UInt64 {
    let own = word & ~(UInt64.max &>> UInt64(truncatingIfNeeded: 8 &* bytes))
    return KeyHash.fold(state ^ own, hash.first ^ UInt64(truncatingIfNeeded: count &+ bytes) &* 0x9e37_79b9_7f4a_7c15)
  }

  /// Goes on by eight bytes.
  ///
  /// - Returns: the key of the filter for what ends in all bytes so far.
  @inline(__always) mutating func advance(over word: UInt64) -> UInt64 {
    state = KeyHash.fold(state ^ word, hash.second)
    count &+= 8
    return state
  }

  /// The key of a whole body, and those of its ends.
  static func keys(of body: [UInt8], hash: KeyHash) -> (body: UInt64, ends: [UInt64]) {
    var walk = LiteralHash(hash)
    var ends: [UInt64] = []
    var rest = body.count
    while rest >= 8 {
      ends.append(walk.advance(over: LiteralText.window(endingAt: rest, in: body)))
      rest -= 8
    }
    return (walk.key(LiteralText.window(endingAt: rest, in: body), bytes: rest), ends)
  }
}
