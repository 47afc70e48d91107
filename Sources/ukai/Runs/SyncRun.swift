import Feeds
import Glibc
import Indicators
import Matching
import Rules
import Store
import Syntax
import Terminal
import Transport

/// `ukai sync`: a feed row's way from the network to the index.
///
/// Feeds are fetched side by side and read one after another, small ones first, sets of files last. Each is judged and committed by itself: what one of
/// them does cannot touch another.
struct SyncRun {
  struct Options {
    var only: Set<String> = []
    var force = false
    var offline = false
    var dryRun = false
    var acceptChange: Set<String> = []
    var rollback: Set<String> = []
    /// Seconds after which the whole run ends.
    var deadline = 300.0
  }

  let directory: StateDirectory
  let store: IndicatorStore
  let definitions: [FeedDefinition]
  let reader: FeedReader
  let options: Options
  let secrets: SecretReader
  let now: Timestamp
  /// Told of fetches while they run, and of the feed that is read.
  var progress: (FetchProgress) -> Void = { _ in }
  var reading: (_ feed: String) -> Void = { _ in }

  private(set) var results: [FeedResult] = []
  let end: RunEnd
  var spool: FeedSpool { FeedSpool(directory: directory.spool) }

  init(
    directory: StateDirectory, store: IndicatorStore, definitions: [FeedDefinition], reader: FeedReader, options: Options,
    secrets: SecretReader, now: Timestamp
  ) {
    self.directory = directory
    self.store = store
    self.definitions = definitions
    self.reader = reader
    self.options = options
    self.secrets = secrets
    self.now = now
    end = RunEnd(seconds: Files.monotonicSeconds() + options.deadline)
  }

  /// Fetches, reads, judges and commits every feed that is due.
  mutating func pullFeeds() throws {
    var waiting: [(item: FeedFetch.Item, state: FeedState)] = []
    var fileSets: [(definition: FeedDefinition, state: FeedState, path: String)] = []
    for definition in definitions {
      let state = try store.state(of: definition.name)
      if options.rollback.contains(definition.name) {
        results.append(try rollback(definition, state))
      } else if let idle = idle(definition, state) {
        results.append(idle)
      } else if case .local(let path) = definition.location, FeedSpool.isFileSet(path) {
        fileSets.append((definition, state, path))
      } else {
        do throws(Diagnostic) {
          waiting.append((try item(definition, state), state))
        } catch {
          // A feed whose key is not set is off, not broken.
          results.append(
            error.code == "feed.secret-missing"
              ? FeedResult(definition.name, .off, reason: error.message)
              : result(definition, .failed, state, reason: error.message, diagnostic: error, exit: .configuration))
        }
      }
    }
    if !waiting.isEmpty {
      let outcomes = FeedFetch(deadline: options.deadline).run(waiting.map(\.item), now: now, progress: progress)
      // Small bodies first: one that takes all of the run's time costs no other its turn.
      let turns = zip(waiting, outcomes).sorted { ($0.1.bodySize, $0.0.item.definition.name) < ($1.1.bodySize, $1.0.item.definition.name) }
      for (entry, outcome) in turns {
        reading(entry.item.definition.name)
        results.append(try take(outcome, entry.item.definition, entry.state))
      }
    }
    // Last, for nobody knows how much there is to be read, and fetching has the run's time from its start.
    for set in fileSets {
      reading(set.definition.name)
      results.append(try readFileSet(set.definition, set.state, path: set.path))
    }
    results.sort { $0.name < $1.name }
  }

  /// The result of a feed that is not fetched now, or nil.
  private func idle(_ definition: FeedDefinition, _ state: FeedState) -> FeedResult? {
    if !options.only.isEmpty, !options.only.contains(definition.name) { return result(definition, .notDue, state, reason: "not asked for") }
    if !definition.enabled { return FeedResult(definition.name, .off, reason: "enabled: false") }
    let isAsked = options.force || options.acceptChange.contains(definition.name) || options.only.contains(definition.name)
    if !isAsked, !schedule(definition).isDue(state, now: now) { return result(definition, .notDue, state) }
    if options.offline, case .remote = definition.location { return result(definition, .notDue, state, reason: "--offline") }
    return nil
  }

  func schedule(_ definition: FeedDefinition) -> FeedSchedule { FeedSchedule(every: Int64(definition.every)) }

  /// A result that knows how the feed fares after this run.
  func result(
    _ definition: FeedDefinition, _ status: FeedResult.Status, _ state: FeedState, reason: String? = nil, diagnostic: Diagnostic? = nil,
    report: IngestReport? = nil, outcome: FeedStage.Outcome? = nil, exit: ExitStatus? = nil, notes: [Diagnostic] = []
  ) -> FeedResult {
    FeedResult(
      definition.name, status, reason: reason, diagnostic: diagnostic, report: report, outcome: outcome, state: state,
      schedule: schedule(definition), now: now, exit: exit, notes: notes)
  }

  private func item(_ definition: FeedDefinition, _ state: FeedState) throws(Diagnostic) -> FeedFetch.Item {
    var request = try definition.fetchRequest(spool: directory.spool, secrets: secrets)
    let accepted = spool.body(definition.name, hash: state.bodyHash)
    // A validator of another address says nothing about this one.
    if state.validatorsAddress == definition.addressFingerprint {
      request.etag = state.etag
      request.lastModified = state.lastModified
    }
    request.hasStoredBody = accepted != nil && !options.acceptChange.contains(definition.name)
    let isSame = state.validatorsAddress == nil || state.validatorsAddress == definition.addressFingerprint
    return FeedFetch.Item(definition: definition, request: request, accepted: isSame ? accepted : nil, bookmark: isSame ? state.bookmark : nil)
  }

  private func take(_ outcome: FeedFetch.Outcome, _ definition: FeedDefinition, _ state: FeedState) throws -> FeedResult {
    switch outcome {
    case .failed(let diagnostic, let exit, let retryAfter):
      let next = try advance(state, by: .failed(reason: diagnostic.message, retryAfter: retryAfter), definition)
      return result(definition, exit == .refused ? .kept : .failed, next, reason: diagnostic.message, diagnostic: diagnostic, exit: exit)
    case .notModified(let freshFor):
      return try refresh(definition, state, freshFor: freshFor)
    case .body(let candidate):
      if candidate.hash == state.bodyHash, spool.body(definition.name, hash: state.bodyHash) != nil {
        spool.discard(candidate.path)
        return try refresh(definition, state, freshFor: candidate.freshFor)
      }
      if state.withheld.contains(candidate.hash), !options.acceptChange.contains(definition.name) {
        return try withhold(definition, state, candidate)
      }
      return try judge(definition, state, candidate)
    }
  }

  /// A body that a person has gone back from.
  private func withhold(_ definition: FeedDefinition, _ state: FeedState, _ candidate: Candidate) throws -> FeedResult {
    if candidate.isStaged { spool.discard(candidate.path) }
    let diagnostic = Diagnostic(
      .error, code: "feed.rolled-back", "the server still gives the body that was rolled back",
      hint: "it stays out until it changes; to take it after all: ukai sync --accept-change \(definition.name)", file: definition.name)
    let next = try advance(state, by: .refused(bodyHash: nil, reason: diagnostic.message), definition)
    return result(definition, .kept, next, reason: "rolled-back", diagnostic: diagnostic, exit: .refused)
  }

  func advance(_ state: FeedState, by outcome: FeedOutcome, _ definition: FeedDefinition) throws -> FeedState {
    let next = state.advanced(by: outcome, now: now, schedule: schedule(definition))
    if !options.dryRun { try store.save(next) }
    return next
  }
}
