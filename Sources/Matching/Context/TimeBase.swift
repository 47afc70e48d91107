internal import Indicators

/// What completes a time that does not say everything.
struct TimeBase {
  /// What a time without a year is not after.
  var reference: Timestamp
  /// Minutes east of UTC of a time that names no zone.
  var zoneMinutes = 0

  /// The same with another zone.
  func zoned(_ minutes: Int) -> TimeBase { TimeBase(reference: reference, zoneMinutes: minutes) }
}
