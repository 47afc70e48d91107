internal import GRDB
public import Indicators
public import Syntax
internal import Matching

/// One run of a command, as its `--summary` told it.
public struct RunRecord: Sendable {
  public var command: String
  public var at: Timestamp
  public var exit: Int
  public var summary: JSONValue

  public init(command: String, at: Timestamp, exit: Int, summary: JSONValue) {
    self.command = command
    self.at = at
    self.exit = exit
    self.summary = summary
  }
}

/// One log that was read.
public struct LogHealth: Sendable {
  public var path: String
  public var lastRead: Timestamp
  /// Of all its generations.
  public var lines: Int
  public var bytes: Int
}

extension AlertStore {
  private static let runsKept = 500

  /// Notes how a run ended.
  public func note(run command: String, exit: Int, summary: JSONObject, now: Timestamp) throws(Diagnostic) {
    try queue.transaction(path: path) { database in
      try database.execute(
        sql: "INSERT INTO run(command, at, exit, summary) VALUES (?, ?, ?, ?)", arguments: [command, now.microseconds, exit, summary.serialized()])
      try database.execute(sql: "DELETE FROM run WHERE number <= ? - \(Self.runsKept)", arguments: [database.lastInsertedRowID])
    }
  }

  /// The last runs, the newest first.
  public func runs(of command: String? = nil, limit: Int) throws(Diagnostic) -> [RunRecord] {
    try queue.reading(path: path) { database in
      try Row.fetchAll(
        database, sql: "SELECT command, at, exit, summary FROM run WHERE ? IS NULL OR command = ? ORDER BY number DESC LIMIT ?",
        arguments: [command, command, limit]
      ).map { row in
        RunRecord(
          command: row[0], at: Timestamp(microseconds: row[1]), exit: row[2], summary: (try? JSONParser.parse(row[3] as String)) ?? .null)
      }
    }
  }

  /// The logs that were read, the one that was read last first.
  public func logs(limit: Int) throws(Diagnostic) -> [LogHealth] {
    try queue.reading(path: path) { database in
      try Row.fetchAll(
        database, sql: "SELECT path, max(updated_at), sum(lines), sum(offset) FROM cursor GROUP BY path ORDER BY 2 DESC, 1 LIMIT ?", arguments: [limit]
      ).map { LogHealth(path: $0[0], lastRead: Timestamp(microseconds: $0[1]), lines: $0[2], bytes: $0[3]) }
    }
  }

  /// Alerts by a label (`feed`, `actor`, `source`), the most first. Read off an index: millions of alerts take a fraction of a second.
  public func counts(by kind: String, limit: Int) throws(Diagnostic) -> [(label: String, alerts: Int)] {
    try queue.reading(path: path) { database in
      try Row.fetchAll(
        database, sql: "SELECT label, count(*) FROM alert_label WHERE kind = ? GROUP BY label ORDER BY 2 DESC, 1 LIMIT ?", arguments: [kind, limit]
      ).map { (label: $0[0] as String, alerts: $0[1] as Int) }
    }
  }
}
