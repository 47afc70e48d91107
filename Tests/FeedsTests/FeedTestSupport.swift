import Feeds
import Foundation
import Indicators
import Rules
import Syntax
import Testing

/// What one body gave.
struct FeedReading {
  enum Outcome: Equatable, CustomStringConvertible {
    /// The last good set stays in force. The code is the reader's or the guard's.
    case refused(String)
    /// The good records are used, and the run ends with 3.
    case partial
    case accepted

    var description: String {
      switch self {
      case .refused(let code): "refused \(code)"
      case .partial: "partial"
      case .accepted: "accepted"
      }
    }
  }

  var indicators: [FeedIndicator] = []
  var rejected: [(input: String, reason: String, line: Int)] = []
  var revoked: [Observable] = []
  var report: IngestReport?
  var outcome = Outcome.accepted
  var error: Diagnostic?

  var values: [String] { indicators.map(\.observable.canonical) }
  var reasons: [String] { rejected.map(\.reason) }
}

enum FeedTestSupport {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let fixtures = root.appendingPathComponent("Tests/Fixtures/formats")
  static let now = Timestamp(parsing: "2026-11-21T00:00:00Z") ?? Timestamp(seconds: 0)
  /// The lists that the project ships.
  static let warninglists = Warninglists.load(directory: root.appendingPathComponent("Rules/warninglists").path).0

  /// Three names of one umbrella, so that lumped aliases can be told apart; the real catalogue grows and would move the fixtures.
  static func attribution(_ name: String) -> ActorAttribution {
    let known: [String: (id: String, name: String, parents: [String])] = [
      "brown otter": ("ta-otter", "Brown Otter", ["ta-weasel"]), "river cell": ("ta-otter", "Brown Otter", ["ta-weasel"]),
      "pine marten": ("ta-marten", "Pine Marten", ["ta-weasel"]), "weasel group": ("ta-weasel", "Weasel Group", []),
      "sea urchin": ("ta-urchin", "Sea Urchin", []),
    ]
    guard let actor = known[name.lowercased()] else { return ActorAttribution(status: .unknown, raw: name) }
    return ActorAttribution(status: .resolved, raw: name, id: actor.id, name: actor.name, parents: actor.parents)
  }

  static func definition(_ yaml: String = "format: auto") throws -> FeedDefinition {
    var warnings: [Diagnostic] = []
    return try FeedDefinition(yaml: "name: feed\nurl: body\n\(yaml)\n", file: "feed.yaml", warnings: &warnings)
  }

  /// Reads and judges the body at `path` as a first one.
  static func read(path: String, _ definition: FeedDefinition, warninglists: Warninglists = warninglists) -> FeedReading {
    var reading = FeedReading()
    let ingest = FeedIngest(definition: definition, warninglists: warninglists, now: now, resolveActor: attribution)
    do {
      let report = try ingest.read(bodyPath: path) { row in
        switch row {
        case .indicator(let indicator): reading.indicators.append(indicator)
        case .rejected(let input, let reason, let line): reading.rejected.append((input, reason, line))
        case .revoked(let observable, _): reading.revoked.append(observable)
        }
      }
      reading.report = report
      let values = Set(reading.indicators.map { $0.observable.type.rawValue + $0.observable.match })
      let verdict = FeedGuard(policy: FeedGuard.Policy()).judge(
        FeedGuard.Evidence(
          bodyHash: "", rows: report.rows, unparsed: max(0, report.rejected - report.guarded), indicators: values.count, bodyDate: report.bodyDate),
        against: FeedState(feed: "feed"), isAccepted: false, now: now)
      switch verdict {
      case .refuse(let reason, _): reading.outcome = .refused(reason.rawValue)
      case .accept: reading.outcome = report.rejected > 0 ? .partial : .accepted
      }
    } catch let diagnostic as Diagnostic {
      reading.error = diagnostic
      reading.outcome = .refused(diagnostic.code)
    } catch {
      Issue.record("an error of another kind: \(error)")
    }
    return reading
  }

  /// Reads `bytes` as a body.
  static func read(_ bytes: some Collection<UInt8>, _ yaml: String = "format: auto", warninglists: Warninglists = warninglists) throws -> FeedReading {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ukai-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("body")
    try Data(bytes).write(to: path)
    return read(path: path.path, try definition(yaml), warninglists: warninglists)
  }

  static func read(_ text: String, _ yaml: String = "format: auto", warninglists: Warninglists = warninglists) throws -> FeedReading {
    try read(Array(text.utf8), yaml, warninglists: warninglists)
  }

  /// One line for an indicator with all that the feed says of it.
  static func line(_ indicator: FeedIndicator) -> String {
    let provenance = indicator.provenance
    var parts = ["\(provenance.line ?? 0)", indicator.observable.type.rawValue, indicator.observable.written, "confidence \(provenance.confidence)"]
    func add(_ name: String, _ text: String?) { if let text, !text.isEmpty { parts.append("\(name) \(text)") } }
    add("from", provenance.firstSeen?.iso8601)
    add("to", provenance.lastSeen?.iso8601)
    add("until", provenance.validUntil?.iso8601)
    add("tags", provenance.tags.joined(separator: ","))
    add("malware", provenance.malware.joined(separator: ","))
    add("actors", provenance.actors.map { "\($0.raw)=\($0.id ?? ($0.candidates.isEmpty ? $0.status.rawValue : $0.candidates.joined(separator: "|")))" }.joined(separator: ","))
    add("tlp", provenance.tlp)
    add("mode", provenance.mode?.rawValue)
    add("reference", provenance.reference)
    add("note", provenance.description)
    return parts.joined(separator: "\t")
  }
}
