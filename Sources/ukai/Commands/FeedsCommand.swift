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
    static let configuration = CommandConfiguration(abstract: "All feeds and how they fare.")

    @OptionGroup var places: PlaceOptions
    @OptionGroup var output: FormatOptions

    func run() throws { try FeedsCommand.list([], places, output) }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "One feed.")

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

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Validate all definitions; with names, fetch those feeds and show what would come in, storing nothing.",
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
      for definition in definitions { causes.append(try check(definition, reader, &console)) }
      try console.flush()
      let status = ExitStatus.combined(causes, someSucceeded: causes.contains(.success) || causes.contains(.incomplete))
      if status != .success { throw CommandFailure(status) }
    }

    private func check(_ definition: FeedDefinition, _ reader: FeedReader, _ console: inout Console) throws -> ExitStatus {
      let now = Files.now()
      let folder = try TemporaryDirectory()
      let path: String
      if case .local(let local) = definition.location, FeedSpool.isFileSet(local) {
        path = local
      } else {
        let request: FetchRequest
        do throws(Diagnostic) {
          request = try definition.fetchRequest(spool: folder.path, secrets: Environment.secrets)
        } catch {
          Console.show(error)
          return .configuration
        }
        switch FeedFetch(deadline: 300).run([FeedFetch.Item(definition: definition, request: request)], now: now).first {
        case .body(let body):
          path = body.path
          for note in body.notes { Console.show(note) }
        case .failed(let diagnostic, let exit, _):
          Console.show(diagnostic)
          return exit
        case .notModified, nil: return .protocolError
        }
      }
      let report: IngestReport
      do {
        report = try reader.rows(definition, path: path, now: now) { row in
          switch row {
          case .indicator(let indicator):
            let observable = indicator.observable
            var object: JSONObject = [
              "kind": "indicator", "type": .string(observable.type.rawValue), "value": .string(observable.written),
            ]
            if let line = indicator.provenance.line { object["line"] = JSONValue(line) }
            if !observable.flags.isEmpty { object["flags"] = JSONValue(observable.flags) }
            if !indicator.provenance.actors.isEmpty { object["actors"] = .array(indicator.provenance.actors.map { .object($0.json) }) }
            try console.record(object, text: Console.columns("\(indicator.provenance.line ?? 0)", observable.type.rawValue, observable.written))
          case .rejected(let input, let reason, let line):
            try console.record(
              ["kind": "rejected", "input": .string(input), "reason": .string(reason), "line": JSONValue(line)],
              text: Console.columns("\(line)", "rejected", input, reason))
          case .revoked(let observable, let line):
            try console.record(
              ["kind": "revoked", "type": .string(observable.type.rawValue), "value": .string(observable.written), "line": JSONValue(line)],
              text: Console.columns("\(line)", "revoked", observable.type.rawValue, observable.written))
          }
        }
      } catch let diagnostic as Diagnostic {
        Console.show(diagnostic)
        return .refused
      }
      if !output.json { Console.show(report.diagnostics) }
      for file in report.files {
        let format = file.format?.rawValue ?? "nothing"
        try console.record(
          [
            "kind": "file", "path": .string(file.path), "format": .string(format), "reason": .string(file.formatReason),
            "rows": JSONValue(file.rows), "indicators": JSONValue(file.indicators), "rejected": JSONValue(file.rejected),
          ],
          text: Console.visible(
            "\(file.path): \(file.rows) rows as \(format) (\(file.formatReason)), \(file.indicators) indicators, \(file.rejected) refused"))
      }
      var summary: JSONObject = [
        "kind": "summary", "rows": JSONValue(report.rows), "indicators": JSONValue(report.indicators),
        "rejected": JSONValue(report.rejected), "format": .string(report.format.rawValue),
      ]
      if report.skipped > 0 { summary["skipped"] = JSONValue(report.skipped) }
      if let declared = report.declaredCount { summary["declared"] = JSONValue(declared) }
      if let date = report.bodyDate { summary["updated"] = .string(date.iso8601) }
      try console.record(
        summary,
        text: "\(definition.name): \(report.rows) rows as \(report.format.rawValue) (\(report.formatReason)), \(report.indicators) indicators, \(report.rejected) refused")
      return report.rejected > 0 ? .incomplete : .success
    }
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
