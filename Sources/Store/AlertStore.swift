internal import FoundationEssentials
internal import GRDB
public import Indicators
public import Matching
internal import Syntax

/// `alerts.sqlite`: what was found, how far the logs were read, and who has been told. Precious: it cannot be rebuilt.
public final class AlertStore: Sendable {
  let queue: DatabaseQueue
  let path: String

  /// Sightings kept whole for each alert; all others are counted, and known by their identity.
  static let samplesPerAlert = 5

  /// Opens `path`, making it when it is not there.
  /// - Throws: see ``StateDatabase/open(_:kind:migrations:)``.
  public init(path: String) throws(Diagnostic) {
    self.path = path
    queue = try StateDatabase.open(path, kind: .alerts, migrations: AlertSchema.migrations)
  }
}

/// What a commit brought.
public struct ScanCommit: Sendable {
  /// Sightings that were not known, with their alert's id.
  public var newSightings: [Sighting] = []
  public var newAlerts = 0
  /// Sightings that had been counted before.
  public var duplicates = 0
}

extension AlertStore {
  /// Counts sightings, folds them into alerts and moves the cursor, all in one transaction. Doing it twice changes nothing.
  public func commit(_ batch: ScanBatch, now: Timestamp) throws(Diagnostic) -> ScanCommit {
    if batch.sightings.isEmpty, batch.cursor == nil { return ScanCommit() }
    return try queue.transaction(path: path) { database in
      var fold = StoredFold(database: database, now: now)
      var commit = ScanCommit()
      for sighting in batch.sightings {
        if let counted = try fold.count(sighting) { commit.newSightings.append(counted) } else { commit.duplicates += 1 }
      }
      commit.newAlerts = fold.newAlerts
      try fold.finish()
      if let cursor = batch.cursor { try Self.write(cursor, database) }
      return commit
    }
  }

