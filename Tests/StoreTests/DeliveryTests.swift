import Foundation
import Indicators
import Matching
import Store
import Syntax
import Testing

@Suite struct DeliveryTests {
  let folder: Folder
  let store: AlertStore

  init() throws {
    folder = try Folder()
    store = try AlertStore(path: folder.file("alerts.sqlite"))
    let severities: [Severity] = [.low, .medium, .high, .critical]
    let sightings = (0..<8).map { Sample.sighting($0, value: "evil\($0).example", severity: severities[$0 % 4]) }
    _ = try store.commit(ScanBatch(sightings: sightings, cursor: nil), now: Sample.now)
  }

  private func pending(_ change: (inout DeliverySelection) -> Void = { _ in }) throws -> [PendingDelivery] {
    var selection = DeliverySelection()
    change(&selection)
    return try store.pending(for: "x", selection, limit: 100).deliveries
  }

  private func deliver(_ deliveries: [PendingDelivery], _ end: DeliveryMark.End = .delivered) throws {
    try store.mark(deliveries.map { DeliveryMark(alertID: $0.alert.id, version: $0.version, end: end) }, for: "x", now: Sample.now)
  }

  private func settle(_ filter: DeliveryFilter = .everything) throws {
    try store.begin("x", filter: filter, now: Sample.now)
    let top = try store.lastChange()
    try deliver(try pending { $0.filter = filter })
    try store.settle("x", upTo: top)
    try store.end("x", error: nil, notBefore: nil, now: Sample.now)
  }

  @Test func aSettledDestinationIsAskedOnlyForNews() throws {
    try settle()
    #expect(try pending().isEmpty)
    #expect(try pending { $0.everything = true }.count == 8)
    let id = try #require(try store.alerts().first).id
    _ = try store.setStatus(.acknowledged, of: id, who: "kato", reason: "", now: Sample.now)
    let news = try pending()
    #expect(news.map(\.version) == [2])
    #expect(news.map(\.isFirst) == [false])
  }

  @Test func aFilterHoldsForTheBacklogToo() throws {
    let filter = DeliveryFilter(minimumSeverity: .high)
    try store.begin("x", filter: filter, now: Sample.now)
    #expect(try store.destinations().first?.waiting == 4)
    try settle(filter)
    #expect(try store.destinations().first?.waiting == 0)
    #expect(try store.destinations().first?.delivered == 4)
    // Let have more than before: the others come, and none again.
    try store.begin("x", filter: .everything, now: Sample.now)
    #expect(try pending().count == 4)
    #expect(try store.destinations().first?.waiting == 4)
  }

  @Test func filtersByTypeAndActorAreTheSameInTheDatabase() throws {
    #expect(try pending { $0.filter = DeliveryFilter(actors: ["ta-lazarus"]) }.count == 8)
    #expect(try pending { $0.filter = DeliveryFilter(actors: ["ta-kimsuky"]) }.isEmpty)
    #expect(try pending { $0.filter = DeliveryFilter(types: [.domain]) }.count == 8)
    #expect(try pending { $0.filter = DeliveryFilter(types: [.url]) }.isEmpty)
  }

  @Test func whatIsPostponedComesFirstInTheNextRun() throws {
    try store.begin("x", filter: .everything, now: Sample.now)
    let all = try pending()
    let top = try store.lastChange()
    try deliver(Array(all[..<6]))
    try deliver(Array(all[6...]), .postponed)
    try store.settle("x", upTo: top)
    #expect(try store.destinations().first?.waiting == 2)
    let again = try pending()
    #expect(again.map(\.alert.id) == all[6...].map(\.alert.id))
    #expect(again.filter { !$0.isFirst }.isEmpty)
    try deliver(again)
    #expect(try pending().isEmpty)
    #expect(try store.destinations().first?.delivered == 8)
  }

  @Test func pagesAreWholeAndEndOnce() throws {
    var place = DeliveryPlace.start
    var seen: [String] = []
    while true {
      let (deliveries, next) = try store.pending(for: "x", after: place, limit: 3)
      if deliveries.isEmpty { break }
      seen += deliveries.map(\.alert.id)
      place = next
    }
    #expect(seen.count == 8 && Set(seen).count == 8)
  }

  @Test func failuresAreRemembered() throws {
    try store.begin("x", filter: .everything, now: Sample.now)
    try store.end("x", error: "busy", notBefore: Sample.now.adding(seconds: 900), now: Sample.now)
    try store.end("x", error: "busy", notBefore: Sample.now.adding(seconds: 900), now: Sample.now)
    #expect(try store.destinations().first?.failures == 2)
    #expect(try store.notBefore("x") == Sample.now.adding(seconds: 900))
    try settle()
    #expect(try store.destinations().first?.failures == 0)
    #expect(try store.notBefore("x") == nil)
  }

  @Test func aStoreOfTheFirstSchemaIsBroughtUpToDate() throws {
    let old = folder.file("old.sqlite")
    try SQLiteShell.run(old, try FirstSchema.sql())
    let migrated = try AlertStore(path: old)
    let alert = try #require(try migrated.alerts().first)
    #expect(alert.indicator.value == "evil.example")
    #expect(alert.count == 3)
    #expect(try migrated.totals().sightings == 3)
    #expect(try migrated.destinations().map(\.name) == ["y"])
    #expect(try migrated.pending(for: "y", limit: 10).deliveries.isEmpty)
    #expect(try migrated.pending(for: "z", limit: 10).deliveries.count == 1)
    // Opened again, nothing is migrated twice.
    #expect(try AlertStore(path: old).alerts().count == 1)
  }
}

/// A store as the first schema wrote it, with one alert and one delivery.
private enum FirstSchema {
  private static let tables = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/store/first-schema.sql")

  static func sql() throws -> String {
    let record = Sample.sighting(1).json.serialized().replacing("'", with: "''")
    return try String(contentsOf: tables, encoding: .utf8) + """
      INSERT INTO alert VALUES (1, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'domain', 'evil.example', 'wks-1', 3, 5, 9, 3, 'new', 1, 5, '\(record)');
      INSERT INTO sample VALUES (1, 0, 5, '\(record)');
      INSERT INTO delivery VALUES ('y', 1, 1, 5, NULL);
      """
  }
}
