import ArgumentParser
import Feeds
import Indicators
import Matching
import Rules
import Store
import Syntax
import Terminal
import Transport

/// `ukai sync`: feeds in, index out.
struct Sync: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync", abstract: "Fetch the feeds that are due, normalise, store, compile the index.",
    discussion: """
      A feed that fails, is empty or looks wrong keeps its last good set; the run says which and why.

      Examples:
        ukai sync
        ukai sync --only urlhaus,threatfox --force
        ukai sync --accept-change openphish
      """)

  @Option(help: ArgumentHelp("Only these feeds, parted by commas, due or not.", valueName: "names"))
  var only: [String] = []

  @Flag(help: "Fetch feeds that are not due, too.")
  var force = false

  @Flag(help: "Leave the network alone: read local feeds only.")
  var offline = false

  @Flag(help: "Fetch and judge, and change nothing.")
  var dryRun = false

  @Option(help: ArgumentHelp("Take the body that this feed's guard refuses.", valueName: "name"))
  var acceptChange: [String] = []

  @Option(help: ArgumentHelp("Go back to the body before this feed's present one.", valueName: "name"))
  var rollback: [String] = []

  @Option(help: ArgumentHelp("Seconds after which fetching and reading end, whatever is still under way.", valueName: "seconds"))
  var deadline = 300

  @OptionGroup var places: PlaceOptions
  @OptionGroup var runOptions: RunOptions

  func run() throws {
    Signals.heed()
    let started = Files.monotonicSeconds()
    let now = Files.now()
    let directory = try StateDirectory(places.state)
    let lock = try LockFile("sync", in: directory)
    defer { withExtendedLifetime(lock) {} }
    directory.removeLeftovers()

    let (definitions, diagnostics) = FeedCatalog.load(directory: places.feeds)
    for diagnostic in diagnostics where diagnostic.severity == .error || !runOptions.quiet { Console.show(diagnostic) }
    let brokenFiles = diagnostics.filter { $0.severity == .error }.count
    if definitions.isEmpty {
      if brokenFiles > 0 { throw CommandFailure(.configuration) }
      throw CommandFailure(
        .missingInput,
        Diagnostic(
          .error, code: "feed.missing", "no feed definitions", hint: "point --feeds or UKAI_FEEDS at a directory of them", file: places.feeds))
    }
    let options = try options(definitions)
    let rules = RuleDirectory(places)
    let policy = try rules.scoring()
    let store = try IndicatorStore(path: directory.indicators)
    var run = SyncRun(
      directory: directory, store: store, definitions: definitions, reader: try rules.feedReader(), options: options,
      secrets: Environment.secrets, now: now)
    if runOptions.showsProgress {
      run.progress = { Progress.show("fetching: \($0.finished) of \($0.total) requests done, \($0.active) under way, \(Progress.bytes($0.bytes))") }
      run.reading = { Progress.show("reading \($0)") }
    }
    try run.pullFeeds()
    Progress.clear(runOptions.showsProgress)
    for result in run.results { report(result) }

    var index: (indicators: Int, bytes: Int)?
    if !dryRun { index = try IndexRun.refresh(directory, store, feedAddresses: definitions.map(\.address), policy: policy, now: now) }
    if let status = Signals.exitStatus { throw ExitCode(status) }
    try finish(run.results, index: index, brokenFiles: brokenFiles, seconds: Files.monotonicSeconds() - started)
  }

  private func options(_ definitions: [FeedDefinition]) throws -> SyncRun.Options {
    var options = SyncRun.Options()
    options.only = Set(only.flatMap { $0.split(separator: ",").map(String.init) })
    options.force = force
    options.offline = offline
    options.dryRun = dryRun
    options.acceptChange = Set(acceptChange)
    options.rollback = Set(rollback)
    guard (1...86_400).contains(deadline) else {
      throw CommandFailure(.usage, Diagnostic(.error, code: "usage.deadline", "--deadline must be from 1 to 86400 seconds"))
    }
    options.deadline = Double(deadline)
    let known = definitions.map(\.name)
    for name in options.only.union(acceptChange).union(rollback).sorted() where !known.contains(name) {
      throw CommandFailure(
        .usage,
        Diagnostic(
          .error, code: "usage.feed", "no feed is called '\(name)'",
          hint: NearestName.find(name, in: known).map { "did you mean '\($0)'?" } ?? "ukai feeds list shows them"))
    }
    if options.only.isEmpty, !options.acceptChange.union(options.rollback).isEmpty {
      options.only = options.acceptChange.union(options.rollback)
    }
    return options
  }

  private func report(_ result: FeedResult) {
    for note in result.notes where !runOptions.quiet { Console.show(note) }
    if let diagnostic = result.diagnostic, result.status != .off || !runOptions.quiet { Console.show(diagnostic) }
    let isQuietly = [.unchanged, .notDue, .off].contains(result.status) || result.exit == .success
    if !runOptions.quiet, result.status != .notDue || result.isStale || result.isDormant {
      Console.note(Console.visible(result.text))
    } else if !isQuietly || result.isStale {
      Console.note(Console.visible(result.text))
    }
  }

  private func finish(_ results: [FeedResult], index: (indicators: Int, bytes: Int)?, brokenFiles: Int, seconds: Double) throws {
    let causes = results.map(\.exit) + (brokenFiles > 0 ? [.configuration] : []) + (results.contains { $0.isStale } ? [.incomplete] : [])
    let succeeded = results.contains { ([.updated, .unchanged] as [FeedResult.Status]).contains($0.status) }
    let status = ExitStatus.combined(causes, someSucceeded: succeeded)
    var summary: JSONObject = [
      "command": "sync", "exit": JSONValue(Int(status.rawValue)), "feeds": .array(results.map { .object($0.json) }),
    ]
    if let index { summary["index"] = ["indicators": JSONValue(index.indicators), "bytes": JSONValue(index.bytes)] }
    summary["seconds"] = JSONValue((seconds * 1000).rounded() / 1000)
    try RunSummary.write(summary, to: runOptions.summary)
    if !runOptions.quiet {
      var counts: [String] = []
      for kind in [FeedResult.Status.updated, .unchanged, .kept, .failed, .notDue, .off] {
        let count = results.filter { $0.status == kind }.count
        if count > 0 { counts.append("\(count) \(kind.rawValue)") }
      }
      Console.note(
        "sync: \(results.count) feeds (\(counts.joined(separator: ", ")))"
          + (index.map { "; index of \($0.indicators) indicators, \(Progress.bytes(Int64($0.bytes)))" } ?? "") + "; \(Progress.seconds(seconds))")
    }
    if status != .success { throw CommandFailure(status) }
  }
}
