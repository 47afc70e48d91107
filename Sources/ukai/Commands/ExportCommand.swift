import ArgumentParser
import Export
import Indicators
import Matching
import Rules
import Store
import Syntax
import Terminal

/// `ukai export`: what a destination has not had.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Deliver what this destination has not yet had.",
    discussion: """
      Destinations: a file, syslog+udp://HOST:PORT, syslog+tcp://, syslog+tls://, http(s)://, a name of Rules/destinations.yaml, or - for \
      standard output. Each has its own cursor; an alert is delivered again when its status or severity changes.

      Examples:
        ukai export --to alerts.ndjson --as ecs
        ukai export --to syslog+tcp://siem.example.org:6514 --as cef
        ukai export --to siem --to elastic
        ukai export --to elastic --refused
        ukai export --to - --as jsonl --since 24h | jq .
      """)

  @Option(help: ArgumentHelp("Where to; several destinations are served one after another.", valueName: "destination"))
  var to: [String]

  @Option(name: .customLong("as"), help: "The format.")
  var form: AlertForm?

  @Option(help: ArgumentHelp("Only alerts last seen since: ISO 8601, or a span such as 36h.", valueName: "time"))
  var since: String?

  @Flag(help: "Everything again, not only what is new.")
  var all = false

  @Flag(help: "Say what would be delivered, and deliver nothing.")
  var dryRun = false

  @Flag(help: "List the alerts that the destination refused, with its reasons; deliver nothing.")
  var refused = false

  @Flag(help: "Try alerts again that the destination refused.")
  var replayRefused = false

  @OptionGroup var places: PlaceOptions
  @OptionGroup var runOptions: RunOptions

  func validate() throws {
    if to.isEmpty { throw ValidationError("--to says where to") }
  }

  func run() throws {
    Signals.heed()
    let started = Files.monotonicSeconds()
    let now = Files.now()
    var selection = DeliverySelection()
    if let since {
      guard let time = TimeArgument.parse(since, now: now) else { throw ValidationError(TimeArgument.complaint(since)) }
      selection.since = time
    }
    selection.everything = all
    let targets = try to.map { try DestinationDirectory(places).resolve($0, as: form) }
    let directory = try StateDirectory(places.state)
    let store = try AlertStore(path: directory.alerts)
    if refused { return try listRefused(store, targets) }
    var ends: [ExportEnd] = []
    for target in targets where Signals.exitStatus == nil {
      var chosen = selection
      chosen.filter = target.filter
      if target.destination.kind == .standardOutput || dryRun {
        try print(store, target, chosen, now: now)
      } else {
        ends.append(export(store, directory, target, chosen, now: now))
      }
    }
    try finish(ends, seconds: Files.monotonicSeconds() - started)
  }

  private func listRefused(_ store: AlertStore, _ targets: [ResolvedDestination]) throws {
    var console = Console(json: true)
    for target in targets {
      for letter in try store.refused(for: target.destination.id) {
        let object: JSONObject = [
          "destination": .string(target.destination.id), "alert_id": .string(letter.alertID), "version": JSONValue(letter.version),
          "refused_at": .string(letter.at.iso8601), "reason": .string(letter.reason),
        ]
        try console.line(object.serialized())
      }
    }
    try console.flush()
  }

  /// Standard output has no cursor: it prints what is selected.
  private func print(_ store: AlertStore, _ target: ResolvedDestination, _ selection: DeliverySelection, now: Timestamp) throws {
    var console = Console(json: true)
    let isOutput = target.destination.kind == .standardOutput
    if isOutput, !dryRun { try console.bytes(Array(target.format.header.utf8)) }
    var chosen = selection
    if isOutput { chosen.everything = true }
    var place = DeliveryPlace.start
    var count = 0
    while true {
      let (deliveries, next) = try store.pending(for: target.destination.id, chosen, after: place, limit: 1000)
      if deliveries.isEmpty { break }
      place = next
      for delivery in deliveries {
        count += 1
        if !dryRun { try console.line(target.format.encode(ExportRecord(delivery, exportedAt: now))) }
      }
    }
    try console.flush()
    if dryRun { Console.note("export: \(count) alerts would go to \(Console.visible(target.destination.id))") }
  }

  /// One destination from lock to mark; whatever goes wrong is its own trouble and not the next one's.
  private func export(
    _ store: AlertStore, _ directory: StateDirectory, _ target: ResolvedDestination, _ selection: DeliverySelection, now: Timestamp
  ) -> ExportEnd {
    let id = target.destination.id
    var end = ExportEnd(destination: id)
    do {
      let lock = try LockFile("sink-" + SHA256.identity([id]), in: directory)
      defer { withExtendedLifetime(lock) {} }
      try store.begin(id, filter: selection.filter, now: now)
      if replayRefused { _ = try store.replayRefused(for: id) }
      if let until = try store.notBefore(id), until > now, !all {
        end.fail(.incomplete, Diagnostic(.warning, code: "export.later", "\(id): asked to be left alone until \(until.iso8601)"))
        return end
      }
      let summary = try deliver(store, target, selection, now: now)
      end.summary = summary
      if let failure = summary.failure { end.fail(ExitStatus(rawValue: failure.exit.rawValue) ?? .unavailable, failure.diagnostic) }
      try store.end(
        id, error: summary.failure?.diagnostic.message, notBefore: summary.failure?.retryAfter.map { now.adding(seconds: Int64($0)) }, now: now)
    } catch let diagnostic as Diagnostic {
      end.fail(CommandFailure.status(of: diagnostic), diagnostic)
    } catch let failure as CommandFailure {
      end.fail(failure.status, failure.diagnostic)
    } catch {
      end.fail(.inputOutput, Diagnostic(.error, code: "export.write", "\(id): \(error)"))
    }
    return end
  }

  private func deliver(_ store: AlertStore, _ target: ResolvedDestination, _ selection: DeliverySelection, now: Timestamp) throws -> DeliveryRun.Summary {
    let id = target.destination.id
    let top = try store.lastChange()
    var place = DeliveryPlace.start
    let summary = try target.deliver(from: store, now: now) { writer in
      try DeliveryRun(format: target.format).run(
        &writer,
        next: { limit in
          let (deliveries, next) = try store.pending(for: id, selection, after: place, limit: limit)
          place = next
          return deliveries.map { ExportRecord($0, exportedAt: now) }
        }, mark: { try store.mark($0, for: id, now: now) }, isCancelled: { Signals.isPending })
    }
    // With --since older ones are left for another time: then nothing is settled up to anywhere.
    if summary.isComplete, summary.failure == nil, selection.since == nil { try store.settle(id, upTo: top) }
    return summary
  }

  private func finish(_ ends: [ExportEnd], seconds: Double) throws {
    if ends.isEmpty { return }
    for end in ends {
      if let diagnostic = end.diagnostic { Console.show(diagnostic) }
      for refused in end.summary.refused.prefix(20) {
        Console.note(Console.visible("alert \(refused.alertID): refused by \(end.destination): \(refused.reason)"))
      }
      if !runOptions.quiet { Console.note(Console.visible("export: " + end.text)) }
    }
    let status = ExitStatus.combined(ends.map(\.status), someSucceeded: ends.contains { $0.status == .success || $0.summary.delivered > 0 })
    var object: JSONObject = ["command": "export", "exit": JSONValue(Int(status.rawValue))]
    if ends.count == 1, let end = ends.first {
      for (key, value) in end.json.members where key != "exit" { object[key] = value }
    } else {
      object["destinations"] = .array(ends.map { .object($0.json) })
    }
    object["seconds"] = JSONValue((seconds * 1000).rounded() / 1000)
    try RunSummary.write(object, to: runOptions.summary)
    if let signal = Signals.exitStatus { throw ExitCode(signal) }
    if status != .success { throw CommandFailure(status) }
  }
}

