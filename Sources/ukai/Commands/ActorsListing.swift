import ArgumentParser
import Indicators
import Rules
import Syntax

extension Actors {
  /// The record of one actor with its names.
  private static func record(_ actor: Actor, _ resolver: ActorResolver) -> JSONObject {
    let claims = resolver.catalog.claims.filter { $0.actor == actor.id && $0.relation != .not }
    var object: JSONObject = [
      "id": .string(actor.id), "primary": .string(actor.primary), "kind": .string(actor.kind.rawValue), "status": .string(actor.status),
      "parents": JSONValue(resolver.parents(of: actor.id)),
    ]
    if !actor.attackID.isEmpty { object["attack_id"] = .string(actor.attackID) }
    if !actor.mispUUID.isEmpty { object["misp_uuid"] = .string(actor.mispUUID) }
    object["names"] = .array(
      claims.map { claim in
        var entry: JSONObject = [
          "name": .string(claim.alias), "relation": .string(claim.relation.rawValue), "authority": .string(claim.authority),
          "confidence": JSONValue(claim.confidence),
        ]
        if !claim.reference.isEmpty { entry["reference"] = .string(claim.reference) }
        return .object(entry)
      })
    return object
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "One actor with all its names and what lies above it.")

    @OptionGroup var places: PlaceOptions
    @OptionGroup var output: FormatOptions
    @Argument(help: "Id, or any name that resolves.") var name: String

    func run() throws {
      let resolver = Actors.resolver(places.rules)
      let resolution = resolver.resolve(name)
      guard let actor = resolver.catalog.actors[name] ?? resolution.actor ?? resolution.entity else {
        throw CommandFailure(
          .missingInput,
          Diagnostic(
            .error, code: "actors.missing", Console.visible(resolution.prose),
            hint: resolution.candidates.isEmpty ? nil : "show one of \(resolution.candidates.joined(separator: ", "))"))
      }
      var console = output.console()
      let object = Actors.record(actor, resolver)
      var lines = ["\(actor.primary) (\(actor.id)), \(actor.kind.rawValue), \(actor.status)"]
      let parents = resolver.parents(of: actor.id)
      if !parents.isEmpty { lines.append("part of: \(parents.joined(separator: ", "))") }
      for entry in object["names"]?.array ?? [] {
        lines.append(
          "  \(entry["name"]?.string ?? "")  \(entry["relation"]?.string ?? "")  \(entry["authority"]?.string ?? "")  \(entry["confidence"]?.integer ?? 0)  \(entry["reference"]?.string ?? "")")
      }
      try console.record(object, text: lines.map { Console.visible($0) }.joined(separator: "\n"))
      try console.flush()
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "All actors of the catalogue.")

    @OptionGroup var places: PlaceOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
      let resolver = Actors.resolver(places.rules)
      var console = output.console()
      for actor in resolver.catalog.actors.values.sorted(by: { $0.id < $1.id }) {
        let count = resolver.catalog.claims.filter { $0.actor == actor.id }.count
        try console.record(
          Actors.record(actor, resolver), text: Console.columns(actor.id, actor.primary, actor.kind.rawValue, "\(count) names"))
      }
      try console.flush()
    }
  }

  struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Check the actor files; ends with 78 on an error.")

    @OptionGroup var places: PlaceOptions
    @Argument(help: "A directory of actor files; the one in force without.") var directory: String?

    func run() throws {
      let path = directory ?? places.rules + "/actors"
      guard Files.isDirectory(path) else { throw InputError(path: path, errorNumber: 2) }
      let (catalog, loading) = ActorCatalog.load(directory: path)
      let findings = loading + ActorLint.check(catalog, directory: path)
      for finding in findings { Console.show(finding) }
      let errors = findings.filter { $0.severity == .error }.count
      Console.note("actors: \(catalog.actors.count) actors, \(catalog.claims.count) claims; \(errors) errors, \(findings.count - errors) warnings")
      if errors > 0 { throw CommandFailure(.configuration) }
    }
  }

  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "What a change of the actor files does to every name.")

    @OptionGroup var output: FormatOptions
    @Argument(help: "Directory before.") var old: String
    @Argument(help: "Directory after.") var new: String

    func run() throws {
      for path in [old, new] where !Files.isDirectory(path) { throw InputError(path: path, errorNumber: 2) }
      let before = ActorResolver(catalog: ActorCatalog.load(directory: old).0)
      let after = ActorResolver(catalog: ActorCatalog.load(directory: new).0)
      func answer(_ resolution: ActorResolution) -> String {
        ([resolution.status.rawValue] + (resolution.actor.map { [$0.id] } ?? resolution.entity.map { [$0.id] } ?? resolution.candidates)).joined(separator: " ")
      }
      var console = output.console()
      for name in Set((before.catalog.claims + after.catalog.claims).map(\.alias)).sorted() {
        let left = answer(before.resolve(name))
        let right = answer(after.resolve(name))
        if left == right { continue }
        try console.record(["name": .string(name), "before": .string(left), "after": .string(right)], text: Console.visible("\(name): \(left) → \(right)"))
      }
      try console.flush()
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Turn your own copy of a public base into claims, on standard output.",
      discussion: "Example:\n  ukai actors import misp threat-actor.json > Rules/actors/imported/misp.tsv")

    enum Base: String, ExpressibleByArgument, CaseIterable { case misp, attack, microsoft }

    @Argument(help: "misp (galaxy cluster JSON), attack (STIX bundle) or microsoft (mapping JSON).") var base: Base
    @Argument(help: "The file.") var file: String

    func run() throws {
      let bytes = try LineInput.all(path: file)
      let document: JSONValue
      do throws(JSONError) { document = try JSONParser.parse(bytes) } catch {
        throw CommandFailure(.refused, Diagnostic(.error, code: "actors.import", "not JSON at byte \(error.offset)", file: file))
      }
      let rows: [String]
      switch base {
      case .misp: rows = ActorImport.misp(document)
      case .attack: rows = ActorImport.attack(document)
      case .microsoft: rows = ActorImport.microsoft(document)
      }
      if rows.isEmpty { throw CommandFailure(.refused, Diagnostic(.error, code: "actors.import", "no actors in this file", file: file)) }
      var console = Console(json: false)
      try console.line(ActorImport.header)
      for row in rows { try console.line(row) }
      try console.flush()
      Console.note("actors: \(rows.count) claims, SHA-256 \(SHA256.hex(SHA256.digest(bytes)))")
    }
  }
}

extension MentionField: ExpressibleByArgument {}
