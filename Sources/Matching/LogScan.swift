public import Indicators
public import Rules

/// Matches logs against an index: reader, matcher, context, score and suppression in one pass.
///
/// The scan never touches a database. It hands over ``ScanBatch``es, in the order of the logs whatever the number of workers, and
/// each batch's cursor says exactly what its sightings cover: whoever commits both together loses and doubles nothing.
public struct LogScan: Sendable {
  /// How to scan.
  public struct Options: Sendable {
    /// Names the log source in every record; nil takes a source of `Rules/logs/` that fits, else the file's base name.
    public var sourceName: String?
    /// Read everything again, under the identity that it has.
    public var fromStart = false
    /// Logs read at the same time.
    public var jobs = 1
    /// Sightings below are counted and left out.
    public var minimumSeverity: Severity = .informational
    /// The scan's time: what a line without a time is dated to.
    public var now: Timestamp
    /// Sightings handed over at once, at most.
    public var batchLimit = 4000
    /// Longest line seen in one piece, and what two windows of a longer one share, in bytes.
    public var window = LogReader.defaultWindow
    public var overlap = LogReader.defaultOverlap
    /// A last line without newline is matched at once, and again when it has grown; a log that is followed will say its end.
    public var deliversFragments = true
    /// Read only what earlier scans have read, and move no cursor: new indicators against old logs.
    public var onlyKnown = false
    /// True for files of our own state, which are never matched.
    public var isOwn: @Sendable (String) -> Bool = { _ in false }
    /// What our own fetching leaves in logs; asked for at the first match only.
    public var ownTraffic: @Sendable () -> OwnTraffic = { .none }

    public init(now: Timestamp) { self.now = now }
  }

  /// What is looked for.
  let matcher: @Sendable () -> any ChunkMatcher
  let indicator: @Sendable (Int) -> Indicator?
  let policy: ScoringPolicy
  let suppressions: Suppressions
  let sources: LogSources
  public var options: Options

  /// - Parameters:
  ///   - matcher: makes a matcher; one is made for each worker.
  ///   - indicator: the indicator at an entry of the index.
  public init(
    matcher: @escaping @Sendable () -> any ChunkMatcher, indicator: @escaping @Sendable (Int) -> Indicator?,
    policy: ScoringPolicy = .standard, suppressions: Suppressions = .none, sources: LogSources = .none, options: Options
  ) {
    self.matcher = matcher
    self.indicator = indicator
    self.policy = policy
    self.suppressions = suppressions
    self.sources = sources
    self.options = options
  }

  /// Scans files, directories and patterns.
  ///
  /// - Parameters:
  ///   - store: what is known of logs read before; nil for none. Used by workers, by one at a time and never during `deliver`.
  ///   - isCancelled: asked between chunks; what was delivered stays consistent.
  ///   - deliver: called on this thread, in order. An error that it throws ends the scan.
  public func run(
    _ paths: [String], store: (any CursorStore)?, isCancelled: @escaping @Sendable () -> Bool = { false },
    deliver: (ScanBatch) throws -> Void
  ) throws -> LogScanSummary {
    let (logs, skipped) = LogPaths.expand(paths, isOwn: options.isOwn)
    var summary = LogScanSummary()
    summary.filesSkipped = skipped
    let register = LogRegister(store: store)
    if options.jobs > 1, logs.count > 1 {
      try LogScanWorkers(scan: self, logs: logs, register: register, isCancelled: isCancelled).run(&summary, deliver: deliver)
    } else {
      var worker = LogScanWorker(self, register: register, isCancelled: isCancelled)
      for log in logs where !isCancelled() {
        summary.add(try worker.scan(log) { batch in try register.exclusively { try deliver(batch) } })
      }
    }
    return summary
  }

  /// Scans a stream such as standard input: no cursor, and every find handed over as soon as its line has come.
  ///
  /// - Parameter descriptor: stays the caller's.
  public func run(
    stream descriptor: Int32, name: String = "-", isCancelled: @escaping @Sendable () -> Bool = { false },
    deliver: (ScanBatch) throws -> Void
  ) throws -> LogScanSummary {
    var worker = LogScanWorker(self, register: LogRegister(store: nil), isCancelled: isCancelled)
    return try worker.scan(stream: .lent(descriptor), name: name, deliver: deliver)
  }
}
