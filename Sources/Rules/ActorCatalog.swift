internal import Glibc
public import Indicators

/// One entity of `actors.tsv`.
public struct Actor: Sendable, Hashable {
  public enum Kind: String, Sendable, CaseIterable { case cluster, umbrella, organization, campaign, malware }

  public var id: String
  public var primary: String
  public var kind: Kind
  /// `active`, `historic`, `merged:ID`, `split:ID,ID`, `withdrawn`.
  public var status: String
  public var mispUUID: String
  public var attackID: String
  public var microsoftName: String
  public var note: String

  /// The ids that took its place; empty for an actor that stands.
  public var successors: [String] {
    guard let colon = status.firstIndex(of: ":") else { return [] }
    return status[status.index(after: colon)...].split(separator: ",").map { $0.filter { $0 != " " } }
  }
}

/// One row of `aliases.tsv`: as used by this authority, the name has this relation to the actor.
public struct ActorClaim: Sendable, Hashable {
  public enum Relation: String, Sendable, CaseIterable {
    case sameAs = "same-as"
    case formerly
    case subsetOf = "subset-of"
    case supersetOf = "superset-of"
    case overlaps
    case not
  }

  public var alias: String
  public var actor: String
  public var relation: Relation
  public var authority: String
  public var confidence: Int
  /// ISO dates; empty is open.
  public var validFrom: String
  public var validTo: String
  public var flags: Set<String>
  public var reference: String
  /// `curated`, `local`, or the name of an imported file.
  public var layer: String
  /// Where it stands.
  public var file: String
  public var line: Int
  /// Why a higher layer took it back; nil while it stands. Kept for the explanation.
  public var withdrawal: String?

  /// Written by a curator, ours or the site's, not taken over from another base.
  var isCurated: Bool { layer == "curated" || layer == "local" }

  /// Whether it holds on `date`; a former name goes on being read in old reports.
  func holds(on date: String?) -> Bool {
    guard let date else { return true }
    if !validFrom.isEmpty, date < validFrom { return false }
    return relation == .formerly || validTo.isEmpty || date <= validTo
  }
}

/// One row of `relations.tsv`.
public struct ActorRelation: Sendable, Hashable {
  public var actor: String
  public var relation: String
  public var other: String
  public var authority: String
  public var confidence: Int
  public var validFrom: String
  public var validTo: String
  public var reference: String
  public var file: String
  public var line: Int

  func holds(on date: String?) -> Bool {
    guard let date else { return true }
    return (validFrom.isEmpty || date >= validFrom) && (validTo.isEmpty || date <= validTo)
  }
}

/// The actors, their names and relations, as the files under `Rules/actors` say.
public struct ActorCatalog: Sendable {
  public internal(set) var actors: [String: Actor] = [:]
  public internal(set) var claims: [ActorClaim] = []
  public internal(set) var relations: [ActorRelation] = []
  /// Twelve digits that change with any byte of any file: what a stored decision keeps beside the actor's id.
  public internal(set) var dataVersion = ""
  /// Folded words around names.
  public internal(set) var affixes: [String]
  /// Folded stems that make an ordinary word a name in running text.
  public internal(set) var cues: [String]
  /// Keys that are never a name by themselves.
  public internal(set) var stopnames: Set<String>

  public init() {
    affixes = Self.standardAffixes.map(NameFolding.key)
    cues = Self.standardCues.map(NameFolding.key)
    stopnames = Set(Self.standardStopnames.map(NameFolding.key))
  }

  /// Reads a directory of actor files. What is missing is empty; a bad row is a diagnostic and stops no other.
  public static func load(directory: String) -> (ActorCatalog, [Diagnostic]) {
    var loader = Loader(directory: directory)
    loader.load()
    return (loader.catalog, loader.diagnostics)
  }

  private static let standardAffixes = [
    "threat actor", "actor", "the", "apt", "group", "team", "gang", "crew", "hackers", "gruppo", "grupo", "groupe", "Gruppe", "grubu", "مجموعة قراصنة", "مجموعة",
    "قراصنة", "グループ", "그룹", "集团", "集團", "组织", "組織", "小组", "группа", "группировка",
  ]
  private static let standardCues = [
    "apt", "group", "threat actor", "hacker", "gang", "ransomware", "cyber espionage", "cyberespionage", "attributed to", "aka", "tracked as", "gruppo", "grubu",
    "مجموعة", "قراصنة", "グループ", "ハッカー", "해커", "해킹", "黑客", "组织", "組織", "группировк", "хакер",
  ]
  private static let standardStopnames = [
    "APT", "UNC", "DEV", "TA", "FIN", "UAC", "Group", "Team", "Gang", "Actor", "Sleet", "Pisces", "Chollima", "Storm", "DPRK", "Typhoon", "Blizzard", "Sandstorm",
    "Tempest", "Panda", "Bear", "Kitten", "Spider", "Hackers", "North Korea", "Unknown", "None", "N/A",
  ]
}

