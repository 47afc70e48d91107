import Indicators

/// What the rules have to know of a literal that may stand in a text.
struct ListedLiteral {
  var type: IndicatorType
  /// As it is to stand in the text, trailer included.
  var literal: [UInt8]
  /// `observable.match`.
  var match: [UInt8]
}

/// The literals that were looked at last: a log that says one in every line, hit or not, has its record read once, which takes longer than all else.
struct LiteralMemory {
  private static let places = 256

  private struct Place {
    var entry: Int
    var role: KeyRole
    var listed: ListedLiteral?
  }
  private var places: [Place?] = []

  /// - Parameter read: what the index has of the entry; nil for what is no literal.
  mutating func listed(_ entry: Int, _ role: KeyRole, _ read: () -> ListedLiteral?) -> ListedLiteral? {
    if places.isEmpty { places = Array(repeating: nil, count: Self.places) }
    let place = (entry ^ Int(role.rawValue) &* 67) & (Self.places - 1)
    if let known = places[place], known.entry == entry, known.role == role { return known.listed }
    let listed = read()
    places[place] = Place(entry: entry, role: role, listed: listed)
    return listed
  }
}
