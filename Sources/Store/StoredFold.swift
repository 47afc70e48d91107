internal import FoundationEssentials
internal import GRDB
internal import Indicators
internal import Matching
internal import Syntax

/// Alerts as they stand in the store, so that a batch need not read again what the one before it wrote.
struct FoldMemory: Sendable {
  fileprivate struct Open {
    var number: Int64
    var id: String
    var count: Int
    var first: Timestamp
    var last: Timestamp
    var severity: Severity
    var samples: Int
    var wideAssets: Int
    /// Times that destinations had to hear of it: counted one by one, so that the version does not depend on where batches were cut.
    var news = 0
    /// Its beginning or its severity changed.
    var isMoved = false
    var changed = false
  }

  fileprivate struct Thing: Hashable {
    var type: IndicatorType
    var value: String
  }

  fileprivate struct Key: Hashable {
    var thing: Thing
    var asset: String
    var isWide = false
  }

  /// Keys kept at most from one batch to the next: some tens of megabytes.
  private static let limit = 100_000

  /// What `PRAGMA data_version` told when it was read: another value means that another connection has written since.
  let dataVersion: Int64
  /// All alerts in memory; a key names the places of its own, in the order of their making.
  fileprivate var alerts: [Open] = []
  fileprivate var places: [Key: [Int]] = [:]
  fileprivate var openings: [Thing: [Timestamp]] = [:]

  init(dataVersion: Int64) { self.dataVersion = dataVersion }

  var isFull: Bool { alerts.count + places.count + openings.count > Self.limit }
}

/// Folding inside a transaction: alerts that are touched are read once and written once. ``MemoryFold`` is its twin without a store.
struct StoredFold {
  private typealias Open = FoldMemory.Open
  private typealias Thing = FoldMemory.Thing
  private typealias Key = FoldMemory.Key

  let database: Database
  let now: Timestamp
  let assetsPerIndicator: Int?
  /// True to the store only once ``finish()`` is done and the transaction committed.
  private(set) var memory: FoldMemory
  var newAlerts = 0
  private var counted = 0
  /// Places of alerts that changed.
  private var touched: [Int] = []
  private let insert: Statement

  init(database: Database, now: Timestamp, assetsPerIndicator: Int?, memory: FoldMemory) throws {
    self.database = database
    self.now = now
    self.assetsPerIndicator = assetsPerIndicator
    self.memory = memory
    insert = try database.cachedStatement(sql: "INSERT OR IGNORE INTO sighting(id, alert) VALUES (?, ?)")
  }

  /// Counts the sighting; nil when it had been counted.
  mutating func count(_ sighting: Sighting) throws -> Sighting? {
    let identity = Self.identity(sighting.id)
    let thing = Thing(type: sighting.indicator.type, value: sighting.indicator.observable.match)
    var key = Key(thing: thing, asset: sighting.asset)
    var found = try place(sighting, in: key)
    let isNew: Bool
    if found == nil {
      if try isKnown(identity) { return nil }
      if try isBraked(thing, at: sighting.observedAt) {
        key = Key(thing: thing, asset: Alert.manyAssets, isWide: true)
        found = try place(sighting, in: key)
      } else {
        memory.openings[thing]?.append(sighting.observedAt)
      }
    }
    let index: Int
    if let found {
      (index, isNew) = (found, false)
    } else {
      (index, isNew) = (memory.alerts.count, true)
      memory.alerts.append(try make(sighting, key))
      memory.places[key, default: []].append(index)
    }
    insert.setUncheckedArguments([identity, memory.alerts[index].number])
    try insert.execute()
    if database.changesCount == 0 { return nil }
    let wasChanged = memory.alerts[index].changed
    let severity = memory.alerts[index].severity
    if !isNew { Self.extend(&memory.alerts[index], by: sighting) }
    if key.isWide { try Self.note(asset: sighting.asset, in: &memory.alerts[index], database) }
    let result = sighting.belonging(to: memory.alerts[index].id)
    if memory.alerts[index].samples < AlertStore.samplesPerAlert || memory.alerts[index].severity > severity {
      try keep(result, alert: memory.alerts[index].number, position: memory.alerts[index].samples)
      memory.alerts[index].samples += 1
    }
    counted += 1
    if !wasChanged, memory.alerts[index].changed { touched.append(index) }
    return result
  }

