internal import Indicators
internal import Matching
internal import Rules

/// QRadar's Log Event Extended Format 2.0 with a tab as delimiter.
struct LEEFFormat: AlertFormat {
  let contentType = "text/plain; charset=utf-8"

  func encode(_ record: ExportRecord) -> String {
    let alert = record.alert
    let event = alert.sample.event
    let header = ["LEEF:2.0", Product.vendor, Product.name, Product.version, "indicator-" + alert.indicator.type.rawValue, "x09"]
    var fields: [(String, String)] = [
      ("devTime", String(alert.lastSeen.microseconds / 1000)), ("sev", String([1, 3, 5, 8, 10][alert.severity.rank])),
      ("cat", "indicator"), ("ukaiId", alert.id), ("count", String(alert.count)),
    ]
    func add(_ key: String, _ value: String?) { if let value, !value.isEmpty { fields.append((key, value)) } }
    add("src", event.sourceIP)
    add("srcPort", event.sourcePort.map(String.init))
    add("dst", event.destinationIP)
    add("dstPort", event.destinationPort.map(String.init))
    add("usrName", event.user)
    add("identHostName", event.host)
    if alert.indicator.type == .url { add("url", alert.sample.match.value) }
    add("indicator", alert.indicator.value)
    add("indicatorType", alert.indicator.type.rawValue)
    add("matched", alert.sample.match.value)
    add("matchMode", alert.sample.match.mode.rawValue)
    add("feeds", alert.indicator.feeds.joined(separator: ", "))
    add("actors", ActorText.line(alert.indicator.actors))
    add("action", event.outcome?.rawValue)
    add("status", alert.status.rawValue)
    add("score", alert.score.map { String($0.points) })
    add("warning", alert.warning)
    add("asset", alert.asset)
    add("line", String(alert.sample.match.line))
    add("filePath", alert.sample.source.path)
    return header.joined(separator: "|") + "|" + fields.map { "\($0)=\(ControlText.oneLine($1))" }.joined(separator: "\t")
  }
}
