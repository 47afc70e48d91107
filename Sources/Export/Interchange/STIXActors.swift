import Indicators
public import Rules
import Syntax

/// Actors as STIX 2.1 `intrusion-set` objects, and what lies above them.
///
/// An id depends on the actor's id alone. `aliases` are the names that mean this actor and no other; names that cover more, or less, are
/// left out. STIX has no verb for "is part of": it is a `related-to` that says so.
public enum STIXActors {
  /// Lines to be put between a bundle's other objects: each begins with a comma.
  public static func text(for ids: [String], in resolver: ActorResolver) -> String {
    var wanted: [String] = []
    for id in ids + ids.flatMap({ resolver.parents(of: $0) }) where !wanted.contains(id) { wanted.append(id) }
    let actors = wanted.compactMap { resolver.catalog.actors[$0] }.filter { $0.kind != .malware }
    var lines = actors.map { intrusionSet($0, resolver) }
    for relation in resolver.catalog.relations
    where (relation.relation == "subset-of" || relation.relation == "overlaps") && relation.confidence >= 50 && wanted.contains(relation.actor) && wanted.contains(relation.other) {
      lines.append(relationship(relation))
    }
    return lines.map { ",\n" + $0.serialized() }.joined()
  }

  private static let created = "2026-01-01T00:00:00.000Z"

  static func id(_ actor: String) -> String { "intrusion-set--" + DeterministicUUID.make("actor/\(actor)") }

  private static func intrusionSet(_ actor: Actor, _ resolver: ActorResolver) -> JSONObject {
    let claims = resolver.catalog.claims.filter { claim in
      claim.actor == actor.id && claim.withdrawal == nil && claim.confidence >= 50 && (claim.relation == .sameAs || claim.relation == .formerly)
        && resolver.resolve(claim.alias).actor?.id == actor.id
    }
    let aliases = Set(claims.map(\.alias)).subtracting([actor.primary]).sorted()
    var references: [JSONObject] = []
    if !actor.attackID.isEmpty { references.append(["source_name": "mitre-attack", "external_id": .string(actor.attackID)]) }
    if !actor.mispUUID.isEmpty { references.append(["source_name": "misp-galaxy", "external_id": .string(actor.mispUUID)]) }
    for reference in Set(claims.map(\.reference)).sorted() where !reference.isEmpty {
      references.append(["source_name": "ukai-actors", "description": .string(reference)])
    }
    var object: JSONObject = [
      "type": "intrusion-set", "spec_version": "2.1", "id": .string(id(actor.id)), "created": .string(created), "modified": .string(created),
      "name": .string(actor.primary),
    ]
    if !aliases.isEmpty { object["aliases"] = JSONValue(aliases) }
    if !actor.note.isEmpty { object["description"] = .string(actor.note) }
    if !references.isEmpty { object["external_references"] = .array(references.map { .object($0) }) }
    return object
  }

  private static func relationship(_ relation: ActorRelation) -> JSONObject {
    let key = "\(relation.actor)/\(relation.relation)/\(relation.other)/\(relation.authority)"
    let said = relation.relation == "subset-of" ? "is part of" : "overlaps with"
    return [
      "type": "relationship", "spec_version": "2.1", "id": .string("relationship--" + DeterministicUUID.make("actor-relation/\(key)")),
      "created": .string(created), "modified": .string(created), "relationship_type": "related-to", "source_ref": .string(id(relation.actor)),
      "target_ref": .string(id(relation.other)),
      "description": .string("\(relation.actor) \(said) \(relation.other), by \(relation.authority)\(relation.reference.isEmpty ? "" : ": \(relation.reference)")"),
      "confidence": JSONValue(relation.confidence),
    ]
  }
}