  private static func extend(_ alert: inout Open, by sighting: Sighting) {
    alert.count += 1
    if sighting.observedAt < alert.first {
      alert.first = sighting.observedAt
      alert.isMoved = true
    }
    alert.last = max(alert.last, sighting.observedAt)
    alert.changed = true
    if sighting.severity > alert.severity {
      alert.severity = sighting.severity
      alert.isMoved = true
      alert.news += 1
    }
  }

  /// Destinations hear of a wide alert again whenever it has ten times the assets.
  private static func note(asset: String, in alert: inout Open, _ database: Database) throws {
    try database.cachedStatement(sql: "INSERT OR IGNORE INTO wide_asset(alert, asset) VALUES (?, ?)").execute(arguments: [alert.number, asset])
    guard database.changesCount > 0 else { return }
    alert.wideAssets += 1
    alert.changed = true
    var power = 10
    while power < alert.wideAssets { power *= 10 }
    if power == alert.wideAssets { alert.news += 1 }
  }

  /// Writes the alerts that changed.
  mutating func finish() throws {
    let update = try database.cachedStatement(sql: "UPDATE alert SET count = ?, last_seen = ?, wide_assets = ? WHERE number = ?")
    // Apart, for these stand in indexes and seldom change.
    let move = try database.cachedStatement(sql: "UPDATE alert SET first_seen = ?, severity = ? WHERE number = ?")
    let tell = try database.cachedStatement(sql: AlertStore.newsSQL)
    // In the order of their making: dictionaries have none.
    for alert in takeChanged().sorted(by: { $0.number < $1.number }) {
      try update.execute(arguments: [alert.count, alert.last.microseconds, alert.wideAssets, alert.number])
      if alert.isMoved { try move.execute(arguments: [alert.first.microseconds, alert.severity.rank, alert.number]) }
      if alert.news > 0 { try tell.execute(arguments: [alert.news, alert.number]) }
    }
    if counted > 0 {
      try database.cachedStatement(
        sql: "INSERT INTO total VALUES ('sightings', ?) ON CONFLICT(name) DO UPDATE SET value = value + excluded.value"
      ).execute(arguments: [counted])
    }
  }

  private mutating func takeChanged() -> [FoldMemory.Open] {
    defer { touched = [] }
    return touched.map { index in
      defer {
        memory.alerts[index].changed = false
        memory.alerts[index].isMoved = false
        memory.alerts[index].news = 0
      }
      return memory.alerts[index]
    }
  }

  private func isKnown(_ identity: Data) throws -> Bool {
    try Int.fetchOne(database.cachedStatement(sql: "SELECT 1 FROM sighting WHERE id = ?"), arguments: [identity]) != nil
  }

  /// The alert of `key` that admits the sighting.
  private mutating func place(_ sighting: Sighting, in key: Key) throws -> Int? {
    let places: [Int]
    if let known = memory.places[key] {
      places = known
    } else {
      let read = try read(key)
      places = Array(memory.alerts.count..<memory.alerts.count + read.count)
      memory.alerts += read
      memory.places[key] = places
    }
    return places.first { AlertWindow.admits(sighting.observedAt, first: memory.alerts[$0].first, last: memory.alerts[$0].last) }
  }

  private mutating func isBraked(_ thing: Thing, at time: Timestamp) throws -> Bool {
    guard assetsPerIndicator != nil else { return false }
    if memory.openings[thing] == nil {
      let statement = try database.cachedStatement(
        sql: "SELECT opened_at FROM alert WHERE indicator_value = ? AND indicator_type = ? AND wide_assets = 0 ORDER BY number")
      memory.openings[thing] = try Int64.fetchAll(statement, arguments: [thing.value, thing.type.rawValue]).map { Timestamp(microseconds: $0) }
    }
    return NoiseBrake.holds(time, openings: memory.openings[thing] ?? [], limit: assetsPerIndicator)
  }

