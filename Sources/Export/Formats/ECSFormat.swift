internal import Indicators
internal import Matching
internal import Rules
internal import Syntax

/// Elastic Common Schema 8 and 9, one document a line: `event.kind` alert with `threat.enrichments`.
struct ECSFormat: AlertFormat {
  func encode(_ record: ExportRecord) -> String { Self.document(record).serialized() }

  static func document(_ record: ExportRecord) -> JSONObject {
    let alert = record.alert
    let event = alert.sample.event
    var object: JSONObject = [
      "@timestamp": .string(alert.lastSeen.iso8601), "ecs": ["version": "8.17.0"],
      "message": .string(AlertText.message(alert)),
    ]
    var eventObject: JSONObject = [
      "kind": "alert", "category": ["threat"], "type": ["indicator"], "id": .string(alert.id), "dataset": "ukai.alert", "module": "ukai",
      "provider": "ukai", "start": .string(alert.firstSeen.iso8601), "end": .string(alert.lastSeen.iso8601),
      "created": .string((alert.foundAt ?? record.exportedAt).iso8601), "severity": JSONValue(severity(alert.severity)), "original": .string(event.raw),
    ]
    if let outcome = event.outcome { eventObject["outcome"] = .string(outcome == .allowed ? "success" : "failure") }
    if let points = alert.score?.points { eventObject["risk_score"] = JSONValue(points) }
    object["event"] = .object(eventObject)
    object["threat"] = .object(threat(alert))
    if let ip = event.sourceIP { object["source"] = endpoint(ip, event.sourcePort) }
    if let ip = event.destinationIP { object["destination"] = endpoint(ip, event.destinationPort) }
    if let direction = event.direction { object["network"] = ["direction": .string(direction.rawValue)] }
    if let host = event.host { object["host"] = ["name": .string(host), "hostname": .string(host)] }
    if let user = event.user { object["user"] = ["name": .string(user)] }
    if alert.indicator.type == .url { object["url"] = ["original": .string(alert.sample.match.value)] }
    object["log"] = ["file": ["path": .string(alert.sample.source.path)]]
    object["observer"] = ["vendor": .string(Product.vendor), "product": .string(Product.name), "version": .string(Product.version)]
    object["rule"] = ["name": .string("\(alert.indicator.type.rawValue) indicator"), "category": "threat-intelligence"]
    object["related"] = related(alert)
    var alertObject: JSONObject = [
      "count": JSONValue(alert.count), "status": .string(alert.status.rawValue), "asset": .string(alert.asset),
      "severity": .string(alert.severity.rawValue), "version": JSONValue(record.version),
    ]
    if let score = alert.score { alertObject["score"] = .object(score.json) }
    if let warning = alert.warning {
      alertObject["warning"] = .string(warning)
      alertObject["assets"] = JSONValue(alert.wideAssets)
    }
    object["ukai"] = [
      "alert": .object(alertObject),
      "match": [
        "mode": .string(alert.sample.match.mode.rawValue), "view": .string(alert.sample.match.view.rawValue),
        "line": JSONValue(alert.sample.match.line), "offset": JSONValue(alert.sample.match.offset),
      ], "indicator": ["type": .string(alert.indicator.type.rawValue), "value": .string(alert.indicator.value)],
      "actors": .array(alert.indicator.actors.map { .object($0.json) }),
    ]
    if !alert.indicator.tags.isEmpty { object["tags"] = JSONValue(alert.indicator.tags) }
    return object
  }

  /// What analysts pivot by.
  private static func related(_ alert: Alert) -> JSONValue {
    let event = alert.sample.event
    var object = JSONObject()
    func add(_ key: String, _ values: [String?]) {
      let known = Set(values.compactMap { $0 }).sorted()
      if !known.isEmpty { object[key] = JSONValue(known) }
    }
    add("ip", [event.sourceIP, event.destinationIP])
    add("hosts", [event.host])
    add("user", [event.user])
    if [.md5, .sha1, .sha256, .sha384, .sha512].contains(alert.indicator.type) { add("hash", [alert.indicator.value]) }
    return .object(object)
  }

  private static func endpoint(_ ip: String, _ port: Int?) -> JSONValue {
    var object: JSONObject = ["ip": .string(ip), "address": .string(ip)]
    if let port { object["port"] = JSONValue(port) }
    return .object(object)
  }

