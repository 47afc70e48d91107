import Feeds
import Glibc
import Indicators
import Matching
import Rules
import Store
import Syntax
import Transport

/// `ukai sync`: a feed row's way from the network to the index.
///
/// Feeds are fetched side by side and read one after another, in order of name. Each is judged and committed by itself: what one of
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
  let policy: ScoringPolicy
  let options: Options
  let secrets: SecretReader
  let now: Timestamp
  /// Told of fetches while they run.
  var progress: (FetchProgress) -> Void = { _ in }

  private(set) var results: [FeedResult] = []

  init(
    directory: StateDirectory, store: IndicatorStore, definitions: [FeedDefinition], reader: FeedReader, policy: ScoringPolicy,
    options: Options, secrets: SecretReader, now: Timestamp
  ) {
    self.directory = directory
    self.store = store
    self.definitions = definitions
    self.reader = reader
    self.policy = policy
    self.options = options
    self.secrets = secrets
    self.now = now
  }

  /// Fetches, reads, judges and commits every feed that is due.
  mutating func pullFeeds() throws {
    let spool = FeedSpool(directory: directory.spool)
    var waiting: [(definition: FeedDefinition, state: FeedState, request: FetchRequest)] = []
    for definition in definitions {
      let state = try store.state(of: definition.name)
      if options.rollback.contains(definition.name) {
        results.append(try rollback(definition, state, spool))
      } else if let idle = idle(definition, state) {
        results.append(idle)
      } else if case .local(let path) = definition.location, FeedSpool.isFileSet(path) {
        results.append(try readFileSet(definition, state, path: path))
      } else {
        do throws(Diagnostic) {
          waiting.append((definition, state, try request(definition, state, spool)))
        } catch {
          results.append(FeedResult(definition.name, error.code == "feed.secret-missing" ? .off : .failed, reason: error.message, diagnostic: error))
        }
      }
    }
    if !waiting.isEmpty {
      var transport = CurlTransport()
      transport.options.userAgent = "ukai/\(Version.number)"
      transport.options.deadline = options.deadline
      let fetched = transport.fetch(waiting.map(\.request), now: now, isCancelled: { Signals.isPending }, progress: progress)
      for (item, result) in zip(waiting, fetched) {
        results.append(try take(result, item.definition, item.state, spool))
      }
    }
    results.sort { $0.name < $1.name }
  }

  /// The result of a feed that is not fetched now, or nil.
  private func idle(_ definition: FeedDefinition, _ state: FeedState) -> FeedResult? {
    if !options.only.isEmpty, !options.only.contains(definition.name) {
      return FeedResult(definition.name, .notDue, reason: "not asked for", state: state, schedule: schedule(definition), now: now)
    }
    if !definition.enabled { return FeedResult(definition.name, .off, reason: "enabled: false") }
    let isAsked = options.force || options.acceptChange.contains(definition.name) || options.only.contains(definition.name)
    if !isAsked, !schedule(definition).isDue(state, now: now) {
      return FeedResult(definition.name, .notDue, state: state, schedule: schedule(definition), now: now)
    }
    if options.offline, case .remote = definition.location {
      return FeedResult(definition.name, .notDue, reason: "--offline", state: state, schedule: schedule(definition), now: now)
    }
    return nil
  }

  private func schedule(_ definition: FeedDefinition) -> FeedSchedule { FeedSchedule(every: Int64(definition.every)) }

  private func request(_ definition: FeedDefinition, _ state: FeedState, _ spool: FeedSpool) throws(Diagnostic) -> FetchRequest {
    var request = try definition.fetchRequest(spool: directory.spool, secrets: secrets)
    request.etag = state.etag
    request.lastModified = state.lastModified
    request.hasStoredBody = spool.hasBody(definition.name) && !isAccepting(definition)
    return request
  }

  private func isAccepting(_ definition: FeedDefinition) -> Bool { options.acceptChange.contains(definition.name) }

  private func take(_ result: FetchResult, _ definition: FeedDefinition, _ state: FeedState, _ spool: FeedSpool) throws -> FeedResult {
    switch result.outcome {
    case .failed(let error):
      try advance(state, by: .failed(reason: error.message, retryAfter: error.retryAfter), definition)
      return FeedResult(
        definition.name, .failed, reason: error.message, diagnostic: error.diagnostic(file: definition.name),
        exit: ExitStatus(rawValue: error.code.exitStatus) ?? .unavailable)
    case .notModified(let freshFor):
      return try refresh(definition, state, spool, freshFor: freshFor)
    case .body(let body):
      if body.sha256 == state.bodyHash, spool.hasBody(definition.name) {
        spool.discard(body.path)
        return try refresh(definition, state, spool, freshFor: body.freshFor)
      }
      return try judge(definition, state, Candidate(body: body), spool)
    }
  }

  /// An unchanged body still says what it says: once a day, and when definition or rules have changed, it is read again, so that what
  /// is listed stays valid and new rules take hold.
  private func refresh(_ definition: FeedDefinition, _ state: FeedState, _ spool: FeedSpool, freshFor: Int?) throws -> FeedResult {
    let last = try store.lastReading(of: definition.name)
    let isFresh = last.map { $0.with == reader.fingerprint(of: definition) && now < $0.at.adding(seconds: 86_400) } ?? false
    try advance(state, by: .unchanged(freshFor: freshFor), definition)
    if isFresh || options.dryRun {
      return FeedResult(definition.name, .unchanged, rows: state.rows, indicators: state.indicators)
    }
    let stage = try store.stage(definition.name)
    let report = try reader.read(definition, path: spool.body(definition.name), now: now) { try stage.add($0) }
    let next = state.advanced(by: .unchanged(freshFor: freshFor), now: now, schedule: schedule(definition))
    let outcome = try stage.commit(
      next, endsAtOnce: definition.withdraw == .atOnce, readWith: reader.fingerprint(of: definition), now: now)
    return FeedResult(definition.name, .unchanged, report: report, outcome: outcome)
  }

  private func advance(_ state: FeedState, by outcome: FeedOutcome, _ definition: FeedDefinition) throws {
    if options.dryRun { return }
    try store.save(state.advanced(by: outcome, now: now, schedule: schedule(definition)))
  }
}

