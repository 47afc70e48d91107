import Indicators
import Syntax

/// One MISP event with an attribute an indicator, in MISP's own vocabulary of types and categories.
struct MISPEventFormat: InterchangeFormat {
  let header: String
  let footer = "\n]}}\n"
  private var isFirst = true

  init(now: Timestamp) {
    let date = now.iso8601.prefix(10)
    let event: JSONObject = [
      "info": "Ukai indicator set", "date": .string(String(date)), "timestamp": .string(String(now.seconds)), "analysis": "2",
      "threat_level_id": "2", "published": false, "uuid": .string(DeterministicUUID.make("misp-event/\(date)")),
      "Orgc": ["name": "Ukai", "uuid": .string(DeterministicUUID.make("misp-organisation"))],
    ]
    header = "{\"Event\":" + event.serialized().dropLast() + ",\"Attribute\":[\n"
  }

  mutating func text(for indicator: Indicator) -> String? {
    guard let (type, category) = Self.vocabulary(indicator.type) else { return nil }
    var attribute: JSONObject = [
      "uuid": .string(DeterministicUUID.make("misp-attribute/\(indicator.type.rawValue)/\(indicator.value)")), "type": .string(type),
      "category": .string(category), "to_ids": true, "value": .string(Self.value(indicator)),
    ]
    if !indicator.summary.isEmpty { attribute["comment"] = .string(indicator.summary) }
    if let first = indicator.firstSeen { attribute["first_seen"] = .string(first.iso8601) }
    if let last = indicator.lastSeen { attribute["last_seen"] = .string(last.iso8601) }
    var tags = indicator.tags.map { JSONValue.object(["name": .string($0)]) }
    if let tlp = indicator.tlp { tags.append(["name": .string("tlp:\(tlp)")]) }
    for actor in indicator.actors.compactMap(\.name) { tags.append(["name": .string("misp-galaxy:threat-actor=\"\(actor)\"")]) }
    if !tags.isEmpty { attribute["Tag"] = .array(tags) }
    defer { isFirst = false }
    return (isFirst ? "" : ",\n") + attribute.serialized()
  }

  /// `ip-dst|port` and `hostname|port` want a bar where we have a colon.
  private static func value(_ indicator: Indicator) -> String {
    guard [.ipv4Port, .ipv6Port, .domainPort].contains(indicator.type), let colon = indicator.value.lastIndex(of: ":") else {
      return indicator.value
    }
    let host = indicator.value[..<colon].filter { $0 != "[" && $0 != "]" }
    return host + "|" + indicator.value[indicator.value.index(after: colon)...]
  }

  private static func vocabulary(_ type: IndicatorType) -> (type: String, category: String)? {
    switch type {
    case .ipv4, .ipv6, .cidr: ("ip-dst", "Network activity")
    case .ipv4Port, .ipv6Port: ("ip-dst|port", "Network activity")
    // MISP takes no `*.name` for a domain, and the name is not what is meant.
    case .domain, .onion: ("domain", "Network activity")
    case .domainPort: ("hostname|port", "Network activity")
    case .url: ("url", "Network activity")
    case .email: ("email-src", "Payload delivery")
    case .asn: ("AS", "Network activity")
    case .userAgent: ("user-agent", "Network activity")
    case .md5, .sha1, .sha224, .sha256, .sha384, .sha512, .imphash, .ssdeep, .tlsh: (type.rawValue, "Payload delivery")
    case .ja3: ("ja3-fingerprint-md5", "Network activity")
    case .jarm: ("jarm-fingerprint", "Network activity")
    case .btc: ("btc", "Financial fraud")
    case .xmr: ("xmr", "Financial fraud")
    case .dash: ("dash", "Financial fraud")
    case .filename: ("filename", "Payload delivery")
    case .pathWindows, .pathPOSIX: ("filename", "Artifacts dropped")
    case .registry: ("regkey", "Artifacts dropped")
    case .mutex: ("mutex", "Artifacts dropped")
    case .cve: ("vulnerability", "External analysis")
    case .githubRepository: ("github-repository", "Social network")
    case .githubAccount: ("github-username", "Social network")
    default: nil
    }
  }
}
