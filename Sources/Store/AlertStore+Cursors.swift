internal import GRDB
internal import Indicators
public import Matching

extension AlertStore: CursorStore {
  public func cursorPrefixLengths() throws -> [Int] {
    try queue.reading(path: path) { database in
      try Int.fetchAll(database, sql: "SELECT DISTINCT prefix_length FROM cursor ORDER BY prefix_length DESC")
    }
  }

  public func cursors(prefixLength: Int, prefixHash: String) throws -> [LogCursor] {
    try queue.reading(path: path) { database in
      let statement = try database.cachedStatement(
        sql: "SELECT * FROM cursor WHERE prefix_length = ? AND prefix_hash = ? ORDER BY offset DESC, generation")
      return try Row.fetchAll(statement, arguments: [prefixLength, prefixHash]).map(LogCursor.init(row:))
    }
  }

  public func cursor(generation: String) throws -> LogCursor? {
    try queue.reading(path: path) { database in
      let statement = try database.cachedStatement(sql: "SELECT * FROM cursor WHERE generation = ?")
      return try Row.fetchOne(statement, arguments: [generation]).map(LogCursor.init(row:))
    }
  }
}

extension LogCursor {
  fileprivate init(row: Row) {
    self.init(
      generation: row["generation"], path: row["path"], device: UInt64(bitPattern: row["device"] as Int64),
      inode: UInt64(bitPattern: row["inode"] as Int64), prefixLength: row["prefix_length"], prefixHash: row["prefix_hash"],
      offset: row["offset"], anchorHash: row["anchor_hash"], lines: row["lines"], diskSize: row["disk_size"],
      modifiedAt: row["modified_at"], updatedAt: Timestamp(microseconds: row["updated_at"]),
      checkpoints: LogCheckpoint.list(row["checkpoints"]))
  }
}

extension LogCheckpoint {
  /// `OFFSET:HASH`, divided by blanks.
  static func text(of checkpoints: [LogCheckpoint]) -> String { checkpoints.map { "\($0.offset):\($0.hash)" }.joined(separator: " ") }

  /// What ``text(of:)`` wrote; anything else is left out.
  static func list(_ text: String) -> [LogCheckpoint] {
    text.split(separator: " ").compactMap { entry in
      let parts = entry.split(separator: ":")
      guard parts.count == 2, let offset = Int(parts[0]), offset > 0 else { return nil }
      return LogCheckpoint(offset: offset, hash: String(parts[1]))
    }
  }
}
