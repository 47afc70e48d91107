import ArgumentParser
import Feeds
import Indicators
import Matching
import Rules
import Store
import Syntax
import Terminal
import Transport

/// `ukai feeds`: definitions and their health.
struct FeedsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "feeds", abstract: "Feed definitions and their health.", subcommands: [List.self, Show.self, Check.self],
    defaultSubcommand: List.self)

  /// How a feed fares, from its definition and its state.
  struct Health {
    let definition: FeedDefinition
    let state: FeedState
    let status: String

    init(_ definition: FeedDefinition, _ state: FeedState, now: Timestamp) {
      self.definition = definition
      self.state = state
      let schedule = FeedSchedule(every: Int64(definition.every))
      if !definition.enabled {
        status = "off"
      } else if case .failure = Self.secrets(definition) {
        status = "off"
      } else if schedule.isStale(state, now: now) {
        status = "stale"
      } else if state.lastAttempt == nil {
        status = "new"
      } else if state.consecutiveFailures > 0 {
        status = "failing"
      } else if schedule.isDormant(state, now: now) {
        status = "dormant"
      } else {
        status = "ok"
      }
    }

    static func secrets(_ definition: FeedDefinition) -> Result<Void, Diagnostic> {
      do throws(Diagnostic) {
        _ = try definition.request(secrets: Environment.secrets)
        return .success(())
      } catch {
        return .failure(error)
      }
    }

    var json: JSONObject {
      var object: JSONObject = [
        "name": .string(definition.name), "status": .string(status), "enabled": .bool(definition.enabled),
        "format": .string(definition.format.rawValue), "every": JSONValue(definition.every), "url": .string(definition.address),
      ]
      if let description = definition.description { object["description"] = .string(description) }
      if let reference = definition.reference { object["reference"] = .string(reference) }
      object["rows"] = JSONValue(state.rows)
      object["indicators"] = JSONValue(state.indicators)
      if let success = state.lastSuccess { object["last_success"] = .string(success.iso8601) }
      if let change = state.lastChange { object["last_change"] = .string(change.iso8601) }
      if let attempt = state.lastAttempt { object["last_attempt"] = .string(attempt.iso8601) }
      if !state.generations.isEmpty { object["generations"] = JSONValue(state.generations.count) }
      if let error = state.lastError { object["last_error"] = .string(error) }
      if definition.enabled, status != "off", let due = FeedSchedule(every: Int64(definition.every)).nextDue(state) { object["due"] = .string(due.iso8601) }
      object["failures"] = JSONValue(state.consecutiveFailures)
      if case .failure(let diagnostic) = Self.secrets(definition), definition.enabled { object["reason"] = .string(diagnostic.message) }
      return object
    }

    var text: String {
      var parts = ["\(definition.name): \(status)", "\(state.indicators) indicators"]
      if let success = state.lastSuccess { parts.append("last success \(success.iso8601)") }
      if let error = state.lastError { parts.append("last error: \(error)") }
      if !definition.enabled { parts.append("enabled: false") }
      if definition.enabled, case .failure(let diagnostic) = Self.secrets(definition) { parts.append(diagnostic.message) }
      return Console.visible(parts.joined(separator: "; "))
    }
  }

  /// The definitions; complaints go to standard error. `named` empty means all.
  static func definitions(_ places: PlaceOptions, named names: [String]) throws -> (all: [FeedDefinition], broken: Int) {
    let (definitions, diagnostics) = FeedCatalog.load(directory: places.feeds)
    for diagnostic in diagnostics { Console.show(diagnostic) }
    for name in names where !definitions.contains(where: { $0.name == name }) {
      throw CommandFailure(
        .missingInput,
        Diagnostic(
          .error, code: "feed.missing", "no feed is called '\(name)'",
          hint: NearestName.find(name, in: definitions.map(\.name)).map { "did you mean '\($0)'?" }))
    }
    return (definitions.filter { names.isEmpty || names.contains($0.name) }, diagnostics.filter { $0.severity == .error }.count)
  }
}

extension FeedsCommand {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "All feeds and how they fare.")

    @OptionGroup var places: PlaceOptions
    @OptionGroup var output: FormatOptions

    func run() throws { try FeedsCommand.list([], places, output) }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "One feed.")

    @OptionGroup var places: PlaceOptions
    @OptionGroup var output: FormatOptions
    @Argument(help: "The feed's name.") var name: String

    func run() throws { try FeedsCommand.list([name], places, output) }
  }

  private static func list(_ names: [String], _ places: PlaceOptions, _ output: FormatOptions) throws {
    let (definitions, broken) = try definitions(places, named: names)
    let store = try IndicatorStore(path: StateDirectory(places.state).indicators)
    var console = output.console()
    for definition in definitions {
      let health = Health(definition, try store.state(of: definition.name), now: Files.now())
      try console.record(health.json, text: health.text)
    }
    try console.flush()
    if broken > 0 { throw CommandFailure(definitions.isEmpty ? .configuration : .incomplete) }
  }
}

extension FeedDefinition {
  /// The address for people, secrets left out.
  var address: String {
    switch location {
    case .remote(let text): text.description
    case .local(let path): path
    }
  }
}
