import Feeds
import Foundation
import Indicators
import Store
import Testing

/// A body that comes again is not written again. Whatever changes between two bodies, what is listed must be what it would be if every
/// row had been read and written anew, and what a plain model says.
@Suite struct ListedRowsTests {
  private struct Row: Hashable {
    var value: Int
    var confidence: Int
    /// Days after the start; nil when the row has no date.
    var seen: Int64?
    /// Days of validity from each reading, or to a date of its own.
    var validFor: Int64?
    var until: Int64?

    var observable: Observable { Observable(type: .domain, canonical: "v\(value).example") }

    func indicator(now: Timestamp, named: Bool) -> FeedIndicator {
      var provenance = Provenance(feed: "f", confidence: confidence, tags: ["t\(confidence)"])
      provenance.lastSeen = seen.map { Sample.now.adding(seconds: $0 * 86_400) }
      provenance.validUntil = validFor.map { now.adding(seconds: $0 * 86_400) } ?? until.map { Sample.now.adding(seconds: $0 * 86_400) }
      return FeedIndicator(observable: observable, provenance: provenance, validFor: validFor.map { $0 * 86_400 }, row: named ? identity : nil)
    }

    var identity: UInt64 {
      // Any distinct numbers do, from all of the range.
      var number = UInt64(value) << 40 | UInt64(confidence) << 32 | UInt64((seen ?? 99) & 255) << 16 | UInt64((validFor ?? 77) & 255) << 8 | UInt64((until ?? 55) & 255)
      number &*= 0x9e37_79b9_7f4a_7c15
      return number ^ number >> 29
    }
  }

  private func load(_ store: IndicatorStore, _ rows: [Row], named: Bool, atOnce: Bool, readWith: String, now: Timestamp) throws -> (FeedStage.Counts, FeedStage.Outcome, Int) {
    let stage = try store.stage("f", readWith: readWith)
    var spared = 0
    for row in rows {
      if named, stage.takeListed(row.identity) {
        spared += 1
      } else {
        try stage.add(row.indicator(now: now, named: named))
      }
    }
    let counts = try stage.counts()
    return (counts, try stage.commit(FeedState(feed: "f"), endsAtOnce: atOnce, now: now), spared)
  }

  private struct Listing: Equatable {
    var from: Timestamp
    var withdrawn: Timestamp?
    var lastSeen: Timestamp?
    var until: Timestamp?
    var confidence: Int
    var past: [Timestamp]
  }

  private func listings(_ store: IndicatorStore, values: Int) throws -> [Int: Listing] {
    var found: [Int: Listing] = [:]
    for value in 0..<values {
      guard let record = try store.record(of: Observable(type: .domain, canonical: "v\(value).example"), corroborate: { $0[0] }),
        let listing = record.listings.first
      else { continue }
      found[value] = Listing(
        from: listing.from, withdrawn: listing.withdrawn, lastSeen: listing.provenance.lastSeen, until: listing.provenance.validUntil,
        confidence: listing.provenance.confidence, past: record.past.flatMap { [$0.from, $0.to] })
    }
    return found
  }

