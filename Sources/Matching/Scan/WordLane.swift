internal import CShims

/// Paths, registry keys, mutexes, user agents: texts known by how their last word ends (see ``LiteralText``).
///
/// ```
///  HKLM\Software\Vendor\Run"
///                       ╰──╯           every word of a text: four bytes, one bit of a small table (``TailSet``)
///                   ╰──────╯           what is left: eight bytes, the filter
///  ╵   ╵╵       ╵╵     ╵╵              what is left: the filter, for each place where a literal could begin, as far back as something
///                                      listed ends as the text does (``LiteralHash``)
/// ```
/// Costs nothing without such indicators. An index whose literals end in words of at least eight bytes has only those looked at.
extension TokenScan {
  func literalWords(_ rules: inout MatchRules<IndicatorIndex>) {
    guard let filter, let block = unsafe block, let shift = tailShift else { return }
    findWordEnds(onlyLong: features.isDisjoint(with: [.shortWords, .tinyWords]))
    if base == 0 { firstWords(&rules) }
    let found = unsafe keepKnownTails(block, shift)
    let (ends, hashes) = unsafe (scratch.ends, scratch.hashes)
    for place in 0..<found {
      var walk = LiteralHash(hash)
      let value = unsafe walk.advance(over: LiteralText.window(endingAt: Int(ends[place]), before: block))
      unsafe hashes[place] = value
      filter.prefetch(value)
    }
    let hasTiny = features.contains(.tinyWords)
    for place in 0..<found {
      let end = unsafe Int(ends[place])
      let goesOn = unsafe filter.mayHold(hashes[place])
      if unsafe (goesOn || hasTiny && mayBeTiny(end, block, filter)) && mayBeLiteral(end, block, goesOn: goesOn, filter) {
        rules.literals(text, endingAt: base &+ end)
      }
    }
  }

  /// Whether a literal may end at a place: the walk that the index does, over the 64 bytes that the masks show.
  ///
  /// - Parameter goesOn: whether anything listed ends in the last eight bytes, where that has been asked.
  func mayBeLiteral(_ end: Int, _ block: UnsafePointer<UInt8>, goesOn: Bool? = nil, _ filter: Filter) -> Bool {
    guard base &+ end >= ByteMasks.reach else { return true }
    let inWord = unsafe masks.before(end, masks.alphanumeric) | masks.before(end, masks.high)
    // Where a literal could begin, the byte nearest to the end on top: what is in no word, or begins one; from four bytes on.
    var starts = ~(inWord & (inWord &<< 1)) & 0x1fff_ffff_ffff_ffff
    // Of eight bytes or fewer only what has this length: other words of the kind have a feature of their own.
    if goesOn != nil, !features.contains(.tinyWords) { starts &= 0x01ff_ffff_ffff_ffff }
    var walk = LiteralHash(hash)
    var uses: KeyUses = [.endsSoon, .goesOn]
    while walk.count < ByteMasks.reach {
      let word = unsafe LiteralText.window(endingAt: end &- walk.count, before: block)
      var own = uses.contains(.endsSoon) ? starts &>> 56 : 0
      starts = starts &<< 8
      while own != 0 {
        let bytes = own.leadingZeroBitCount &- 55
        own &= ~(0x100 &>> UInt64(truncatingIfNeeded: bytes))
        let key = walk.key(word, bytes: bytes)
        if filter.mayHold(key) && (index.holds(key) || cueKeys.contains(key)) { return true }
      }
      guard uses.contains(.goesOn) else { return false }
      let known = walk.count == 0 ? goesOn : nil
      let key = walk.advance(over: word)
      guard known ?? filter.mayHold(key) else { return false }
      uses = filter.uses(of: key)
    }
    return true
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