  private static func threat(_ alert: Alert) -> JSONObject {
    let indicator = alert.indicator
    let match = alert.sample.match
    var matched: JSONObject = [
      "atomic": .string(match.value), "type": "indicator_match_rule", "id": .string(alert.id),
      "occurred": .string(alert.sample.observedAt.iso8601),
    ]
    if let field = match.field { matched["field"] = .string(field) }
    var threat: JSONObject = [
      "enrichments": [["indicator": .object(indicatorObject(indicator)), "matched": .object(matched)]],
      "feed": ["name": .string(indicator.feeds.joined(separator: ", "))],
    ]
    if let actor = indicator.actors.first(where: { $0.status == .resolved }), let id = actor.id {
      var group: JSONObject = ["id": .string(id), "name": .string(actor.name ?? id)]
      let aliases = Set(indicator.actors.filter { $0.id == id }.map(\.raw)).subtracting([actor.name ?? id]).sorted()
      if !aliases.isEmpty { group["alias"] = JSONValue(aliases) }
      threat["group"] = .object(group)
    }
    if let malware = indicator.malware.first { threat["software"] = ["name": .string(malware)] }
    return threat
  }

  private static func indicatorObject(_ indicator: Indicator) -> JSONObject {
    let value = indicator.value
    var object: JSONObject = [
      "type": .string(type(indicator)), "name": .string(value), "confidence": .string(confidence(indicator.confidence)),
      "provider": .string(indicator.feeds.joined(separator: ", ")),
    ]
    if let first = indicator.firstSeen { object["first_seen"] = .string(first.iso8601) }
    if let last = indicator.lastSeen { object["last_seen"] = .string(last.iso8601) }
    if let reference = indicator.references.first { object["reference"] = .string(reference) }
    if let tlp = indicator.tlp { object["marking"] = ["tlp": .string(tlp.uppercased())] }
    switch indicator.type {
    case .ipv4, .ipv6: object["ip"] = .string(value)
    case .ipv4Port, .ipv6Port:
      object["ip"] = .string(indicator.observable.match)
      if let port = value.split(separator: ":").last.flatMap({ Int($0) }) { object["port"] = JSONValue(port) }
    case .email: object["email"] = ["address": .string(value)]
    case .url: object["url"] = ["original": .string(value), "full": .string(value)]
    case .domain, .domainWildcard, .onion: object["url"] = ["domain": .string(value)]
    case .md5, .sha1, .sha256, .sha384, .sha512, .ssdeep, .tlsh:
      object["file"] = .object(["hash": .object([indicator.type.rawValue: .string(value)])])
    case .filename: object["file"] = ["name": .string(value)]
    case .pathWindows, .pathPOSIX: object["file"] = ["path": .string(value)]
    case .registry: object["registry"] = ["path": .string(value)]
    default: break
    }
    return object
  }

  /// ECS's vocabulary (STIX 2 cyber-observable types); it has no word for a wallet or a package.
  private static func type(_ indicator: Indicator) -> String {
    switch indicator.type {
    case .ipv4, .ipv4Port: "ipv4-addr"
    case .ipv6, .ipv6Port: "ipv6-addr"
    case .cidr, .ipRange: indicator.value.contains(":") ? "ipv6-addr" : "ipv4-addr"
    case .domain, .domainWildcard, .domainPort, .onion: "domain-name"
    case .url, .githubRepository: "url"
    case .email: "email-addr"
    case .asn: "autonomous-system"
    case .md5, .sha1, .sha224, .sha256, .sha384, .sha512, .imphash, .ssdeep, .tlsh, .filename, .pathWindows, .pathPOSIX: "file"
    case .registry: "windows-registry-key"
    case .mutex: "mutex"
    case .npm, .pypi, .purl: "software"
    case .githubAccount, .linkedInProfile, .linkedInCompany, .telegram, .telegramInvite: "user-account"
    default: "unknown"
    }
  }

  private static func confidence(_ value: Int) -> String {
    switch value {
    case ..<1: "None"
    case 1..<30: "Low"
    case 30..<70: "Medium"
    default: "High"
    }
  }

  private static func severity(_ severity: Severity) -> Int { [10, 30, 50, 75, 95][severity.rank] }
}
