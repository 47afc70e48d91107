import ArgumentParser
import Export
import Feeds
import Glibc
import Indicators
import Store

/// `ukai report`: a page for people.
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a self-contained page: timeline, top indicators, actors, assets, feeds, health.",
    discussion: "Example:\n  ukai report --html report.html --since 7d")

  @Option(help: ArgumentHelp("The page to write; - is standard output.", valueName: "file"))
  var html: String

  @Option(help: ArgumentHelp("Only alerts last seen since: ISO 8601, or a span such as 7d.", valueName: "time"))
  var since: String?

  @OptionGroup var places: PlaceOptions

  func run() throws {
    let now = Files.now()
    var filter = AlertFilter()
    if let since {
      guard let time = TimeArgument.parse(since, now: now) else { throw ValidationError(TimeArgument.complaint(since)) }
      filter.since = time
    }
    let directory = try StateDirectory(places.state)
    let store = try AlertStore(path: directory.alerts)
    let indicators = try IndicatorStore(path: directory.indicators)
    let feeds = try FeedCatalog.load(directory: places.feeds).definitions.map { definition in
      let health = FeedsCommand.Health(definition, try indicators.state(of: definition.name), now: now)
      return HTMLReport.FeedLine(
        name: definition.name, status: health.status, indicators: health.state.indicators, lastSuccess: health.state.lastSuccess,
        lastError: health.state.lastError)
    }
    let totals = try store.totals()
    let page = HTMLReport(
      alerts: try store.alerts(filter), feeds: feeds, logs: totals.logs, lastScan: totals.lastScan, since: filter.since, now: now
    ).render()
    if html == "-" {
      try Console.write(Array(page.utf8), to: STDOUT_FILENO)
    } else {
      try AtomicFile.replace(html, with: Array(page.utf8))
      Console.note("report: \(Console.visible(html))")
    }
  }
}
