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
  /// Batches that may wait; each holds some ten MB.
  private let room = DispatchSemaphore(value: 2)

  init(_ store: IndicatorStore) { self.store = store }

  /// Hands a batch over; waits only when others are waiting already.
  /// - Throws: what went wrong with an earlier one.
  func write(_ rows: [FeedIndicator]) throws(Diagnostic) {
    try check()
    room.wait()
    store.queue.asyncWriteWithoutTransaction { [self] database in
      defer { room.signal() }
      guard failure.withLock({ $0 == nil }) else { return }
      do {
        try database.inTransaction(.immediate) {
          try Self.insert(rows, database)
          return .commit
        }
      } catch {
        failure.withLock { $0 = StateDatabase.diagnostic(error, path: store.path) }
      }
    }
  }

  /// Waits until all is written.
  func finish() throws(Diagnostic) {
    try store.queue.reading(path: store.path) { _ in }
    try check()
  }

  private func check() throws(Diagnostic) { if let failure = failure.withLock({ $0 }) { throw failure } }

  private static func insert(_ rows: [FeedIndicator], _ database: Database) throws {
    // Sorted keys fill the tree from one side: twice as fast as random ones.
    struct Key {
      var type: String
      var match: String
      var place: Int
    }
    var keys = rows.indices.map { Key(type: rows[$0].observable.type.rawValue, match: rows[$0].observable.match, place: $0) }
    // By place as well: what came later in the body stays later.
    keys.sort { ($0.type, $0.match, $0.place) < ($1.type, $1.match, $1.place) }
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO temp.stage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        \(IndicatorSchema.merging)
        """)
    let bulk = BulkStatement(statement)
    for key in keys {
      let row = rows[key.place]
      let provenance = row.provenance
      bulk.bind(key.type, at: 1)
      bulk.bind(key.match, at: 2)
      bulk.bind(row.observable.canonical, at: 3)
      bulk.bind(row.observable.flags.joined(separator: ","), at: 4)
      bulk.bind(provenance.firstSeen?.microseconds, at: 5)
      bulk.bind(provenance.lastSeen?.microseconds, at: 6)
      bulk.bind(provenance.validUntil?.microseconds, at: 7)
      bulk.bind(Int64(provenance.confidence), at: 8)
      bulk.bind(provenance.mode?.rawValue, at: 9)
      bulk.bind(ProvenanceDetails.text(provenance), at: 10)
      bulk.bind(provenance.line.map(Int64.init), at: 11)
      bulk.bind(row.validFor.map { $0.multipliedReportingOverflow(by: 1_000_000).partialValue }, at: 12)
      bulk.bind(row.row.map { Int64(bitPattern: $0) }, at: 13)
      try bulk.run()
    }
  }
}
