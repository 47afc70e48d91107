import Foundation
import Rules
import Syntax
import Testing

enum SharedVectors {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("shared/vectors")

  static var isThere: Bool { FileManager.default.fileExists(atPath: folder.path) }

  static func rows(_ name: String) throws -> [JSONValue] {
    try Data(contentsOf: folder.appendingPathComponent(name)).split(separator: 0x0A).map { try JSONParser.parse(Array($0)) }
  }
}

@Suite(.enabled(if: SharedVectors.isThere, "the shared vectors are not beside the project"))
struct ActorVectorTests {
  private func resolver() -> ActorResolver {
    ActorResolver(catalog: ActorCatalog.load(directory: SharedVectors.folder.appendingPathComponent("actor-fixture").path).0)
  }

  @Test func everyAliasVectorPasses() throws {
    let resolver = resolver()
    var failures: [String] = []
    for row in try SharedVectors.rows("actor-alias.jsonl") {
      guard let query = row["query"]?.string, let expect = row["expect"] else { continue }
      let context = row["context"]
      let answer = resolver.resolve(
        query, authority: context?["authority"]?.string, date: context?["date"]?.string,
        kind: context?["kind"]?.string.flatMap(ActorQueryKind.init(rawValue:))
      ).json
      for key in ["status", "actor", "kind", "via", "former", "parents", "candidates", "entity"] {
        guard let wanted = expect[key] else { continue }
        if answer[key] != wanted { failures.append("\(row["id"]?.string ?? "") \(query): \(key) is \(answer[key]?.serializedOrNil ?? "absent"), expected \(wanted.serialized())") }
      }
      for wanted in expect["suggest"]?.strings ?? [] where !(answer["suggest"]?.strings ?? []).contains(wanted) {
        failures.append("\(row["id"]?.string ?? "") \(query): does not suggest \(wanted)")
      }
    }
    #expect(failures.isEmpty, "\(failures.count):\n\(failures.joined(separator: "\n"))")
  }
}

extension JSONValue {
  fileprivate var serializedOrNil: String? { serialized() }
}

extension ActorVectorTests {
  @Test func everyTextVectorPasses() throws {
    let mentions = ActorMentions(resolver: ActorResolver(catalog: ActorCatalog.load(directory: SharedVectors.folder.appendingPathComponent("actor-fixture").path).0))
    var failures: [String] = []
    for row in try SharedVectors.rows("actor-text.jsonl") {
      guard let text = row["text"]?.string, let expected = row["expect"]?.array else { continue }
      let found = mentions.find(in: text, field: row["field"]?.string.flatMap(MentionField.init(rawValue:)) ?? .body)
      let wanted = expected.map { "\($0["status"]?.string ?? "") \($0["actor"]?.string ?? $0["entity"]?.string ?? ($0["candidates"]?.strings ?? []).joined(separator: ",")) \($0["strength"]?.string ?? "")" }
      let got = found.map { "\($0.status.rawValue) \($0.actor ?? $0.entity ?? $0.candidates.joined(separator: ",")) \($0.strength.rawValue)" }
      let places = zip(expected, found).allSatisfy { row, mention in
        mention.start <= row["start"]?.integer ?? -1 && mention.end >= row["end"]?.integer ?? 0 && mention.end - mention.start <= (row["end"]?.integer ?? 0) - (row["start"]?.integer ?? 0) + 24
      }
      if wanted != got || !places {
        failures.append("\(row["id"]?.string ?? "") [\(row["field"]?.string ?? "")] \(text.prefix(110)): \(found.map { "\($0.surface)@\($0.start)-\($0.end) \($0.status.rawValue) \($0.actor ?? $0.entity ?? "") \($0.strength.rawValue)" }) expected \(wanted)")
      }
    }
    #expect(failures.isEmpty, "\(failures.count):\n\(failures.joined(separator: "\n"))")
  }
}
