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
        sql: "SELECT \(LogCursor.columns) FROM cursor WHERE prefix_length = ? AND prefix_hash = ?")
      return try Row.fetchAll(statement, arguments: [prefixLength, prefixHash]).map(LogCursor.init(row:))
    }
  }

  public func cursor(generation: String) throws -> LogCursor? {
    try queue.reading(path: path) { database in
      let statement = try database.cachedStatement(sql: "SELECT \(LogCursor.columns) FROM cursor WHERE generation = ?")
      return try Row.fetchOne(statement, arguments: [generation]).map(LogCursor.init(row:))
    }
  }
}

extension LogCursor {
  /// In the order of ``init(row:)``: a column by its name takes as long as a row by numbers, and there may be thousands of rows.
  fileprivate static let columns =
    "generation, path, device, inode, prefix_length, prefix_hash, offset, anchor_hash, lines, disk_size, modified_at, updated_at, checkpoints"

  fileprivate init(row: Row) {
    self.init(
      generation: row[0], path: row[1], device: UInt64(bitPattern: row[2] as Int64), inode: UInt64(bitPattern: row[3] as Int64), prefixLength: row[4],
      prefixHash: row[5], offset: row[6], anchorHash: row[7], lines: row[8], diskSize: row[9], modifiedAt: row[10],
      updatedAt: Timestamp(microseconds: row[11]), checkpoints: LogCheckpoint.list(row[12]))
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
