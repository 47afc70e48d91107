import Indicators
internal import Matching
internal import Rules
internal import Store
internal import Syntax

/// One self-contained page: no script, nothing from elsewhere, readable on a screen in light and dark and on paper.
///
/// Everything that comes from logs and feeds passes ``HTMLText``; the page's own policy forbids scripts, requests and forms, should
/// anything ever slip through.
public struct HTMLReport {
  let facts: ReportFacts

  public init(_ facts: ReportFacts) { self.facts = facts }

  /// The whole document.
  public func render() -> String {
    let span = facts.since.map { "\(Self.moment($0)) to \(Self.moment(facts.now))" } ?? "everything up to \(Self.moment(facts.now))"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <meta name="color-scheme" content="light dark">
      <title>Ukai report, \(Self.day(facts.now))</title>
      <style>\(ReportStyle.text)</style>
      </head>
      <body>
      <header class="top"><div><p class="mark">鵜飼 ukai</p><h1>What was found</h1></div><p class="span">\(span)<br>times are UTC</p></header>
      <nav>\(navigation)</nav>
      <main>
      \(figures)
      \(ReportTimeline(facts.summary).html)
      \(urgent)
      \(actors)
      <div class="pair">\(indicators)\(assets)</div>
      \(feeds)
      \(health)
      \(withheld)
      </main>
      <footer>Written by ukai \(Product.version). This page holds no script and asks for nothing from anywhere.</footer>
      </body>
      </html>

      """
  }

  private var navigation: String {
    [("timeline", "Timeline"), ("first", "Look here first"), ("actors", "Actors"), ("indicators", "Indicators"), ("assets", "Assets"), ("feeds", "Feeds"), ("health", "Health"), ("withheld", "Withheld")]
      .map { "<a href=\"#\($0.0)\">\($0.1)</a>" }.joined()
  }

  // MARK: Figures

  private var figures: String {
    let summary = facts.summary
    let grave = (summary.bySeverity[.critical] ?? 0) + (summary.bySeverity[.high] ?? 0)
    let waiting = facts.destinations.reduce(0) { $0 + $1.waiting }
    let boxes: [(value: String, label: String, tone: String)] = [
      (Self.number(grave), "critical and high alerts", grave > 0 ? "critical" : "good"),
      (Self.number(summary.open), "of \(Self.number(summary.alerts)) alerts not closed", ""),
      (Self.number(summary.sightings), "sightings", ""), (Self.number(summary.assetCount), "assets", ""),
      (Self.number(summary.indicatorCount), "indicators seen", ""),
      (Self.number(facts.actors.count), "actors", ""),
      (Self.number(waiting), "deliveries waiting", waiting > 0 ? "medium" : ""),
    ]
    return "<section class=\"figures\">"
      + boxes.map { "<div class=\"figure \($0.tone)\"><b>\($0.value)</b><span>\($0.label)</span></div>" }.joined() + "</section>"
  }

  // MARK: Alerts

  private var urgent: String {
    let rows = facts.urgent.map { alert in
      let score = alert.score.map { "<small>score \($0.points)</small>" } ?? ""
      let matched = alert.sample.match.value == alert.indicator.value ? "" : "<small>seen as \(HTMLText.escaped(Self.short(alert.sample.match.value)))</small>"
      let warning = alert.warning.map { "<small class=\"medium\">\(HTMLText.escaped($0))</small>" } ?? ""
      let asset = alert.wideAssets > 0 ? "\(Self.number(alert.wideAssets)) assets" : HTMLText.escaped(Self.short(alert.asset))
      let outcome = [alert.sample.event.direction?.rawValue, alert.sample.event.outcome?.rawValue].compactMap { $0 }.joined(separator: ", ")
      return "<tr><td>\(Self.badge(alert.severity))\(score)</td><td class=\"value\">\(HTMLText.escaped(Self.short(alert.indicator.value)))<small>\(alert.indicator.type.rawValue)</small>\(matched)\(warning)</td>"
        + "<td class=\"value\">\(asset)<small>\(outcome)</small></td><td>\(actorNames(alert))</td><td class=\"number\">\(Self.number(alert.count))</td>"
        + "<td class=\"when\">\(Self.moment(alert.lastSeen))<small>\(alert.status.rawValue)</small></td><td class=\"value when\">\(alert.id.prefix(10))</td></tr>"
    }
    let left = facts.summary.open - rows.count
    return section(
      "first", "Look here first", "Alerts that are not closed, the most severe first. <code>ukai alerts show ID</code> says why each is one.",
      table(["Severity", "Indicator", "Asset", "Actors", "×Count", "Last seen", "Id"], rows, left: left, empty: "No alert is open."))
  }

  private func actorNames(_ alert: Alert) -> String {
    let names = alert.indicator.actors.map { actor in
      actor.status == .resolved ? HTMLText.escaped(actor.name ?? actor.raw) : "<i>\(HTMLText.escaped(actor.raw)) (\(actor.status.rawValue))</i>"
    }
    return names.joined(separator: ", ")
  }

  // MARK: Rankings

  private var actors: String {
    if facts.actors.isEmpty { return section("actors", "Actors", nil, "<p class=\"none\">No indicator that was seen is tied to an actor.</p>") }
    let highest = max(1, facts.actors.map(\.rank.alerts).max() ?? 1)
    let cards = facts.actors.map { actor in
      let above = actor.parents.isEmpty ? "" : "<p class=\"above\">under \(actor.parents.map(HTMLText.escaped).joined(separator: " › "))</p>"
      let names = actor.aliases.isEmpty ? "" : "<p class=\"aliases\">\(actor.aliases.map { "<span dir=\"auto\">\(HTMLText.escaped($0))</span>" }.joined())</p>"
      return "<article class=\"actor\"><h3>\(HTMLText.escaped(actor.name))<small>\(HTMLText.escaped(actor.id)) · \(HTMLText.escaped(actor.kind))</small></h3>\(above)\(names)"
        + "<div class=\"meter\"><i class=\"\(actor.rank.severity.rawValue)\" style=\"width:\(max(2, actor.rank.alerts * 100 / highest))%\"></i></div>"
        + "<p class=\"counts\">\(Self.number(actor.rank.alerts)) alerts · \(Self.number(actor.rank.sightings)) sightings · last \(Self.moment(actor.rank.last))</p></article>"
    }
    return section(
      "actors", "Actors", "By the claims of the catalogue: an alert of an actor counts for its umbrella too.", "<div class=\"cards\">\(cards.joined())</div>")
  }

  private var indicators: String { ranking("indicators", "Indicators", facts.summary.indicators, total: facts.summary.indicatorCount) }
  private var assets: String { ranking("assets", "Assets", facts.summary.assets, total: facts.summary.assetCount) }

  private func ranking(_ id: String, _ title: String, _ ranks: [AlertSummary.Rank], total: Int) -> String {
    let highest = max(1, ranks.map(\.alerts).max() ?? 1)
    let rows = ranks.map { rank in
      "<tr><td class=\"value\">\(HTMLText.escaped(Self.short(rank.name)))\(rank.type.isEmpty ? "" : "<small>\(HTMLText.escaped(rank.type))</small>")"
        + "<div class=\"meter\"><i class=\"\(rank.severity.rawValue)\" style=\"width:\(max(1, rank.alerts * 100 / highest))%\"></i></div></td>"
        + "<td class=\"number\">\(Self.number(rank.alerts))</td><td class=\"number\">\(Self.number(rank.sightings))</td></tr>"
    }
    return section(id, title, nil, table(["", "Alerts", "Sightings"], rows, left: total - rows.count, empty: "None."))
  }

  // MARK: Feeds

  private var feeds: String {
    let found = Dictionary(facts.summary.feeds.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let rows = facts.feeds.map { feed in
      let rank = found[feed.name]
      let alerts = rank?.alerts ?? 0
      // Alerts that people closed, of those that the feed caused: what of its yield was noise, as far as anyone has looked.
      let noise = alerts > 0 ? "\((rank?.closed ?? 0) * 100 / alerts) %" : "–"
      let error = feed.lastError.map { "<small class=\"high\">\(HTMLText.escaped(Self.short($0)))</small>" } ?? ""
      return "<tr><td>\(HTMLText.escaped(feed.name))\(error)</td><td><span class=\"badge feed-\(feed.status.filter { $0.isASCII && $0.isLetter })\">\(HTMLText.escaped(feed.status))</span></td>"
        + "<td class=\"number\">\(Self.number(feed.indicators))</td><td class=\"number\">\(Self.number(feed.alone))</td><td class=\"number\">\(Self.number(alerts))</td>"
        + "<td class=\"number\">\(Self.number(rank?.sightings ?? 0))</td><td class=\"number\">\(noise)</td><td class=\"when\">\(feed.lastSuccess.map(Self.moment) ?? "never")</td></tr>"
    }
    return section(
      "feeds", "Feeds: yield, noise, health", "<em>Alone</em>: indicators that no other feed lists. <em>Closed</em>: the share of its alerts that people have closed.",
      table(["Feed", "Status", "Indicators", "Alone", "Alerts", "Sightings", "Closed", "Last success"], rows, left: 0, empty: "No feed is defined."))
  }

  // MARK: Health

  private var health: String {
    let runs = facts.runs.map { run in
      let skipped = run.summary["files_skipped_count"]?.integer ?? 0
      let count: (String) -> String = { Self.number(run.summary[$0]?.integer ?? 0) }
      return "<tr><td class=\"when\">\(Self.moment(run.at))</td><td>\(HTMLText.escaped(run.command))</td><td><span class=\"badge \(run.exit == 0 || run.exit == 10 ? "feed-ok" : "feed-stale")\">exit \(run.exit)</span></td>"
        + "<td class=\"number\">\(count("files_read"))</td><td class=\"number \(skipped > 0 ? "high" : "")\">\(Self.number(skipped))</td><td class=\"number\">\(count("lines"))</td>"
        + "<td class=\"number\">\(count("sightings"))</td><td class=\"number\">\(count("new_alerts"))</td></tr>"
    }
    let destinations = facts.destinations.map { destination in
      let error = destination.lastError.map { "<small class=\"high\">\(HTMLText.escaped(Self.short($0)))</small>" } ?? ""
      return "<tr><td class=\"value\">\(HTMLText.escaped(Self.short(destination.name)))\(error)</td><td class=\"number\">\(Self.number(destination.delivered))</td>"
        + "<td class=\"number\">\(Self.number(destination.waiting))</td><td class=\"number \(destination.refused > 0 ? "high" : "")\">\(Self.number(destination.refused))</td>"
        + "<td class=\"when\">\(destination.lastSuccess.map(Self.moment) ?? "never")</td></tr>"
    }
    let index = facts.indexIndicators.map { "The index holds \(Self.number($0)) indicators" } ?? "<b class=\"high\">There is no index</b>: run <code>ukai sync</code>"
    return section(
      "health", "Health of scans and deliveries", "\(index); \(Self.number(facts.logs)) logs are known.",
      table(["Ended", "Run", "Status", "Files", "Skipped", "Lines", "Sightings", "New alerts"], runs, left: 0, empty: "No scan is on record.")
        + table(["Destination", "Delivered", "Waiting", "Refused", "Last success"], destinations, left: 0, empty: "Nothing was exported yet."))
  }

  private var withheld: String {
    let rows = facts.withheld.prefix(50).map { record in
      "<tr><td class=\"number\">\(Self.number(record.count))</td><td>\(HTMLText.escaped(record.kind))</td><td>\(HTMLText.escaped(Self.short(record.reason)))</td>"
        + "<td class=\"value\">\(HTMLText.escaped(Self.short(record.example)))</td><td class=\"when\">\(Self.moment(record.last))</td></tr>"
    }
    return section(
      "withheld", "Withheld, and why", "Matches that did not alert. Nothing disappears uncounted.",
      table(["Count", "Kind", "Reason", "Example", "Last"], Array(rows), left: facts.withheld.count - rows.count, empty: "Nothing was withheld."))
  }

  // MARK: Pieces

  private func section(_ id: String, _ title: String, _ lead: String?, _ body: String) -> String {
    "<section id=\"\(id)\"><h2>\(title)</h2>\(lead.map { "<p class=\"lead\">\($0)</p>" } ?? "")\(body)</section>"
  }

  private func table(_ headings: [String], _ rows: [String], left: Int, empty: String) -> String {
    if rows.isEmpty { return "<p class=\"none\">\(empty)</p>" }
    let numbers: Set<String> = ["×Count", "Alerts", "Sightings", "Indicators", "Alone", "Closed", "Files", "Skipped", "Lines", "New alerts", "Delivered", "Waiting", "Refused", "Count"]
    let head = headings.map { "<th scope=\"col\"\(numbers.contains($0) ? " class=\"number\"" : "")>\($0.hasPrefix("×") ? String($0.dropFirst()) : $0)</th>" }.joined()
    let more = left > 0 ? "<p class=\"more\">and \(Self.number(left)) more</p>" : ""
    return "<div class=\"scroll\"><table><thead><tr>\(head)</tr></thead><tbody>\(rows.joined())</tbody></table></div>\(more)"
  }

  private static func badge(_ severity: Severity) -> String { "<span class=\"badge solid \(severity.rawValue)\">\(severity.rawValue)</span>" }

  /// A stranger's text does not fill the page.
  private static func short(_ text: String) -> String { text.count > 160 ? text.prefix(159) + "…" : text }

  /// With thin spaces between thousands.
  static func number(_ value: Int) -> String {
    var digits = Array(String(value.magnitude))
    var position = digits.count - 3
    while position > 0 {
      digits.insert("\u{2009}", at: position)
      position -= 3
    }
    return (value < 0 ? "−" : "") + String(digits)
  }

  static func moment(_ time: Timestamp) -> String { String(time.iso8601.prefix(16).replacing("T", with: " ")) }
  static func day(_ time: Timestamp) -> String { String(time.iso8601.prefix(10)) }
}
