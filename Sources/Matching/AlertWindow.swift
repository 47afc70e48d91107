public import Indicators

/// The 24 h of event time that one alert covers. Sightings come in any order (logs of many hosts, late files), so the window is not
/// fixed by the first one: it may grow either way as long as it stays within a day.
public enum AlertWindow {
  /// Whether a sighting at `time` belongs to an alert that spans `first` to `last`.
  public static func admits(_ time: Timestamp, first: Timestamp, last: Timestamp) -> Bool {
    let from = min(first, time)
    let to = max(last, time)
    return to < from.adding(seconds: Alert.windowSeconds)
  }
}
