internal import Rules

/// What the word behind a time says of its zone: `+0200`, `Z`, `CET`, `(CET)`, `GMT+1`.
enum ZoneName: Equatable {
  /// East of UTC.
  case minutes(Int)
  /// Letters that mean several zones (`CST` is Chicago's, Shanghai's and Havana's time): the moment is not known.
  case ambiguous

  private static let hours: [String: Double] = [
    "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "SAST": 2, "EEST": 3, "MSK": 3, "PKT": 5, "WIB": 7,
    "HKT": 8, "SGT": 8, "AWST": 8, "JST": 9, "KST": 9, "ACST": 9.5, "AEST": 10, "ACDT": 10.5, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "NST": -3.5, "BRT": -3, "NDT": -2.5, "ADT": -3, "EDT": -4, "EST": -5, "CDT": -5, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8,
    "AKDT": -8, "AKST": -9, "HST": -10,
  ]
  private static let shared: Set<String> = ["CST", "IST", "AST", "GST", "SST", "AMT", "ECT"]

  /// Nil for a word that names no zone.
  init?(_ word: ArraySlice<UInt8>) {
    var word = word.last == UInt8(ascii: ":") ? word.dropLast() : word
    if word.first == UInt8(ascii: "(") { word = word.dropFirst() }
    if word.last == UInt8(ascii: ")") { word = word.dropLast() }
    // `GMT+1`, `UTC+01:00`: hours may have one digit there.
    if word.count > 4, word.starts(with: "GMT".utf8) || word.starts(with: "UTC".utf8) {
      let digits = word.dropFirst(4).prefix { $0 != UInt8(ascii: ":") }
      word = word.dropFirst(3).prefix(1) + (digits.count == 1 ? [UInt8(ascii: "0")] : []) + word.dropFirst(4)
    }
    if let minutes = TimePattern.zone(word) {
      self = .minutes(minutes)
      return
    }
    guard (3...4).contains(word.count) else { return nil }
    let name = LineText.string(word)
    if let hours = Self.hours[name] {
      self = .minutes(Int(hours * 60))
    } else if Self.shared.contains(name) {
      self = .ambiguous
    } else {
      return nil
    }
  }
}
