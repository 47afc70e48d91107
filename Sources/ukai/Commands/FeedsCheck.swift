import ArgumentParser
import Feeds
import Indicators
import Syntax
import Terminal

extension FeedsCommand {
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Validate all definitions; with names, fetch those feeds and show what would come in and whether a sync would take it, storing nothing.",
      discussion: "Examples:\n  ukai feeds check\n  ukai feeds check urlhaus --json")

    @OptionGroup var places: PlaceOptions
    @OptionGroup var output: FormatOptions
    @Argument(help: "Feeds to fetch and read.") var names: [String] = []

    func run() throws {
      let (definitions, broken) = try FeedsCommand.definitions(places, named: names)
      var console = output.console()
      if names.isEmpty {
        for definition in definitions {
          try console.record(
            ["kind": "definition", "name": .string(definition.name), "format": .string(definition.format.rawValue), "file": .string(definition.file)],
            text: "\(definition.name): good")
        }
        try console.flush()
        if broken > 0 { throw CommandFailure(.configuration) }
        if definitions.isEmpty {
          throw CommandFailure(.missingInput, Diagnostic(.error, code: "feed.missing", "no feed definitions", file: places.feeds))
        }
        return
      }
      let reader = try RuleDirectory(places).feedReader()
      var causes: [ExitStatus] = []
      let store = try FeedPreview.store(of: places)
      for definition in definitions {
        causes.append(try FeedPreview(definition: definition, reader: reader, store: store, isJSON: output.json).run(&console))
      }
      try console.flush()
      let status = ExitStatus.combined(causes, someSucceeded: causes.contains(.success) || causes.contains(.incomplete))
      if status != .success { throw CommandFailure(status) }
    }
  }
}
