import Export
import Indicators
import Rules
import Terminal

extension RuleDirectory {
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
}
