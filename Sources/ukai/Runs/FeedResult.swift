import Feeds
import Indicators
import Store
import Syntax
import Terminal

/// How one feed fared in a sync.
struct FeedResult {
  enum Status: String { case updated, unchanged, kept, failed, notDue = "not-due", off }

  let name: String
  let status: Status
  /// Why it was kept, failed or is off. Redacted.
  let reason: String?
  let diagnostic: Diagnostic?
  let report: IngestReport?
  let outcome: FeedStage.Outcome?
  let exit: ExitStatus
  /// No success for three of its intervals.
  let isStale: Bool
  /// It answers, but has brought nothing new for long.
  let isDormant: Bool
  /// Oddities of the fetch that cost nothing.
  let notes: [Diagnostic]
  private let state: FeedState?

  init(
    _ name: String, _ status: Status, reason: String? = nil, diagnostic: Diagnostic? = nil, report: IngestReport? = nil,
    outcome: FeedStage.Outcome? = nil, state: FeedState? = nil, schedule: FeedSchedule? = nil, now: Timestamp? = nil,
    exit: ExitStatus? = nil, notes: [Diagnostic] = []
  ) {
    self.name = name
    self.status = status
    self.reason = reason
    self.diagnostic = diagnostic
    self.report = report
    self.outcome = outcome
    self.state = state
    self.notes = notes
    if let state, let schedule, let now {
      isStale = schedule.isStale(state, now: now)
      isDormant = schedule.isDormant(state, now: now)
    } else {
      isStale = false
      isDormant = false
    }
    self.exit = exit ?? (status == .failed ? .unavailable : .success)
  }

  /// The feed's entry in the run's summary.
  var json: JSONObject {
    var object: JSONObject = ["name": .string(name), "status": .string(status.rawValue)]
    if let reason { object["reason"] = .string(reason) }
    if let diagnostic { object["code"] = .string(diagnostic.code) }
    if let rows = report?.rows ?? state?.rows { object["rows"] = JSONValue(rows) }
    if let indicators = report?.indicators ?? state?.indicators { object["indicators"] = JSONValue(indicators) }
    if let report {
      object["rejected"] = JSONValue(report.rejected)
      object["format"] = .string(report.format.rawValue)
      if !report.reasons.isEmpty {
        var reasons = JSONObject()
        for (reason, count) in report.reasons.sorted(by: { $0.key < $1.key }) { reasons[reason] = JSONValue(count) }
        object["reasons"] = .object(reasons)
      }
    }
    if let outcome {
      object["added"] = JSONValue(outcome.added)
      object["withdrawn"] = JSONValue(outcome.withdrawn)
    }
    if isStale { object["stale"] = true }
    if isDormant { object["dormant"] = true }
    if let success = state?.lastSuccess { object["last_success"] = .string(success.iso8601) }
    if let report, report.flagged > 0 { object["flagged"] = JSONValue(report.flagged) }
    if let report, report.skipped > 0 { object["skipped"] = JSONValue(report.skipped) }
    return object
  }

  /// The feed's line for people.
  var text: String {
    var parts = ["\(name): \(status.rawValue)"]
    if let reason { parts.append("(\(reason))") }
    if let report {
      parts.append("\(report.rows) rows as \(report.format.rawValue), \(report.indicators) indicators, \(report.rejected) refused")
      if report.rejected > 0 {
        parts.append("[" + report.reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }.joined(separator: ", ") + "]")
      }
    }
    if let outcome { parts.append("+\(outcome.added) −\(outcome.withdrawn)") }
    if let report, report.flagged > 0 { parts.append("\(report.flagged) flagged by warninglists") }
    if isStale { parts.append("stale: no success for three intervals" + (state?.lastSuccess.map { ", the last at \($0.iso8601)" } ?? "")) }
    if isDormant { parts.append("dormant: nothing new since \((state?.bodyDate ?? state?.lastChange)?.iso8601 ?? "long ago")") }
    return parts.joined(separator: " ")
  }
}
