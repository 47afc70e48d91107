internal import Glibc
public import Indicators

extension LogScanSummary {
  /// Adds what another scan did.
  public mutating func merge(_ other: LogScanSummary) { add(other) }
}

extension LogScan {
  /// Scans, and scans again whenever something changed, until `isCancelled`.
  ///
  /// Each round is a scan like any other: logs are known by content, so a rotation, a compression or a copytruncate between two rounds is
  /// what it is between two runs of cron. What a log lost before a round read it is gone, as it is for every reader of files.
  public func follow(
    _ paths: [String], store: (any CursorStore)?, isCancelled: @escaping @Sendable () -> Bool, deliver: (ScanBatch) throws -> Void
  ) throws -> LogScanSummary {
    var total = LogScanSummary()
    let memory = FollowMemory(store: store)
    while true {
      let round = try run(paths, store: memory, isCancelled: isCancelled) { batch in
        memory.note(batch.cursor)
        try deliver(batch)
      }
      let known = total
      total.merge(round)
      // Files and skips are counted once, not once a round.
      total.filesRead = max(known.filesRead, round.filesRead)
      total.filesUnchanged = round.filesUnchanged
      total.filesSkipped = round.filesSkipped
      if isCancelled() { return total }
      if round.bytes == 0 { Self.wait() }
      if isCancelled() { return total }
    }
  }

  /// Half a second, or until a signal.
  private static func wait() { _ = unsafe poll(nil, 0, 500) }
}

/// Cursors of a run that follows: the store's, and in front of them those that this run has handed over.
private final class FollowMemory: CursorStore {
  private let store: (any CursorStore)?
  private var cursors: [String: LogCursor] = [:]

  init(store: (any CursorStore)?) { self.store = store }

  func note(_ cursor: LogCursor?) { if let cursor { cursors[cursor.generation] = cursor } }

  func cursorPrefixLengths() throws -> [Int] {
    Set(try (store?.cursorPrefixLengths() ?? []) + cursors.values.map(\.prefixLength)).sorted(by: >)
  }

  func cursors(prefixLength: Int, prefixHash: String) throws -> [LogCursor] {
    let stored = try store?.cursors(prefixLength: prefixLength, prefixHash: prefixHash) ?? []
    let own = cursors.values.filter { $0.prefixLength == prefixLength && $0.prefixHash == prefixHash }
    return own + stored.filter { cursors[$0.generation] == nil }
  }
}
