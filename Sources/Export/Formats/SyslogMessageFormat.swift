internal import Indicators
internal import Matching
internal import Rules

/// RFC 5424 with the alert as structured data. CEF, LEEF and JSON ride in the same envelope.
public struct SyslogMessageFormat: AlertFormat {
  public let contentType = "text/plain; charset=utf-8"

  public init() {}

  public func encode(_ record: ExportRecord) -> String {
    let alert = record.alert
    return Self.envelope(record, structuredData: Self.structuredData(record), message: AlertText.message(alert))
  }

  /// The message with `payload` as its free text; the alert's id stands in the structured data for receivers that drop doubles.
  public static func envelope(_ record: ExportRecord, payload: String) -> String {
    envelope(record, structuredData: "[ukai@32473 id=\"\(record.alert.id)\" version=\"\(record.version)\"]", message: payload)
  }

  /// PRI is facility 13 (log audit); the host is the alert's when it is a name that RFC 5424 allows.
  private static func envelope(_ record: ExportRecord, structuredData: String, message: String) -> String {
    let severity = [6, 5, 4, 3, 2][record.alert.severity.rank]
    let host = record.alert.sample.event.host ?? record.alert.asset
    return "<\(13 * 8 + severity)>1 \(record.alert.lastSeen.iso8601) \(token(host, 255)) ukai - alert \(structuredData) \(ControlText.oneLine(message))"
  }

  private static func structuredData(_ record: ExportRecord) -> String {
    let alert = record.alert
    let sample = alert.sample
    var fields: [(String, String)] = [
      ("id", alert.id), ("version", String(record.version)), ("severity", alert.severity.rawValue), ("status", alert.status.rawValue),
      ("count", String(alert.count)), ("firstSeen", alert.firstSeen.iso8601), ("lastSeen", alert.lastSeen.iso8601),
      ("indicator", alert.indicator.value), ("indicatorType", alert.indicator.type.rawValue), ("matched", sample.match.value),
      ("mode", sample.match.mode.rawValue), ("confidence", String(alert.indicator.confidence)),
      ("feeds", alert.indicator.feeds.joined(separator: ", ")), ("actors", ActorText.line(alert.indicator.actors)),
      ("asset", alert.asset), ("file", sample.source.path), ("line", String(sample.match.line)),
    ]
    for (key, value) in [("src", sample.event.sourceIP), ("dst", sample.event.destinationIP), ("user", sample.event.user)] {
      if let value { fields.append((key, value)) }
    }
    // 32473 is the enterprise number that RFC 5612 keeps for examples.
    if let points = alert.score?.points { fields.append(("score", String(points))) }
    if let warning = alert.warning { fields += [("assets", String(alert.wideAssets)), ("warning", warning)] }
    return "[ukai@32473 " + fields.filter { !$0.1.isEmpty }.map { "\($0)=\"\(parameter($1))\"" }.joined(separator: " ") + "]"
  }

  /// PARAM-VALUE: `"`, `\` and `]` are escaped (RFC 5424, 6.3.3).
  private static func parameter(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" || scalar == "]" { result += "\\" }
      result.unicodeScalars.append(ControlText.isControl(scalar) ? " " : scalar)
    }
    return result
  }

  /// A header field: visible ASCII, or `-`.
  private static func token(_ text: String, _ limit: Int) -> String {
    let visible = text.utf8.filter { $0 > 0x20 && $0 < 0x7F }.prefix(limit)
    return visible.isEmpty || visible.count != text.utf8.count ? "-" : String(decoding: visible, as: UTF8.self)
  }
}
