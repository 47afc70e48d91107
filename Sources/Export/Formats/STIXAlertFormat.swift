internal import Indicators
internal import Matching
internal import Syntax

/// One STIX 2.1 bundle a line: indicator, sighting, observed data, the reporting identity, the asset, intrusion sets and their
/// relationships. All ids depend on the content, so that a receiver folds repetitions; `modified` grows with every change of an alert.
struct STIXAlertFormat: AlertFormat {
  let contentType = "application/stix+json;version=2.1"
  private static let identity = "identity--" + DeterministicUUID.make("identity/ukai")
  private static let origin = "2026-01-01T00:00:00.000Z"

  func encode(_ record: ExportRecord) -> String {
    let alert = record.alert
    // The sighting that opened the alert keeps its time, whatever comes later.
    let created = Self.instant(alert.sample.observedAt)
    let changed = record.version == 1 ? alert.lastSeen : max(alert.lastSeen, record.exportedAt)
    let times = Times(created: created, modified: max(created, Self.instant(changed)))
    let first = Self.instant(alert.firstSeen)
    let last = max(first, Self.instant(alert.lastSeen))
    let indicatorID = "indicator--" + DeterministicUUID.make("indicator/\(alert.indicator.type.rawValue)/\(alert.indicator.observable.match)")
    let observable = STIXObservable.object(for: alert.indicator.observable, matched: alert.sample.match.value)
    let observedID = "observed-data--" + DeterministicUUID.make("observed-data/\(alert.id)")
    let assetID = "identity--" + DeterministicUUID.make("asset/\(alert.asset)")
    let count = JSONValue(min(alert.count, 999_999_999))
    var objects: [JSONObject] = [
      identity(Self.identity, "Ukai", created: Self.origin), indicator(alert.indicator, id: indicatorID, fallback: created),
      identity(assetID, alert.asset, created: Self.origin), observable,
      make(
        "observed-data", observedID, times,
        [
          ("first_observed", .string(first)), ("last_observed", .string(last)), ("number_observed", count),
          ("object_refs", [observable["id"] ?? .null]),
        ]),
      make(
        "sighting", "sighting--" + DeterministicUUID.make("sighting/\(alert.id)"), times,
        [
          ("description", .string(AlertText.message(alert))), ("first_seen", .string(first)), ("last_seen", .string(last)), ("count", count),
          ("sighting_of_ref", .string(indicatorID)), ("observed_data_refs", [.string(observedID)]), ("where_sighted_refs", [.string(assetID)]),
          ("confidence", JSONValue([15, 30, 50, 75, 95][alert.severity.rank])),
          ("labels", [.string("severity:\(alert.severity.rawValue)"), .string("status:\(alert.status.rawValue)")]),
        ]),
    ]
    var seen: Set<String> = []
    for actor in alert.indicator.actors where actor.status == .resolved {
      guard let id = actor.id, seen.insert(id).inserted else { continue }
      objects += intrusionSet(id, alert.indicator.actors.filter { $0.id == id }, indicatorID, times)
    }
    let bundle: JSONObject = [
      "type": "bundle", "id": .string("bundle--" + DeterministicUUID.make("bundle/\(alert.id)/\(record.version)")),
      "objects": .array(objects.map { .object(marked($0, alert.indicator.tlp)) }),
    ]
    return bundle.serialized()
  }

  private struct Times {
    var created: String
    var modified: String
  }

  private func make(_ type: String, _ id: String, _ times: Times, _ members: [(String, JSONValue)]) -> JSONObject {
    var object: JSONObject = [
      "type": .string(type), "spec_version": "2.1", "id": .string(id), "created_by_ref": .string(Self.identity),
      "created": .string(times.created), "modified": .string(times.modified),
    ]
    for (key, value) in members { object[key] = value }
    return object
  }

