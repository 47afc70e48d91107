internal import GRDB
public import Indicators

/// The SQLite that is linked, and how it is used.
public enum StoreLibrary {
  public static var version: String {
    (try? DatabaseQueue().inDatabase { try String.fetchOne($0, sql: "SELECT sqlite_version()") ?? "unknown" }) ?? "unknown"
  }

  /// Whether this version's write-ahead log can be trusted.
  public static var usesWAL: Bool {
    let parts = version.split(separator: ".").compactMap { Int($0) }
    return parts.count == 3 && StateDatabase.mayUseWAL(version: parts[0] * 1_000_000 + parts[1] * 1000 + parts[2])
  }
}

extension AlertStore {
  /// Reads the whole database and checks its structure.
  /// - Throws: `store.damaged`.
  public func check() throws(Diagnostic) { try queue.check(path: path) }
}

extension IndicatorStore {
  /// Reads the whole database and checks its structure.
  /// - Throws: `store.damaged`.
  public func check() throws(Diagnostic) { try queue.check(path: path) }
}

extension DatabaseQueue {
  fileprivate func check(path: String) throws(Diagnostic) {
    let answers = try reading(path: path) { try String.fetchAll($0, sql: "PRAGMA quick_check(5)") }
    if answers != ["ok"] { throw Diagnostic(.error, code: "store.damaged", "damaged: \(answers.first ?? "no answer")", file: path) }
  }
}
