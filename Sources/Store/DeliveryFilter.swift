internal import GRDB
public import Indicators
internal import Syntax

/// Which alerts a destination is let have.
public struct DeliveryFilter: Sendable, Equatable {
  public var minimumSeverity: Severity
  /// Ids of actors; alerts of those below them are meant too. Empty means all.
  public var actors: [String]
  /// Empty means all.
  public var types: [IndicatorType]

  public static let everything = DeliveryFilter()

  public init(minimumSeverity: Severity = .informational, actors: [String] = [], types: [IndicatorType] = []) {
    self.minimumSeverity = minimumSeverity
    self.actors = actors
    self.types = types
  }

  /// How the store remembers it, to see that it was changed.
  var text: String {
    let object: JSONObject = [
      "severity": .string(minimumSeverity.rawValue), "actors": JSONValue(actors.sorted()), "types": JSONValue(types.map(\.rawValue).sorted()),
    ]
    return object.serialized()
  }

  init(text: String) {
    let json = (try? JSONParser.parse(text)) ?? .null
    self.init(
      minimumSeverity: json["severity"]?.string.flatMap(Severity.init(rawValue:)) ?? .informational, actors: json["actors"]?.strings ?? [],
      types: json["types"]?.strings.compactMap(IndicatorType.init(rawValue:)) ?? [])
  }

  /// The filter as a condition on `alert`.
  var condition: (sql: String, arguments: [any DatabaseValueConvertible]) {
    var parts: [String] = []
    var arguments: [any DatabaseValueConvertible] = []
    if minimumSeverity > .informational {
      parts.append("+alert.severity >= ?")
      arguments.append(minimumSeverity.rank)
    }
    if !types.isEmpty {
      parts.append("alert.indicator_type IN (SELECT value FROM json_each(?))")
      arguments.append(JSONValue(types.map(\.rawValue)).serialized())
    }
    if !actors.isEmpty {
      parts.append(
        "EXISTS (SELECT 1 FROM alert_label WHERE kind = 'actor' AND label IN (SELECT value FROM json_each(?)) AND alert_label.alert = alert.number)")
      arguments.append(JSONValue(actors).serialized())
    }
    return (parts.isEmpty ? "1" : parts.joined(separator: " AND "), arguments)
  }
}
