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
    /// What the validators belong to.
    public var validatorsAddress: String?

    public init(
      bodyHash: String, etag: String? = nil, lastModified: String? = nil, rows: Int, indicators: Int,
      bodyDate: Timestamp? = nil, bookmark: String? = nil, freshFor: Int? = nil, validatorsAddress: String? = nil
    ) {
      self.bodyHash = bodyHash
      self.etag = etag
      self.lastModified = lastModified
      self.rows = rows
      self.indicators = indicators
      self.bodyDate = bodyDate
      self.bookmark = bookmark
      self.freshFor = freshFor
      self.validatorsAddress = validatorsAddress
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
      let generation = Generation(hash: body.bodyHash, acceptedAt: now, bookmark: body.bookmark)
      next.generations = Array(([generation] + generations.filter { $0.hash != body.bodyHash }).prefix(Self.keptGenerations))
      next.withheld.removeAll { $0 == body.bodyHash }
      next.validatorsAddress = body.validatorsAddress
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

  /// The state after going back to the generation before the present one; nil when none is kept.
  ///
  /// What is gone back from stays out until it changes or a person accepts it, so that the next sync does not bring it back.
  public func rolledBack(now: Timestamp) -> FeedState? {
    guard generations.count > 1 else { return nil }
    var next = self
    let left = next.generations.removeFirst()
    let earlier = next.generations[0]
    next.withheld = Array(([left.hash] + withheld).prefix(Self.keptGenerations))
    next.bodyHash = earlier.hash
    next.bookmark = earlier.bookmark
    next.etag = nil
    next.lastModified = nil
    next.validatorsAddress = nil
    next.bodyDate = nil
    next.lastChange = now
    next.refusedHash = nil
    next.refusedSince = nil
    next.refusedCount = 0
    next.lastError = nil
    next.consecutiveFailures = 0
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
