import Feeds
import Indicators
import Matching
import Rules
import Store
import Syntax
import Terminal

/// Why an alert is one: which bytes of which line, which indicator by which rule, which row of which feed read when, which actor by which
/// claims, which score from which parts, and who was told.
struct AlertExplanation {
  private let alert: Alert
  private let samples: [Sighting]
  private let assets: [String]
  private let history: [StatusChange]
  private let deliveries: [(destination: String, version: Int, at: Timestamp, refused: String?)]
  private let stored: StoredIndicator?
  private let resolutions: [ActorResolution]
  /// Where each feed is fetched from, by its definition of today.
  private let addresses: [String: String]
  private let score: ScoringPolicy.Score
  /// The sighting that gave the alert its severity, when that was not the first.
  private let raise: Sighting?
  /// What today's rules would make of it, when that differs.
  private let scoreNow: ScoringPolicy.Score?

  private static let assetLimit = 1000

  init(id: String, places: PlaceOptions, now: Timestamp) throws {
    let directory = try StateDirectory(places.state)
    let store = try AlertStore(path: directory.alerts)
    alert = try store.alert(id: id)
    samples = try store.samples(of: alert)
    assets = alert.wideAssets > 0 ? try store.assets(of: alert, limit: Self.assetLimit) : []
    history = try store.history(of: alert)
    deliveries = try store.deliveries(of: alert)
    let rules = RuleDirectory(places)
    let policy = try rules.scoring()
    let indicators = try IndicatorStore(path: directory.indicators)
    stored = try indicators.record(of: alert.indicator.observable, corroborate: policy.corroborated)
    let names = alert.indicator.actors.map(\.raw)
    if names.isEmpty {
      resolutions = []
    } else {
      let resolver = Actors.resolver(rules.path)
      resolutions = names.map { resolver.resolve($0) }
    }
    let today = policy.score(alert.sample)
    score = alert.sample.score ?? today
    let severity = alert.severity
    raise = severity > score.severity ? samples.first { $0.severity >= severity && $0.score != nil } : nil
    let definitions = FeedCatalog.load(directory: places.feeds).definitions
    addresses = Dictionary(definitions.map { ($0.name, $0.address) }, uniquingKeysWith: { first, _ in first })
    scoreNow = today == score ? nil : today
  }

  var json: JSONObject {
    var object = alert.json
    object["sightings"] = .array(samples.map { .object($0.json) })
    if !assets.isEmpty { object["asset_names"] = JSONValue(assets) }
    object["score"] = .object(score.json)
    if let raise, let score = raise.score { object["severity_from"] = ["sighting_id": .string(raise.id), "score": .object(score.json)] }
    if let scoreNow { object["score_by_rules_of_today"] = .object(scoreNow.json) }
    if let stored {
      object["listings"] = .array(
        stored.listings.map { listing in
          var record = ListingRecord.json(listing)
          if let address = addresses[listing.provenance.feed] { record["url"] = .string(address) }
          if let read = listing.written { record["read_at"] = .string(read.iso8601) }
          return .object(record)
        })
    }
    if !resolutions.isEmpty { object["claims"] = .array(resolutions.map { .object($0.json) }) }
    object["deliveries"] = .array(
      deliveries.map { delivery in
        var record: JSONObject = ["destination": .string(delivery.destination), "version": JSONValue(delivery.version), "time": .string(delivery.at.iso8601)]
        if let reason = delivery.refused { record["refused"] = .string(reason) }
        return .object(record)
      })
    object["history"] = .array(
      history.map {
        [
          "time": .string($0.at.iso8601), "who": .string($0.who), "status": .string($0.status.rawValue), "reason": .string($0.reason),
        ]
      })
    return object
  }

  func text(colour: Bool) -> String {
    var lines = ["alert \(alert.id)", SightingText.line(alert, colour: colour)]
    let found = alert.foundAt.map { "; found by a scan \($0.iso8601)" } ?? ""
    lines.append("seen \(alert.firstSeen.iso8601) to \(alert.lastSeen.iso8601)\(found)")
    if let warning = alert.warning { lines.append("warning: " + warning) }
    lines += matchLines(colour: colour)
    if !assets.isEmpty { lines += ["", "Assets (\(alert.wideAssets)):", "  " + Console.visible(assets.joined(separator: ", "))] }
    lines += listingLines
    if !resolutions.isEmpty { lines += ["", "Actors, by the claims:"] + resolutions.map { "  " + Console.visible($0.prose) } }
    lines += scoreLines
    if !deliveries.isEmpty {
      lines += ["", "Delivered:"]
      lines += deliveries.map { "  " + Console.visible("\($0.at.iso8601) \($0.destination)" + ($0.refused.map { ": refused: \($0)" } ?? "")) }
    }
    if !history.isEmpty {
      lines += ["", "History:"]
      for change in history {
        lines.append("  " + Console.visible("\(change.at.iso8601) \(change.status.rawValue) by \(change.who)\(change.reason.isEmpty ? "" : ": \(change.reason)")"))
      }
    }
    return lines.joined(separator: "\n")
  }

  private func matchLines(colour: Bool) -> [String] {
    var lines = ["", "Sightings (\(samples.count) of \(alert.count): the first, and those that raised the severity):"]
    for sighting in samples {
      lines.append("  " + SightingText.line(sighting, colour: colour))
      let match = sighting.match
      lines.append(
        Console.visible(
          "    bytes \(match.offset)–\(match.offset + match.length) of \(sighting.source.path), line \(match.line), read as \(sighting.source.format)"
            + (match.field.map { ", field \($0)" } ?? "")))
      lines.append(Console.visible("    rule: \(Self.rule(match, sighting.indicator))"))
      lines.append("    " + Console.visible(sighting.event.raw) + (sighting.event.rawTruncated ? " … (cut at 8 KiB)" : ""))
    }
    return lines
  }

