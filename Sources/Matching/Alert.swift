public import Indicators
public import Rules

/// What an analyst works on: the sightings of one indicator on one asset within 24 h of event time, with an exact count.
public struct Alert: Sendable, Hashable {
  public enum Status: String, Sendable, Hashable, CaseIterable { case new, acknowledged, closed }

  /// The span of event time that one alert covers at most, in seconds.
  public static let windowSeconds: Int64 = 86_400

  public var id: String
  public var indicator: Indicator
  public var asset: String
  /// Sightings folded into it, exactly.
  public var count: Int
  public var firstSeen: Timestamp
  public var lastSeen: Timestamp
  /// When a scan first found it; nil where nothing is stored.
  public var foundAt: Timestamp?
  /// The highest severity of its sightings.
  public var severity: Severity
  public var status: Status
  /// For an indicator that hit everywhere: the assets that this one alert stands for. 0 for an ordinary alert.
  public var wideAssets: Int
  /// The first sighting, kept whole as the sample to show and export.
  public var sample: Sighting
  /// Of the sighting that gave it its severity; the first one's as long as none was more severe.
  public var score: ScoringPolicy.Score?

  public init(
    id: String, indicator: Indicator, asset: String, count: Int, firstSeen: Timestamp, lastSeen: Timestamp,
    foundAt: Timestamp? = nil, severity: Severity, status: Status, wideAssets: Int = 0, sample: Sighting, score: ScoringPolicy.Score? = nil
  ) {
    self.id = id
    self.indicator = indicator
    self.asset = asset
    self.count = count
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.foundAt = foundAt
    self.severity = severity
    self.status = status
    self.wideAssets = wideAssets
    self.sample = sample
    self.score = score ?? sample.score
  }
}

extension Alert {
  /// The asset of an alert that stands for many.
  public static let manyAssets = "*"

  /// What an analyst must know before believing it.
  public var warning: String? {
    guard wideAssets > 0 else { return nil }
    return "hit \(wideAssets) further assets within 24 h: a bad indicator far more often than an outbreak; judge the indicator first"
  }
}
