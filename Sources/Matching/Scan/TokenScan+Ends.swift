internal import CShims

/// Where tokens end, out of masks alone. All masks are of 64 bytes; what is one word before or behind comes in by carries.

/// Ends of dotted names whose last label has something that is no digit.
struct NameEnds {
  private var innerDot: UInt64 = 0
  private var lastLabel = RunEnds()
  private var digitLabel = RunEnds()

  /// - Returns: one past the last label of each dotted run, whatever number of dots follows.
  @inline(__always) mutating func next(host: UInt64, hostBefore: UInt64, hostBehind: UInt64, dot: UInt64, digit: UInt64) -> UInt64 {
    // A dot with a label on either side.
    let inner = dot & (host &<< 1 | hostBefore &>> 63) & (host &>> 1 | hostBehind &<< 63)
    let labelStart = inner &<< 1 | innerDot &>> 63
    innerDot = inner
    let labelEnd = lastLabel.ends(of: host, from: labelStart)
    let digitEnd = digitLabel.ends(of: digit, from: labelStart & digit)
    return labelEnd & ~inner & ~digitEnd
  }
}

/// Ends of what may be a dotted quad: a digit, no letter or digit behind, and three dots before at the distances of octets.
///
/// Whether letters or more dots stand around it is asked only of what the filter holds.
struct QuadEnds {
  private var digit: UInt64 = 0
  private var dot = MaskPair()
  private var secondDot = MaskPair()
  private var thirdDot = MaskPair()

  @inline(__always) mutating func next(alphanumeric: UInt64, digit own: UInt64, dot mask: UInt64) -> UInt64 {
    dot.advance(to: mask)
    secondDot.advance(to: mask & dot.delayedByOctet)
    thirdDot.advance(to: mask & secondDot.delayedByOctet)
    let afterDigit = own &<< 1 | digit &>> 63
    digit = own
    if thirdDot.own | thirdDot.before == 0 { return 0 }
    return thirdDot.delayedByOctet & afterDigit & ~alphanumeric
  }
}

/// One past the last byte of runs of at least 25.
///
/// A run of 25 holds two aligned groups of eight in a row, whole: what has none is done with in eight operations. The others are found by
/// doubling: a run of eight ends where one of four ends and another ended four bytes before.
struct LongEnds {
  private var mask = MaskPair()
  private var groups = MaskPair()
  private var doubles = MaskPair()

  @inline(__always) mutating func next(_ own: UInt64) -> UInt64 {
    mask.advance(to: own)
    // The top bit of each group whose bits are all set.
    groups.advance(to: ((own & 0x7f7f_7f7f_7f7f_7f7f) &+ 0x0101_0101_0101_0101) & own & 0x8080_8080_8080_8080)
    doubles.advance(to: groups.own & (groups.own &<< 8 | groups.before &>> 56))
    if doubles.own | doubles.before == 0 { return 0 }
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

extension TokenScan {
  /// - Returns: how many places were written to ``ends``.
  func nameEnds() -> Int {
    var count = 0
    var state = self.state.names
    let ends = unsafe self.ends
    for word in 0..<words {
      let own = unsafe masks + (Self.guardWords &+ word)
      let bits = unsafe state.next(
        host: own[0].host, hostBefore: own[-1].host, hostBehind: own[1].host, dot: own[0].dot, digit: own[0].digit)
      if bits == 0 { continue }
      count = unsafe Self.flatten(bits, word: word, to: ends, count)
    }
    self.state.names = state
    return count
  }

  func quadEnds() -> Int {
    var count = 0
    var state = self.state.quads
    let ends = unsafe self.ends
    for word in 0..<words {
      let own = unsafe masks + (Self.guardWords &+ word)
      let bits = unsafe state.next(alphanumeric: own[0].alphanumeric, digit: own[0].digit, dot: own[0].dot)
      if bits == 0 { continue }
      count = unsafe Self.flatten(bits, word: word, to: ends, count)
    }
    self.state.quads = state
    return count
  }

  func longTokenEnds() -> Int {
    var count = 0
    var state = self.state.longTokens
    let ends = unsafe self.ends
    for word in 0..<words {
      let bits = unsafe state.next(masks[Self.guardWords &+ word].alphanumeric)
      if bits == 0 { continue }
      count = unsafe Self.flatten(bits, word: word, to: ends, count)
    }
    self.state.longTokens = state
    return count
  }

  /// Colons that may be in an IPv6 address: the second of two, or the sixth of a row with at most four bytes between.
  func colonPlaces() -> Int {
    var count = 0
    var pair = state.colons
    let ends = unsafe self.ends
    for word in 0..<words {
      unsafe pair.advance(to: masks[Self.guardWords &+ word].colon)
      if pair.own == 0 { continue }
      let bits = pair.own & pair.delayed(1) | Self.sixthColons(pair)
      if bits == 0 { continue }
      count = unsafe Self.flatten(bits, word: word, to: ends, count)
    }
    state.colons = pair
    return count
  }

  @inline(__always) private static func sixthColons(_ colons: MaskPair) -> UInt64 {
    // Six colons stand within 26 bytes, so the word before is all that is needed, with nothing before it.
    var before = colons.before
    var own = colons.own
    for _ in 0..<5 {
      let nextBefore = colons.before & (before &<< 2 | before &<< 3 | before &<< 4 | before &<< 5)
      own =
        colons.own
        & (own &<< 2 | own &<< 3 | own &<< 4 | own &<< 5 | before &>> 62 | before &>> 61 | before &>> 60 | before &>> 59)
      before = nextBefore
      // Each step leaves a part of what it had.
      if own == 0 { return 0 }
    }
    return own
  }

  /// Ends of words of letters, digits and bytes beyond ASCII: all of them, or those of at least eight bytes.
  func wordEnds(onlyLong: Bool) -> Int {
    var count = 0
    let ends = unsafe self.ends
    if onlyLong {
      var state = self.state.longWords
      for word in 0..<words {
        let own = unsafe masks + (Self.guardWords &+ word)
        let bits = unsafe state.endsOf8(own[0].alphanumeric | own[0].high)
        count = unsafe Self.flatten(bits, word: word, to: ends, count)
      }
      self.state.longWords = state
    } else {
      var pair = state.words
      for word in 0..<words {
        let own = unsafe masks + (Self.guardWords &+ word)
        unsafe pair.advance(to: own[0].alphanumeric | own[0].high)
        count = unsafe Self.flatten(pair.delayed(1) & ~pair.own, word: word, to: ends, count)
      }
      state.words = pair
    }
    return count
  }

  /// Places of `\`, `%`, defanging, and (where names beyond ASCII are looked for) the first of each row of bytes from 0x80 on.
  func gatherMarks() {
    let isInternational = features.contains(.international)
    for word in 0..<words {
      let own = unsafe masks + (Self.guardWords &+ word)
      var bits = unsafe own[0].mark
      if isInternational { bits |= unsafe own[0].high & ~(own[0].high &<< 1 | own[-1].high &>> 63) }
      while bits != 0 {
        let place = base &+ word &* 64 &+ bits.trailingZeroBitCount
        if place < text.count { marks.append(place) }
        bits &= bits &- 1
      }
    }
  }
}
