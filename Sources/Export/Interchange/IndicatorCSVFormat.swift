import Indicators

/// RFC 4180, one row an indicator. Cells that a spreadsheet would run are made text by a leading apostrophe.
struct IndicatorCSVFormat: InterchangeFormat {
  let header =
    "value,type,confidence,first_seen,last_seen,valid_until,feeds,actors,malware,tags,tlp,reference\r\n"

  func text(for indicator: Indicator) -> String? {
    let cells = [
      indicator.value, indicator.type.rawValue, String(indicator.confidence), indicator.firstSeen?.iso8601 ?? "",
      indicator.lastSeen?.iso8601 ?? "", indicator.validUntil?.iso8601 ?? "", indicator.feeds.joined(separator: ";"),
      indicator.actorNames.joined(separator: ";"), indicator.malware.joined(separator: ";"), indicator.tags.joined(separator: ";"),
      indicator.tlp ?? "", indicator.references.first ?? "",
    ]
    return cells.map(Self.cell).joined(separator: ",") + "\r\n"
  }

  static func cell(_ text: String) -> String {
    let guarded = text.unicodeScalars.first.map { "=+-@\t\r\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars.contains($0) } ?? false ? "'" + text : text
    guard guarded.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return guarded }
    return "\"" + guarded.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
