internal import CShims

/// Digests, wallets and transaction ids: runs of at least 25 letters and digits.
///
/// A run is one token, and the runs of hexadecimal digits in it are others: `T1` before a TLSH digest and `0x` before an address are letters
/// that belong to neither's digits.
extension TokenScan {
  /// A long token whose word of the filter is on its way.
  struct PendingToken {
    var hash: UInt64
    var start: Int
    var end: Int
    var isHex: Bool
  }

  /// - Returns: whether any token waits for the filter's answer.
  func askLongTokens() -> Bool {
    guard let filter, let bytes = unsafe text.bytes.bindMemory(to: UInt8.self).baseAddress else { return false }
    let found = unsafe longRunEnds.flatten(to: scratch.ends)
    guard found > 0 else { return false }
    pendingTokens.removeAll(keepingCapacity: true)
    for place in 0..<found {
      let end = unsafe base &+ Int(scratch.ends[place])
      let start = runStart(endingAt: end)
      guard end - start >= Limits.tokenLength else { continue }
      if tokenLengths.contains(end - start) { unsafe addToken(start, end, isHex: false, key: start, filter, bytes) }
      if features.contains(.hex) { unsafe hexRuns(start, end, bytes) { unsafe addHex($0, $1, filter, bytes) } }
    }
    return true
  }

  func answerLongTokens(_ rules: inout MatchRules<IndicatorIndex>) {
    guard let filter else { return }
    for token in pendingTokens where filter.mayHold(token.hash) && index.holds(token.hash) {
      if token.isHex { rules.hex(text, token.start, token.end) } else { rules.token(text, token.start, token.end) }
    }
  }

  /// Where the run of letters and digits that ends at a place begins.
  private func runStart(endingAt end: Int) -> Int {
    let local = end - base
    let run = unsafe (~masks.before(local, masks.alphanumeric)).leadingZeroBitCount
    var start = end - run
    if run >= ByteMasks.reach { while ASCII.isAlphanumeric(text[start - 1]) { start -= 1 } }
    return start
  }

  /// Visits the maximal runs of hexadecimal digits inside a run, as far as they have a length that something listed has.
  private func hexRuns(_ start: Int, _ end: Int, _ bytes: UnsafePointer<UInt8>, _ visit: (Int, Int) -> Void) {
    if unsafe Self.isHex(bytes + start, end - start) {
      if mayHoldHex(end - start) { visit(start, end) }
      return
    }
    // An EVM address or transaction: two bytes that are no digits of it, and nothing but digits.
    if end - start >= 10, text[start] == 0x30, text[start + 1] | 0x20 == 0x78, unsafe Self.isHex(bytes + (start + 2), end - start - 2) {
      if mayHoldHex(end - start - 2) { visit(start + 2, end) }
      return
    }
    var position = end
    while position - start >= Limits.hexLength {
      let runEnd = position
      while position > start, ASCII.isHexDigit(text[position - 1]) { position -= 1 }
      if mayHoldHex(runEnd - position) { visit(position, runEnd) }
      position -= position == runEnd ? 1 : 0
    }
  }

  /// Whether at least eight letters and digits are all hexadecimal, eight a step: in lower case none may be beyond `f`.
  private static func isHex(_ run: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    var beyond: UInt64 = 0
    var position = 0
    while position &+ 8 < count {
      beyond |= unsafe (KeyHash.load64(run + position) | KeyHash.caseless) &+ 0x1919_1919_1919_1919
      position = position &+ 8
    }
    beyond |= unsafe (KeyHash.load64(run + (count &- 8)) | KeyHash.caseless) &+ 0x1919_1919_1919_1919
    return beyond & 0x8080_8080_8080_8080 == 0
  }

  /// Whether a run of so many hexadecimal digits may be listed, or hold what is (``addHex(_:_:_:_:)``).
  private func mayHoldHex(_ count: Int) -> Bool {
    hexLengths.contains(count) || count == 64 && hexLengths.contains(40) || count == 71 && hexLengths.contains(70)
  }

  private func addHex(_ start: Int, _ end: Int, _ filter: Filter, _ bytes: UnsafePointer<UInt8>) {
    let count = end - start
    if hexLengths.contains(count) { unsafe addToken(start, end, isHex: true, key: start, filter, bytes) }
    // What the rules look up beside the run itself: a padded address, and a TLSH digest whose version digit looks like one of its own.
    if count == 64, unsafe KeyHash.load64(bytes + start) == Self.zeroDigits { unsafe addToken(start, end, isHex: true, key: start + 24, filter, bytes) }
    if count == 71 { unsafe addToken(start, end, isHex: true, key: start + 1, filter, bytes) }
  }

  /// `00000000`.
  private static let zeroDigits: UInt64 = 0x3030_3030_3030_3030

  @inline(__always)
  private func addToken(_ start: Int, _ end: Int, isHex: Bool, key: Int, _ filter: Filter, _ bytes: UnsafePointer<UInt8>) {
    let value = unsafe hash.hash(isHex ? .hex : .token, bytes + key, end - key, folding: KeyHash.caseless)
    filter.prefetch(value)
    pendingTokens.append(PendingToken(hash: value, start: start, end: end, isHex: isHex))
  }
}