/// How the export to one destination ended.
private struct ExportEnd {
  let destination: String
  var summary = DeliveryRun.Summary()
  private(set) var cause: ExitStatus?
  private(set) var diagnostic: Diagnostic?

  init(destination: String) { self.destination = destination }

  mutating func fail(_ status: ExitStatus, _ diagnostic: Diagnostic?) {
    cause = status
    self.diagnostic = diagnostic
  }

  var status: ExitStatus {
    if let cause { return summary.delivered > 0 ? .incomplete : cause }
    return summary.refused.isEmpty && summary.postponed == 0 ? .success : .incomplete
  }

  var text: String { "\(summary.delivered) delivered to \(destination), \(summary.refused.count) refused, \(summary.postponed) postponed" }

  var json: JSONObject {
    var object: JSONObject = [
      "destination": .string(destination), "exit": JSONValue(Int(status.rawValue)), "delivered": JSONValue(summary.delivered),
      "refused": JSONValue(summary.refused.count), "postponed": JSONValue(summary.postponed),
    ]
    if let diagnostic { object["error"] = .string(diagnostic.message) }
    return object
  }
}

extension ExportRecord {
  init(_ delivery: PendingDelivery, exportedAt: Timestamp) {
    self.init(alert: delivery.alert, version: delivery.version, isFirst: delivery.isFirst, exportedAt: exportedAt)
  }
}

extension AlertForm: ExpressibleByArgument {}
