import ArgumentParser
import Feeds
import Indicators
import Matching
import Rules
import Store
import Syntax
import Terminal

/// `ukai lookup`: what is known of a value, and why it would or would not match.
struct Lookup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lookup", abstract: "What is known of values, and why they would or would not match.",
    discussion: """
      Examples:
        ukai lookup 'hxxp://cdn[.]evil[.]example/a' 198.51.100.7
        ukai lookup --on 2026-03-14 198.51.100.7          was it listed on that day?
        cut -d, -f1 suspects.csv | ukai lookup --json -
      """)

  @Option(help: ArgumentHelp("Read values as this type.", valueName: "type"))
  var type: IndicatorType?

  @Option(help: ArgumentHelp("Would it match at this moment (ISO 8601, or a span such as 36h ago)?", valueName: "time"))
  var at: String?

  @Option(help: ArgumentHelp("Was it listed on this day, or at this moment, and by which feeds?", valueName: "date"))
  var on: String?

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
    let day = try on.map { text in
      guard let day = LookupDesk.Day(text, now: now) else { throw ValidationError(TimeArgument.complaint(text)) }
      return day
    }
    let directory = try StateDirectory(places.state)
    let rules = RuleDirectory(places)
    let (index, isReadable) = try Self.open(directory.index)
    let desk = LookupDesk(
      store: try IndicatorStore(path: directory.indicators), index: index,
      warninglists: rules.warninglists(), policy: try rules.scoring(), moment: moment, day: day)
    var console = output.console()
    try ValueInput.forEach(values) { value in
      let answer = try desk.answer(value, as: type)
      try console.record(answer.json, text: answer.text)
    }
    try console.flush()
    if !isReadable { throw CommandFailure(.incomplete) }
  }

  /// Without an index nothing matches: that is said, and what is wrong with one that cannot be opened.
  private static func open(_ path: String) throws -> (index: IndicatorIndex?, isReadable: Bool) {
    guard Files.exists(path) else {
      Console.show(Diagnostic(.warning, code: "index.missing", "there is no index yet: nothing is listed", hint: "run ukai sync first", file: path))
      return (nil, true)
    }
    do {
      return (try IndicatorIndex.openWhole(path: path), true)
    } catch {
      guard Program.report(error) != nil else { throw error }
      return (nil, false)
    }
  }
}

/// Answers look-ups from the store, the index and the warninglists.
struct LookupDesk {
  let store: IndicatorStore
  let index: IndicatorIndex?
  let warninglists: Warninglists
  let policy: ScoringPolicy
  let moment: Timestamp
  /// The past that is asked about; nil for the present.
  var day: Day?

  /// A day, or a moment, of the past.
  struct Day {
    let text: String
    let start: Timestamp
    let end: Timestamp

    init?(_ text: String, now: Timestamp) {
      guard let time = TimeArgument.parse(text, now: now) else { return nil }
      self.text = text
      start = time
      // A bare date means the whole day.
      let isDate = text.utf8.count == 10 && text.utf8.filter { $0 == UInt8(ascii: "-") }.count == 2
      end = isDate ? time.adding(seconds: 86_400) : Timestamp(microseconds: time.microseconds + 1)
    }
  }

  struct Answer {
    let json: JSONObject
    let text: String
  }

  func answer(_ value: String, as type: IndicatorType?) throws -> Answer {
    let query = value
    let value = Observation.shown(value, as: type)
    var object: JSONObject = ["query": .string(value)]
    let observable: Observable
    switch Observation.read(query, as: type) {
    case .failure(let rejection):
      // A top-level domain alone is no name, and is asked for all the same.
      if PublicSuffix.isKnownTLD(value.lowercased()) {
        object["status"] = "public-suffix"
        let meaning = Specificity.meaning(of: "public-suffix")
        return Answer(json: object, text: Console.visible("\(value): would match nothing: no feed can list it, for it says too little (\(meaning))"))
      }
      object["status"] = "rejected"
      object["reason"] = .string(rejection.reason)
      return Answer(json: object, text: Console.visible("\(value): not an indicator (\(rejection.reason))"))
    case .success(let read): observable = read.pinned
    }
    object["type"] = .string(observable.type.rawValue)
    object["value"] = .string(observable.written)
    if !observable.flags.isEmpty { object["flags"] = JSONValue(observable.flags) }
    var lines = ["\(value): \(observable.type.rawValue) \(observable.written)"]
    let verdict = warninglists.verdict(for: observable)
    if let verdict {
      object["warninglist"] = ["list": .string(verdict.list), "action": .string(verdict.action.rawValue)]
      lines.append("  on the warninglist \(verdict.list): \(verdict.action.rawValue)")
    }
    let hits = try candidates(observable)
    if let day {
      let feeds = Set(hits.flatMap { $0.stored.feeds(listingFrom: day.start, to: day.end) }).sorted()
      object["on"] = .string(day.text)
      object["status"] = feeds.isEmpty ? "not-listed" : "listed"
      object["listed_by"] = JSONValue(feeds)
      lines.append(feeds.isEmpty ? "  no feed listed it on \(day.text)" : "  listed on \(day.text) by \(feeds.joined(separator: ", "))")
    } else {
      let (status, sentence) = status(of: hits, verdict: verdict, objection: Specificity.objection(to: observable))
      object["status"] = .string(status)
      lines.append("  " + sentence)
    }
    if observable.type == .npm || observable.type == .pypi {
      let versions = try store.versions(ofPackage: observable.canonical, type: observable.type).filter { $0 != observable.match }
      if !versions.isEmpty {
        object["listed_versions"] = JSONValue(versions)
        lines.append("  listed in versions of their own, which match where a log names them: \(versions.joined(separator: ", "))")
      }
    }
    object["matches"] = .array(hits.map { .object($0.json) })
    for hit in hits { lines += hit.lines }
    return Answer(json: object, text: lines.map { Console.visible($0) }.joined(separator: "\n"))
  }

