import ArgumentParser
import Feeds
import Glibc
import Indicators
import Matching
import Rules
import Store
import Syntax

/// A log line's way from the file to the alert: `ukai scan` and `ukai hunt`.
struct ScanRun {
  let paths: [String]
  let indexPath: String?
  let places: PlaceOptions
  let output: FormatOptions
  let runOptions: RunOptions
  let keepsNothing: Bool
  let failsOnHit: Bool
  let follows: Bool
  /// The command's name in the summary.
  let command: String

  func run(_ configure: (inout LogScan.Options) -> Void) throws {
    let started = Files.monotonicSeconds()
    let now = Files.now()
    // A pure filter needs no state: it must run where there is none.
    let directory = keepsNothing && indexPath != nil ? nil : try StateDirectory(places.state)
    let index = try IndexRun.open(indexPath, directory)
    let rules = RuleDirectory(places)
    var options = LogScan.Options(now: now)
    configure(&options)
    let store = keepsNothing ? nil : try directory.map { try AlertStore(path: $0.alerts) }
    let exported = Set(try store?.destinationNames().compactMap { $0.hasPrefix("file:") ? Self.resolved(String($0.dropFirst(5))) : nil } ?? [])
    let own = directory.map { Self.resolved($0.path) }
    options.isOwn = { path in
      let path = Self.resolved(path)
      return exported.contains(path) || own.map { path == $0 || path.hasPrefix($0 + "/") } ?? false
    }
    let feeds = places.feeds
    options.ownTraffic = { OwnTraffic(feedURLs: FeedCatalog.load(directory: feeds).definitions.map(\.address)) }
    let policy = try rules.scoring()
    let suppressions = try rules.suppressions()
    let scan = LogScan(
      matcher: { FastMatcher(index) }, indicator: { index.indicator(at: $0) }, policy: policy,
      suppressions: suppressions, sources: try rules.logSources(), options: options)
    var sink = Sink(store: store, console: output.console(quiet: runOptions.quiet), now: now, assetsPerIndicator: policy.assetsPerIndicator)
    if !keepsNothing, store == nil { throw CommandFailure(.usage) }

    var summary = LogScanSummary()
    let streams = paths.filter { $0 == "-" }
    let files = paths.filter { $0 != "-" }
    if !files.isEmpty {
      if follows {
        summary.merge(try scan.follow(files, store: store, isCancelled: { Signals.isPending }) { try sink.take($0, flushing: true) })
      } else {
        summary.merge(try scan.run(files, store: store, isCancelled: { Signals.isPending }) { try sink.take($0, flushing: false) })
      }
    }
    if !streams.isEmpty {
      summary.merge(try scan.run(stream: STDIN_FILENO, isCancelled: { Signals.isPending }) { try sink.take($0, flushing: true) })
    }
    try sink.console.flush()
    try finish(summary, sink, suppressions, seconds: Files.monotonicSeconds() - started)
  }

