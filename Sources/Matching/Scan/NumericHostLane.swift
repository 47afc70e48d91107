internal import CShims

/// Addresses in the number forms that a URL's host may have: octal, hexadecimal, fewer than four parts. Without a dot or with letters they are
/// no token of another lane.
extension TokenScan {
  func numericHosts(_ rules: inout MatchRules<IndicatorIndex>) {
    let found = unsafe numericHostPlaces.flatten(to: scratch.ends)
    for place in 0..<found {
      let start = unsafe base &+ Int(scratch.ends[place])
      if text[start &- 1] == 0x2f, text[start &- 2] == 0x2f, text[start &- 3] == 0x3a { rules.numericHost(text, start) }
    }
  }
}
