import Feeds
import Indicators
import Rules
import Store
import Terminal

extension SyncRun {
  /// Stage, judge, commit.
  func judge(_ definition: FeedDefinition, _ state: FeedState, _ candidate: Candidate) throws -> FeedResult {
    func refuse(_ diagnostic: Diagnostic, report: IngestReport? = nil, reason: String) throws -> FeedResult {
      if candidate.isStaged { spool.discard(candidate.path) }
      let next = try advance(state, by: .refused(bodyHash: candidate.hash, reason: diagnostic.message), definition)
      return result(
        definition, .kept, next, reason: reason, diagnostic: diagnostic, report: report, exit: .refused, notes: candidate.notes)
    }
    let stage = try store.stage(definition.name, readWith: reader.fingerprint(of: definition))
    let report: IngestReport
    do {
      report = try reader.read(definition, path: candidate.path, now: now, until: end, into: stage)
    } catch let diagnostic as Diagnostic where diagnostic.code == "feed.deadline" {
      if candidate.isStaged { spool.discard(candidate.path) }
      return try overdue(definition, state, diagnostic)
    } catch let diagnostic as Diagnostic where !diagnostic.code.hasPrefix("store.") {
      return try refuse(diagnostic, reason: diagnostic.code.split(separator: ".").dropFirst().joined(separator: "."))
    }
    let counts = try stage.counts()
    let verdict = FeedGuard(policy: definition.guardPolicy).judge(
      FeedGuard.Evidence(definition, hash: candidate.hash, report, counts), against: state, isAccepted: options.acceptChange.contains(definition.name), now: now)
    switch verdict {
    case .refuse(let reason, let diagnostic): return try refuse(diagnostic, report: report, reason: reason.rawValue)
    case .accept(_, let isPartial):
      let exit: ExitStatus = isPartial || candidate.isPartial || report.rejected > 0 ? .incomplete : .success
      if options.dryRun {
        if candidate.isStaged { spool.discard(candidate.path) }
        return result(definition, .updated, state, reason: "dry run", report: report, exit: exit, notes: candidate.notes)
      }
      let accepted = FeedOutcome.AcceptedBody(
        bodyHash: candidate.hash, etag: candidate.etag, lastModified: candidate.lastModified, rows: report.rows,
        indicators: counts.staged, bodyDate: report.bodyDate, bookmark: candidate.bookmark ?? report.bookmark, freshFor: candidate.freshFor,
        validatorsAddress: definition.addressFingerprint)
      let next = state.advanced(by: .accepted(accepted), now: now, schedule: schedule(definition))
      // The body is in place, under a name of its own, before the state names it.
      if candidate.isStaged { try spool.keep(candidate.path, as: definition.name, hash: candidate.hash) }
      let outcome = try stage.commit(next, endsAtOnce: definition.withdraw == .atOnce, now: now)
      spool.sweep(definition.name, keeping: next)
      return result(definition, .updated, next, report: report, outcome: outcome, exit: exit, notes: candidate.notes)
    }
  }

  /// A body whose reading took longer than the run may: nothing is wrong with it, and nothing of it is committed.
  private func overdue(_ definition: FeedDefinition, _ state: FeedState, _ diagnostic: Diagnostic) throws -> FeedResult {
    let next = try advance(state, by: .failed(reason: diagnostic.message, retryAfter: nil), definition)
    return result(definition, .failed, next, reason: "deadline", diagnostic: diagnostic, exit: .unavailable)
  }

