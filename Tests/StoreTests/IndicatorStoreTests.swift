import Foundation
import Feeds
import Indicators
import Matching
import Store
import Testing

@Suite struct IndicatorStoreTests {
  let folder: Folder
  let store: IndicatorStore
  private let day: Int64 = 86_400

  init() throws {
    folder = try Folder()
    store = try IndicatorStore(path: folder.file("indicators.sqlite"))
  }

  private func row(_ value: String, confidence: Int = 60, until: Timestamp? = nil, actors: [ActorAttribution] = []) -> FeedIndicator {
    FeedIndicator(
      observable: Observable(type: .domain, canonical: value),
      provenance: Provenance(feed: "f", validUntil: until, confidence: confidence, tags: ["t-\(value)"], actors: actors, line: 3))
  }

  @discardableResult
  private func load(_ feed: String, _ values: [String], at now: Timestamp, endsAtOnce: Bool = false, until: Timestamp? = nil) throws -> FeedStage.Outcome {
    let stage = try store.stage(feed, readWith: "r")
    for value in values { try stage.add(row(value, until: until)) }
    var state = try store.state(of: feed)
    state.rows = values.count
    return try stage.commit(state, endsAtOnce: endsAtOnce, now: now)
  }

  private func live(at now: Timestamp, _ selection: IndicatorStore.Selection = .init()) throws -> [Indicator] {
    var found: [Indicator] = []
    try store.forEachLive(selection, now: now, corroborate: { $0.max() ?? 0 }) { found.append($0) }
    return found
  }

  @Test func twoFeedsOfOneValueAreOneIndicator() throws {
    let now = Sample.now
    #expect(try load("a", ["x.example", "y.example", "y.example"], at: now).added == 2)
    #expect(try load("b", ["y.example", "z.example"], at: now.adding(seconds: 60)).added == 2)
    let found = try live(at: now.adding(seconds: 120))
    #expect(found.map(\.value) == ["x.example", "y.example", "z.example"])
    #expect(found[1].feeds == ["a", "b"])
    #expect(found[1].firstSeen == now)
    #expect(found[1].lastSeen == now.adding(seconds: 60))
    var selection = IndicatorStore.Selection()
    selection.feed = "b"
    #expect(try live(at: now.adding(seconds: 120), selection).count == 2)
    #expect(try store.yields()["a"]?.listed == 2)
    #expect(try store.yields()["a"]?.alone == 1)
  }

