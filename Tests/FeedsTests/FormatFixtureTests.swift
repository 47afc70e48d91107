import Feeds
import Foundation
import Indicators
import Testing

/// Each folder under `Tests/Fixtures/formats` holds a body of our own making and, beside it, exactly what Ukai takes and refuses of it.
/// `UKAI_RECORD=1` writes the expectations anew; read the difference before committing it.
@Suite struct FormatFixtureTests {
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: FeedTestSupport.fixtures.path)) ?? []).filter { !$0.hasPrefix(".") }.sorted()

  @Test func everyFormatHasAFixture() throws {
    var formats: Set<String> = []
    for name in Self.names {
      let expected = try String(contentsOf: FeedTestSupport.fixtures.appendingPathComponent("\(name)/expected.txt"), encoding: .utf8)
      if let line = expected.split(separator: "\n").first(where: { $0.hasPrefix("summary\t") }) { formats.insert(String(line.split(separator: "\t")[1])) }
    }
    // `auto` is always decided, and a MISP feed is its events.
    let wanted = Set(FeedFormat.allCases.map(\.rawValue)).subtracting(["auto", "misp-feed"])
    #expect(wanted.subtracting(formats).isEmpty, "no fixture for \(wanted.subtracting(formats).sorted())")
  }

  @Test(arguments: names) func bodyGivesWhatStandsBesideIt(_ name: String) throws {
    let folder = FeedTestSupport.fixtures.appendingPathComponent(name)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let body = try #require(files.first { $0.hasPrefix("body") })
    let yaml = try? String(contentsOf: folder.appendingPathComponent("feed.yaml"), encoding: .utf8)
    let definition = try FeedTestSupport.definition(yaml ?? "format: auto")
    let reading = FeedTestSupport.read(path: folder.appendingPathComponent(body).path, definition)
    var lines = reading.indicators.map(FeedTestSupport.line)
    lines += reading.rejected.map { "rejected\t\($0.line)\t\($0.reason)\t\($0.input)" }
    lines += reading.revoked.map { "revoked\t\($0.type.rawValue)\t\($0.canonical)" }
    for diagnostic in reading.report?.diagnostics.kept ?? [] {
      lines.append("noted\t\(diagnostic.line ?? 0)\t\(diagnostic.code)\t\(diagnostic.message)")
    }
    for file in reading.report?.files ?? [] {
      lines.append("file\t\(file.path.split(separator: "/").last ?? "")\t\(file.format?.rawValue ?? "none")\trows \(file.rows)\tindicators \(file.indicators)")
    }
    if let report = reading.report {
      lines.append("summary\t\(report.format.rawValue)\t\(report.formatReason)\trows \(report.rows)\tindicators \(report.indicators)\trejected \(report.rejected)\tskipped \(report.skipped)")
      if let date = report.bodyDate { lines.append("dated\t\(date.iso8601)") }
    }
    lines.append("outcome\t\(reading.outcome)")
    let text = lines.map { $0.replacingOccurrences(of: "\n", with: "\\n").replacingOccurrences(of: "\r", with: "\\r") }.joined(separator: "\n") + "\n"
    let expected = folder.appendingPathComponent("expected.txt")
    if ProcessInfo.processInfo.environment["UKAI_RECORD"] != nil {
      return try text.write(to: expected, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: expected, encoding: .utf8) == text)
  }

  /// Rows that are known are counted, and what they brought is not handed out again: body and report are otherwise the same.
  @Test(arguments: names) func knownRowsChangeNothing(_ name: String) throws {
    let folder = FeedTestSupport.fixtures.appendingPathComponent(name)
    let body = folder.appendingPathComponent(try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first { $0.hasPrefix("body") })).path
    let definition = try FeedTestSupport.definition((try? String(contentsOf: folder.appendingPathComponent("feed.yaml"), encoding: .utf8)) ?? "format: auto")
    let ingest = FeedIngest(
      definition: definition, warninglists: FeedTestSupport.warninglists, now: FeedTestSupport.now, resolveActor: FeedTestSupport.attribution)
    var known: [UInt64: FeedIndicator] = [:]
    var all: [FeedIndicator] = []
    guard
      let first = try? ingest.read(
        bodyPath: body,
        emit: { row in
          guard case .indicator(let indicator) = row else { return }
          all.append(indicator)
          if let row = indicator.row {
            // The same bytes say the same.
            if let other = known[row] { #expect(other.observable == indicator.observable) }
            known[row] = indicator
          }
        })
    else { return }
    var again: [FeedIndicator] = []
    var met: [UInt64] = []
    let second = try ingest.read(
      bodyPath: body,
      isKnown: { row in
        guard known[row] != nil else { return false }
        met.append(row)
        return true
      },
      emit: { row in if case .indicator(let indicator) = row { again.append(indicator) } })
    #expect(second.rows == first.rows && second.indicators == first.indicators && second.rejected == first.rejected)
    #expect(second.reasons == first.reasons && second.guarded == first.guarded && second.skipped == first.skipped && second.flagged == first.flagged)
    #expect(second.diagnostics.counts == first.diagnostics.counts)
    #expect(again.count + met.count == all.count)
    #expect(Set(again.map(\.observable)).union(met.compactMap { known[$0]?.observable }) == Set(all.map(\.observable)))
    if ["csv", "plain", "json", "jsonl"].contains(first.format.rawValue), all.count > 10, first.rejected < all.count / 2 { #expect(!met.isEmpty) }
  }
}
