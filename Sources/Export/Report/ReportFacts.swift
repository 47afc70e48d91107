public import Indicators
public import Matching
public import Store

/// Everything that a report tells, gathered before a line of it is written.
public struct ReportFacts: Sendable {
  /// One feed: what it brings and what it costs.
  public struct Feed: Sendable {
    public var name: String
    /// `ok`, `new`, `stale`, `failing`, `dormant`, `off`.
    public var status: String
    public var indicators: Int
    /// Of them those that no other feed lists.
    public var alone: Int
    public var lastSuccess: Timestamp?
    public var lastError: String?

    public init(name: String, status: String, indicators: Int, alone: Int, lastSuccess: Timestamp?, lastError: String?) {
      self.name = name
      self.status = status
      self.indicators = indicators
      self.alone = alone
      self.lastSuccess = lastSuccess
      self.lastError = lastError
    }
  }

  /// One actor with all its names.
  public struct Actor: Sendable {
    public var id: String
    public var name: String
    public var kind: String
    public var aliases: [String]
    /// Names of those above, nearest first.
    public var parents: [String]
    public var rank: AlertSummary.Rank

    public init(id: String, name: String, kind: String, aliases: [String], parents: [String], rank: AlertSummary.Rank) {
      self.id = id
      self.name = name
      self.kind = kind
      self.aliases = aliases
      self.parents = parents
      self.rank = rank
    }
  }

  public var summary = AlertSummary()
  /// What to look at first: not closed, the most severe and the newest.
  public var urgent: [Alert] = []
  public var actors: [Actor] = []
  public var feeds: [Feed] = []
  /// Nil: there is no compiled index.
  public var indexIndicators: Int?
  public var logs = 0
  /// Scans and hunts, the newest first.
  public var runs: [RunRecord] = []
  public var destinations: [DestinationState] = []
  public var withheld: [WithheldRecord] = []
  public var since: Timestamp?
  public var now: Timestamp

  public init(now: Timestamp) { self.now = now }
}
