public import Indicators
public import Matching

/// One self-contained page: no script, nothing from elsewhere, readable on a screen in light and dark and on paper.
public struct HTMLReport {
  /// How one feed fares, for the table of feeds.
  public struct FeedLine: Sendable {
    public var name: String
    public var status: String
    public var indicators: Int
    public var lastSuccess: Timestamp?
    public var lastError: String?

    public init(name: String, status: String, indicators: Int, lastSuccess: Timestamp?, lastError: String?) {
      self.name = name
      self.status = status
      self.indicators = indicators
      self.lastSuccess = lastSuccess
      self.lastError = lastError
    }
  }

  /// Rows shown of each table at most; the rest is counted.
  static let rowLimit = 200

  private let alerts: [Alert]
  private let feeds: [FeedLine]
  private let since: Timestamp?
  private let now: Timestamp
  private let logs: Int
  private let lastScan: Timestamp?

  /// - Parameters:
  ///   - alerts: the newest first.
  ///   - logs: logs that were ever read.
  public init(alerts: [Alert], feeds: [FeedLine], logs: Int, lastScan: Timestamp?, since: Timestamp?, now: Timestamp) {
    self.alerts = alerts
    self.feeds = feeds
    self.logs = logs
    self.lastScan = lastScan
    self.since = since
    self.now = now
  }

  /// The whole document.
  public func render() -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="referrer" content="no-referrer">
    <title>Ukai report, \(day(now))</title>
    <style>\(Self.style)</style>
    </head>
    <body>
    <header><h1>Ukai report</h1><p>\(since.map { "From \(moment($0)) to" } ?? "Up to") \(moment(now))</p></header>
    <main>
    \(figures)
    \(timeline)
    \(alertTable)
    \(ranking("Indicators", "Indicator", counted { [$0.indicator.type.rawValue + " " + $0.indicator.value] }))
    \(actorTable)
    \(ranking("Assets", "Asset", counted { [$0.asset] }))
    \(ranking("Feeds that found something", "Feed", counted { $0.indicator.feeds }))
    \(feedTable)
    </main>
    <footer>Written by ukai from what it has stored. Times are UTC.</footer>
    </body>
    </html>

