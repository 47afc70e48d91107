internal import Indicators
internal import Matching
internal import Rules

/// ArcSight Common Event Format 0. Header fields escape `\` and `|`; extension values escape `\` and `=` and the line ends.
struct CEFFormat: AlertFormat {
  let contentType = "text/plain; charset=utf-8"

  func encode(_ record: ExportRecord) -> String {
    let alert = record.alert
    let header = [
      "CEF:0", Self.header(Product.vendor, 63), Self.header(Product.name, 63), Self.header(Product.version, 31),
      Self.header("indicator-" + alert.indicator.type.rawValue, 1023),
      Self.header("\(alert.indicator.type.rawValue) indicator seen", 512), String([1, 3, 5, 8, 10][alert.severity.rank]),
    ]
    return header.joined(separator: "|") + "|" + Self.fields(record).map { "\($0)=\(Self.value($1, limit: Self.limits[$0] ?? 4000))" }.joined(separator: " ")
  }

  /// Characters that a key's value has at most; a receiver drops or cuts what is longer.
  private static let limits = [
    "externalId": 40, "act": 63, "shost": 1023, "dhost": 1023, "suser": 1023, "request": 1023, "fileHash": 255, "fname": 1023, "filePath": 1023,
    "msg": 1023, "flexString1": 1023, "src": 39, "dst": 39,
  ]

  private static func fields(_ record: ExportRecord) -> [(String, String)] {
    let alert = record.alert
    let sample = alert.sample
    let event = sample.event
    var fields: [(String, String)] = [
      ("externalId", alert.id), ("rt", milliseconds(alert.lastSeen)), ("start", milliseconds(alert.firstSeen)),
      ("end", milliseconds(alert.lastSeen)), ("cnt", String(alert.count)),
    ]
    func add(_ key: String, _ value: String?) { if let value, !value.isEmpty { fields.append((key, value)) } }
    add("src", event.sourceIP.flatMap { $0.contains(":") ? nil : $0 })
    add("dst", event.destinationIP.flatMap { $0.contains(":") ? nil : $0 })
    if let source = event.sourceIP, source.contains(":") { fields += [("c6a2", source), ("c6a2Label", "Source IPv6 Address")] }
    if let target = event.destinationIP, target.contains(":") { fields += [("c6a3", target), ("c6a3Label", "Destination IPv6 Address")] }
    add("spt", event.sourcePort.map(String.init))
    add("dpt", event.destinationPort.map(String.init))
    add("shost", event.host)
    add("suser", event.user)
    add("act", event.outcome?.rawValue)
    switch event.direction {
    case .inbound: add("deviceDirection", "0")
    case .outbound: add("deviceDirection", "1")
    default: break
    }
    switch alert.indicator.type {
    case .url: add("request", sample.match.value)
    case .domain, .domainWildcard, .onion: add("dhost", sample.match.value)
    case .md5, .sha1, .sha224, .sha256, .sha384, .sha512: add("fileHash", alert.indicator.value)
    case .filename: add("fname", alert.indicator.value)
    default: break
    }
    func custom(_ number: Int, _ label: String, _ value: String) {
      if !value.isEmpty { fields += [("cs\(number)", value), ("cs\(number)Label", label)] }
    }
    custom(1, "matched", sample.match.value)
    custom(2, "indicator", alert.indicator.value)
    custom(3, "indicatorType", alert.indicator.type.rawValue)
    custom(4, "matchMode", sample.match.view == .raw ? sample.match.mode.rawValue : "\(sample.match.mode.rawValue)/\(sample.match.view.rawValue)")
    custom(5, "feeds", alert.indicator.feeds.joined(separator: ", "))
    custom(6, "actors", ActorText.line(alert.indicator.actors))
    fields += [("cn1", String(alert.indicator.confidence)), ("cn1Label", "confidence")]
    fields += [("filePath", sample.source.path), ("cn2", String(sample.match.line)), ("cn2Label", "line")]
    if let points = alert.score?.points { fields += [("cn3", String(points)), ("cn3Label", "score")] }
    if let warning = alert.warning { fields += [("flexString1", warning), ("flexString1Label", "warning")] }
    fields.append(("msg", "\(alert.indicator.value) on \(alert.asset), \(alert.status.rawValue), \(alert.severity.rawValue)"))
    return fields
  }

  private static func milliseconds(_ time: Timestamp) -> String { String(time.microseconds / 1000) }

  private static func header(_ text: String, _ limit: Int) -> String {
    var result = ""
    for scalar in text.unicodeScalars.prefix(limit / 2) {
      switch scalar {
      case "\\": result += "\\\\"
      case "|": result += "\\|"
      default: result.unicodeScalars.append(ControlText.isControl(scalar) ? " " : scalar)
      }
    }
    return result
  }

  private static func value(_ text: String, limit: Int) -> String {
    var result = ""
    // An escape counts as what it stands for.
    for scalar in text.unicodeScalars.prefix(limit) {
      switch scalar {
      case "\\": result += "\\\\"
      case "=": result += "\\="
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      default: result.unicodeScalars.append(ControlText.isControl(scalar) ? " " : scalar)
      }
    }
    return result
  }
}
