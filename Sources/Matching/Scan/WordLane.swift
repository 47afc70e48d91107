internal import CShims

/// Paths, registry keys, mutexes, user agents: texts known by how their last word ends (see ``LiteralText``).
///
/// Costs nothing without such indicators. Words of at least eight bytes are asked for by their last eight; only an index with shorter last
/// words makes every word of the text a candidate.
extension TokenScan {
  func literalWords(_ rules: inout MatchRules<IndicatorIndex>) {
    guard let filter, let block = unsafe block else { return }
    let hasShort = !features.isDisjoint(with: [.shortWords, .tinyWords])
    findWordEnds(onlyLong: !hasShort)
    let found = unsafe wordEnds.flatten(to: ends)
    for place in 0..<found {
      let end = unsafe Int(ends[place])
      if base &+ end < Self.reach {
        rules.literals(text, endingAt: base &+ end)
        unsafe hashes[place] = 0
        continue
      }
      let window = unsafe LiteralText.window(endingAt: end, before: block)
      let value = hash.hash(window: window, kind: .longWord)
      unsafe hashes[place] = window
      if features.contains(.longWords) { filter.prefetch(value) }
      if features.contains(.shortWords) { filter.prefetch(hash.hash(window: window, kind: .shortWord)) }
      if features.contains(.tinyWords) { filter.prefetch(hash.hash(window: window &>> 32, kind: .shortWord)) }
    }
    for place in 0..<found {
      let window = unsafe hashes[place]
      if unsafe base &+ Int(ends[place]) < Self.reach { continue }
      let mayHit =
        (features.contains(.longWords) && filter.mayHold(hash.hash(window: window, kind: .longWord)))
        || (features.contains(.shortWords) && filter.mayHold(hash.hash(window: window, kind: .shortWord)))
        || (features.contains(.tinyWords) && filter.mayHold(hash.hash(window: window &>> 32, kind: .shortWord)))
      if mayHit { unsafe rules.literals(text, endingAt: base &+ Int(ends[place])) }
    }
  }
}

extension LiteralText {
  /// The folded eight bytes before a place that has as many before it.
  @inline(__always) static func window(endingAt end: Int, before block: UnsafePointer<UInt8>) -> UInt64 {
    unsafe KeyHash.literalFold(word: UnsafeRawPointer(block + (end &- 8)).loadUnaligned(as: UInt64.self))
  }
}
