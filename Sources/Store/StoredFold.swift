internal import GRDB
internal import Indicators
internal import Matching

/// Folding inside a transaction: alerts that are touched are read once and written once. ``MemoryFold`` is its twin without a store.
struct StoredFold {
  private typealias Open = RecentAlerts.Open
  private typealias Thing = RecentAlerts.Thing
  private typealias Key = RecentAlerts.Key

  let database: Database
  let now: Timestamp
  let assetsPerIndicator: Int?
  /// True to the store only once ``finish()`` is done and the transaction committed.
  private(set) var memory: RecentAlerts
  var newAlerts = 0
  private var counted = 0
  /// Places of alerts that changed.
  private var touched: [Int] = []
  private let statements: FoldStatements

  init(database: Database, now: Timestamp, assetsPerIndicator: Int?, memory: RecentAlerts) throws {
    self.database = database
    self.now = now
    self.assetsPerIndicator = assetsPerIndicator
    self.memory = memory
    self.memory.beginRound()
    statements = try FoldStatements(database)
  }

  /// Counts the sighting; nil when it had been counted.
  mutating func count(_ sighting: Sighting) throws -> Sighting? {
    let thing = try self.thing(sighting.indicator)
    var key = Key(thing: thing, asset: memory.asset(sighting.asset))
    var place = try self.place(sighting, in: key)
    let isNew: Bool
    if place == nil {
      if try statements.isKnown(sighting.id) { return nil }
      if try isBraked(sighting, thing) {
        key = Key(thing: thing, asset: memory.asset(Alert.manyAssets), isWide: true)
        place = try self.place(sighting, in: key)
      } else {
        memory.states[Int(thing)].openings?.append(sighting.observedAt)
      }
    }
    let index: Int
    if let place {
      (index, isNew) = (place, false)
    } else {
      (index, isNew) = (memory.append(try make(sighting, isWide: key.isWide), to: key), true)
    }
    guard try statements.insert(sighting: sighting.id, alert: memory.alerts[index].number) else { return nil }
    let wasChanged = memory.alerts[index].changed
    let severity = memory.alerts[index].severity
    if !isNew { Self.extend(&memory.alerts[index], by: sighting) }
    if key.isWide { try note(asset: sighting.asset, in: index) }
    let result = sighting.belonging(to: memory.alerts[index].id.text)
    if memory.alerts[index].samples < AlertStore.samplesPerAlert || memory.alerts[index].severity > severity {
      try statements.insert(sample: result, alert: memory.alerts[index].number, position: memory.alerts[index].samples)
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
  private mutating func note(asset: String, in place: Int) throws {
    try database.cachedStatement(sql: "INSERT OR IGNORE INTO wide_asset(alert, asset) VALUES (?, ?)")
      .execute(arguments: [memory.alerts[place].number, asset])
    guard database.changesCount > 0 else { return }
    memory.alerts[place].wideAssets += 1
    memory.alerts[place].changed = true
    var power = 10
    while power < memory.alerts[place].wideAssets { power *= 10 }
    if power == memory.alerts[place].wideAssets { memory.alerts[place].news += 1 }
  }

  /// Writes the alerts that changed.
  mutating func finish() throws {
    // In the order of their making: neighbours in the table.
    for place in touched.sorted(by: { memory.alerts[$0].number < memory.alerts[$1].number }) {
      try statements.update(memory.alerts[place])
      memory.alerts[place].changed = false
      memory.alerts[place].isMoved = false
      memory.alerts[place].news = 0
    }
    touched = []
    if counted > 0 {
      try database.cachedStatement(
        sql: "INSERT INTO total VALUES ('sightings', ?) ON CONFLICT(name) DO UPDATE SET value = value + excluded.value"
      ).execute(arguments: [counted])
    }
  }

  private mutating func thing(_ indicator: Indicator) throws -> Int32 {
    let thing = Thing(type: indicator.type, value: indicator.observable.match)
    return try memory.thing(thing) {
      let statement = try database.cachedStatement(sql: "SELECT 1 FROM alert WHERE indicator_value = ? AND indicator_type = ? LIMIT 1")
      return try Int.fetchOne(statement, arguments: [thing.value, thing.type.rawValue]) != nil
    }
  }

  /// The alert of `key` that admits the sighting.
  private mutating func place(_ sighting: Sighting, in key: Key) throws -> Int? {
    if memory.places[key] == nil {
      if memory.states[Int(key.thing)].isWhole { return nil }
      memory.add(try read(sighting, isWide: key.isWide), to: key)
    }
    var place = Int(memory.places[key] ?? -1)
    while place >= 0 {
      if AlertWindow.admits(sighting.observedAt, first: memory.alerts[place].first, last: memory.alerts[place].last) {
        memory.alerts[place].used = memory.round
        return place
      }
      place = Int(memory.alerts[place].next)
    }
    return nil
  }

  private mutating func isBraked(_ sighting: Sighting, _ thing: Int32) throws -> Bool {
    guard assetsPerIndicator != nil else { return false }
    let openings: [Timestamp]
    if let known = memory.states[Int(thing)].openings {
      openings = known
    } else {
      let statement = try database.cachedStatement(
        sql: "SELECT opened_at FROM alert WHERE indicator_value = ? AND indicator_type = ? AND wide_assets = 0 ORDER BY number")
      openings = try Int64.fetchAll(statement, arguments: [sighting.indicator.observable.match, sighting.indicator.type.rawValue])
        .map { Timestamp(microseconds: $0) }
      memory.states[Int(thing)].openings = openings
    }
    return NoiseBrake.holds(sighting.observedAt, openings: openings, limit: assetsPerIndicator)
  }

  /// In the order of their making, so that the choice among several does not depend on where batches were cut.
  ///
  /// To spare the sorting SQLite would rather walk all alerts of the asset, which may be all there are: so the index is named.
  private func read(_ sighting: Sighting, isWide: Bool) throws -> [Open] {
    let statement = try database.cachedStatement(
      sql: """
        SELECT number, id, count, first_seen, last_seen, severity, (SELECT count(*) FROM sample WHERE sample.alert = alert.number), wide_assets
        FROM alert INDEXED BY alert_thing
        WHERE indicator_type = ? AND indicator_value = ? AND asset = ? AND (wide_assets > 0) = ? ORDER BY number
        """)
    let indicator = sighting.indicator
    let asset = isWide ? Alert.manyAssets : sighting.asset
    let rows = try Row.fetchAll(statement, arguments: [indicator.type.rawValue, indicator.observable.match, asset, isWide])
    return try rows.map { row in
      guard let id = RecentAlerts.Identity(row[1] as String) else {
        throw Diagnostic(.error, code: "store.damaged", "an alert's id is no 32 hexadecimal digits", hint: "run ukai doctor")
      }
      return Open(
        number: row[0], id: id, count: row[2], first: Timestamp(microseconds: row[3]), last: Timestamp(microseconds: row[4]),
        wideAssets: row[7], samples: Int32(clamping: row[6] as Int), severity: Severity(rank: row[5]))
    }
  }

  private mutating func make(_ sighting: Sighting, isWide: Bool) throws -> Open {
    guard let id = RecentAlerts.Identity(Alert.identity(of: sighting, isWide: isWide)) else {
      throw Diagnostic(.error, code: "store.io", "an alert's id is no 32 hexadecimal digits")
    }
    let number = try statements.insert(
      alert: id, of: sighting, asset: isWide ? Alert.manyAssets : sighting.asset, isWide: isWide, now: now)
    newAlerts += 1
    try label(number, sighting.indicator, source: sighting.source.name)
    return Open(
      number: number, id: id, count: 1, first: sighting.observedAt, last: sighting.observedAt, wideAssets: 0, samples: 0,
      severity: sighting.severity)
  }

  private func label(_ number: Int64, _ indicator: Indicator, source: String) throws {
    try statements.insert(label: source, kind: "source", alert: number)
    for feed in indicator.feeds { try statements.insert(label: feed, kind: "feed", alert: number) }
    for actor in indicator.actors {
      for name in [actor.id, actor.name?.lowercased()].compactMap({ $0 }) { try statements.insert(label: name, kind: "actor", alert: number) }
      for parent in actor.parents { try statements.insert(label: parent, kind: "actor", alert: number) }
    }
  }
}
