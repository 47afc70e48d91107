import Feeds
import Indicators
import Matching
import Store
import Syntax
import Terminal
import Transport

/// One feed fetched, read and judged as a sync would, and nothing of it stored.
struct FeedPreview {
  let definition: FeedDefinition
  let reader: FeedReader
  /// What is in force; nil where there is no state.
  let store: IndicatorStore?
  let isJSON: Bool

  /// The indicators that a state holds; nil when there are none yet, or when they cannot be opened, which is said.
  static func store(of places: PlaceOptions) throws -> IndicatorStore? {
    let path = places.state + "/indicators.sqlite"
    guard Files.size(path) != nil else { return nil }
    do throws(Diagnostic) {
      return try IndicatorStore(path: path)
    } catch {
      var diagnostic = error
      diagnostic.severity = .warning
      Console.show(diagnostic)
      return nil
    }
  }

  func run(_ console: inout Console) throws -> ExitStatus {
    let now = Files.now()
    let folder = try TemporaryDirectory()
    let candidate: Candidate
    if case .local(let local) = definition.location, FeedSpool.isFileSet(local) {
      candidate = Candidate(inPlace: local, hash: FeedSpool.fingerprint(ofFileSet: local))
    } else {
      let request: FetchRequest
      do throws(Diagnostic) {
        request = try definition.fetchRequest(spool: folder.path, secrets: Environment.secrets)
      } catch {
        Console.show(error)
        return .configuration
      }
      switch FeedFetch(deadline: 300).run([FeedFetch.Item(definition: definition, request: request)], now: now).first {
      case .body(let body):
        candidate = body
        for note in body.notes { Console.show(note) }
      case .failed(let diagnostic, let exit, _):
        Console.show(diagnostic)
        return exit
      case .notModified, nil: return .protocolError
      }
    }
    return try show(candidate, now, &console)
  }

  private func show(_ candidate: Candidate, _ now: Timestamp, _ console: inout Console) throws -> ExitStatus {
    let state = try store?.state(of: definition.name) ?? FeedState(feed: definition.name)
    // How much of what is in force would go is worth counting where something is.
    let stage = state.rows > 0 ? try store?.stage(definition.name, readWith: reader.fingerprint(of: definition)) : nil
    let report: IngestReport
    var shown = (indicators: 0, rejected: 0)
    do {
      report = try reader.rows(definition, path: candidate.path, now: now) { row in
        switch row {
        case .indicator(let indicator):
          shown.indicators += 1
          try stage?.add(indicator)
        case .rejected: shown.rejected += 1
        case .revoked: break
        }
        let (record, text) = Self.record(row)
        try console.record(record, text: text)
      }
    } catch let diagnostic as Diagnostic where !diagnostic.code.hasPrefix("store.") {
      let verdict = Verdict(refused: diagnostic, state: state)
      if !isJSON { Console.show(diagnostic) }
      let summary: JSONObject = [
        "kind": "summary", "name": .string(definition.name), "indicators": JSONValue(shown.indicators), "rejected": JSONValue(shown.rejected),
        "format": .string(definition.format.rawValue),
      ]
      try console.record(verdict.added(to: summary), text: verdict.text(of: definition.name))
      return .refused
    }
    if !isJSON { Console.show(report.diagnostics) }
    for file in report.files { try show(file, &console) }
    let verdict = try judge(candidate, report, stage?.counts(), state, now)
    try show(report, verdict, &console)
    if verdict.status == .refused { return .refused }
    return report.rejected > 0 ? .incomplete : .success
  }

  private func judge(
    _ candidate: Candidate, _ report: IngestReport, _ counts: FeedStage.Counts?, _ state: FeedState, _ now: Timestamp
  ) -> Verdict {
    if state.withheld.contains(candidate.hash) { return Verdict(rolledBack: definition.name, state: state) }
    if state.bodyHash == candidate.hash { return Verdict(unchanged: state) }
    let evidence = FeedGuard.Evidence(definition, hash: candidate.hash, report, counts)
    return Verdict(FeedGuard(policy: definition.guardPolicy).judge(evidence, against: state, isAccepted: false, now: now), evidence, state)
  }

  // MARK: What is shown

  private static func record(_ row: IngestRow) -> (JSONObject, text: String) {
    switch row {
    case .indicator(let indicator):
      let observable = indicator.observable
      var object: JSONObject = [
        "kind": "indicator", "type": .string(observable.type.rawValue), "value": .string(observable.written),
      ]
      if let line = indicator.provenance.line { object["line"] = JSONValue(line) }
      if !observable.flags.isEmpty { object["flags"] = JSONValue(observable.flags) }
      if !indicator.provenance.actors.isEmpty { object["actors"] = .array(indicator.provenance.actors.map { .object($0.json) }) }
      return (object, Console.columns("\(indicator.provenance.line ?? 0)", observable.type.rawValue, observable.written))
    case .rejected(let input, let reason, let line):
      return (
        ["kind": "rejected", "input": .string(input), "reason": .string(reason), "line": JSONValue(line)],
        Console.columns("\(line)", "rejected", input, reason)
      )
    case .revoked(let observable, let line):
      return (
        ["kind": "revoked", "type": .string(observable.type.rawValue), "value": .string(observable.written), "line": JSONValue(line)],
        Console.columns("\(line)", "revoked", observable.type.rawValue, observable.written)
      )
    }
  }

