import Foundation
import Indicators
import Matching
import Rules
import Store
import Testing

@Suite struct AlertStoreTests {
  let folder: Folder
  let store: AlertStore

  init() throws {
    folder = try Folder()
    store = try AlertStore(path: folder.file("alerts.sqlite"))
  }

  @discardableResult
  private func commit(_ sightings: [Sighting], cursor: LogCursor? = nil) throws -> ScanCommit {
    try store.commit(ScanBatch(sightings: sightings, cursor: cursor), now: Sample.now)
  }

  @Test func oneThingOnOneAssetIsOneAlertWithACount() throws {
    let first = try commit((0..<10).map { Sample.sighting($0) }, cursor: Sample.cursor(100))
    #expect(first.newAlerts == 1)
    #expect(first.newSightings.count == 10)
    #expect(Set(first.newSightings.map(\.alertID)).count == 1)
    let again = try commit((0..<10).map { Sample.sighting($0) }, cursor: Sample.cursor(100))
    #expect(again.newAlerts == 0)
    #expect(again.duplicates == 10)
    let alert = try #require(try store.alerts().first)
    #expect(alert.count == 10)
    #expect(try store.samples(of: alert).count == 5)
    #expect(alert.sample.event.raw == "line 0 \u{1B}[31m \"quoted\"")
    #expect(alert.sample.event.destinationPort == 443)
    #expect(alert.indicator.actors.first?.parents == ["ta-lazarus", "ta-rgb"])
  }

  @Test func twoWritersByTurnsCountEverything() throws {
    let other = try AlertStore(path: folder.file("alerts.sqlite"))
    for turn in 0..<10 {
      let writer = turn % 3 == 0 ? other : store
      _ = try writer.commit(
        ScanBatch(sightings: (0..<7).map { Sample.sighting(turn * 7 + $0, severity: turn == 4 ? .high : .medium) }, cursor: nil), now: Sample.now)
    }
    let alert = try #require(try store.alerts().first)
    #expect(try store.alerts().count == 1)
    #expect(alert.count == 70)
    #expect(alert.severity == .high)
    // The first five, and the one that raised the severity.
    #expect(try store.samples(of: alert).map(\.match.line) == [0, 1, 2, 3, 4, 28])
  }

  @Test func aCommitThatFailedIsCountedWhenItIsDoneAgain() throws {
    try commit([Sample.sighting(0)])
    let path = folder.file("alerts.sqlite")
    try SQLiteShell.run(path, "CREATE TRIGGER refusal BEFORE INSERT ON cursor BEGIN SELECT RAISE(ABORT, 'refused'); END")
    try commit([Sample.sighting(1)])
    let batch = [Sample.sighting(2, severity: .high), Sample.sighting(3, host: "wks-2")]
    #expect(throws: Diagnostic.self) { try commit(batch, cursor: Sample.cursor(40)) }
    // Without a look from elsewhere, which would have everything read anew.
    #expect(try commit(batch).newSightings.count == 2)
    let alerts = try store.alerts()
    #expect(alerts.map(\.count).sorted() == [1, 3])
    #expect(alerts.map(\.severity).max() == .high)
  }

  @Test func aWindowIsADayWhicheverWayItGrows() throws {
    let hour: Int64 = 3600
    try commit([Sample.sighting(1, at: Sample.now)])
    try commit([Sample.sighting(2, at: Sample.now.adding(seconds: 20 * hour))])
    try commit([Sample.sighting(3, at: Sample.now.adding(seconds: -3 * hour))])
    #expect(try store.alerts().count == 1)
    try commit([Sample.sighting(4, at: Sample.now.adding(seconds: -5 * hour))])
    try commit([Sample.sighting(5, at: Sample.now.adding(seconds: 24 * hour))])
    let alerts = try store.alerts()
    #expect(alerts.map(\.count).sorted() == [1, 1, 3])
    #expect(alerts.reduce(0) { $0 + $1.count } == 5)
  }

