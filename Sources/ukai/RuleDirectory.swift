import Export
import Indicators
import Rules

/// What the operator wrote under the rules directory. What is missing is empty; what is broken is an error before anything runs.
struct RuleDirectory {
  let path: String

  init(_ places: PlaceOptions) { path = places.rules }

  /// The text of `name`, or nil when there is no such file.
  func text(_ name: String) throws -> String? {
    let file = path + "/" + name
    guard Files.exists(file) else { return nil }
    let bytes = try LineInput.all(path: file, limit: YAMLDocument.sizeLimit)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure(.configuration, Diagnostic(.error, code: "rules.encoding", "not UTF-8", file: file))
    }
    return text
  }

  /// Reads feeds with the actors and warninglists of this directory.
  func feedReader() throws -> FeedReader {
    let resolver = Actors.resolver(path)
    return FeedReader(
      resolver: resolver, warninglists: warninglists(),
      rulesFingerprint: FeedSpool.fingerprint(ofFileSet: path + "/actors") + FeedSpool.fingerprint(ofFileSet: path + "/warninglists"))
  }

  func warninglists() -> Warninglists {
    let (warninglists, diagnostics) = Warninglists.load(directory: path + "/warninglists")
    for diagnostic in diagnostics where diagnostic.severity == .error { Console.show(diagnostic) }
    return warninglists
  }

  func destinations() throws -> [DestinationRule] {
    try text("destinations.yaml").map {
      try DestinationRules.load(yaml: $0, file: path + "/destinations.yaml", forms: AlertForm.allCases.map(\.rawValue))
    } ?? []
  }

  func logSources() throws -> LogSources {
    let (sources, diagnostics) = LogSources.load(directory: path + "/logs")
    for diagnostic in diagnostics where diagnostic.severity == .error { Console.show(diagnostic) }
    return sources
  }

  func scoring() throws -> ScoringPolicy {
    try text("scoring.yaml").map { try ScoringPolicy(yaml: $0, file: path + "/scoring.yaml") } ?? .standard
  }

  func suppressions() throws -> Suppressions {
    try text("suppressions.yaml").map { try Suppressions(yaml: $0, file: path + "/suppressions.yaml") } ?? .none
  }
}
