public import Syntax

/// Turns public actor bases into claims, by the mapping of `normaliser.md` A.2. Same input, same rows; nothing is merged by name.
public enum ActorImport {
  public static let header = "alias\tactor_id\trelation\tauthority\tconfidence\tvalid_from\tvalid_to\tflags\treference"

  /// A MISP galaxy cluster file: values and synonyms at 60.
  public static func misp(_ document: JSONValue) -> [String] {
    let clusters = document["values"]?.array ?? []
    let primaries = Set(clusters.compactMap { $0["value"]?.string }.map(NameFolding.key))
    var rows: Set<String> = []
    for cluster in clusters {
      guard let value = cluster["value"]?.string, let uuid = cluster["uuid"]?.string else { continue }
      let id = "misp:\(uuid)"
      for name in names(value) { rows.insert(row(name, id, "same-as", "MISP", 60)) }
      for synonym in cluster["meta"]?["synonyms"]?.strings ?? [] {
        if synonym.hasPrefix("Subgroup: ") {
          rows.insert(row(String(synonym.dropFirst(10)), id, "subset-of", "MISP", 60))
          continue
        }
        for name in names(synonym) {
          let isAnother = primaries.contains(NameFolding.key(name)) && NameFolding.key(name) != NameFolding.key(value)
          rows.insert(row(name, id, isAnother ? "subset-of" : "same-as", "MISP", 60))
        }
      }
    }
    return rows.filter { !$0.isEmpty }.sorted()
  }

  /// An ATT&CK STIX bundle: aliases of intrusion sets that are neither revoked nor deprecated, at 70.
  public static func attack(_ document: JSONValue) -> [String] {
    var rows: Set<String> = []
    for object in document["objects"]?.array ?? [] where object["type"]?.string == "intrusion-set" && object["revoked"] != true && object["x_mitre_deprecated"] != true {
      let id = object["external_references"]?.array?.first { $0["source_name"]?.string == "mitre-attack" }?["external_id"]?.string
      guard let id, let name = object["name"]?.string else { continue }
      for alias in [name] + (object["aliases"]?.strings ?? []) {
        for part in names(alias) { rows.insert(row(part, "attack:\(id)", "same-as", "ATT&CK", 70)) }
      }
    }
    return rows.filter { !$0.isEmpty }.sorted()
  }

  /// Microsoft's mapping: other names at 70 where they stand in one row, else wider ones at 60 in each.
  public static func microsoft(_ document: JSONValue) -> [String] {
    let entries = document.array ?? document["value"]?.array ?? []
    func text(_ entry: JSONValue, _ keys: [String]) -> String? { keys.compactMap { entry[$0]?.string }.first }
    var counts: [String: Int] = [:]
    var parsed: [(name: String, others: [String])] = []
    for entry in entries {
      guard let name = text(entry, ["Threat actor name", "Threat Actor Name", "ThreatActorName", "name"]) else { continue }
      let others = (text(entry, ["Other names", "Other Names", "OtherNames"]) ?? "").split(separator: ",").flatMap { names(String($0)) }
      parsed.append((name, others))
      for other in Set(others.map(NameFolding.key)) { counts[other, default: 0] += 1 }
    }
    var rows: Set<String> = []
    for entry in parsed {
      let id = "ms:" + NameFolding.tokens(entry.name).joined(separator: "-")
      rows.insert(row(entry.name, id, "same-as", "Microsoft", 70))
      for other in entry.others {
        let isShared = (counts[NameFolding.key(other)] ?? 0) > 1
        rows.insert(row(other, id, isShared ? "superset-of" : "same-as", "Microsoft", isShared ? 60 : 70))
      }
    }
    return rows.filter { !$0.isEmpty }.sorted()
  }

  /// Composite values are two names; mojibake and stray spaces are mended or dropped.
  private static func names(_ text: String) -> [String] {
    var parts = [text]
    for separator in [" - ", "（", " ("] {
      parts = parts.flatMap { part -> [String] in
        guard let range = part.firstRange(of: separator) else { return [part] }
        return [String(part[..<range.lowerBound]), String(part[range.upperBound...].filter { $0 != ")" && $0 != "）" })]
      }
    }
    return parts.map { part in
      var name = part[...]
      while name.first?.isWhitespace ?? false { name.removeFirst() }
      while name.last?.isWhitespace ?? false { name.removeLast() }
      return String(name).replacing("\u{2011}", with: "-")
    }.filter { name in
      // Latin-1 bytes read as UTF-8 twice show as Ã and Ä before another sign.
      !name.isEmpty && !name.contains("Ã") && !name.contains("Ä±") && !name.contains("\t") && !name.contains("\n")
    }
  }

  private static func row(_ name: String, _ id: String, _ relation: String, _ authority: String, _ confidence: Int) -> String {
    NameFolding.key(name).isEmpty ? "" : [name, id, relation, authority, String(confidence), "", "", "", ""].joined(separator: "\t")
  }
}
