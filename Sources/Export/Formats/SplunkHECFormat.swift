internal import Indicators
internal import Matching
internal import Syntax

/// Splunk's HTTP Event Collector: one event object a line, `sourcetype` `ukai:alert`.
struct SplunkHECFormat: AlertFormat {
  let contentType = "application/json"

  func encode(_ record: ExportRecord) -> String {
    let alert = record.alert
    let microseconds = alert.lastSeen.microseconds
    let fraction = String(max(0, microseconds % 1_000_000))
    var event = alert.json
    event["sample"] = .object(alert.sample.json)
    let object: JSONObject = [
      "time": .number("\(microseconds / 1_000_000).\(String(repeating: "0", count: 6 - fraction.count))\(fraction)"),
      "host": .string(alert.sample.event.host ?? alert.asset), "source": .string(alert.sample.source.path), "sourcetype": "ukai:alert",
      "event": .object(event), "fields": ["alert_id": .string(alert.id), "alert_version": .string(String(record.version)), "severity": .string(alert.severity.rawValue)],
    ]
    return object.serialized()
  }
}
