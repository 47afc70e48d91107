internal import GRDB
public import Indicators
public import Matching
internal import Synchronization

/// `alerts.sqlite`: what was found, how far the logs were read, and who has been told. Precious: it cannot be rebuilt.
public final class AlertStore: Sendable {
  let queue: DatabaseQueue
  let path: String
  private let alertsInMemory: Int
  /// What the last commit left; nil when there was none or it failed. Touched inside the queue alone.
  let recentAlerts = Mutex<RecentAlerts?>(nil)

  /// First sightings kept whole for each alert. Beyond them those that raised its severity are kept, to explain it: as many as there
  /// are severities at most. All others are counted, and known by their identity.
  static let samplesPerAlert = 5

  /// Puts an alert, so many versions on, at the end of the order of changes, so that every destination hears of it.
  static let newsSQL = "UPDATE alert SET version = version + ?, change = (SELECT max(change) + 1 FROM alert) WHERE number = ?"

  /// Opens `path`, making it when it is not there.
  /// - Parameter alertsInMemory: alerts that are not read again for the next sighting of theirs, about 150 bytes each.
  /// - Throws: see ``StateDatabase/open(_:kind:migrations:)``.
  public init(path: String, alertsInMemory: Int = 150_000) throws(Diagnostic) {
    self.path = path
    self.alertsInMemory = alertsInMemory
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
  /// Counts sightings, folds them into alerts and moves the cursors, all in one transaction. Doing it twice changes nothing.
  ///
  /// - Parameter assetsPerIndicator: the noise brake, see ``ScoringPolicy/assetsPerIndicator``; nil takes it off.
  public func commit(_ batches: [ScanBatch], now: Timestamp, assetsPerIndicator: Int? = nil) throws(Diagnostic) -> ScanCommit {
    if batches.allSatisfy(\.isEmpty) { return ScanCommit() }
    return try queue.transaction(path: path) { database in
      var fold = try StoredFold(database: database, now: now, assetsPerIndicator: assetsPerIndicator, memory: takeMemory(database))
      var commit = ScanCommit()
      for batch in batches {
        for sighting in batch.sightings {
          if let counted = try fold.count(sighting) { commit.newSightings.append(counted) } else { commit.duplicates += 1 }
        }
      }
      commit.newAlerts = fold.newAlerts
      try fold.finish()
      for batch in batches {
        if let cursor = batch.cursor { try Self.write(cursor, database) }
        try Self.write(batch.withheld, now: now, database)
      }
      let memory = fold.memory
      database.afterNextTransaction(onCommit: { [self] _ in recentAlerts.withLock { $0 = memory } })
      return commit
    }
  }

  public func commit(_ batch: ScanBatch, now: Timestamp, assetsPerIndicator: Int? = nil) throws(Diagnostic) -> ScanCommit {
    try commit([batch], now: now, assetsPerIndicator: assetsPerIndicator)
  }

  /// The memory of the commit before, unless another connection has written since. Taken out, so that a rollback leaves none.
  private func takeMemory(_ database: Database) throws -> RecentAlerts {
    let version = try Int64.fetchOne(database.cachedStatement(sql: "PRAGMA data_version")) ?? 0
    let kept = recentAlerts.withLock { $0.take() }
    if let kept, kept.dataVersion == version { return kept }
    return RecentAlerts(dataVersion: version, limit: alertsInMemory)
  }

  private static func write(_ withheld: [Withheld], now: Timestamp, _ database: Database) throws {
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO withheld(kind, reason, count, first_at, last_at, example) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT(kind, reason) DO UPDATE SET count = count + excluded.count, last_at = excluded.last_at, example = excluded.example
        """)
    for entry in withheld {
      try statement.execute(arguments: [entry.kind.rawValue, entry.reason, entry.count, now.microseconds, now.microseconds, entry.example])
    }
  }

  private static func write(_ cursor: LogCursor, _ database: Database) throws {
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO cursor(generation, path, device, inode, prefix_length, prefix_hash, offset, anchor_hash, lines, disk_size, modified_at, updated_at,
          checkpoints)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT(generation) DO UPDATE SET path = excluded.path, device = excluded.device, inode = excluded.inode,
          prefix_length = excluded.prefix_length, prefix_hash = excluded.prefix_hash, offset = excluded.offset,
          anchor_hash = excluded.anchor_hash, lines = excluded.lines, disk_size = excluded.disk_size,
          modified_at = excluded.modified_at, updated_at = excluded.updated_at, checkpoints = excluded.checkpoints
        WHERE excluded.offset >= cursor.offset
        """)
    try statement.execute(arguments: [
      cursor.generation, cursor.path, Int64(bitPattern: cursor.device), Int64(bitPattern: cursor.inode), cursor.prefixLength,
      cursor.prefixHash, cursor.offset, cursor.anchorHash, cursor.lines, cursor.diskSize, cursor.modifiedAt,
      cursor.updatedAt.microseconds, LogCheckpoint.text(of: cursor.checkpoints),
    ])
  }
}
