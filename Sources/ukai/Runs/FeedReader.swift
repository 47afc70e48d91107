import Feeds
import Indicators
import Rules
import Store
import Terminal

/// What all feeds are read with: actor names, warninglists, and the rules' own state of change.
struct FeedReader {
  private let resolver: ActorResolver
  private let warninglists: Warninglists
  /// Changes when a rule file does.
  private let rulesFingerprint: String

  init(resolver: ActorResolver, warninglists: Warninglists, rulesFingerprint: String) {
    self.resolver = resolver
    self.warninglists = warninglists
    self.rulesFingerprint = rulesFingerprint
  }

  /// Names the definition and the rules that a body is read with.
  func fingerprint(of definition: FeedDefinition) -> String {
    SHA256.identity(["read-2", Version.number, definition.fingerprint, rulesFingerprint])
  }

  /// Reads the body at `path` into a stage; rejected rows are counted in the report.
  func read(_ definition: FeedDefinition, path: String, now: Timestamp, into stage: FeedStage) throws -> IngestReport {
    try ingest(definition, now: now).read(bodyPath: path, isKnown: stage.takeListed) { row in
      switch row {
      case .indicator(let indicator): try stage.add(indicator)
      case .revoked(let observable, _): try stage.revoke(observable)
      case .rejected: break
      }
    }
  }

  /// Every row, taken or refused, for `ukai feeds check`.
  func rows(_ definition: FeedDefinition, path: String, now: Timestamp, emit: (IngestRow) throws -> Void) throws -> IngestReport {
    try ingest(definition, now: now).read(bodyPath: path, emit: emit)
  }

  private func ingest(_ definition: FeedDefinition, now: Timestamp) -> FeedIngest {
    // A feed repeats few names many times; resolving each once is enough.
    let names = NameMemory(resolver)
    return FeedIngest(definition: definition.ofAssembledBody, warninglists: warninglists, now: now) { names.attribution($0) }
  }

  private final class NameMemory {
    private let resolver: ActorResolver
    private var known: [String: ActorAttribution] = [:]

    init(_ resolver: ActorResolver) { self.resolver = resolver }

    func attribution(_ name: String) -> ActorAttribution {
      if let attribution = known[name] { return attribution }
      let attribution = resolver.resolve(name).attribution(raw: name)
      // A feed with a million names must not hold them all.
      if known.count > 10_000 { known.removeAll() }
      known[name] = attribution
      return attribution
    }
  }
}
