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

  /// Hands out every indicator that is valid at `now`, merged over its feeds, ordered by type and match key.
  ///
  /// - Parameter corroborate: one confidence out of those of the feeds.
  public func forEachLive(
    _ selection: Selection = Selection(), now: Timestamp, corroborate: ([Int]) -> Int, _ body: (Indicator) throws -> Void
  ) throws {
    try queue.inDatabase { database in
      var conditions = ["(listing.valid_until IS NULL OR listing.valid_until > ?)"]
      var arguments: [any DatabaseValueConvertible] = [now.microseconds]
      if let type = selection.type {
        conditions.append("indicator.type = ?")
        arguments.append(type.rawValue)
      }
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT indicator.number, type, match, canonical, flags, feed.name, listed_from, first_seen, last_seen, valid_until, confidence, mode, details
          FROM indicator CROSS JOIN listing ON listing.indicator = indicator.number CROSS JOIN feed ON feed.number = listing.feed
          WHERE \(conditions.joined(separator: " AND ")) ORDER BY type, match, feed.name
          """, arguments: StatementArguments(arguments) ?? StatementArguments())
      var merging: Merging?
      while let row = try rows.next() {
        let number = row[0] as Int64
        if merging?.number != number {
          if let finished = merging?.indicator(corroborate), merging?.fits(selection) == true { try body(finished) }
          merging = Merging(number: number, row: row)
        }
        merging?.add(row)
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
          SELECT indicator.number, type, match, canonical, flags, feed.name, listed_from, first_seen, last_seen, valid_until, confidence, mode, details, withdrawn_at
          FROM indicator JOIN listing ON listing.indicator = indicator.number JOIN feed ON feed.number = listing.feed
          WHERE type = ? AND match = ? ORDER BY feed.name
          """, arguments: [observable.type.rawValue, observable.match])
      guard let first = rows.first else { return nil }
      var merging = Merging(number: first[0], row: first)
      var listings: [StoredIndicator.Listing] = []
      for row in rows {
        merging.add(row)
        listings.append(
          StoredIndicator.Listing(
            provenance: Merging.provenance(row), from: Timestamp(microseconds: row[6]),
            withdrawn: (row[13] as Int64?).map { Timestamp(microseconds: $0) }))
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

  /// How many indicators are valid at `now`, by type.
  public func liveCounts(now: Timestamp) throws(Diagnostic) -> [(type: String, count: Int)] {
    try queue.reading(path: path) { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT type, count(*) FROM indicator WHERE EXISTS
            (SELECT 1 FROM listing WHERE listing.indicator = indicator.number AND (valid_until IS NULL OR valid_until > ?))
          GROUP BY type ORDER BY type
          """, arguments: [now.microseconds]
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

/// Several feeds' rows of one indicator becoming one.
private struct Merging {
  let number: Int64
  private let observable: Observable?
  private var provenances: [Provenance] = []
  private var latestListing = Timestamp(microseconds: .min)

  init(number: Int64, row: Row) {
    self.number = number
    observable = IndicatorType(rawValue: row[1]).map { type in
      let flags: String = row[4]
      return Observable(type: type, canonical: row[3], match: row[2], flags: flags.split(separator: ",").map(String.init))
    }
  }

  mutating func add(_ row: Row) {
    provenances.append(Self.provenance(row))
    latestListing = max(latestListing, Timestamp(microseconds: row[6]))
  }

  static func provenance(_ row: Row) -> Provenance {
    var provenance = Provenance(
      feed: row[5], firstSeen: Timestamp(microseconds: row[7]), lastSeen: Timestamp(microseconds: row[8]),
      validUntil: (row[9] as Int64?).map { Timestamp(microseconds: $0) }, confidence: row[10],
      mode: (row[11] as String?).flatMap(MatchMode.init(rawValue:)))
    ProvenanceDetails.read(row[12], into: &provenance)
    return provenance
  }

  func fits(_ selection: IndicatorStore.Selection) -> Bool {
    if let feed = selection.feed, !provenances.contains(where: { $0.feed == feed }) { return false }
    if let since = selection.listedSince, latestListing < since { return false }
    guard let actor = selection.actor?.lowercased() else { return true }
    return provenances.joined().contains { attribution in
      attribution.id == actor || attribution.parents.contains(actor) || attribution.name?.lowercased() == actor
    }
  }

  func indicator(_ corroborate: ([Int]) -> Int) -> Indicator? {
    guard let observable else { return nil }
    var actors: [ActorAttribution] = []
    for attribution in provenances.joined() {
      let known = attribution.id.map { id in actors.contains { $0.id == id } } ?? actors.contains(attribution)
      if !known { actors.append(attribution) }
    }
    func union(_ values: (Provenance) -> [String]) -> [String] { Set(provenances.flatMap(values)).sorted() }
    return Indicator(
      observable: observable, feeds: union { [$0.feed] }, firstSeen: provenances.compactMap(\.firstSeen).min(),
      lastSeen: provenances.compactMap(\.lastSeen).max(),
      validUntil: provenances.contains { $0.validUntil == nil } ? nil : provenances.compactMap(\.validUntil).max(),
      confidence: corroborate(provenances.map(\.confidence)), tags: union(\.tags), actors: actors, malware: union(\.malware),
      tlp: Self.strictest(provenances.compactMap(\.tlp)), references: union { $0.reference.map { [$0] } ?? [] },
      mode: provenances.compactMap(\.mode).min { MatchMode.allCases.firstIndex(of: $0) ?? 0 < MatchMode.allCases.firstIndex(of: $1) ?? 0 })
  }

  private static func strictest(_ labels: [String]) -> String? {
    let order = ["clear", "white", "green", "amber", "amber+strict", "red"]
    return labels.max { (order.firstIndex(of: $0) ?? 0) < (order.firstIndex(of: $1) ?? 0) }
  }
}

extension [Provenance] {
  fileprivate func joined() -> [ActorAttribution] { flatMap(\.actors) }
}
