import ArgumentParser
import Export
import Feeds
import Glibc
import Indicators
import Matching
import Rules
import Store
import Syntax
import Terminal

/// `ukai report`: a page for people.
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write a self-contained page: timeline, top indicators, actors, assets, feeds, health.",
    discussion: "Example:\n  ukai report --html report.html --since 7d")

  @Option(help: ArgumentHelp("The page to write; - is standard output.", valueName: "file"))
  var html: String

  @Option(help: ArgumentHelp("Only alerts last seen since: ISO 8601, or a span such as 7d.", valueName: "time"))
  var since: String?

  @OptionGroup var places: PlaceOptions

  func run() throws {
    let now = Files.now()
    var facts = ReportFacts(now: now)
    if let since {
      guard let time = TimeArgument.parse(since, now: now) else { throw ValidationError(TimeArgument.complaint(since)) }
      facts.since = time
    }
    let directory = try StateDirectory(places.state)
    try gather(&facts, directory)
    let page = HTMLReport(facts).render()
    if html == "-" {
      try Console.write(Array(page.utf8), to: STDOUT_FILENO)
    } else {
      try AtomicFile.replace(html, with: Array(page.utf8))
      Console.note("report: \(Console.visible(html))")
    }
  }

  private func gather(_ facts: inout ReportFacts, _ directory: StateDirectory) throws {
    let store = try AlertStore(path: directory.alerts)
    let indicators = try IndicatorStore(path: directory.indicators)
    facts.summary = try store.summary(since: facts.since, top: 15)
    facts.urgent = try urgent(store, since: facts.since)
    facts.actors = actors(facts.summary.actors)
    let yields = try indicators.yields()
    facts.feeds = try FeedCatalog.load(directory: places.feeds).definitions.map { definition in
      let health = FeedsCommand.Health(definition, try indicators.state(of: definition.name), now: facts.now)
      return ReportFacts.Feed(
        name: definition.name, status: health.status, indicators: yields[definition.name]?.listed ?? health.state.indicators,
        alone: yields[definition.name]?.alone ?? 0, lastSuccess: health.state.lastSuccess, lastError: health.state.lastError)
    }
    facts.indexIndicators = (try? IndicatorIndex.open(path: directory.index))?.count
    facts.logs = try store.totals().logs
    facts.runs = try store.runs(limit: 12)
    facts.destinations = try store.destinations()
    facts.withheld = try store.withheld()
  }

  /// The most severe first, each severity by time, a page of them.
  private func urgent(_ store: AlertStore, since: Timestamp?) throws -> [Alert] {
    var found: [Alert] = []
    var filter = AlertFilter()
    filter.since = since
    filter.statuses = [.new, .acknowledged]
    for severity in Severity.allCases.reversed() where found.count < 50 {
      filter.minimumSeverity = severity
      // Those that are graver have all been taken, or there would be no room.
      filter.limit = 50 + found.count
      found += try store.alerts(filter).filter { $0.severity == severity }.prefix(50 - found.count)
    }
    return found
  }

  /// Labels that are ids of the catalogue, with all names that are theirs.
  private func actors(_ ranks: [AlertSummary.Rank]) -> [ReportFacts.Actor] {
    if ranks.isEmpty { return [] }
    let resolver = Actors.resolver(places.rules)
    return ranks.compactMap { rank in
      guard let actor = resolver.catalog.actors[rank.name] else { return nil }
      var names: [String] = []
      for claim in resolver.catalog.claims where claim.actor == actor.id && (claim.relation == .sameAs || claim.relation == .formerly) {
        if claim.alias != actor.primary, !names.contains(claim.alias) { names.append(claim.alias) }
      }
      let parents = resolver.resolve(actor.id).parents.map { resolver.catalog.actors[$0]?.primary ?? $0 }
      return ReportFacts.Actor(
        id: actor.id, name: actor.primary, kind: actor.kind.rawValue, aliases: Array(names.prefix(14)), parents: parents, rank: rank)
    }
  }
}
