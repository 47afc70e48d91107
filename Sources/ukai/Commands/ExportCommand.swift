import ArgumentParser
import Export
import Indicators
import Matching
import Rules
import Store
import Syntax

/// `ukai export`: what a destination has not had.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Deliver what this destination has not yet had.",
    discussion: """
      Destinations: a file, syslog+udp://HOST:PORT, syslog+tcp://, syslog+tls://, http(s)://, a name of Rules/destinations.yaml, or - for
      standard output. Each has its own cursor; an alert is delivered again when its status or severity changes.

      Examples:
        ukai export --to alerts.ndjson --as ecs
        ukai export --to syslog+tcp://siem.example.org:6514 --as cef
        ukai export --to - --as jsonl --since 24h | jq .
      """)

  @Option(help: ArgumentHelp("Where to.", valueName: "destination"))
  var to: String

  @Option(name: .customLong("as"), help: "The format.")
  var form: AlertForm?

  @Option(help: ArgumentHelp("Only alerts last seen since: ISO 8601, or a span such as 36h.", valueName: "time"))
  var since: String?

  @Flag(help: "Everything again, not only what is new.")
  var all = false

  @Flag(help: "Say what would be delivered, and deliver nothing.")
  var dryRun = false

  @Flag(help: "Try alerts again that the destination refused.")
  var replayRefused = false

  @OptionGroup var places: PlaceOptions
  @OptionGroup var runOptions: RunOptions

  func run() throws {
    Signals.heed()
    let started = Files.monotonicSeconds()
    let now = Files.now()
    var sinceTime: Timestamp?
    if let since {
      guard let time = TimeArgument.parse(since, now: now) else { throw ValidationError(TimeArgument.complaint(since)) }
      sinceTime = time
    }
    let target = try DestinationDirectory(places).resolve(to, as: form)
    let directory = try StateDirectory(places.state)
    let store = try AlertStore(path: directory.alerts)
    if target.destination.kind == .standardOutput || dryRun {
      try print(store, target, since: sinceTime, now: now)
      return
    }
    let lock = try LockFile("sink-" + SHA256.identity([target.destination.id]), in: directory)
    defer { withExtendedLifetime(lock) {} }
    if replayRefused { _ = try store.replayRefused(for: target.destination.id) }
    let summary = try deliver(store, target, since: sinceTime, now: now)
    try finish(summary, target, seconds: Files.monotonicSeconds() - started)
  }

  /// Standard output has no cursor: it prints what is selected.
  private func print(_ store: AlertStore, _ target: ResolvedDestination, since: Timestamp?, now: Timestamp) throws {
    var console = Console(json: true)
    let isOutput = target.destination.kind == .standardOutput
    if isOutput, !dryRun { try console.bytes(Array(target.format.header.utf8)) }
    var after: Int64 = 0
    var count = 0
    while true {
      let (deliveries, last) = try store.pending(
        for: target.destination.id, everything: all || isOutput, since: since, after: after, limit: 1000)
      if last == after { break }
      after = last
      for delivery in deliveries where target.admits(delivery.alert) {
        count += 1
        if !dryRun {
          try console.line(target.format.encode(ExportRecord(alert: delivery.alert, version: delivery.version, exportedAt: now)))
        }
      }
    }
    try console.flush()
    if dryRun { Console.note("export: \(count) alerts would go to \(Console.visible(target.destination.id))") }
  }

  private func deliver(_ store: AlertStore, _ target: ResolvedDestination, since: Timestamp?, now: Timestamp) throws -> DeliveryRun.Summary {
    var after: Int64 = 0
    let id = target.destination.id
    func next(_ limit: Int) throws -> [ExportRecord] {
      while true {
        let (deliveries, last) = try store.pending(for: id, everything: all, since: since, after: after, limit: limit)
        if last == after { return [] }
        after = last
        let records = deliveries.filter { target.admits($0.alert) }.map { ExportRecord(alert: $0.alert, version: $0.version, exportedAt: now) }
        if !records.isEmpty { return records }
      }
    }
    return try target.deliver(from: store, now: now) { writer in
      try DeliveryRun(format: target.format).run(
        &writer, next: next, mark: { try store.mark($0, for: id, now: now) }, isCancelled: { Signals.isPending })
    }
  }

  private func finish(_ summary: DeliveryRun.Summary, _ target: ResolvedDestination, seconds: Double) throws {
    var status = ExitStatus.success
    if !summary.refused.isEmpty || summary.postponed > 0 { status = .incomplete }
    if let failure = summary.failure {
      Console.show(failure.diagnostic)
      status = summary.delivered > 0 ? .incomplete : ExitStatus(rawValue: failure.exit.rawValue) ?? .unavailable
    }
    for refused in summary.refused.prefix(20) { Console.note(Console.visible("alert \(refused.alertID): refused by the destination: \(refused.reason)")) }
    try RunSummary.write(
      [
        "command": "export", "exit": JSONValue(Int(status.rawValue)), "destination": .string(target.destination.id),
        "delivered": JSONValue(summary.delivered), "refused": JSONValue(summary.refused.count), "postponed": JSONValue(summary.postponed),
        "seconds": JSONValue((seconds * 1000).rounded() / 1000),
      ], to: runOptions.summary)
    if !runOptions.quiet {
      Console.note(Console.visible("export: \(summary.delivered) delivered to \(target.destination.id), \(summary.refused.count) refused, \(summary.postponed) postponed"))
    }
    if let signal = Signals.exitStatus { throw ExitCode(signal) }
    if status != .success { throw CommandFailure(status) }
  }
}

extension AlertForm: ExpressibleByArgument {}
