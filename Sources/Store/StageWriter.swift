internal import Dispatch
internal import Feeds
internal import GRDB
internal import Indicators
internal import Synchronization

/// Writes the batches of a stage while the rows behind them are still read: with two cores, reading and storing take the time of the longer.
///
/// The database's queue is serial: whatever is asked of it comes after the batches that were handed over before.
final class StageWriter: Sendable {
  private let store: IndicatorStore
  /// What went wrong first; nothing is written after it.
  private let failure = Mutex<Diagnostic?>(nil)
  /// Rows that wait to be sorted and written. Only the database's queue asks for them.
  private let waiting = Mutex(StagedRows())
  /// Batches that may wait; each holds some four MB.
  private let room = DispatchSemaphore(value: 12)

  init(_ store: IndicatorStore) { self.store = store }

  /// Hands a batch over; waits only when many are waiting already.
  /// - Throws: what went wrong with an earlier one.
  func write(_ rows: [FeedIndicator]) throws(Diagnostic) {
    try check()
    room.wait()
    store.queue.asyncWriteWithoutTransaction { [self] database in
      defer { room.signal() }
      guard failure.withLock({ $0 == nil }) else { return }
      waiting.withLock { waiting in
        for row in rows { waiting.append(row) }
        if waiting.isFull { insert(&waiting, database) }
      }
    }
  }

  /// Waits until all is written.
  func finish() throws(Diagnostic) {
    try store.queue.reading(path: store.path) { database in waiting.withLock { insert(&$0, database) } }
    try check()
  }

  private func check() throws(Diagnostic) { if let failure = failure.withLock({ $0 }) { throw failure } }

  private func insert(_ rows: inout StagedRows, _ database: Database) {
    do {
      try database.inTransaction(.immediate) {
        try rows.insert(database)
        return .commit
      }
    } catch {
      failure.withLock { $0 = StateDatabase.diagnostic(error, path: store.path) }
    }
    rows.removeAll()
  }
}
