internal import GRDB
public import Indicators
public import Matching
internal import Rules
internal import Syntax

extension AlertStore {
  /// Alerts by last sighting, the newest first.
  public func alerts(_ filter: AlertFilter = AlertFilter()) throws(Diagnostic) -> [Alert] {
    var found: [Alert] = []
    try forEachAlert(filter) { found.append($0) }
    return found
  }

  /// Hands out alerts by last sighting, the newest first, one at a time: millions need no memory.
  public func forEachAlert(_ filter: AlertFilter = AlertFilter(), _ body: (Alert) throws -> Void) throws(Diagnostic) {
    try queue.reading(path: path) { database in
      let (conditions, arguments) = try Self.conditions(filter, database)
      let sql = """
        SELECT alert.*, sample.observed_at, sample.record FROM
          (SELECT * FROM alert\(conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND "))
           ORDER BY last_seen DESC, number DESC\(filter.limit.map { " LIMIT \(max(0, $0))" } ?? "")) AS alert
        JOIN sample ON sample.alert = alert.number AND sample.position = 0 ORDER BY last_seen DESC, number DESC
        """
      let rows = try Row.fetchCursor(database, sql: sql, arguments: StatementArguments(arguments) ?? StatementArguments())
      while let row = try rows.next() {
        if let alert = try Self.alert(row, database) { try body(alert) }
      }
    }
  }

