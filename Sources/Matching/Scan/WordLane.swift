internal import CShims

/// Paths, registry keys, mutexes, user agents: texts known by how their last word ends (see ``LiteralText``).
///
/// ```
///  HKLM\Software\Vendor\Run"
///                       ╰──╯           every word of a text: four bytes, one bit of a small table (``TailSet``)
///   ╰──────────────╯╰──────╯           what is left: the filter, eight bytes and then sixteen, as far back as something listed ends as the text does
///  ╵   ╵╵       ╵╵     ╵╵              (``LiteralHash``); and where a word begins as far before as a body does (``LiteralReach``), with its first
///                                      bytes (``LiteralStart``); of an end with very many bodies, four bytes more at a time (``LiteralEnds``)
/// ```
/// Costs nothing without such indicators. An index whose literals end in words of at least eight bytes has only those looked at.
extension TokenScan {
  func literalWords(_ rules: inout MatchRules<IndicatorIndex>) {
    guard let filter, let block = unsafe block, let tails else { return }
    findWordEnds(onlyLong: features.isDisjoint(with: [.shortWords, .tinyWords]))
    let found = unsafe Int(ukai_known_tails(kernel, tails.words, tails.shift, block, wordEnds.masks, words, scratch.ends))
    let tiny = shortTails.map { unsafe keepTiny(found, block, $0) } ?? 0
    unsafe askRules(ofEnds: found, tiny: tiny, block, filter, &rules)
  }

  /// File names and other literals whose end is that of one of the first names in ``pairs``.
  func literals(ofNames count: Int, _ rules: inout MatchRules<IndicatorIndex>) {
    guard let filter, let block = unsafe block else { return }
    var ends = 0
    for place in 0..<count {
      let end = unsafe pairs.ends[place]
      unsafe (scratch.ends[ends], bodies.ends[ends]) = (end, end)
      ends += LiteralText.isWord(text[base &+ Int(end)]) ? 0 : 1
    }
    unsafe askRules(ofEnds: ends, tiny: ends, block, filter, &rules)
  }

  /// Asks the rules about the ends in ``scratch`` that some literal may have: the walk that the index does, over the 56 bytes that the masks show.
  ///
  /// All ends take each step together: of a set that is made to be gone through to its beginnings every step of one end alone would wait for the
  /// word of the filter.
  ///
  /// - Parameters:
  ///   - count: ends in ``scratch``.
  ///   - tiny: ends in ``bodies`` where a literal of fewer than eight bytes may end.
  private func askRules(
    ofEnds count: Int, tiny: Int, _ block: UnsafePointer<UInt8>, _ filter: Filter, _ rules: inout MatchRules<IndicatorIndex>
  ) {
    let (ends, tinyEnds) = unsafe (scratch.ends, bodies.ends)
    literalEnds.removeAll(keepingCapacity: true)
    var left = count
    unsafe advance(left, length: 0, block, filter)
    for place in 0..<tiny where unsafe isShortBody(Int(tinyEnds[place]), block, filter) { unsafe literalEnds.append(tinyEnds[place]) }
    var length = LiteralHash.step(behind: 0)
    var asked = 0
    while true {
      left = unsafe keepLonger(left, length, block, filter, &asked)
      guard left > 0, length < ByteMasks.nearReach else { break }
      unsafe advance(left, length: length, block, filter)
      length += LiteralHash.step(behind: length)
    }
    for place in 0..<left { unsafe literalEnds.append(ends[place]) }
    answerBodies(asked, filter)
    literalEnds.sort()
    var last: UInt32?
    for end in literalEnds where end != last {
      rules.literals(text, endingAt: base &+ Int(end))
      last = end
    }
  }

  /// Makes the keys of some ends those of a step more.
  private func advance(_ count: Int, length: Int, _ block: UnsafePointer<UInt8>, _ filter: Filter) {
    var seed = literalSeed
    unsafe ukai_next_ends(kernel, &seed, block, UInt32(length), scratch.ends, scratch.hashes, count, filter.words, UInt64(filter.count))
  }

  private var literalSeed: ukai_literal_hash { ukai_literal_hash(first: hash.first, second: hash.second, third: hash.third) }

  /// Leaves in ``scratch`` the ends that are listed and go on for at least sixteen bytes more, and asks for the bodies that begin before.
  ///
  /// - Parameters:
  ///   - length: how many bytes of the ends are known.
  ///   - asked: how many bodies wait in ``bodies``.
  private func keepLonger(_ count: Int, _ length: Int, _ block: UnsafePointer<UInt8>, _ filter: Filter, _ asked: inout Int) -> Int {
    let left = unsafe ukai_keep_longer(
      kernel, filter.words, UInt64(filter.count), wordMasks, UInt32(length), scratch.ends, scratch.hashes, count, &beginnings, &crowded)
    unsafe ukai_keep_started(kernel, filter.words, UInt64(filter.count), block, UInt32(length), &beginnings)
    if length < ByteMasks.nearReach {
      unsafe askBodies(length, block, filter, &asked)
      if features.contains(.crowdedEnds) { unsafe askBodiesBehindGates(length, block, filter, &asked) }
    } else {
      // What the masks do not show is for the rules to look at.
      for place in 0..<(unsafe beginnings.count) { unsafe literalEnds.append(beginnings.ends[place]) }
      if features.contains(.crowdedEnds) { for place in 0..<(unsafe crowded.count) { unsafe literalEnds.append(crowded.ends[place]) } }
    }
    return left
  }

