public import Indicators
import Syntax

/// A STIX 2.1 bundle of `indicator` objects, streamed; ids depend on the values alone.
struct STIXIndicatorFormat: InterchangeFormat {
  let header: String
  let footer = "\n]}\n"
  private let created: String
  private static let identity = "identity--" + DeterministicUUID.make("identity/ukai")

  init(now: Timestamp) {
    created = STIXAlertFormat.instant(now)
    let author: JSONObject = [
      "type": "identity", "spec_version": "2.1", "id": .string(Self.identity), "created": "2026-01-01T00:00:00.000Z",
      "modified": "2026-01-01T00:00:00.000Z", "name": "Ukai", "identity_class": "system",
    ]
    header =
      "{\"type\":\"bundle\",\"id\":\"bundle--\(DeterministicUUID.make("bundle/\(now.microseconds)"))\",\"objects\":[\n"
      + author.serialized()
  }

  mutating func text(for indicator: Indicator) -> String? {
    guard let pattern = STIXPattern.pattern(for: indicator.observable) else { return nil }
    let key = "\(indicator.type.rawValue)/\(indicator.observable.match)"
    // valid_from is needed; the first time anyone saw it is the truest we have.
    let from = STIXAlertFormat.instant(indicator.firstSeen ?? indicator.lastSeen ?? Timestamp(seconds: 0))
    var object: JSONObject = [
      "type": "indicator", "spec_version": "2.1", "id": .string("indicator--" + DeterministicUUID.make("indicator/\(key)")),
      "created_by_ref": .string(Self.identity), "created": .string(from), "modified": .string(max(created, from)),
      "name": .string(indicator.value), "indicator_types": ["malicious-activity"], "pattern": .string(pattern),
      "pattern_type": "stix", "valid_from": .string(from), "confidence": JSONValue(indicator.confidence),
    ]
    if let until = indicator.validUntil.map(STIXAlertFormat.instant), until > from { object["valid_until"] = .string(until) }
    let labels = indicator.tags + indicator.actorNames + indicator.malware
    if !labels.isEmpty { object["labels"] = JSONValue(labels) }
    let references = indicator.references.filter { $0.hasPrefix("http") }
    if !references.isEmpty {
      object["external_references"] = .array(
        references.map { ["source_name": .string(indicator.feeds.first ?? "feed"), "url": .string($0)] })
    }
    return ",\n" + object.serialized()
  }
}

/// STIX patterns of single observables (STIX 2.1, section 9).
public enum STIXPattern {
  /// `[domain-name:value = 'evil.example']`, or nil when STIX has no object for the type.
  public static func pattern(for observable: Observable) -> String? {
    let value = literal(observable.canonical)
    switch observable.type {
    case .ipv4: return "[ipv4-addr:value = \(value)]"
    case .ipv6: return "[ipv6-addr:value = \(value)]"
    case .cidr: return "[\(observable.canonical.contains(":") ? "ipv6" : "ipv4")-addr:value ISSUBSET \(value)]"
    case .ipv4Port: return service("ipv4-addr", observable)
    case .ipv6Port: return service("ipv6-addr", observable)
    case .domainPort: return service("domain-name", observable)
    case .domainWildcard: return "[domain-name:value LIKE \(literal("%." + observable.match))]"
    case .domain, .onion: return "[domain-name:value = \(value)]"
    case .url: return "[url:value = \(value)]"
    case .email: return "[email-addr:value = \(value)]"
    case .md5: return "[file:hashes.MD5 = \(value)]"
    case .sha1: return "[file:hashes.'SHA-1' = \(value)]"
    case .sha256: return "[file:hashes.'SHA-256' = \(value)]"
    case .sha512: return "[file:hashes.'SHA-512' = \(value)]"
    case .ssdeep: return "[file:hashes.SSDEEP = \(value)]"
    case .tlsh: return "[file:hashes.TLSH = \(value)]"
    case .filename: return "[file:name = \(value)]"
    case .registry: return "[windows-registry-key:key = \(value)]"
    case .mutex: return "[mutex:name = \(value)]"
    case .userAgent: return "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = \(value)]"
    case .asn: return "[autonomous-system:number = \(observable.canonical.dropFirst(2))]"
    case .githubRepository: return "[url:value = \(literal("https://github.com/" + observable.canonical))]"
    default: return nil
    }
  }

  /// A host and the port behind the last colon of the value.
  private static func service(_ type: String, _ observable: Observable) -> String? {
    guard let colon = observable.canonical.lastIndex(of: ":") else { return nil }
    let port = observable.canonical[observable.canonical.index(after: colon)...]
    return "[network-traffic:dst_ref.type = '\(type)' AND network-traffic:dst_ref.value = \(literal(observable.match)) AND network-traffic:dst_port = \(port)]"
  }

  /// A pattern for text that STIX has no object for: an artefact whose content is the value.
  static func text(_ value: String) -> String { "[artifact:payload_bin = \(literal(STIXObservable.base64(value)))]" }

  private static func literal(_ text: String) -> String {
    var escaped = "'"
    for character in text.unicodeScalars {
      if character == "'" || character == "\\" { escaped += "\\" }
      escaped.unicodeScalars.append(character)
    }
    return escaped + "'"
  }
}
