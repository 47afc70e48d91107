internal import GRDB
internal import Indicators

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
    // Row by row, each with the number that its indicator has or is given: a join would search for all of them once more.
    let staged = BulkStatement(
      try database.makeStatement(
        sql: """
          SELECT type, match, canonical, flags, first_seen, last_seen, valid_until, confidence, mode, details, line, valid_for, row_identity
          FROM temp.stage ORDER BY type, match
          """))
    let known = BulkStatement(try database.makeStatement(sql: "SELECT number FROM indicator WHERE type = ? AND match = ?"))
    let indicator = BulkStatement(try database.makeStatement(sql: "INSERT OR IGNORE INTO indicator(type, match, canonical, flags) VALUES (?, ?, ?, ?)"))
    let listing = BulkStatement(try database.makeStatement(sql: Self.listing))
    listing.bind(feed, at: 1)
    listing.bind(now.microseconds, at: 2)
    while try staged.next() {
      for column in 0..<4 as Range<Int32> { indicator.bind(column, of: staged, at: column + 1) }
      var number = try indicator.run()
      if number == nil {
        for column in 0..<2 as Range<Int32> { known.bind(column, of: staged, at: column + 1) }
        if try known.next() { number = known.number(0) }
        known.reset()
      }
      guard let number else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "an indicator is neither there nor new") }
      listing.bind(number, at: 3)
      for column in 4..<13 as Range<Int32> { listing.bind(column, of: staged, at: column) }
      try listing.run()
    }
  }

  /// Parameters: feed, time, indicator, then the stage's columns from `first_seen` on.
  private static let listing = """
    INSERT INTO listing(indicator, feed, listed_from, withdrawn_at, first_seen, last_seen, valid_until, confidence, mode, details, line,
      is_moving, valid_for, row_identity, written_at)
    VALUES (?3, ?1, ?2, NULL, coalesce(?4, ?2), coalesce(?5, ?2), ?6, ?7, ?8, ?9, ?10, ?5 IS NULL, ?11, ?12, ?2)
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
    """

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
