import Feeds
import Glibc
import Indicators
import Matching
import Rules
import Store
import Terminal

/// New indicators over old logs: an index of what a feed lists only since, and a scan that reads no further than scans have read.
struct HuntRun {
  let paths: [String]
  /// Nil for what came since the last hunt over all logs.
  let since: Timestamp?
  let places: PlaceOptions
  let output: FormatOptions
  let runOptions: RunOptions
  let failsOnHit: Bool

  /// A sync that ran while the last hunt began may have listed indicators that neither the hunt nor the scans beside it had: this long
  /// before the hunt everything is looked for again. It costs a few indicators more; what was found is never counted twice.
  private static let overlapSeconds: Int64 = 3600

  func run(_ configure: (inout LogScan.Options) -> Void) throws {
    let now = Files.now()
    let directory = try StateDirectory(places.state)
    let alerts = try AlertStore(path: directory.alerts)
    let path = "\(directory.path)/.tmp.hunt.\(getpid()).ukx"
    defer { _ = unsafe unlink(path) }
    let from = try since ?? alerts.time(of: .hunt).map { $0.adding(seconds: -Self.overlapSeconds) } ?? Timestamp(seconds: 0)
    let count = try buildIndex(path, directory, from: from, now: now)
    if !runOptions.quiet { Console.note("hunt: \(count) indicators listed since \(from.seconds == 0 ? "ever" : from.iso8601)") }
    let logs = paths.isEmpty ? try knownLogs(alerts) : paths
    let status = try ScanRun(
      paths: logs, place: try ScanPlace(places, index: path, keepsNothing: false, command: "hunt"), places: places, output: output,
      runOptions: runOptions, failsOnHit: failsOnHit, follows: false, command: "hunt"
    ).scan { options in
      configure(&options)
      options.onlyKnown = true
    }
    // Only a hunt that looked for all that is new in all that is known moves the mark.
    if paths.isEmpty, since == nil, status != .interrupted { try alerts.set(.hunt, to: now) }
    try status.end()
  }

  private func buildIndex(_ path: String, _ directory: StateDirectory, from: Timestamp, now: Timestamp) throws -> Int {
    let store = try IndicatorStore(path: directory.indicators)
    var selection = IndicatorStore.Selection()
    selection.listedSince = from
    let policy = try RuleDirectory(places).scoring()
    var builder = IndexBuilder(path: path)
    builder.feedAddresses = FeedCatalog.load(directory: places.feeds).definitions.map(\.address)
    try store.forEachLive(selection, now: now, corroborate: policy.corroborated) { try builder.add($0) }
    return try builder.finish().indicators
  }

  /// Where scanned logs were last seen; those that are gone are said.
  private func knownLogs(_ alerts: AlertStore) throws -> [String] {
    let known = try alerts.logPaths()
    let there = known.filter(Files.exists)
    if there.count < known.count, !runOptions.quiet {
      Console.note("hunt: \(known.count - there.count) logs that were scanned are no longer where they were; name their new places to hunt in them")
    }
    return there
  }
}
