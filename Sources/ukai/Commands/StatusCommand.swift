import ArgumentParser
import Feeds
import Indicators
import Matching
import Store
import Syntax

/// `ukai status`: health of everything.
struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Health of feeds, index, scans, alerts and destinations.",
    discussion: """
      Example, for node_exporter's textfile collector:
        ukai status --metrics > /var/lib/node_exporter/ukai.prom.new && mv /var/lib/node_exporter/ukai.prom.new /var/lib/node_exporter/ukai.prom
      """)

  @Flag(help: "Prometheus text format.")
  var metrics = false

  @OptionGroup var places: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run() throws {
    let now = Files.now()
    let directory = try StateDirectory(places.state)
    let health = try StateHealth(directory, definitions: FeedCatalog.load(directory: places.feeds).definitions, now: now)
    var console = output.console()
    if metrics {
      try console.bytes(Array(health.metrics.utf8))
    } else {
      try console.record(health.json, text: health.text)
    }
    try console.flush()
    if !metrics, health.needsAttention { throw CommandFailure(.incomplete) }
  }
}

/// What the state directory tells of itself.
struct StateHealth {
  private let now: Timestamp
  private let feeds: [FeedsCommand.Health]
  private let indexCount: Int?
  private let alerts: [(status: Alert.Status, severity: Severity, count: Int)]
  private let totals: (sightings: Int, logs: Int, lastScan: Timestamp?)
  private let backlogs: [(destination: String, backlog: DeliveryBacklog)]

  init(_ directory: StateDirectory, definitions: [FeedDefinition], now: Timestamp) throws {
    self.now = now
    let indicators = try IndicatorStore(path: directory.indicators)
    feeds = try definitions.map { FeedsCommand.Health($0, try indicators.state(of: $0.name), now: now) }
    indexCount = (try? IndicatorIndex.open(path: directory.index))?.count
    let store = try AlertStore(path: directory.alerts)
    alerts = try store.counts()
    totals = try store.totals()
    backlogs = try store.backlogs()
  }

  /// A feed that is stale or failing, no index, alerts that a destination refused.
  var needsAttention: Bool {
    indexCount == nil || feeds.contains { ["stale", "failing"].contains($0.status) } || backlogs.contains { $0.backlog.refused > 0 }
  }

  var json: JSONObject {
    var object: JSONObject = ["feeds": .array(feeds.map { .object($0.json) })]
    object["index"] = indexCount.map { ["indicators": JSONValue($0)] } ?? .null
    object["alerts"] = .array(
      alerts.map { ["status": .string($0.status.rawValue), "severity": .string($0.severity.rawValue), "count": JSONValue($0.count)] })
    object["sightings"] = JSONValue(totals.sightings)
    object["logs"] = JSONValue(totals.logs)
    if let last = totals.lastScan { object["last_scan"] = .string(last.iso8601) }
    object["destinations"] = .array(
      backlogs.map { entry in
        var object: JSONObject = [
          "destination": .string(entry.destination), "waiting": JSONValue(entry.backlog.waiting), "refused": JSONValue(entry.backlog.refused),
        ]
        if let oldest = entry.backlog.oldest { object["oldest"] = .string(oldest.iso8601) }
        return .object(object)
      })
    object["attention"] = .bool(needsAttention)
    return object
  }

  var text: String {
    var lines = ["feeds:"]
    lines += feeds.map { "  " + $0.text }
    lines.append("index: " + (indexCount.map { "\($0) indicators" } ?? "none; run ukai sync"))
    lines.append("alerts: " + (alerts.isEmpty ? "none" : alerts.map { "\($0.count) \($0.status.rawValue) \($0.severity.rawValue)" }.joined(separator: ", ")))
    lines.append("scans: \(totals.sightings) sightings in \(totals.logs) logs" + (totals.lastScan.map { ", last \($0.iso8601)" } ?? ""))
    for entry in backlogs {
      lines.append(Console.visible("destination \(entry.destination): \(entry.backlog.waiting) waiting, \(entry.backlog.refused) refused"))
    }
    return lines.joined(separator: "\n")
  }

  var metrics: String {
    var text = PrometheusText()
    func age(_ time: Timestamp?) -> Double? { time.map { Double(now.seconds - $0.seconds) } }
    for feed in feeds {
      text.add("ukai_feed_up", .gauge, "1 when the feed is neither stale nor failing.", labels: [("feed", feed.definition.name)], ["stale", "failing"].contains(feed.status) ? 0 : 1)
    }
    for feed in feeds {
      text.add("ukai_feed_indicators", .gauge, "Indicators of the last accepted body.", labels: [("feed", feed.definition.name)], Double(feed.state.indicators))
    }
    for feed in feeds {
      if let success = feed.state.lastSuccess {
        text.add("ukai_feed_last_success_timestamp_seconds", .gauge, "Time of the last success.", labels: [("feed", feed.definition.name)], Double(success.seconds))
      }
    }
    for feed in feeds {
      text.add("ukai_feed_failures", .gauge, "Failures since the last success.", labels: [("feed", feed.definition.name)], Double(feed.state.consecutiveFailures))
    }
    text.add("ukai_index_indicators", .gauge, "Indicators in the compiled index.", Double(indexCount ?? 0))
    for entry in alerts {
      text.add("ukai_alerts", .gauge, "Alerts by status and severity.", labels: [("status", entry.status.rawValue), ("severity", entry.severity.rawValue)], Double(entry.count))
    }
    text.add("ukai_sightings_total", .counter, "Sightings counted.", Double(totals.sightings))
    text.add("ukai_logs", .gauge, "Logs that were read.", Double(totals.logs))
    if let scan = age(totals.lastScan) { text.add("ukai_last_scan_age_seconds", .gauge, "Seconds since a log was last read.", scan) }
    for entry in backlogs {
      text.add("ukai_destination_waiting", .gauge, "Alerts that wait for a destination.", labels: [("destination", entry.destination)], Double(entry.backlog.waiting))
    }
    for entry in backlogs {
      text.add("ukai_destination_refused", .gauge, "Alerts that a destination refused.", labels: [("destination", entry.destination)], Double(entry.backlog.refused))
    }
    for entry in backlogs {
      if let oldest = age(entry.backlog.oldest) {
        text.add("ukai_destination_oldest_seconds", .gauge, "Age of the oldest alert that waits.", labels: [("destination", entry.destination)], oldest)
      }
    }
    return text.text
  }
}
