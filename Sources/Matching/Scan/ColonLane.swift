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
      if hasDouble || count >= 6 { rules.ipv6(text, start, end) }
    }
  }

  @inline(__always) private static func isInside(_ byte: UInt8) -> Bool { ASCII.isHexDigit(byte) || byte == 0x3a }
}
