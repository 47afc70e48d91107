public import Feeds
internal import GRDB
public import Indicators

/// A new body's indicators before it is judged: they are in nobody's way, and the old set stays in force until ``commit``.
public final class FeedStage {
  private let store: IndicatorStore
  private let writer: StageWriter
  public let feed: String
  private var pending: [FeedIndicator] = []
  /// The larger, the fewer pages of the tree each batch touches; a row takes about half a KiB while it waits.
  private static let batch = 20_000
  private var isRevoking = false
  private var counted: Counts?

  /// What a stage holds beside what is in force.
  public struct Counts: Sendable, Equatable {
    /// Distinct indicators staged.
    public var staged: Int
    /// Those that the feed lists now.
    public var previous: Int
    /// How many of these the stage lacks.
    public var removed: Int
  }

  /// What a commit changed.
  public struct Outcome: Sendable, Equatable {
    public var added = 0
    public var withdrawn = 0
  }

  init(store: IndicatorStore, feed: String) throws(Diagnostic) {
    self.store = store
    self.writer = StageWriter(store)
    self.feed = feed
    try store.queue.reading(path: store.path) { try $0.execute(sql: IndicatorSchema.stage) }
  }

  /// Adds one row. The same value again replaces what the earlier row said when it knows more of when it was seen.
  public func add(_ row: FeedIndicator) throws(Diagnostic) {
    pending.append(row)
    if pending.count >= Self.batch { try flush() }
  }

  /// Notes a value that the feed takes back: it ends with the commit, unless the same body lists it as well.
  public func revoke(_ observable: Observable) throws(Diagnostic) {
    isRevoking = true
    try store.queue.reading(path: store.path) { database in
      try database.execute(sql: "INSERT OR IGNORE INTO temp.revoked VALUES (?, ?)", arguments: [observable.type.rawValue, observable.match])
    }
  }

  private func flush() throws(Diagnostic) {
    if pending.isEmpty { return }
    counted = nil
    let rows = pending
    pending.removeAll(keepingCapacity: true)
    try writer.write(rows)
  }

  /// Counts what is staged against what the feed lists now.
  public func counts() throws(Diagnostic) -> Counts {
    try flush()
    try writer.finish()
    if let counted { return counted }
    let counts = try store.queue.reading(path: store.path) { [feed] database in try Self.counts(database, feed) }
    counted = counts
    return counts
  }

  private static func counts(_ database: Database, _ feed: String) throws -> Counts {
    let staged = try Int.fetchOne(database, sql: "SELECT count(*) FROM temp.stage") ?? 0
    guard let number = try Int64.fetchOne(database, sql: "SELECT number FROM feed WHERE name = ?", arguments: [feed]) else {
      return Counts(staged: staged, previous: 0, removed: 0)
    }
    let previous = try Int.fetchOne(database, sql: "SELECT count(*) FROM listing WHERE feed = ? AND withdrawn_at IS NULL", arguments: [number]) ?? 0
    try database.execute(sql: "DELETE FROM temp.gone")
    try database.execute(
      sql: """
        INSERT INTO temp.gone SELECT listing.indicator FROM listing JOIN indicator ON indicator.number = listing.indicator
        WHERE listing.feed = ? AND withdrawn_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM temp.stage WHERE stage.type = indicator.type AND stage.match = indicator.match)
        """, arguments: [number])
    return Counts(staged: staged, previous: previous, removed: try Int.fetchOne(database, sql: "SELECT count(*) FROM temp.gone") ?? 0)
  }

  /// Takes the stage in force together with the feed's state, in one transaction.
  ///
  /// - Parameters:
  ///   - endsAtOnce: what left the feed is no longer valid; otherwise it runs out by itself.
  ///   - isIncremental: the body holds only what is new, so nothing has left the feed.
  ///   - readWith: names the definition and rules that the body was read with.
  public func commit(
    _ state: FeedState, endsAtOnce: Bool, isIncremental: Bool = false, readWith: String, now: Timestamp
  ) throws(Diagnostic) -> Outcome {
    let counts = try counts()
    return try store.queue.transaction(path: store.path) { [isRevoking] database in
      let number = try IndicatorStore.write(state, database)
      try database.execute(sql: "UPDATE feed SET read_at = ?, read_with = ? WHERE number = ?", arguments: [now.microseconds, readWith, number])
      try database.execute(
        sql: "INSERT OR IGNORE INTO indicator(type, match, canonical, flags) SELECT type, match, canonical, flags FROM temp.stage ORDER BY type, match")
      // All that is staged but those that stay.
      var outcome = Outcome()
      outcome.added = counts.staged - (counts.previous - counts.removed)
      // What comes back begins a new time; the old one is history.
      if try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM listing WHERE feed = ? AND withdrawn_at IS NOT NULL)", arguments: [number]) ?? true {
        try database.execute(
          sql: """
            INSERT OR IGNORE INTO past_listing SELECT listing.indicator, listing.feed, listed_from, withdrawn_at FROM temp.stage
            JOIN indicator USING(type, match) JOIN listing ON listing.indicator = indicator.number
            WHERE listing.feed = ? AND withdrawn_at IS NOT NULL
            """, arguments: [number])
      }
      try database.execute(
        sql: """
          INSERT INTO listing(indicator, feed, listed_from, withdrawn_at, first_seen, last_seen, valid_until, confidence, mode, details, line)
          SELECT indicator.number, :feed, :now, NULL, coalesce(stage.first_seen, :now), coalesce(stage.last_seen, :now),
            stage.valid_until, stage.confidence, stage.mode, stage.details, stage.line
          FROM temp.stage AS stage CROSS JOIN indicator USING(type, match) WHERE true
          ON CONFLICT(indicator, feed) DO UPDATE SET
            listed_from = CASE WHEN withdrawn_at IS NULL THEN listed_from ELSE excluded.listed_from END,
            withdrawn_at = NULL, first_seen = min(first_seen, excluded.first_seen), last_seen = excluded.last_seen,
            valid_until = excluded.valid_until, confidence = excluded.confidence, mode = excluded.mode, details = excluded.details,
            line = excluded.line
          """, arguments: ["feed": number, "now": now.microseconds])
      if !isIncremental, counts.removed > 0 {
        try database.execute(
          sql: """
            UPDATE listing SET withdrawn_at = :now,
              valid_until = CASE WHEN :ends THEN min(coalesce(valid_until, :now), :now) ELSE valid_until END
            WHERE feed = :feed AND withdrawn_at IS NULL AND indicator IN (SELECT indicator FROM temp.gone)
            """, arguments: ["feed": number, "now": now.microseconds, "ends": endsAtOnce])
        outcome.withdrawn = database.changesCount
      }
      if isRevoking {
        try database.execute(
          sql: """
            UPDATE listing SET withdrawn_at = coalesce(withdrawn_at, :now), valid_until = min(coalesce(valid_until, :now), :now)
            WHERE feed = :feed AND indicator IN (SELECT number FROM indicator JOIN temp.revoked USING(type, match))
              AND indicator NOT IN (SELECT number FROM indicator JOIN temp.stage USING(type, match) JOIN temp.revoked USING(type, match))
            """, arguments: ["feed": number, "now": now.microseconds])
      }
      try database.execute(sql: "DELETE FROM temp.stage; DELETE FROM temp.revoked; DELETE FROM temp.gone")
      try database.execute(sql: "UPDATE revision SET number = number + 1")
      return outcome
    }
  }
}

extension IndicatorStore {
  /// Begins a stage; one at a time.
  public func stage(_ feed: String) throws(Diagnostic) -> FeedStage { try FeedStage(store: self, feed: feed) }
}
