internal import GRDB
public import Indicators

extension AlertStore {
  /// What is remembered by the time it was last done.
  public enum Mark: String, Sendable {
    /// A hunt over all logs began.
    case hunt
  }

  public func time(of mark: Mark) throws(Diagnostic) -> Timestamp? {
    try queue.reading(path: path) { database in
      try Int64.fetchOne(database, sql: "SELECT at FROM mark WHERE name = ?", arguments: [mark.rawValue]).map { Timestamp(microseconds: $0) }
    }
  }

  /// Never goes back: a slow run must not undo a later one.
  public func set(_ mark: Mark, to time: Timestamp) throws(Diagnostic) {
    try queue.transaction(path: path) { database in
      try database.execute(
        sql: "INSERT INTO mark(name, at) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET at = max(at, excluded.at)",
        arguments: [mark.rawValue, time.microseconds])
    }
  }
}
