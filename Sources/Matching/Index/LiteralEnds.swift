/// The ends of listed literals under construction (``LiteralHash``), and what the filter says of each: where bodies begin before it (``LiteralReach``) and
/// with which bytes (``LiteralStart``).
///
/// Only a list that is made to has many bodies for an end that logs are full of: all of them would be asked for, for a word of the filter cannot tell so
/// many apart. Such an end is crowded, and a log's word has to go on as listed bodies do, four bytes a step, before any of them is asked for:
///
/// ```
///  xaqwvbn···········ke Gecko           an end of eight bytes with a hundred bodies: those of fewer than four bytes more stand with it,
///         ╰─4──╯╰─4──╯╰──8──╯           the others with a gate each of four bytes more; a crowded gate has gates again
/// ```
/// A gate is a key of the filter as an end is, with a reach and starts of its own.
struct LiteralEnds {
  /// How many bodies may begin within sixteen bytes of an end that is not crowded: they fill a fifth of each word that tells them apart.
  static let mostBeginnings = 12
  /// Bytes of a gate's step.
  static let gate = 4

  private struct Beginning {
    /// Of the end or the gate that it stands with.
    var key: UInt64
    /// How many bytes of the body stand before that.
    var left: Int
    /// Where the body begins in ``bodies``.
    let body: Int
  }
  private var beginnings: [Beginning] = []
  /// Of each body what stands before its last end, and at least two bytes.
  private var bodies: [UInt8] = []

  /// Puts the ends of a body into a filter, but for the one that it begins before: how many do is not known yet.
  mutating func append(_ ends: [(key: UInt64, left: Int)], of body: [UInt8], to filter: inout FilterKeys) {
    for end in ends {
      if end.left < LiteralReach.window {
        beginnings.append(Beginning(key: end.key, left: end.left, body: bodies.count))
        bodies += body.prefix(max(2, end.left))
      } else {
        filter.append(end.key)
        filter.note(LiteralReach.goesOn(end.key), of: end.key)
      }
    }
  }

  /// Puts the other ends and their gates into a filter, and forgets them.
  ///
  /// - Returns: whether any is crowded.
  mutating func note(in filter: inout FilterKeys, hash: KeyHash) -> Bool {
    let isCrowded = note(beginnings.indices, in: &filter, hash: hash)
    self = LiteralEnds()
    return isCrowded
  }

  private mutating func note(_ range: Range<Int>, in filter: inout FilterKeys, hash: KeyHash) -> Bool {
    beginnings[range].sort { ($0.key, $0.left, $0.body) < ($1.key, $1.left, $1.body) }
    var isCrowded = false
    var start = range.lowerBound
    while start < range.upperBound {
      let key = beginnings[start].key
      let end = beginnings[start..<range.upperBound].firstIndex { $0.key != key } ?? range.upperBound
      filter.append(key)
      isCrowded = noteEnd(start..<end, in: &filter, hash: hash) || isCrowded
      start = end
    }
    return isCrowded
  }

  /// - Parameter range: the bodies that begin within sixteen bytes of an end or a gate, the nearest first.
  private mutating func noteEnd(_ range: Range<Int>, in filter: inout FilterKeys, hash: KeyHash) -> Bool {
    let isCrowded = range.count > Self.mostBeginnings
    let far = isCrowded ? beginnings[range].firstIndex { $0.left >= Self.gate } ?? range.upperBound : range.upperBound
    for place in range.lowerBound..<far {
      let (key, left, body) = (beginnings[place].key, beginnings[place].left, beginnings[place].body)
      filter.note(LiteralReach.mask(key, left: left), of: key)
      filter.note(LiteralStart(bodies[body...], left: left, behind: key), of: key)
    }
    guard far < range.upperBound else { return false }
    filter.note(LiteralReach.isCrowded(beginnings[far].key), of: beginnings[far].key)
    for place in far..<range.upperBound {
      beginnings[place].key = LiteralHash.gate(behind: beginnings[place].key, over: window(beginnings[place]), hash: hash)
      beginnings[place].left -= Self.gate
    }
    _ = note(far..<range.upperBound, in: &filter, hash: hash)
    return true
  }

  /// The folded bytes of a gate's step before an end, the one nearest to it on top, in the upper half.
  private func window(_ beginning: Beginning) -> UInt64 {
    let end = beginning.body + beginning.left
    return bodies[(end - Self.gate)..<end].reduce(0) { $0 >> 8 | UInt64(KeyHash.literalFold($1)) << 56 }
  }
}
