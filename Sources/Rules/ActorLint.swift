internal import Glibc
public import Indicators

/// Checks a catalogue for what would make it lie (`normaliser.md` A.2, lint).
public enum ActorLint {
  /// Errors and warnings with file and line.
  public static func check(_ catalog: ActorCatalog, directory: String) -> [Diagnostic] {
    actors(catalog, directory) + claims(catalog) + doubles(catalog) + relations(catalog) + cycles(catalog) + sorting(directory)
  }

  private static let knownFlags: Set<String> = ["ordinary-word", "ambiguous-word", "also-malware", "keep-space", "no-text", "primary"]

  /// How many names two or more actors have: what a release is compared with the one before it by.
  public static func ambiguousNames(_ catalog: ActorCatalog) -> Int {
    let deciding: Set<ActorClaim.Relation> = [.sameAs, .formerly, .supersetOf]
    let claims = catalog.claims.filter { $0.withdrawal == nil && $0.confidence >= 50 && deciding.contains($0.relation) }
    return Dictionary(grouping: claims) { $0.flags.contains("keep-space") ? NameFolding.spacedKey($0.alias) : NameFolding.key($0.alias) }
      .values.filter { Set($0.map(\.actor)).count > 1 }.count
  }

  /// Successors that exist, and ids of other bases that no two standing actors share.
  private static func actors(_ catalog: ActorCatalog, _ directory: String) -> [Diagnostic] {
    var found: [Diagnostic] = []
    var owners: [String: String] = [:]
    let file = directory + "/actors.tsv"
    for actor in catalog.actors.values.sorted(by: { $0.id < $1.id }) {
      for successor in actor.successors where catalog.actors[successor] == nil {
        found.append(Diagnostic(.error, code: "actors.unknown-id", "\(actor.id) became '\(successor)', which no actor has as its id", file: file))
      }
      let isStatus = ["active", "historic", "withdrawn"].contains(actor.status) || actor.status.hasPrefix("merged:") || actor.status.hasPrefix("split:")
      if !isStatus { found.append(Diagnostic(.error, code: "actors.status", "'\(actor.status)' of \(actor.id) is no status", file: file)) }
      if actor.primary.isEmpty { found.append(Diagnostic(.error, code: "actors.empty", "\(actor.id) has no primary name", file: file)) }
      guard actor.successors.isEmpty else { continue }
      for id in [actor.mispUUID, actor.attackID, actor.microsoftName] where !id.isEmpty {
        if let owner = owners[id] {
          found.append(Diagnostic(.error, code: "actors.two-actors", "\(owner) and \(actor.id) are both '\(id)' of another base", file: file))
        }
        owners[id] = actor.id
      }
    }
    return found
  }

  private static func claims(_ catalog: ActorCatalog) -> [Diagnostic] {
    catalog.claims.flatMap { claim -> [Diagnostic] in
      var found: [Diagnostic] = []
      func error(_ code: String, _ message: String) { found.append(Diagnostic(.error, code: code, message, file: claim.file, line: claim.line)) }
      if catalog.actors[claim.actor] == nil { error("actors.unknown-id", "no actor has the id '\(claim.actor)'") }
      for date in [claim.validFrom, claim.validTo] where !date.isEmpty && Timestamp(parsing: date) == nil { error("actors.date", "'\(date)' is no ISO date") }
      for flag in claim.flags.subtracting(knownFlags).sorted() {
        error("actors.flag", "'\(flag)' is no flag; known are \(knownFlags.sorted().joined(separator: ", "))")
      }
      let key = NameFolding.key(claim.alias)
      if key.isEmpty { error("actors.empty", "the name folds to nothing") }
      if claim.isCurated, catalog.stopnames.contains(key) { error("actors.stopname", "'\(claim.alias)' folds to a stop name") }
      if UnicodeForm.nfc.apply(claim.alias.unicodeScalars.map(\.value)) != claim.alias.unicodeScalars.map(\.value) {
        error("actors.nfc", "'\(claim.alias)' is not in Normalization Form C")
      }
      if NameConfusables.mixesScripts(claim.alias.unicodeScalars.map(\.value)) { error("actors.mixed-script", "'\(claim.alias)' mixes scripts in a way that only look-alikes do") }
      if claim.confidence >= 70, claim.reference.isEmpty, claim.isCurated {
        found.append(Diagnostic(.warning, code: "actors.reference", "'\(claim.alias)' has no reference", file: claim.file, line: claim.line))
      }
      return found
    }
  }

