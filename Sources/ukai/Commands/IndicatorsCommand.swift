import ArgumentParser
import Export
import Indicators
import Matching
import Rules
import Store
import Syntax
import Terminal

/// `ukai indicators`: the normalised set, to look at and to hand to other sensors.
struct IndicatorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "indicators", abstract: "List the indicators in force, or write them for other sensors.", subcommands: [List.self, ExportSet.self])

  struct Choice: ParsableArguments {
    @Option(help: "Only of this type.")
    var type: IndicatorType?
    @Option(help: "Only those that this feed lists.")
    var feed: String?
    @Option(help: ArgumentHelp("Only of this actor (id or name) and the actors below it.", valueName: "id"))
    var actor: String?

    func forEach(_ places: PlaceOptions, _ body: (Indicator) throws -> Void) throws {
      let store = try IndicatorStore(path: StateDirectory(places.state).indicators)
      var selection = IndicatorStore.Selection()
      selection.type = type
      selection.feed = feed
      selection.actor = actor
      try store.forEachLive(selection, now: Files.now(), corroborate: try RuleDirectory(places).scoring().corroborated, body)
    }
  }
}

extension IndicatorsCommand {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Indicators in force.")

    @OptionGroup var choice: Choice
    @OptionGroup var places: PlaceOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
      var console = output.console()
      try choice.forEach(places) { indicator in
        var object = indicator.json
        object["actors"] = .array(indicator.actors.map { .object($0.json) })
        try console.record(
          object,
          text: Console.columns(
            indicator.type.rawValue, indicator.value, "\(indicator.confidence)", indicator.feeds.joined(separator: ","),
            indicator.actors.isEmpty ? "" : SightingText.actors(indicator.actors)))
      }
      try console.flush()
    }
  }

  struct ExportSet: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Write the set for other sensors.",
      discussion: "Example:\n  ukai indicators export --as zeek-intel > /opt/zeek/share/ukai.intel")

    @Option(name: .customLong("as"), help: "The form.")
    var form: InterchangeForm
    @OptionGroup var choice: Choice
    @OptionGroup var places: PlaceOptions

    func run() throws {
      var console = Console(json: false)
      var writer = form.writer(now: Files.now())
      var left: [String: Int] = [:]
      try console.bytes(Array(writer.header.utf8))
      try choice.forEach(places) { indicator in
        if let text = writer.text(for: indicator) {
          try console.bytes(Array(text.utf8))
        } else {
          left[indicator.type.rawValue, default: 0] += 1
        }
      }
      try console.bytes(Array(writer.footer.utf8))
      try console.flush()
      if !left.isEmpty {
        let list = left.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        Console.note("indicators: \(form.rawValue) has no word for \(list); left out")
      }
    }
  }
}

extension InterchangeForm: ExpressibleByArgument {}
