internal import GRDB
internal import Indicators
internal import Matching
internal import Syntax

/// The statements that run for every sighting.
struct FoldStatements {
  private let known: BulkStatement
  private let sighting: BulkStatement
  private let sample: BulkStatement
  private let alert: BulkStatement
  private let label: BulkStatement
  private let count: BulkStatement
  private let move: BulkStatement
  private let news: BulkStatement

  init(_ database: Database) throws {
    func prepared(_ sql: String) throws -> BulkStatement { BulkStatement(try database.cachedStatement(sql: sql)) }
    known = try prepared("SELECT 1 FROM sighting WHERE id = ?")
    sighting = try prepared("INSERT OR IGNORE INTO sighting(id, alert) VALUES (?, ?)")
    sample = try prepared("INSERT OR REPLACE INTO sample(alert, position, observed_at, record) VALUES (?, ?, ?, ?)")
    // A wide alert counts its assets as they come, from one: 0 is what tells an ordinary alert.
    alert = try prepared(
      """
      INSERT INTO alert(id, indicator_type, indicator_value, asset, count, first_seen, last_seen, severity, status, version, created_at,
        opened_at, wide_assets, change)
      VALUES (?1, ?2, ?3, ?4, 1, ?5, ?5, ?6, 'new', 1, ?7, ?5, ?8, (SELECT coalesce(max(change), 0) + 1 FROM alert))
      """)
    label = try prepared("INSERT OR IGNORE INTO alert_label(kind, label, alert) VALUES (?, ?, ?)")
    count = try prepared("UPDATE alert SET count = ?, last_seen = ?, wide_assets = ? WHERE number = ?")
    // Apart, for these stand in indexes and seldom change.
    move = try prepared("UPDATE alert SET first_seen = ?, severity = ? WHERE number = ?")
    news = try prepared(AlertStore.newsSQL)
  }

  func isKnown(_ id: String) throws -> Bool {
    Self.bind(id, to: known)
    defer { known.reset() }
    return try known.next()
  }

  /// False when it had been counted.
  func insert(sighting id: String, alert: Int64) throws -> Bool {
    Self.bind(id, to: sighting)
    sighting.bind(alert, at: 2)
    return try sighting.run() != nil
  }

  func insert(sample record: Sighting, alert: Int64, position: Int32) throws {
    sample.bind(alert, at: 1)
    sample.bind(Int64(position), at: 2)
    sample.bind(record.observedAt.microseconds, at: 3)
    sample.bind(record.json.serialized(), at: 4)
    try sample.run()
  }

  /// Its number.
  func insert(
    alert id: RecentAlerts.Identity, of sighting: Sighting, asset: String, isWide: Bool, now: Timestamp
  ) throws -> Int64 {
    alert.bind(id.text, at: 1)
    alert.bind(sighting.indicator.type.rawValue, at: 2)
    alert.bind(sighting.indicator.observable.match, at: 3)
    alert.bind(asset, at: 4)
    alert.bind(sighting.observedAt.microseconds, at: 5)
    alert.bind(Int64(sighting.severity.rank), at: 6)
    alert.bind(now.microseconds, at: 7)
    alert.bind(isWide ? 1 : 0, at: 8)
    guard let number = try alert.run() else { throw DatabaseError(resultCode: .SQLITE_INTERNAL, message: "an alert was not inserted") }
    return number
  }

  func insert(label text: String, kind: String, alert: Int64) throws {
    label.bind(kind, at: 1)
    label.bind(text, at: 2)
    label.bind(alert, at: 3)
    try label.run()
  }

  func update(_ alert: RecentAlerts.Open) throws {
    count.bind(Int64(alert.count), at: 1)
    count.bind(alert.last.microseconds, at: 2)
    count.bind(Int64(alert.wideAssets), at: 3)
    count.bind(alert.number, at: 4)
    try count.run()
    if alert.isMoved {
      move.bind(alert.first.microseconds, at: 1)
      move.bind(Int64(alert.severity.rank), at: 2)
      move.bind(alert.number, at: 3)
      try move.run()
    }
    if alert.news > 0 {
      news.bind(Int64(alert.news), at: 1)
      news.bind(alert.number, at: 2)
      try news.run()
    }
  }

  /// 32 hexadecimal digits as 16 bytes; anything else as its own bytes.
  private static func bind(_ id: String, to statement: BulkStatement) {
    if let identity = RecentAlerts.Identity(id) { statement.bind(identity.bytes, at: 1) } else { statement.bind(blob: id, at: 1) }
  }
}
