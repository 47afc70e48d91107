internal import Indicators

/// Resolves names by the claims of a catalogue (`normaliser.md` A.4). Never guesses, never merges: a name that two claims give to two
/// actors is ambiguous, and equality of actors comes from ids alone.
public struct ActorResolver: Sendable {
  public let catalog: ActorCatalog
  /// Claims by compact key; `keep-space` ones by their spaced key.
  private let byKey: [String: [Int]]
  private let bySpacedKey: [String: [Int]]
  private let byDesignator: [NameDesignator: [Int]]
  private let byExternalID: [String: String]
  /// Keys that are ordinary words: an affix taken off must not lead to one.
  private let ordinaryKeys: Set<String>
  /// Keys with their scalars, for suggestions.
  private let keyScalars: [(key: String, scalars: [UInt32])]

  public init(catalog: ActorCatalog) {
    self.catalog = catalog
    var byKey: [String: [Int]] = [:]
    var bySpacedKey: [String: [Int]] = [:]
    var byDesignator: [NameDesignator: [Int]] = [:]
    var ordinary: Set<String> = []
    for (index, claim) in catalog.claims.enumerated() where claim.relation != .not {
      if claim.flags.contains("keep-space") {
        bySpacedKey[NameFolding.spacedKey(claim.alias), default: []].append(index)
        continue
      }
      if let designator = NameDesignator(words: NameFolding.tokens(claim.alias)) {
        byDesignator[designator, default: []].append(index)
        continue
      }
      let key = NameFolding.key(claim.alias)
      byKey[key, default: []].append(index)
      if claim.flags.contains("ordinary-word") { ordinary.insert(key) }
    }
    var external: [String: String] = [:]
    for actor in catalog.actors.values.sorted(by: { $0.id < $1.id }) {
      external[actor.id] = actor.id
      if !actor.mispUUID.isEmpty { external[actor.mispUUID] = actor.id }
      if !actor.attackID.isEmpty { external[actor.attackID.lowercased()] = actor.id }
    }
    self.byKey = byKey
    self.bySpacedKey = bySpacedKey
    self.byDesignator = byDesignator
    byExternalID = external
    ordinaryKeys = ordinary
    keyScalars = byKey.keys.sorted().map { ($0, $0.unicodeScalars.map(\.value)) }
  }

  /// - Parameters:
  ///   - authority: where this namer has claims that hold, only they count.
  ///   - date: ISO 8601; only claims that hold then. Nil: all claims.
  public func resolve(_ query: String, authority: String? = nil, date: String? = nil, kind: ActorQueryKind? = nil) -> ActorResolution {
    let context = Context(authority: authority.map(NameFolding.key), date: date.map { String($0.prefix(10)) }, kind: kind)
    let name = Self.unwrapped(query)
    var resolution: ActorResolution
    if let found = single(name, query: query, context) ?? composite(name, query: query, context) {
      resolution = found
    } else {
      resolution = ActorResolution(query: query, status: .unknown)
      resolution.suggestions = suggestions(name)
    }
    resolution.folded = NameFolding.key(name)
    resolution.dataVersion = catalog.dataVersion
    resolution.named = (resolution.parents + resolution.candidates + resolution.suggestions).compactMap { catalog.actors[$0] }
    return resolution
  }

  private struct Context {
    var authority: String?
    var date: String?
    var kind: ActorQueryKind?
  }

  /// The name inside `misp-galaxy:threat-actor="…"`, without a trailing ATT&CK id.
  private static func unwrapped(_ query: String) -> String {
    var name = query
    if name.hasPrefix("misp-galaxy:"), let open = name.firstIndex(of: "\""), let close = name.lastIndex(of: "\""), open < close {
      name = String(name[name.index(after: open)..<close])
    }
    if let dash = name.lastRange(of: " - ") {
      let tail = name[dash.upperBound...]
      if tail.count == 5, "GSC".contains(tail.first ?? " "), tail.dropFirst().allSatisfy(\.isNumber) { name = String(name[..<dash.lowerBound]) }
    }
    return name
  }

  // MARK: One name