  /// How many alerts a filter selects; its limit does not count.
  public func count(_ filter: AlertFilter) throws(Diagnostic) -> Int {
    try queue.reading(path: path) { database in
      let (conditions, arguments) = try Self.conditions(filter, database)
      let sql = "SELECT count(*) FROM alert" + (conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND "))
      return try Int.fetchOne(database, sql: sql, arguments: StatementArguments(arguments) ?? StatementArguments()) ?? 0
    }
  }

  /// A condition that few alerts fulfil is looked up by its own index; one that many fulfil is checked while walking by time.
  private static let fewAlerts = 20_000

  static func conditions(_ filter: AlertFilter, _ database: Database) throws -> ([String], [any DatabaseValueConvertible]) {
    var conditions: [String] = []
    var arguments: [any DatabaseValueConvertible] = []
    func add(_ condition: String, _ values: [any DatabaseValueConvertible]) {
      conditions.append(condition)
      arguments += values
    }
    /// `source` is a query of alert numbers.
    func addSelective(_ condition: String, _ source: String, _ values: [any DatabaseValueConvertible]) throws {
      let probe = "SELECT count(*) FROM (\(source) LIMIT \(fewAlerts + 1))"
      let count = try Int.fetchOne(database, sql: probe, arguments: StatementArguments(values) ?? StatementArguments()) ?? 0
      add(count <= fewAlerts ? "number IN (\(source))" : condition, values)
    }
    if let since = filter.since { add("last_seen >= ?", [since.microseconds]) }
    if let until = filter.until {
      // No alert spans more than a day: with its end bounded, the index by last sighting leads to it.
      add("first_seen < ? AND last_seen < ?", [until.microseconds, until.adding(seconds: Alert.windowSeconds).microseconds])
    }
    if let severity = filter.minimumSeverity {
      try addSelective("+severity >= ?", "SELECT number FROM alert INDEXED BY alert_severity WHERE severity >= ?", [severity.rank])
    }
    if !filter.statuses.isEmpty {
      let list = JSONValue(filter.statuses.map(\.rawValue).sorted()).serialized()
      try addSelective(
        "+status IN (SELECT value FROM json_each(?))", "SELECT number FROM alert WHERE status IN (SELECT value FROM json_each(?))", [list])
    }
    if let asset = filter.asset {
      try addSelective(
        "(asset = ? OR (wide_assets > 0 AND EXISTS (SELECT 1 FROM wide_asset WHERE wide_asset.alert = number AND wide_asset.asset = ?)))",
        "SELECT number FROM alert WHERE asset = ? UNION SELECT alert FROM wide_asset WHERE asset = ?", [asset, asset])
    }
    if let type = filter.type {
      try addSelective("+indicator_type = ?", "SELECT number FROM alert INDEXED BY alert_type WHERE indicator_type = ?", [type.rawValue])
    }
    if let value = filter.indicator {
      try addSelective("+indicator_value = ?", "SELECT number FROM alert WHERE indicator_value = ?", [value])
    }
    if let feed = filter.feed {
      try addSelective(
        "EXISTS (SELECT 1 FROM alert_label WHERE kind = 'feed' AND label = ? AND alert = number)",
        "SELECT alert FROM alert_label WHERE kind = 'feed' AND label = ?", [feed])
    }
    if let actor = filter.actor {
      try addSelective(
        "EXISTS (SELECT 1 FROM alert_label WHERE kind = 'actor' AND label IN (?, ?) AND alert = number)",
        "SELECT alert FROM alert_label WHERE kind = 'actor' AND label IN (?, ?)", [actor, actor.lowercased()])
    }
    return (conditions, arguments)
  }

  static func alert(_ row: Row, _ database: Database) throws -> Alert? {
    let observed = Timestamp(microseconds: row["observed_at"])
    guard let sample = (try? JSONParser.parse(row["record"] as String)).flatMap({ Sighting(json: $0, observedAt: observed) }) else { return nil }
    let severity = Severity(rank: row["severity"])
    return Alert(
      id: row["id"], indicator: sample.indicator, asset: row["asset"], count: row["count"], firstSeen: Timestamp(microseconds: row["first_seen"]),
      lastSeen: Timestamp(microseconds: row["last_seen"]), foundAt: Timestamp(microseconds: row["created_at"]), severity: severity,
      status: Alert.Status(rawValue: row["status"]) ?? .new, wideAssets: row["wide_assets"], sample: sample,
      score: severity > sample.severity ? try score(of: severity, alert: row["number"], database) : nil)
  }

  /// The score of the first sighting that was so severe; nil when none of them was kept.
  private static func score(of severity: Severity, alert: Int64, _ database: Database) throws -> ScoringPolicy.Score? {
    let statement = try database.cachedStatement(sql: "SELECT observed_at, record FROM sample WHERE alert = ? AND position > 0 ORDER BY position")
    let rows = try Row.fetchCursor(statement, arguments: [alert])
    while let row = try rows.next() {
      let sighting = (try? JSONParser.parse(row[1] as String)).flatMap { Sighting(json: $0, observedAt: Timestamp(microseconds: row[0])) }
      if let sighting, sighting.severity >= severity { return sighting.score }
    }
    return nil
  }

  /// The alert whose id is `id` or begins with it.
  /// - Throws: `alert.unknown`, `alert.ambiguous`.
  public func alert(id: String) throws(Diagnostic) -> Alert {
    let digits = id.lowercased()
    guard digits.count >= 4, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }) else {
      throw Diagnostic(.error, code: "alert.unknown", "'\(id)' is no alert's id", hint: "ukai alerts list shows them; four digits or more are enough")
    }
    let found = try queue.reading(path: path) { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT alert.*, sample.observed_at, sample.record FROM alert JOIN sample ON sample.alert = alert.number AND sample.position = 0
          WHERE id >= ? AND id < ? LIMIT 2
          """, arguments: [digits, digits + "g"]
      ).compactMap { try Self.alert($0, database) }
    }
    guard let alert = found.first else { throw Diagnostic(.error, code: "alert.unknown", "no alert has the id '\(id)'") }
    if found.count > 1 { throw Diagnostic(.error, code: "alert.ambiguous", "'\(id)' begins the ids of several alerts", hint: "give more digits") }
    return alert
  }

  /// The first assets, by name, of an alert that stands for many.
  public func assets(of alert: Alert, limit: Int) throws(Diagnostic) -> [String] {
    try queue.reading(path: path) { database in
      try String.fetchAll(
        database, sql: "SELECT wide_asset.asset FROM wide_asset JOIN alert ON alert.number = wide_asset.alert WHERE alert.id = ? ORDER BY 1 LIMIT ?",
        arguments: [alert.id, limit])
    }
  }

  /// What was withheld, the most first.
  public func withheld() throws(Diagnostic) -> [WithheldRecord] {
    try queue.reading(path: path) { database in
      try Row.fetchAll(database, sql: "SELECT kind, reason, count, first_at, last_at, example FROM withheld ORDER BY count DESC, kind, reason").map { row in
        WithheldRecord(
          kind: row[0], reason: row[1], count: row[2], first: Timestamp(microseconds: row[3]), last: Timestamp(microseconds: row[4]),
          example: row[5])
      }
    }
  }

  /// The first sightings of an alert, at most ``samplesPerAlert``, and after them those that raised its severity.
  public func samples(of alert: Alert) throws(Diagnostic) -> [Sighting] {
    try queue.reading(path: path) { database in
      try Row.fetchAll(
        database,
        sql: "SELECT observed_at, record FROM sample JOIN alert ON sample.alert = alert.number WHERE alert.id = ? ORDER BY position",
        arguments: [alert.id]
      ).compactMap { row in
        (try? JSONParser.parse(row[1] as String)).flatMap { Sighting(json: $0, observedAt: Timestamp(microseconds: row[0])) }
      }
    }
  }

  public func history(of alert: Alert) throws(Diagnostic) -> [StatusChange] {
    try queue.reading(path: path) { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT at, who, status_change.status AS status, reason FROM status_change JOIN alert ON alert.number = status_change.alert
          WHERE alert.id = ? ORDER BY status_change.number
          """, arguments: [alert.id]
      ).map { row in
        StatusChange(
          at: Timestamp(microseconds: row["at"]), who: row["who"], status: Alert.Status(rawValue: row["status"]) ?? .new,
          reason: row["reason"])
      }
    }
  }

  /// Sets the status of an alert and notes who did it and why. A status that it has already changes nothing.
  public func setStatus(_ status: Alert.Status, of id: String, who: String, reason: String, now: Timestamp) throws(Diagnostic) -> Alert {
    let alert = try alert(id: id)
    if alert.status == status { return alert }
    return try queue.transaction(path: path) { database in
      try database.execute(
        sql: "UPDATE alert SET status = ?, version = version + 1, change = (SELECT max(change) + 1 FROM alert) WHERE id = ?",
        arguments: [status.rawValue, alert.id])
      try database.execute(
        sql: "INSERT INTO status_change(alert, at, who, status, reason) SELECT number, ?, ?, ?, ? FROM alert WHERE id = ?",
        arguments: [now.microseconds, who, status.rawValue, reason, alert.id])
      var changed = alert
      changed.status = status
      return changed
    }
  }

  /// Where the logs that were scanned were last found.
  public func logPaths() throws(Diagnostic) -> [String] {
    try queue.reading(path: path) { try String.fetchAll($0, sql: "SELECT DISTINCT path FROM cursor ORDER BY path") }
  }

  /// How many alerts there are by status and severity.
  public func counts() throws(Diagnostic) -> [(status: Alert.Status, severity: Severity, count: Int)] {
    try queue.reading(path: path) { database in
      try Row.fetchAll(database, sql: "SELECT status, severity, count(*) FROM alert GROUP BY 1, 2 ORDER BY 1, 2").map { row in
        (Alert.Status(rawValue: row[0]) ?? .new, Severity(rank: row[1]), row[2])
      }
    }
  }

  /// Sightings counted, logs known, and when a log was last read.
  public func totals() throws(Diagnostic) -> (sightings: Int, logs: Int, lastScan: Timestamp?) {
    try queue.reading(path: path) { database in
      (
        try Int.fetchOne(database, sql: "SELECT value FROM total WHERE name = 'sightings'") ?? 0,
        try Int.fetchOne(database, sql: "SELECT count(*) FROM cursor") ?? 0,
        try Int64.fetchOne(database, sql: "SELECT max(updated_at) FROM cursor").map { Timestamp(microseconds: $0) }
      )
    }
  }
}

/// Matches of one kind that were withheld for one reason, over all scans.
public struct WithheldRecord: Sendable, Hashable {
  /// See ``Withheld/Kind``.
  public var kind: String
  public var reason: String
  public var count: Int
  /// When a scan first and last withheld one.
  public var first: Timestamp
  public var last: Timestamp
  public var example: String

  public init(kind: String, reason: String, count: Int, first: Timestamp, last: Timestamp, example: String) {
    self.kind = kind
    self.reason = reason
    self.count = count
    self.first = first
    self.last = last
    self.example = example
  }
}

extension Severity {
  /// The severity of a stored rank; an unknown one reads as the highest, so that nothing is hidden.
  init(rank: Int) { self = Severity.allCases.indices.contains(rank) ? Severity.allCases[rank] : .critical }
}
