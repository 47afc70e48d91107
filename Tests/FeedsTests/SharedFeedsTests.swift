import Feeds
import Foundation
import Indicators
import Testing

/// Real bodies of many publishers, kept beside the project and no part of it: each comes in with `format: auto` exactly as it did when
/// somebody last looked at all of it. Skipped where they are not. `UKAI_RECORD=1` writes the counts anew.
@Suite struct SharedFeedsTests {
  private static let folder = FeedTestSupport.root.deletingLastPathComponent().appendingPathComponent("shared/data/feeds")
  private static let counts = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("shared-feeds.tsv")
  private static let isThere = FileManager.default.fileExists(atPath: folder.path)

  private static var files: [String] {
    let all = (FileManager.default.enumerator(atPath: folder.path)?.allObjects ?? []).compactMap { $0 as? String }
    return all.filter { path in
      var isDirectory: ObjCBool = false
      return FileManager.default.fileExists(atPath: folder.appendingPathComponent(path).path, isDirectory: &isDirectory) && !isDirectory.boolValue && !path.hasSuffix("README.md")
    }.sorted()
  }

  private static func read(_ file: String, lists: Bool = false) throws -> FeedReading {
    FeedTestSupport.read(
      path: folder.appendingPathComponent(file).path, try FeedTestSupport.definition(), warninglists: lists ? FeedTestSupport.warninglists : .none)
  }

  @Test(.enabled(if: isThere, "../shared/data/feeds is not there")) func everyBodyComesInAsItDid() throws {
    var lines = ["# file\tformat\trows\tindicators\trejected\tskipped\toutcome"]
    for file in Self.files {
      let reading = try Self.read(file)
      let report = reading.report
      lines.append(
        [file, report?.format.rawValue ?? "-", "\(report?.rows ?? 0)", "\(report?.indicators ?? 0)", "\(report?.rejected ?? 0)", "\(report?.skipped ?? 0)",
          "\(reading.outcome)"].joined(separator: "\t"))
    }
    let text = lines.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["UKAI_RECORD"] != nil { return try text.write(to: Self.counts, atomically: true, encoding: .utf8) }
    let expected = try String(contentsOf: Self.counts, encoding: .utf8).split(separator: "\n")
    for (have, want) in zip(text.split(separator: "\n"), expected) { #expect(have == want) }
    #expect(expected.count == lines.count)
  }

  /// Sentences of the README, one by one.
  @Test(.enabled(if: isThere, "../shared/data/feeds is not there")) func whatTheDescriptionAsksFor() throws {
    func values(_ file: String) throws -> Set<String> { Set(try Self.read(file, lists: true).indicators.map(\.observable.match)) }
    let resolvers = try values("zeek-intel/sans-head.intel")
    #expect(!resolvers.contains("8.8.8.8") && !resolvers.contains("8.8.4.4"))
    #expect(!(try values("c2-ip-list-with-test-rows.csv")).contains("172.21.25.140"))
    #expect(!(try values("misp/eset-machete-event.json")).contains("www.dropbox.com"))
    #expect(!(try values("hosts/nocoin-hosts.txt")).contains("0.0.0.0"))
    let tweets = try values("tweetfeed/week.csv")
    #expect(!tweets.contains("www.facebook.com") && !tweets.contains("github.com"))
    #expect(!(try values("crypto-phishing/polkadot-all.json")).contains("github.io"))
    // The last row of a body without a final line end, and hashes with a byte glued behind.
    #expect(try Self.read("volexity/2024-01-10-ivanti.csv").report?.indicators == 16)
    #expect(try Self.read("unit42/prince_of_persia_hashes.csv").reasons.isEmpty)
    // Declared counts are compared, and an off-by-one is noted, not fatal.
    let hashes = try Self.read("abusech/malwarebazaar-recent-md5.txt")
    #expect(hashes.report?.declaredCount == 506 && hashes.report?.rows == 507)
    #expect(hashes.report?.diagnostics.counts["feed.declared-count"] == 1)
    #expect(try Self.read("abusech/feodo-ipblocklist.csv").report?.declaredCount == 28)
    // Records, not lines.
    #expect(try Self.read("unit42/dearjoohn_iocs.csv").report?.rows == 9)
    // One asset on two chains.
    let types = Set(try Self.read("ofac/sanctioned_addresses_USDT.txt").indicators.map(\.observable.type))
    #expect(types.isSuperset(of: [.evm, .tron]))
    // Microsoft's columns: confidence, end of validity, TLP, actors.
    let microsoft = try Self.read("mstic/RapidReleaseTI-Indicators.csv").indicators
    #expect(microsoft.contains { $0.provenance.actors.contains { $0.raw.hasPrefix("Storm-") } })
    #expect(microsoft.contains { $0.provenance.tlp != nil } && microsoft.contains { $0.provenance.confidence != 50 })
  }
}
