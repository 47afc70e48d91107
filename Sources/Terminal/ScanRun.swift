import ArgumentParser
import Glibc
import Indicators
import Matching
import Rules
import Syntax

/// Where a scan takes its index from and keeps what it finds. `ukai` gives its state directory; a pure filter has an index alone.
package struct ScanPlace {
  /// What one batch brought.
  package typealias Finds = (sightings: [Sighting], newAlerts: Int)

  package let index: String
  /// Files of our own, resolved.
  package var isOwn: @Sendable (String) -> Bool = { _ in false }
  package var cursors: (any CursorStore)?
  /// Takes batches, with the noise brake; nil keeps nothing.
  package var commit: (([ScanBatch], _ now: Timestamp, _ assetsPerIndicator: Int?) throws -> Finds)?
  /// Notes how the run ended.
  package var note: ((_ exit: Int, _ summary: JSONObject, _ now: Timestamp) throws -> Void)?

  package init(index: String) { self.index = index }
}

/// A log line's way from the file to the alert: `ukai scan`, `ukai hunt` and `ukai-scan`.
package struct ScanRun {
  package let paths: [String]
  package let place: ScanPlace
  package let places: PlaceOptions
  package let output: FormatOptions
  package let runOptions: RunOptions
  package let failsOnHit: Bool
  package let follows: Bool
  /// The command's name in the summary.
  package let command: String

  package init(
    paths: [String], place: ScanPlace, places: PlaceOptions, output: FormatOptions, runOptions: RunOptions, failsOnHit: Bool, follows: Bool,
    command: String
  ) {
    self.paths = paths
    self.place = place
    self.places = places
    self.output = output
    self.runOptions = runOptions
    self.failsOnHit = failsOnHit
    self.follows = follows
    self.command = command
  }

  package func run(_ configure: (inout LogScan.Options) -> Void) throws { try scan(configure).end() }

  /// How a scan ended.
  package enum Ending: Equatable {
    case done(ExitStatus)
    /// By a signal, with everything committed that was found.
    case interrupted

    package func end() throws {
      if let signal = Signals.exitStatus { throw ExitCode(signal) }
      if case .done(let status) = self, status != .success { throw CommandFailure(status) }
    }
  }

  package func scan(_ configure: (inout LogScan.Options) -> Void) throws -> Ending {
    let started = Files.monotonicSeconds()
    let now = Files.now()
    var watched = try WatchedIndex(path: place.index)
    let rules = RuleDirectory(places)
    var options = LogScan.Options(now: now)
    configure(&options)
    let isOwn = place.isOwn
    options.isOwn = { isOwn(Self.resolved($0)) }
    let policy = try rules.scoring()
    let suppressions = try rules.suppressions()
    let sources = try rules.logSources()
    func scan(for index: IndicatorIndex, now: Timestamp) -> LogScan {
      var options = options
      options.ownTraffic = { OwnTraffic(feedURLs: index.feedAddresses) }
      options.now = now
      return LogScan(
        matcher: { FastMatcher(index) }, indicator: { index.indicator(at: $0) }, policy: policy, suppressions: suppressions, sources: sources, options: options)
    }
    let first = scan(for: watched.index, now: now)
    var sink = Sink(
      commit: place.commit, batchLimit: options.batchLimit, console: output.console(quiet: runOptions.quiet), now: now,
      assetsPerIndicator: policy.assetsPerIndicator)

    var summary = LogScanSummary()
    let streams = paths.compactMap { path in Self.stream(path).map { (path, $0) } }
    let files = paths.filter { Self.stream($0) == nil }
    if !files.isEmpty {
      if follows {
        let isQuiet = runOptions.quiet
        summary.merge(
          try first.follow(
            files, store: place.cursors, isCancelled: { Signals.isPending },
            renewed: {
              watched.renew(isQuiet: isQuiet)
              return scan(for: watched.index, now: Files.now())
            },
            deliver: {
              sink.now = Files.now()
              try sink.take($0, flushing: true)
            }))
      } else {
        summary.merge(try first.run(files, store: place.cursors, isCancelled: { Signals.isPending }) { try sink.take($0, flushing: false) })
      }
    }
    for (path, descriptor) in streams {
      summary.merge(try first.run(stream: descriptor, name: path, isCancelled: { Signals.isPending }) { try sink.take($0, flushing: true) })
    }
    try sink.finish()
    return try finish(summary, sink, suppressions, seconds: Files.monotonicSeconds() - started)
  }

  /// The open descriptor that a path names: standard input, or what a shell's `<(command)` gives. It is read once, as a stream.
  private static func stream(_ path: String) -> Int32? {
    if path == "-" || path == "/dev/stdin" { return STDIN_FILENO }
    guard path.hasPrefix("/dev/fd/") || path.hasPrefix("/proc/self/fd/") else { return nil }
    return path.split(separator: "/").last.flatMap { Int32($0) }
  }

  package static func resolved(_ path: String) -> String {
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  /// Takes batches: committed first, printed after.
  private struct Sink {
    /// Full batches are committed together up to so many sightings, and bytes of their lines: with many alerts a commit writes pages all
    /// over the store, and fewer commits write the same page fewer times.
    private static let sightingsAtOnce = 16_000
    private static let bytesAtOnce = 8 << 20

    let commit: (([ScanBatch], Timestamp, Int?) throws -> ScanPlace.Finds)?
    private let batchLimit: Int
    private var waiting: [ScanBatch] = []
    private var waitingBytes = 0
    var console: Console
    var now: Timestamp
    let assetsPerIndicator: Int?
    var fold: MemoryFold
    var sightings = 0
    var newAlerts = 0

    init(
      commit: (([ScanBatch], Timestamp, Int?) throws -> ScanPlace.Finds)?, batchLimit: Int, console: Console, now: Timestamp, assetsPerIndicator: Int?
    ) {
      self.batchLimit = batchLimit
      self.assetsPerIndicator = assetsPerIndicator
      fold = MemoryFold(assetsPerIndicator: assetsPerIndicator)
      self.commit = commit
      self.console = console
      self.now = now
    }

    mutating func take(_ batch: ScanBatch, flushing: Bool) throws {
      guard commit != nil else {
        let before = fold.alerts
        let found = batch.sightings.compactMap { fold.count($0) }
        newAlerts += fold.alerts - before
        return try print(found, flushing: flushing)
      }
      waiting.append(batch)
      waitingBytes += batch.sightings.reduce(0) { $0 + $1.event.raw.utf8.count }
      let isFull = waiting.reduce(0) { $0 + $1.sightings.count } >= Self.sightingsAtOnce || waitingBytes >= Self.bytesAtOnce
      // A batch that is not full is the last of its log: nobody knows when the next one comes.
      if flushing || isFull || batch.sightings.count < batchLimit { try commitWaiting(flushing: flushing) }
    }

    private mutating func commitWaiting(flushing: Bool) throws {
      guard let commit, !waiting.isEmpty else { return }
      let finds = try commit(waiting, now, assetsPerIndicator)
      waiting = []
      waitingBytes = 0
      newAlerts += finds.newAlerts
      try print(finds.sightings, flushing: flushing)
    }

    private mutating func print(_ found: [Sighting], flushing: Bool) throws {
      sightings += found.count
      let colour = console.colour
      for sighting in found { try console.record(sighting.json, text: SightingText.line(sighting, colour: colour)) }
      if flushing { try console.flush() }
    }

    mutating func finish() throws {
      try commitWaiting(flushing: true)
      try console.flush()
    }
  }

  private func finish(_ summary: LogScanSummary, _ sink: Sink, _ suppressions: Suppressions, seconds: Double) throws -> Ending {
    for skipped in summary.filesSkipped { Console.note(Console.visible(SkipText.line(skipped))) }
    if !runOptions.quiet { for note in summary.notes { Console.note(Console.visible("\(note.path): \(note.reason)")) } }
    let status = status(of: summary, found: sink.sightings)
    let record = json(summary, sink, suppressions, status: status, seconds: seconds)
    try place.note?(Int(status.rawValue), Self.brief(record), sink.now)
    try RunSummary.write(record, to: runOptions.summary)
    if !runOptions.quiet { Console.note(text(summary, sink, seconds: seconds)) }
    return Signals.exitStatus == nil ? .done(status) : .interrupted
  }

  /// The summary for the store: of files that were skipped the first, and how many.
  private static func brief(_ record: JSONObject) -> JSONObject {
    var brief = record
    let skipped = record["files_skipped"]?.array ?? []
    brief["files_skipped"] = .array(Array(skipped.prefix(20)))
    brief["files_skipped_count"] = JSONValue(skipped.count)
    brief["notes"] = .array(Array((record["notes"]?.array ?? []).prefix(20)))
    return brief
  }

  private func status(of summary: LogScanSummary, found: Int) -> ExitStatus {
    // Whoever asks for it waits for a find; that something else could not be read may not take its place, for an attacker could see to that.
    if failsOnHit, found > 0 { return .hits }
    if !summary.filesSkipped.isEmpty {
      // Where nothing could be read at all, the reason is the status.
      for (reason, status) in [(LogDescriptor.Refusal.missing, ExitStatus.missingInput), (.denied, .permission)]
      where summary.filesRead == 0 && summary.filesSkipped.allSatisfy({ $0.reason == reason.rawValue }) { return status }
      return .incomplete
    }
    return .success
  }

  private func json(_ summary: LogScanSummary, _ sink: Sink, _ suppressions: Suppressions, status: ExitStatus, seconds: Double) -> JSONObject {
    [
      "command": .string(command), "exit": JSONValue(Int(status.rawValue)), "files_read": JSONValue(summary.filesRead),
      "files_unchanged": JSONValue(summary.filesUnchanged),
      "files_skipped": .array(summary.filesSkipped.map { ["path": .string($0.path), "reason": .string($0.reason)] }),
      "bytes": JSONValue(summary.bytes), "bytes_known": JSONValue(summary.bytesKnown), "bytes_skipped": JSONValue(summary.bytesSkipped),
      "stored_bytes": JSONValue(summary.storedBytes),
      "notes": .array(summary.notes.map { ["path": .string($0.path), "reason": .string($0.reason)] }),
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
