import Export
import Feeds
import Indicators
import Matching
import Rules
import Store
import Terminal
import Transport

/// A destination with its format and what it is let have.
struct ResolvedDestination {
  let destination: Destination
  let form: AlertForm
  let rule: DestinationRule?

  var format: any AlertFormat { form.format }

  /// What the destination is let have.
  var filter: DeliveryFilter {
    guard let rule else { return .everything }
    return DeliveryFilter(minimumSeverity: rule.minimumSeverity ?? .informational, actors: rule.actors, types: rule.types)
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
    return ResolvedDestination(destination: destination, form: chosen, rule: named)
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
  /// - Throws: `export.*` when it cannot be opened.
  func deliver(from store: AlertStore, now: Timestamp, _ body: (inout any DestinationWriter) throws -> DeliveryRun.Summary) throws
    -> DeliveryRun.Summary
  {
    if rule?.tls.verify == false {
      Console.note(Console.visible("warning: \(destination.id): its certificate is not verified (tls: {verify: false})"))
    }
    var writer: any DestinationWriter
    switch destination.kind {
    case .standardOutput: throw CommandFailure(.bug)
    case .file(let path): writer = try openFile(path, store: store, now: now)
    case .syslog(let address): writer = SyslogWriter(address, isBare: format is SyslogMessageFormat, tls: tls)
    case .http(let address): writer = try httpWriter(address, now: now)
    }
    return try body(&writer)
  }

  /// Opens the file and first completes what a killed run left in it.
  private func openFile(_ path: String, store: AlertStore, now: Timestamp) throws -> FileWriter {
    let id = destination.id
    let intent = try store.fileIntent(for: id)
    let writer = try FileWriter(path: path, completing: intent) { (batch) throws(Diagnostic) in try store.note(batch, for: id) }
    if let intent {
      let marks = intent.alerts.map { DeliveryMark(alertID: $0.alertID, version: $0.version, end: .delivered) }
      try store.mark(writer.hasCompletedIntent ? marks : [], for: id, now: now)
    }
    return writer
  }

  private func httpWriter(_ address: String, now: Timestamp) throws -> HTTPWriter {
    let authentication = try authentication()
    let tls = tls
    let timeout = Double(rule?.timeout ?? 60)
    let poster = HTTPPoster(userAgent: "ukai/\(Version.number)")
    let longest = (rule?.longestWait ?? 30) * 1000
    let patience = HTTPWriter.Patience(
      retries: RetrySchedule.Policy(tries: rule?.tries ?? 4, shortestWait: min(1000, longest), longestWait: longest),
      longestRetryAfter: max(60, longest / 1000))
    return HTTPWriter(
      address: destination.id, dialect: Self.dialect(form), batchLimit: rule?.batch ?? 500, patience: patience, wait: Signals.wait
    ) { (body, contentType) throws(TransportError) in
      try poster.post(
        PostRequest(url: address, contentType: contentType, authentication: authentication, tls: tls, body: body, timeout: timeout),
        clock: Files.now(), isCancelled: { Signals.isPending })
    }
  }

  private static func dialect(_ form: AlertForm) -> HTTPWriter.Dialect {
    switch form {
    case .bulk: .bulk
    case .hec: .hec
    case .stix: .single
    default: .lines
    }
  }

  private var tls: TLSOptions {
    guard let tls = rule?.tls else { return TLSOptions() }
    return TLSOptions(authorityFile: tls.authorities, certificateFile: tls.certificate, keyFile: tls.key, verifies: tls.verify)
  }

  /// The credentials with their secrets filled in.
  private func authentication() throws -> Authentication {
    func secret(_ text: String) throws -> Secret {
      guard let parsed = SecretText(text) else {
        throw CommandFailure(
          .configuration,
          Diagnostic(
            .error, code: "destinations.auth", "a secret of '\(rule?.name ?? "")' is written in a way that is not understood",
            hint: "${env:NAME} or ${file:PATH}", file: "destinations.yaml", line: rule?.line))
      }
      do throws(Diagnostic) {
        return Secret(try parsed.resolved(by: Environment.secrets, feed: "destinations.yaml").text)
      } catch {
        throw CommandFailure(
          .configuration,
          Diagnostic(
            .error, code: "destinations.secret-missing", "destination '\(rule?.name ?? "")': \(error.message)",
            hint: "set it, or change auth: of this destination", file: "destinations.yaml", line: rule?.line))
      }
    }
    switch rule?.authentication {
    case nil: return .none
    case .header(let name, let value): return .header(name: name, value: try secret(value))
    case .basic(let user, let password): return .basic(user: try secret(user).reveal(), password: try secret(password))
    case .bearer(let token): return .bearer(try secret(token))
    case .apiKey(let key): return .header(name: "Authorization", value: Secret("ApiKey " + (try secret(key).reveal())))
    }
  }
}
