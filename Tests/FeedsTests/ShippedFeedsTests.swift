import Feeds
import Foundation
import Indicators
import Rules
import Testing

/// Every definition under `Feeds/` reads a frozen sample of its publisher's format, made by us with invented indicators, and gives
/// exactly what stands beside it. `UKAI_RECORD=1` writes the expectations anew; read the difference before committing it.
@Suite struct ShippedFeedsTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let feeds = root.appendingPathComponent("Feeds").path
  private static let fixtures = root.appendingPathComponent("Tests/Fixtures/feeds")
  private static let now = Timestamp(parsing: "2026-11-21T00:00:00Z") ?? Timestamp(seconds: 0)

  static let definitions = FeedCatalog.load(directory: feeds)
  static let names = definitions.definitions.map(\.name)

  @Test func allDefinitionsAreGood() {
    #expect(Self.definitions.diagnostics.filter { $0.severity == .error }.isEmpty, "\(Self.definitions.diagnostics)")
    #expect(Self.names.count >= 40)
    // A secret that stands in the open, or an address that is not encrypted, would be warned of.
    #expect(Self.definitions.diagnostics.isEmpty, "\(Self.definitions.diagnostics)")
  }

  @Test(arguments: names) func sampleGivesWhatStandsBesideIt(_ name: String) throws {
    let definition = try #require(Self.definitions.definitions.first { $0.name == name })
    let folder = Self.fixtures.appendingPathComponent(name)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let body = try #require(files.first { $0.hasPrefix("body") }, "no sample in \(folder.path)")
    let ingest = FeedIngest(definition: definition.ofAssembledBody, warninglists: .none, now: Self.now) {
      ActorAttribution(status: .unknown, raw: $0)
    }
    var lines: [String] = []
    let report = try ingest.read(bodyPath: folder.appendingPathComponent(body).path) { row in
      switch row {
      case .indicator(let indicator): lines.append(Self.line(indicator))
      case .rejected(let input, let reason, let line): lines.append("rejected\t\(line)\t\(input)\t\(reason)")
      case .revoked(let observable, let line): lines.append("revoked\t\(line)\t\(observable.type.rawValue)\t\(observable.written)")
      }
    }
    lines.append("summary\t\(report.format.rawValue)\trows \(report.rows)\tindicators \(report.indicators)\trejected \(report.rejected)\tskipped \(report.skipped)")
    if let date = report.bodyDate { lines.append("dated\t\(date.iso8601)") }
    #expect(report.indicators > 0)
    // What a good body holds stands in the sample too.
    #expect(report.sentinelFound)
    let text = lines.joined(separator: "\n") + "\n"
    let expected = folder.appendingPathComponent("expected.txt")
    if ProcessInfo.processInfo.environment["UKAI_RECORD"] != nil {
      try text.write(to: expected, atomically: true, encoding: .utf8)
      return
    }
    #expect(try String(contentsOf: expected, encoding: .utf8) == text)
  }

  @Test func aFeedWithoutItsKeyIsOffAndSaysWhich() throws {
    let silent = SecretReader(environment: { _ in nil }, file: { _ in nil })
    let keyed = SecretReader(environment: { "value-of-\($0)" }, file: { _ in nil })
    var needing: [String] = []
    for definition in Self.definitions.definitions {
      do {
        _ = try definition.request(secrets: silent)
      } catch {
        #expect(error.code == "feed.secret-missing")
        #expect(error.message.contains("is not set"))
        needing.append(definition.name)
        #expect(throws: Never.self) { try definition.request(secrets: keyed) }
      }
    }
    #expect(Set(needing).isSuperset(of: ["urlhaus", "threatfox", "malwarebazaar", "otx", "phishtank"]))
  }

  private static func line(_ indicator: FeedIndicator) -> String {
    let provenance = indicator.provenance
    var parts = [indicator.observable.type.rawValue, indicator.observable.written, "\(provenance.confidence)"]
    func add(_ name: String, _ text: String?) { if let text, !text.isEmpty { parts.append("\(name) \(text)") } }
    add("from", provenance.firstSeen?.iso8601)
    add("to", provenance.lastSeen?.iso8601)
    add("until", provenance.validUntil?.iso8601)
    add("tags", provenance.tags.joined(separator: ","))
    add("malware", provenance.malware.joined(separator: ","))
    add("actors", provenance.actors.map(\.raw).joined(separator: ","))
    add("tlp", provenance.tlp)
    add("reference", provenance.reference)
    add("note", provenance.description)
    return parts.joined(separator: "\t")
  }
}
