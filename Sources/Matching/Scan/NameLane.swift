internal import CShims

/// Names: known by their last two labels.
///
/// ```
///  …GET http://cdn.update.example.com/x
///                         ╰───┬───╯ ╰── end, from the masks
///                           pair: one hash, one word of the filter
/// ```
/// The last label is asked for first, in a table of 512 bytes: `index.html` costs no hash when nothing listed ends in `.html`. Whatever
/// hangs on a name (subdomains, URLs, e-mail, file names) has its pair in the filter, so URLs cost nothing until their host is listed.
///
/// Feeds list single URLs and subdomains of what everybody visits, and who may list anything can list those of all that a log is full of. So
/// names whose pair is listed have a second round (`HostQuestions`), which asks for all that the rules would ask for, again all of a
/// block before any answer is waited for.
extension TokenScan {
  /// - Returns: how many names wait in ``pairs`` for the filter's answer.
  func askPairs() -> Int {
    guard let pairFilter, let block = unsafe block else { return 0 }
    let found = unsafe nameEnds.flatten(to: pairs.ends)
    let candidates = unsafe keepKnownLabels(found, block)
    unsafe hashPairs(candidates, block, pairFilter)
    return candidates
  }

  /// Leaves in ``pairs`` the names whose last label some indicator has.
  private func keepKnownLabels(_ count: Int, _ block: UnsafePointer<UInt8>) -> Int {
    let (labels, hosts, ends, keepRun) = unsafe (self.labels, self.masks.host, pairs.ends, keep.run)
    var kept = 0
    for place in 0..<count {
      let end = unsafe Int(ends[place])
      let run = unsafe Int(truncatingIfNeeded: masks.near(end, hosts) &>> 56)
      let label = unsafe (UnsafeRawPointer(block + (end &- 8)).loadUnaligned(as: UInt64.self) | KeyHash.caseless) & keepRun[run]
      let bit = LabelSet.bit(label)
      let isKnown = unsafe labels[bit &>> 3] &>> UInt8(truncatingIfNeeded: bit & 7) & 1
      unsafe ends[kept] = UInt32(truncatingIfNeeded: end)
      kept = kept &+ Int(isKnown)
    }
    return kept
  }

  private func hashPairs(_ count: Int, _ block: UnsafePointer<UInt8>, _ filter: Filter) {
    let (ends, hashes, lengths, hash) = unsafe (pairs.ends, pairs.hashes, pairLengths, self.hash)
    let (high, low, lowest) = unsafe (keep.high, keep.low, keep.lowest)
    unsafe ukai_pair_lengths(kernel, masks.host, ends, count, lengths)
    for place in 0..<count {
      let end = unsafe Int(ends[place])
      let label = unsafe Int(lengths[place].label)
      var length = unsafe Int(lengths[place].pair)
      if length >= ByteMasks.nearReach { length = longPair(endingAt: end, label: label) }
      // Hyphens before the second-last label are no part of it.
      while length > label &+ 2, unsafe block[end &- length] == 0x2d { length = length &- 1 }
      length = min(24, length)
      let last = unsafe block + end
      let value = unsafe hash.pair(
        lowest: (KeyHash.load64(last - 24) | KeyHash.caseless) & lowest[length & KeepTables.lengths],
        low: (KeyHash.load64(last - 16) | KeyHash.caseless) & low[length & KeepTables.lengths],
        high: (KeyHash.load64(last - 8) | KeyHash.caseless) & high[length & KeepTables.lengths])
      unsafe hashes[place] = value
      filter.prefetch(value)
    }
  }

  /// Leaves in ``pairs`` the names whose last two labels are in the filter.
  func keepKnownPairs(_ count: Int, _ filter: Filter) -> Int {
    unsafe ukai_keep_known(kernel, filter.words, UInt64(filter.count), pairs.ends, pairs.hashes, count)
  }

  /// The length of a pair that reaches beyond the window, byte by byte.
  private func longPair(endingAt end: Int, label: Int) -> Int {
    let last = base &+ end
    var start = last
    while ASCII.isHostCharacter(text[start &- 1]) { start = start &- 1 }
    start = start &- 1
    while ASCII.isHostCharacter(text[start &- 1]) { start = start &- 1 }
    return last &- start
  }

  /// Where the run ends that the name is the last of; nil when it is in the middle of one.
  func runEnd(ofNameEndingAt end: Int) -> Int? {
    // Dots behind belong to the run; letters behind them make this the middle of it.
    var runEnd = end
    while text[runEnd] == 0x2e { runEnd += 1 }
    return ASCII.isHostCharacter(text[runEnd]) ? nil : runEnd
  }
}