/// A body that may come into force.
struct Candidate {
  var path: String
  var hash: String
  var etag: String?
  var lastModified: String?
  var freshFor: Int?
  /// Our own staged copy, to be moved or removed; a file set stays where it is.
  var isStaged: Bool

  init(body: FetchedBody) {
    path = body.path
    hash = body.sha256
    etag = body.etag
    lastModified = body.lastModified
    freshFor = body.freshFor
    isStaged = true
  }

  init(fileSet path: String, hash: String) {
    self.path = path
    self.hash = hash
    isStaged = false
  }
}

extension SyncRun {
  /// Stage, judge, commit.
  func judge(_ definition: FeedDefinition, _ state: FeedState, _ candidate: Candidate, _ spool: FeedSpool) throws -> FeedResult {
    func refuse(_ diagnostic: Diagnostic, report: IngestReport? = nil, reason: String) throws -> FeedResult {
      if candidate.isStaged { spool.discard(candidate.path) }
      try advance(state, by: .refused(bodyHash: candidate.hash, reason: diagnostic.message), definition)
      return FeedResult(
        definition.name, .kept, reason: reason, diagnostic: diagnostic, report: report, exit: .refused)
    }
    let stage = try store.stage(definition.name)
    let report: IngestReport
    do {
      report = try reader.read(definition, path: candidate.path, now: now) { try stage.add($0) }
    } catch let diagnostic as Diagnostic where !diagnostic.code.hasPrefix("store.") {
      return try refuse(diagnostic, reason: diagnostic.code.split(separator: ".").dropFirst().joined(separator: "."))
    }
    let counts = try stage.counts()
    let verdict = FeedGuard(policy: definition.guardPolicy).judge(
      FeedGuard.Evidence(
        bodyHash: candidate.hash, rows: report.rows, unparsed: max(0, report.rejected - report.guarded), indicators: counts.staged,
        previousValues: counts.previous, removedValues: counts.removed,
        containsSentinel: definition.guards.contains == nil ? nil : report.sentinelFound, bodyDate: report.bodyDate),
      against: state, isAccepted: options.acceptChange.contains(definition.name) || options.rollback.contains(definition.name), now: now)
    switch verdict {
    case .refuse(let reason, let diagnostic): return try refuse(diagnostic, report: report, reason: reason.rawValue)
    case .accept(_, let isPartial):
      if options.dryRun {
        if candidate.isStaged { spool.discard(candidate.path) }
        return FeedResult(definition.name, .updated, reason: "dry run", report: report)
      }
      let accepted = FeedOutcome.AcceptedBody(
        bodyHash: candidate.hash, etag: candidate.etag, lastModified: candidate.lastModified, rows: report.rows,
        indicators: counts.staged, bodyDate: report.bodyDate, bookmark: report.bookmark, freshFor: candidate.freshFor)
      // The body is moved first: a crash between the two leaves a body that is read again, never a state without its body.
      if candidate.isStaged { try spool.keep(candidate.path, as: definition.name) }
      let outcome = try stage.commit(
        state.advanced(by: .accepted(accepted), now: now, schedule: schedule(definition)),
        endsAtOnce: definition.withdraw == .atOnce, readWith: reader.fingerprint(of: definition), now: now)
      return FeedResult(
        definition.name, .updated, report: report, outcome: outcome, exit: isPartial || report.rejected > 0 ? .incomplete : .success)
    }
  }

