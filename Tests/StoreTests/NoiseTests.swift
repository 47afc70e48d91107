import Indicators
import Matching
import Store
import Testing

@Suite struct NoiseTests {
  let folder: Folder
  let store: AlertStore

  init() throws {
    folder = try Folder()
    store = try AlertStore(path: folder.file("alerts.sqlite"))
  }

  private func commit(_ sightings: [Sighting], limit: Int?) throws -> ScanCommit {
    try store.commit(ScanBatch(sightings: sightings, cursor: nil), now: Sample.now, assetsPerIndicator: limit)
  }

  @Test func anIndicatorThatHitsEverywhereIsOneAlert() throws {
    let sightings = (0..<10_000).map { Sample.sighting($0, host: "wks-\($0 % 5000)") }
    #expect(try commit(sightings, limit: 50).newAlerts == 51)
    let alerts = try store.alerts()
    #expect(alerts.count == 51)
    #expect(alerts.reduce(0) { $0 + $1.count } == 10_000)
    let wide = try #require(alerts.first { $0.wideAssets > 0 })
    #expect(wide.asset == "*")
    #expect(wide.wideAssets == 4950)
    #expect(wide.count == 9900)
    #expect(wide.warning?.contains("4950") == true)
    #expect(try store.assets(of: wide, limit: 3) == ["wks-100", "wks-1000", "wks-1001"])
    var filter = AlertFilter()
    filter.asset = "wks-4999"
    #expect(try store.alerts(filter).map(\.id) == [wide.id])
    #expect(try commit(sightings, limit: 50).duplicates == 10_000)
    #expect(try store.alerts().map(\.count).reduce(0, +) == 10_000)
  }

  @Test func theBrakeLetsGoAfterADay() throws {
    let day: Int64 = 86_400
    _ = try commit((0..<20).map { Sample.sighting($0, host: "wks-\($0)") }, limit: 10)
    #expect(try store.alerts().count == 11)
    _ = try commit((100..<120).map { Sample.sighting($0, host: "wks-\($0)", at: Sample.now.adding(seconds: 2 * day)) }, limit: 10)
    #expect(try store.alerts().count == 22)
  }

  @Test func otherIndicatorsAreNotBraked() throws {
    _ = try commit((0..<20).map { Sample.sighting($0, host: "wks-\($0)") }, limit: 10)
    #expect(try commit([Sample.sighting(500, value: "other.example", host: "wks-1")], limit: 10).newAlerts == 1)
    #expect(try store.alerts().filter { $0.wideAssets > 0 }.count == 1)
  }

  /// Also when hardly an alert is remembered from one batch to the next.
  @Test(arguments: [(1, 100_000), (7, 3), (37, 40), (500, 100_000)])
  func memoryAndStoreFoldAlikeWhereverBatchesAreCut(size: Int, alertsInMemory: Int) throws {
    let store = try AlertStore(path: folder.file("forgetful.sqlite"), alertsInMemory: alertsInMemory)
    var generator = SeededGenerator(seed: 7)
    let sightings = (0..<1500).map { number in
      Sample.sighting(
        number % 1200, value: "evil\(Int.random(in: 0..<4, using: &generator)).example", host: "wks-\(Int.random(in: 0..<40, using: &generator))",
        at: Sample.now.adding(seconds: Int64.random(in: 0..<300_000, using: &generator)))
    }
    var fold = MemoryFold(assetsPerIndicator: 5)
    let remembered = sightings.compactMap { fold.count($0) }
    var stored: [Sighting] = []
    for start in stride(from: 0, to: sightings.count, by: size) {
      let batch = ScanBatch(sightings: Array(sightings[start..<min(sightings.count, start + size)]), cursor: nil)
      stored += try store.commit(batch, now: Sample.now, assetsPerIndicator: 5).newSightings
    }
    #expect(remembered.map(\.alertID) == stored.map(\.alertID))
    #expect(fold.alerts == (try store.alerts().count))
    #expect(try store.alerts().contains { $0.wideAssets > 0 })
  }

  @Test func withoutAStoreOnlyWhatIsInUseIsRemembered() {
    var fold = MemoryFold(limit: 10)
    var ids: Set<String> = []
    for number in 0..<1000 {
      let sighting = Sample.sighting(number, value: number % 3 == 0 ? "busy.example" : "host\(number).example")
      if let alert = fold.count(sighting)?.alertID, number % 3 == 0 { ids.insert(alert) }
    }
    #expect(ids.count == 1)
    #expect(fold.alerts == 667)
    // Forgotten long ago: an alert anew.
    _ = fold.count(Sample.sighting(5000, value: "host1.example"))
    #expect(fold.alerts == 668)
  }

  @Test func whatWasWithheldIsKept() throws {
    let one = Withheld(kind: .suppressed, reason: "suppressions.yaml:4: our own mirror", count: 3, example: "x at a.log:1")
    let two = Withheld(kind: .expired, reason: "indicators of list past their validity", count: 1, example: "y at a.log:2")
    for _ in 0..<2 { _ = try store.commit(ScanBatch(sightings: [], cursor: nil, withheld: [one, two]), now: Sample.now) }
    let records = try store.withheld()
    #expect(records.map(\.count) == [6, 2])
    #expect(records.first?.reason == one.reason)
  }
}
