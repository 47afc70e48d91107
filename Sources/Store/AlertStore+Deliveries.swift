internal import GRDB
public import Indicators
public import Matching

/// An alert that a destination has not had in this version.
public struct PendingDelivery: Sendable {
  public var alert: Alert
  /// Grows when the alert's status or severity changes.
  public var version: Int
}

/// How far a destination is behind.
public struct DeliveryBacklog: Sendable, Equatable {
  public var waiting: Int
  /// Creation of the oldest alert that waits.
  public var oldest: Timestamp?
  /// Alerts that the destination refused for good.
  public var refused: Int
}

extension AlertStore {
  /// What `destination` has not had, oldest alert first. One that was refused stays out until it changes.
  public func pending(
    for destination: String, everything: Bool = false, since: Timestamp? = nil, after number: Int64 = 0, limit: Int
  ) throws(Diagnostic) -> (deliveries: [PendingDelivery], last: Int64) {
    try queue.reading(path: path) { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT alert.* FROM alert LEFT JOIN delivery ON delivery.alert = number AND delivery.destination = ?
          WHERE number > ? AND last_seen >= ? AND (? OR delivery.version IS NULL OR delivery.version < alert.version)
          ORDER BY number LIMIT ?
          """, arguments: [destination, number, since?.microseconds ?? Int64.min, everything, limit])
      let deliveries = rows.compactMap { row in Self.alert(row).map { PendingDelivery(alert: $0, version: row["version"]) } }
      return (deliveries, rows.last?["number"] ?? number)
    }
  }

  /// Notes that `destination` has these versions, or why it will not; with that its noted batch is done.
  public func mark(_ deliveries: [(alertID: String, version: Int, refused: String?)], for destination: String, now: Timestamp) throws(Diagnostic) {
    try queue.transaction(path: path) { database in
      let statement = try database.cachedStatement(
        sql: """
          INSERT INTO delivery(destination, alert, version, at, refused) SELECT ?, number, ?, ?, ? FROM alert WHERE id = ?
          ON CONFLICT(destination, alert) DO UPDATE SET version = excluded.version, at = excluded.at, refused = excluded.refused
          """)
      for delivery in deliveries {
        try statement.execute(arguments: [destination, delivery.version, now.microseconds, delivery.refused, delivery.alertID])
      }
      try database.execute(sql: "DELETE FROM file_intent WHERE destination = ?", arguments: [destination])
    }
  }

  /// Lets refused alerts be delivered again.
  public func replayRefused(for destination: String) throws(Diagnostic) -> Int {
    try queue.transaction(path: path) { database in
      try database.execute(sql: "DELETE FROM delivery WHERE destination = ? AND refused IS NOT NULL", arguments: [destination])
      return database.changesCount
    }
  }

  /// Every destination that was ever delivered to, with what waits for it.
  public func backlogs() throws(Diagnostic) -> [(destination: String, backlog: DeliveryBacklog)] {
    try queue.reading(path: path) { database in
      try String.fetchAll(database, sql: "SELECT DISTINCT destination FROM delivery ORDER BY 1").map { destination in
        let row = try Row.fetchOne(
          database,
          sql: """
            SELECT count(*), min(created_at) FROM alert LEFT JOIN delivery ON delivery.alert = number AND delivery.destination = ?
            WHERE delivery.version IS NULL OR delivery.version < alert.version
            """, arguments: [destination])
        let refused = try Int.fetchOne(
          database, sql: "SELECT count(*) FROM delivery WHERE destination = ? AND refused IS NOT NULL", arguments: [destination])
        return (
          destination,
          DeliveryBacklog(
            waiting: row?[0] ?? 0, oldest: (row?[1] as Int64?).map { Timestamp(microseconds: $0) }, refused: refused ?? 0)
        )
      }
    }
  }
}
