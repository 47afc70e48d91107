import Feeds
import Indicators
import Matching
import Store
import Syntax
import Terminal

extension StateHealth {
  /// Everything that a monitor may want to alarm on, as Prometheus text.
  var metrics: String {
    var text = PrometheusText()
    text.add("ukai_build_info", .gauge, "Always 1; the version stands in the label.", labels: [("version", Version.number)], 1)
    addFeeds(&text)
    text.add("ukai_index_indicators", .gauge, "Indicators in the compiled index.", Double(indexCount ?? 0))
    addAlerts(&text)
    addScans(&text)
    addDestinations(&text)
    return text.text
  }

  private func addFeeds(_ text: inout PrometheusText) {
    func each(_ name: String, _ help: String, _ value: (FeedsCommand.Health) -> Double?) {
      for feed in feeds {
        if let value = value(feed) { text.add(name, .gauge, help, labels: [("feed", feed.definition.name)], value) }
      }
    }
    each("ukai_feed_up", "1 when the feed is neither stale nor failing.") { ["stale", "failing"].contains($0.status) ? 0 : 1 }
    each("ukai_feed_enabled", "1 when the feed is on.") { $0.status == "off" ? 0 : 1 }
    each("ukai_feed_rows", "Rows of the last accepted body.") { Double($0.state.rows) }
    each("ukai_feed_indicators", "Indicators of the last accepted body.") { Double($0.state.indicators) }
    each("ukai_feed_last_success_timestamp_seconds", "Time of the last success.") { $0.state.lastSuccess.map { Double($0.seconds) } }
    each("ukai_feed_age_seconds", "Seconds since the last success.") { age($0.state.lastSuccess).map(Double.init) }
    each("ukai_feed_last_change_timestamp_seconds", "When the body last differed from the one before.") { $0.state.lastChange.map { Double($0.seconds) } }
    each("ukai_feed_failures", "Failures since the last success.") { Double($0.state.consecutiveFailures) }
    for (label, alerts) in feedYields { text.add("ukai_feed_alerts", .gauge, "Alerts whose indicator the feed lists.", labels: [("feed", label)], Double(alerts)) }
  }

  private func addAlerts(_ text: inout PrometheusText) {
    for entry in alerts {
      text.add(
        "ukai_alerts", .gauge, "Alerts by status and severity.", labels: [("status", entry.status.rawValue), ("severity", entry.severity.rawValue)],
        Double(entry.count))
    }
    text.add("ukai_sightings_total", .counter, "Sightings counted.", Double(totals.sightings))
    let kinds = Dictionary(grouping: withheld, by: \.kind).mapValues { $0.reduce(0) { $0 + $1.count } }
    for (kind, count) in kinds.sorted(by: { $0.key < $1.key }) {
      text.add("ukai_withheld_total", .counter, "Matches that did not become sightings.", labels: [("kind", kind)], Double(count))
    }
  }

  private func addScans(_ text: inout PrometheusText) {
    for (label, alerts) in sources { text.add("ukai_source_alerts", .gauge, "Alerts first seen in a log source.", labels: [("source", label)], Double(alerts)) }
    text.add("ukai_logs", .gauge, "Logs that were read.", Double(totals.logs))
    for log in logs {
      text.add(
        "ukai_log_last_read_timestamp_seconds", .gauge, "When something was last read of a log.", labels: [("path", log.path)], Double(log.lastRead.seconds))
    }
    for log in logs { text.add("ukai_log_lines", .gauge, "Lines read of a log, all its generations together.", labels: [("path", log.path)], Double(log.lines)) }
    for log in logs { text.add("ukai_log_bytes", .gauge, "Decompressed bytes read of a log.", labels: [("path", log.path)], Double(log.bytes)) }
    if let last = totals.lastScan {
      text.add("ukai_last_scan_timestamp_seconds", .gauge, "When a log was last read.", Double(last.seconds))
      text.add("ukai_last_scan_age_seconds", .gauge, "Seconds since a log was last read.", Double(age(last) ?? 0))
    }
    guard let run = lastScan else { return }
    text.add("ukai_scan_last_run_timestamp_seconds", .gauge, "When the last scan ended.", Double(run.at.seconds))
    text.add("ukai_scan_last_exit_code", .gauge, "Exit status of the last scan.", Double(run.exit))
    for (key, name, help) in [
      ("files_read", "ukai_scan_last_files_read", "Logs that the last scan read."),
      ("files_skipped_count", "ukai_scan_last_files_skipped", "Logs that the last scan skipped, in whole or in part."),
      ("bytes", "ukai_scan_last_bytes", "Bytes that the last scan matched."),
      ("bytes_skipped", "ukai_scan_last_bytes_skipped", "Bytes that the last scan could not read."),
      ("lines", "ukai_scan_last_lines", "Lines that the last scan matched."),
    ] {
      if let value = run.summary[key]?.integer { text.add(name, .gauge, help, Double(value)) }
    }
  }

  private func addDestinations(_ text: inout PrometheusText) {
    func each(_ name: String, _ help: String, _ value: (DestinationState) -> Double?) {
      for destination in destinations {
        if let value = value(destination) { text.add(name, .gauge, help, labels: [("destination", destination.name)], value) }
      }
    }
    each("ukai_destination_up", "1 when the last run to the destination succeeded.") { $0.failures > 0 ? 0 : 1 }
    each("ukai_destination_waiting", "Alerts that wait for a destination.") { Double($0.waiting) }
    each("ukai_destination_oldest_seconds", "Age of the oldest alert that waits; 0 when none does.") { Double(age($0.oldest) ?? 0) }
    each("ukai_destination_refused", "Alerts that a destination refused.") { Double($0.refused) }
    each("ukai_destination_delivered", "Alerts that a destination has had.") { Double($0.delivered) }
    each("ukai_destination_failures", "Runs that failed since the last success.") { Double($0.failures) }
    each("ukai_destination_last_success_timestamp_seconds", "Time of the last run that succeeded.") { $0.lastSuccess.map { Double($0.seconds) } }
    each("ukai_destination_last_attempt_timestamp_seconds", "Time of the last run.") { $0.lastAttempt.map { Double($0.seconds) } }
  }
}
