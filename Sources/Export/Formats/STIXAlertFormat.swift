internal import Indicators
internal import Matching
internal import Syntax

/// One STIX 2.1 bundle a line: indicator, sighting, observed data, the reporting identity, intrusion sets and their relationships. All
/// ids depend on the content, so that a receiver folds repetitions.
struct STIXAlertFormat: AlertFormat {
  let contentType = "application/stix+json;version=2.1"
  private static let identity = "identity--" + DeterministicUUID.make("identity/ukai")

  func encode(_ record: ExportRecord) -> String {
    let alert = record.alert
    let created = Self.instant(alert.firstSeen)
    let modified = max(created, Self.instant(alert.lastSeen))
    var objects: [JSONValue] = [
      [
        "type": "identity", "spec_version": "2.1", "id": .string(Self.identity), "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z", "name": "Ukai", "identity_class": "system",
      ]
    ]
    let indicatorID = "indicator--" + DeterministicUUID.make("indicator/\(alert.indicator.type.rawValue)/\(alert.indicator.observable.match)")
    objects.append(.object(indicator(alert.indicator, id: indicatorID, created: created, modified: modified)))
    let (observedID, observed) = observedData(alert, created: created, modified: modified)
    objects += observed
    let asset = "identity--" + DeterministicUUID.make("asset/\(alert.asset)")
    objects.append([
      "type": "identity", "spec_version": "2.1", "id": .string(asset), "created": .string(created), "modified": .string(created),
      "name": .string(alert.asset), "identity_class": "system",
    ])
    objects.append([
      "type": "sighting", "spec_version": "2.1", "id": .string("sighting--" + DeterministicUUID.make("sighting/\(alert.id)")),
      "created_by_ref": .string(Self.identity), "created": .string(created), "modified": .string(modified),
      "first_seen": .string(created), "last_seen": .string(modified), "count": JSONValue(min(alert.count, 999_999_999)),
      "sighting_of_ref": .string(indicatorID), "observed_data_refs": [.string(observedID)], "where_sighted_refs": [.string(asset)],
      "confidence": JSONValue([15, 30, 50, 75, 95][alert.severity.rank]),
    ])
    for actor in alert.indicator.actors where actor.status == .resolved { objects += intrusionSet(actor, indicatorID, created) }
    let bundle: JSONObject = [
      "type": "bundle", "id": .string("bundle--" + DeterministicUUID.make("bundle/\(alert.id)/\(record.version)")), "objects": .array(objects),
    ]
    return bundle.serialized()
  }

  private func indicator(_ indicator: Indicator, id: String, created: String, modified: String) -> JSONObject {
    // What STIX has no object for is carried as an artefact's text, so that nothing is lost on the way.
    let pattern = STIXPattern.pattern(for: indicator.observable) ?? STIXPattern.text(indicator.value)
    let from = indicator.firstSeen.map(Self.instant) ?? created
    var object: JSONObject = [
      "type": "indicator", "spec_version": "2.1", "id": .string(id), "created_by_ref": .string(Self.identity), "created": .string(created),
      "modified": .string(modified), "name": .string(indicator.value), "indicator_types": ["malicious-activity"], "pattern": .string(pattern),
      "pattern_type": "stix", "valid_from": .string(from), "confidence": JSONValue(indicator.confidence),
    ]
    if let until = indicator.validUntil.map(Self.instant), until > from { object["valid_until"] = .string(until) }
    if !indicator.tags.isEmpty { object["labels"] = JSONValue(indicator.tags) }
    let references = indicator.references.filter { $0.hasPrefix("http") }
    if !references.isEmpty {
      object["external_references"] = .array(references.map { ["source_name": .string(indicator.feeds.first ?? "feed"), "url": .string($0)] })
    }
    return object
  }

  /// The observable as STIX's own object where it has one, else a file named by the log line's place.
  private func observedData(_ alert: Alert, created: String, modified: String) -> (String, [JSONValue]) {
    let object = STIXObservable.object(for: alert.indicator.observable, matched: alert.sample.match.value)
    let id = "observed-data--" + DeterministicUUID.make("observed-data/\(alert.id)")
    let data: JSONObject = [
      "type": "observed-data", "spec_version": "2.1", "id": .string(id), "created_by_ref": .string(Self.identity), "created": .string(created),
      "modified": .string(modified), "first_observed": .string(created), "last_observed": .string(modified),
      "number_observed": JSONValue(min(alert.count, 999_999_999)), "object_refs": [object["id"] ?? .null],
    ]
    return (id, [.object(data), .object(object)])
  }

  private func intrusionSet(_ actor: ActorAttribution, _ indicatorID: String, _ created: String) -> [JSONValue] {
    guard let id = actor.id else { return [] }
    let set = "intrusion-set--" + DeterministicUUID.make("actor/\(id)")
    var object: JSONObject = [
      "type": "intrusion-set", "spec_version": "2.1", "id": .string(set), "created": .string("2026-01-01T00:00:00.000Z"),
      "modified": .string("2026-01-01T00:00:00.000Z"), "name": .string(actor.name ?? id),
    ]
    if let name = actor.name, actor.raw != name { object["aliases"] = [.string(actor.raw)] }
    return [
      .object(object),
      [
        "type": "relationship", "spec_version": "2.1", "id": .string("relationship--" + DeterministicUUID.make("indicates/\(indicatorID)/\(id)")),
        "created": .string(created), "modified": .string(created), "relationship_type": "indicates", "source_ref": .string(indicatorID),
        "target_ref": .string(set),
      ],
    ]
  }

  /// STIX wants a fraction of milliseconds.
  static func instant(_ time: Timestamp) -> String {
    let whole = Timestamp(seconds: time.seconds).iso8601.dropLast()
    let milliseconds = String(max(0, (time.microseconds - time.seconds * 1_000_000) / 1000))
    return "\(whole).\(String(repeating: "0", count: 3 - milliseconds.count))\(milliseconds)Z"
  }
}

/// Cyber-observable objects (STIX 2.1, section 6).
enum STIXObservable {
  static func object(for observable: Observable, matched: String) -> JSONObject {
    let value = observable.canonical
    func made(_ type: String, _ members: [(String, JSONValue)]) -> JSONObject {
      var object: JSONObject = [
        "type": .string(type), "spec_version": "2.1",
        "id": .string("\(type)--" + DeterministicUUID.make("observable/\(observable.type.rawValue)/\(observable.match)/\(matched)")),
      ]
      for (key, member) in members { object[key] = member }
      return object
    }
    switch observable.type {
    case .ipv4: return made("ipv4-addr", [("value", .string(value))])
    case .ipv6: return made("ipv6-addr", [("value", .string(value))])
    case .domain, .onion: return made("domain-name", [("value", .string(matched.lowercased()))])
    case .url: return made("url", [("value", .string(value))])
    case .email: return made("email-addr", [("value", .string(value))])
    case .md5: return made("file", [("hashes", ["MD5": .string(value)])])
    case .sha1: return made("file", [("hashes", ["SHA-1": .string(value)])])
    case .sha256: return made("file", [("hashes", ["SHA-256": .string(value)])])
    case .sha512: return made("file", [("hashes", ["SHA-512": .string(value)])])
    case .registry: return made("windows-registry-key", [("key", .string(value))])
    case .mutex: return made("mutex", [("name", .string(value))])
    default: return made("file", [("name", .string(matched))])
    }
  }
}
