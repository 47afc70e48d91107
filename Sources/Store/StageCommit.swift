internal import GRDB
internal import Indicators
internal import Synchronization

/// Counts from the number after the one that it is given.
private final class Counter: Sendable {
  private let number: Atomic<Int64>
  init(_ number: Int64) { self.number = Atomic(number) }
  func next() -> Int64 { number.wrappingAdd(1, ordering: .relaxed).newValue }
}

/// The steps by which a stage comes into force. A listing that says what it said before is not written again: what moves with the feed
/// moves by the time of its reading.
struct StageCommit {
  let database: Database
  /// The feed's number.
  let feed: Int64
  let now: Timestamp
  /// When the body before was read: what left the feed was last seen then.
  let readBefore: Timestamp

  /// A row that is staged and one that was known say the same value: they count together, as two rows of one body do.
  func mergeWithListed() throws {
    try database.execute(
      sql: """
        INSERT INTO temp.stage SELECT type, match, canonical, flags, first_seen, iif(is_moving, NULL, last_seen),
          iif(valid_for IS NULL, valid_until, :now + valid_for), confidence, mode, details, line, valid_for, row_identity
        FROM temp.both JOIN indicator ON indicator.number = both.indicator JOIN listing ON listing.indicator = both.indicator AND listing.feed = :feed
        WHERE true \(IndicatorSchema.merging), mode = excluded.mode, details = excluded.details, line = excluded.line
        """, arguments: ["feed": feed, "now": now.microseconds])
  }

  /// What is staged is listed from now on.
  func list() throws {
    // What comes back begins a new time; the old one is history.
    if try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM listing WHERE feed = ? AND withdrawn_at IS NOT NULL)", arguments: [feed]) ?? true {
      try database.execute(
        sql: """
          INSERT OR IGNORE INTO past_listing SELECT listing.indicator, listing.feed, listed_from, withdrawn_at FROM temp.stage
          CROSS JOIN indicator USING(type, match) CROSS JOIN listing ON listing.indicator = indicator.number
          WHERE listing.feed = ? AND withdrawn_at IS NOT NULL
          """, arguments: [feed])
    }
    let last = try Int64.fetchOne(database, sql: "SELECT max(number) FROM indicator") ?? 0
    let count = try Int64.fetchOne(database, sql: "SELECT count(*) FROM temp.stage") ?? 0
    try database.execute(
      sql: "INSERT OR IGNORE INTO indicator(type, match, canonical, flags) SELECT type, match, canonical, flags FROM temp.stage ORDER BY type, match")
    let isAllNew = Int64(database.changesCount) == count && count > 0
    if isAllNew, try Int64.fetchOne(database, sql: "SELECT max(number) FROM indicator") == last + count {
      // Numbered in the order of the keys, in which they are gone through again: nobody has to search for them.
      let counter = Counter(last)
      let next = DatabaseFunction("next_number", argumentCount: 0, pure: false) { _ in counter.next() }
      database.add(function: next)
      defer { database.remove(function: next) }
      try list(number: "next_number()", from: "temp.stage")
    } else {
      try list(number: "number", from: "temp.stage CROSS JOIN indicator USING(type, match)")
    }
  }

  /// In one statement each, which keeps its place in every tree from row to row: half the time that a statement a row takes.
  private func list(number: String, from source: String) throws {
    try database.execute(
      sql: """
        INSERT INTO listing(indicator, feed, listed_from, withdrawn_at, first_seen, last_seen, valid_until, confidence, mode, details, line,
          is_moving, valid_for, row_identity, written_at)
        SELECT \(number), :feed, :now, NULL, coalesce(first_seen, :now), coalesce(last_seen, :now), valid_until, confidence, mode, details, line,
          last_seen IS NULL, valid_for, row_identity, :now
        FROM \(source) WHERE true ORDER BY type, match
        ON CONFLICT(indicator, feed) DO UPDATE SET
          listed_from = CASE WHEN withdrawn_at IS NULL THEN listed_from ELSE excluded.listed_from END,
          withdrawn_at = NULL, first_seen = min(first_seen, excluded.first_seen), last_seen = excluded.last_seen,
          valid_until = excluded.valid_until, confidence = excluded.confidence, mode = excluded.mode, details = excluded.details,
          line = excluded.line, is_moving = excluded.is_moving, valid_for = excluded.valid_for, row_identity = excluded.row_identity,
          written_at = excluded.written_at
        WHERE withdrawn_at IS NOT NULL OR first_seen > excluded.first_seen OR is_moving <> excluded.is_moving
          OR (is_moving = 0 AND last_seen <> excluded.last_seen) OR valid_for IS NOT excluded.valid_for
          OR (valid_for IS NULL AND valid_until IS NOT excluded.valid_until) OR confidence <> excluded.confidence OR mode IS NOT excluded.mode
          OR details <> excluded.details OR row_identity IS NOT excluded.row_identity
        """, arguments: ["feed": feed, "now": now.microseconds])
  }

  /// What the feed listed and the body lacks has an end. Answers how many these are.
  func withdraw(endsAtOnce: Bool) throws -> Int {
    try end(endsAtOnce ? "min(coalesce(\(Self.validUntil), :now), :now)" : Self.validUntil, where: "withdrawn_at IS NULL AND indicator IN (SELECT indicator FROM temp.gone)")
    return database.changesCount
  }

  /// What the feed takes back ends at once, whatever becomes of the rest; but not what the same body lists.
  func revoke(unless isListed: (Int64) -> Bool) throws {
    let taken = try Int64.fetchAll(database, sql: "SELECT number FROM temp.revoked CROSS JOIN indicator USING(type, match) EXCEPT SELECT number FROM temp.stage CROSS JOIN indicator USING(type, match)")
    try database.execute(sql: "DELETE FROM temp.gone")
    for number in taken where !isListed(number) { try database.execute(sql: "INSERT INTO temp.gone VALUES (?)", arguments: [number]) }
    try end("min(coalesce(\(Self.validUntil), :now), :now)", where: "indicator IN (SELECT indicator FROM temp.gone)")
  }

  private static let validUntil = "iif(valid_for IS NULL, valid_until, :before + valid_for)"

  /// What moved with the feed stays where it was.
  private func end(_ validUntil: String, where condition: String) throws {
    try database.execute(
      sql: """
        UPDATE listing SET withdrawn_at = coalesce(withdrawn_at, :now), valid_until = \(validUntil), valid_for = NULL,
          last_seen = iif(is_moving, :before, last_seen), is_moving = 0, row_identity = NULL
        WHERE feed = :feed AND \(condition)
        """, arguments: ["feed": feed, "now": now.microseconds, "before": readBefore.microseconds])
  }
}
