internal import CShims

/// Where tokens end, out of masks alone. All masks are of 64 bytes; what is one word before or behind comes in by carries.

/// Ends of dotted names and of what may be dotted quads.
///
/// Whether a quad has four numbers is told from the dots before its end, once for each end: asking every word for three dots at the distances
/// of octets took as long as all the rest of this. Ends at a word's last byte are told without the word behind: some are ends of no
/// token, and fall later.
struct DottedEnds {
  private var labels = RunEnds()
  private var numbers = RunEnds()
  private var octets = RunEnds()
  /// Whether the byte before is a dot; whether the last two are of a host.
  private var dot: UInt64 = 0
  private var host: UInt64 = 0
  /// Where a number may begin that follows an octet and two dots.
  private var octet: UInt64 = 0

  /// - Returns: `names`: one past the last label of each dotted run, unless that label is a number; any number of dots may follow.
  ///   `numbers`: one past each number behind a dot with another dot an octet before, with no letter behind.
  @inline(__always) mutating func next(
    host own: UInt64, dot mask: UInt64, digit: UInt64, alphanumeric: UInt64
  ) -> (names: UInt64, numbers: UInt64) {
    // The first byte of a label that follows a label and a dot.
    let starts = own & (mask &<< 1 | dot) & (own &<< 2 | host)
    dot = mask &>> 63
    host = own &>> 62
    let afterOctet = (mask | mask &<< 1 | mask &<< 2) &<< 3 | octet
    let top = mask &>> 59
    octet = top | top &>> 1 | top &>> 2
    let numberStarts = starts & digit
    let numberEnds = numbers.ends(of: digit, from: numberStarts)
    let octetEnds = octets.ends(of: digit, from: numberStarts & afterOctet)
    let labelEnds = labels.ends(of: own, from: starts)
    return (labelEnds & ~(mask & own &>> 1) & ~numberEnds, octetEnds & ~(mask & digit &>> 1) & ~alphanumeric)
  }
}

/// One past the last byte of runs of at least 25.
///
/// A run of 25 holds two aligned groups of eight in a row, whole: what has none is done with in eight operations. The others are found by
/// doubling: a run of eight ends where one of four ends and another ended four bytes before.
struct LongEnds {
  private var mask = MaskPair()
  private var lastGroup: UInt64 = 0
  private var doubles: UInt64 = 0

  @inline(__always) mutating func next(_ own: UInt64) -> UInt64 {
    mask.advance(to: own)
    // The top bit of each group whose bits are all set.
    let groups = ((own & 0x7f7f_7f7f_7f7f_7f7f) &+ 0x0101_0101_0101_0101) & own & 0x8080_8080_8080_8080
    let own = groups & (groups &<< 8 | lastGroup)
    let before = doubles
    lastGroup = groups &>> 56
    doubles = own
    if own | before == 0 { return 0 }
    return Self.ends(mask)
  }

  /// The bytes before `mask.before` do not matter to ends in `mask.own`.
  private static func ends(_ mask: MaskPair) -> UInt64 {
    var runs = mask
    var length: UInt64 = 1
    var eight = mask
    while length < 16 {
      runs = MaskPair(runs.before & runs.before &<< length, runs.own & runs.delayed(length))
      length &*= 2
      if length == 8 { eight = runs }
    }
    let before = runs.before & eight.before &<< 16 & mask.before &<< 24
    let own = runs.own & eight.delayed(16) & mask.delayed(24)
    return MaskPair(before, own).delayed(1) & ~mask.own
  }
}

/// Colons that may be in an IPv6 address: the second of two, or one of a row of four with one to four bytes between.
///
/// A time has two in a row, with a date before it (`25/Nov/2026:08:00:00`) three; what may have four is looked at. An address without `::`
/// has at least six, so that one of two words holds four, or the first of them holds three and may go on.
struct ColonRows {
  private var last: UInt64 = 0

  @inline(__always) mutating func next(_ own: UInt64) -> UInt64 {
    let double = own & (own &<< 1 | last)
    last = own &>> 63
    let third = own & Self.spread(own & Self.spread(own))
    return double | own & Self.spread(third) | third & 0xf800_0000_0000_0000
  }

  /// Where the next colon may be: two to five bytes behind.
  @inline(__always) private static func spread(_ mask: UInt64) -> UInt64 {
    let pair = mask | mask &<< 1
    return (pair | pair &<< 2) &<< 2
  }
}

/// Where the tokens of one kind end in a block.
@safe struct EndMasks {
  /// A mask a word.
  let masks: UnsafeMutablePointer<UInt64>
  /// Which words have any end, a bit a word.
  var filled: UInt64 = 0

  init() {
    unsafe masks = .allocate(capacity: TokenScan.blockWords)
    unsafe masks.initialize(repeating: 0, count: TokenScan.blockWords)
  }

  func deallocate() { unsafe masks.deallocate() }

