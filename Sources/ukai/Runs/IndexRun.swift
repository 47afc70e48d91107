import Indicators
import Matching
import Rules
import Store
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
      ["index-3", Version.number, "\(try store.revision())", "\(policy.corroboration)", "\(now.seconds / 86_400)"] + feedAddresses)
    if let last = try store.compiled(), last.fingerprint == fingerprint, Files.size(directory.index) == last.bytes,
      (try? IndicatorIndex.openWhole(path: directory.index)) != nil
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
    try store.pack(into: &builder, now: now, corroborate: policy.corroborated)
    return try builder.finish()
  }
}