  private func single(_ name: String, query: String, _ context: Context) -> ActorResolution? {
    guard name.unicodeScalars.count <= 512 else { return nil }
    if let found = byID(name, query: query, context) { return found }
    if name.lowercased().hasPrefix("intrusion-set--") { return nil }
    let words = NameFolding.tokens(name)
    let key = NameFolding.key(name)
    guard !key.isEmpty, !catalog.stopnames.contains(key) else { return nil }
    if words.count > 1, let claims = bySpacedKey[words.joined(separator: " ")] { return decide(claims, via: "fold", query: query, context) }
    if let designator = NameDesignator(words: words) {
      return byDesignator[designator].flatMap { decide($0, via: "designator", query: query, context) }
    }
    if let claims = byKey[key] { return decide(claims, via: "fold", query: query, context) }
    for rest in withoutAffixes(key) {
      if let claims = byKey[rest], !ordinaryKeys.contains(rest) { return decide(claims, via: "affix", query: query, context) }
    }
    if let latin = NameConfusables.latinised(name) {
      let skeleton = NameFolding.key(latin)
      if skeleton != key, let claims = byKey[skeleton] {
        var found = decide(claims, via: "confusable", query: query, context)
        found?.warnings.append("confusable")
        return found
      }
    }
    return nil
  }

  private func byID(_ name: String, query: String, _ context: Context) -> ActorResolution? {
    let key = name.lowercased().filter { !$0.isWhitespace }
    guard let id = byExternalID[key], let actor = catalog.actors[id] else { return nil }
    let successors = actor.successors
    if successors.count == 1, let successor = catalog.actors[successors[0]] { return finish(.resolved(successor, former: true), via: "id", query: query, [], context) }
    if successors.count > 1 { return finish(.ambiguous(Set(successors)), via: "id", query: query, [], context) }
    if actor.kind == .malware { return finish(.notActor(actor), via: "id", query: query, [], context) }
    return finish(.resolved(actor, former: false), via: "id", query: query, [], context)
  }

  /// The key without an affix at its start, at its end, and at both; only what is long enough to be a name.
  func withoutAffixes(_ key: String) -> [String] {
    var rests: [String] = []
    func add(_ text: String) {
      let scalars = text.unicodeScalars
      let isEastAsian = scalars.contains { NameScript($0.value).isEastAsian }
      if scalars.count >= (isEastAsian ? 2 : 4), !rests.contains(text) { rests.append(text) }
    }
    let starts = catalog.affixes.filter { key.hasPrefix($0) }.map { String(key.dropFirst($0.count)) }
    let ends = catalog.affixes.filter { key.hasSuffix($0) }.map { String(key.dropLast($0.count)) }
    starts.forEach(add)
    ends.forEach(add)
    for start in starts { for affix in catalog.affixes where start.hasSuffix(affix) { add(String(start.dropLast(affix.count))) } }
    return rests
  }

  // MARK: Deciding

  private enum Decision {
    case resolved(Actor, former: Bool)
    case ambiguous(Set<String>)
    case related(Set<String>)
    case notActor(Actor)
  }