  @Test func twoPortsOfOneHostAreTwoIndicators() throws {
    let types: [(IndicatorType, String)] = [(.ipv4Port, "203.0.113.7"), (.ipv6Port, "[2001:db8::7]"), (.ipv6Port, "[::ffff:203.0.113.9]"), (.domainPort, "c2.example")]
    func load(_ ports: [Int], at now: Timestamp) throws -> FeedStage.Outcome {
      let stage = try store.stage("p", readWith: "r")
      for (type, host) in types {
        for port in ports {
          try stage.add(FeedIndicator(observable: try Canonicalizer.canonicalize("\(host):\(port)", as: type), provenance: Provenance(feed: "p")))
        }
      }
      return try stage.commit(try store.state(of: "p"), endsAtOnce: true, now: now)
    }
    let now = Sample.now
    #expect(try load([443, 8443], at: now).added == 8)
    let change = try load([8443, 9999], at: now.adding(seconds: 60))
    #expect(change.added == 4 && change.withdrawn == 4)
    let asked = now.adding(seconds: 120)
    let expected = try types.flatMap { type, host in try [8443, 9999].map { try Canonicalizer.canonicalize("\(host):\($0)", as: type) } }
    #expect(Set(try live(at: asked).map(\.observable)) == Set(expected))
    for observable in expected { #expect(try store.record(of: observable) { $0.max() ?? 0 }?.indicator.observable == observable) }
    #expect(try store.record(of: try Canonicalizer.canonicalize("203.0.113.7:1", as: .ipv4Port)) { $0.max() ?? 0 } == nil)
    var builder = IndexBuilder(path: folder.file("ports.ukx"))
    try store.pack(into: &builder, now: asked) { $0.max() ?? 0 }
    _ = try builder.finish()
    let index = try IndicatorIndex.open(path: folder.file("ports.ukx"))
    #expect(Set((0..<index.count).compactMap { index.indicator(at: $0)?.observable }) == Set(expected))
  }

  @Test func aStageTellsWhatWouldChangeBeforeAnythingDoes() throws {
    try load("a", ["x.example", "y.example", "z.example"], at: Sample.now)
    let stage = try store.stage("a", readWith: "r")
    try stage.add(row("x.example"))
    try stage.add(row("new.example"))
    let counts = try stage.counts()
    #expect(counts.staged == 2)
    #expect(counts.previous == 3)
    #expect(counts.removed == 2)
    // Not committed: the old set is in force.
    #expect(try live(at: Sample.now).count == 3)
  }

  @Test func whatLeavesAFeedAgesOrEndsAndComesBackWithItsHistory() throws {
    let start = Sample.now
    let until = start.adding(seconds: 30 * day)
    try load("a", ["x.example", "y.example"], at: start, until: until)
    #expect(try load("a", ["x.example"], at: start.adding(seconds: day), until: until).withdrawn == 1)
    #expect(try live(at: start.adding(seconds: 2 * day)).count == 2)
    #expect(try live(at: start.adding(seconds: 31 * day)).isEmpty)
    #expect(try load("a", ["y.example"], at: start.adding(seconds: 3 * day), endsAtOnce: true).withdrawn == 1)
    #expect(try live(at: start.adding(seconds: 4 * day)).map(\.value) == ["y.example"])
    let record = try #require(try store.record(of: Observable(type: .domain, canonical: "y.example"), corroborate: { $0.max() ?? 0 }))
    #expect(record.past.map(\.from) == [start])
    #expect(record.past.map(\.to) == [start.adding(seconds: day)])
    #expect(record.listings.first?.from == start.adding(seconds: 3 * day))
    #expect(record.listings.first?.withdrawn == nil)
    let gone = try #require(try store.record(of: Observable(type: .domain, canonical: "x.example"), corroborate: { $0.max() ?? 0 }))
    #expect(gone.listings.first?.withdrawn == start.adding(seconds: 3 * day))
  }

  @Test func stateAndProvenanceComeBackWhole() throws {
    var state = FeedState(feed: "a")
    state.etag = "W/\"1\""
    state.lastSuccess = Sample.now
    state.consecutiveFailures = 3
    state.lastError = "timeout"
    state.bookmark = "2026"
    try store.save(state)
    #expect(try store.state(of: "a") == state)
    #expect(try store.state(of: "never") == FeedState(feed: "never"))
    let stage = try store.stage("a", readWith: "r")
    var indicator = row("x.example", confidence: 91)
    indicator.provenance.reference = "https://intel.example/\"1\""
    indicator.provenance.tlp = "amber"
    indicator.provenance.actors = [ActorAttribution(status: .ambiguous, raw: "Labyrinth Chollima", candidates: ["ta-a", "ta-b"])]
    try stage.add(indicator)
    _ = try stage.commit(state, endsAtOnce: false, now: Sample.now)
    let record = try #require(try store.record(of: indicator.observable, corroborate: { $0[0] }))
    #expect(record.indicator.confidence == 91)
    #expect(record.indicator.references == ["https://intel.example/\"1\""])
    #expect(record.indicator.actors.first?.candidates == ["ta-a", "ta-b"])
    #expect(record.listings.first?.provenance.line == 3)
    #expect(try store.lastReading(of: "a")?.with == "r")
  }

  @Test func historySaysWhichFeedsListedItOnADay() throws {
    let start = Sample.now
    func at(_ days: Int64) -> Timestamp { start.adding(seconds: days * day) }
    try load("a", ["x.example"], at: at(0))
    try load("a", ["y.example"], at: at(10))
    try load("b", ["x.example"], at: at(15))
    try load("a", ["x.example", "y.example"], at: at(20))
    let record = try #require(try store.record(of: Observable(type: .domain, canonical: "x.example"), corroborate: { $0.max() ?? 0 }))
    func listed(_ days: Int64) -> [String] { record.feeds(listingFrom: at(days), to: at(days).adding(seconds: 1)) }
    #expect(listed(-1) == [])
    #expect(listed(5) == ["a"])
    #expect(listed(12) == [])
    #expect(listed(16) == ["b"])
    #expect(listed(25) == ["a", "b"])
    // A whole day counts when any of it does.
    #expect(record.feeds(listingFrom: at(9), to: at(10)) == ["a"])
  }

  @Test func theRevisionGrowsWithEveryBodyAndTheIndexIsRemembered() throws {
    #expect(try store.revision() == 0)
    #expect(try store.compiled()?.fingerprint == nil)
    try load("a", ["x.example"], at: Sample.now)
    #expect(try store.revision() == 1)
    try store.noteCompiled("f1", indicators: 1, bytes: 100)
    try store.noteCompiled("f2", indicators: 2, bytes: 200)
    let compiled = try #require(try store.compiled())
    #expect(compiled.fingerprint == "f2")
    #expect(compiled.indicators == 2)
    #expect(compiled.bytes == 200)
  }

  @Test func whatAFeedTakesBackEndsAtOnceEvenWhereOthersAge() throws {
    let until = Sample.now.adding(seconds: 90 * day)
    try load("a", ["x.example", "y.example", "z.example"], at: Sample.now, until: until)
    try load("b", ["y.example"], at: Sample.now, until: until)
    let stage = try store.stage("a", readWith: "r")
    for value in ["z.example"] { try stage.add(row(value, until: until)) }
    for value in ["x.example", "y.example", "z.example", "never.example"] { try stage.revoke(Observable(type: .domain, canonical: value)) }
    _ = try stage.commit(FeedState(feed: "a"), endsAtOnce: false, now: Sample.now.adding(seconds: day))
    // x ends; y is still claimed by b; z is listed again by the very body that takes it back.
    #expect(try live(at: Sample.now.adding(seconds: 2 * day)).map(\.value) == ["y.example", "z.example"])
    #expect(try live(at: Sample.now.adding(seconds: 2 * day)).first?.feeds == ["b"])
  }

  @Test func goingBackKeepsWhatWasLeftOut() throws {
    var state = FeedState(feed: "a")
    let schedule = FeedSchedule(every: 3600)
    for number in 1...5 {
      let body = FeedOutcome.AcceptedBody(bodyHash: "h\(number)", rows: number, indicators: number, bookmark: "b\(number)")
      state = state.advanced(by: .accepted(body), now: Sample.now.adding(seconds: Int64(number)), schedule: schedule)
    }
    #expect(state.generations.map(\.hash) == ["h5", "h4", "h3"])
    let back = try #require(state.rolledBack(now: Sample.now))
    #expect(back.bodyHash == "h4")
    #expect(back.bookmark == "b4")
    #expect(back.withheld == ["h5"])
    #expect(back.etag == nil)
    let further = try #require(back.rolledBack(now: Sample.now))
    #expect(further.withheld == ["h4", "h5"])
    #expect(further.rolledBack(now: Sample.now) == nil)
    try store.save(back)
    #expect(try store.state(of: "a") == back)
    // Accepted after all, it is withheld no more.
    let again = back.advanced(by: .accepted(FeedOutcome.AcceptedBody(bodyHash: "h5", rows: 5, indicators: 5)), now: Sample.now, schedule: schedule)
    #expect(again.withheld.isEmpty)
  }
}

@Suite struct StateDirectoryTests {
  @Test func locksAreTakenOnceAndFreedWithTheirHolder() throws {
    let folder = try Folder()
    let directory = try StateDirectory(folder.file("state/deep"))
    var lock: LockFile? = try LockFile("sync", in: directory)
    let error = #expect(throws: Diagnostic.self) { try LockFile("sync", in: directory) }
    #expect(error?.code == "lock.busy")
    _ = try LockFile("other", in: directory)
    withExtendedLifetime(lock) {}
    lock = nil
    _ = try LockFile("sync", in: directory)
  }

  @Test func aDirectoryThatOthersCanWriteIsRefused() throws {
    let folder = try Folder()
    try FileManager.default.createDirectory(atPath: folder.file("open"), withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.file("open"))
    let error = #expect(throws: Diagnostic.self) { try StateDirectory(folder.file("open")) }
    #expect(error?.code == "state.ownership")
  }
}
