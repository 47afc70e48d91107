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
    SHA256.identity(["read-5", Version.number, definition.fingerprint, rulesFingerprint])
  }

  /// Reads the body at `path` into a stage; rejected rows are counted in the report.
  ///
  /// - Throws: `feed.deadline` when reading is not done at the run's end.
  func read(
    _ definition: FeedDefinition, path: String, now: Timestamp, until end: RunEnd, into stage: FeedStage
  ) throws -> IngestReport {
    var end = end
    // A row that is known is handed out nowhere: at the end it is read anew, and its reading stops.
    return try ingest(definition, now: now).read(bodyPath: path, isKnown: { !end.isReached && stage.takeListed($0) }) { row in
      if end.isReached {
        throw Diagnostic(
          .error, code: "feed.deadline", "reading was not done when the run's time was over",
          hint: "what was read before stays in force; give the run more time: ukai sync --deadline SECONDS", file: definition.name)
      }
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

  /// Every row, those that are nothing but a value by themselves.
  func rows(
    _ definition: FeedDefinition, path: String, now: Timestamp, emitPlain: (PlainRow) throws -> Void, emit: (IngestRow) throws -> Void
  ) throws -> IngestReport {
    try ingest(definition, now: now).read(bodyPath: path, emitPlain: emitPlain, emit: emit)
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

/// When the time of a run is over.
struct RunEnd {
  /// Of the monotonic clock, seconds.
  let seconds: Double
  private var asked = 0

  init(seconds: Double) { self.seconds = seconds }

  /// Told from the clock every so many questions, for one is asked a row.
  var isReached: Bool {
    mutating get {
      asked &+= 1
      if asked & 255 == 0, Files.monotonicSeconds() >= seconds { isOver = true }
      return isOver
    }
  }
  private var isOver = false
}