  private static func write(_ cursor: LogCursor, _ database: Database) throws {
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO cursor(generation, path, device, inode, prefix_length, prefix_hash, offset, anchor_hash, lines, disk_size, modified_at, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT(generation) DO UPDATE SET path = excluded.path, device = excluded.device, inode = excluded.inode,
          prefix_length = excluded.prefix_length, prefix_hash = excluded.prefix_hash, offset = excluded.offset,
          anchor_hash = excluded.anchor_hash, lines = excluded.lines, disk_size = excluded.disk_size,
          modified_at = excluded.modified_at, updated_at = excluded.updated_at
        WHERE excluded.offset >= cursor.offset
        """)
    try statement.execute(arguments: [
      cursor.generation, cursor.path, Int64(bitPattern: cursor.device), Int64(bitPattern: cursor.inode), cursor.prefixLength,
      cursor.prefixHash, cursor.offset, cursor.anchorHash, cursor.lines, cursor.diskSize, cursor.modifiedAt,
      cursor.updatedAt.microseconds,
    ])
  }
}

/// Folding inside a transaction: alerts that are touched are read once and written once.
private struct StoredFold {
  private struct Open {
    var number: Int64
    var id: String
    var count: Int
    var first: Timestamp
    var last: Timestamp
    var severity: Severity
    var version: Int
    var samples: Int
    var changed = false
  }

  private struct Key: Hashable {
    var type: IndicatorType
    var value: String
    var asset: String
  }

  let database: Database
  let now: Timestamp
  var newAlerts = 0
  private var open: [Key: [Open]] = [:]

  init(database: Database, now: Timestamp) {
    self.database = database
    self.now = now
  }

  /// Counts the sighting; nil when it had been counted.
  mutating func count(_ sighting: Sighting) throws -> Sighting? {
    let key = Key(type: sighting.indicator.type, value: sighting.indicator.observable.match, asset: sighting.asset)
    let insert = try database.cachedStatement(sql: "INSERT OR IGNORE INTO sighting(id, alert) VALUES (?, 0)")
    let identity = Data(Self.bytes(sighting.id))
    try insert.execute(arguments: [identity])
    if database.changesCount == 0 { return nil }
    var candidates = try open[key] ?? read(key)
    let time = sighting.observedAt
    let position = candidates.firstIndex { AlertWindow.admits(time, first: $0.first, last: $0.last) }
    var alert: Open
    if let position {
      alert = candidates[position]
      alert.count += 1
      alert.first = min(alert.first, time)
      alert.last = max(alert.last, time)
      if sighting.severity > alert.severity {
        alert.severity = sighting.severity
        alert.version += 1
      }
      alert.changed = true
      candidates[position] = alert
    } else {
      alert = try make(sighting, key)
      candidates.append(alert)
      newAlerts += 1
    }
    var counted = sighting
    counted.alertID = alert.id
    if alert.samples < AlertStore.samplesPerAlert {
      try keep(counted, alert: alert.number, position: alert.samples)
      candidates[position ?? candidates.count - 1].samples += 1
    }
    open[key] = candidates
    try database.cachedStatement(sql: "UPDATE sighting SET alert = ? WHERE id = ?").execute(arguments: [alert.number, identity])
    return counted
  }

  /// Writes the alerts that changed.
  func finish() throws {
    let update = try database.cachedStatement(
      sql: "UPDATE alert SET count = ?, first_seen = ?, last_seen = ?, severity = ?, version = ? WHERE number = ?")
    for alert in open.values.joined() where alert.changed {
      try update.execute(arguments: [
        alert.count, alert.first.microseconds, alert.last.microseconds, alert.severity.rank, alert.version, alert.number,
      ])
    }
  }

  /// In the order of their making, so that the choice among several does not depend on where batches were cut.
  private func read(_ key: Key) throws -> [Open] {
    let statement = try database.cachedStatement(
      sql: """
        SELECT number, id, count, first_seen, last_seen, severity, version, (SELECT count(*) FROM sample WHERE alert = number)
        FROM alert WHERE indicator_type = ? AND indicator_value = ? AND asset = ? ORDER BY number
        """)
    return try Row.fetchAll(statement, arguments: [key.type.rawValue, key.value, key.asset]).map { row in
      Open(
        number: row[0], id: row[1], count: row[2], first: Timestamp(microseconds: row[3]), last: Timestamp(microseconds: row[4]),
        severity: Severity(rank: row[5]), version: row[6], samples: row[7])
    }
  }

  private func make(_ sighting: Sighting, _ key: Key) throws -> Open {
    let id = Alert.identity(of: sighting)
    var sample = sighting
    sample.alertID = id
    try database.cachedStatement(
      sql: """
        INSERT INTO alert(id, indicator_type, indicator_value, asset, count, first_seen, last_seen, severity, status, version, created_at, sample)
        VALUES (?, ?, ?, ?, 1, ?, ?, ?, 'new', 1, ?, ?)
        """
    ).execute(arguments: [
      id, key.type.rawValue, key.value, key.asset, sighting.observedAt.microseconds, sighting.observedAt.microseconds,
      sighting.severity.rank, now.microseconds, sample.json.serialized(),
    ])
    let number = database.lastInsertedRowID
    let label = try database.cachedStatement(sql: "INSERT OR IGNORE INTO alert_label(kind, label, alert) VALUES (?, ?, ?)")
    for feed in sighting.indicator.feeds { try label.execute(arguments: ["feed", feed, number]) }
    for actor in sighting.indicator.actors {
      for name in [actor.id, actor.name?.lowercased()].compactMap({ $0 }) { try label.execute(arguments: ["actor", name, number]) }
      for parent in actor.parents { try label.execute(arguments: ["actor", parent, number]) }
    }
    return Open(
      number: number, id: id, count: 1, first: sighting.observedAt, last: sighting.observedAt, severity: sighting.severity,
      version: 1, samples: 0)
  }

  private func keep(_ sighting: Sighting, alert: Int64, position: Int) throws {
    try database.cachedStatement(sql: "INSERT OR REPLACE INTO sample(alert, position, observed_at, record) VALUES (?, ?, ?, ?)")
      .execute(arguments: [alert, position, sighting.observedAt.microseconds, sighting.json.serialized()])
  }

  /// 32 hexadecimal digits as 16 bytes; anything else as its own bytes.
  private static func bytes(_ id: String) -> [UInt8] {
    let digits = Array(id.utf8)
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count - digits.count % 2, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16) else { return digits }
      bytes.append(byte)
    }
    return bytes
  }
}
