internal import CShims

/// Colons that may be in an IPv6 address: the second of two, or one of a row of four with one to four bytes between.
///
/// A time has two in a row, with a date before it (`25/Nov/2026:08:00:00`) three; what may have four is looked at. An address without `::`
/// has at least six, so that one of two words holds four, or the first of them holds three and may go on.
enum ColonRows {
  static func places(_ mask: MaskPair) -> UInt64 {
    let own = mask.own
    let third = own & spread(own & spread(own))
    return own & mask.delayed(1) | own & spread(third) | third & 0xf800_0000_0000_0000
  }

  /// Where the next colon may be: two to five bytes behind.
  private static func spread(_ mask: UInt64) -> UInt64 {
    let pair = mask | mask &<< 1
    return (pair | pair &<< 2) &<< 2
  }
}

/// Where the tokens of one kind end in a block.
@safe struct EndMasks {
  /// Words of masks whose flags share a word.
  static let groupWords = 64
  static let groups = TokenScan.blockWords / groupWords

  /// A mask a word.
  let masks: UnsafeMutablePointer<UInt64>
  /// Which words have any end, a bit a word, group after group.
  let filled: UnsafeMutablePointer<UInt64>

  /// - Parameter filled: room for ``groups`` words.
  init(_ masks: UnsafeMutablePointer<UInt64>, filled: UnsafeMutablePointer<UInt64>) {
    unsafe self.masks = masks
    unsafe self.filled = filled
    unsafe filled.initialize(repeating: 0, count: Self.groups)
  }

  /// Writes the masks of some words of a group, a bit a word; all others of it have no end.
  @inline(__always) func fill(_ group: Int, _ candidates: UInt64, with ends: (_ word: Int) -> UInt64) {
    var flags: UInt64 = 0
    var words = candidates
    while words != 0 {
      let place = words.trailingZeroBitCount
      words &= words &- 1
      let word = group &* Self.groupWords &+ place
      let mask = ends(word)
      unsafe masks[word] = mask
      flags |= Self.flag(mask) &<< UInt64(truncatingIfNeeded: place)
    }
    unsafe filled[group] = flags
  }

  /// One for a mask that has any bit, without a branch: which words do is not foreseen.
  @inline(__always) static func flag(_ mask: UInt64) -> UInt64 { (mask | (0 &- mask)) &>> 63 }

  /// Writes the places of all bits behind one another; returns how many there are.
  ///
  /// Only words that have any are visited, and most of them have one end or two, which are written and counted without a question: so nearly
  /// all branches go the way they went before.
  @inline(__always) func flatten(to list: UnsafeMutablePointer<UInt32>) -> Int {
    var count = 0
    for group in 0..<Self.groups {
      var words = unsafe filled[group]
      while words != 0 {
        let word = group &* Self.groupWords &+ words.trailingZeroBitCount
        words &= words &- 1
        let place = UInt32(truncatingIfNeeded: word &* 64)
        var rest = unsafe masks[word]
        unsafe list[count] = place &+ UInt32(truncatingIfNeeded: rest.trailingZeroBitCount)
        rest &= rest &- 1
        unsafe list[count &+ 1] = place &+ UInt32(truncatingIfNeeded: rest.trailingZeroBitCount)
        count = count &+ 1 &+ Int(truncatingIfNeeded: Self.flag(rest))
        rest &= rest &- 1
        while rest != 0 {
          unsafe list[count] = place &+ UInt32(truncatingIfNeeded: rest.trailingZeroBitCount)
          count = count &+ 1
          rest &= rest &- 1
        }
      }
    }
    return count
  }
}

extension TokenScan {
  func findEnds() {
    for group in 0..<EndMasks.groups {
      let first = group &* EndMasks.groupWords
      let count = max(0, min(EndMasks.groupWords, words &- first))
      unsafe findEnds(group, masks.from(first), count)
      unsafe findRarePlaces(group, masks.from(first), count)
    }
  }