  /// How the match came about, in words.
  private static func rule(_ match: Sighting.Match, _ indicator: Indicator) -> String {
    let how =
      switch match.mode {
      case .exact: "\"\(match.value)\" is the indicator \(indicator.value)"
      case .host: "\"\(match.value)\" names the host of the indicator \(indicator.value)"
      case .suffix: "\"\(match.value)\" lies below the indicator \(indicator.value)"
      case .cidr: "\"\(match.value)\" lies in the network \(indicator.value)"
      case .prefix: "\"\(match.value)\" lies below the address \(indicator.value)"
      case .weak: "\"\(match.value)\" is a form of \(indicator.value) that is right only often"
      }
    let seen =
      switch match.view {
      case .raw: ""
      case .json: ", after undoing JSON escapes"
      case .percent: ", after undoing percent codes"
      case .refang: ", after undoing defanging"
      case .utf16: ", in UTF-16 text"
      }
    return how + " (\(match.mode.rawValue))" + seen
  }

  private var listingLines: [String] {
    var lines = ["", "Listed by:"]
    for listing in stored?.listings ?? [] {
      lines.append("  " + Console.visible(ListingRecord.text(listing)))
      let address = addresses[listing.provenance.feed].map { "from \($0)" }
      let read = listing.written.map { "body read \($0.iso8601)" }
      let facts = [address, read].compactMap { $0 } + ListingRecord.facts(listing.provenance)
      if !facts.isEmpty { lines.append("    " + Console.visible(facts.joined(separator: "; "))) }
    }
    for past in stored?.past ?? [] { lines.append("  " + Console.visible("\(past.feed), earlier: \(past.from.iso8601) to \(past.to.iso8601)")) }
    if stored == nil { lines.append("  no feed any more; when it was found: \(Console.visible(alert.indicator.feeds.joined(separator: ", ")))") }
    return lines
  }

  private var scoreLines: [String] {
    var lines = ["", "Score of the first sighting: \(score.points), \(score.severity.rawValue):"] + Self.parts(score, alert.indicator)
    if let raise, let score = raise.score {
      lines.append("Score of the sighting that raised it, \(Console.visible(raise.source.path)):\(raise.match.line): \(score.points), \(score.severity.rawValue):")
      lines += Self.parts(score, raise.indicator)
    } else if alert.severity > score.severity {
      lines.append("  a later sighting, not kept, scored higher: \(alert.severity.rawValue)")
    }
    if let scoreNow { lines.append("  by the rules of today: \(scoreNow.points), \(scoreNow.severity.rawValue)") }
    return lines
  }
}

extension AlertExplanation {
  /// The sum, so that a person can do it again.
  private static func parts(_ score: ScoringPolicy.Score, _ indicator: Indicator) -> [String] {
    score.parts.map { part in
      part.name == "confidence"
        ? "  confidence \(Console.visible(part.value)) over \(indicator.feeds.count == 1 ? "one feed" : "\(indicator.feeds.count) feeds")"
        : "  × \(part.factor) for \(part.name): \(Console.visible(part.value))"
    }
  }
}

/// What one feed says of an indicator, as a record and as a line.
enum ListingRecord {
  static func json(_ listing: StoredIndicator.Listing) -> JSONObject {
    let provenance = listing.provenance
    var object: JSONObject = ["feed": .string(provenance.feed), "listed_from": .string(listing.from.iso8601)]
    if let withdrawn = listing.withdrawn { object["withdrawn"] = .string(withdrawn.iso8601) }
    if let first = provenance.firstSeen { object["first_seen"] = .string(first.iso8601) }
    if let last = provenance.lastSeen { object["last_seen"] = .string(last.iso8601) }
    if let until = provenance.validUntil { object["valid_until"] = .string(until.iso8601) }
    object["confidence"] = JSONValue(provenance.confidence)
    if let line = provenance.line { object["line"] = JSONValue(line) }
    if let reference = provenance.reference { object["reference"] = .string(reference) }
    if !provenance.tags.isEmpty { object["tags"] = JSONValue(provenance.tags) }
    if !provenance.actors.isEmpty { object["actors"] = .array(provenance.actors.map { .object($0.json) }) }
    return object
  }

  /// What the feed tells besides.
  static func facts(_ provenance: Provenance) -> [String] {
    var facts: [String] = []
    if let first = provenance.firstSeen { facts.append("first seen by it \(first.iso8601)") }
    if let last = provenance.lastSeen { facts.append("last \(last.iso8601)") }
    if !provenance.malware.isEmpty { facts.append("malware " + provenance.malware.joined(separator: ", ")) }
    if !provenance.tags.isEmpty { facts.append("tags " + provenance.tags.joined(separator: ", ")) }
    if let tlp = provenance.tlp { facts.append("TLP:" + tlp.uppercased()) }
    if let description = provenance.description { facts.append("\"" + description.prefix(200) + "\"") }
    return facts
  }

  static func text(_ listing: StoredIndicator.Listing) -> String {
    let provenance = listing.provenance
    var parts = ["\(provenance.feed)\(provenance.line.map { ", row \($0)" } ?? "")", "confidence \(provenance.confidence)", "since \(listing.from.iso8601)"]
    if let withdrawn = listing.withdrawn { parts.append("left it \(withdrawn.iso8601)") }
    if let until = provenance.validUntil { parts.append("valid until \(until.iso8601)") }
    if !provenance.actors.isEmpty { parts.append(SightingText.actors(provenance.actors)) }
    if let reference = provenance.reference { parts.append(reference) }
    return parts.joined(separator: "; ")
  }
}
