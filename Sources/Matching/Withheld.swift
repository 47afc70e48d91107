/// Matches of one kind that did not become sightings, and why. Nothing is withheld without being counted here.
public struct Withheld: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// By an entry of `Rules/suppressions.yaml`.
    case suppressed
    /// The indicator's validity had ended before the event.
    case expired
    /// The line is a record of our own, or the trace of our own fetching.
    case echo
    /// Less severe than the scan was asked for.
    case belowSeverity = "below-severity"
  }

  public var kind: Kind
  /// What an operator can act on: the entry with its reason, the feeds of the expired indicators, whose echo it is.
  public var reason: String
  public var count: Int
  /// One of them: the matched text and where it stands.
  public var example: String

  public init(kind: Kind, reason: String, count: Int, example: String) {
    self.kind = kind
    self.reason = reason
    self.count = count
    self.example = example
  }
}

/// Counts what is withheld, by kind and reason.
struct WithheldTally {
  private struct Key: Hashable {
    var kind: Withheld.Kind
    var reason: String
  }

  private var counts: [Key: (count: Int, example: String)] = [:]
  /// Reasons kept apart; further ones are counted together, so that hostile feeds cannot make the tally grow.
  private static let reasonLimit = 1000

  mutating func add(_ kind: Withheld.Kind, _ reason: @autoclosure () -> String, _ match: Sighting.Match, path: String) {
    var key = Key(kind: kind, reason: reason())
    if counts[key] == nil, counts.count >= Self.reasonLimit { key.reason = "other" }
    if let known = counts[key] {
      counts[key] = (known.count + 1, known.example)
    } else {
      counts[key] = (1, "\(match.value.prefix(256)) at \(path):\(match.line)")
    }
  }

  /// Everything counted since the last call.
  mutating func take() -> [Withheld] {
    if counts.isEmpty { return [] }
    defer { counts = [:] }
    return counts.map { Withheld(kind: $0.kind, reason: $0.reason, count: $1.count, example: $1.example) }
      .sorted { ($0.kind.rawValue, $0.reason) < ($1.kind.rawValue, $1.reason) }
  }
}
