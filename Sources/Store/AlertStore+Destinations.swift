internal import GRDB
public import Indicators

/// How a destination fares and how far it is behind.
public struct DestinationState: Sendable, Equatable {
  public var name: String
  public var lastAttempt: Timestamp?
  public var lastSuccess: Timestamp?
  public var lastError: String?
  /// Runs that failed since the last success.
  public var failures = 0
  /// The remote side asked to be left alone until then.
  public var notBefore: Timestamp?
  /// Alerts that wait for it.
  public var waiting = 0
  /// Creation of the oldest that waits.
  public var oldest: Timestamp?
  /// Alerts that it refused for good.
  public var refused = 0
  /// Alerts that it has had.
  public var delivered = 0

  public init(name: String) { self.name = name }
}

extension AlertStore {
  /// Notes that a run to `destination` begins. When it is let have other alerts than before, everything is looked at anew; what it has
  /// had stays marked.
  public func begin(_ destination: String, filter: DeliveryFilter, now: Timestamp) throws(Diagnostic) {
    try queue.transaction(path: path) { database in
      try database.execute(
        sql: """
          INSERT INTO destination(name, position, filter, last_attempt) VALUES (?, 0, ?, ?)
          ON CONFLICT(name) DO UPDATE SET last_attempt = excluded.last_attempt, filter = excluded.filter,
            position = iif(filter = excluded.filter, position, 0)
          """, arguments: [destination, filter.text, now.microseconds])
    }
  }

  /// Where the order of changes ends now.
  public func lastChange() throws(Diagnostic) -> Int64 {
    try queue.reading(path: path) { try Int64.fetchOne($0, sql: "SELECT coalesce(max(change), 0) FROM alert") ?? 0 }
  }

  /// Notes that everything up to `change` is settled for `destination`: those who come later need not look at it.
  public func settle(_ destination: String, upTo change: Int64) throws(Diagnostic) {
    try queue.transaction(path: path) { database in
      try database.execute(sql: "UPDATE destination SET position = max(position, ?) WHERE name = ?", arguments: [change, destination])
    }
  }

  /// Notes how a run to `destination` ended.
  public func end(_ destination: String, error: String?, notBefore: Timestamp?, now: Timestamp) throws(Diagnostic) {
    try queue.transaction(path: path) { database in
      if let error {
        try database.execute(
          sql: "UPDATE destination SET failures = failures + 1, last_error = ?, not_before = ? WHERE name = ?",
          arguments: [error, notBefore?.microseconds, destination])
      } else {
        try database.execute(
          sql: "UPDATE destination SET failures = 0, last_error = NULL, not_before = NULL, last_success = ? WHERE name = ?",
          arguments: [now.microseconds, destination])
      }
    }
  }

  /// When the remote side asked to be left alone until, if it did.
  public func notBefore(_ destination: String) throws(Diagnostic) -> Timestamp? {
    try queue.reading(path: path) { database in
      try Int64.fetchOne(database, sql: "SELECT not_before FROM destination WHERE name = ?", arguments: [destination]).map { Timestamp(microseconds: $0) }
    }
  }

  /// The names of all destinations that were ever delivered to.
  public func destinationNames() throws(Diagnostic) -> [String] {
    try queue.reading(path: path) { try String.fetchAll($0, sql: "SELECT name FROM destination ORDER BY name") }
  }

  /// Every destination that was ever delivered to, and how far it is behind.
  public func destinations() throws(Diagnostic) -> [DestinationState] {
    try queue.reading(path: path) { database in
      try Row.fetchAll(database, sql: "SELECT * FROM destination ORDER BY name").map { row in
        func time(_ column: String) -> Timestamp? { (row[column] as Int64?).map { Timestamp(microseconds: $0) } }
        var state = DestinationState(name: row["name"])
        state.lastAttempt = time("last_attempt")
        state.lastSuccess = time("last_success")
        state.lastError = row["last_error"]
        state.failures = row["failures"]
        state.notBefore = time("not_before")
        try Self.count(&state, position: row["position"], filter: DeliveryFilter(text: row["filter"]), database)
        return state
      }
    }
  }

  private static func count(_ state: inout DestinationState, position: Int64, filter: DeliveryFilter, _ database: Database) throws {
    let (condition, arguments) = filter.condition
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT count(*), min(created_at) FROM
          (SELECT created_at FROM alert LEFT JOIN delivery ON delivery.alert = alert.number AND delivery.destination = ?
           WHERE alert.change > ? AND (delivery.version IS NULL OR delivery.version < alert.version) AND coalesce(delivery.postponed, 0) = 0 AND \(condition)
           UNION ALL
           SELECT created_at FROM delivery JOIN alert ON alert.number = delivery.alert WHERE delivery.destination = ? AND delivery.postponed)
        """, arguments: (StatementArguments([state.name, position] + arguments) ?? StatementArguments()) + [state.name])
    state.waiting = row?[0] ?? 0
    state.oldest = (row?[1] as Int64?).map { Timestamp(microseconds: $0) }
    state.refused =
      try Int.fetchOne(database, sql: "SELECT count(*) FROM delivery WHERE destination = ? AND refused IS NOT NULL", arguments: [state.name]) ?? 0
    // Both are counted by an index of few rows; all of them by the key alone.
    let postponed =
      try Int.fetchOne(database, sql: "SELECT count(*) FROM delivery WHERE destination = ? AND postponed", arguments: [state.name]) ?? 0
    let rows = try Int.fetchOne(database, sql: "SELECT count(*) FROM delivery WHERE destination = ?", arguments: [state.name]) ?? 0
    state.delivered = rows - postponed - state.refused
  }
}