  /// An unchanged body still says what it says: once a day that is noted, so that what is listed stays valid. When definition or rules have
  /// changed it is read again, so that they take hold.
  func refresh(_ definition: FeedDefinition, _ state: FeedState, freshFor: Int?) throws -> FeedResult {
    let fingerprint = reader.fingerprint(of: definition)
    let last = try store.lastReading(of: definition.name)
    let isFresh = last.map { $0.with == fingerprint && now < $0.at.adding(seconds: 86_400) } ?? false
    let next = state.advanced(by: .unchanged(freshFor: freshFor), now: now, schedule: schedule(definition))
    guard !isFresh, !options.dryRun, let path = spool.body(definition.name, hash: state.bodyHash) else {
      return result(definition, .unchanged, try advance(state, by: .unchanged(freshFor: freshFor), definition))
    }
    if last?.with == fingerprint {
      try store.confirm(next, now: now)
      return result(definition, .unchanged, next)
    }
    let stage = try store.stage(definition.name, readWith: fingerprint)
    let report: IngestReport
    do {
      report = try reader.read(definition, path: path, now: now, until: end, into: stage)
      if try stage.counts().staged == 0, state.indicators > 0 {
        throw Diagnostic(
          .error, code: "feed.empty", "read with the present definition and rules, the accepted body gives no indicator",
          hint: "what was read before stays in force; look at it with: ukai feeds check \(definition.name)", file: definition.name)
      }
    } catch let diagnostic as Diagnostic where diagnostic.code == "feed.deadline" {
      return try overdue(definition, state, diagnostic)
    } catch let diagnostic as Diagnostic where !diagnostic.code.hasPrefix("store.") {
      let next = try advance(state, by: .refused(bodyHash: nil, reason: diagnostic.message), definition)
      return result(definition, .kept, next, reason: "unreadable", diagnostic: diagnostic, exit: .refused)
    }
    let outcome = try stage.commit(next, endsAtOnce: definition.withdraw == .atOnce, now: now)
    return result(definition, .unchanged, next, report: report, outcome: outcome)
  }

  /// A directory or glob of files is read where it lies; its names, sizes and times stand for its content.
  func readFileSet(_ definition: FeedDefinition, _ state: FeedState, path: String) throws -> FeedResult {
    let hash = FeedSpool.fingerprint(ofFileSet: path)
    if hash == state.bodyHash, let last = try store.lastReading(of: definition.name), last.with == reader.fingerprint(of: definition),
      now < last.at.adding(seconds: 86_400)
    {
      return result(definition, .unchanged, try advance(state, by: .unchanged(freshFor: nil), definition))
    }
    return try judge(definition, state, Candidate(inPlace: path, hash: hash))
  }

  /// Goes back to the body before the present one. What only the present one said ends at once.
  func rollback(_ definition: FeedDefinition, _ state: FeedState) throws -> FeedResult {
    guard let next = state.rolledBack(now: now), let path = spool.body(definition.name, hash: next.bodyHash) else {
      let diagnostic = Diagnostic(.error, code: "feed.rollback", "no earlier body is kept", file: definition.name)
      return result(definition, .failed, state, reason: diagnostic.message, diagnostic: diagnostic, exit: .missingInput)
    }
    let stage = try store.stage(definition.name, readWith: reader.fingerprint(of: definition))
    let report: IngestReport
    do {
      report = try reader.read(definition, path: path, now: now, until: end, into: stage)
    } catch let diagnostic as Diagnostic where !diagnostic.code.hasPrefix("store.") {
      return result(definition, .failed, state, reason: diagnostic.message, diagnostic: diagnostic, exit: .refused)
    }
    if options.dryRun { return result(definition, .updated, state, reason: "dry run", report: report) }
    var reached = next
    reached.rows = report.rows
    reached.indicators = try stage.counts().staged
    reached.bodyDate = report.bodyDate
    let outcome = try stage.commit(reached, endsAtOnce: true, now: now)
    spool.sweep(definition.name, keeping: reached)
    return result(definition, .updated, reached, reason: "rolled back", report: report, outcome: outcome)
  }
}

extension FeedGuard.Evidence {
  /// - Parameter counts: nil where nothing of the feed is in force that the body could be held against.
  init(_ definition: FeedDefinition, hash: String, _ report: IngestReport, _ counts: FeedStage.Counts?) {
    self.init(
      bodyHash: hash, rows: report.rows, unparsed: max(0, report.rejected - report.guarded), indicators: counts?.staged ?? report.indicators,
      previousValues: counts?.previous, removedValues: counts?.removed,
      containsSentinel: definition.guards.contains == nil ? nil : report.sentinelFound, bodyDate: report.bodyDate)
  }
}

extension FeedDefinition {
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
