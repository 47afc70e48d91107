import Feeds
import Indicators
import Matching
import Store
import Syntax
import Terminal

/// What the state directory tells of itself.
struct StateHealth {
  let now: Timestamp
  let feeds: [FeedsCommand.Health]
  let feedYields: [(label: String, alerts: Int)]
  let indexCount: Int?
  let alerts: [(status: Alert.Status, severity: Severity, count: Int)]
  let totals: (sightings: Int, logs: Int, lastScan: Timestamp?)
  let logs: [LogHealth]
  let sources: [(label: String, alerts: Int)]
  let withheld: [WithheldRecord]
  let lastScan: RunRecord?
  let destinations: [DestinationState]

  /// Logs that are named; all others are counted.
  private static let logLimit = 500

  init(_ directory: StateDirectory, definitions: [FeedDefinition], now: Timestamp) throws {
    self.now = now
    let indicators = try IndicatorStore(path: directory.indicators)
    feeds = try definitions.map { FeedsCommand.Health($0, try indicators.state(of: $0.name), now: now) }
    indexCount = (try? IndicatorIndex.open(path: directory.index))?.count
    let store = try AlertStore(path: directory.alerts)
    alerts = try store.counts()
    totals = try store.totals()
    feedYields = try store.counts(by: "feed", limit: Self.logLimit)
    sources = try store.counts(by: "source", limit: Self.logLimit)
    logs = try store.logs(limit: Self.logLimit)
    withheld = try store.withheld()
    lastScan = try store.runs(of: "scan", limit: 1).first
    destinations = try store.destinations()
  }

  /// A feed that is stale or failing, no index, a scan that skipped something, a destination that fails or refused alerts.
  var needsAttention: Bool {
    indexCount == nil || feeds.contains { ["stale", "failing"].contains($0.status) }
      || destinations.contains { $0.refused > 0 || $0.failures > 0 } || (lastScan?.exit ?? 0) == ExitStatus.incomplete.rawValue
  }

  func age(_ time: Timestamp?) -> Int64? { time.map { max(0, now.seconds - $0.seconds) } }

  var json: JSONObject {
    var object: JSONObject = ["feeds": .array(feeds.map { .object($0.json) })]
    object["index"] = indexCount.map { ["indicators": JSONValue($0)] } ?? .null
    object["alerts"] = .array(
      alerts.map { ["status": .string($0.status.rawValue), "severity": .string($0.severity.rawValue), "count": JSONValue($0.count)] })
    object["sightings"] = JSONValue(totals.sightings)
    object["logs"] = JSONValue(totals.logs)
    if let last = totals.lastScan { object["last_scan"] = .string(last.iso8601) }
    if let lastScan { object["last_scan_summary"] = lastScan.summary }
    object["withheld"] = .array(
      withheld.map { ["kind": .string($0.kind), "reason": .string($0.reason), "count": JSONValue($0.count), "last": .string($0.last.iso8601)] })
    object["destinations"] = .array(destinations.map { .object(json($0)) })
    object["attention"] = .bool(needsAttention)
    return object
  }

  private func json(_ destination: DestinationState) -> JSONObject {
    var object: JSONObject = [
      "destination": .string(destination.name), "waiting": JSONValue(destination.waiting), "refused": JSONValue(destination.refused),
      "delivered": JSONValue(destination.delivered), "failures": JSONValue(destination.failures),
    ]
    if let oldest = destination.oldest {
      object["oldest"] = .string(oldest.iso8601)
      object["oldest_seconds"] = JSONValue(Int(age(oldest) ?? 0))
    }
    if let success = destination.lastSuccess { object["last_success"] = .string(success.iso8601) }
    if let error = destination.lastError { object["last_error"] = .string(error) }
    if let until = destination.notBefore, until > now { object["not_before"] = .string(until.iso8601) }
    return object
  }

  var text: String {
    var lines = ["feeds:"]
    lines += feeds.map { "  " + $0.text }
    lines.append("index: " + (indexCount.map { "\($0) indicators" } ?? "none; run ukai sync"))
    lines.append("alerts: " + (alerts.isEmpty ? "none" : alerts.map { "\($0.count) \($0.status.rawValue) \($0.severity.rawValue)" }.joined(separator: ", ")))
    lines.append("scans: \(totals.sightings) sightings in \(totals.logs) logs" + (totals.lastScan.map { ", last \($0.iso8601)" } ?? ""))
    if let skipped = lastScan?.summary["files_skipped_count"]?.integer, skipped > 0 {
      lines.append("  the last one skipped \(skipped) files:")
      for file in lastScan?.summary["files_skipped"]?.array ?? [] {
        lines.append("    " + Console.visible("\(file["path"]?.string ?? ""): \(file["reason"]?.string ?? "")"))
      }
    }
    if !withheld.isEmpty {
      let kinds = Dictionary(grouping: withheld, by: \.kind).mapValues { $0.reduce(0) { $0 + $1.count } }
      let list = kinds.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
      lines.append("withheld: \(list) (ukai alerts withheld says why)")
    }
    for destination in destinations { lines.append(Console.visible("destination \(destination.name): " + text(destination))) }
    return lines.joined(separator: "\n")
  }

  private func text(_ destination: DestinationState) -> String {
    var parts = ["\(destination.waiting) waiting" + (age(destination.oldest).map { ", the oldest for \(Self.span($0))" } ?? "")]
    parts.append("\(destination.delivered) delivered")
    if destination.refused > 0 { parts.append("\(destination.refused) refused (ukai export --to … --refused lists them)") }
    if let error = destination.lastError { parts.append("failed \(destination.failures)×: \(error)") }
    if let until = destination.notBefore, until > now { parts.append("left alone until \(until.iso8601)") }
    return parts.joined(separator: "; ")
  }

  private static func span(_ seconds: Int64) -> String {
    switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3600) h"
    default: "\(seconds / 86_400) days"
    }
  }
}
