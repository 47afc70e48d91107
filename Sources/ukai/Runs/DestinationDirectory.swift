import Export
import Indicators
import Matching
import Rules
import Store

/// A destination with its format and what it is let have.
struct ResolvedDestination {
  let destination: Destination
  let format: any AlertFormat
  let rule: DestinationRule?

  /// Whether the destination is let have the alert.
  func admits(_ alert: Alert) -> Bool {
    guard let rule else { return true }
    if let severity = rule.minimumSeverity, alert.severity < severity { return false }
    if !rule.types.isEmpty, !rule.types.contains(alert.indicator.type) { return false }
    if rule.actors.isEmpty { return true }
    return alert.indicator.actors.contains { actor in
      rule.actors.contains { $0 == actor.id || actor.parents.contains($0) }
    }
  }
}

/// Finds what `--to` means.
struct DestinationDirectory {
  private let rules: RuleDirectory

  init(_ places: PlaceOptions) { rules = RuleDirectory(places) }

  func resolve(_ text: String, as form: AlertForm?) throws -> ResolvedDestination {
    let named = try rules.destinations().first { $0.name == text }
    let destination = try Destination(named?.to ?? text)
    let chosen = form ?? named?.form.flatMap(AlertForm.init(rawValue:)) ?? Self.usual(destination)
    return ResolvedDestination(destination: destination, format: chosen.format, rule: named)
  }

  /// What a destination most often wants when nothing is said.
  private static func usual(_ destination: Destination) -> AlertForm {
    switch destination.kind {
    case .standardOutput: .jsonl
    case .file: .ecs
    case .syslog: .cef
    case .http: .bulk
    }
  }
}

extension ResolvedDestination {
  /// Delivers with the writer of the destination's kind.
  /// - Throws: `export.*` when it cannot be opened, or is of a kind that this version does not deliver to.
  func deliver(from store: AlertStore, now: Timestamp, _ body: (inout any DestinationWriter) throws -> DeliveryRun.Summary) throws
    -> DeliveryRun.Summary
  {
    var writer: any DestinationWriter
    switch destination.kind {
    case .standardOutput: throw CommandFailure(.bug)
    case .file(let path): writer = try openFile(path, store: store, now: now)
    case .syslog(let address) where address.carrier != .tls: writer = SyslogWriter(address, isBare: format is SyslogMessageFormat)
    case .syslog, .http:
      throw CommandFailure(
        .usage,
        Diagnostic(
          .error, code: "usage.destination", "\(destination.id): this version delivers to files and to syslog over UDP and TCP",
          hint: "let an agent on this machine read a file: ukai export --to alerts.ndjson --as ecs"))
    }
    return try body(&writer)
  }

  /// Opens the file and first completes what a killed run left in it.
  private func openFile(_ path: String, store: AlertStore, now: Timestamp) throws -> FileWriter {
    let id = destination.id
    let intent = try store.fileIntent(for: id)
    let writer = try FileWriter(path: path, completing: intent) { (batch) throws(Diagnostic) in try store.note(batch, for: id) }
    if let intent { try store.mark(writer.hasCompletedIntent ? intent.alerts.map { ($0.alertID, $0.version, nil) } : [], for: id, now: now) }
    return writer
  }
}
