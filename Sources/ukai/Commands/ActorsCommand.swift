import ArgumentParser
import Indicators
import Rules
import Syntax
import Terminal

/// `ukai actors`: who is meant by a name.
struct Actors: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "actors", abstract: "Resolve, find and check the names of threat actors.",
    subcommands: [
      Resolve.self, Find.self, Show.self, List.self, Lint.self, Diff.self, Import.self,
    ])

  /// The catalogue under the rules directory; complaints go to standard error.
  static func resolver(_ rules: String) -> ActorResolver {
    let (catalog, diagnostics) = ActorCatalog.load(directory: rules + "/actors")
    for diagnostic in diagnostics where diagnostic.severity == .error { Console.show(diagnostic) }
    return ActorResolver(catalog: catalog)
  }
}

extension Actors {
  struct Resolve: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "resolve", abstract: "Which actor a name means, and why; ambiguity is said, never decided.",
      discussion: """
        Examples:
          ukai actors resolve TraderTraitor 'Jade Sleet' UNC4899 'Slow Pisces'
          ukai actors resolve --authority CrowdStrike --date 2025-06-01 --json 'LABYRINTH CHOLLIMA'
          cut -f3 report.tsv | ukai actors resolve --json -
        """)

    enum Kind: String, ExpressibleByArgument, CaseIterable { case actor, malware }

    @Option(help: "Take this namer's claims where it has any (Microsoft, CrowdStrike, …).")
    var authority: String?

    @Option(help: "The report's date (ISO 8601): only claims valid then.")
    var date: String?

    @Option(help: "What the name is known to be.")
    var kind: Kind?

    @OptionGroup var places: PlaceOptions
    @OptionGroup var output: FormatOptions

    @Argument(help: "Names; - reads standard input.")
    var names: [String] = ["-"]

    func validate() throws {
      if let date, Timestamp(parsing: date) == nil {
        throw ValidationError("--date '\(date)' is not an ISO 8601 date such as 2025-06-01")
      }
    }

    func run() throws {
      let resolver = Actors.resolver(places.rules)
      var console = output.console()
      try ValueInput.forEach(names) { name in
        let resolution = resolver.resolve(
          name, authority: authority, date: date, kind: kind.flatMap { ActorQueryKind(rawValue: $0.rawValue) })
        try console.record(resolution.json, text: Console.visible(resolution.prose))
      }
      try console.flush()
    }
  }

  struct Find: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "find", abstract: "Mentions of actors in text, with offsets in Unicode scalars.",
      discussion: "Example:\n  ukai actors find --field title --json article.txt")

    @Option(help: "What the text is: body, title, tag or url.")
    var field: MentionField = .body

    @OptionGroup var places: PlaceOptions
    @OptionGroup var output: FormatOptions

    @Argument(help: "Files; - reads standard input.")
    var files: [String] = ["-"]

    func run() throws {
      let mentions = ActorMentions(resolver: Actors.resolver(places.rules))
      var console = output.console()
      for file in files {
        let text = String(decoding: try LineInput.all(path: file), as: UTF8.self)
        for mention in mentions.find(in: text, field: field) {
          try console.record(
            mention.json,
            text: "\(mention.start)–\(mention.end)\t\(Console.visible(mention.surface))\t\(mention.status.rawValue)\t"
              + (mention.actor ?? mention.entity ?? mention.candidates.joined(separator: ", ")) + "\t\(mention.strength.rawValue)")
        }
      }
      try console.flush()
    }
  }
}
