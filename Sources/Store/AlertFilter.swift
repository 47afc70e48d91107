public import Indicators
public import Matching

/// Which alerts are asked for; all conditions must hold.
public struct AlertFilter: Sendable {
  /// Last seen at or after.
  public var since: Timestamp?
  /// First seen before.
  public var until: Timestamp?
  public var minimumSeverity: Severity?
  public var statuses: Set<Alert.Status> = []
  /// An actor's id or primary name (any case); its parents' alerts are included when they name a parent.
  public var actor: String?
  public var feed: String?
  public var asset: String?
  /// The indicator's canonical or match text.
  public var indicator: String?
  public var type: IndicatorType?
  public var limit: Int?

  public init() {}
}

/// One change of an alert's status.
public struct StatusChange: Sendable, Hashable {
  public var at: Timestamp
  public var who: String
  public var status: Alert.Status
  public var reason: String
}