  private static func doubles(_ catalog: ActorCatalog) -> [Diagnostic] {
    var seen: [[String]: Int] = [:]
    var found: [Diagnostic] = []
    for claim in catalog.claims {
      let key = [NameFolding.key(claim.alias), claim.alias, claim.actor, claim.authority, claim.relation.rawValue, claim.validFrom, claim.layer]
      if let line = seen[key] {
        found.append(Diagnostic(.error, code: "actors.double", "the same claim stands in line \(line)", file: claim.file, line: claim.line))
      }
      seen[key] = claim.line
    }
    // Other bases give one name to two actors and will go on doing so: that makes the name ambiguous, and is no mistake of the curator's.
    let same = Dictionary(grouping: catalog.claims.filter { $0.relation == .sameAs && $0.confidence >= 50 && $0.isCurated && $0.withdrawal == nil }) { [NameFolding.spacedKey($0.alias), $0.authority] }
    for claims in same.values {
      for (index, first) in claims.enumerated() {
        for second in claims[(index + 1)...] where first.actor != second.actor && overlap(first, second) && catalog.actors[first.actor]?.kind != .malware && catalog.actors[second.actor]?.kind != .malware {
          found.append(
            Diagnostic(
              .error, code: "actors.two-actors", "\(second.authority) calls two actors '\(second.alias)' at one time: \(first.actor) and \(second.actor)", file: second.file,
              line: second.line))
        }
      }
    }
    return found
  }

  private static func overlap(_ first: ActorClaim, _ second: ActorClaim) -> Bool {
    (first.validTo.isEmpty || second.validFrom.isEmpty || second.validFrom < first.validTo) && (second.validTo.isEmpty || first.validFrom.isEmpty || first.validFrom < second.validTo)
  }

  private static func relations(_ catalog: ActorCatalog) -> [Diagnostic] {
    catalog.relations.flatMap { relation -> [Diagnostic] in
      let dates = [relation.validFrom, relation.validTo].filter { !$0.isEmpty && Timestamp(parsing: $0) == nil }
      return [relation.actor, relation.other].filter { catalog.actors[$0] == nil }.map {
        Diagnostic(.error, code: "actors.unknown-id", "no actor has the id '\($0)'", file: relation.file, line: relation.line)
      } + dates.map { Diagnostic(.error, code: "actors.date", "'\($0)' is no ISO date", file: relation.file, line: relation.line) }
    }
  }

  private static func cycles(_ catalog: ActorCatalog) -> [Diagnostic] {
    var above: [String: Set<String>] = [:]
    for relation in catalog.relations where relation.relation == "subset-of" { above[relation.actor, default: []].insert(relation.other) }
    return catalog.relations.filter { relation in
      guard relation.relation == "subset-of" else { return false }
      var seen: Set<String> = []
      var level: Set<String> = [relation.other]
      while !level.isEmpty {
        if level.contains(relation.actor) { return true }
        seen.formUnion(level)
        level = Set(level.flatMap { above[$0] ?? [] }).subtracting(seen)
      }
      return false
    }.map { Diagnostic(.error, code: "actors.cycle", "\($0.actor) is part of itself by way of \($0.other)", file: $0.file, line: $0.line) }
  }

  private static func sorting(_ directory: String) -> [Diagnostic] {
    ["actors.tsv", "aliases.tsv", "relations.tsv", "affixes.tsv", "cues.tsv", "stopnames.tsv"].compactMap { name in
      let path = directory + "/" + name
      guard let file = unsafe fopen(path, "r") else { return nil }
      defer { unsafe fclose(file) }
      var previous: [UInt8] = []
      var number = 0
      var rows = 0
      var buffer: UnsafeMutablePointer<CChar>?
      var capacity = 0
      defer { unsafe free(buffer) }
      while true {
        let length = unsafe getline(&buffer, &capacity, file)
        guard length > 0, let start = unsafe buffer else { return nil }
        number += 1
        let line = (0..<length).map { unsafe UInt8(bitPattern: start[$0]) }.filter { $0 != 0x0A }
        if line.isEmpty || line.first == 0x23 { continue }
        rows += 1
        if rows > 2, line.lexicographicallyPrecedes(previous) {
          return Diagnostic(.error, code: "actors.unsorted", "rows are not sorted by code point", hint: "LC_ALL=C sort, header first", file: path, line: number)
        }
        previous = rows == 1 ? [] : line
      }
    }
  }
}
