import Export
import Indicators
import Matching
import Rules
import Store

/// A destination with its format and what it is let have.
struct ResolvedDestination {
  let destination: Destination
  let format: any AlertFormat
  let minimumSeverity: Severity?

  func admits(_ alert: Alert) -> Bool { minimumSeverity.map { alert.severity >= $0 } ?? true }
}

/// Finds what `--to` means.
struct DestinationDirectory {
  private let rules: RuleDirectory

  init(_ places: PlaceOptions) { rules = RuleDirectory(places) }

  func resolve(_ text: String, as form: AlertForm?) throws -> ResolvedDestination {
    let named = try rules.destinations().first { $0.name == text }
    let destination = try Destination(named?.to ?? text)
    let chosen = form ?? named?.form.flatMap(AlertForm.init(rawValue:)) ?? Self.usual(destination)
    return ResolvedDestination(destination: destination, format: chosen.format, minimumSeverity: named?.minimumSeverity)
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