  /// One for a mask that has any bit, without a branch: which words do is not foreseen.
  @inline(__always) static func flag(_ mask: UInt64) -> UInt64 { (mask | (0 &- mask)) &>> 63 }

  /// Writes the places of all bits behind one another; returns how many there are.
  ///
  /// Only words that have any are visited, so nearly all branches go the way they went before.
  @inline(__always) func flatten(to list: UnsafeMutablePointer<UInt32>) -> Int {
    var words = filled
    var count = 0
    while words != 0 {
      let word = words.trailingZeroBitCount
      words &= words &- 1
      let place = UInt32(truncatingIfNeeded: word &* 64)
      var rest = unsafe masks[word]
      while rest != 0 {
        unsafe list[count] = place &+ UInt32(truncatingIfNeeded: rest.trailingZeroBitCount)
        count = count &+ 1
        rest &= rest &- 1
      }
    }
    return count
  }
}

extension TokenScan {
  /// Names and numbers, then what is rarer: what one walk carries along fits the registers, what both carry does not.
  func findEnds() {
    findDottedEnds()
    findRareEnds()
  }

  private func findDottedEnds() {
    var dotted = state.dotted
    let masks = unsafe self.masks + Self.guardWords
    let (names, numbers) = unsafe (nameEnds.masks, numberEnds.masks)
    var (withNames, withNumbers): (UInt64, UInt64) = (0, 0)
    for word in 0..<words {
      let own = unsafe masks + word
      let ends = unsafe dotted.next(
        host: own[0].host, dot: own[0].dot, digit: own[0].digit, alphanumeric: own[0].alphanumeric)
      unsafe names[word] = ends.names
      unsafe numbers[word] = ends.numbers
      withNames |= EndMasks.flag(ends.names) &<< UInt64(truncatingIfNeeded: word)
      withNumbers |= EndMasks.flag(ends.numbers) &<< UInt64(truncatingIfNeeded: word)
    }
    state.dotted = dotted
    nameEnds.filled = withNames
    numberEnds.filled = withNumbers
  }

  private func findRareEnds() {
    var (long, rows) = (state.longTokens, state.colons)
    let beyondASCII: UInt64 = features.contains(.international) ? .max : 0
    var high: UInt64 = 0
    let masks = unsafe self.masks + Self.guardWords
    unsafe high = masks[-1].high &>> 63
    let (longTokens, colons, marks) = unsafe (longTokenEnds.masks, colonPlaces.masks, markPlaces.masks)
    var (withLong, withColons, withMarks): (UInt64, UInt64, UInt64) = (0, 0, 0)
    for word in 0..<words {
      let own = unsafe masks + word
      let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: word)
      let longEnds = unsafe long.next(own[0].alphanumeric)
      if longEnds != 0 {
        unsafe longTokens[word] = longEnds
        withLong |= bit
      }
      let colonEnds = unsafe rows.next(own[0].colon)
      if colonEnds != 0 {
        unsafe colons[word] = colonEnds
        withColons |= bit
      }
      // Of bytes beyond ASCII the first of each row.
      let mask = unsafe own[0].high
      let mark = unsafe own[0].mark | mask & ~(mask &<< 1 | high) & beyondASCII
      high = mask &>> 63
      unsafe marks[word] = mark
      withMarks |= EndMasks.flag(mark) &<< UInt64(truncatingIfNeeded: word)
    }
    (state.longTokens, state.colons) = (long, rows)
    longTokenEnds.filled = withLong
    colonPlaces.filled = withColons
    markPlaces.filled = withMarks
  }

  /// Ends of words of letters, digits and bytes beyond ASCII: all of them, or those of at least eight bytes.
  func findWordEnds(onlyLong: Bool) {
    var (longWords, pair) = (state.longWords, state.words)
    wordEnds.filled = 0
    for word in 0..<words {
      let own = unsafe masks + (Self.guardWords &+ word)
      let mask = unsafe own[0].alphanumeric | own[0].high
      pair.advance(to: mask)
      let ends = onlyLong ? longWords.endsOf8(mask) : pair.delayed(1) & ~mask
      unsafe wordEnds.masks[word] = ends
      wordEnds.filled |= ends == 0 ? 0 : 1 &<< UInt64(truncatingIfNeeded: word)
    }
    (state.longWords, state.words) = (longWords, pair)
  }

  /// Places of `\`, `%`, defanging, and (where names beyond ASCII are looked for) the first of each row of bytes from 0x80 on.
  func gatherMarks() {
    let count = unsafe markPlaces.flatten(to: ends)
    guard count > 0 else { return }
    marks.append(addingCapacity: count) { span in
      unsafe span.withUnsafeMutableBufferPointer { marks, kept in
        for place in 0..<count {
          let mark = unsafe base &+ Int(ends[place])
          unsafe marks[kept] = mark
          kept = kept &+ (mark < text.count ? 1 : 0)
        }
      }
    }
  }
}