/// Reads the layers, lowest first: `imported/*.tsv`, the curated files, `local/`.
private struct Loader {
  let directory: String
  var catalog = ActorCatalog()
  var diagnostics: [Diagnostic] = []
  private var digests: [UInt8] = []

  init(directory: String) { self.directory = directory }

  mutating func load() {
    for name in DirectoryNames.all(in: directory + "/imported") where name.hasSuffix(".tsv") && name != "SOURCES.tsv" {
      readAny(directory + "/imported/" + name, layer: String(name.dropLast(4)))
    }
    for (folder, layer) in [(directory, "curated"), (directory + "/local", "local")] {
      actors(folder + "/actors.tsv")
      claims(folder + "/aliases.tsv", layer: layer)
      relations(folder + "/relations.tsv")
      if let words = words(folder + "/affixes.tsv") { catalog.affixes = words }
      if let words = words(folder + "/cues.tsv") { catalog.cues = words }
      if let words = words(folder + "/stopnames.tsv") { catalog.stopnames.formUnion(words) }
    }
    // Longest first: `threat actor` before `actor`.
    catalog.affixes = Set(catalog.affixes).filter { !$0.isEmpty }.sorted { ($1.unicodeScalars.count, $0) < ($0.unicodeScalars.count, $1) }
    align()
    withdraw()
    catalog.dataVersion = String(SHA256.hex(SHA256.digest(digests)).prefix(12))
  }

  /// Imported clusters are the curated actors that carry their ids; others become actors of their own. Names never align anything.
  private mutating func align() {
    var known: [String: String] = [:]
    for actor in catalog.actors.values.sorted(by: { $0.id < $1.id }) where actor.successors.isEmpty {
      if !actor.mispUUID.isEmpty { known["misp:" + actor.mispUUID] = actor.id }
      if !actor.attackID.isEmpty { known["attack:" + actor.attackID] = actor.id }
      if !actor.microsoftName.isEmpty { known["ms:" + NameFolding.tokens(actor.microsoftName).joined(separator: "-")] = actor.id }
    }
    for index in catalog.claims.indices {
      let claim = catalog.claims[index]
      guard catalog.actors[claim.actor] == nil, claim.actor.contains(":") else { continue }
      if let id = known[claim.actor] {
        catalog.claims[index].actor = id
      } else if claim.flags.contains("primary") {
        catalog.actors[claim.actor] = Actor(
          id: claim.actor, primary: claim.alias, kind: .cluster, status: "active", mispUUID: claim.actor.hasPrefix("misp:") ? String(claim.actor.dropFirst(5)) : "",
          attackID: claim.actor.hasPrefix("attack:") ? String(claim.actor.dropFirst(7)) : "", microsoftName: claim.actor.hasPrefix("ms:") ? claim.alias : "",
          note: claim.layer)
      }
    }
  }

  private static func rank(_ layer: String) -> Int { layer == "local" ? 2 : layer == "curated" ? 1 : 0 }

  /// A higher layer overrides lower claims of the same name and authority; a `not` row takes back the claims of the same name and actor
  /// in its own layer and below. What is taken back stays, with the reason.
  private mutating func withdraw() {
    var highest: [[String]: Int] = [:]
    var withdrawn: [[String]: ActorClaim] = [:]
    let keys = catalog.claims.map { [NameFolding.key($0.alias), NameFolding.key($0.authority)] }
    for (claim, key) in zip(catalog.claims, keys) {
      if claim.relation == .not { withdrawn[[key[0], claim.actor]] = claim } else { highest[key] = max(highest[key] ?? 0, Self.rank(claim.layer)) }
    }
    for index in catalog.claims.indices where catalog.claims[index].relation != .not {
      let rank = Self.rank(catalog.claims[index].layer)
      if let not = withdrawn[[keys[index][0], catalog.claims[index].actor]], Self.rank(not.layer) >= rank {
        catalog.claims[index].withdrawal = "withdrawn by \(not.layer): \(not.reference.isEmpty ? not.authority : not.reference)"
      } else if let top = highest[keys[index]], top > rank {
        catalog.claims[index].withdrawal = "overridden by a higher layer"
      }
    }
  }

  private mutating func readAny(_ path: String, layer: String) {
    if path.hasSuffix("-actors.tsv") { actors(path) } else if path.hasSuffix("-relations.tsv") { relations(path) } else { claims(path, layer: layer) }
  }

