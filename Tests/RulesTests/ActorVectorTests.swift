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
