import Foundation
import Rules
import Syntax
import Testing

/// The catalogue that is shipped, and what must hold for any.
@Suite struct ActorCatalogTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let shipped = ActorCatalog.load(directory: root.appendingPathComponent("Rules/actors").path).0

  private func rows(_ name: String) throws -> [JSONValue] {
    try Data(contentsOf: Self.root.appendingPathComponent("Tests/Fixtures/names/\(name)")).split(separator: 0x0A).map { try JSONParser.parse(Array($0)) }
  }

  @Test func theCatalogueIsCleanAndLarge() {
    let directory = Self.root.appendingPathComponent("Rules/actors").path
    let (catalog, loading) = ActorCatalog.load(directory: directory)
    #expect((loading + ActorLint.check(catalog, directory: directory)).isEmpty)
    let standing = catalog.actors.values.filter { $0.kind != .malware && $0.successors.isEmpty }
    #expect(standing.count >= 150)
    #expect(Set(catalog.claims.map(\.alias)).count >= 800)
    #expect(catalog.claims.allSatisfy { $0.confidence < 70 || !$0.reference.isEmpty })
    #expect(catalog.actors.values.contains { $0.status.hasPrefix("merged:") } && catalog.actors.values.contains { $0.status.hasPrefix("split:") })
  }

  @Test func theFourNamesAreOneActorAndTheNeighboursAreOthers() {
    let resolver = ActorResolver(catalog: Self.shipped)
    let one = Set(["TraderTraitor", "Jade Sleet", "UNC4899", "Slow Pisces"].map { resolver.resolve($0).actor?.id })
    #expect(one == ["ta-tradertraitor"])
    let others = ["Kimsuky", "APT37", "Andariel", "Diamond Sleet", "AppleJeus", "Moonstone Sleet"].map { resolver.resolve($0, kind: .actor).actor?.id }
    #expect(!others.contains(nil) && Set(others).count == 6 && !others.contains("ta-tradertraitor"))
    #expect(resolver.parents(of: "ta-tradertraitor") == ["ta-lazarus", "ta-rgb"])
  }

  /// A name that is claimed for an actor gives that actor, or says that it is not sure and counts the actor among those it may be.
  @Test func everyClaimedNameLeadsBack() {
    let resolver = ActorResolver(catalog: Self.shipped)
    var failures: [String] = []
    for claim in Self.shipped.claims where claim.confidence >= 50 && claim.withdrawal == nil && (claim.relation == .sameAs || claim.relation == .formerly) {
      let answer = resolver.resolve(claim.alias)
      let leads = answer.actor?.id == claim.actor || answer.entity?.id == claim.actor || answer.status == .ambiguous && answer.candidates.contains(claim.actor)
      if !leads { failures.append("\(claim.alias) of \(claim.actor): \(answer.prose)") }
    }
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  @Test func everyAliasCaseHolds() throws {
    let resolver = ActorResolver(catalog: Self.shipped)
    for row in try rows("alias.jsonl") {
      guard let query = row["query"]?.string, let expect = row["expect"] else { continue }
      let context = row["context"]
      let answer = resolver.resolve(
        query, authority: context?["authority"]?.string, date: context?["date"]?.string, kind: context?["kind"]?.string.flatMap(ActorQueryKind.init(rawValue:))
      ).json
      for key in ["status", "actor", "entity", "candidates", "via"] {
        guard let wanted = expect[key] else { continue }
        #expect(answer[key] == wanted, "\(query): \(key)")
      }
    }
  }

  @Test func everyTextCaseHolds() throws {
    let mentions = ActorMentions(resolver: ActorResolver(catalog: Self.shipped))
    for row in try rows("text.jsonl") {
      guard let text = row["text"]?.string else { continue }
      let found = mentions.find(in: text, field: row["field"]?.string.flatMap(MentionField.init(rawValue:)) ?? .body)
      let got = found.map { "\($0.status.rawValue):\($0.actor ?? $0.entity ?? $0.candidates.joined(separator: ",")):\($0.strength.rawValue)" }
      #expect(got == row["expect"]?.strings ?? [], "\(text): \(found.map(\.surface))")
      let scalars = Array(text.unicodeScalars)
      for mention in found {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[mention.start..<mention.end])
        #expect(String(view) == mention.surface)
      }
    }
  }

  @Test func foldingTwiceIsFoldingOnce() {
    for claim in Self.shipped.claims {
      let key = NameFolding.key(claim.alias)
      #expect(NameFolding.key(key) == key, "\(claim.alias)")
    }
  }

  // MARK: Layers, in directories of their own

  private static let header = "alias\tactor_id\trelation\tauthority\tconfidence\tvalid_from\tvalid_to\tflags\treference\n"
  private static let actors = "actor_id\tprimary\tkind\tstatus\tmisp_uuid\tattack_id\tmicrosoft_name\tnote\n"

  private func catalog(_ files: [String: String]) throws -> ActorCatalog {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ukai-actors-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files {
      let path = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: path)
    }
    return ActorCatalog.load(directory: folder.path).0
  }

  @Test func higherLayersOverrideWithdrawAndAlign() throws {
    let files = [
      "actors.tsv": Self.actors + "ta-one\tOne\tcluster\tactive\tb4b7b4e0-0000-4000-8000-000000000001\tG9001\t\t\nta-two\tTwo\tcluster\tactive\t\t\t\t\n",
      "aliases.tsv": Self.header + "Brown Wren\tta-two\tsame-as\tMISP\t80\t\t\t\tx\nGrey Owl\tta-one\tnot\tATT&CK\t80\t\t\t\tPR 1\nOne\tta-one\tsame-as\tcommunity\t80\t\t\t\tx\n",
      "imported/misp.tsv": Self.header
        + "Brown Wren\tmisp:b4b7b4e0-0000-4000-8000-000000000001\tsame-as\tMISP\t60\t\t\t\t\nRed Kite\tmisp:b4b7b4e0-0000-4000-8000-000000000001\tsame-as\tMISP\t60\t\t\tprimary\t\nLone\tmisp:ffffffff-0000-4000-8000-000000000002\tsame-as\tMISP\t60\t\t\tprimary\t\n",
      "imported/attack.tsv": Self.header + "Grey Owl\tattack:G9001\tsame-as\tATT&CK\t70\t\t\t\t\n",
    ]
    let resolver = ActorResolver(catalog: try catalog(files))
    // Aligned by id, never by name; what has no curated id is an actor of its own.
    #expect(resolver.resolve("Red Kite").actor?.id == "ta-one")
    #expect(resolver.resolve("Lone").actor?.id == "misp:ffffffff-0000-4000-8000-000000000002")
    // The curated claim of the same authority overrides the imported one, which is still shown.
    let wren = resolver.resolve("Brown Wren")
    #expect(wren.actor?.id == "ta-two")
    #expect(wren.claims.contains { $0.claim.layer == "misp" && $0.dropped == "overridden by a higher layer" })
    // A `not` row takes a claim back, and says so.
    let owl = resolver.resolve("Grey Owl")
    #expect(owl.status == .unknown)
  }

  @Test func theOrderOfRowsDoesNotMatter() throws {
    let folder = Self.root.appendingPathComponent("Rules/actors")
    var files: [String: String] = [:]
    for name in ["actors.tsv", "aliases.tsv", "relations.tsv", "affixes.tsv", "cues.tsv", "stopnames.tsv"] {
      let lines = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
      files[name] = ([lines[0]] + lines.dropFirst().reversed()).joined(separator: "\n") + "\n"
    }
    let reversed = ActorResolver(catalog: try catalog(files))
    let straight = ActorResolver(catalog: Self.shipped)
    for alias in Set(Self.shipped.claims.map(\.alias)).sorted() {
      var (left, right) = (straight.resolve(alias).json, reversed.resolve(alias).json)
      left["data_version"] = nil
      right["data_version"] = nil
      #expect(JSONValue.object(left).serialized() == JSONValue.object(right).serialized(), "\(alias)")
    }
  }

  // MARK: Imports

  @Test func galaxiesBecomeClaims() throws {
    let document = try JSONParser.parse(
      Array(
        #"{"values":[{"value":"APT99","uuid":"u-1","meta":{"synonyms":["Blue Jay ","盲眼鹰 - APT-C-99","Subgroup: Jay Two","Larva‑25012","AyyÄ±ldÄ±z"]},"related":[{"dest-uuid":"u-2","type":"similar"}]},{"value":"Jaybird","uuid":"u-2","meta":{"synonyms":["APT99"]}}]}"#
          .utf8))
    let rows = ActorImport.misp(document)
    #expect(rows == ActorImport.misp(document))
    #expect(rows.contains("Blue Jay\tmisp:u-1\tsame-as\tMISP\t60\t\t\t\t"))
    #expect(rows.contains("盲眼鹰\tmisp:u-1\tsame-as\tMISP\t60\t\t\t\t") && rows.contains("APT-C-99\tmisp:u-1\tsame-as\tMISP\t60\t\t\t\t"))
    #expect(rows.contains("Jay Two\tmisp:u-1\tsubset-of\tMISP\t60\t\t\t\t"))
    #expect(rows.contains("APT99\tmisp:u-2\tsubset-of\tMISP\t60\t\t\t\t"))
    #expect(rows.contains("Jaybird\tmisp:u-1\toverlaps\tMISP\t50\t\t\t\t"))
    #expect(rows.contains("Larva-25012\tmisp:u-1\tsame-as\tMISP\t60\t\t\t\t"))
    #expect(!rows.contains { $0.contains("Ä±") })
  }

  @Test func attackGroupsAndMicrosoftNamesBecomeClaims() throws {
    let bundle = try JSONParser.parse(
      Array(
        #"{"objects":[{"type":"intrusion-set","id":"i--1","name":"Wren","aliases":["Wren","UNC77"],"external_references":[{"source_name":"mitre-attack","external_id":"G9001"}]},{"type":"intrusion-set","id":"i--2","revoked":true,"name":"Old Wren","external_references":[{"source_name":"mitre-attack","external_id":"G9000"}]},{"type":"relationship","relationship_type":"revoked-by","source_ref":"i--2","target_ref":"i--1"}]}"#
          .utf8))
    #expect(
      ActorImport.attack(bundle) == [
        "Old Wren\tattack:G9001\tformerly\tATT&CK\t70\t\t\t\t", "UNC77\tattack:G9001\tsame-as\tATT&CK\t70\t\t\t\t", "Wren\tattack:G9001\tsame-as\tATT&CK\t70\t\t\tprimary\t",
      ])
    let mapping = try JSONParser.parse(
      Array(#"[{"Threat actor name":"Grey Sleet","Other names":"LONE WREN, SHARED WREN"},{"Threat actor name":"Green Sleet","Other names":"SHARED WREN"}]"#.utf8))
    let rows = ActorImport.microsoft(mapping)
    #expect(rows.contains("LONE WREN\tms:grey-sleet\tsame-as\tMicrosoft\t70\t\t\t\t"))
    #expect(rows.filter { $0.hasPrefix("SHARED WREN\t") }.allSatisfy { $0.contains("\tsuperset-of\tMicrosoft\t60\t") })
    #expect(rows.filter { $0.hasPrefix("SHARED WREN\t") }.count == 2)
  }

  /// Parts of each other, and actors merged into each other: the lint names them, and every question still ends.
  @Test func circlesOfActorsEnd() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ukai-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func write(_ name: String, _ rows: [[String]]) throws {
      try rows.map { $0.joined(separator: "\t") + "\n" }.joined().write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
    }
    try write(
      "actors.tsv",
      [
        ["actor_id", "primary", "kind", "status", "misp_uuid", "attack_id", "microsoft_name", "note"], ["ta-a", "Brown Otter", "cluster", "active", "", "", "", ""],
        ["ta-b", "River Marten", "cluster", "active", "", "", "", ""], ["ta-c", "Pale Stoat", "cluster", "merged:ta-d", "", "", "", ""],
        ["ta-d", "Dark Stoat", "cluster", "merged:ta-c", "", "", "", ""],
      ])
    let alias = ["alias", "actor_id", "relation", "authority", "confidence", "valid_from", "valid_to", "flags", "reference"]
    func claim(_ name: String, _ actor: String) -> [String] { [name, actor, "same-as", "press", "60", "", "", "", "a page"] }
    try write("aliases.tsv", [alias, claim("Brown Otter", "ta-a"), claim("Dark Stoat", "ta-d"), claim("Pale Stoat", "ta-c"), claim("River Marten", "ta-b")])
    try write(
      "relations.tsv",
      [
        ["actor_id", "relation", "other_id", "authority", "confidence", "valid_from", "valid_to", "reference"],
        ["ta-a", "subset-of", "ta-b", "press", "60", "", "", "a page"], ["ta-b", "subset-of", "ta-a", "press", "60", "", "", "a page"],
      ])
    let catalog = ActorCatalog.load(directory: folder.path).0
    #expect(ActorLint.check(catalog, directory: folder.path).contains { $0.code == "actors.cycle" })
    let resolver = ActorResolver(catalog: catalog)
    #expect(resolver.parents(of: "ta-a") == ["ta-b"])
    #expect(resolver.resolve("Brown Otter").actor?.id == "ta-a")
    // Where each took the place of the other, neither answer is wrong, and there is one.
    let answer = resolver.resolve("Pale Stoat")
    #expect(["ta-c", "ta-d"].contains(answer.actor?.id ?? answer.candidates.first ?? ""))
  }
}
