import GRDB

/// Changes a database behind the store's back.
enum SQLiteShell {
  static func run(_ path: String, _ sql: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.inDatabase { try $0.execute(sql: sql) }
    try queue.close()
  }
}
