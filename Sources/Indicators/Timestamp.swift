/// A moment in UTC, in microseconds since 1970-01-01T00:00:00Z (POSIX time, no leap seconds).
public struct Timestamp: Hashable, Comparable, Sendable {
  public var microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }
  public init(seconds: Int64) { self.microseconds = seconds.multipliedReportingOverflow(by: 1_000_000).partialValue }

  /// Whole seconds, rounded down.
  public var seconds: Int64 { (microseconds - Self.floorRemainder(microseconds, 1_000_000)) / 1_000_000 }

  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

  /// A later (or earlier) moment; saturates instead of trapping.
  public func adding(seconds: Int64) -> Timestamp {
    let (product, first) = seconds.multipliedReportingOverflow(by: 1_000_000)
    let (sum, second) = microseconds.addingReportingOverflow(product)
    return first || second ? Timestamp(microseconds: seconds < 0 ? .min : .max) : Timestamp(microseconds: sum)
  }

  private static func floorRemainder(_ value: Int64, _ divisor: Int64) -> Int64 {
    let remainder = value % divisor
    return remainder < 0 ? remainder + divisor : remainder
  }
}

extension Timestamp {
  /// A moment from civil fields (proleptic Gregorian calendar, Howard Hinnant's `days_from_civil`); nil for a field out of range.
  ///
  /// Seconds of 60 are taken as 59: a leap second must not lose an event.
  public init?(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0,
    offsetMinutes: Int = 0
  ) {
    guard (0...9999).contains(year), (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day),
      (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second), (0...999_999).contains(microsecond),
      (-1440...1440).contains(offsetMinutes)
    else { return nil }
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    let total = ((days * 24 + hour) * 60 + minute - offsetMinutes) * 60 + min(second, 59)
    self.init(microseconds: Int64(total) * 1_000_000 + Int64(microsecond))
  }

  static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Year, month and day in UTC.
  public var civilDate: (year: Int, month: Int, day: Int) {
    let days = Int((seconds - Self.floorRemainder(seconds, 86_400)) / 86_400) + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
  }

  /// RFC 3339 in UTC: `2026-05-31T12:34:56Z`, with `.789` or `.789012` when there is a fraction.
  public var iso8601: String {
    let (year, month, day) = civilDate
    let time = Int(Self.floorRemainder(seconds, 86_400))
    let fraction = Int(Self.floorRemainder(microseconds, 1_000_000))
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
    var text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
    text += "\(padded(time / 3600, 2)):\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2))"
    if fraction != 0 { text += fraction % 1000 == 0 ? ".\(padded(fraction / 1000, 3))" : ".\(padded(fraction, 6))" }
    return text + "Z"
  }
}
