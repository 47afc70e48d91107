public import Feeds
internal import GRDB
public import Indicators

/// A new body's indicators before it is judged: they are in nobody's way, and the old set stays in force until ``commit``.
public final class FeedStage {
  private let store: IndicatorStore
  private let writer: StageWriter
  public let feed: String
  /// The definition and rules that the body is read with.
  private let readWith: String
  private var listed: ListedRows
  private var pending: [FeedIndicator] = []
  /// A row takes about half a KiB until it is packed.
  private static let batch = 8192
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

  init(store: IndicatorStore, feed: String, readWith: String) throws(Diagnostic) {
    self.store = store
    self.writer = StageWriter(store)
    self.feed = feed
    self.readWith = readWith
    listed = try store.queue.reading(path: store.path) { database in
      try database.execute(sql: IndicatorSchema.stage)
      let number = try Int64.fetchOne(database, sql: "SELECT number FROM feed WHERE name = ? AND read_with = ?", arguments: [feed, readWith])
      return try number.map { try ListedRows(database, feed: $0) } ?? ListedRows()
    }
  }

  /// Whether the feed lists now what a row (``FeedIndicator/row``) of the body says. It is staged with that.
  public func takeListed(_ row: UInt64) -> Bool { listed.take(row) }

  /// Adds one row. The same value again replaces what the earlier row said when it knows more of when it was seen.
  public func add(_ row: FeedIndicator) throws(Diagnostic) {
    pending.append(row)
    if pending.count >= Self.batch { try flush() }
  }

  /// Notes a value that the feed takes back: it ends with the commit, unless the same body lists it as well.
  public func revoke(_ observable: Observable) throws(Diagnostic) {
    isRevoking = true
    try store.queue.reading(path: store.path) { database in
      try database.execute(sql: "INSERT OR IGNORE INTO temp.revoked VALUES (?, ?)", arguments: [observable.type.rawValue, ValueKey.of(observable)])
    }
  }

  private func flush() throws(Diagnostic) {
    if pending.isEmpty { return }
    counted = nil
    let rows = pending
    pending = []
    pending.reserveCapacity(Self.batch)
    try writer.write(rows)
  }

  /// Counts what is staged against what the feed lists now.
  public func counts() throws(Diagnostic) -> Counts {
    try flush()
    try writer.finish()
    if let counted { return counted }
    let counts = try store.queue.reading(path: store.path) { [feed, listed] database in try Self.counts(database, feed, listed) }
    counted = counts
    return counts
  }

  private static func counts(_ database: Database, _ feed: String, _ listed: ListedRows) throws -> Counts {
    try database.execute(sql: "DELETE FROM temp.gone; DELETE FROM temp.both")
    let staged = try Int.fetchOne(database, sql: "SELECT count(*) FROM temp.stage") ?? 0
    guard let number = try Int64.fetchOne(database, sql: "SELECT number FROM feed WHERE name = ?", arguments: [feed]) else {
      return Counts(staged: staged, previous: 0, removed: 0)
    }
    let previous = try Int.fetchOne(database, sql: "SELECT count(*) FROM listing WHERE feed = ? AND withdrawn_at IS NULL", arguments: [number]) ?? 0
    if listed.count > 0 {
      try note(
        database, into: "both", "SELECT number FROM temp.stage CROSS JOIN indicator USING(type, match)", []) { listed.holds($0) }
    }
    if listed.count == 0 {
      try database.execute(
        sql: "INSERT INTO temp.gone SELECT indicator FROM listing WHERE feed = ? AND withdrawn_at IS NULL", arguments: [number])
    } else {
      try note(database, into: "gone", "SELECT indicator FROM listing WHERE feed = ? AND withdrawn_at IS NULL", [number]) { !listed.holds($0) }
    }
    try database.execute(
      sql: """
        DELETE FROM temp.gone WHERE EXISTS (SELECT 1 FROM indicator JOIN temp.stage USING(type, match) WHERE number = gone.indicator)
        """)
    let both = try Int.fetchOne(database, sql: "SELECT count(*) FROM temp.both") ?? 0
    return Counts(
      staged: staged + listed.count - both, previous: previous, removed: try Int.fetchOne(database, sql: "SELECT count(*) FROM temp.gone") ?? 0)
  }

  /// Fills a temporary table with those of the numbers that a query gives which are wanted.
  private static func note(
    _ database: Database, into table: String, _ sql: String, _ arguments: StatementArguments, where isWanted: (Int64) -> Bool
  ) throws {
    let insert = try database.makeStatement(sql: "INSERT OR IGNORE INTO temp.\(table) VALUES (?)")
    let numbers = try Int64.fetchCursor(database, sql: sql, arguments: arguments)
    while let number = try numbers.next() {
      if isWanted(number) { try insert.execute(arguments: [number]) }
    }
  }

  /// Takes the stage in force together with the feed's state, in one transaction.
  ///
  /// - Parameter endsAtOnce: what left the feed is no longer valid; otherwise it runs out by itself.
  public func commit(_ state: FeedState, endsAtOnce: Bool, now: Timestamp) throws(Diagnostic) -> Outcome {
    let counts = try counts()
    return try store.queue.transaction(path: store.path) { [self] database in
      let number = try IndicatorStore.write(state, database)
      let previous = try Int64.fetchOne(database, sql: "SELECT read_at FROM feed WHERE number = ?", arguments: [number])
      try database.execute(sql: "UPDATE feed SET read_at = ?, read_with = ? WHERE number = ?", arguments: [now.microseconds, readWith, number])
      let change = StageCommit(database: database, feed: number, now: now, readBefore: previous.map(Timestamp.init(microseconds:)) ?? now)
      var outcome = Outcome()
      // All that is staged but those that stay.
      outcome.added = counts.staged - (counts.previous - counts.removed)
      try change.mergeWithListed()
      try change.list()
      if counts.removed > 0 { outcome.withdrawn = try change.withdraw(endsAtOnce: endsAtOnce) }
      if isRevoking { try change.revoke { self.listed.holds($0) } }
      try database.execute(sql: "DELETE FROM temp.stage; DELETE FROM temp.revoked; DELETE FROM temp.gone; DELETE FROM temp.both")
      try database.execute(sql: "UPDATE revision SET number = number + 1")
      return outcome
    }
  }
}

extension IndicatorStore {
  /// Begins a stage; one at a time.
  ///
  /// - Parameter readWith: names the definition and rules that the body is read with.
  public func stage(_ feed: String, readWith: String) throws(Diagnostic) -> FeedStage {
    try FeedStage(store: self, feed: feed, readWith: readWith)
  }
}
