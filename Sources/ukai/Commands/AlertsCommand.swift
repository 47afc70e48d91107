import ArgumentParser
import Glibc
import Indicators
import Matching
import Store
import Syntax
import Terminal

/// `ukai alerts`: what was found, and what became of it.
struct Alerts: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alerts", abstract: "List, explain and close alerts.", subcommands: [List.self, Show.self, Acknowledge.self, Close.self, Reopen.self, WithheldList.self],
    defaultSubcommand: List.self)

  static func store(_ places: PlaceOptions) throws -> AlertStore {
    try AlertStore(path: StateDirectory(places.state).alerts)
  }
}

extension Alert.Status: ExpressibleByArgument {}

extension Alerts {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Alerts, the newest first.",
      discussion: "Examples:\n  ukai alerts list --since 24h --min-severity high\n  ukai alerts list --actor ta-lazarus --json")

    @Option(help: ArgumentHelp("Last seen since: ISO 8601, or a span such as 36h.", valueName: "time"))
    var since: String?
    @Option(help: ArgumentHelp("First seen before.", valueName: "time"))
    var until: String?
    @Option(help: "At least this severe.")
    var minSeverity: Severity?
    @Option(help: "Only with this status; may be given several times.")
    var status: [Alert.Status] = []
    @Option(help: ArgumentHelp("Actor's id or name; alerts of actors below an umbrella are included.", valueName: "id"))
    var actor: String?
    @Option(help: "Named by this feed.")
    var feed: String?
    @Option(help: "On this asset.")
    var asset: String?
    @Option(help: ArgumentHelp("Of this indicator.", valueName: "value"))
    var indicator: String?
    @Option(help: "Of this type of indicator.")
    var type: IndicatorType?
    @Option(help: "At most so many.")
    var limit: Int?

    @OptionGroup var places: PlaceOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
      let now = Files.now()
      var filter = AlertFilter()
      for (text, path) in [(since, \AlertFilter.since), (until, \AlertFilter.until)] {
        guard let text else { continue }
        guard let time = TimeArgument.parse(text, now: now) else { throw ValidationError(TimeArgument.complaint(text)) }
        filter[keyPath: path] = time
      }
      filter.minimumSeverity = minSeverity
      filter.statuses = Set(status)
      filter.actor = actor
      filter.feed = feed
      filter.asset = asset
      filter.type = type
      filter.limit = limit
      if let indicator, case .success(let observable) = Observation.read(indicator, as: type) {
        filter.indicator = observable.pinned.match
      } else {
        filter.indicator = indicator
      }
      var console = output.console()
      let colour = console.colour
      try Alerts.store(places).forEachAlert(filter) { alert in
        try console.record(alert.json, text: SightingText.line(alert, colour: colour))
      }
      try console.flush()
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "One alert with its sightings, what its indicator rests on, and its history.",
      discussion: "The first digits of the id are enough.")

    @OptionGroup var places: PlaceOptions
    @OptionGroup var output: FormatOptions

    @Argument(help: "The alert's id or its first digits.")
    var id: String

    func run() throws {
      var console = output.console()
      let colour = console.colour
      let explanation = try AlertExplanation(id: id, places: places, now: Files.now())
      try console.record(explanation.json, text: explanation.text(colour: colour))
      try console.flush()
    }
  }

  /// Named for what it lists; the command is `withheld`.
  struct WithheldList: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "withheld", abstract: "What was matched and did not alert, how often and why.",
      discussion: "Suppressions, expired indicators, our own echo, sightings below the asked severity: counted over all scans.")

    @OptionGroup var places: PlaceOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
      var console = output.console()
      for record in try Alerts.store(places).withheld() {
        let json: JSONObject = [
          "kind": .string(record.kind), "reason": .string(record.reason), "count": JSONValue(record.count), "first": .string(record.first.iso8601),
          "last": .string(record.last.iso8601), "example": .string(record.example),
        ]
        try console.record(json, text: Console.columns("\(record.count)×", record.kind, record.reason, "last \(record.last.iso8601)", record.example))
      }
      try console.flush()
    }
  }

  struct Acknowledge: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "ack", abstract: "Somebody looks at it.")

    @Option(help: "Why, for the history.")
    var reason = ""
    @OptionGroup var places: PlaceOptions
    @OptionGroup var output: FormatOptions
    @Argument(help: "Ids or their first digits.")
    var ids: [String]

    func run() throws { try Alerts.change(ids, to: .acknowledged, reason: reason, places, output) }
  }

  struct Close: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "close", abstract: "It is dealt with; new sightings are still counted.")

    @Option(help: "Why: it stays in the history.")
    var reason: String
    @OptionGroup var places: PlaceOptions
    @OptionGroup var output: FormatOptions
    @Argument(help: "Ids or their first digits.")
    var ids: [String]

    func run() throws { try Alerts.change(ids, to: .closed, reason: reason, places, output) }
  }

  struct Reopen: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "reopen", abstract: "It is not dealt with after all.")

    @Option(help: "Why, for the history.")
    var reason = ""
    @OptionGroup var places: PlaceOptions
    @OptionGroup var output: FormatOptions
    @Argument(help: "Ids or their first digits.")
    var ids: [String]

    func run() throws { try Alerts.change(ids, to: .new, reason: reason, places, output) }
  }

  /// Every id is tried; those that are unknown do not stop the others.
  private static func change(
    _ ids: [String], to status: Alert.Status, reason: String, _ places: PlaceOptions, _ output: FormatOptions
  ) throws {
    let store = try store(places)
    var console = output.console()
    let colour = console.colour
    var failures = 0
    for id in ids {
      do throws(Diagnostic) {
        let alert = try store.setStatus(status, of: id, who: user, reason: reason, now: Files.now())
        do { try console.record(alert.json, text: SightingText.line(alert, colour: colour)) } catch {
          throw Diagnostic(.error, code: "output", "standard output cannot be written")
        }
      } catch {
        Console.show(error)
        failures += 1
      }
    }
    try console.flush()
    if failures > 0 { throw CommandFailure(failures == ids.count ? .missingInput : .incomplete) }
  }

  /// Who acts, for the history.
  private static var user: String {
    unsafe Environment.value("SUDO_USER") ?? getpwuid(getuid()).map { unsafe String(cString: $0.pointee.pw_name) } ?? "uid \(getuid())"
  }
}