  private func show(_ file: IngestedFile, _ console: inout Console) throws {
    let format = file.format?.rawValue ?? "nothing"
    try console.record(
      [
        "kind": "file", "path": .string(file.path), "format": .string(format), "reason": .string(file.formatReason),
        "rows": JSONValue(file.rows), "indicators": JSONValue(file.indicators), "rejected": JSONValue(file.rejected),
      ],
      text: Console.visible(
        "\(file.path): \(file.rows) rows as \(format) (\(file.formatReason)), \(file.indicators) indicators, \(file.rejected) refused"))
  }

  private func show(_ report: IngestReport, _ verdict: Verdict, _ console: inout Console) throws {
    var summary: JSONObject = [
      "kind": "summary", "name": .string(definition.name), "rows": JSONValue(report.rows), "indicators": JSONValue(report.indicators),
      "rejected": JSONValue(report.rejected), "format": .string(report.format.rawValue),
    ]
    if report.skipped > 0 { summary["skipped"] = JSONValue(report.skipped) }
    if let declared = report.declaredCount { summary["declared"] = JSONValue(declared) }
    if let date = report.bodyDate { summary["updated"] = .string(date.iso8601) }
    try console.record(
      verdict.added(to: summary),
      text: Console.visible(
        "\(definition.name): \(report.rows) rows as \(report.format.rawValue) (\(report.formatReason)), \(report.indicators) indicators, \(report.rejected) refused"
      ) + "\n" + verdict.text(of: definition.name))
  }
}

extension FeedPreview {
  /// What a sync would say of the body now.
  struct Verdict {
    enum Status: String { case accepted, refused, unchanged }

    let status: Status
    private var reason: String?
    private var message: String
    private var hint: String?
    private var state: FeedState

    init(refused diagnostic: Diagnostic, state: FeedState) {
      status = .refused
      reason = diagnostic.code.split(separator: ".").dropFirst().joined(separator: ".")
      message = diagnostic.message
      hint = diagnostic.hint
      self.state = state
    }

    init(rolledBack feed: String, state: FeedState) {
      status = .refused
      reason = "rolled-back"
      message = "this is the body that was rolled back"
      hint = "it stays out until it changes; to take it after all: ukai sync --accept-change \(feed)"
      self.state = state
    }

    init(unchanged state: FeedState) {
      status = .unchanged
      message = "the body is the one in force"
      self.state = state
    }

    init(_ verdict: FeedGuard.Verdict, _ evidence: FeedGuard.Evidence, _ state: FeedState) {
      self.state = state
      switch verdict {
      case .refuse(let reason, let diagnostic):
        status = .refused
        self.reason = reason.rawValue
        message = diagnostic.message
        hint = diagnostic.hint
      case .accept(let overridden, let isPartial):
        status = .accepted
        reason = overridden.map { "confirmed:\($0.rawValue)" }
        var parts: [String] = []
        if let overridden { parts.append("it was refused as \(overridden.rawValue), and has come again and again") }
        if isPartial { parts.append("\(evidence.unparsed) of \(evidence.rows) entries are not understood") }
        if let removed = evidence.removedValues, let previous = evidence.previousValues {
          parts.append("\(removed) of \(previous) values in force would leave, \(evidence.indicators - (previous - removed)) come")
        } else {
          parts.append("nothing of it is in force yet")
        }
        message = parts.joined(separator: "; ")
      }
    }

    func text(of feed: String) -> String {
      let said =
        switch status {
        case .accepted: "a sync would take it: \(message)"
        case .refused: "a sync would refuse it (\(reason ?? "")): \(message)"
        case .unchanged: "a sync would change nothing: \(message)"
        }
      return ["\(feed): \(said)", hint.map { "  \($0)" }].compactMap { $0 }.map { Console.visible($0) }.joined(separator: "\n")
    }

    func added(to summary: JSONObject) -> JSONObject {
      var summary = summary
      summary["verdict"] = .string(status.rawValue)
      if let reason { summary["reason"] = .string(reason) }
      summary["message"] = .string(message)
      if let hint { summary["hint"] = .string(hint) }
      if state.rows > 0 {
        var against: JSONObject = ["rows": JSONValue(state.rows), "indicators": JSONValue(state.indicators)]
        if let success = state.lastSuccess { against["last_success"] = .string(success.iso8601) }
        summary["in_force"] = .object(against)
      }
      return summary
    }
  }
}
