import Feeds
import Indicators
import Store
import Syntax

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
  let isStale: Bool
  private let knownRows: Int?
  private let knownIndicators: Int?

  init(
    _ name: String, _ status: Status, reason: String? = nil, diagnostic: Diagnostic? = nil, report: IngestReport? = nil,
    outcome: FeedStage.Outcome? = nil, rows: Int? = nil, indicators: Int? = nil, state: FeedState? = nil,
    schedule: FeedSchedule? = nil, now: Timestamp? = nil, exit: ExitStatus? = nil
  ) {
    self.name = name
    self.status = status
    self.reason = reason
    self.diagnostic = diagnostic
    self.report = report
    self.outcome = outcome
    knownRows = rows ?? state?.rows
    knownIndicators = indicators ?? state?.indicators
    if let state, let schedule, let now { isStale = schedule.isStale(state, now: now) } else { isStale = false }
    self.exit = exit ?? (status == .failed ? .unavailable : .success)
  }

  /// The feed's entry in the run's summary.
  var json: JSONObject {
    var object: JSONObject = ["name": .string(name), "status": .string(status.rawValue)]
    if let reason { object["reason"] = .string(reason) }
    if let rows = report?.rows ?? knownRows { object["rows"] = JSONValue(rows) }
    if let indicators = report?.indicators ?? knownIndicators { object["indicators"] = JSONValue(indicators) }
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
    if isStale { parts.append("stale: no success for three intervals") }
    return parts.joined(separator: " ")
  }
}
