internal import Indicators

/// What completes a time that does not say everything.
struct TimeBase {
  /// What a time without a year is not after.
  var reference: Timestamp
  /// Minutes east of UTC of a time that names no zone.
  var zoneMinutes = 0
  /// Whether dates in figures have the month before the day, where the log's beginning tells.
  var isMonthFirst: Bool?

  /// The same with another zone.
  func zoned(_ minutes: Int) -> TimeBase { TimeBase(reference: reference, zoneMinutes: minutes, isMonthFirst: isMonthFirst) }
}
