import Dispatch
import Glibc
import Indicators
import Matching
import Rules
import Store
import Synchronization
import Terminal

/// Compiles the live indicators into the index that scans map.
enum IndexRun {
  /// Writes a new `indicators.ukx` and replaces the old one, unless it would say the same: nothing was committed since, and no day has
  /// passed that would let indicators run out. (One that ran out meanwhile does not match: the index knows its end.) An index that this ukai
  /// cannot open, of an earlier version or damaged, says nothing.
  static func refresh(
    _ directory: StateDirectory, _ store: IndicatorStore, feedAddresses: [String], policy: ScoringPolicy, now: Timestamp
  ) throws -> (indicators: Int, bytes: Int) {
    let fingerprint = SHA256.identity(
      ["index-2", Version.number, "\(try store.revision())", "\(policy.corroboration)", "\(now.seconds / 86_400)"] + feedAddresses)
    if let last = try store.compiled(), last.fingerprint == fingerprint, Files.size(directory.index) == last.bytes,
      (try? IndicatorIndex.open(path: directory.index)) != nil
    {
      return (last.indicators, last.bytes)
    }
    let summary = try compile(directory, store, feedAddresses: feedAddresses, policy: policy, now: now)
    try store.noteCompiled(fingerprint, indicators: summary.indicators, bytes: Files.size(directory.index) ?? summary.bytes)
    return (summary.indicators, summary.bytes)
  }

  private static func compile(
    _ directory: StateDirectory, _ store: IndicatorStore, feedAddresses: [String], policy: ScoringPolicy, now: Timestamp
  ) throws -> IndexSummary {
    var builder = IndexBuilder(path: directory.index, secret: try IndexBuilder.secret(beside: directory.index))
    builder.feedAddresses = feedAddresses
    let packer = IndexPacker(builder)
    try store.forEachLive(isOrdered: false, now: now, corroborate: policy.corroborated) { try packer.add($0) }
    return try packer.finish()
  }
}

/// Packs indicators for the index while those behind them are still read from the store.
private final class IndexPacker: Sendable {
  private let builder: Mutex<IndexBuilder>
  private let failure = Mutex<Diagnostic?>(nil)
  private let pending = Mutex<[Indicator]>([])
  private let queue = DispatchQueue(label: "ukai.index")
  /// Batches that may wait.
  private let room = DispatchSemaphore(value: 2)
  private static let batch = 4096

  init(_ builder: consuming sending IndexBuilder) { self.builder = Mutex(builder) }

  func add(_ indicator: Indicator) throws {
    let batch = pending.withLock { pending -> [Indicator]? in
      pending.append(indicator)
      guard pending.count >= Self.batch else { return nil }
      defer { pending = [] }
      return pending
    }
    if let batch { try pack(batch) }
  }

  /// - Throws: what went wrong with an earlier batch.
  private func pack(_ batch: [Indicator]) throws {
    if let failure = failure.withLock({ $0 }) { throw failure }
    room.wait()
    queue.async { [self] in
      defer { room.signal() }
      do throws(Diagnostic) {
        try builder.withLock { builder throws(Diagnostic) in for indicator in batch { try builder.add(indicator) } }
      } catch {
        failure.withLock { $0 = error }
      }
    }
  }

  func finish() throws -> IndexSummary {
    try pack(pending.withLock { $0 })
    queue.sync {}
    if let failure = failure.withLock({ $0 }) { throw failure }
    return try builder.withLock { try $0.finish() }
  }
}
