internal import GRDB
internal import Indicators

/// How a database of ours is opened: which journal, how durable, and what is refused.
enum StateDatabase {
  /// What tells our files from others' (`PRAGMA application_id`).
  enum Kind: Int {
    case indicators = 0x756B_6169
    case alerts = 0x756B_616C
  }

  /// The write-ahead log of SQLite 3.7.0–3.51.2 can lose committed pages when two connections write and checkpoint at one moment
  /// (sqlite.org/wal.html, "The WAL Reset Bug"); fixed in 3.51.3, 3.50.7 and 3.44.6.
  static func mayUseWAL(version: Int) -> Bool {
    version >= 3_051_003 || (3_050_007..<3_051_000).contains(version) || (3_044_006..<3_045_000).contains(version)
  }

  /// Seconds for which another connection's lock is waited for. The first commit of a feed of a million rows holds it for seven, and on a
  /// slow disk for longer; without the write-ahead log readers wait for it as well.
  private static let patience = 60.0

  /// Opens or makes the database and brings its schema up to date, each numbered step in its own transaction.
  /// - Throws: `store.not-ours`, `store.newer-schema`, `store.busy`, `store.damaged`, `store.io`.
  static func open(_ path: String, kind: Kind, migrations: [String]) throws(Diagnostic) -> DatabaseQueue {
    do {
      var configuration = Configuration()
      configuration.busyMode = .timeout(patience)
      configuration.prepareDatabase { database in
        try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON")
        // A feed of a million rows works on some hundred MB of pages; what is asked for again shall be there. In KiB.
        try database.execute(sql: "PRAGMA cache_size = -65536")
      }
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.inDatabase { database in
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        if tables > 0, application != kind.rawValue {
          throw Diagnostic(.error, code: "store.not-ours", "not a database of ukai", hint: "move it away, or use another --state", file: path)
        }
        if version > migrations.count {
          throw Diagnostic(
            .error, code: "store.newer-schema", "written by a newer ukai (schema \(version), this one knows \(migrations.count))",
            hint: "use the newer ukai; nothing was changed", file: path)
        }
        try setJournal(database)
        for step in version..<migrations.count {
          try database.inTransaction(.immediate) {
            // Another process may have been here first.
            if try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0 > step { return .rollback }
            try database.execute(sql: migrations[step])
            try database.execute(sql: "PRAGMA application_id = \(kind.rawValue); PRAGMA user_version = \(step + 1)")
            return .commit
          }
        }
      }
      return queue
    } catch {
      throw diagnostic(error, path: path)
    }
  }

  private static func setJournal(_ database: Database) throws {
    let parts = (try String.fetchOne(database, sql: "SELECT sqlite_version()") ?? "").split(separator: ".").compactMap { Int($0) }
    let version = parts.count == 3 ? parts[0] * 1_000_000 + parts[1] * 1000 + parts[2] : 0
    if mayUseWAL(version: version) {
      _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
      try database.execute(sql: "PRAGMA synchronous = FULL")
    } else {
      _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = DELETE")
      try database.execute(sql: "PRAGMA synchronous = EXTRA")
    }
  }

  /// A database's error as the operator can act on it.
  static func diagnostic(_ error: any Error, path: String) -> Diagnostic {
    if let diagnostic = error as? Diagnostic { return diagnostic }
    guard let error = error as? DatabaseError else { return Diagnostic(.error, code: "store.io", "\(error)", file: path) }
    let text = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
    return switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: Diagnostic(.error, code: "store.busy", "another run writes to it for longer than \(Int(patience)) s", hint: "run it again; nothing was changed", file: path)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      Diagnostic(.error, code: "store.damaged", "damaged: \(text)", hint: "run ukai doctor", file: path)
    case .SQLITE_FULL: Diagnostic(.error, code: "store.full", "no space left; nothing was lost", hint: "make room and run it again: it goes on where it stopped", file: path)
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      Diagnostic(.error, code: "store.permission", text, hint: "let this user write it, or use another --state", file: path)
    case .SQLITE_CANTOPEN:
      Diagnostic(.error, code: "store.create", text, hint: "see that the directory is there and can be written, or use another --state", file: path)
    default: Diagnostic(.error, code: "store.io", text, hint: "run ukai doctor", file: path)
    }
  }
}

extension DatabaseQueue {
  /// Runs `body` in one immediate transaction; any error rolls all of it back.
  func transaction<Result>(path: String, _ body: (Database) throws -> Result) throws(Diagnostic) -> Result {
    do {
      var result: Result?
      try inDatabase { database in
        try database.inTransaction(.immediate) {
          result = try body(database)
          return .commit
        }
      }
      guard let result else { throw Diagnostic(.error, code: "store.io", "a transaction gave nothing", file: path) }
      return result
    } catch {
      throw StateDatabase.diagnostic(error, path: path)
    }
  }

  func reading<Result>(path: String, _ body: (Database) throws -> Result) throws(Diagnostic) -> Result {
    do { return try inDatabase(body) } catch { throw StateDatabase.diagnostic(error, path: path) }
  }
}
