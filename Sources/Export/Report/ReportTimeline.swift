internal import Indicators
internal import Store

/// Sightings over time as stacked bars: drawn, not scripted, and told in words to who cannot see them.
struct ReportTimeline {
  private let summary: AlertSummary
  private static let width = 1120
  private static let height = 220
  private static let left = 56
  private static let bottom = 28

  init(_ summary: AlertSummary) { self.summary = summary }

  var html: String {
    guard let first = summary.timeline.first, let last = summary.timeline.last else {
      return "<section id=\"timeline\"><h2>Timeline</h2><p class=\"none\">Nothing was found.</p></section>"
    }
    let unit = [3600: "an hour", 86_400: "a day", 604_800: "a week"][summary.bucketSeconds] ?? "a span"
    let legend = Severity.allCases.reversed().filter { severity in summary.timeline.contains { ($0.sightings[severity] ?? 0) > 0 } }
      .map { "<span><i class=\"\($0.rawValue)\"></i>\($0.rawValue)</span>" }.joined()
    let total = summary.timeline.reduce(0) { $0 + $1.sightings.values.reduce(0, +) }
    let label = "\(total) sightings from \(HTMLReport.moment(first.from)) to \(HTMLReport.moment(last.from))"
    return "<section id=\"timeline\"><h2>Timeline</h2><p class=\"lead\">Sightings \(unit), coloured by the severity of their alert.</p>"
      + "<figure><svg viewBox=\"0 0 \(Self.width) \(Self.height)\" role=\"img\" aria-label=\"\(label)\">\(grid)\(bars(from: first.from, to: last.from))</svg>"
      + "<figcaption class=\"legend\">\(legend)</figcaption></figure>\(words)</section>"
  }

  private var highest: Int { max(1, summary.timeline.map { $0.sightings.values.reduce(0, +) }.max() ?? 1) }

  /// The top of the scale: 1, 2 or 5 times a power of ten.
  private var top: Int {
    var power = 1
    while power * 10 <= highest { power *= 10 }
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= highest } ?? highest
  }

  private var plot: Int { Self.height - Self.bottom - 10 }

  private var grid: String {
    [0, top / 2, top].filter { $0 == 0 || top > 1 || $0 == top }.map { value in
      let y = 10 + plot - value * plot / top
      return "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(Self.width)\" y1=\"\(y)\" y2=\"\(y)\"/><text class=\"axis\" x=\"\(Self.left - 8)\" y=\"\(y + 4)\" text-anchor=\"end\">\(HTMLReport.number(value))</text>"
    }.joined()
  }

  private func bars(from first: Timestamp, to last: Timestamp) -> String {
    let count = Int((last.seconds - first.seconds) / summary.bucketSeconds) + 1
    let step = Double(Self.width - Self.left) / Double(max(count, 12))
    let bar = max(1, min(step * 0.82, 40))
    var pieces = ""
    var labelled = -1_000.0
    for bucket in summary.timeline {
      let index = Double((bucket.from.seconds - first.seconds) / summary.bucketSeconds)
      let x = Double(Self.left) + 4 + index * step
      var base = Double(10 + plot)
      for severity in Severity.allCases {
        guard let sightings = bucket.sightings[severity], sightings > 0 else { continue }
        let height = max(1.5, Double(sightings) * Double(plot) / Double(top))
        base -= height
        pieces += "<rect class=\"\(severity.rawValue)\" x=\"\(Self.text(x))\" y=\"\(Self.text(base))\" width=\"\(Self.text(bar))\" height=\"\(Self.text(height))\" rx=\"1.5\"><title>\(HTMLReport.moment(bucket.from)): \(sightings) \(severity.rawValue)</title></rect>"
      }
      if x - labelled > 96, x < Double(Self.width) - 60 {
        labelled = x
        pieces += "<text class=\"axis\" x=\"\(Self.text(x))\" y=\"\(Self.height - 6)\">\(label(bucket.from))</text>"
      }
    }
    return pieces
  }

  private func label(_ time: Timestamp) -> String {
    summary.bucketSeconds < 86_400 ? String(HTMLReport.moment(time).dropFirst(5)) : HTMLReport.day(time)
  }

  /// The same in a table that can be opened.
  private var words: String {
    let rows = summary.timeline.suffix(120).map { bucket in
      let parts = Severity.allCases.reversed().compactMap { severity in bucket.sightings[severity].map { "\($0) \(severity.rawValue)" } }
      return "<tr><td class=\"when\">\(HTMLReport.moment(bucket.from))</td><td>\(parts.joined(separator: ", "))</td><td class=\"number\">\(bucket.alerts)</td></tr>"
    }
    return "<details><summary>In figures</summary><table><thead><tr><th scope=\"col\">From</th><th scope=\"col\">Sightings</th><th scope=\"col\" class=\"number\">Alerts</th></tr></thead><tbody>\(rows.joined())</tbody></table></details>"
  }

  /// One decimal is enough for a picture.
  private static func text(_ value: Double) -> String { String((value * 10).rounded() / 10) }
}