  private func decide(_ indices: [Int], via: String, query: String, _ context: Context) -> ActorResolution? {
    var considered: [(claim: ActorClaim, dropped: String?)] = []
    let all = indices.map { catalog.claims[$0] }
    let hasAuthority = context.authority.map { wanted in all.contains { $0.withdrawal == nil && $0.holds(on: context.date) && NameFolding.key($0.authority) == wanted } } ?? false
    for claim in all {
      var dropped = claim.withdrawal
      if claim.confidence < 50 { dropped = "confidence below 50" }
      if !claim.holds(on: context.date) { dropped = "not valid on \(context.date ?? "")" }
      if hasAuthority, NameFolding.key(claim.authority) != context.authority { dropped = "another authority" }
      if catalog.actors[claim.actor] == nil { dropped = "unknown actor id" }
      if let kind = context.kind, let actor = catalog.actors[claim.actor], (actor.kind == .malware) != (kind == .malware) { dropped = "another kind" }
      considered.append((claim, dropped))
    }
    preferCurated(&considered)
    let used = considered.filter { $0.dropped == nil }.map(\.claim)
    func ids(_ relations: Set<ActorClaim.Relation>) -> Set<String> {
      Set(used.filter { relations.contains($0.relation) }.flatMap { standing($0.actor) })
    }
    let same = ids([.sameAs, .formerly])
    let wider = ids([.supersetOf])
    let near = ids([.subsetOf, .overlaps])
    let decision: Decision
    if same.count == 1, wider.subtracting(same).isEmpty, let actor = same.first.flatMap({ catalog.actors[$0] }) {
      decision = actor.kind == .malware ? .notActor(actor) : .resolved(actor, former: !used.contains { $0.relation == .sameAs })
    } else if !same.union(wider).isEmpty {
      decision = .ambiguous(same.union(wider))
    } else if !near.isEmpty {
      decision = .related(near)
    } else {
      return nil
    }
    return finish(decision, via: via, query: query, considered, context)
  }

  /// Where a curator has decided who is meant, three kinds of imported claims do not put it in doubt: those of a cluster that nobody has
  /// aligned (it may be the very same actor), those that count the part under the whole, and those that give a part the name of the
  /// whole: "Lazarus" alone is the umbrella. All others do.
  private func preferCurated(_ considered: inout [(claim: ActorClaim, dropped: String?)]) {
    func decides(_ claim: ActorClaim) -> Bool { [.sameAs, .formerly, .supersetOf].contains(claim.relation) }
    let decided = Set(considered.filter { $0.dropped == nil && $0.claim.isCurated && decides($0.claim) }.flatMap { standing($0.claim.actor) })
    guard !decided.isEmpty else { return }
    let above = Set(decided.flatMap { parents(of: $0) })
    for (index, entry) in considered.enumerated() where entry.dropped == nil && !entry.claim.isCurated {
      if entry.claim.actor.contains(":") {
        considered[index].dropped = "an imported cluster that no curator has aligned"
      } else if standing(entry.claim.actor).allSatisfy({ above.contains($0) && !decided.contains($0) }) {
        considered[index].dropped = "counts the part under the whole"
      } else if standing(entry.claim.actor).allSatisfy({ actor in !decided.contains(actor) && !decided.isDisjoint(with: parents(of: actor)) }) {
        considered[index].dropped = "gives a part the name of the whole"
      }
    }
  }

  /// The id, or those that took its place.
  private func standing(_ id: String) -> [String] {
    let successors = catalog.actors[id]?.successors ?? []
    return successors.isEmpty ? [id] : successors
  }

  private func finish(
    _ decision: Decision, via: String, query: String, _ claims: [(claim: ActorClaim, dropped: String?)], _ context: Context
  ) -> ActorResolution {
    var resolution: ActorResolution
    switch decision {
    case .resolved(let actor, let former):
      resolution = ActorResolution(query: query, status: .resolved)
      resolution.actor = actor
      resolution.isFormer = former
      resolution.parents = parents(of: actor.id, on: context.date)
    case .ambiguous(let ids):
      resolution = ActorResolution(query: query, status: .ambiguous)
      resolution.candidates = ids.sorted()
    case .related(let ids):
      resolution = ActorResolution(query: query, status: .related)
      resolution.candidates = ids.sorted()
    case .notActor(let entity):
      resolution = ActorResolution(query: query, status: .notActor)
      resolution.entity = entity
    }
    resolution.via = via
    resolution.claims = claims.sorted { Self.order($0.claim) < Self.order($1.claim) }
    return resolution
  }

  /// Independent of the order that files and rows were read in.
  private static func order(_ claim: ActorClaim) -> String {
    [claim.actor, claim.authority, claim.relation.rawValue, claim.validFrom, claim.validTo, claim.alias, claim.layer].joined(separator: "\t")
  }

