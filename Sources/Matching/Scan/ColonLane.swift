internal import CShims
internal import Indicators

/// IPv6 addresses: runs of hexadecimal digits and colons with two colons in a row, or with six and more.
///
/// Times (`12:34:56`) and hardware addresses fail this without a look at their digits. Runs of sixteen groups and more may be digests.
extension TokenScan {
  func colons(_ rules: inout MatchRules<IndicatorIndex>) {
    let found = unsafe colonPlaces.flatten(to: scratch.ends)
    for place in 0..<found {
      let colon = unsafe base &+ Int(scratch.ends[place])
      if colon < state.colonsDone { continue }
      if let run = shortRun(around: colon &- base) {
        guard run.mayBeAddress else {
          state.colonsDone = run.end
          continue
        }
        if run.start >= 4, run.end - run.start <= 39,
          let address = unsafe AddressText.plainIPv6(UnsafeRawBufferPointer(rebasing: text.bytes[(run.start - 4)..<run.end]), colons: run.colons)
        {
          state.colonsDone = run.end
          if isForRules(run.start, run.end, address) { rules.ipv6(text, run.start, run.end) }
          continue
        }
      }
      var start = colon
      while Self.isInside(text[start - 1]) { start -= 1 }
      var end = start
      var (count, hasDouble) = (0, false)
      while Self.isInside(text[end]) {
        if text[end] == 0x3a {
          count += 1
          hasDouble = hasDouble || text[end + 1] == 0x3a
        }
        end += 1
      }
      state.colonsDone = end
      if hasDouble || count >= 6, isForRules(start, end) { rules.ipv6(text, start, end) }
      if count >= 15, mayHoldFingerprint(start, end) { rules.fingerprint(text, start, end) }
    }
  }

  private func mayHoldFingerprint(_ start: Int, _ end: Int) -> Bool {
    guard features.contains(.hex), let filter, let digest = text.fingerprint(start, end) else { return false }
    return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * digest.count) { digits in
      for index in 0..<digest.count {
        unsafe digits[2 * index] = text[digest.start + 3 * index]
        unsafe digits[2 * index + 1] = text[digest.start + 3 * index + 1]
      }
      guard let first = digits.baseAddress else { return true }
      let value = unsafe hash.hash(.hex, first, 2 * digest.count, folding: KeyHash.caseless)
      return filter.mayHold(value) && index.holds(value)
    }
  }

  /// The run of letters, digits and colons around a colon, out of the masks: a hardware address or a time is done with here, an address
  /// by itself is known to be the whole run. Nil where the masks do not show all of it.
  @inline(__always)
  private func shortRun(around colon: Int) -> (start: Int, end: Int, colons: UInt64, mayBeAddress: Bool)? {
    let word = colon &>> 6
    guard word &+ 1 < words else { return nil }
    let shift = UInt64(truncatingIfNeeded: colon & 63)
    let (alphanumeric, colons) = unsafe (masks.alphanumeric, masks.colon)
    let insideBefore = unsafe masks.before(colon, alphanumeric) | masks.before(colon, colons)
    let inside = unsafe Self.windowBehind(alphanumeric[word] | colons[word], alphanumeric[word &+ 1] | colons[word &+ 1], shift)
    let (before, behind) = ((~insideBefore).leadingZeroBitCount, (~inside).trailingZeroBitCount)
    guard before < ByteMasks.reach, behind < 64 else { return nil }
    let start = base &+ colon &- before
    let end = base &+ colon &+ behind
    guard start >= 0, end <= text.count else { return nil }
    // All colons of the run, those before in the low bits: there are at most 63 on either side, and as many as fit the longest address matter.
    guard before &+ behind <= 64 else { return (start, end, 0, true) }
    let colonsBefore = unsafe before == 0 ? 0 : masks.before(colon, colons) &>> UInt64(truncatingIfNeeded: 64 &- before)
    let colonsBehind = unsafe Self.windowBehind(colons[word], colons[word &+ 1], shift) & (1 &<< UInt64(truncatingIfNeeded: behind) &- 1)
    let row = colonsBehind &<< UInt64(truncatingIfNeeded: before) | colonsBefore
    // Nothing but colons, three and more, is no address, whatever stands around it.
    let isRow = row.nonzeroBitCount == end &- start && end &- start > 2
    return (start, end, row, !isRow && (row & row &<< 1 != 0 || row.nonzeroBitCount >= 6))
  }

  /// The 64 bits of a mask from a place on, which is bit `shift` of `own`; `next` is the word behind.
  @inline(__always) private static func windowBehind(_ own: UInt64, _ next: UInt64, _ shift: UInt64) -> UInt64 {
    own &>> shift | (next &<< 1) &<< (63 &- shift)
  }

  /// False for what is no address, and for one that is neither listed nor in a listed network: as the rules see it, step by step.
  private func isForRules(_ start: Int, _ end: Int) -> Bool {
    var (start, end) = (start, end)
    let (before, after) = (text[start - 1], text[end])
    // What may be an IPv4 tail.
    if after == 0x2e { return true }
    if LiteralText.isWord(after) || after == 0x5f { return false }
    // `src:2001:db8::1`: the word before ends in hexadecimal letters.
    if LiteralText.isWord(before) || before == 0x5f { while start < end, text[start] != 0x3a { start += 1 } }
    if text[start] == 0x3a, text[start + 1] != 0x3a { start += 1 }
    if text[start - 1] == 0x2e { return false }
    if text[end - 1] == 0x3a, text[end - 2] != 0x3a { end -= 1 }
    guard start >= 0, end - start >= 2, end <= text.count,
      let address = unsafe AddressText.plainIPv6(UnsafeRawBufferPointer(rebasing: text.bytes[start..<end]))
    else { return false }
    return isListed(start, end, address)
  }

  /// The same of a run of letters, digits and colons that is an address.
  private func isForRules(_ start: Int, _ end: Int, _ address: (high: UInt64, low: UInt64)) -> Bool {
    let (before, after) = (text[start - 1], text[end])
    if after == 0x2e || before == 0x2e || before == 0x5f || before >= 0x80 { return true }
    return !LiteralText.isWord(after) && after != 0x5f && isListed(start, end, address)
  }

  private func isListed(_ start: Int, _ end: Int, _ address: (high: UInt64, low: UInt64)) -> Bool {
    let value = AddressText.IPv6(high: address.high, low: address.low)
    if value.mapped != nil || index.mayHit(address: value) { return true }
    guard text[start - 1] == 0x5b, features.contains(.urls) else { return false }
    // In brackets it may be the host of a URL, which has a scheme or a path, or stands in a field of its own.
    if text[end] == 0x25 || text[start - 2] == 0x2f { return true }
    guard text[end] == 0x5d else { return false }
    let behind = text.port(after: end + 1)?.end ?? end + 1
    if text[behind] == 0x2f || text[behind] == 0x3f { return true }
    return text.isField(start - 1..<behind) && mayHavePath(start - 1..<behind) && index.mayHold(.urlHost, Array("[\(IPv6Address(high: address.high, low: address.low))]".utf8))
  }

  @inline(__always) private static func isInside(_ byte: UInt8) -> Bool { ASCII.isHexDigit(byte) || byte == 0x3a }
}
