public import Indicators
public import Syntax

/// Where a text stands: what counts as a mention differs.
public enum MentionField: String, Sendable, CaseIterable { case body, title, tag, url }

/// One place where a text names an actor.
public struct ActorMention: Sendable, Hashable {
  public enum Strength: String, Sendable { case strong, weak }

  /// The text as it stands.
  public var surface: String
  /// Offsets in Unicode scalars of the original text; `end` is exclusive.
  public var start: Int
  public var end: Int
  public var status: ActorAttribution.Status
  public var actor: String?
  public var candidates: [String]
  /// Of an ambiguous name in a list: the one candidate that all unambiguous names of the list mean. Never an attribution.
  public var hint: String?
  public var entity: String?
  public var strength: Strength

  /// The record of `ukai actors find --json`.
  public var json: JSONObject {
    var object: JSONObject = ["surface": .string(surface), "start": JSONValue(start), "end": JSONValue(end), "status": .string(status.rawValue)]
    if let actor { object["actor"] = .string(actor) }
    if !candidates.isEmpty { object["candidates"] = JSONValue(candidates) }
    if let hint { object["hint"] = .string(hint) }
    if let entity { object["entity"] = .string(entity) }
    object["strength"] = .string(strength.rawValue)
    return object
  }
}