  /// Asks for the bodies before crowded ends that the text goes on with, as gates tell (``LiteralEnds``).
  ///
  /// - Parameter length: how many bytes of the ends are known.
  private func askBodiesBehindGates(_ length: Int, _ block: UnsafePointer<UInt8>, _ filter: Filter, _ asked: inout Int) {
    var (known, seed) = (length, literalSeed)
    while unsafe crowded.count > 0, known + LiteralEnds.gate < length + LiteralReach.window {
      unsafe swap(&crowded, &gates)
      unsafe ukai_next_gates(kernel, &seed, block, UInt32(known), gates.ends, gates.hashes, gates.count, filter.words, UInt64(filter.count))
      known += LiteralEnds.gate
      _ = unsafe ukai_keep_longer(
        kernel, filter.words, UInt64(filter.count), wordMasks, UInt32(known), gates.ends, gates.hashes, gates.count, &beginnings, &crowded)
      unsafe ukai_keep_started(kernel, filter.words, UInt64(filter.count), block, UInt32(known), &beginnings)
      // A body's key is that of its end, whatever gates lead to it.
      var behind = 0
      while behind < length {
        unsafe ukai_next_ends(kernel, &seed, block, UInt32(behind), beginnings.ends, beginnings.hashes, beginnings.count, filter.words, UInt64(filter.count))
        behind += LiteralHash.step(behind: behind)
      }
      let (places, farther) = unsafe (beginnings.places, UInt16(truncatingIfNeeded: known - length))
      for number in 0..<(unsafe beginnings.count) { unsafe places[number] &>>= farther }
      unsafe askBodies(length, block, filter, &asked)
    }
  }

  /// Asks for the bodies that begin where ``beginnings`` say.
  private func askBodies(_ length: Int, _ block: UnsafePointer<UInt8>, _ filter: Filter, _ asked: inout Int) {
    var (seed, done) = (literalSeed, 0)
    while true {
      asked = unsafe ukai_ask_bodies(
        kernel, &seed, block, UInt32(length), &beginnings, &done, bodies.ends, bodies.hashes, asked, Self.capacity, filter.words, UInt64(filter.count))
      if unsafe done == beginnings.count { return }
      answerBodies(asked, filter)
      asked = 0
    }
  }

  /// How many bits before the first one that is set are not.
  @inline(__always) private func firstBit(_ places: UInt16) -> Int {
    let isFar = places < 0x100
    return unsafe Int(keep.firstBit[Int(isFar ? places : places &>> 8)]) &+ (isFar ? 8 : 0)
  }

  /// Notes the ends of those bodies that are listed.
  private func answerBodies(_ count: Int, _ filter: Filter) {
    let left = unsafe ukai_keep_known(kernel, filter.words, UInt64(filter.count), bodies.ends, bodies.hashes, count)
    for place in 0..<left { unsafe index.prefetchSlot(bodies.hashes[place]) }
    for place in 0..<left {
      let key = unsafe bodies.hashes[place]
      if index.holds(key) || cueKeys.contains(key) { unsafe literalEnds.append(bodies.ends[place]) }
    }
  }

  private func isShortBody(_ end: Int, _ block: UnsafePointer<UInt8>, _ filter: Filter) -> Bool {
    var places = UInt16(truncatingIfNeeded: wordStarts(before: end) &>> 49) & 0x0f00
    let near = unsafe LiteralText.window(endingAt: end, before: block)
    while places != 0 {
      let bytes = firstBit(places)
      places &= 0x7fff &>> UInt16(truncatingIfNeeded: bytes)
      if isListed(LiteralHash(hash).key(near, 0, bytes: bytes), filter) { return true }
    }
    return false
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

  /// Leaves in ``bodies`` those of the ends in ``scratch`` before which a literal of fewer than eight bytes may stand.
  private func keepTiny(_ count: Int, _ block: UnsafePointer<UInt8>, _ tails: TailTable) -> Int {
    unsafe bodies.ends.update(from: scratch.ends, count: count)
    return unsafe Int(ukai_keep_tails(kernel, tails.words, tails.shift, block, bodies.ends, count))
  }
}

extension LiteralText {
  /// The folded eight bytes before a place that has as many before it.
  @inline(__always) static func window(endingAt end: Int, before block: UnsafePointer<UInt8>) -> UInt64 {
    unsafe KeyHash.literalFold(word: UnsafeRawPointer(block + (end &- 8)).loadUnaligned(as: UInt64.self))
  }
}
