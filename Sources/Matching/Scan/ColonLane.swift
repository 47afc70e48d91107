internal import CShims

/// IPv6 addresses: runs of hexadecimal digits and colons with two colons in a row, or with six and more.
///
/// Times (`12:34:56`), hardware addresses and fingerprints of one byte a group fail this without a look at their digits.
extension TokenScan {
  func colons(_ rules: inout MatchRules<IndicatorIndex>) {
    let found = unsafe colonPlaces.flatten(to: ends)
    for place in 0..<found {
      let colon = unsafe base &+ Int(ends[place])
      if colon < state.colonsDone { continue }
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
    }
  }

  /// False for an address that stands alone, as most do, and is neither listed nor in a listed network. All else is the rules' to say.
  private func isForRules(_ start: Int, _ end: Int) -> Bool {
    let (before, after) = (text[start - 1], text[end])
    guard !LiteralText.isWord(before), before != 0x5f, before != 0x2e, before != 0x5b, !LiteralText.isWord(after), after != 0x5f, after != 0x2e,
      start >= 0, end <= text.count,
      let address = unsafe AddressText.plainIPv6(UnsafeRawBufferPointer(rebasing: text.bytes[start..<end]))
    else { return true }
    let value = AddressText.IPv6(high: address.high, low: address.low)
    return value.mapped != nil || index.mayHit(address: value)
  }

  @inline(__always) private static func isInside(_ byte: UInt8) -> Bool { ASCII.isHexDigit(byte) || byte == 0x3a }
}
