/// How much an alert matters. Ordered from the least to the most.
public enum Severity: String, Sendable, CaseIterable, Comparable, Codable {
  case informational, low, medium, high, critical

  /// 0 for informational to 4 for critical.
  public var rank: Int {
    switch self {
    case .informational: 0
    case .low: 1
    case .medium: 2
    case .high: 3
    case .critical: 4
    }
  }

  public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}

/// How an indicator was recognised, from the surest to the least sure.
public enum MatchMode: String, Sendable, CaseIterable, Codable {
  /// The whole value.
  case exact
  /// The host of a URL or of an `ip:port`, when the indicator names the host.
  case host
  /// A subdomain of the indicator, or a path that ends in it.
  case suffix
  /// An address inside the indicator's network.
  case cidr
  /// A URL below the indicator's path.
  case prefix
  /// A form that is right only often: without its query, in other case, without its port.
  case weak
}

/// The reading of the bytes in which a match was found.
public enum MatchView: String, Sendable, CaseIterable, Codable {
  case raw, json, percent, refang, utf16
}
