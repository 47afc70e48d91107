import Foundation
import Indicators
import Syntax
import Testing

/// The shared vectors, when they stand beside the project.
enum SharedVectors {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("shared/vectors")

  static var isThere: Bool { FileManager.default.fileExists(atPath: folder.path) }

  static func rows(_ name: String) throws -> [JSONValue] {
    try Data(contentsOf: folder.appendingPathComponent(name)).split(separator: 0x0A).map { try JSONParser.parse(Array($0)) }
  }
}

@Suite(.enabled(if: SharedVectors.isThere, "the shared vectors are not beside the project"))
struct CanonicalVectorTests {
  @Test func everyCanonicalVectorPasses() throws {
    var failures: [String] = []
    let rows = try SharedVectors.rows("indicator-canonical.jsonl")
    for row in rows {
      let id = row["id"]?.string ?? ""
      guard let type = row["type"]?.string.flatMap(IndicatorType.init(rawValue:)), let input = row["input"]?.string else {
        failures.append("\(id): unknown type")
        continue
      }
      if let failure = Self.judge(row, try? Canonicalizer.canonicalize(input, as: type), Self.reason(input, type)) {
        failures.append("\(id) \(type.rawValue) \(input.prefix(80)): \(failure)")
      }
    }
    #expect(failures.isEmpty, "\(failures.count) of \(rows.count): \(failures.joined(separator: "\n"))")
  }

  private static func reason(_ input: String, _ type: IndicatorType) -> String? {
    do throws(Rejection) {
      _ = try Canonicalizer.canonicalize(input, as: type)
      return nil
    } catch {
      return error.reason
    }
  }

  /// What is wrong with an answer; nil when nothing is.
  private static func judge(_ row: JSONValue, _ observable: Observable?, _ reason: String?) -> String? {
    guard row["outcome"]?.string == "accept" else {
      if let observable { return "accepted as \(observable.canonical), expected \(row["reason"]?.string ?? "")" }
      return reason == row["reason"]?.string ? nil : "rejected \(reason ?? ""), expected \(row["reason"]?.string ?? "")"
    }
    guard let observable else { return "rejected \(reason ?? ""), expected \(row["canonical"]?.string ?? "")" }
    let canonical = row["canonical"]?.string ?? ""
    if observable.canonical != canonical { return "\(observable.canonical), expected \(canonical)" }
    if observable.match != row["match"]?.string ?? canonical { return "match \(observable.match), expected \(row["match"]?.string ?? canonical)" }
    let missing = (row["flags"]?.strings ?? []).filter { !observable.flags.contains($0) }
    return missing.isEmpty ? nil : "lacks \(missing), has \(observable.flags)"
  }

  /// A canonical form is its own canonical form; what is rendered anew (a network of one address) is the form of its new type.
  @Test func canonicalFormsStayAsTheyAre() throws {
    for row in try SharedVectors.rows("indicator-canonical.jsonl") where row["outcome"]?.string == "accept" {
      guard let type = row["type"]?.string.flatMap(IndicatorType.init(rawValue:)), let input = row["input"]?.string else { continue }
      let once = try Canonicalizer.canonicalize(input, as: type)
      let twice = try Canonicalizer.canonicalize(once.canonical, as: once.type)
      #expect(twice.canonical == once.canonical, "\(row["id"]?.string ?? "")")
      #expect(twice.match == once.match, "\(row["id"]?.string ?? "")")
    }
  }

  @Test func everyRefangVectorPasses() throws {
    var failures: [String] = []
    for row in try SharedVectors.rows("refang.jsonl") {
      guard let input = row["input"]?.string, let expected = row["expected"]?.string else { continue }
      let refanged = Refang.refang(input)
      if !refanged.output.unicodeScalars.elementsEqual(expected.unicodeScalars) || refanged.changed != (row["changed"] == true) {
        failures.append("\(row["id"]?.string ?? ""): \(input) gave \(refanged.output), expected \(expected)")
      }
      if Refang.refang(refanged.output).changed { failures.append("\(row["id"]?.string ?? ""): not idempotent") }
    }
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }
}
