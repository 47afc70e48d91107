internal import CShims

/// Paths, registry keys, mutexes, user agents: texts known by how their last word ends (see ``LiteralText``).
///
/// ```
///  HKLM\Software\Vendor\Run"
///                       ╰──╯           every word of a text: four bytes, one bit of a small table (``TailSet``)
///           ╰──────╯╰──────╯           what is left: the filter, eight bytes a step, as far back as something listed ends as the text does
///  ╵   ╵╵       ╵╵     ╵╵              (``LiteralHash``); and where a word begins as far before as a body does (``LiteralReach``)
/// ```
/// Costs nothing without such indicators. An index whose literals end in words of at least eight bytes has only those looked at.
extension TokenScan {
  func literalWords(_ rules: inout MatchRules<IndicatorIndex>) {
    guard let filter, let block = unsafe block, let shift = tailShift else { return }
    findWordEnds(onlyLong: features.isDisjoint(with: [.shortWords, .tinyWords]))
    if base == 0 { firstWords(&rules) }
    let found = unsafe keepKnownTails(block, shift)
    let hasTiny = features.contains(.tinyWords)
    unsafe askRules(ofEnds: found, block, filter, &rules) { end in unsafe hasTiny && mayBeTiny(end, block, filter) && isShortBody(end, block, filter) }
  }

  /// A literal whose end is a name's too.
  func literal(endingAt end: Int, _ block: UnsafePointer<UInt8>, _ filter: Filter, _ rules: inout MatchRules<IndicatorIndex>) {
    unsafe scratch.ends[0] = UInt32(truncatingIfNeeded: end)
    unsafe askRules(ofEnds: 1, block, filter, &rules) { end in unsafe isShortBody(end, block, filter) }
  }

  /// Asks the rules about the ends in ``scratch`` that some literal may have: the walk that the index does, over the 56 bytes that the masks show.
  ///
  /// All ends take each step together: of a set that is made to be gone through to its beginnings every step of one end alone would wait for the
  /// word of the filter.
  ///
  /// - Parameters:
  ///   - count: ends in ``scratch``.
  ///   - isShort: whether a literal of fewer than eight bytes may end at a place.
  private func askRules(
    ofEnds count: Int, _ block: UnsafePointer<UInt8>, _ filter: Filter, _ rules: inout MatchRules<IndicatorIndex>, isShort: (Int) -> Bool
  ) {
    let (ends, hashes) = unsafe (scratch.ends, scratch.hashes)
    literalEnds.removeAll(keepingCapacity: true)
    var left = base == 0 ? takeNear(count) : count
    unsafe advance(left, length: 0, block, filter)
    for place in 0..<left where unsafe isShort(Int(ends[place])) { unsafe literalEnds.append(ends[place]) }
    var length = 8
    while true {
      left = unsafe ukai_keep_known(kernel, filter.words, UInt64(filter.count), ends, hashes, left)
      left = unsafe keepLonger(left, length, block, filter)
      guard left > 0, length < ByteMasks.nearReach else { break }
      unsafe advance(left, length: length, block, filter)
      length += 8
    }
    for place in 0..<left { unsafe literalEnds.append(ends[place]) }
    literalEnds.sort()
    var last: UInt32?
    for end in literalEnds where end != last {
      rules.literals(text, endingAt: base &+ Int(end))
      last = end
    }
  }

  /// Takes the ends out of ``scratch`` that are too near to the text's beginning for all steps: the rules look at those.
  private func takeNear(_ count: Int) -> Int {
    let ends = unsafe scratch.ends
    var left = 0
    for place in 0..<count {
      let end = unsafe ends[place]
      if Int(end) < ByteMasks.nearReach { literalEnds.append(end) }
      unsafe ends[left] = end
      left += Int(end) < ByteMasks.nearReach ? 0 : 1
    }
    return left
  }

  /// Makes the keys of some ends those of eight bytes more.
  private func advance(_ count: Int, length: Int, _ block: UnsafePointer<UInt8>, _ filter: Filter) {
    let (ends, hashes, start) = unsafe (scratch.ends, scratch.hashes, LiteralHash(hash))
    for place in 0..<count {
      var walk = unsafe length == 0 ? start : LiteralHash(hash, state: hashes[place], count: length)
      let key = unsafe walk.advance(over: LiteralText.window(endingAt: Int(ends[place]) &- length, before: block))
      unsafe hashes[place] = key
      filter.prefetch(key)
    }
  }

  /// Leaves in ``scratch`` the ends with which something goes on that has at least eight bytes more, and notes those that are listed.
  ///
  /// - Parameter length: how many bytes of the ends are known.
  private func keepLonger(_ count: Int, _ length: Int, _ block: UnsafePointer<UInt8>, _ filter: Filter) -> Int {
    let (ends, hashes) = unsafe (scratch.ends, scratch.hashes)
    var kept = 0
    for place in 0..<count {
      let (end, key) = unsafe (Int(ends[place]), hashes[place])
      let reach = LiteralReach(filter.word(of: key), of: key)
      let own = reach.beginnings & UInt8(truncatingIfNeeded: (wordStarts(before: end) &<< UInt64(truncatingIfNeeded: length &- 8)) &>> 49)
      if own != 0, unsafe isBeginning(own, LiteralHash(hash, state: key, count: length), end, block, filter) {
        literalEnds.append(UInt32(truncatingIfNeeded: end))
      }
      unsafe ends[kept] = UInt32(truncatingIfNeeded: end)
      unsafe hashes[kept] = key
      kept = kept &+ (reach.goesOn ? 1 : 0)
    }
    return kept
  }