  /// The actors above, nearest first, by `subset-of` relations that hold.
  public func parents(of id: String, on date: String? = nil) -> [String] {
    var found: [String] = []
    var level = [id]
    while !level.isEmpty {
      let above = Set(
        catalog.relations.filter { level.contains($0.actor) && $0.relation == "subset-of" && $0.confidence >= 50 && $0.holds(on: date) }.map(\.other))
      level = above.subtracting(found).subtracting([id]).sorted()
      found += level
    }
    return found
  }

  // MARK: Several names in one field

  private func composite(_ name: String, query: String, _ context: Context) -> ActorResolution? {
    let parts = Self.parts(name)
    guard parts.count > 1, parts.count <= 32 else { return nil }
    var ids: Set<String> = []
    var unsure: [Set<String>] = []
    var sure: Set<String> = []
    var unknown: [String] = []
    var claims: [(claim: ActorClaim, dropped: String?)] = []
    var former = true
    for part in parts {
      guard let found = single(part, query: part, context), found.status == .resolved || found.status == .ambiguous else {
        unknown.append(part)
        continue
      }
      claims += found.claims
      if let actor = found.actor { sure.insert(actor.id) } else { unsure.append(Set(found.candidates)) }
      ids.formUnion(found.actor.map { [$0.id] } ?? found.candidates)
      former = former && found.isFormer
    }
    // One known part beside prose is no list.
    guard !ids.isEmpty else { return nil }
    var resolution: ActorResolution
    if ids.count == 1, unsure.isEmpty, let actor = ids.first.flatMap({ catalog.actors[$0] }) {
      resolution = finish(.resolved(actor, former: former), via: "composite", query: query, claims, context)
    } else {
      resolution = finish(.ambiguous(ids), via: "composite", query: query, claims, context)
      if sure.count == 1, let actor = sure.first, unsure.allSatisfy({ $0.contains(actor) }) { resolution.hint = actor }
    }
    resolution.warnings += unknown.map { "unknown part: \($0)" }
    return resolution
  }

  private static func parts(_ name: String) -> [String] {
    var text = name
    for word in [" aka ", " a.k.a. ", " and ", " e ", " y ", " et ", " und ", " - ", "(aka ", " also known as "] {
      while let range = text.firstRange(of: word) { text.replaceSubrange(range, with: "|") }
    }
    return text.split { ",;/|()、،（）".contains($0) }.map { part in
      var trimmed = part
      while trimmed.first?.isWhitespace ?? false { trimmed.removeFirst() }
      while trimmed.last?.isWhitespace ?? false { trimmed.removeLast() }
      return String(trimmed)
    }.filter { !$0.isEmpty }
  }

  // MARK: Suggestions

  private func suggestions(_ name: String) -> [String] {
    let words = NameFolding.tokens(name)
    if let designator = NameDesignator(words: words) {
      let near = byDesignator.filter { designator.isSlip(of: $0.key) }.values.joined()
      return actors(of: near)
    }
    let key = NameFolding.key(name)
    var found: Set<String> = []
    for text in [key] + withoutAffixes(key) {
      let scalars = text.unicodeScalars.map(\.value)
      let limit = scalars.count >= 9 ? 2 : scalars.count >= 5 ? 1 : 0
      guard limit > 0, scalars.count <= 64 else { continue }
      for entry in keyScalars where EditDistance.isWithin(limit, scalars, entry.scalars) { found.formUnion(actors(of: byKey[entry.key] ?? [])) }
    }
    return found.sorted()
  }

  private func actors(of indices: some Sequence<Int>) -> [String] {
    var found: Set<String> = []
    for index in indices {
      let claim = catalog.claims[index]
      let isName = claim.relation == .sameAs || claim.relation == .formerly
      if isName, claim.withdrawal == nil, claim.confidence >= 50 { found.insert(claim.actor) }
    }
    return found.sorted()
  }

  /// The aliases that are searched for in text, with the key they are found by.
  package var searchableClaims: [ActorClaim] { catalog.claims.filter { $0.relation != .not && $0.withdrawal == nil && $0.confidence >= 50 && !$0.flags.contains("no-text") } }
}

extension String {
  /// The last place of `text`.
  fileprivate func lastRange(of text: String) -> Range<String.Index>? { ranges(of: text).last }
}
