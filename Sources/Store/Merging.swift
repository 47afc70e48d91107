internal import GRDB
internal import Indicators

/// The feeds by number, each with the time when its body was last read.
struct FeedReadings {
  private var feeds: [Int64: (name: String, readAt: Timestamp)] = [:]

  init(_ database: Database) throws {
    for row in try Row.fetchAll(database, sql: "SELECT number, name, coalesce(read_at, 0) FROM feed") {
      feeds[row[0]] = (row[1], Timestamp(microseconds: row[2]))
    }
  }

  func readAt(_ number: Int64) -> Timestamp { feeds[number]?.readAt ?? Timestamp(microseconds: 0) }

  subscript(number: Int64) -> (name: String, readAt: Timestamp) { feeds[number] ?? ("", Timestamp(microseconds: 0)) }
}

/// Several feeds' rows of one indicator becoming one.
struct Merging {
  let number: Int64
  private let observable: Observable?
  private var provenances: [Provenance] = []
  private var latestListing = Timestamp(microseconds: .min)

  /// - Parameter type: nil when a newer version wrote a type that this one does not know.
  init(number: Int64, type: IndicatorType?, row: Row) {
    self.init(number: number, type: type, match: row[2], canonical: row[3], flags: row[4])
  }

  init(number: Int64, type: IndicatorType?, match: String, canonical: String, flags: String) {
    self.number = number
    observable = type.map { type in
      Observable(
        type: type, canonical: canonical, match: ValueKey.match(match, canonical: canonical, type: type), flags: flags.isEmpty ? [] : flags.split(separator: ",").map(String.init))
    }
  }

  mutating func add(_ provenance: Provenance, listedFrom: Timestamp) {
    provenances.append(provenance)
    latestListing = max(latestListing, listedFrom)
  }

  static func provenance(_ row: Row, _ memory: DetailsMemory, _ feeds: FeedReadings) -> Provenance {
    let feed = feeds[row[5]]
    var provenance = provenance(
      details: row[12], feed: feed.name, firstSeen: row[7], lastSeen: row[14] as Bool ? feed.readAt.microseconds : row[8],
      validUntil: validUntil(row[9], for: row[15], since: feed.readAt), confidence: row[10], mode: row[11], memory)
    if let line = row[13] as Int? { provenance.line = line }
    return provenance
  }

  /// Of the columns of a listing; times in microseconds.
  static func provenance(
    details: String, feed: String, firstSeen: Int64, lastSeen: Int64, validUntil: Timestamp?, confidence: Int, mode: String?, _ memory: DetailsMemory
  ) -> Provenance {
    var provenance = memory.provenance(details)
    provenance.feed = feed
    provenance.firstSeen = Timestamp(microseconds: firstSeen)
    provenance.lastSeen = Timestamp(microseconds: lastSeen)
    provenance.validUntil = validUntil
    provenance.confidence = confidence
    provenance.mode = mode.flatMap(MatchMode.init(rawValue:))
    return provenance
  }

  /// The end of validity of a listing, by its two columns.
  static func validUntil(_ until: Int64?, for span: Int64?, since reading: Timestamp) -> Timestamp? {
    guard let span else { return until.map { Timestamp(microseconds: $0) } }
    return Timestamp(microseconds: reading.microseconds.addingReportingOverflow(span).partialValue)
  }

  func fits(_ selection: IndicatorStore.Selection) -> Bool {
    if let feed = selection.feed, !provenances.contains(where: { $0.feed == feed }) { return false }
    if let since = selection.listedSince, latestListing < since { return false }
    guard let actor = selection.actor?.lowercased() else { return true }
    return provenances.joined().contains { attribution in
      attribution.id == actor || attribution.parents.contains(actor) || attribution.name?.lowercased() == actor
    }
  }

  func indicator(_ corroborate: ([Int]) -> Int) -> Indicator? {
    guard let observable else { return nil }
    if provenances.count == 1 { return Self.indicator(observable, provenances[0], corroborate) }
    // What does not depend on who comes first still reads alike every time.
    let provenances = provenances.sorted { $0.feed < $1.feed }
    var actors: [ActorAttribution] = []
    for attribution in provenances.joined() {
      let known = attribution.id.map { id in actors.contains { $0.id == id } } ?? actors.contains(attribution)
      if !known { actors.append(attribution) }
    }
    func union(_ values: (Provenance) -> [String]) -> [String] { Set(provenances.flatMap(values)).sorted() }
    return Indicator(
      observable: observable, feeds: union { [$0.feed] }, firstSeen: provenances.compactMap(\.firstSeen).min(),
      lastSeen: provenances.compactMap(\.lastSeen).max(),
      validUntil: provenances.contains { $0.validUntil == nil } ? nil : provenances.compactMap(\.validUntil).max(),
      confidence: corroborate(provenances.map(\.confidence)), tags: union(\.tags), actors: actors, malware: union(\.malware),
      tlp: Self.strictest(provenances.compactMap(\.tlp)), references: union { $0.reference.map { [$0] } ?? [] },
      mode: provenances.compactMap(\.mode).min { MatchMode.allCases.firstIndex(of: $0) ?? 0 < MatchMode.allCases.firstIndex(of: $1) ?? 0 })
  }

  /// What one feed says alone: the same as the merger of one, without its sets.
  private static func indicator(_ observable: Observable, _ provenance: Provenance, _ corroborate: ([Int]) -> Int) -> Indicator {
    var actors: [ActorAttribution] = []
    for attribution in provenance.actors {
      let known = attribution.id.map { id in actors.contains { $0.id == id } } ?? actors.contains(attribution)
      if !known { actors.append(attribution) }
    }
    func ordered(_ texts: [String]) -> [String] {
      // One or two are the rule.
      if texts.count < 2 || (texts.count == 2 && texts[0] < texts[1]) { return texts }
      return Set(texts).sorted()
    }
    return Indicator(
      observable: observable, feeds: [provenance.feed], firstSeen: provenance.firstSeen, lastSeen: provenance.lastSeen,
      validUntil: provenance.validUntil, confidence: corroborate([provenance.confidence]), tags: ordered(provenance.tags), actors: actors,
      malware: ordered(provenance.malware), tlp: provenance.tlp, references: provenance.reference.map { [$0] } ?? [], mode: provenance.mode)
  }

  private static func strictest(_ labels: [String]) -> String? {
    let order = ["clear", "white", "green", "amber", "amber+strict", "red"]
    return labels.max { (order.firstIndex(of: $0) ?? 0) < (order.firstIndex(of: $1) ?? 0) }
  }
}

extension [Provenance] {
  fileprivate func joined() -> [ActorAttribution] { flatMap(\.actors) }
}