  /// Why a log with the value would, or would not, raise an alert.
  private func status(of hits: [Hit], verdict: WarninglistVerdict?, objection: String?) -> (status: String, sentence: String) {
    let valid = hits.filter(\.isValid)
    if let best = valid.max(by: { $0.score.points < $1.score.points }) {
      if best.score.severity == .informational {
        return ("below-score", "would match, but counts for \(best.score.points), below low (\(policy.low)): informational only")
      }
      return ("match", "would match: \(best.score.severity.rawValue), \(best.score.points) points before direction and outcome are known")
    }
    if let last = hits.max(by: { $0.end ?? Timestamp(microseconds: .min) < $1.end ?? Timestamp(microseconds: .min) }) {
      return ("expired", "was listed, and expired" + (last.end.map { " on \($0.iso8601)" } ?? ""))
    }
    if let verdict, verdict.action == .drop { return ("allowlisted", "would match nothing: allowlisted by \(verdict.list)") }
    if let objection {
      return (objection, "would match nothing: no feed can list it, for it says too little (\(Specificity.meaning(of: objection)))")
    }
    return ("unlisted", "no feed lists it")
  }

  /// An indicator that a log with this value would hit, or would have hit.
  struct Hit {
    let stored: StoredIndicator
    let mode: MatchMode
    let isValid: Bool
    let score: ScoringPolicy.Score

    var end: Timestamp? { stored.indicator.validUntil }

    var json: JSONObject {
      var object: JSONObject = [
        "mode": .string(mode.rawValue), "valid": .bool(isValid), "score": JSONValue(score.points), "severity": .string(score.severity.rawValue),
        "indicator": .object(stored.indicator.json),
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
    var found: [(Observable, MatchMode)] = [(observable, .exact)]
    func add(_ observable: Observable, _ mode: MatchMode) {
      if !found.contains(where: { $0.0.type == observable.type && $0.0.match == observable.match && $0.0.canonical == observable.canonical }) { found.append((observable, mode)) }
    }
    for candidate in index?.candidates(for: observable) ?? [] {
      if let indicator = index?.indicator(at: candidate.entry) { add(indicator.observable, candidate.mode) }
    }
    for (observable, mode) in try wider(observable) { add(observable, mode) }
    return try found.compactMap { observable, mode in
      guard let stored = try store.record(of: observable, corroborate: policy.corroborated) else { return nil }
      let isValid = stored.indicator.validUntil.map { $0 > moment } ?? true
      let score = policy.score(ScoringPolicy.Facts(indicator: stored.indicator, mode: mode, time: moment))
      return Hit(stored: stored, mode: mode, isValid: isValid, score: score)
    }
  }

  /// What the index, which holds only what is in force, cannot know: names above a name, the host of a URL, networks around an address.
  private func wider(_ observable: Observable) throws -> [(Observable, MatchMode)] {
    switch observable.type {
    case .domain: return parents(of: observable.match).map { (Observable(type: .domain, canonical: $0), .suffix) }
    case .url:
      let host = String(observable.match.prefix { $0 != "/" && $0 != ":" && $0 != "?" })
      return ([host] + parents(of: host)).map { (Observable(type: .domain, canonical: $0), .host) } + [(Observable(type: .ipv4, canonical: host), .host)]
    case .ipv4, .ipv6:
      return try store.networks().filter { Self.network($0, holds: observable.match) }.map { ($0, .cidr) }
    case .npm, .pypi: return [(Observable(type: observable.type, canonical: observable.canonical), .exact)]
    default: return []
    }
  }

  private func parents(of name: String) -> [String] {
    var names: [String] = []
    var rest = name[...]
    while let dot = rest.firstIndex(of: ".") {
      rest = rest[rest.index(after: dot)...]
      if rest.contains(".") { names.append(String(rest)) }
    }
    return names
  }

  private static func network(_ observable: Observable, holds address: String) -> Bool {
    guard let network = IPNetwork(ascii: observable.canonical.utf8) else { return false }
    if let four = IPv4Address(ascii: address.utf8) { return network.contains(four) }
    if let six = IPv6Address(ascii: address.utf8) { return network.contains(six) }
    return false
  }
}