  private func findEnds(_ group: Int, _ masks: ukai_masks, _ count: Int) {
    let first = group &* EndMasks.groupWords
    let ends = unsafe ukai_ends(names: nameEnds.masks + first, numbers: numberEnds.masks + first, long_runs: longRunEnds.masks + first)
    let filled = unsafe ukai_find_ends(kernel, masks, count, &state.runs, ends)
    unsafe nameEnds.filled[group] = filled.names
    unsafe numberEnds.filled[group] = filled.numbers
    unsafe longRunEnds.filled[group] = filled.long_runs
  }

  private func findRarePlaces(_ group: Int, _ groupMasks: ukai_masks, _ count: Int) {
    let rare = unsafe ukai_find_rare(kernel, groupMasks, count)
    colonPlaces.fill(group, rare.colons) { unsafe ColonRows.places(masks.pair(masks.colon, $0)) }
    if !features.isDisjoint(with: [.addresses, .networks4]) {
      numericHostPlaces.fill(group, rare.digits_behind) { word in
        let before = unsafe masks.pair(masks.alphanumeric, word)
        return unsafe masks.digit[word] & masks.pair(masks.colon, word).delayed(3) & ~before.delayed(1) & ~before.delayed(2)
      }
    }
    unsafe markPlaces.filled[group] = rare.marks
    guard rare.high != 0 else { return }
    // Of bytes beyond ASCII the first of each row.
    let isInternational = features.contains(.international)
    markPlaces.fill(group, rare.marks | rare.high) { word in
      let high = unsafe masks.pair(masks.high, word)
      let first = high.own & ~high.delayed(1)
      return unsafe masks.mark[word] | (isInternational ? first : first & threeBetweenLabels(word))
    }
  }

  /// Where three bytes beyond ASCII may begin that have labels on both sides: what is not known behind the block may be anything.
  @inline(__always) private func threeBetweenLabels(_ word: Int) -> UInt64 {
    let host = unsafe masks.pair(masks.host, word)
    let isLast = word &+ 1 >= words
    let (nextHost, nextHigh) = unsafe isLast ? (.max, .max) : (masks.host[word &+ 1], masks.high[word &+ 1])
    return unsafe host.delayed(1) & (masks.high[word] &>> 2 | nextHigh &<< 62) & (host.own &>> 3 | nextHost &<< 61)
  }

  /// Ends of words of letters, digits and bytes beyond ASCII: all of them, or those of at least eight bytes; and of these where no hyphen and
  /// no dot with another word goes on, for no rule takes what is the beginning of a longer name but a CVE (`LiteralRules`).
  func findWordEnds(onlyLong: Bool) {
    let longer = features.contains(.vulnerabilities) ? UKAI_SKIP_LONGER_BUT_NUMBERS : UKAI_SKIP_LONGER
    let skips = features.contains(.openTrailers) ? UKAI_SKIP_NONE : longer
    unsafe ukai_find_word_ends(kernel, masks.pointers, words, Int32(bitPattern: skips.rawValue), wordEnds.masks)
    guard onlyLong else { return }
    var longWords = state.longWords
    for word in 0..<words { unsafe wordEnds.masks[word] &= longWords.endsOf8(masks.alphanumeric[word] | masks.high[word]) }
    state.longWords = longWords
  }

  /// Places of `\`, `%`, `#`, escapes, defanging, and the first of each row of bytes from 0x80 on; where no names beyond ASCII are looked for, of
  /// each that may be a full stop.
  func gatherMarks() {
    let count = unsafe markPlaces.flatten(to: scratch.ends)
    guard count > 0 else { return }
    marks.append(addingCapacity: count) { span in
      unsafe span.withUnsafeMutableBufferPointer { marks, kept in
        guard let start = marks.baseAddress else { return }
        // Without a question in it, the compiler makes vectors of this.
        for place in 0..<count { unsafe start[kept &+ place] = base &+ Int(scratch.ends[place]) }
        kept = kept &+ count
      }
    }
    // The newlines behind the text are none.
    while let last = marks.last, last >= text.count { marks.removeLast() }
  }
}
