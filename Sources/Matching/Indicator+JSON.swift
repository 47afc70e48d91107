public import Indicators
public import Syntax

extension ActorAttribution {
  /// `{"id","name","status","raw","parents"}`; what is not known is left out.
  public var json: JSONObject {
    var object = JSONObject()
    if let id { object["id"] = .string(id) }
    if let name { object["name"] = .string(name) }
    object["status"] = .string(status.rawValue)
    object["raw"] = .string(raw)
    if !parents.isEmpty { object["parents"] = JSONValue(parents) }
    if !candidates.isEmpty { object["candidates"] = JSONValue(candidates) }
    return object
  }

  public init?(json: JSONValue) {
    guard let raw = json["raw"]?.string, let status = json["status"]?.string.flatMap(Status.init(rawValue:)) else { return nil }
    self.init(
      status: status, raw: raw, id: json["id"]?.string, name: json["name"]?.string, parents: json["parents"]?.strings ?? [],
      candidates: json["candidates"]?.strings ?? [])
  }
}

extension Indicator {
  /// The `indicator` member of a record, actors left out (they stand beside it).
  public var json: JSONObject {
    var object: JSONObject = ["type": .string(type.rawValue), "value": .string(value)]
    if observable.match != value { object["match"] = .string(observable.match) }
    if !observable.flags.isEmpty { object["flags"] = JSONValue(observable.flags) }
    object["feeds"] = JSONValue(feeds)
    if let firstSeen { object["first_seen"] = .string(firstSeen.iso8601) }
    if let lastSeen { object["last_seen"] = .string(lastSeen.iso8601) }
    if let validUntil { object["valid_until"] = .string(validUntil.iso8601) }
    object["confidence"] = JSONValue(confidence)
    if !tags.isEmpty { object["tags"] = JSONValue(tags) }
    if !malware.isEmpty { object["malware"] = JSONValue(malware) }
    if let tlp { object["tlp"] = .string(tlp) }
    if !references.isEmpty { object["references"] = JSONValue(references) }
    return object
  }
}

extension Indicator {
  /// Reads back what ``json`` wrote; actors stand beside it and are the caller's.
  public init?(json: JSONValue) {
    guard let type = json["type"]?.string.flatMap(IndicatorType.init(rawValue:)), let value = json["value"]?.string else { return nil }
    func time(_ key: String) -> Timestamp? { json[key]?.string.flatMap { Timestamp(parsing: $0) } }
    self.init(
      observable: Observable(type: type, canonical: value, match: json["match"]?.string, flags: json["flags"]?.strings ?? []),
      feeds: json["feeds"]?.strings ?? [], firstSeen: time("first_seen"), lastSeen: time("last_seen"), validUntil: time("valid_until"),
      confidence: json["confidence"]?.integer ?? 0, tags: json["tags"]?.strings ?? [], malware: json["malware"]?.strings ?? [],
      tlp: json["tlp"]?.string, references: json["references"]?.strings ?? [])
  }
}
