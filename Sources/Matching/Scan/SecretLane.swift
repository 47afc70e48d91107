internal import Indicators

/// Session cookies, tokens and keys: runs that no other lane visits, of up to 4 KiB, with dots, slashes and escapes in them.
///
/// A run of at least sixteen bytes holds one of every sixteen places, so most bytes are not looked at. Costs nothing without such indicators.
enum SecretLane {
  static func scan(_ text: LogText, _ rules: inout MatchRules<IndicatorIndex>) {
    guard rules.features.contains(.secrets) else { return }
    // Two bytes of padding may be what makes it long enough.
    let step = SecretDigest.shortest - 2
    var floor = 0
    var position = step - 1
    while position < text.count {
      guard SecretDigest.isPart(text[position]) else {
        position += step
        continue
      }
      var start = position
      while start > floor, SecretDigest.isPart(text[start - 1]) { start -= 1 }
      var end = position + 1
      while end < text.count, SecretDigest.isPart(text[end]) { end += 1 }
      if end - start >= step { rules.secret(text, start, end) }
      floor = end
      position = end + step
    }
  }
}
