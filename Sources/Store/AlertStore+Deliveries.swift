internal import GRDB
public import Indicators
public import Matching

/// An alert that a destination has not had in this version.
public struct PendingDelivery: Sendable {
  public var alert: Alert
  /// Grows when the alert's status or severity changes.
  public var version: Int
  /// The destination has never had this alert.
  public var isFirst: Bool
}

/// Which alerts are asked for.
public struct DeliverySelection: Sendable {
  public var filter = DeliveryFilter.everything
  /// Also what the destination has had.
  public var everything = false
  /// Last seen at or after; what is older stays for another time.
  public var since: Timestamp?

  public init() {}
}

/// How the delivery of one alert ended.
public struct DeliveryMark: Sendable, Equatable {
  public enum End: Sendable, Equatable {
    case delivered
    /// For good, until it changes or is replayed.
    case refused(String)
    /// To be tried again by the next run.
    case postponed
  }

  public var alertID: String
  public var version: Int
  public var end: End

  public init(alertID: String, version: Int, end: End) {
    self.alertID = alertID
    self.version = version
    self.end = end
  }
}

/// A place in the order of what a destination is to have.
public struct DeliveryPlace: Sendable, Equatable {
  var change: Int64
  var postponed: Int64

  public static let start = DeliveryPlace(change: -1, postponed: -1)
}

extension AlertStore {
  /// What `destination` has not had, oldest change first; what an earlier run postponed comes before.
  ///
  /// - Parameter place: where the page before ended.
  public func pending(
    for destination: String, _ selection: DeliverySelection = DeliverySelection(), after place: DeliveryPlace = .start, limit: Int
  ) throws(Diagnostic) -> (deliveries: [PendingDelivery], next: DeliveryPlace) {
    try queue.reading(path: path) { database in
      let (condition, arguments) = selection.filter.condition
      let since = selection.since?.microseconds ?? Int64.min
      let columns = "alert.*, sample.observed_at, sample.record, iif(delivery.refused IS NULL, delivery.version, NULL) AS had FROM"
      let sample = "JOIN sample ON sample.alert = alert.number AND sample.position = 0"
      if !selection.everything {
        let rows = try Row.fetchAll(
          database,
          sql: """
            SELECT \(columns) delivery JOIN alert ON alert.number = delivery.alert \(sample)
            WHERE delivery.destination = ? AND delivery.postponed AND delivery.alert > ? AND last_seen >= ? AND \(condition)
            ORDER BY delivery.alert LIMIT ?
            """, arguments: (StatementArguments([destination, place.postponed, since] + arguments) ?? StatementArguments()) + [limit])
        if let last = rows.last {
          return (try Self.deliveries(rows, database), DeliveryPlace(change: place.change, postponed: last["number"]))
        }
      }
      let known = selection.everything ? -1 : try Int64.fetchOne(database, sql: "SELECT position FROM destination WHERE name = ?", arguments: [destination]) ?? -1
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT \(columns) alert \(sample) LEFT JOIN delivery ON delivery.alert = alert.number AND delivery.destination = ?
          WHERE alert.change > ? AND last_seen >= ? AND (? OR delivery.version IS NULL OR delivery.version < alert.version) AND \(condition)
          ORDER BY alert.change LIMIT ?
          """,
        arguments: (StatementArguments([destination, max(place.change, known), since, selection.everything] + arguments) ?? StatementArguments()) + [limit])
      return (try Self.deliveries(rows, database), DeliveryPlace(change: rows.last?["change"] ?? place.change, postponed: place.postponed))
    }
  }

  private static func deliveries(_ rows: [Row], _ database: Database) throws -> [PendingDelivery] {
    try rows.compactMap { row in
      try alert(row, database).map { PendingDelivery(alert: $0, version: row["version"], isFirst: (row["had"] as Int?).map { $0 == 0 } ?? true) }
    }
  }

  /// Notes how deliveries ended; with that the destination's noted batch is done.
  public func mark(_ marks: [DeliveryMark], for destination: String, now: Timestamp) throws(Diagnostic) {
    try queue.transaction(path: path) { database in
      // A postponed alert keeps the version that the destination has; 0 is none.
      let statement = try database.cachedStatement(
        sql: """
          INSERT INTO delivery(destination, alert, version, at, refused, postponed) SELECT ?1, number, iif(?5, 0, ?2), ?3, ?4, ?5 FROM alert WHERE id = ?6
          ON CONFLICT(destination, alert) DO UPDATE SET version = iif(?5, version, excluded.version), at = excluded.at,
            refused = excluded.refused, postponed = excluded.postponed
          """)
      for mark in marks {
        var refused: String?
        if case .refused(let reason) = mark.end { refused = reason }
        try statement.execute(arguments: [destination, mark.version, now.microseconds, refused, mark.end == .postponed, mark.alertID])
      }
      try database.execute(sql: "DELETE FROM file_intent WHERE destination = ?", arguments: [destination])
    }
  }

  /// Lets refused alerts be delivered again.
  public func replayRefused(for destination: String) throws(Diagnostic) -> Int {
    try queue.transaction(path: path) { database in
      try database.execute(
        sql: "UPDATE delivery SET refused = NULL, postponed = 1, version = 0 WHERE destination = ? AND refused IS NOT NULL", arguments: [destination])
      return database.changesCount
    }
  }

  /// Alerts that `destination` refused for good, with its reasons: the dead letters.
  public func refused(for destination: String) throws(Diagnostic) -> [(alertID: String, version: Int, at: Timestamp, reason: String)] {
    try queue.reading(path: path) { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT id, delivery.version, at, refused FROM delivery JOIN alert ON number = delivery.alert
          WHERE destination = ? AND refused IS NOT NULL ORDER BY number
          """, arguments: [destination]
      ).map { (alertID: $0[0] as String, version: $0[1] as Int, at: Timestamp(microseconds: $0[2]), reason: $0[3] as String) }
    }
  }

  /// When each destination had the alert in its present version; nil for one that refused it.
  public func deliveries(of alert: Alert) throws(Diagnostic) -> [(destination: String, version: Int, at: Timestamp, refused: String?)] {
    try queue.reading(path: path) { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT destination, delivery.version, at, refused FROM delivery JOIN alert ON number = delivery.alert
          WHERE id = ? AND NOT postponed ORDER BY destination
          """, arguments: [alert.id]
      ).map { (destination: $0[0] as String, version: $0[1] as Int, at: Timestamp(microseconds: $0[2]), refused: $0[3] as String?) }
    }
  }
}