  private func identity(_ id: String, _ name: String, created: String) -> JSONObject {
    [
      "type": "identity", "spec_version": "2.1", "id": .string(id), "created": .string(created), "modified": .string(created),
      "name": .string(name), "identity_class": "system",
    ]
  }

  private func indicator(_ indicator: Indicator, id: String, fallback: String) -> JSONObject {
    let pattern = STIXPattern.pattern(for: indicator.observable) ?? STIXPattern.text(indicator.value)
    let from = indicator.firstSeen.map(Self.instant) ?? fallback
    let times = Times(created: from, modified: max(from, indicator.lastSeen.map(Self.instant) ?? from))
    var object = make(
      "indicator", id, times,
      [
        ("name", .string(indicator.value)),
        ("description", .string("\(indicator.type.rawValue) listed by \(indicator.feeds.joined(separator: ", "))")), ("indicator_types", ["malicious-activity"]), ("pattern", .string(pattern)), ("pattern_type", "stix"),
        ("valid_from", .string(from)), ("confidence", JSONValue(indicator.confidence)),
      ])
    if let until = indicator.validUntil.map(Self.instant), until > from { object["valid_until"] = .string(until) }
    if !indicator.tags.isEmpty { object["labels"] = JSONValue(indicator.tags) }
    let source = indicator.feeds.first ?? "feed"
    let references = indicator.references.filter { $0.hasPrefix("http") }.map { ["source_name": .string(source), "url": .string($0)] as JSONValue }
    let feeds = indicator.feeds.map { ["source_name": .string($0), "description": "The feed that lists it"] as JSONValue }
    if !(references + feeds).isEmpty { object["external_references"] = .array(references + feeds) }
    return object
  }

  private func intrusionSet(_ id: String, _ names: [ActorAttribution], _ indicatorID: String, _ times: Times) -> [JSONObject] {
    let set = "intrusion-set--" + DeterministicUUID.make("actor/\(id)")
    let primary = names.lazy.compactMap(\.name).first ?? id
    let still = Times(created: Self.origin, modified: Self.origin)
    var object = make("intrusion-set", set, still, [("name", .string(primary))])
    let aliases = Set(names.map(\.raw)).subtracting([primary]).sorted()
    if !aliases.isEmpty { object["aliases"] = JSONValue(aliases) }
    object["external_references"] = [["source_name": "ukai", "external_id": .string(id)]]
    let relation = make(
      "relationship", "relationship--" + DeterministicUUID.make("indicates/\(indicatorID)/\(id)"), times,
      [("relationship_type", "indicates"), ("source_ref", .string(indicatorID)), ("target_ref", .string(set))])
    return [object, relation]
  }

  /// The marking that the feed asks for, on everything that tells of it.
  private func marked(_ object: JSONObject, _ tlp: String?) -> JSONObject {
    let type = object["type"]?.string
    guard let tlp, let marking = Self.markings[tlp], type != "identity", type != "intrusion-set" else { return object }
    var copy = object
    copy["object_marking_refs"] = [.string("marking-definition--" + marking)]
    return copy
  }

  /// STIX 2.1, section 7.2.1.4. It knows no stricter amber: that is red.
  private static let markings = [
    "clear": "613f2e26-407d-48c7-9eca-b8e91df99dc9", "white": "613f2e26-407d-48c7-9eca-b8e91df99dc9",
    "green": "34098fce-860f-48ae-8e50-ebd3cc5e41da", "amber": "f88d31f6-486f-44da-b317-01333bde0b82",
    "amber+strict": "5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "red": "5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
  ]

  /// STIX wants a fraction of milliseconds.
  static func instant(_ time: Timestamp) -> String {
    let whole = Timestamp(seconds: time.seconds).iso8601.dropLast()
    let milliseconds = String(max(0, (time.microseconds - time.seconds * 1_000_000) / 1000))
    return "\(whole).\(String(repeating: "0", count: 3 - milliseconds.count))\(milliseconds)Z"
  }
}