  /// The model: what a body makes of what was listed.
  private func step(_ before: [Int: Listing], _ rows: [Row], atOnce: Bool, now: Timestamp) -> [Int: Listing] {
    var after = before
    for (value, rows) in Dictionary(grouping: rows, by: \.value) {
      let claims = rows.map { $0.indicator(now: now, named: false).provenance }
      var listing = before[value] ?? Listing(from: now, confidence: 0, past: [])
      if let withdrawn = listing.withdrawn {
        listing.past += [listing.from, withdrawn]
        listing.from = now
      }
      listing.withdrawn = nil
      listing.lastSeen = claims.compactMap(\.lastSeen).max() ?? now
      listing.until = claims.contains { $0.validUntil == nil } ? nil : claims.compactMap(\.validUntil).max()
      listing.confidence = claims.map(\.confidence).max() ?? 0
      after[value] = listing
    }
    for (value, listing) in before where listing.withdrawn == nil && !rows.contains(where: { $0.value == value }) {
      after[value]?.withdrawn = now
      if atOnce { after[value]?.until = min(listing.until ?? now, now) }
    }
    return after
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func aBodyThatComesAgainCountsAsIfItWereReadAnew(_ seed: UInt64) throws {
    let folder = try Folder()
    let quick = try IndicatorStore(path: folder.file("quick.sqlite"))
    let plain = try IndicatorStore(path: folder.file("plain.sqlite"))
    var generator = SeededGenerator(seed: seed)
    func random(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
    func newRow() -> Row {
      var row = Row(value: random(30), confidence: 50 + random(3))
      if random(3) == 0 { row.seen = Int64(random(5)) }
      switch random(3) {
      case 0: row.until = Int64(random(40))
      case 1 where row.seen == nil: row.validFor = Int64(10 + random(2))
      default: break
      }
      return row
    }
    var rows = (0..<25).map { _ in newRow() }
    var model: [Int: Listing] = [:]
    var now = Sample.now
    var spared = 0
    for round in 0..<25 {
      now = now.adding(seconds: Int64(1 + random(200_000)))
      for _ in 0..<random(6) {
        switch random(4) {
        case 0: rows.append(newRow())
        case 1: rows.insert(newRow(), at: 0)
        case 2 where rows.count > 1: rows.remove(at: random(rows.count))
        default: if let row = rows.randomElement(using: &generator) { rows.append(row) }
        }
      }
      let atOnce = random(2) == 0
      let readWith = round > 0 && random(8) == 0 ? "other" : "r"
      let one = try load(quick, rows, named: true, atOnce: atOnce, readWith: readWith, now: now)
      let two = try load(plain, rows, named: false, atOnce: atOnce, readWith: readWith, now: now)
      model = step(model, rows, atOnce: atOnce, now: now)
      spared += one.2
      #expect(one.0 == two.0 && one.1 == two.1)
      #expect(one.0.staged == Set(rows.map(\.value)).count)
      let expected = model
      #expect(try listings(quick, values: 30) == expected)
      #expect(try listings(plain, values: 30) == expected)
      var live: [String] = []
      try quick.forEachLive(now: now.adding(seconds: 86_400), corroborate: { $0[0] }) { live.append($0.value) }
      let alive = model.filter { $0.value.until.map { $0 > now.adding(seconds: 86_400) } ?? true }
      #expect(Set(live) == Set(alive.keys.map { "v\($0).example" }) && live.count == alive.count)
      var unordered: [String] = []
      try quick.forEachLive(isOrdered: false, now: now.adding(seconds: 86_400), corroborate: { $0[0] }) { unordered.append($0.value) }
      #expect(unordered.sorted() == live)
      #expect(try quick.liveCounts(now: now.adding(seconds: 86_400)).map(\.count).reduce(0, +) == live.count)
    }
    #expect(spared > 100)
  }

  @Test func aBodyThatIsThereAgainKeepsWhatItLists() throws {
    let folder = try Folder()
    let store = try IndicatorStore(path: folder.file("a.sqlite"))
    _ = try load(store, [Row(value: 1, confidence: 50, validFor: 10), Row(value: 2, confidence: 50, until: 10)], named: true, atOnce: false, readWith: "r", now: Sample.now)
    func live(day: Int64) throws -> [String] {
      var found: [String] = []
      try store.forEachLive(now: Sample.now.adding(seconds: day * 86_400 + 1), corroborate: { $0[0] }) { found.append($0.value) }
      return found
    }
    #expect(try live(day: 9) == ["v1.example", "v2.example"])
    #expect(try live(day: 10).isEmpty)
    let revision = try store.revision()
    try store.confirm(FeedState(feed: "f"), now: Sample.now.adding(seconds: 5 * 86_400))
    #expect(try store.revision() == revision + 1)
    #expect(try live(day: 14) == ["v1.example"])
    #expect(try live(day: 15).isEmpty)
  }
}