  @Test func foldingInMemoryGivesTheSameAlerts() throws {
    var generator = SeededGenerator(seed: 42)
    var sightings: [Sighting] = []
    for number in 0..<500 {
      sightings.append(
        Sample.sighting(
          number % 400, value: "evil\(Int.random(in: 0..<5, using: &generator)).example",
          host: Bool.random(using: &generator) ? "wks-\(Int.random(in: 0..<3, using: &generator))" : nil,
          at: Sample.now.adding(seconds: Int64.random(in: 0..<400_000, using: &generator))))
    }
    var fold = MemoryFold()
    let remembered = sightings.compactMap { fold.count($0) }
    var stored: [Sighting] = []
    for start in stride(from: 0, to: sightings.count, by: 37) {
      stored += try commit(Array(sightings[start..<min(sightings.count, start + 37)])).newSightings
    }
    #expect(remembered.map(\.alertID) == stored.map(\.alertID))
    #expect(fold.alerts == (try store.alerts().count))
  }

  /// Destinations are told by version: a batch that is cut elsewhere (another number of workers, a kill) must not change what they hear.
  @Test(arguments: [1, 3, 50, 400]) func versionsCountEveryStepWhereverBatchesAreCut(size: Int) throws {
    var generator = SeededGenerator(seed: 11)
    let sightings = (0..<400).map { number in
      Sample.sighting(
        number, value: "evil\(number % 7).example", host: "wks-\(Int.random(in: 0..<30, using: &generator))",
        severity: Severity.allCases[Int.random(in: 0...number / 100 + 1, using: &generator)])
    }
    for start in stride(from: 0, to: sightings.count, by: size) {
      _ = try store.commit(
        ScanBatch(sightings: Array(sightings[start..<min(sightings.count, start + size)]), cursor: nil), now: Sample.now, assetsPerIndicator: 5)
    }
    // Told again from the sightings alone: one step when an alert opens, one for each rise, one for each ten times the assets.
    var steps: [String: (severity: Severity, assets: Set<String>, version: Int)] = [:]
    var fold = MemoryFold(assetsPerIndicator: 5)
    let wide = Set(try store.alerts().filter { $0.wideAssets > 0 }.map(\.id))
    for sighting in sightings.compactMap({ fold.count($0) }) {
      var step = steps[sighting.alertID] ?? (sighting.severity, [], 1)
      if sighting.severity > step.severity { step = (sighting.severity, step.assets, step.version + 1) }
      if wide.contains(sighting.alertID), step.assets.insert(sighting.asset).inserted, [10, 100].contains(step.assets.count) { step.version += 1 }
      steps[sighting.alertID] = step
    }
    let versions = try store.pending(for: "-", limit: 10_000).deliveries
    #expect(versions.count == steps.count)
    for pending in versions { #expect(pending.version == steps[pending.alert.id]?.version, "\(pending.alert.id)") }
  }

  @Test func theScoreIsOfTheSightingThatGaveTheSeverity() throws {
    var sightings = [Sample.sighting(1), Sample.sighting(2, severity: .high), Sample.sighting(3)]
    for (place, points) in [40, 75, 55].enumerated() {
      sightings[place].score = ScoringPolicy.Score(points: points, severity: sightings[place].severity, parts: [])
    }
    try commit([sightings[0]])
    #expect(try store.alerts().first?.score?.points == 40)
    try commit([sightings[1], sightings[2]])
    let alert = try #require(try store.alerts().first)
    #expect(alert.score?.points == 75)
    #expect(alert.sample.score?.points == 40)
    #expect(try store.pending(for: "x", limit: 10).deliveries.first?.alert.score?.points == 75)
  }

  @Test func filtersFindWhatTheyName() throws {
    try commit([Sample.sighting(1), Sample.sighting(2, value: "other.example", host: "wks-2", severity: .high)])
    func count(_ change: (inout AlertFilter) -> Void) throws -> Int {
      var filter = AlertFilter()
      change(&filter)
      let found = try store.alerts(filter)
      return found.count
    }
    #expect(try count { $0.minimumSeverity = .high } == 1)
    #expect(try count { $0.actor = "ta-lazarus" } == 2)
    #expect(try count { $0.actor = "TraderTraitor" } == 2)
    #expect(try count { $0.actor = "ta-kimsuky" } == 0)
    #expect(try count { $0.feed = "list" } == 2)
    #expect(try count { $0.asset = "wks-2" } == 1)
    #expect(try count { $0.indicator = "evil.example" } == 1)
    #expect(try count { $0.type = .url } == 0)
    #expect(try count { $0.type = .domain } == 2)
    #expect(try count { $0.until = Sample.now } == 0)
    #expect(try count { $0.until = Sample.now.adding(seconds: 1) } == 2)
    // An alert that lasts a day is found by its beginning.
    try commit([Sample.sighting(3, at: Sample.now.adding(seconds: 86_399))])
    #expect(try count { $0.until = Sample.now.adding(seconds: 1) } == 2)
    #expect(try count { $0.statuses = [.closed] } == 0)
    #expect(try count { $0.since = Sample.now.adding(seconds: 86_400) } == 0)
    #expect(try count { $0.limit = 1 } == 1)
  }

  @Test func statusKeepsItsHistoryAndIsDeliveredAnew() throws {
    let id = try #require(try commit([Sample.sighting(1)]).newSightings.first).alertID
    #expect(try store.pending(for: "x", limit: 10).deliveries.map(\.version) == [1])
    try store.begin("x", filter: .everything, now: Sample.now)
    try store.mark([DeliveryMark(alertID: id, version: 1, end: .delivered)], for: "x", now: Sample.now)
    #expect(try store.pending(for: "x", limit: 10).deliveries.isEmpty)
    #expect(try store.pending(for: "y", limit: 10).deliveries.count == 1)
    _ = try store.setStatus(.closed, of: String(id.prefix(8)), who: "kato", reason: "known test", now: Sample.now)
    let alert = try store.alert(id: id)
    #expect(alert.status == .closed)
    #expect(try store.history(of: alert).map(\.reason) == ["known test"])
    #expect(try store.pending(for: "x", limit: 10).deliveries.map(\.version) == [2])
    try store.mark([DeliveryMark(alertID: id, version: 2, end: .refused("mapper_parsing_exception"))], for: "x", now: Sample.now)
    #expect(try store.pending(for: "x", limit: 10).deliveries.isEmpty)
    #expect(try store.destinations().first?.waiting == 0)
    #expect(try store.destinations().first?.refused == 1)
    #expect(try store.refused(for: "x").map(\.reason) == ["mapper_parsing_exception"])
    #expect(try store.replayRefused(for: "x") == 1)
    #expect(try store.pending(for: "x", limit: 10).deliveries.count == 1)
    #expect(throws: Diagnostic.self) { try store.alert(id: "ffffffff") }
    #expect(throws: Diagnostic.self) { try store.alert(id: "x'; DROP TABLE alert; --") }
  }

  @Test func cursorsComeBackAndNeverGoBack() throws {
    try commit([], cursor: Sample.cursor(500))
    try commit([], cursor: Sample.cursor(100))
    let found = try store.cursors(prefixLength: 1024, prefixHash: "head")
    #expect(found == [Sample.cursor(500)])
    #expect(try store.cursorPrefixLengths() == [1024])
    #expect(try store.cursors(prefixLength: 1024, prefixHash: "other").isEmpty)
  }

  @Test func aNewerSchemaIsRefusedAndLeftAlone() throws {
    let path = folder.file("newer.sqlite")
    _ = try AlertStore(path: path)
    try SQLiteShell.run(path, "PRAGMA user_version = 99")
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let error = #expect(throws: Diagnostic.self) { try AlertStore(path: path) }
    #expect(error?.code == "store.newer-schema")
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test func whatIsNotOursIsRefused() throws {
    let text = folder.file("text.sqlite")
    try Data(repeating: 0x41, count: 4096).write(to: URL(fileURLWithPath: text))
    #expect(throws: Diagnostic.self) { try AlertStore(path: text) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: text)) == Data(repeating: 0x41, count: 4096))
    #expect(throws: Diagnostic.self) { try IndicatorStore(path: folder.file("alerts.sqlite")) }
  }
}

/// SplitMix64: the same numbers for the same seed everywhere.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
