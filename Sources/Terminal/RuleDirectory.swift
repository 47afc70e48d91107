import Indicators
import Rules

/// What the operator wrote under the rules directory. What is missing is empty; what is broken is an error before anything runs.
package struct RuleDirectory {
  package let path: String

  package init(_ places: PlaceOptions) { path = places.rules }

  /// The text of `name`, or nil when there is no such file.
  package func text(_ name: String) throws -> String? {
    let file = path + "/" + name
    guard Files.exists(file) else { return nil }
    let bytes = try LineInput.all(path: file, limit: YAMLDocument.sizeLimit)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure(.configuration, Diagnostic(.error, code: "rules.encoding", "not UTF-8", file: file))
    }
    return text
  }

  package func logSources() throws -> LogSources {
    let (sources, diagnostics) = LogSources.load(directory: path + "/logs")
    for diagnostic in diagnostics where diagnostic.severity == .error { Console.show(diagnostic) }
    return sources
  }

  package func scoring() throws -> ScoringPolicy {
    try text("scoring.yaml").map { try ScoringPolicy(yaml: $0, file: path + "/scoring.yaml") } ?? .standard
  }

  package func suppressions() throws -> Suppressions {
    try text("suppressions.yaml").map { try Suppressions(yaml: $0, file: path + "/suppressions.yaml") } ?? .none
  }
}
