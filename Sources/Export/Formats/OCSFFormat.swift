internal import Indicators
internal import Matching
internal import Rules
internal import Syntax

/// OCSF 1.5 Detection Finding (class 2004), one a line. A changed status is the activity Update or Close of the same finding.
struct OCSFFormat: AlertFormat {
  func encode(_ record: ExportRecord) -> String {
    let alert = record.alert
    let sample = alert.sample
    let activity = record.isFirst ? 1 : alert.status == .closed ? 3 : 2
    var object: JSONObject = [
      "activity_id": JSONValue(activity), "activity_name": .string(["Create", "Update", "Close"][activity - 1]), "category_uid": 2,
      "category_name": "Findings", "class_uid": 2004, "class_name": "Detection Finding", "type_uid": JSONValue(200_400 + activity),
      "type_name": .string("Detection Finding: " + ["Create", "Update", "Close"][activity - 1]),
      "severity_id": JSONValue(alert.severity.rank + 1), "severity": .string(alert.severity.rawValue.prefix(1).uppercased() + alert.severity.rawValue.dropFirst()),
      "time": milliseconds(alert.lastSeen), "start_time": milliseconds(alert.firstSeen), "end_time": milliseconds(alert.lastSeen),
      "count": JSONValue(alert.count), "is_alert": .bool(activity != 3), "confidence_score": JSONValue(alert.indicator.confidence),
      "confidence_id": JSONValue(confidence(alert.indicator).id),
      "confidence": .string(confidence(alert.indicator).name),
      "status_id": JSONValue([Alert.Status.new: 1, .acknowledged: 2, .closed: 4][alert.status] ?? 0),
      "status": .string([Alert.Status.new: "New", .acknowledged: "In Progress", .closed: "Resolved"][alert.status] ?? "Unknown"),
      "message": .string(AlertText.message(alert)),
    ]
    object["metadata"] = [
      "version": "1.5.0", "uid": .string("\(alert.id)-\(record.version)"), "logged_time": milliseconds(record.exportedAt), "profiles": ["osint"],
      "product": ["name": .string(Product.name), "vendor_name": .string(Product.vendor), "version": .string(Product.version)],
    ]
    object["finding_info"] = [
      "uid": .string(alert.id), "title": .string(AlertText.title(alert)),
      "created_time": milliseconds(alert.foundAt ?? alert.firstSeen), "first_seen_time": milliseconds(alert.firstSeen),
      "last_seen_time": milliseconds(alert.lastSeen), "types": ["Threat Intelligence"],
      "analytic": [
        "type_id": 1, "type": "Rule", "name": .string("\(sample.match.mode.rawValue)/\(sample.match.view.rawValue)"),
        "uid": .string("ukai.\(alert.indicator.type.rawValue).\(sample.match.mode.rawValue)"),
      ],
    ]
    if let points = alert.score?.points { object["risk_score"] = JSONValue(points) }
    if let warning = alert.warning { object["unmapped"] = ["warning": .string(warning), "assets": JSONValue(alert.wideAssets)] }
    object["osint"] = [.object(osint(alert.indicator))]
    object["observables"] = .array(observables(sample))
    object["evidences"] = [.object(evidence(sample))]
    return object.serialized()
  }

  private func milliseconds(_ time: Timestamp) -> JSONValue { JSONValue(Int(time.microseconds / 1000)) }

  private func osint(_ indicator: Indicator) -> JSONObject {
    let (typeID, typeName) = osintType(indicator.type)
    var object: JSONObject = [
      "type_id": JSONValue(typeID), "type": .string(typeName), "value": .string(indicator.value),
      "vendor_name": .string(indicator.feeds.joined(separator: ", ")), "confidence_id": JSONValue(confidence(indicator).id),
      "confidence": .string(confidence(indicator).name),
    ]
    if let until = indicator.validUntil { object["expiration_time"] = milliseconds(until) }
    if let reference = indicator.references.first { object["src_url"] = .string(reference) }
    if let tlp = indicator.tlp { object["tlp"] = .string(tlp.uppercased().replacing("+", with: " ")) }
    if !indicator.tags.isEmpty { object["labels"] = JSONValue(indicator.tags) }
    if let actor = indicator.actors.first(where: { $0.status == .resolved }) {
      object["threat_actor"] = ["name": .string(actor.name ?? actor.raw), "type_id": 0, "type": "Unknown"]
    }
    return object
  }

  private func confidence(_ indicator: Indicator) -> (id: Int, name: String) {
    indicator.confidence >= 70 ? (3, "High") : indicator.confidence >= 30 ? (2, "Medium") : (1, "Low")
  }

  /// OCSF's `osint.type_id` with its caption: what it has no number for is 99, Other, by our own name.
  private func osintType(_ type: IndicatorType) -> (id: Int, name: String) {
    switch type {
    case .ipv4, .ipv6, .ipv4Port, .ipv6Port, .cidr, .ipRange: (1, "IP Address")
    case .domain, .domainWildcard, .domainPort, .onion: (2, "Domain")
    case .md5, .sha1, .sha224, .sha256, .sha384, .sha512, .imphash, .ssdeep, .tlsh: (4, "Hash")
    case .url: (5, "URL")
    case .userAgent: (6, "User Agent")
    case .email: (9, "Email Address")
    case .cve: (10, "Vulnerability")
    case .registry: (12, "Registry Key")
    case .filename, .pathWindows, .pathPOSIX: (11, "File")
    default: (99, type.rawValue)
    }
  }

  private func observables(_ sample: Sighting) -> [JSONValue] {
    let (id, name) =
      switch sample.indicator.type {
      case .domain, .domainWildcard, .onion: (1, "Hostname")
      case .ipv4, .ipv6, .ipv4Port, .ipv6Port, .cidr, .ipRange: (2, "IP Address")
      case .email: (5, "Email Address")
      case .url: (6, "URL String")
      case .filename: (7, "File Name")
      case .md5, .sha1, .sha224, .sha256, .sha384, .sha512: (8, "Hash")
      default: (99, sample.indicator.type.rawValue)
      }
    return [
      ["name": .string(sample.match.field ?? "raw_data"), "type_id": JSONValue(id), "type": .string(name), "value": .string(sample.match.value)]
    ]
  }

  private func evidence(_ sample: Sighting) -> JSONObject {
    var object: JSONObject = [
      "data": ["raw": .string(sample.event.raw), "file": .string(sample.source.path), "line": JSONValue(sample.match.line), "offset": JSONValue(sample.match.offset)]
    ]
    func endpoint(_ ip: String?, _ port: Int?) -> JSONValue? {
      guard let ip else { return nil }
      var object: JSONObject = ["ip": .string(ip)]
      if let port { object["port"] = JSONValue(port) }
      return .object(object)
    }
    object["src_endpoint"] = endpoint(sample.event.sourceIP, sample.event.sourcePort)
    object["dst_endpoint"] = endpoint(sample.event.destinationIP, sample.event.destinationPort)
    if let user = sample.event.user { object["actor"] = ["user": ["name": .string(user)]] }
    if let host = sample.event.host { object["device"] = ["hostname": .string(host), "type_id": 0] }
    return object
  }
}
