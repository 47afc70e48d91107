public import Indicators

/// What is remembered of a feed between runs; committed together with the indicators that its body brought.
public struct FeedState: Sendable, Hashable {
  public var feed: String
  /// Validators of the last accepted body, at most 1 KiB of visible ASCII each.
  public var etag: String?
  public var lastModified: String?
  /// SHA-256 (hex) of the last accepted body.
  public var bodyHash: String?
  /// Rows and indicators of the last accepted body.
  public var rows: Int
  public var indicators: Int
  public var lastAttempt: Timestamp?
  public var lastSuccess: Timestamp?
  /// When the accepted body last differed from the one before.
  public var lastChange: Timestamp?
  /// The date or serial that the accepted body claims of itself; a later body must not be older.
  public var bodyDate: Timestamp?
  /// Not to be fetched before this moment (cadence, Retry-After).
  public var notBefore: Timestamp?
  public var consecutiveFailures: Int
  /// Why the last attempt did not bring a new body; nil after a success. Already redacted.
  public var lastError: String?
  /// A refused body, as long as the same content keeps coming: its hash, when it came first and how often it came.
  public var refusedHash: String?
  public var refusedSince: Timestamp?
  public var refusedCount: Int
  /// What the validators belong to: they say nothing about a body of another address.
  public var validatorsAddress: String?
  /// The accepted body and those before it, the newest first; at most ``keptGenerations``.
  public var generations: [Generation]
  /// Bodies that a person has gone back from: they do not come into force again by themselves.
  public var withheld: [String]
  /// Format-specific resume point: TAXII `added_after`, a MISP manifest's newest timestamp.
  public var bookmark: String?

  public static let keptGenerations = 3

  /// A body that was accepted once.
  public struct Generation: Sendable, Hashable {
    /// SHA-256 (hex) of the body.
    public var hash: String
    public var acceptedAt: Timestamp
    public var bookmark: String?

    public init(hash: String, acceptedAt: Timestamp, bookmark: String? = nil) {
      self.hash = hash
      self.acceptedAt = acceptedAt
      self.bookmark = bookmark
    }
  }

  public init(feed: String) {
    self.feed = feed
    self.rows = 0
    self.indicators = 0
    self.consecutiveFailures = 0
    self.refusedCount = 0
    self.generations = []
    self.withheld = []
  }
}
