import Indicators
import Matching
import Rules
import Store
import Syntax

/// Why an alert is one: which bytes of which line, which indicator by which feed and row, which actor, which score from which parts.
struct AlertExplanation {
  private let alert: Alert
  private let samples: [Sighting]
  private let history: [StatusChange]
  private let stored: StoredIndicator?
  private let score: ScoringPolicy.Score

  init(id: String, places: PlaceOptions, now: Timestamp) throws {
    let directory = try StateDirectory(places.state)
    let store = try AlertStore(path: directory.alerts)
    alert = try store.alert(id: id)
    samples = try store.samples(of: alert)
    history = try store.history(of: alert)
    let policy = try RuleDirectory(places).scoring()
    stored = try IndicatorStore(path: directory.indicators).record(of: alert.indicator.observable, corroborate: policy.corroborated)
    let sample = alert.sample
    score = policy.score(
      ScoringPolicy.Facts(
        indicator: sample.indicator, mode: sample.match.mode, direction: sample.event.direction?.rawValue,
        outcome: sample.event.outcome?.rawValue, time: sample.observedAt))
  }

  var json: JSONObject {
    var object = alert.json
    object["sightings"] = .array(samples.map { .object($0.json) })
    object["score"] = [
      "points": JSONValue(score.points),
      "parts": .array(score.parts.map { ["name": .string($0.name), "value": .string($0.value), "factor": JSONValue($0.factor)] }),
    ]
    if let stored { object["listings"] = .array(stored.listings.map { .object(ListingRecord.json($0)) }) }
    object["history"] = .array(
      history.map {
        [
          "time": .string($0.at.iso8601), "who": .string($0.who), "status": .string($0.status.rawValue), "reason": .string($0.reason),
        ]
      })
    return object
  }

  func text(colour: Bool) -> String {
    var lines = ["alert \(alert.id)", SightingText.line(alert, colour: colour), "", "Sightings (\(samples.count) of \(alert.count)):"]
    for sighting in samples {
      lines.append("  " + SightingText.line(sighting, colour: colour))
      let match = sighting.match
      lines.append(
        Console.visible(
          "    bytes \(match.offset)–\(match.offset + match.length) of \(sighting.source.path), line \(match.line), read as \(sighting.source.format)"
            + (match.field.map { ", field \($0)" } ?? "") + ", view \(match.view.rawValue), \(match.mode.rawValue)"))
      lines.append("    " + Console.visible(sighting.event.raw))
    }
    lines += ["", "Listed by:"]
    for listing in stored?.listings ?? [] { lines.append("  " + Console.visible(ListingRecord.text(listing))) }
    if stored == nil { lines.append("  no feed any more; when it was found: \(Console.visible(alert.indicator.feeds.joined(separator: ", ")))") }
    lines += ["", "Score \(score.points) (\(score.severity.rawValue)), from:"]
    for part in score.parts { lines.append("  \(part.name): \(Console.visible(part.value)) × \(part.factor)") }
    if !history.isEmpty {
      lines += ["", "History:"]
      for change in history {
        lines.append("  " + Console.visible("\(change.at.iso8601) \(change.status.rawValue) by \(change.who)\(change.reason.isEmpty ? "" : ": \(change.reason)")"))
      }
    }
    return lines.joined(separator: "\n")
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