  private mutating func actors(_ path: String) {
    table(path, ["actor_id", "primary", "kind", "status", "misp_uuid", "attack_id", "microsoft_name", "note"]) { loader, row, line in
      guard let kind = Actor.Kind(rawValue: row[2]) else {
        return loader.complain("actors.kind", "'\(row[2])' is no kind", path, line, hint: Actor.Kind.allCases.map(\.rawValue).joined(separator: ", "))
      }
      guard row[0].hasPrefix("ta-") || row[0].hasPrefix("mw-") || row[0].contains(":") else {
        return loader.complain("actors.id", "an id begins with ta- or mw-: '\(row[0])'", path, line)
      }
      loader.catalog.actors[row[0]] = Actor(
        id: row[0], primary: row[1], kind: kind, status: row[3].isEmpty ? "active" : row[3], mispUUID: row[4].lowercased(), attackID: row[5].uppercased(),
        microsoftName: row[6], note: row[7])
    }
  }

  private mutating func claims(_ path: String, layer: String) {
    table(path, ["alias", "actor_id", "relation", "authority", "confidence", "valid_from", "valid_to", "flags", "reference"]) { loader, row, line in
      guard let relation = ActorClaim.Relation(rawValue: row[2]) else {
        return loader.complain("actors.relation", "'\(row[2])' is no relation", path, line, hint: ActorClaim.Relation.allCases.map(\.rawValue).joined(separator: ", "))
      }
      guard let confidence = Int(row[4]), (0...100).contains(confidence) else {
        return loader.complain("actors.confidence", "the confidence must be a number from 0 to 100, not '\(row[4])'", path, line)
      }
      loader.catalog.claims.append(
        ActorClaim(
          alias: row[0], actor: row[1], relation: relation, authority: row[3], confidence: confidence, validFrom: row[5], validTo: row[6],
          flags: Set(row[7].split { $0 == "," || $0 == " " }.map(String.init)), reference: row[8], layer: layer, file: path, line: line, withdrawal: nil))
    }
  }

  private mutating func relations(_ path: String) {
    table(path, ["actor_id", "relation", "other_id", "authority", "confidence", "valid_from", "valid_to", "reference"]) { loader, row, line in
      guard ["subset-of", "overlaps", "successor-of", "merged-into"].contains(row[1]), let confidence = Int(row[4]) else {
        return loader.complain("actors.relation", "'\(row[1])' is no relation between actors, or '\(row[4])' no confidence", path, line)
      }
      loader.catalog.relations.append(
        ActorRelation(
          actor: row[0], relation: row[1], other: row[2], authority: row[3], confidence: confidence, validFrom: row[5], validTo: row[6], reference: row[7],
          file: path, line: line))
    }
  }

  /// The first column of a word list, folded; nil when there is no file.
  private mutating func words(_ path: String) -> [String]? {
    guard let text = read(path) else { return nil }
    let rows = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst()
    return rows.map { NameFolding.key(String($0.prefix { $0 != "\t" && $0 != "\r" })) }
  }

  private mutating func table(_ path: String, _ columns: [String], _ take: (inout Loader, [String], Int) -> Void) {
    guard let text = read(path) else { return }
    var hasHeader = false
    for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = raw.hasSuffix("\r") ? raw.dropLast() : raw
      if line.isEmpty || line.hasPrefix("#") { continue }
      var cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      if !hasHeader {
        hasHeader = true
        if cells != columns {
          diagnostics.append(
            Diagnostic(
              .error, code: "actors.header", "the header must be: \(columns.joined(separator: ", "))", hint: "columns are parted by tabs", file: path, line: index + 1))
          return
        }
        continue
      }
      guard cells.count <= columns.count, cells.count >= 3, !cells[0].isEmpty else {
        complain("actors.columns", "\(cells.count) columns instead of \(columns.count)", path, index + 1)
        continue
      }
      cells += Array(repeating: "", count: columns.count - cells.count)
      take(&self, cells, index + 1)
    }
  }

  private mutating func complain(_ code: String, _ message: String, _ file: String, _ line: Int, hint: String? = nil) {
    diagnostics.append(Diagnostic(.error, code: code, message, hint: hint, file: file, line: line))
  }

  private mutating func read(_ path: String) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < 64 << 20 {
      let count = unsafe block.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count <= 0 { break }
      bytes += block[..<count]
    }
    digests += SHA256.digest(bytes)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      diagnostics.append(Diagnostic(.error, code: "actors.encoding", "not UTF-8", file: path))
      return nil
    }
    return text
  }
}
