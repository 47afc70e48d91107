public import Feeds
internal import GRDB
public import Indicators

/// A new body's indicators before it is judged: they are in nobody's way, and the old set stays in force until ``commit``.
public final class FeedStage {
  private let store: IndicatorStore
  public let feed: String
  private var pending: [FeedIndicator] = []
  private static let batch = 5_000

  /// What a commit changed.
  public struct Outcome: Sendable, Equatable {
    public var added = 0
    public var withdrawn = 0
  }

  init(store: IndicatorStore, feed: String) throws(Diagnostic) {
    self.store = store
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
    try store.queue.reading(path: store.path) { database in
      try database.execute(sql: "INSERT OR IGNORE INTO temp.revoked VALUES (?, ?)", arguments: [observable.type.rawValue, observable.match])
    }
  }

  private func flush() throws(Diagnostic) {
    if pending.isEmpty { return }
    // Sorted keys fill the tree from one side: twice as fast as random ones.
    let rows = pending.sorted { ($0.observable.type.rawValue, $0.observable.match) < ($1.observable.type.rawValue, $1.observable.match) }
    pending.removeAll(keepingCapacity: true)
    try store.queue.transaction(path: store.path) { database in
      let statement = try database.cachedStatement(
        sql: """
          INSERT INTO temp.stage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT(type, match) DO UPDATE SET first_seen = min(coalesce(first_seen, excluded.first_seen), coalesce(excluded.first_seen, first_seen)),
            last_seen = max(coalesce(last_seen, excluded.last_seen), coalesce(excluded.last_seen, last_seen)),
            valid_until = CASE WHEN valid_until IS NULL OR excluded.valid_until IS NULL THEN NULL ELSE max(valid_until, excluded.valid_until) END,
            confidence = max(confidence, excluded.confidence)
          """)
      for row in rows {
        let provenance = row.provenance
        try statement.execute(arguments: [
          row.observable.type.rawValue, row.observable.match, row.observable.canonical, row.observable.flags.joined(separator: ","),
          provenance.firstSeen?.microseconds, provenance.lastSeen?.microseconds, provenance.validUntil?.microseconds,
          provenance.confidence, provenance.mode?.rawValue, ProvenanceDetails.text(provenance),
        ])
      }
    }
  }

  /// Distinct indicators staged, those the feed lists now, and how many of these the stage lacks.
  public func counts() throws(Diagnostic) -> (staged: Int, previous: Int, removed: Int) {
    try flush()
    return try store.queue.reading(path: store.path) { [feed] database in
      let staged = try Int.fetchOne(database, sql: "SELECT count(*) FROM temp.stage") ?? 0
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT count(*), coalesce(sum(NOT EXISTS (SELECT 1 FROM temp.stage WHERE stage.type = indicator.type AND stage.match = indicator.match)), 0)
          FROM listing JOIN indicator ON indicator.number = listing.indicator
          WHERE listing.feed = (SELECT number FROM feed WHERE name = ?) AND withdrawn_at IS NULL
          """, arguments: [feed])
      return (staged, row?[0] ?? 0, row?[1] ?? 0)
    }
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
    try flush()
    return try store.queue.transaction(path: store.path) { database in
      let number = try IndicatorStore.write(state, database)
      try database.execute(sql: "UPDATE feed SET read_at = ?, read_with = ? WHERE number = ?", arguments: [now.microseconds, readWith, number])
      try database.execute(
        sql: "INSERT OR IGNORE INTO indicator(type, match, canonical, flags) SELECT type, match, canonical, flags FROM temp.stage ORDER BY type, match")
      var outcome = Outcome()
      outcome.added =
        try Int.fetchOne(
          database,
          sql: """
            SELECT count(*) FROM temp.stage JOIN indicator USING(type, match)
            LEFT JOIN listing ON listing.indicator = indicator.number AND listing.feed = ? AND listing.withdrawn_at IS NULL
            WHERE listing.feed IS NULL
            """, arguments: [number]) ?? 0
      // What comes back begins a new time; the old one is history.
      try database.execute(
        sql: """
          INSERT OR IGNORE INTO past_listing SELECT listing.indicator, listing.feed, listed_from, withdrawn_at FROM temp.stage
          JOIN indicator USING(type, match) JOIN listing ON listing.indicator = indicator.number
          WHERE listing.feed = ? AND withdrawn_at IS NOT NULL
          """, arguments: [number])
      try database.execute(
        sql: """
          INSERT INTO listing(indicator, feed, listed_from, withdrawn_at, first_seen, last_seen, valid_until, confidence, mode, details)
          SELECT indicator.number, :feed, :now, NULL, coalesce(stage.first_seen, :now), coalesce(stage.last_seen, :now),
            stage.valid_until, stage.confidence, stage.mode, stage.details
          FROM temp.stage AS stage JOIN indicator USING(type, match) WHERE true ORDER BY indicator.number
          ON CONFLICT(indicator, feed) DO UPDATE SET
            listed_from = CASE WHEN withdrawn_at IS NULL THEN listed_from ELSE excluded.listed_from END,
            withdrawn_at = NULL, first_seen = min(first_seen, excluded.first_seen), last_seen = excluded.last_seen,
            valid_until = excluded.valid_until, confidence = excluded.confidence, mode = excluded.mode, details = excluded.details
          """, arguments: ["feed": number, "now": now.microseconds])
      if !isIncremental {
        try database.execute(
          sql: """
            UPDATE listing SET withdrawn_at = :now,
              valid_until = CASE WHEN :ends THEN min(coalesce(valid_until, :now), :now) ELSE valid_until END
            WHERE feed = :feed AND withdrawn_at IS NULL AND NOT EXISTS
              (SELECT 1 FROM indicator JOIN temp.stage USING(type, match) WHERE indicator.number = listing.indicator)
            """, arguments: ["feed": number, "now": now.microseconds, "ends": endsAtOnce])
        outcome.withdrawn = database.changesCount
      }
      try database.execute(
        sql: """
          UPDATE listing SET withdrawn_at = coalesce(withdrawn_at, :now), valid_until = min(coalesce(valid_until, :now), :now)
          WHERE feed = :feed AND indicator IN (SELECT number FROM indicator JOIN temp.revoked USING(type, match))
            AND indicator NOT IN (SELECT number FROM indicator JOIN temp.stage USING(type, match) JOIN temp.revoked USING(type, match))
          """, arguments: ["feed": number, "now": now.microseconds])
      try database.execute(sql: "DELETE FROM temp.stage; DELETE FROM temp.revoked")
      try database.execute(sql: "UPDATE revision SET number = number + 1")
      return outcome
    }
  }
}

extension IndicatorStore {
  /// Begins a stage; one at a time.
  public func stage(_ feed: String) throws(Diagnostic) -> FeedStage { try FeedStage(store: self, feed: feed) }
}
