import ArgumentParser
import Indicators
import Matching
import Rules
import Store
import Syntax

/// `ukai lookup`: what is known of a value, and why it would or would not match.
struct Lookup: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What is known of values, and why they would or would not match.",
    discussion: """
      Example:
        ukai lookup 'hxxp://cdn[.]evil[.]example/a' 198.51.100.7
        cut -d, -f1 suspects.csv | ukai lookup --json -
      """)

  @Option(help: ArgumentHelp("Read values as this type.", valueName: "type"))
  var type: IndicatorType?

  @Option(help: ArgumentHelp("As of this moment (ISO 8601, or a span such as 36h ago).", valueName: "time"))
  var at: String?

  @OptionGroup var places: PlaceOptions
  @OptionGroup var output: FormatOptions

  @Argument(help: "Values; - reads standard input.")
  var values: [String] = ["-"]

  func run() throws {
    let now = Files.now()
    var moment = now
    if let at {
      guard let time = TimeArgument.parse(at, now: now) else { throw ValidationError(TimeArgument.complaint(at)) }
      moment = time
    }
    let directory = try StateDirectory(places.state)
    let rules = RuleDirectory(places)
    let desk = LookupDesk(
      store: try IndicatorStore(path: directory.indicators), index: try? IndicatorIndex.open(path: directory.index),
      warninglists: rules.warninglists(), policy: try rules.scoring(), moment: moment)
    var console = output.console()
    try ValueInput.forEach(values) { value in
      let answer = try desk.answer(value, as: type)
      try console.record(answer.json, text: answer.text)
    }
    try console.flush()
  }
}

/// Answers look-ups from the store, the index and the warninglists.
struct LookupDesk {
  let store: IndicatorStore
  let index: IndicatorIndex?
  let warninglists: Warninglists
  let policy: ScoringPolicy
  let moment: Timestamp

  struct Answer {
    let json: JSONObject
    let text: String
  }

  func answer(_ value: String, as type: IndicatorType?) throws -> Answer {
    var object: JSONObject = ["query": .string(value)]
    let observable: Observable
    switch Observation.read(value, as: type) {
    case .failure(let rejection):
      object["status"] = "rejected"
      object["reason"] = .string(rejection.reason)
      return Answer(json: object, text: Console.visible("\(value): not an indicator (\(rejection.reason))"))
    case .success(let read): observable = read
    }
    object["type"] = .string(observable.type.rawValue)
    object["value"] = .string(observable.canonical)
    if !observable.flags.isEmpty { object["flags"] = JSONValue(observable.flags) }
    var lines = ["\(value): \(observable.type.rawValue) \(observable.canonical)"]
    let verdict = warninglists.verdict(for: observable)
    if let verdict {
      object["warninglist"] = ["list": .string(verdict.list), "action": .string(verdict.action.rawValue)]
      lines.append("  on the warninglist \(verdict.list): \(verdict.action.rawValue)")
    }
    let hits = try candidates(observable)
    let status = status(of: hits, isListed: try store.record(of: observable, corroborate: policy.corroborated) != nil, verdict: verdict)
    object["status"] = .string(status)
    object["matches"] = .array(hits.map { .object($0.json) })
    lines.append("  " + Self.sentence[status, default: status])
    for hit in hits { lines += hit.lines }
    return Answer(json: object, text: lines.map { Console.visible($0) }.joined(separator: "\n"))
  }

  private static let sentence = [
    "match": "would match", "expired": "was listed, and has expired", "allowlisted": "would match nothing: a warninglist keeps it out",
    "unlisted": "no feed lists it",
  ]

  private func status(of hits: [Hit], isListed: Bool, verdict: WarninglistVerdict?) -> String {
    if hits.contains(where: \.isValid) { return "match" }
    if !hits.isEmpty || isListed { return "expired" }
    return verdict?.action == .drop ? "allowlisted" : "unlisted"
  }

  /// An indicator that a log with this value would hit.
  struct Hit {
    let stored: StoredIndicator
    let mode: MatchMode
    let isValid: Bool

    var json: JSONObject {
      var object: JSONObject = [
        "mode": .string(mode.rawValue), "valid": .bool(isValid), "indicator": .object(stored.indicator.json),
        "actors": .array(stored.indicator.actors.map { .object($0.json) }), "listings": .array(stored.listings.map { .object(ListingRecord.json($0)) }),
      ]
      if !stored.past.isEmpty {
        object["past"] = .array(
          stored.past.map { ["feed": .string($0.feed), "listed_from": .string($0.from.iso8601), "withdrawn": .string($0.to.iso8601)] })
      }
      return object
    }

    var lines: [String] {
      var lines = [
        "  \(mode.rawValue): \(stored.indicator.type.rawValue) \(stored.indicator.value), confidence \(stored.indicator.confidence), \(SightingText.actors(stored.indicator.actors))"
      ]
      lines += stored.listings.map { "    " + ListingRecord.text($0) }
      lines += stored.past.map { "    \($0.feed): earlier from \($0.from.iso8601) to \($0.to.iso8601)" }
      return lines
    }
  }

  private func candidates(_ observable: Observable) throws -> [Hit] {
    var found: [(Observable, MatchMode)] = []
    for candidate in index?.candidates(for: observable) ?? [] {
      if let indicator = index?.indicator(at: candidate.entry) { found.append((indicator.observable, candidate.mode)) }
    }
    if !found.contains(where: { $0.0.type == observable.type && $0.0.match == observable.match }) { found.insert((observable, .exact), at: 0) }
    return try found.compactMap { observable, mode in
      guard let stored = try store.record(of: observable, corroborate: policy.corroborated) else { return nil }
      let isValid = stored.indicator.validUntil.map { $0 > moment } ?? true
      return Hit(stored: stored, mode: mode, isValid: isValid)
    }
  }
}
