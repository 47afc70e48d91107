internal import CShims

/// Digests, wallets and transaction ids: runs of at least 25 letters and digits.
///
/// A run is one token, and the runs of hexadecimal digits in it are others: `T1` before a TLSH digest and `0x` before an address are letters
/// that belong to neither's digits.
extension TokenScan {
  /// What a long token is looked up as.
  private enum Reading: UInt32 { case token, hex }

  func longTokens(_ rules: inout MatchRules<IndicatorIndex>) {
    guard let filter, let bytes = unsafe text.bytes.bindMemory(to: UInt8.self).baseAddress else { return }
    let found = longTokenEnds()
    var pending = unsafe PendingTokens(hash: hash, filter: filter, bytes: bytes)
    for place in 0..<found {
      let end = unsafe base &+ Int(ends[place])
      let start = runStart(endingAt: end)
      if features.contains(.tokens), end - start <= 128 { unsafe pending.add(start, end, isHex: false) }
      if features.contains(.hex) { hexRuns(start, end) { unsafe pending.add($0, $1, isHex: true) } }
    }
    unsafe pending.finish { start, end, isHex in
      if isHex { rules.hex(text, start, end) } else { rules.token(text, start, end) }
    }
  }

  /// Where the run of letters and digits that ends at a place begins.
  private func runStart(endingAt end: Int) -> Int {
    let local = end - base
    let own = unsafe masks + (Self.guardWords + local >> 6)
    let run = unsafe (~Self.window(own[0].alphanumeric, own[-1].alphanumeric, local)).leadingZeroBitCount
    var start = end - run
    if run == 64 { while ASCII.isAlphanumeric(text[start - 1]) { start -= 1 } }
    return start
  }

  /// Visits the maximal runs of hexadecimal digits inside a run, as far as they have a length that something listed can have.
  private func hexRuns(_ start: Int, _ end: Int, _ visit: (Int, Int) -> Void) {
    var position = end
    while position - start >= Limits.hexLength {
      let runEnd = position
      while position > start, ASCII.isHexDigit(text[position - 1]) { position -= 1 }
      if MatchRules<IndicatorIndex>.isHexLength(runEnd - position) { visit(position, runEnd) }
      position -= position == runEnd ? 1 : 0
    }
  }
}

/// Long tokens whose words of the filter are on their way.
private struct PendingTokens {
  let hash: KeyHash
  let filter: TokenScan.Filter
  let bytes: UnsafePointer<UInt8>
  private var tokens: [(hash: UInt64, start: Int, end: Int, isHex: Bool)] = []

  init(hash: KeyHash, filter: TokenScan.Filter, bytes: UnsafePointer<UInt8>) {
    self.hash = hash
    unsafe self.filter = unsafe filter
    unsafe self.bytes = unsafe bytes
  }

  mutating func add(_ start: Int, _ end: Int, isHex: Bool) {
    add(start, end, isHex, key: start, end)
    guard isHex else { return }
    // What the rules look up beside the run itself: a padded address, and a TLSH digest whose version digit looks like one of its own.
    if end - start == 64 { add(start, end, isHex, key: start + 24, end) }
    if end - start == 71 { add(start, end, isHex, key: start + 1, end) }
  }

  private mutating func add(_ start: Int, _ end: Int, _ isHex: Bool, key: Int, _ keyEnd: Int) {
    let value = unsafe hash.hash(isHex ? .hex : .token, bytes + key, keyEnd - key, folding: KeyHash.caseless)
    unsafe filter.prefetch(value)
    tokens.append((value, start, end, isHex))
  }

  func finish(_ visit: (Int, Int, Bool) -> Void) {
    for token in tokens where unsafe filter.mayHold(token.hash) { visit(token.start, token.end, token.isHex) }
  }
}
