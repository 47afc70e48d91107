public import Syntax

/// Turns public actor bases into claims, by the mapping of `normaliser.md` A.2. Same input, same rows; nothing is merged by name.
public enum ActorImport {
  public static let header = "alias\tactor_id\trelation\tauthority\tconfidence\tvalid_from\tvalid_to\tflags\treference"

  /// A MISP galaxy cluster file: values and synonyms at 60.
  public static func misp(_ document: JSONValue) -> [String] {
    let clusters = document["values"]?.array ?? []
    let galaxy = document["type"]?.string ?? ""
    let primaries = Set(clusters.compactMap { $0["value"]?.string }.map(NameFolding.key))
    var values: [String: String] = [:]
    for cluster in clusters { if let uuid = cluster["uuid"]?.string { values[uuid] = cluster["value"]?.string } }
    var rows: Set<String> = []
    for cluster in clusters {
      guard let value = cluster["value"]?.string, let uuid = cluster["uuid"]?.string else { continue }
      let id = identity(of: cluster, value: value, uuid: uuid, galaxy: galaxy)
      for (place, name) in names(value).enumerated() { rows.insert(row(name, id, "same-as", "MISP", 60, flags: place == 0 ? "primary" : "")) }
      for related in cluster["related"]?.array ?? [] where related["type"]?.string == "similar" {
        guard let other = related["dest-uuid"]?.string, other != uuid, let name = values[other] else { continue }
        for part in names(name) { rows.insert(row(part, id, "overlaps", "MISP", 50)) }
      }
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
    return unique(rows)
  }

  /// The id that a cluster has in the base it was made from: galaxies of ATT&CK's groups carry the group's number, Microsoft's own galaxy
  /// is named by Microsoft. Without one it is the cluster's UUID. Never a name that others gave.
  private static func identity(of cluster: JSONValue, value: String, uuid: String, galaxy: String) -> String {
    let meta = cluster["meta"]
    for number in [meta?["external_id"]?.string, meta?["group_attack_id"]?.string] {
      if let number, number.utf8.count == 5, number.hasPrefix("G"), number.dropFirst().allSatisfy(\.isNumber) { return "attack:\(number)" }
    }
    return galaxy == "microsoft-activity-group" ? "ms:" + NameFolding.tokens(value).joined(separator: "-") : "misp:\(uuid)"
  }

  /// An ATT&CK STIX bundle: aliases of intrusion sets that are neither revoked nor deprecated, at 70.
  public static func attack(_ document: JSONValue) -> [String] {
    var rows: Set<String> = []
    let objects = document["objects"]?.array ?? []
    func externalID(_ object: JSONValue) -> String? {
      object["external_references"]?.array?.first { $0["source_name"]?.string == "mitre-attack" }?["external_id"]?.string
    }
    var live: [String: String] = [:]
    for object in objects where object["type"]?.string == "intrusion-set" && object["revoked"] != true && object["x_mitre_deprecated"] != true {
      guard let group = externalID(object), let name = object["name"]?.string else { continue }
      let id = "attack:\(group)"
      if let key = object["id"]?.string { live[key] = id }
      for (place, alias) in ([name] + (object["aliases"]?.strings ?? [])).enumerated() {
        for part in names(alias) { rows.insert(row(part, id, "same-as", "ATT&CK", 70, flags: place == 0 ? "primary" : "")) }
      }
    }
    // A group that was revoked in favour of another: its names are former names of that other.
    var successors: [String: String] = [:]
    for object in objects where object["type"]?.string == "relationship" && object["relationship_type"]?.string == "revoked-by" {
      if let source = object["source_ref"]?.string, let target = object["target_ref"]?.string { successors[source] = live[target] }
    }
    for object in objects where object["type"]?.string == "intrusion-set" && object["revoked"] == true {
      guard let key = object["id"]?.string, let id = successors[key], let name = object["name"]?.string else { continue }
      for alias in [name] + (object["aliases"]?.strings ?? []) {
        for part in names(alias) where !rows.contains(row(part, id, "same-as", "ATT&CK", 70)) && !rows.contains(row(part, id, "same-as", "ATT&CK", 70, flags: "primary")) {
          rows.insert(row(part, id, "formerly", "ATT&CK", 70))
        }
      }
    }
    return unique(rows)
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
      rows.insert(row(entry.name, id, "same-as", "Microsoft", 70, flags: "primary"))
      for other in entry.others {
        let isShared = (counts[NameFolding.key(other)] ?? 0) > 1
        rows.insert(row(other, id, isShared ? "superset-of" : "same-as", "Microsoft", isShared ? 60 : 70))
      }
    }
    return unique(rows)
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

  private static func row(_ name: String, _ id: String, _ relation: String, _ authority: String, _ confidence: Int, flags: String = "") -> String {
    NameFolding.key(name).isEmpty ? "" : [name, id, relation, authority, String(confidence), "", "", flags, ""].joined(separator: "\t")
  }

  /// Sorted by code point; a row that is there with a flag is not there without, and spellings that fold to one name are one row.
  private static func unique(_ rows: Set<String>) -> [String] {
    var kept: [String] = []
    var seen: Set<[String]> = []
    func isBefore(_ left: String, _ right: String) -> Bool { left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars) }
    let flagged = rows.filter { $0.contains("\tprimary\t") }.sorted(by: isBefore)
    for row in flagged + rows.subtracting(flagged).sorted(by: isBefore) where !row.isEmpty {
      let cells = row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      if seen.insert([NameFolding.spacedKey(cells[0]), cells[1], cells[2], cells[3]]).inserted { kept.append(row) }
    }
    return kept.sorted(by: isBefore)
  }
}
