public import Indicators
public import Syntax

/// What a name was asked to be.
public enum ActorQueryKind: String, Sendable { case actor, malware }

/// Who is meant by a name, and why.
public struct ActorResolution: Sendable {
  public typealias Status = ActorAttribution.Status

  public var query: String
  public var status: Status
  /// The one actor when ``status`` is `resolved`.
  public var actor: Actor?
  /// How it was found: `id`, `fold`, `designator`, `affix`, `confusable`, `composite`.
  public var via: String?
  /// Only by a name that its authority no longer uses.
  public var isFormer = false
  /// Ids of the actors above, nearest first.
  public var parents: [String] = []
  /// Ids of all actors it may be. Sorted, complete.
  public var candidates: [String] = []
  /// The one candidate that all unambiguous names of the same list mean. Never an answer.
  public var hint: String?
  /// The malware when ``status`` is `not-actor`.
  public var entity: Actor?
  /// Ids of actors whose names are near. Never applied.
  public var suggestions: [String] = []
  /// Every claim that was looked at; those not used with the reason.
  public var claims: [(claim: ActorClaim, dropped: String?)] = []
  public var warnings: [String] = []
  /// The key that the name was looked up by.
  public var folded = ""
  /// The data that the answer rests on (``ActorCatalog/dataVersion``).
  public var dataVersion = ""
  /// The actors whose ids stand in ``parents``, ``candidates`` and ``suggestions``.
  var named: [Actor] = []

  init(query: String, status: Status) {
    self.query = query
    self.status = status
  }

  /// The record of `ukai actors resolve --json`.
  public var json: JSONObject {
    var object: JSONObject = ["query": .string(query), "folded": .string(folded), "status": .string(status.rawValue)]
    if let actor {
      object["actor"] = .string(actor.id)
      object["primary"] = .string(actor.primary)
    }
    if let kind = actor?.kind ?? entity?.kind { object["kind"] = .string(kind.rawValue) }
    if let via { object["via"] = .string(via) }
    if status == .resolved { object["former"] = .bool(isFormer) }
    if !parents.isEmpty { object["parents"] = JSONValue(parents) }
    if !candidates.isEmpty { object["candidates"] = JSONValue(candidates) }
    if let hint { object["hint"] = .string(hint) }
    if let entity { object["entity"] = .string(entity.id) }
    if !suggestions.isEmpty { object["suggest"] = JSONValue(suggestions) }
    if !claims.isEmpty { object["claims"] = .array(claims.map { .object(Self.json($0.claim, $0.dropped)) }) }
    if !warnings.isEmpty { object["warnings"] = JSONValue(warnings) }
    if !dataVersion.isEmpty { object["data_version"] = .string(dataVersion) }
    return object
  }

  private static func json(_ claim: ActorClaim, _ dropped: String?) -> JSONObject {
    var object: JSONObject = [
      "alias": .string(claim.alias), "actor": .string(claim.actor), "relation": .string(claim.relation.rawValue), "authority": .string(claim.authority),
      "confidence": JSONValue(claim.confidence),
    ]
    if !claim.validFrom.isEmpty { object["valid_from"] = .string(claim.validFrom) }
    if !claim.validTo.isEmpty { object["valid_to"] = .string(claim.validTo) }
    if !claim.reference.isEmpty { object["reference"] = .string(claim.reference) }
    if !claim.flags.isEmpty { object["flags"] = JSONValue(claim.flags.sorted()) }
    object["layer"] = .string(claim.layer)
    object["used"] = .bool(dropped == nil)
    if let dropped { object["dropped"] = .string(dropped) }
    return object
  }

  /// One line for people: who, by whose word, part of whom.
  public var prose: String {
    let told = prosePart
    return warnings.isEmpty ? told : told + " (" + warnings.joined(separator: "; ") + ")"
  }

  private var prosePart: String {
    switch status {
    case .resolved:
      let deciding = claims.filter { $0.dropped == nil && ($0.claim.relation == .sameAs || $0.claim.relation == .formerly) }.map(\.claim)
      // The word of the one whom the reader would ask first: a curator's before an import's, the surest first.
      let claim = deciding.max { ($0.isCurated ? 1 : 0, $0.confidence) < ($1.isCurated ? 1 : 0, $1.confidence) }
      let why = claim.map { ": \($0.authority) \($0.relation.rawValue) \($0.confidence)\($0.reference.isEmpty ? "" : ", \($0.reference)")" } ?? ""
      let above = parents.isEmpty ? "" : "; part of \(listed(parents))"
      return "\"\(query)\" → \(actor?.primary ?? "") (\(actor?.id ?? ""))\(why)\(above)\(isFormer ? "; a former name" : "")"
    case .ambiguous:
      let beside = hint.map { "; the other names beside it mean \(listed([$0]))" } ?? ""
      return "\"\(query)\" is ambiguous: \(listed(candidates))\(beside)"
    case .related: return "\"\(query)\" is related to \(listed(candidates)), and the same as none"
    case .notActor: return "\"\(query)\" is no actor: \(entity.map { "\($0.primary) (\($0.id)), \($0.kind.rawValue)" } ?? "")"
    case .unknown: return "\"\(query)\" is unknown" + (suggestions.isEmpty ? "" : "; did you mean \(listed(suggestions))?")
    }
  }

  /// Names with what they are: `Lazarus Group (ta-lazarus, umbrella)`.
  private func listed(_ ids: [String]) -> String {
    ids.map { id in named.first { $0.id == id }.map { "\($0.primary) (\(id)\($0.kind == .cluster ? "" : ", " + $0.kind.rawValue))" } ?? id }.joined(separator: ", ")
  }

  /// The form that indicators and sightings keep.
  public func attribution(raw: String) -> ActorAttribution {
    ActorAttribution(status: status, raw: raw, id: actor?.id, name: actor?.primary, parents: parents, candidates: status == .resolved ? [] : candidates)
  }
}
