internal import GRDB
internal import GRDBSQLite
internal import Indicators

/// One prepared statement that runs for very many rows: values are bound as they are, without a box or an array for each.
///
/// Every binding names a parameter of the statement by its place from 1, and all of them are bound anew for each row.
struct BulkStatement {
  private let statement: Statement

  init(_ statement: Statement) { self.statement = statement }

  func bind(_ text: String, at place: Int32) {
    var text = text
    // SQLite copies the bytes before the call returns.
    _ = text.withUTF8 { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
        // No address would bind NULL.
        guard let base = characters.baseAddress else { return unsafe sqlite3_bind_text(statement.sqliteStatement, place, "", 0, Self.copying) }
        return unsafe sqlite3_bind_text(statement.sqliteStatement, place, base, Int32(clamping: characters.count), Self.copying)
      }
    }
  }

  /// Sixteen bytes as a blob, in the order in which they stand in memory.
  func bind(_ bytes: (UInt64, UInt64), at place: Int32) {
    _ = unsafe withUnsafeBytes(of: bytes) { unsafe sqlite3_bind_blob(statement.sqliteStatement, place, $0.baseAddress, Int32(clamping: $0.count), Self.copying) }
  }

  /// The bytes of a text as a blob.
  func bind(blob text: String, at place: Int32) {
    var text = text
    _ = text.withUTF8 { unsafe sqlite3_bind_blob(statement.sqliteStatement, place, $0.baseAddress, Int32(clamping: $0.count), Self.copying) }
  }

  func bind(_ number: Int64, at place: Int32) { _ = unsafe sqlite3_bind_int64(statement.sqliteStatement, place, number) }
  func bindNull(at place: Int32) { _ = unsafe sqlite3_bind_null(statement.sqliteStatement, place) }

  func bind(_ number: Int64?, at place: Int32) { if let number { bind(number, at: place) } else { bindNull(at: place) } }
  func bind(_ text: String?, at place: Int32) { if let text { bind(text, at: place) } else { bindNull(at: place) } }

  /// Binds a text that lies in memory until ``forget()``; nothing is copied.
  func bind(lasting text: UnsafeBufferPointer<UInt8>, at place: Int32) {
    guard let base = text.baseAddress else { return bind("", at: place) }
    unsafe base.withMemoryRebound(to: CChar.self, capacity: text.count) {
      _ = unsafe sqlite3_bind_text(statement.sqliteStatement, place, $0, Int32(clamping: text.count), nil)
    }
  }

  /// Binds nothing any more.
  func forget() { _ = unsafe sqlite3_clear_bindings(statement.sqliteStatement) }

  /// The text in a column, from 0, of the row at hand: valid until the next row.
  func text(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
    let base = unsafe sqlite3_column_text(statement.sqliteStatement, column)
    return unsafe UnsafeBufferPointer(start: base, count: base == nil ? 0 : Int(sqlite3_column_bytes(statement.sqliteStatement, column)))
  }

  func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(statement.sqliteStatement, column) == SQLITE_NULL }

  /// The number in a column, from 0, of the row at hand.
  func number(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(statement.sqliteStatement, column) }

  /// Goes to the next row of a query; false behind the last one.
  func next() throws -> Bool {
    let code = unsafe sqlite3_step(statement.sqliteStatement)
    if code == SQLITE_ROW { return true }
    _ = unsafe sqlite3_reset(statement.sqliteStatement)
    try check(code)
    return false
  }

  /// Ends a query before its last row.
  func reset() { _ = unsafe sqlite3_reset(statement.sqliteStatement) }

  /// Runs it for the row that was bound. Answers the number of the row that it inserted; nil when it inserted none.
  @discardableResult
  func run() throws -> Int64? {
    let code = unsafe sqlite3_step(statement.sqliteStatement)
    _ = unsafe sqlite3_reset(statement.sqliteStatement)
    try check(code)
    guard let connection = unsafe sqlite3_db_handle(statement.sqliteStatement), unsafe sqlite3_changes(connection) > 0 else { return nil }
    return unsafe sqlite3_last_insert_rowid(connection)
  }

  private func check(_ code: CInt) throws {
    guard code == SQLITE_DONE || code == SQLITE_ROW else {
      let message = unsafe sqlite3_db_handle(statement.sqliteStatement).flatMap { unsafe sqlite3_errmsg($0) }.map { unsafe String(cString: $0) }
      throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }
  }

  /// `SQLITE_TRANSIENT`, which is a macro that Swift does not see.
  private static var copying: sqlite3_destructor_type { unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}