  private static func resolved(_ path: String) -> String {
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  /// Takes batches: committed first, printed after.
  private struct Sink {
    let store: AlertStore?
    var console: Console
    let now: Timestamp
    let assetsPerIndicator: Int?
    var fold: MemoryFold
    var sightings = 0
    var newAlerts = 0

    init(store: AlertStore?, console: Console, now: Timestamp, assetsPerIndicator: Int?) {
      self.assetsPerIndicator = assetsPerIndicator
      fold = MemoryFold(assetsPerIndicator: assetsPerIndicator)
      self.store = store
      self.console = console
      self.now = now
    }

    mutating func take(_ batch: ScanBatch, flushing: Bool) throws {
      let found: [Sighting]
      if let store {
        let commit = try store.commit(batch, now: now, assetsPerIndicator: assetsPerIndicator)
        found = commit.newSightings
        newAlerts += commit.newAlerts
      } else {
        let before = fold.alerts
        found = batch.sightings.compactMap { fold.count($0) }
        newAlerts += fold.alerts - before
      }
      sightings += found.count
      let colour = console.colour
      for sighting in found {
        try console.record(sighting.json, text: SightingText.line(sighting, colour: colour))
      }
      if flushing { try console.flush() }
    }
  }

  private func finish(_ summary: LogScanSummary, _ sink: Sink, _ suppressions: Suppressions, seconds: Double) throws {
    for skipped in summary.filesSkipped { Console.note(Console.visible("\(skipped.path): skipped: \(skipped.reason)")) }
    if !runOptions.quiet { for note in summary.notes { Console.note(Console.visible("\(note.path): \(note.reason)")) } }
    let status = status(of: summary, found: sink.sightings)
    let record = json(summary, sink, suppressions, status: status, seconds: seconds)
    try sink.store?.note(run: command, exit: Int(status.rawValue), summary: Self.brief(record), now: sink.now)
    try RunSummary.write(record, to: runOptions.summary)
    if !runOptions.quiet { Console.note(text(summary, sink, seconds: seconds)) }
    if let signal = Signals.exitStatus { throw ExitCode(signal) }
    if status != .success { throw CommandFailure(status) }
  }

  /// The summary for the store: of files that were skipped the first, and how many.
  private static func brief(_ record: JSONObject) -> JSONObject {
    var brief = record
    let skipped = record["files_skipped"]?.array ?? []
    brief["files_skipped"] = .array(Array(skipped.prefix(20)))
    brief["files_skipped_count"] = JSONValue(skipped.count)
    return brief
  }

  private func status(of summary: LogScanSummary, found: Int) -> ExitStatus {
    if !summary.filesSkipped.isEmpty {
      let isMissing = summary.filesSkipped.allSatisfy { $0.reason == "not-found" }
      if summary.filesRead == 0, isMissing { return .missingInput }
      return .incomplete
    }
    return failsOnHit && found > 0 ? .hits : .success
  }

  private func json(_ summary: LogScanSummary, _ sink: Sink, _ suppressions: Suppressions, status: ExitStatus, seconds: Double) -> JSONObject {
    [
      "command": .string(command), "exit": JSONValue(Int(status.rawValue)), "files_read": JSONValue(summary.filesRead),
      "files_unchanged": JSONValue(summary.filesUnchanged),
      "files_skipped": .array(summary.filesSkipped.map { ["path": .string($0.path), "reason": .string($0.reason)] }),
      "bytes": JSONValue(summary.bytes), "bytes_known": JSONValue(summary.bytesKnown), "bytes_skipped": JSONValue(summary.bytesSkipped),
      "lines": JSONValue(summary.lines), "sightings": JSONValue(sink.sightings), "new_alerts": JSONValue(sink.newAlerts),
      "suppressed": JSONValue(summary.suppressed),
      "suppressed_by": .array(
        summary.suppressedByEntry.sorted { $0.key < $1.key }.map { ["entry": .string(suppressions.explanation(of: $0.key)), "count": JSONValue($0.value)] }),
      "expired": JSONValue(summary.expired), "echoes": JSONValue(summary.echoes),
      "below_severity": JSONValue(summary.belowSeverity), "seconds": JSONValue((seconds * 1000).rounded() / 1000),
    ]
  }

  private func text(_ summary: LogScanSummary, _ sink: Sink, seconds: Double) -> String {
    var parts = [
      "\(command): \(summary.filesRead) logs (\(summary.filesUnchanged) with nothing new, \(summary.filesSkipped.count) skipped)",
      "\(summary.lines) lines, \(Progress.bytes(Int64(summary.bytes)))", "\(sink.sightings) sightings, \(sink.newAlerts) new alerts",
    ]
    for (count, what) in [
      (summary.suppressed, "suppressed"), (summary.expired, "expired"), (summary.echoes, "of our own"), (summary.belowSeverity, "below the severity"),
    ] where count > 0 { parts.append("\(count) \(what)") }
    return (parts + [Progress.seconds(seconds)]).joined(separator: "; ")
  }
}
