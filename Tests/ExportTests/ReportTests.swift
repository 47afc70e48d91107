import Export
import Indicators
import Matching
import Store
import Syntax
import Testing

@Suite struct ReportTests {
  /// Everything that a stranger may write, everywhere he may write it.
  private static let attack = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>\u{202E}\u{1B}[31m</style></svg>&lt;javascript:"

  private func facts() -> ReportFacts {
    var facts = ReportFacts(now: SampleAlerts.now)
    let attack = Self.attack
    var summary = AlertSummary()
    summary.alerts = 3
    summary.open = 3
    summary.sightings = 1_234_567
    summary.bySeverity = [.critical: 1, .low: 2]
    summary.assetCount = 2
    summary.indicatorCount = 2
    summary.timeline = [AlertSummary.Bucket(from: SampleAlerts.now, sightings: [.critical: 4, .low: 2], alerts: 2)]
    let rank = AlertSummary.Rank(
      name: attack, type: attack, alerts: 2, sightings: 5, closed: 1, severity: .critical, last: SampleAlerts.now)
    summary.indicators = [rank]
    summary.assets = [rank]
    summary.feeds = [rank]
    facts.summary = summary
    facts.urgent = SampleAlerts.all.map { $0.record.alert } + [SampleAlerts.make(.filename, attack, matched: attack, host: attack)]
    facts.actors = [ReportFacts.Actor(id: attack, name: attack, kind: attack, aliases: [attack], parents: [attack], rank: rank)]
    facts.feeds = [ReportFacts.Feed(name: attack, status: attack, indicators: 9, alone: 3, lastSuccess: nil, lastError: attack)]
    facts.runs = [RunRecord(command: attack, at: SampleAlerts.now, exit: 3, summary: ["files_read": 1, "files_skipped_count": 2])]
    var destination = DestinationState(name: attack)
    destination.lastError = attack
    facts.destinations = [destination]
    facts.withheld = [
      WithheldRecord(kind: attack, reason: attack, count: 1, first: SampleAlerts.now, last: SampleAlerts.now, example: attack)
    ]
    return facts
  }

  @Test func hostileTextStaysText() {
    let page = HTMLReport(facts()).render()
    let found = ["<script", "<img", "\u{202E}", "\u{1B}"].filter { page.contains($0) }
    #expect(found.isEmpty)
    let isShown = page.contains("&lt;script&gt;")
    #expect(isShown)
    // No element or attribute but our own.
    let names = Set(page.matches(of: #/<([a-zA-Z][a-zA-Z0-9]*)/#).map { String($0.1) })
    let known: Set<String> = [
      "html", "head", "meta", "title", "style", "body", "header", "div", "p", "h1", "br", "nav", "a", "main", "section", "b", "span", "h2", "figure",
      "svg", "line", "text", "rect", "figcaption", "i", "details", "summary", "table", "thead", "tr", "th", "tbody", "td", "small", "article", "h3",
      "footer", "code", "em",
    ]
    #expect(names.subtracting(known).isEmpty)
    let handlers = page.matches(of: #/<[^>]*\son[a-z]+=/#).count
    #expect(handlers == 0)
  }

  @Test func nothingIsLoadedFromAnywhere() {
    let page = HTMLReport(facts()).render()
    let hasPolicy = page.contains("default-src 'none'")
    #expect(hasPolicy)
    let loads = page.matches(of: #/<[^>]*\s(?:src|action|srcset)=/#).count
    let links = page.matches(of: #/<a href="(?!#)/#).count
    #expect(loads == 0 && links == 0)
    let styles = ["url(", "@import"].filter { page.contains($0) }
    #expect(styles.isEmpty)
  }

  @Test func anEmptyStoreHasAReportToo() {
    let page = HTMLReport(ReportFacts(now: SampleAlerts.now)).render()
    #expect(page.contains("Nothing was found."))
    #expect(page.hasSuffix("</html>\n"))
  }
}
