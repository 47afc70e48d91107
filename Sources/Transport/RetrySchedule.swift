/// When a request that failed for the moment is tried again: a value that is told what happened and says what to do next.
///
/// At most four tries a run, with full jitter between 1 and 30 s. A server that names its own time (`Retry-After`) is not asked
/// again in this run: the next one is scheduled after that time, at most an hour ahead. The run's deadline outranks everything.
public struct RetrySchedule: Sendable, Equatable {
  public struct Policy: Sendable, Equatable {
    /// Tries in one run, the first included; at least 1.
    public var tries: Int
    /// Bounds of one wait, in milliseconds.
    public var shortestWait: Int
    public var longestWait: Int

    public init(tries: Int = 4, shortestWait: Int = 1_000, longestWait: Int = 30_000) {
      self.tries = max(1, tries)
      self.shortestWait = max(0, shortestWait)
      self.longestWait = max(self.shortestWait, longestWait)
    }
  }

  /// The longest that a server may make us wait, in seconds.
  public static let longestRetryAfter = 3_600

  public enum Decision: Sendable, Equatable {
    /// Try again after so many milliseconds.
    case wait(milliseconds: Int)
    /// Not again in this run.
    case stop
  }

  public let policy: Policy
  /// Tries that have failed so far.
  public private(set) var failures = 0

  public init(policy: Policy = Policy()) { self.policy = policy }

  /// What to do after a failure.
  ///
  /// - Parameters:
  ///   - isTransient: whether the failure may pass by itself.
  ///   - retryAfter: seconds that the server asked for, if it did.
  ///   - remaining: milliseconds until the deadline of the run.
  ///   - generator: where the jitter comes from.
  public mutating func next(
    isTransient: Bool, retryAfter: Int?, remaining: Int, using generator: inout some RandomNumberGenerator
  ) -> Decision {
    failures += 1
    guard isTransient, retryAfter == nil, failures < policy.tries else { return .stop }
    // Full jitter below a bound that grows threefold: 3 s, 9 s, 27 s and then the longest wait.
    var bound = max(policy.shortestWait, 1)
    for _ in 0..<failures where bound < policy.longestWait { bound = bound &* 3 }
    let upper = max(policy.shortestWait, min(bound, policy.longestWait))
    let wait = Int.random(in: policy.shortestWait...upper, using: &generator)
    return wait < remaining ? .wait(milliseconds: wait) : .stop
  }
}