  /// Whether a listed body begins at one of some places, which are as ``LiteralReach/beginnings``.
  private func isBeginning(_ places: UInt8, _ walk: LiteralHash, _ end: Int, _ block: UnsafePointer<UInt8>, _ filter: Filter) -> Bool {
    let isLast = walk.count >= ByteMasks.nearReach
    let word = unsafe isLast ? 0 : LiteralText.window(endingAt: end &- walk.count, before: block)
    var places = places
    while places != 0 {
      let bytes = places.leadingZeroBitCount
      // What the masks do not show is for the rules to look at.
      if isLast, bytes > 0 { return true }
      places &= ~(0x80 &>> UInt8(truncatingIfNeeded: bytes))
      if isListed(walk.key(word, bytes: bytes), filter) { return true }
    }
    return false
  }

  private func isShortBody(_ end: Int, _ block: UnsafePointer<UInt8>, _ filter: Filter) -> Bool {
    let places = UInt8(truncatingIfNeeded: wordStarts(before: end) &>> 57) & 0x0f
    return unsafe isBeginning(places, LiteralHash(hash), end, block, filter)
  }

  private func isListed(_ key: UInt64, _ filter: Filter) -> Bool { filter.mayHold(key) && (index.holds(key) || cueKeys.contains(key)) }

  /// Where a literal could begin, the byte nearest to the end on top: what is in no word, or begins one.
  @inline(__always) private func wordStarts(before end: Int) -> UInt64 {
    let inWord = unsafe masks.near(end, wordMasks)
    return ~(inWord & (inWord &<< 1))
  }

  /// Which bytes of the block belong to words, and of the one before it, as far as windows reach back.
  func findWords() {
    for word in -1..<words { unsafe wordMasks[word] = masks.alphanumeric[word] | masks.high[word] }
  }

  private func mayBeTiny(_ end: Int, _ block: UnsafePointer<UInt8>, _ filter: Filter) -> Bool {
    unsafe filter.mayHold(hash.hash(window: LiteralText.window(endingAt: end, before: block) &>> 32, kind: .tinyWord))
  }

  /// Words too near to the text's beginning for a look at what stands before their end.
  private func firstWords(_ rules: inout MatchRules<IndicatorIndex>) {
    let near = (1 as UInt64) &<< UInt64(Self.reach) &- 1
    var first = unsafe wordEnds.masks[0] & near
    unsafe wordEnds.masks[0] &= ~near
    while first != 0 {
      rules.literals(text, endingAt: first.trailingZeroBitCount)
      first &= first &- 1
    }
  }

  /// Leaves in ``scratch`` the words whose last four bytes some literal ends in.
  private func keepKnownTails(_ block: UnsafePointer<UInt8>, _ shift: UInt32) -> Int {
    let (tails, ends, masks) = unsafe (self.tails, scratch.ends, wordEnds.masks)
    var kept = 0
    for word in 0..<words {
      var rest = unsafe masks[word]
      // Two at a time, so that fewer ends of a word's row have to be foreseen: the second may be none; then it is the first once more, for
      // nothing behind the text may be read, and not kept.
      while rest != 0 {
        let first = rest.trailingZeroBitCount
        rest &= rest &- 1
        let second = rest == 0 ? first : rest.trailingZeroBitCount
        let isSecond = EndMasks.flag(rest)
        rest &= rest &- 1
        let place = word &* 64
        kept = unsafe keep(place &+ first, 1, kept, block, tails, ends, shift)
        kept = unsafe keep(place &+ second, isSecond, kept, block, tails, ends, shift)
      }
    }
    return kept
  }

  /// Writes a word's end, and counts it when its tail is known and `flag` is 1.
  @inline(__always) private func keep(
    _ end: Int, _ flag: UInt64, _ kept: Int, _ block: UnsafePointer<UInt8>, _ tails: UnsafePointer<UInt64>, _ ends: UnsafeMutablePointer<UInt32>,
    _ shift: UInt32
  ) -> Int {
    let tail = unsafe TailSet.fold(UnsafeRawPointer(block + (end &- 4)).loadUnaligned(as: UInt32.self))
    let bit = TailSet.place(tail, shift: shift)
    unsafe ends[kept] = UInt32(truncatingIfNeeded: end)
    return unsafe kept &+ Int(truncatingIfNeeded: tails[bit &>> 6] &>> UInt64(truncatingIfNeeded: bit & 63) & flag)
  }
}

extension LiteralText {
  /// The folded eight bytes before a place that has as many before it.
  @inline(__always) static func window(endingAt end: Int, before block: UnsafePointer<UInt8>) -> UInt64 {
    unsafe KeyHash.literalFold(word: UnsafeRawPointer(block + (end &- 8)).loadUnaligned(as: UInt64.self))
  }
}
