import Export
import Foundation
import Indicators
import Syntax
import Testing

/// ECS and OCSF documents against lists of what these schemas know, written down from their published text.
@Suite struct SchemaTests {
  private func documents(_ form: AlertForm) throws -> [JSONValue] {
    try SampleAlerts.all.map { try JSONParser.parse(form.format.encode($0.record)) }
  }

  private func list(_ name: String) throws -> Set<String> {
    let text = try String(contentsOf: GoldenFormatTests.directory.appendingPathComponent(name), encoding: .utf8)
    return Set(text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") && !$0.isEmpty })
  }

  /// Paths of all leaves, arrays seen through.
  private func paths(_ value: JSONValue, _ prefix: String = "") -> Set<String> {
    switch value {
    case .object(let object):
      return object.members.reduce(into: []) { $0.formUnion(paths($1.value, prefix.isEmpty ? $1.key : prefix + "." + $1.key)) }
    case .array(let items): return items.reduce(into: []) { $0.formUnion(paths($1, prefix)) }
    default: return [prefix]
    }
  }

  @Test func ecsFieldsAreThoseOfECS() throws {
    let known = try list("ecs-fields.txt")
    for document in try documents(.ecs) {
      let strange = paths(document).filter { !$0.hasPrefix("ukai.") && !known.contains($0) }
      #expect(strange.isEmpty)
      #expect(document["event"]?["kind"]?.string == "alert")
      #expect(document["ecs"]?["version"]?.string != nil)
      let confidence = document["threat"]?["enrichments"]?.array?.first?["indicator"]?["confidence"]?.string ?? ""
      #expect(["Not Specified", "None", "Low", "Medium", "High"].contains(confidence))
      let type = document["threat"]?["enrichments"]?.array?.first?["indicator"]?["type"]?.string ?? ""
      #expect(try list("ecs-indicator-types.txt").contains(type), "\(type)")
      #expect(["ingress", "egress", "inbound", "outbound", "internal", "external", "unknown"].contains(document["network"]?["direction"]?.string ?? "unknown"))
    }
  }

  @Test func ocsfFindingsHaveWhatTheClassRequires() throws {
    let known = try list("ocsf-attributes.txt")
    for document in try documents(.ocsf) {
      let top = Set(document.object?.members.map(\.key) ?? [])
      for name in ["activity_id", "category_uid", "class_uid", "type_uid", "severity_id", "time", "metadata", "finding_info"] { #expect(top.contains(name)) }
      let strange = paths(document).filter { !$0.hasPrefix("unmapped.") && !$0.hasPrefix("evidences.data") && !known.contains($0) }
      #expect(strange.isEmpty)
      #expect(document["class_uid"]?.integer == 2004)
      #expect(document["category_uid"]?.integer == 2)
      let activity = document["activity_id"]?.integer ?? 0
      #expect((1...3).contains(activity))
      #expect(document["type_uid"]?.integer == 200_400 + activity)
      #expect((1...5).contains(document["severity_id"]?.integer ?? 0))
      #expect([1, 2, 4].contains(document["status_id"]?.integer ?? 0))
      #expect(document["metadata"]?["product"]?["vendor_name"]?.string == "Ukai")
      #expect(document["metadata"]?["version"]?.string != nil)
      for osint in document["osint"]?.array ?? [] {
        #expect(osint["value"]?.string != nil)
        #expect((0...14).contains(osint["type_id"]?.integer ?? -1) || osint["type_id"]?.integer == 99)
        #expect(["CLEAR", "WHITE", "GREEN", "AMBER", "AMBER STRICT", "RED", nil].contains(osint["tlp"]?.string))
      }
      for observable in document["observables"]?.array ?? [] { #expect(observable["type_id"]?.integer != nil && observable["name"]?.string != nil) }
      for evidence in document["evidences"]?.array ?? [] { #expect(evidence["data"] != nil || evidence["src_endpoint"] != nil) }
    }
  }
}
