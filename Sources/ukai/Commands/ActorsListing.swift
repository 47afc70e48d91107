import ArgumentParser
import Glibc
import Indicators
import Rules
import Store
import Syntax
import Terminal

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
    static let configuration = CommandConfiguration(commandName: "show", abstract: "One actor with all its names and what lies above it.")

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
    static let configuration = CommandConfiguration(commandName: "list", abstract: "All actors of the catalogue.")

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
    static let configuration = CommandConfiguration(commandName: "lint", abstract: "Check the actor files; ends with 78 on an error.")

    @OptionGroup var places: PlaceOptions
    @Argument(help: "A directory of actor files; the one in force without.") var directory: String?

    func run() throws {
      let path = directory ?? places.rules + "/actors"
      guard Files.isDirectory(path) else { throw InputError(path: path, errorNumber: 2) }
      let (catalog, loading) = ActorCatalog.load(directory: path)
      let findings = loading + ActorLint.check(catalog, directory: path)
      for finding in findings { Console.show(finding) }
      let errors = findings.filter { $0.severity == .error }.count
      Console.note("actors: \(catalog.actors.count) actors, \(catalog.claims.count) claims, \(ActorLint.ambiguousNames(catalog)) ambiguous names, data \(catalog.dataVersion); \(errors) errors, \(findings.count - errors) warnings")
      if errors > 0 { throw CommandFailure(.configuration) }
    }
  }

  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "diff", abstract: "What a change of the actor files does to every name.")

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
      var changed = 0
      for name in Set((before.catalog.claims + after.catalog.claims).map(\.alias)).sorted() {
        let (left, right) = (before.resolve(name), after.resolve(name))
        if answer(left) == answer(right) { continue }
        changed += 1
        let (gone, come) = (Self.rows(left).subtracting(Self.rows(right)).sorted(), Self.rows(right).subtracting(Self.rows(left)).sorted())
        try console.record(
          ["name": .string(name), "before": .string(answer(left)), "after": .string(answer(right)), "removed": JSONValue(gone), "added": JSONValue(come)],
          text: Console.visible(
            (["\(name): \(answer(left)) → \(answer(right))"] + gone.map { "  - \($0)" } + come.map { "  + \($0)" }).joined(separator: "\n"), keepingNewlines: true))
      }
      try console.flush()
      Console.note(
        "actors: \(changed) names changed; ambiguous \(ActorLint.ambiguousNames(before.catalog)) → \(ActorLint.ambiguousNames(after.catalog)), data \(before.catalog.dataVersion) → \(after.catalog.dataVersion)")
    }

    /// The claims of an answer as text, those left aside with the reason.
    private static func rows(_ resolution: ActorResolution) -> Set<String> {
      Set(
        resolution.claims.map { claim, dropped in
          "\(claim.alias) \(claim.relation.rawValue) \(claim.actor) by \(claim.authority) \(claim.confidence)"
            + [claim.validFrom, claim.validTo].filter { !$0.isEmpty }.map { " \($0)" }.joined() + (dropped.map { " (\($0))" } ?? "")
        })
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import", abstract: "Turn your own copy of a public base into claims, on standard output.",
      discussion: """
        With --into the rows go to a file of the directory, and SOURCES.tsv there says what they were made of. Same input, same bytes.

        Examples:
          ukai actors import misp threat-actor.json > Rules/actors/imported/misp.tsv
          ukai actors import attack enterprise-attack.json --into Rules/actors/imported --version 18.1
        """)

    enum Base: String, ExpressibleByArgument, CaseIterable {
      case misp, attack, microsoft

      /// The kind of file, for people.
      var expected: String {
        switch self {
        case .misp: "a cluster file of the MISP galaxy"
        case .attack: "a STIX bundle of ATT&CK with intrusion-set objects"
        case .microsoft: "Microsoft's mapping of threat actor names"
        }
      }
    }

    @Argument(help: "misp (galaxy cluster JSON), attack (STIX bundle) or microsoft (mapping JSON).") var base: Base
    @Argument(help: "The file.") var file: String
    @Option(help: ArgumentHelp("Write to this directory instead, with an entry in its SOURCES.tsv.", valueName: "directory")) var into: String?
    @Option(help: "Name of the file there, without .tsv; the base's name without.") var name: String?
    @Option(help: "Version or commit of the base, for SOURCES.tsv.") var version = ""
    @Option(help: "Date of the base (ISO 8601), for SOURCES.tsv.") var date = ""

    func validate() throws {
      if !date.isEmpty, Timestamp(parsing: date) == nil { throw ValidationError("--date '\(date)' is not an ISO 8601 date") }
      if let name, name.isEmpty || name.contains("/") || name == "SOURCES" { throw ValidationError("--name '\(name)' is no name of a file there") }
    }

    func run() throws {
      let bytes = try LineInput.all(path: file)
      let document: JSONValue
      do throws(JSONError) { document = try JSONParser.parse(bytes) } catch {
        throw CommandFailure(.refused, Diagnostic(.error, code: "actors.import", "not JSON at byte \(error.offset); expected \(base.expected)", file: file))
      }
      let rows: [String]
      switch base {
      case .misp: rows = ActorImport.misp(document)
      case .attack: rows = ActorImport.attack(document)
      case .microsoft: rows = ActorImport.microsoft(document)
      }
      if rows.isEmpty { throw CommandFailure(.refused, Diagnostic(.error, code: "actors.import", "no actors in this file; expected \(base.expected)", file: file)) }
      let digest = SHA256.hex(SHA256.digest(bytes))
      if let into {
        try write(rows, digest, into)
      } else {
        var console = Console(json: false)
        try console.line(ActorImport.header)
        for row in rows { try console.line(row) }
        try console.flush()
      }
      Console.note("actors: \(rows.count) claims, SHA-256 \(digest)")
    }

    private static let sourcesHeader = "name\tversion\tdate\tsha256\trows"

    /// The layer's file, then its line in SOURCES.tsv; each is replaced as a whole.
    private func write(_ rows: [String], _ digest: String, _ directory: String) throws {
      let name = name ?? base.rawValue
      if !Files.isDirectory(directory), unsafe mkdir(directory, 0o755) != 0 { throw InputError(path: directory, errorNumber: errno) }
      try replace(directory + "/" + name + ".tsv", [ActorImport.header] + rows)
      let path = directory + "/SOURCES.tsv"
      var sources: [String] = []
      if let old = try? LineInput.all(path: path) {
        sources = String(decoding: old, as: UTF8.self).split(separator: "\n").map(String.init).filter { $0 != Self.sourcesHeader && !$0.hasPrefix(name + "\t") }
      }
      sources.append([name, version, date, digest, String(rows.count)].joined(separator: "\t"))
      try replace(path, [Self.sourcesHeader] + sources.sorted())
    }

    private func replace(_ path: String, _ lines: [String]) throws {
      do throws(Diagnostic) {
        try AtomicFile.replace(path, with: Array((lines.joined(separator: "\n") + "\n").utf8))
      } catch {
        throw CommandFailure(.cannotCreate, error)
      }
    }
  }
}

extension MentionField: ExpressibleByArgument {}
