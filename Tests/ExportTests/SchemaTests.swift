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

  /// Leaves with their paths, arrays seen through.
  private func leaves(_ value: JSONValue, _ prefix: String = "") -> [(path: String, value: JSONValue)] {
    switch value {
    case .object(let object): object.members.flatMap { leaves($0.value, prefix.isEmpty ? $0.key : prefix + "." + $0.key) }
    case .array(let items): items.flatMap { leaves($0, prefix) }
    default: [(prefix, value)]
    }
  }

  private func isOf(_ type: String, _ value: JSONValue) -> Bool {
    switch type {
    case "text": value.string != nil
    case "long": value.integer != nil
    case "float": Double(value.serialized()) != nil
    case "date": value.string.flatMap { Timestamp(parsing: $0) } != nil
    case "ip": value.string.flatMap { try? Canonicalizer.canonicalize($0, as: $0.contains(":") ? .ipv6 : .ipv4) } != nil
    default: false
    }
  }

  @Test func ecsFieldsAreThoseOfECS() throws {
    let types = Dictionary(
      uniqueKeysWithValues: try list("ecs-fields.txt").map { line in
        let parts = line.split(separator: " ").map(String.init)
        return (parts[0], parts[1])
      })
    for document in try documents(.ecs) {
      for (path, value) in leaves(document) where !path.hasPrefix("ukai.") {
        let type = types[path]
        #expect(type != nil, "\(path) is no field of ECS")
        #expect(type.map { isOf($0, value) } == true, "\(path): \(value.serialized())")
      }
      #expect(document["event"]?["kind"]?.string == "alert")
      #expect(document["ecs"]?["version"]?.string != nil)
      let confidence = document["threat"]?["enrichments"]?.array?.first?["indicator"]?["confidence"]?.string ?? ""
      #expect(["Not Specified", "None", "Low", "Medium", "High"].contains(confidence))
      let type = document["threat"]?["enrichments"]?.array?.first?["indicator"]?["type"]?.string ?? ""
      #expect(try list("ecs-indicator-types.txt").contains(type), "\(type)")
      #expect(["ingress", "egress", "inbound", "outbound", "internal", "external", "unknown"].contains(document["network"]?["direction"]?.string ?? "unknown"))
    }
  }

  /// What OCSF refuses is written down in `ocsf-detection-finding.schema.json`; `formats.sh` holds every finding against it with a
  /// validator from PyPI. Here its attributes alone, for a machine without one.
  @Test func ocsfFindingsHaveWhatTheClassRequires() throws {
    let text = try String(contentsOf: GoldenFormatTests.directory.appendingPathComponent("ocsf-detection-finding.schema.json"), encoding: .utf8)
    let schema = try JSONParser.parse(text)
    for document in try documents(.ocsf) {
      for complaint in complaints(document, schema, "finding") { Issue.record("\(complaint)") }
      let activity = document["activity_id"]?.integer ?? 0
      #expect(document["type_uid"]?.integer == 200_400 + activity)
    }
  }

  /// Required and unknown members, all the way down.
  private func complaints(_ value: JSONValue, _ schema: JSONValue, _ place: String) -> [String] {
    if case .array(let items) = value { return items.flatMap { complaints($0, schema["items"] ?? .null, place) } }
    guard case .object(let object) = value, let properties = schema["properties"] else { return [] }
    let missing = (schema["required"]?.strings ?? []).filter { object[$0] == nil }.map { "\(place).\($0) is missing" }
    return missing
      + object.members.flatMap { member -> [String] in
        guard let inner = properties[member.key] else { return ["\(place).\(member.key) is no attribute of OCSF"] }
        return complaints(member.value, inner, place + "." + member.key)
      }
  }
}
