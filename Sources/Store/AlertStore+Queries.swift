internal import GRDB
public import Indicators
public import Matching
internal import Syntax

extension AlertStore {
  /// Alerts by last sighting, the newest first.
  public func alerts(_ filter: AlertFilter = AlertFilter()) throws(Diagnostic) -> [Alert] {
    var conditions: [String] = []
    var arguments: [any DatabaseValueConvertible] = []
    func add(_ condition: String, _ values: any DatabaseValueConvertible...) {
      conditions.append(condition)
      arguments += values
    }
    if let since = filter.since { add("last_seen >= ?", since.microseconds) }
    if let until = filter.until { add("first_seen < ?", until.microseconds) }
    if let severity = filter.minimumSeverity { add("severity >= ?", severity.rank) }
    if !filter.statuses.isEmpty {
      add("status IN (SELECT value FROM json_each(?))", JSONValue(filter.statuses.map(\.rawValue).sorted()).serialized())
    }
    if let asset = filter.asset { add("asset = ?", asset) }
    if let type = filter.type { add("indicator_type = ?", type.rawValue) }
    if let value = filter.indicator { add("(indicator_value = ? OR json_extract(sample, '$.indicator.value') = ?)", value, value) }
    if let feed = filter.feed { add("EXISTS (SELECT 1 FROM alert_label WHERE kind = 'feed' AND label = ? AND alert = number)", feed) }
    if let actor = filter.actor {
      add("EXISTS (SELECT 1 FROM alert_label WHERE kind = 'actor' AND label IN (?, ?) AND alert = number)", actor, actor.lowercased())
    }
    let sql =
      "SELECT * FROM alert" + (conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND "))
      + " ORDER BY last_seen DESC, number DESC" + (filter.limit.map { " LIMIT \(max(0, $0))" } ?? "")
    let values = StatementArguments(arguments) ?? StatementArguments()
    return try queue.reading(path: path) { database in
      try Row.fetchAll(database, sql: sql, arguments: values).compactMap(Self.alert)
    }
  }

  static func alert(_ row: Row) -> Alert? {
    let first = Timestamp(microseconds: row["first_seen"])
    guard let sample = (try? JSONParser.parse(row["sample"] as String)).flatMap({ Sighting(json: $0, observedAt: first) }) else { return nil }
    return Alert(
      id: row["id"], indicator: sample.indicator, asset: row["asset"], count: row["count"], firstSeen: first,
      lastSeen: Timestamp(microseconds: row["last_seen"]), severity: Severity(rank: row["severity"]),
      status: Alert.Status(rawValue: row["status"]) ?? .new, sample: sample)
  }

  /// The alert whose id is `id` or begins with it.
  /// - Throws: `alert.unknown`, `alert.ambiguous`.
  public func alert(id: String) throws(Diagnostic) -> Alert {
    let digits = id.lowercased()
    guard digits.count >= 4, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }) else {
      throw Diagnostic(.error, code: "alert.unknown", "'\(id)' is no alert's id", hint: "ukai alerts list shows them; four digits or more are enough")
    }
    let found = try queue.reading(path: path) { database in
      try Row.fetchAll(database, sql: "SELECT * FROM alert WHERE id >= ? AND id < ? LIMIT 2", arguments: [digits, digits + "g"]).compactMap(Self.alert)
    }
    guard let alert = found.first else { throw Diagnostic(.error, code: "alert.unknown", "no alert has the id '\(id)'") }
    if found.count > 1 { throw Diagnostic(.error, code: "alert.ambiguous", "'\(id)' begins the ids of several alerts", hint: "give more digits") }
    return alert
  }

  /// The first sightings of an alert, at most ``samplesPerAlert``.
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
        sql: "UPDATE alert SET status = ?, version = version + 1 WHERE id = ?", arguments: [status.rawValue, alert.id])
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
        try Int.fetchOne(database, sql: "SELECT coalesce(sum(count), 0) FROM alert") ?? 0,
        try Int.fetchOne(database, sql: "SELECT count(*) FROM cursor") ?? 0,
        try Int64.fetchOne(database, sql: "SELECT max(updated_at) FROM cursor").map { Timestamp(microseconds: $0) }
      )
    }
  }
}

extension Severity {
  /// The severity of a stored rank; an unknown one reads as the highest, so that nothing is hidden.
  init(rank: Int) { self = Severity.allCases.indices.contains(rank) ? Severity.allCases[rank] : .critical }
}
