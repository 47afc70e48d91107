internal import GRDB
public import Indicators

extension IndicatorStore {
  /// Which indicators are asked for.
  public struct Selection: Sendable {
    public var type: IndicatorType?
    public var feed: String?
    /// An actor's id or name.
    public var actor: String?
    /// Only those that some feed lists since then.
    public var listedSince: Timestamp?

    public init() {}
  }

  /// Hands out every indicator that is valid at `now`, merged over its feeds.
  ///
  /// - Parameter isOrdered: by type and match key; otherwise in the order of the tables, which is faster.
  /// - Parameter corroborate: one confidence out of those of the feeds.
  public func forEachLive(
    _ selection: Selection = Selection(), isOrdered: Bool = true, now: Timestamp, corroborate: ([Int]) -> Int, _ body: (Indicator) throws -> Void
  ) throws {
    try queue.inDatabase { database in
      // What moves with its feed is judged when it is merged.
      var conditions = ["(valid_for IS NOT NULL OR valid_until IS NULL OR valid_until > ?)"]
      var arguments: [any DatabaseValueConvertible] = [now.microseconds]
      if let type = selection.type {
        conditions.append("indicator.type = ?")
        arguments.append(type.rawValue)
      }
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT indicator.number, type, match, canonical, flags, feed, listed_from, first_seen, last_seen, valid_until, confidence, mode, details, line,
            is_moving, valid_for
          FROM indicator CROSS JOIN listing ON listing.indicator = indicator.number
          WHERE \(conditions.joined(separator: " AND ")) ORDER BY \(isOrdered ? "type, match" : "indicator.number")
          """, arguments: StatementArguments(arguments) ?? StatementArguments())
      let memory = DetailsMemory()
      let feeds = try FeedReadings(database)
      var types: [(text: String, type: IndicatorType?)] = []
      var merging: Merging?
      while let row = try rows.next() {
        let provenance = Merging.provenance(row, memory, feeds)
        if let until = provenance.validUntil, until <= now { continue }
        let number = row[0] as Int64
        if merging?.number != number {
          if let finished = merging?.indicator(corroborate), merging?.fits(selection) == true { try body(finished) }
          let text: String = row[1]
          // A few dozen, compared faster than hashed.
          let known = types.firstIndex { $0.text == text } ?? types.endIndex
          if known == types.endIndex { types.append((text, IndicatorType(rawValue: text))) }
          merging = Merging(number: number, type: types[known].type, row: row)
        }
        merging?.add(provenance, listedFrom: Timestamp(microseconds: row[6]))
      }
      if let finished = merging?.indicator(corroborate), merging?.fits(selection) == true { try body(finished) }
    }
  }

  /// Everything known of one observable, whether it is in force or not.
  public func record(of observable: Observable, corroborate: ([Int]) -> Int) throws(Diagnostic) -> StoredIndicator? {
    try queue.reading(path: path) { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT indicator.number, type, match, canonical, flags, feed, listed_from, first_seen, last_seen, valid_until, confidence, mode, details, line,
            is_moving, valid_for, withdrawn_at, written_at
          FROM indicator JOIN listing ON listing.indicator = indicator.number JOIN feed ON feed.number = listing.feed
          WHERE type = ? AND match = ? ORDER BY feed.name
          """, arguments: [observable.type.rawValue, ValueKey.of(observable)])
      guard let first = rows.first else { return nil }
      let memory = DetailsMemory()
      let feeds = try FeedReadings(database)
      var merging = Merging(number: first[0], type: IndicatorType(rawValue: first[1]), row: first)
      var listings: [StoredIndicator.Listing] = []
      for row in rows {
        let provenance = Merging.provenance(row, memory, feeds)
        merging.add(provenance, listedFrom: Timestamp(microseconds: row[6]))
        listings.append(
          StoredIndicator.Listing(
            provenance: provenance, from: Timestamp(microseconds: row[6]), withdrawn: (row[16] as Int64?).map { Timestamp(microseconds: $0) },
            written: (row[17] as Int64?).map { Timestamp(microseconds: $0) } ?? feeds[row[5]].readAt))
      }
      let past = try Row.fetchAll(
        database,
        sql: "SELECT feed.name, listed_from, withdrawn_at FROM past_listing JOIN feed ON feed.number = past_listing.feed WHERE indicator = ? ORDER BY 2",
        arguments: [first[0] as Int64]
      ).map { (feed: $0[0] as String, from: Timestamp(microseconds: $0[1]), to: Timestamp(microseconds: $0[2])) }
      // A type that this version does not know, written by a newer one.
      guard let indicator = merging.indicator(corroborate) else { return nil }
      return StoredIndicator(indicator: indicator, listings: listings, past: past)
    }
  }

  /// Networks and ranges that are or were listed, as observables: what could hold an address.
  public func networks() throws(Diagnostic) -> [Observable] {
    try queue.reading(path: path) { database in
      try Row.fetchAll(database, sql: "SELECT type, match, canonical FROM indicator WHERE type IN ('cidr', 'ip-range')").compactMap { row in
        IndicatorType(rawValue: row[0]).map { Observable(type: $0, canonical: row[2], match: row[1]) }
      }
    }
  }

  /// The versions of a package that are or were listed, as match keys (`name@version`), in order.
  public func versions(ofPackage name: String, type: IndicatorType) throws(Diagnostic) -> [String] {
    try queue.reading(path: path) { database in
      // `A` follows `@`.
      try String.fetchAll(
        database, sql: "SELECT match FROM indicator WHERE type = ? AND match > ? AND match < ? ORDER BY match",
        arguments: [type.rawValue, name + "@", name + "A"])
    }
  }

  /// How many indicators are valid at `now`, by type.
  public func liveCounts(now: Timestamp) throws(Diagnostic) -> [(type: String, count: Int)] {
    try queue.reading(path: path) { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT type, count(*) FROM indicator WHERE EXISTS
            (SELECT 1 FROM listing JOIN feed ON feed.number = listing.feed
             WHERE listing.indicator = indicator.number AND coalesce(\(IndicatorSchema.validUntil), ? + 1) > ?)
          GROUP BY type ORDER BY type
          """, arguments: [now.microseconds, now.microseconds]
      ).map { ($0[0], $0[1]) }
    }
  }
}

/// One observable with what every feed ever said of it.
public struct StoredIndicator: Sendable {
  public struct Listing: Sendable {
    public var provenance: Provenance
    /// Listed since, in the present spell.
    public var from: Timestamp
    /// When it left the feed; nil while it is listed.
    public var withdrawn: Timestamp?
    /// When the body was read that holds it at the provenance's line.
    public var written: Timestamp?
  }

  public var indicator: Indicator
  public var listings: [Listing]
  /// Earlier spells in which a feed listed it.
  public var past: [(feed: String, from: Timestamp, to: Timestamp)]

  /// The feeds that listed it at some moment from `start` up to, and not including, `end`.
  public func feeds(listingFrom start: Timestamp, to end: Timestamp) -> [String] {
    let now = listings.filter { $0.from < end && ($0.withdrawn.map { $0 > start } ?? true) }.map(\.provenance.feed)
    return Set(now + past.filter { $0.from < end && $0.to > start }.map(\.feed)).sorted()
  }
}
