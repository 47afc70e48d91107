public import Indicators

/// When a feed is due and when it has gone stale. No jitter: the cadence is the operator's, a server can only make it longer.
public struct FeedSchedule: Sendable, Equatable {
  /// Seconds between two fetches, as the feed file says (`every`).
  public let every: Int64

  /// Servers and a clock that jumped can hold a feed back for so long and no longer: a day, in seconds.
  public static let longestHold: Int64 = 86_400
  /// After so many intervals without a success a feed is stale.
  public static let staleIntervals: Int64 = 3
  /// A feed that could not be reached is tried again after 5 min, 10 min, … but never later than its own cadence.
  static let firstBackoff: Int64 = 300

  /// - Parameter every: seconds; values below one second count as one.
  public init(every: Int64) { self.every = max(1, every) }

  /// A run of cron begins some seconds early or late; without this, "every 15 min" would become every 30.
  private var slack: Int64 { min(every / 10, 60) }

  /// The earliest moment at which the feed should be fetched; nil when it was never tried.
  public func nextDue(_ state: FeedState) -> Timestamp? {
    guard let last = state.lastAttempt else { return state.notBefore }
    var wait = every
    if state.consecutiveFailures > 0 {
      let doublings = min(state.consecutiveFailures - 1, 10)
      let backoff = Self.firstBackoff << Int64(doublings)
      wait = min(every, backoff)
    }
    let cadence = last.adding(seconds: wait - slack)
    return state.notBefore.map { max($0, cadence) } ?? cadence
  }

  /// Whether the feed is to be fetched now.
  ///
  /// A clock that was set back must not silence a feed: moments of the past that lie in the future are not believed.
  public func isDue(_ state: FeedState, now: Timestamp) -> Bool {
    guard let last = state.lastAttempt else { return state.notBefore.map { $0 <= now || isUnbelievable($0, now) } ?? true }
    if last > now.adding(seconds: every) { return true }
    guard let due = nextDue(state) else { return true }
    return due <= now || isUnbelievable(due, now)
  }

  private func isUnbelievable(_ moment: Timestamp, _ now: Timestamp) -> Bool {
    moment > now.adding(seconds: max(every, Self.longestHold))
  }

  /// Whether the feed had no success for three of its intervals; one that never succeeded is stale after its first failures.
  public func isStale(_ state: FeedState, now: Timestamp) -> Bool {
    guard let success = state.lastSuccess else { return state.consecutiveFailures >= Int(Self.staleIntervals) }
    let (span, overflow) = every.multipliedReportingOverflow(by: Self.staleIntervals)
    return success.adding(seconds: overflow ? .max : span) < now
  }

  /// Whether the body has not changed for thirty intervals and at least thirty days: a feed that answers but has died.
  public func isDormant(_ state: FeedState, now: Timestamp) -> Bool {
    guard let change = [state.lastChange, state.bodyDate].compactMap({ $0 }).min() else { return false }
    let (span, overflow) = every.multipliedReportingOverflow(by: 30)
    return change.adding(seconds: overflow ? .max : max(span, 30 * 86_400)) < now
  }

  /// The moment before which the feed shall not be fetched, from what the server said.
  ///
  /// - Parameters:
  ///   - retryAfter: seconds of `Retry-After`; at most an hour counts.
  ///   - freshFor: seconds for which the answer stays fresh (`Cache-Control: max-age` less `Age`); at most a day counts.
  public func notBefore(now: Timestamp, retryAfter: Int?, freshFor: Int?) -> Timestamp? {
    let waits = [
      retryAfter.map { min(Int64(max(0, $0)), 3_600) },
      freshFor.map { min(Int64(max(0, $0)), Self.longestHold) }.flatMap { $0 > every ? $0 : nil },
    ].compactMap { $0 }
    return waits.max().map { now.adding(seconds: $0) }
  }
}
