package import Indicators

/// Dates that were read already: many rows of a body share one.
struct DateMemory {
  private static let places = 4096
  private var known = [(text: String, moment: Timestamp?)](repeating: ("", nil), count: places)
  private let identity = RowIdentity(context: ["date"])

  /// What ``FeedDates/parse(_:)`` says.
  mutating func parse(_ text: String) -> Timestamp? {
    let place = Int(identity.of(text) % UInt64(Self.places))
    if known[place].text != text { known[place] = (text, FeedDates.parse(text)) }
    return known[place].moment
  }
}

/// The dates of feeds: ISO and POSIX forms, `5/28/2021`, `10/18/18 07:38`, `Sat, 22 Aug 2026 03:00:29 +0200`, `22 Aug 2026`.
package enum FeedDates {
  /// Nil for anything that is not a date from 1970 to 2100.
  package static func parse(_ text: String) -> Timestamp? {
    let text = text.trimmed
    if text.utf8.count > 64 { return nil }
    if let moment = Timestamp(parsing: text.hasSuffix("(UTC)") ? text.dropLast(5).trimmed : text) { return moment }
    guard let moment = slashed(text) ?? named(text), (1970...2100).contains(moment.civilDate.year) else { return nil }
    return moment
  }

  /// Month first, as the feeds that write slashes do; day first where the first number cannot be a month.
  private static func slashed(_ text: String) -> Timestamp? {
    let parts = text.split(separator: " ", maxSplits: 1)
    guard let date = parts.first else { return nil }
    let separator: Character = date.contains("/") ? "/" : "."
    let numbers = date.split(separator: separator, omittingEmptySubsequences: false)
    guard numbers.count == 3, let first = number(numbers[0], 1...31), let second = number(numbers[1], 1...31),
      let year = year(numbers[2])
    else { return nil }
    let monthFirst = separator == "/" && first <= 12
    return moment(
      year: year, month: monthFirst ? first : second, day: monthFirst ? second : first,
      clock: parts.count > 1 ? String(parts[1]) : "")
  }

  /// RFC 5322 and its short forms.
  private static func named(_ text: String) -> Timestamp? {
    var parts = text.split { $0 == " " || $0 == "," }
    if let first = parts.first, first.allSatisfy(\.isLetter), month(first) == nil { parts.removeFirst() }
    guard parts.count >= 3 else { return nil }
    let dayFirst = number(parts[0], 1...31)
    guard let day = dayFirst ?? number(parts[1], 1...31), let month = month(dayFirst == nil ? parts[0] : parts[1]),
      let year = year(parts[2])
    else { return nil }
    return moment(year: year, month: month, day: day, clock: parts.dropFirst(3).joined(separator: " "))
  }

  private static func moment(year: Int, month: Int, day: Int, clock: String) -> Timestamp? {
    func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    var text = "\(year)-\(padded(month))-\(padded(day))"
    if !clock.isEmpty {
      var clock = clock
      let half = clock.uppercased()
      var shift = 0
      if half.hasSuffix("AM") || half.hasSuffix("PM") {
        clock = clock.dropLast(2).trimmed
        let hour = Int(clock.prefix { $0 != ":" }) ?? 0
        shift = half.hasSuffix("PM") && hour < 12 ? 12 : half.hasSuffix("AM") && hour == 12 ? -12 : 0
      }
      if clock.firstIndex(of: ":") == clock.index(clock.startIndex, offsetBy: 1, limitedBy: clock.endIndex) { clock = "0" + clock }
      return Timestamp(parsing: text + " " + clock)?.adding(seconds: Int64(shift) * 3600)
    }
    text += "T00:00:00Z"
    return Timestamp(parsing: text)
  }

  private static func number(_ text: some StringProtocol, _ range: ClosedRange<Int>) -> Int? {
    guard (1...4).contains(text.utf8.count), let value = Int(text), range.contains(value) else { return nil }
    return value
  }

  private static func year(_ text: some StringProtocol) -> Int? {
    switch text.utf8.count {
    case 4: number(text, 1970...2100)
    case 2: number(text, 0...99).map { $0 < 70 ? 2000 + $0 : 1900 + $0 }
    default: nil
    }
  }

  private static func month(_ text: some StringProtocol) -> Int? {
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    return months.firstIndex(of: String(text.lowercased().prefix(3))).map { $0 + 1 }
  }
}
