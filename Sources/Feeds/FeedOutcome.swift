public import Indicators

/// How one attempt on a feed ended.
public enum FeedOutcome: Sendable, Equatable {
  /// The server said that nothing changed, or the body is byte for byte the accepted one.
  case unchanged(freshFor: Int?)
  /// A body was accepted; its rows are to be committed in the same transaction as the new state.
  case accepted(AcceptedBody)
  /// A body came and the guard or a reader refused it. `bodyHash` is nil when there was no whole body to hash.
  case refused(bodyHash: String?, reason: String)
  /// No body came. `reason` is redacted; `retryAfter` in seconds.
  case failed(reason: String, retryAfter: Int?)

  public struct AcceptedBody: Sendable, Equatable {
    public var bodyHash: String
    public var etag: String?
    public var lastModified: String?
    public var rows: Int
    public var indicators: Int
    /// The date that the body itself claims ("Last updated"), or its serial as a date.
    public var bodyDate: Timestamp?
    /// Format-specific resume point.
    public var bookmark: String?
    /// Seconds for which the answer stays fresh.
    public var freshFor: Int?

    public init(
      bodyHash: String, etag: String? = nil, lastModified: String? = nil, rows: Int, indicators: Int,
      bodyDate: Timestamp? = nil, bookmark: String? = nil, freshFor: Int? = nil
    ) {
      self.bodyHash = bodyHash
      self.etag = etag
      self.lastModified = lastModified
      self.rows = rows
      self.indicators = indicators
      self.bodyDate = bodyDate
      self.bookmark = bookmark
      self.freshFor = freshFor
    }
  }
}

extension FeedState {
  /// The state after an attempt that ended at `now`. Validators change only together with an accepted body.
  public func advanced(by outcome: FeedOutcome, now: Timestamp, schedule: FeedSchedule) -> FeedState {
    var next = self
    next.lastAttempt = now
    switch outcome {
    case .unchanged(let freshFor):
      next.succeed(now)
      next.notBefore = schedule.notBefore(now: now, retryAfter: nil, freshFor: freshFor)
    case .accepted(let body):
      if body.bodyHash != bodyHash { next.lastChange = now }
      next.bodyHash = body.bodyHash
      next.etag = body.etag
      next.lastModified = body.lastModified
      next.rows = body.rows
      next.indicators = body.indicators
      next.bodyDate = body.bodyDate
      next.bookmark = body.bookmark ?? bookmark
      next.succeed(now)
      next.notBefore = schedule.notBefore(now: now, retryAfter: nil, freshFor: body.freshFor)
    case .refused(let hash, let reason):
      next.fail(reason)
      next.notBefore = nil
      if let hash {
        // The clock may have been set back since; a series cannot have begun in the future.
        let continues = hash == refusedHash && (refusedSince.map { $0 <= now } ?? false)
        next.refusedSince = continues ? refusedSince : now
        next.refusedCount = continues ? refusedCount &+ 1 : 1
        next.refusedHash = hash
      }
    case .failed(let reason, let retryAfter):
      next.fail(reason)
      next.notBefore = schedule.notBefore(now: now, retryAfter: retryAfter, freshFor: nil)
    }
    return next
  }

  private mutating func succeed(_ now: Timestamp) {
    lastSuccess = now
    consecutiveFailures = 0
    lastError = nil
    refusedHash = nil
    refusedSince = nil
    refusedCount = 0
  }

  private mutating func fail(_ reason: String) {
    consecutiveFailures = consecutiveFailures == .max ? .max : consecutiveFailures + 1
    lastError = reason
  }
}
