internal import Foundation
internal import GRDB
public import Indicators

extension AlertStore {
  /// Notes a batch before it is appended to the file of `destination`. ``mark(_:for:now:)`` ends the note.
  public func note(_ intent: FileIntent, for destination: String) throws(Diagnostic) {
    try queue.transaction(path: path) { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO file_intent VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [
          destination, Int64(bitPattern: intent.device), Int64(bitPattern: intent.inode), intent.offset, Data(intent.bytes),
          intent.alerts.map { "\($0.version) \($0.alertID)" }.joined(separator: "\n"),
        ])
    }
  }

  /// The batch that a killed run noted for `destination` and never marked.
  public func fileIntent(for destination: String) throws(Diagnostic) -> FileIntent? {
    try queue.reading(path: path) { database in
      guard let row = try Row.fetchOne(database, sql: "SELECT * FROM file_intent WHERE destination = ?", arguments: [destination]) else {
        return nil
      }
      let text: String = row["alerts"]
      let alerts = text.split(separator: "\n").compactMap { line -> FileIntent.AlertVersion? in
        let parts = line.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let version = Int(parts[0]) else { return nil }
        return FileIntent.AlertVersion(alertID: String(parts[1]), version: version)
      }
      let bytes: Data = row["bytes"]
      return FileIntent(
        device: UInt64(bitPattern: row["device"]), inode: UInt64(bitPattern: row["inode"]), offset: row["offset"], bytes: Array(bytes),
        alerts: alerts)
    }
  }
}
