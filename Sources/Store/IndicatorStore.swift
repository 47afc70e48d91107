public import Feeds
internal import GRDB
public import Indicators
internal import Syntax

/// `indicators.sqlite`: what every feed says, since when, and how each feed fares. It can be rebuilt by a sync.
public final class IndicatorStore: Sendable {
  let queue: DatabaseQueue
  let path: String

  /// Opens `path`, making it when it is not there.
  public init(path: String) throws(Diagnostic) {
    self.path = path
    queue = try StateDatabase.open(path, kind: .indicators, migrations: IndicatorSchema.migrations)
  }

  /// What is remembered of a feed; a fresh state for one that was never tried.
  public func state(of feed: String) throws(Diagnostic) -> FeedState {
    try queue.reading(path: path) { database in
      let text = try String.fetchOne(database, sql: "SELECT state FROM feed WHERE name = ?", arguments: [feed])
      return text.flatMap { try? JSONParser.parse($0) }.map { FeedState(feed: feed, json: $0) } ?? FeedState(feed: feed)
    }
  }

  /// Notes an attempt that brought no new body.
  public func save(_ state: FeedState) throws(Diagnostic) {
    try queue.transaction(path: path) { database in _ = try Self.write(state, database) }
  }

  static func write(_ state: FeedState, _ database: Database) throws -> Int64 {
    try database.execute(
      sql: "INSERT INTO feed(name, state) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET state = excluded.state",
      arguments: [state.feed, state.json.serialized()])
    return try Int64.fetchOne(database, sql: "SELECT number FROM feed WHERE name = ?", arguments: [state.feed]) ?? 0
  }

  /// When the feed's body was last read, and with what.
  public func lastReading(of feed: String) throws(Diagnostic) -> (at: Timestamp, with: String)? {
    try queue.reading(path: path) { database in
      guard let row = try Row.fetchOne(database, sql: "SELECT read_at, read_with FROM feed WHERE name = ?", arguments: [feed]),
        let at = row[0] as Int64?, let with = row[1] as String?
      else { return nil }
      return (Timestamp(microseconds: at), with)
    }
  }

  /// Notes that the body that is in force was there again at `now`, read with the same definition and rules: what it lists is listed still.
  public func confirm(_ state: FeedState, now: Timestamp) throws(Diagnostic) {
    try queue.transaction(path: path) { database in
      let number = try Self.write(state, database)
      try database.execute(sql: "UPDATE feed SET read_at = ? WHERE number = ?", arguments: [now.microseconds, number])
      try database.execute(sql: "UPDATE revision SET number = number + 1")
    }
  }

  /// Grows with every committed body.
  public func revision() throws(Diagnostic) -> Int {
    try queue.reading(path: path) { try Int.fetchOne($0, sql: "SELECT number FROM revision") ?? 0 }
  }

  /// What the index was last compiled from, with its size.
  public func compiled() throws(Diagnostic) -> (fingerprint: String, indicators: Int, bytes: Int)? {
    try queue.reading(path: path) { database in
      try Row.fetchOne(database, sql: "SELECT fingerprint, indicators, bytes FROM compiled").map { ($0[0], $0[1], $0[2]) }
    }
  }

  /// Notes what the index was compiled from; to be called after it is in place.
  public func noteCompiled(_ fingerprint: String, indicators: Int, bytes: Int) throws(Diagnostic) {
    try queue.transaction(path: path) { database in
      try database.execute(
        sql: "INSERT INTO compiled VALUES (1, ?, ?, ?) ON CONFLICT(one) DO UPDATE SET fingerprint = excluded.fingerprint, indicators = excluded.indicators, bytes = excluded.bytes",
        arguments: [fingerprint, indicators, bytes])
    }
  }

  /// For each feed: how many indicators it lists now, and how many of them no other feed lists.
  public func yields() throws(Diagnostic) -> [String: (listed: Int, alone: Int)] {
    try queue.reading(path: path) { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT feed.name, count(*), sum(others = 1) FROM
            (SELECT listing.feed AS feed, (SELECT count(*) FROM listing AS other WHERE other.indicator = listing.indicator AND other.withdrawn_at IS NULL) AS others
             FROM listing WHERE withdrawn_at IS NULL)
          JOIN feed ON feed.number = feed GROUP BY 1
          """)
      return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], (listed: $0[1], alone: $0[2])) })
    }
  }
}