  /// A directory or glob of files is read where it lies; its names, sizes and times stand for its content.
  private func readFileSet(_ definition: FeedDefinition, _ state: FeedState, path: String) throws -> FeedResult {
    let spool = FeedSpool(directory: directory.spool)
    let hash = FeedSpool.fingerprint(ofFileSet: path)
    if hash == state.bodyHash, let last = try store.lastReading(of: definition.name), last.with == reader.fingerprint(of: definition),
      now < last.at.adding(seconds: 86_400)
    {
      try advance(state, by: .unchanged(freshFor: nil), definition)
      return FeedResult(definition.name, .unchanged, rows: state.rows, indicators: state.indicators)
    }
    return try judge(definition, state, Candidate(fileSet: path, hash: hash), spool)
  }

  /// Goes back to the body before the present one.
  private func rollback(_ definition: FeedDefinition, _ state: FeedState, _ spool: FeedSpool) throws -> FeedResult {
    guard let earlier = spool.earlierBody(definition.name) else {
      return FeedResult(
        definition.name, .failed, reason: "no earlier body is kept",
        diagnostic: Diagnostic(.error, code: "feed.rollback", "no earlier body is kept", file: definition.name), exit: .missingInput)
    }
    let copy = try spool.copy(earlier)
    var candidate = Candidate(fileSet: copy, hash: FeedSpool.hash(ofFile: copy))
    candidate.isStaged = true
    return try judge(definition, state, candidate, spool)
  }
}

extension FeedDefinition {
  /// The fetch of the feed's body, unconditional.
  /// - Throws: `feed.secret-missing`.
  func fetchRequest(spool: String, secrets: SecretReader) throws(Diagnostic) -> FetchRequest {
    let limits = BodyLimits(maximumBytes: Int64(maximumBytes))
    if case .local(let path) = location { return FetchRequest(feed: name, url: path, hasStoredBody: false, limits: limits, spoolDirectory: spool) }
    guard let address = try request(secrets: secrets) else {
      throw Diagnostic(.error, code: "feed.url", "the feed has no address", file: file)
    }
    return FetchRequest(
      feed: name, url: address.url, headers: address.headers.map { HTTPHeader(name: $0.name, value: $0.value) },
      authentication: address.user.map { .basic(user: $0, password: Secret(address.password ?? "")) } ?? .none, hasStoredBody: false,
      limits: limits, timeout: Double(timeout), allowPrivate: allowPrivate, spoolDirectory: spool,
      secrets: address.secrets.map { Secret($0) })
  }

  /// The guard's bounds as fractions.
  var guardPolicy: FeedGuard.Policy {
    var policy = FeedGuard.Policy()
    policy.minimumRows = guards.minimumRows
    policy.shrink = Double(guards.shrink) / 100
    policy.grow = Double(guards.grow) / 100
    policy.churn = Double(guards.churn) / 100
    policy.contains = guards.contains
    policy.allowsHTML = format == .report
    return policy
  }
}