    """
  }

  // MARK: Parts

  private var figures: String {
    let open = alerts.filter { $0.status != .closed }.count
    let sightings = alerts.reduce(0) { $0 + $1.count }
    let boxes: [(String, String)] = [
      ("Alerts", String(alerts.count)), ("Not closed", String(open)), ("High and critical", String(alerts.filter { $0.severity >= .high }.count)),
      ("Sightings", String(sightings)), ("Logs read", String(logs)), ("Last scan", lastScan.map(moment) ?? "never"),
    ]
    return "<section class=\"figures\">" + boxes.map { "<div><b>\(HTMLText.escaped($0.1))</b><span>\($0.0)</span></div>" }.joined() + "</section>"
  }

  /// Sightings a day, as bars drawn by widths of text cells: prints as it looks.
  private var timeline: String {
    guard !alerts.isEmpty else { return "<section><h2>Timeline</h2><p>Nothing was found.</p></section>" }
    var days: [String: (count: Int, worst: Severity)] = [:]
    for alert in alerts {
      let known = days[day(alert.lastSeen)] ?? (0, .informational)
      days[day(alert.lastSeen)] = (known.count + alert.count, max(known.worst, alert.severity))
    }
    let highest = max(1, days.values.map(\.count).max() ?? 1)
    let rows = days.sorted { $0.key > $1.key }.prefix(60).map { day, entry in
      "<tr><th scope=\"row\">\(day)</th><td class=\"bar\"><i class=\"\(entry.worst.rawValue)\" style=\"width:\(max(1, entry.count * 100 / highest))%\"></i></td><td class=\"number\">\(entry.count)</td></tr>"
    }
    return "<section><h2>Timeline</h2><table class=\"timeline\"><caption>Sightings a day, coloured by the highest severity</caption>\(rows.joined())</table></section>"
  }

  private var alertTable: String {
    let rows = alerts.prefix(Self.rowLimit).map { alert in
      "<tr><td><span class=\"badge \(alert.severity.rawValue)\">\(alert.severity.rawValue)</span></td><td>\(alert.status.rawValue)</td><td>\(moment(alert.lastSeen))</td>"
        + "<td class=\"value\">\(HTMLText.escaped(alert.indicator.value))<small>\(alert.indicator.type.rawValue)</small></td><td class=\"value\">\(HTMLText.escaped(alert.asset))</td>"
        + "<td>\(HTMLText.escaped(ActorText.line(alert.indicator.actors)))</td><td class=\"number\">\(alert.count)</td><td class=\"value\">\(alert.id.prefix(12))</td></tr>"
    }
    return table(
      "Alerts", ["Severity", "Status", "Last seen", "Indicator", "Asset", "Actors", "Count", "Id"], rows, left: alerts.count - rows.count)
  }

  private var actorTable: String {
    var actors: [String: (names: Set<String>, id: String, parents: [String], alerts: Int, sightings: Int)] = [:]
    for alert in alerts {
      for actor in alert.indicator.actors where actor.status == .resolved {
        guard let id = actor.id else { continue }
        var entry = actors[id] ?? ([], id, actor.parents, 0, 0)
        entry.names.formUnion([actor.name ?? id, actor.raw])
        entry.alerts += 1
        entry.sightings += alert.count
        actors[id] = entry
      }
    }
    let rows = actors.values.sorted { ($1.alerts, $0.id) < ($0.alerts, $1.id) }.prefix(Self.rowLimit).map { entry in
      "<tr><td>\(HTMLText.escaped(entry.names.sorted().joined(separator: ", ")))</td><td class=\"value\">\(HTMLText.escaped(([entry.id] + entry.parents).joined(separator: " < ")))</td>"
        + "<td class=\"number\">\(entry.alerts)</td><td class=\"number\">\(entry.sightings)</td></tr>"
    }
    return table("Actors", ["Names met", "Actor and those above", "Alerts", "Sightings"], rows, left: actors.count - rows.count)
  }

  private var feedTable: String {
    let rows = feeds.map { feed in
      "<tr><td>\(HTMLText.escaped(feed.name))</td><td><span class=\"badge feed-\(HTMLText.escaped(feed.status))\">\(HTMLText.escaped(feed.status))</span></td>"
        + "<td class=\"number\">\(feed.indicators)</td><td>\(feed.lastSuccess.map(moment) ?? "never")</td><td>\(HTMLText.escaped(feed.lastError ?? ""))</td></tr>"
    }
    return table("Health of the feeds", ["Feed", "Status", "Indicators", "Last success", "Last error"], rows, left: 0)
  }

  private func counted(_ keys: (Alert) -> [String]) -> [(name: String, alerts: Int, sightings: Int)] {
    var counts: [String: (Int, Int)] = [:]
    for alert in alerts {
      for key in Set(keys(alert)) {
        let known = counts[key] ?? (0, 0)
        counts[key] = (known.0 + 1, known.1 + alert.count)
      }
    }
    return counts.map { ($0.key, $0.value.0, $0.value.1) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }

  private func ranking(_ title: String, _ heading: String, _ entries: [(name: String, alerts: Int, sightings: Int)]) -> String {
    let rows = entries.prefix(20).map {
      "<tr><td class=\"value\">\(HTMLText.escaped($0.name))</td><td class=\"number\">\($0.alerts)</td><td class=\"number\">\($0.sightings)</td></tr>"
    }
    return table(title, [heading, "Alerts", "Sightings"], rows, left: entries.count - rows.count)
  }

  private func table(_ title: String, _ headings: [String], _ rows: [String], left: Int) -> String {
    if rows.isEmpty { return "<section><h2>\(title)</h2><p>None.</p></section>" }
    let more = left > 0 ? "<p>and \(left) more</p>" : ""
    return "<section><h2>\(title)</h2><div class=\"scroll\"><table><thead><tr>\(headings.map { "<th scope=\"col\">\($0)</th>" }.joined())</tr></thead><tbody>\(rows.joined())</tbody></table></div>\(more)</section>"
  }

  private func moment(_ time: Timestamp) -> String { String(time.iso8601.prefix(16).replacing("T", with: " ")) }
  private func day(_ time: Timestamp) -> String { String(time.iso8601.prefix(10)) }

  private static let style = """
    :root{color-scheme:light dark;--text:#1b2330;--faint:#5b6675;--ground:#fbfcfd;--line:#d5dbe3;--card:#fff;--critical:#a3123a;--high:#c2410c;--medium:#a16207;--low:#0e7490;--informational:#64748b}
    @media (prefers-color-scheme:dark){:root{--text:#e6eaf0;--faint:#9aa7b8;--ground:#10151c;--line:#2a3442;--card:#171e28;--critical:#fb7185;--high:#fb923c;--medium:#facc15;--low:#22d3ee;--informational:#94a3b8}}
    *{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--text);font:15px/1.5 system-ui,"Noto Sans",sans-serif}
    header,main,footer{max-width:1180px;margin:0 auto;padding:1rem 1.25rem}h1{margin:.5rem 0 0;font-size:1.7rem}h2{font-size:1.15rem;margin:2rem 0 .6rem}
    header p,footer,caption,small,.figures span{color:var(--faint)}caption{text-align:left;padding-bottom:.4rem;font-size:.85rem}small{display:block;font-size:.75rem}
    .figures{display:flex;flex-wrap:wrap;gap:.75rem}.figures div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.7rem 1rem;min-width:9rem}
    .figures b{display:block;font-size:1.25rem}.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.88rem}
    th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--line)}thead th{color:var(--faint);font-weight:600}
    .number{text-align:right;font-variant-numeric:tabular-nums}.value{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.82rem;overflow-wrap:anywhere}
    .badge{display:inline-block;padding:.05rem .5rem;border-radius:1rem;border:1px solid currentColor;font-size:.78rem;white-space:nowrap}
    .critical{color:var(--critical)}.high{color:var(--high)}.medium{color:var(--medium)}.low{color:var(--low)}.informational{color:var(--informational)}
    .feed-stale,.feed-failing{color:var(--high)}.feed-ok{color:var(--low)}.timeline th{white-space:nowrap;width:7rem}.timeline .number{width:5rem}
    .bar i{display:block;height:1rem;background:currentColor;border-radius:3px}.code{font-size:.75em;border:1px dotted;padding:0 .2em}
    @media print{body{background:#fff;color:#000}.figures div{border-color:#999}section{break-inside:auto}tr{break-inside:avoid}.scroll{overflow:visible}.bar i{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
    """
}
