internal import Indicators
internal import Rules
public import Syntax

extension Alert {
  /// The record of `ukai alerts list --json`.
  public var json: JSONObject {
    var object: JSONObject = [
      "alert_id": .string(id), "indicator": .object(indicator.json), "asset": .string(asset), "count": JSONValue(count),
      "first_seen": .string(firstSeen.iso8601), "last_seen": .string(lastSeen.iso8601), "severity": .string(severity.rawValue),
      "status": .string(status.rawValue), "actors": .array(indicator.actors.map { .object($0.json) }), "feeds": JSONValue(indicator.feeds),
    ]
    if let foundAt { object["found_at"] = .string(foundAt.iso8601) }
    if let points = score?.points { object["score"] = JSONValue(points) }
    if wideAssets > 0 { object["assets"] = JSONValue(wideAssets) }
    if let warning { object["warning"] = .string(warning) }
    return object
  }
}
