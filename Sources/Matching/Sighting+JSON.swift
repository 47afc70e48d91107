public import Indicators
public import Rules
public import Syntax

extension Sighting {
  /// The record of `ukai scan --format jsonl`. Absent facts are left out.
  public var json: JSONObject {
    var object: JSONObject = ["sighting_id": .string(id)]
    if !alertID.isEmpty { object["alert_id"] = .string(alertID) }
    object["indicator"] = .object(indicator.json)
    var match: JSONObject = [
      "value": .string(self.match.value), "mode": .string(self.match.mode.rawValue), "view": .string(self.match.view.rawValue),
      "line": JSONValue(self.match.line), "offset": JSONValue(self.match.offset), "length": JSONValue(self.match.length),
    ]
    if let field = self.match.field { match["field"] = .string(field) }
    object["match"] = .object(match)
    object["source"] = ["path": .string(source.path), "name": .string(source.name), "format": .string(source.format)]
    object["event"] = .object(event.json)
    object["actors"] = .array(indicator.actors.map { .object($0.json) })
    object["severity"] = .string(severity.rawValue)
    if let score { object["score"] = .object(score.json) }
    return object
  }

  /// Reads back what ``json`` wrote; `observedAt` is not part of the record.
  public init?(json: JSONValue, observedAt: Timestamp) {
    guard let id = json["sighting_id"]?.string, let indicatorJSON = json["indicator"], let match = json["match"],
      let value = match["value"]?.string, let mode = match["mode"]?.string.flatMap(MatchMode.init(rawValue:)),
      let view = match["view"]?.string.flatMap(MatchView.init(rawValue:)), let line = match["line"]?.integer,
      let offset = match["offset"]?.integer, let length = match["length"]?.integer, let source = json["source"],
      let path = source["path"]?.string, let name = source["name"]?.string, let format = source["format"]?.string,
      let event = json["event"].map(Event.init(json:)), let severity = json["severity"]?.string.flatMap(Severity.init(rawValue:)),
      var indicator = Indicator(json: indicatorJSON)
    else { return nil }
    indicator.actors = json["actors"]?.array?.compactMap(ActorAttribution.init(json:)) ?? []
    self.init(
      id: id, alertID: json["alert_id"]?.string ?? "", indicator: indicator,
      match: Match(value: value, mode: mode, view: view, line: line, offset: offset, length: length, field: match["field"]?.string),
      source: Source(path: path, name: name, format: format), event: event, severity: severity, observedAt: observedAt)
    score = json["score"].flatMap { ScoringPolicy.Score(json: $0, severity: severity) }
  }
}

extension Sighting.Event {
  var json: JSONObject {
    var object = JSONObject()
    if let time { object["time"] = .string(time.iso8601) }
    if let host { object["host"] = .string(host) }
    if let user { object["user"] = .string(user) }
    if let sourceIP { object["src_ip"] = .string(sourceIP) }
    if let sourcePort { object["src_port"] = JSONValue(sourcePort) }
    if let destinationIP { object["dst_ip"] = .string(destinationIP) }
    if let destinationPort { object["dst_port"] = JSONValue(destinationPort) }
    if let direction { object["direction"] = .string(direction.rawValue) }
    if let outcome { object["outcome"] = .string(outcome.rawValue) }
    object["raw"] = .string(raw)
    if rawTruncated { object["raw_truncated"] = true }
    return object
  }

  init(json: JSONValue) {
    self.init(raw: json["raw"]?.string ?? "", rawTruncated: json["raw_truncated"] == true)
    time = json["time"]?.string.flatMap { Timestamp(parsing: $0) }
    host = json["host"]?.string
    user = json["user"]?.string
    sourceIP = json["src_ip"]?.string
    sourcePort = json["src_port"]?.integer
    destinationIP = json["dst_ip"]?.string
    destinationPort = json["dst_port"]?.integer
    direction = json["direction"]?.string.flatMap(Sighting.Direction.init(rawValue:))
    outcome = json["outcome"]?.string.flatMap(Sighting.Outcome.init(rawValue:))
  }
}

extension ScoringPolicy.Score {
  /// `{"points","parts":[{"name","value","factor"}]}`; the severity stands beside it.
  public var json: JSONObject {
    [
      "points": JSONValue(points),
      "parts": .array(parts.map { ["name": .string($0.name), "value": .string($0.value), "factor": JSONValue($0.factor)] }),
    ]
  }

  init?(json: JSONValue, severity: Severity) {
    guard let points = json["points"]?.integer else { return nil }
    let parts = (json["parts"]?.array ?? []).compactMap { part -> ScoringPolicy.Part? in
      guard let name = part["name"]?.string, let value = part["value"]?.string, let factor = part["factor"]?.scalarText.flatMap(Double.init)
      else { return nil }
      return ScoringPolicy.Part(name: name, value: value, factor: factor)
    }
    self.init(points: points, severity: severity, parts: parts)
  }
}