  /// In the order of their making, so that the choice among several does not depend on where batches were cut.
  ///
  /// To spare the sorting SQLite would rather walk all alerts of the asset, which may be all there are: so the index is named.
  private func read(_ key: Key) throws -> [Open] {
    let statement = try database.cachedStatement(
      sql: """
        SELECT number, id, count, first_seen, last_seen, severity, (SELECT count(*) FROM sample WHERE sample.alert = alert.number), wide_assets
        FROM alert INDEXED BY alert_thing
        WHERE indicator_type = ? AND indicator_value = ? AND asset = ? AND (wide_assets > 0) = ? ORDER BY number
        """)
    return try Row.fetchAll(statement, arguments: [key.thing.type.rawValue, key.thing.value, key.asset, key.isWide]).map { row in
      Open(
        number: row[0], id: row[1], count: row[2], first: Timestamp(microseconds: row[3]), last: Timestamp(microseconds: row[4]),
        severity: Severity(rank: row[5]), samples: row[6], wideAssets: row[7])
    }
  }

  private mutating func make(_ sighting: Sighting, _ key: Key) throws -> Open {
    let id = Alert.identity(of: sighting, isWide: key.isWide)
    // A wide alert counts its assets as they come, from one: 0 is what tells an ordinary alert.
    try database.cachedStatement(
      sql: """
        INSERT INTO alert(id, indicator_type, indicator_value, asset, count, first_seen, last_seen, severity, status, version, created_at,
          opened_at, wide_assets, change)
        VALUES (?, ?, ?, ?, 1, ?, ?, ?, 'new', 1, ?, ?, ?, (SELECT coalesce(max(change), 0) + 1 FROM alert))
        """
    ).execute(arguments: [
      id, key.thing.type.rawValue, key.thing.value, key.asset, sighting.observedAt.microseconds, sighting.observedAt.microseconds,
      sighting.severity.rank, now.microseconds, sighting.observedAt.microseconds, key.isWide ? 1 : 0,
    ])
    newAlerts += 1
    let number = database.lastInsertedRowID
    try label(number, sighting.indicator, source: sighting.source.name)
    return Open(
      number: number, id: id, count: 1, first: sighting.observedAt, last: sighting.observedAt, severity: sighting.severity,
      samples: 0, wideAssets: 0)
  }

  private func label(_ number: Int64, _ indicator: Indicator, source: String) throws {
    let label = try database.cachedStatement(sql: "INSERT OR IGNORE INTO alert_label(kind, label, alert) VALUES (?, ?, ?)")
    try label.execute(arguments: ["source", source, number])
    for feed in indicator.feeds { try label.execute(arguments: ["feed", feed, number]) }
    for actor in indicator.actors {
      for name in [actor.id, actor.name?.lowercased()].compactMap({ $0 }) { try label.execute(arguments: ["actor", name, number]) }
      for parent in actor.parents { try label.execute(arguments: ["actor", parent, number]) }
    }
  }

  private func keep(_ sighting: Sighting, alert: Int64, position: Int) throws {
    try database.cachedStatement(sql: "INSERT OR REPLACE INTO sample(alert, position, observed_at, record) VALUES (?, ?, ?, ?)")
      .execute(arguments: [alert, position, sighting.observedAt.microseconds, sighting.json.serialized()])
  }

  /// 32 hexadecimal digits as 16 bytes; anything else as its own bytes.
  private static func identity(_ id: String) -> Data {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(16)
    var high: UInt8?
    for digit in id.utf8 {
      let value: UInt8
      switch digit {
      case 0x30...0x39: value = digit - 0x30
      case 0x61...0x66: value = digit - 0x61 + 10
      default: return Data(id.utf8)
      }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return high == nil ? Data(bytes) : Data(id.utf8)
  }
}
