import Indicators

/// A condition of a STIX pattern or an IOC document, reduced to values that can be looked for one by one.
///
/// A log line shows one value at a time, so a condition is taken apart. What stands under OR is looked for as it is. Of what must
/// hold together (AND, FOLLOWEDBY) only the telling terms are: a file name beside a digest would hit where the digest does not, and a
/// group of weak terms says something only as a whole. What is left out is named, never lost.
///
/// A port beside an address or name makes `address:port` of it, where both speak of the same end of the same connection.
indirect enum TermTree {
  case value(FeedRow.Value)
  /// The address or name at one end of a connection.
  case host(FeedRow.Value, End)
  case port(Port)
  /// Terms that speak of one event: a port in it says nothing of the next one.
  case event(TermTree)
  /// A comparison that names no value to look for, in its own words.
  case unmatchable(String)
  case all([TermTree])
  case any([TermTree])

  /// The end of a connection that a term speaks of.
  enum End: Equatable {
    case source, destination, either

    func canBe(_ other: End) -> Bool { self == other || self == .either || other == .either }
  }

  struct Port {
    var number: String
    var end: End
    /// In the document's own words.
    var asked: String
  }

  struct Reduction {
    var values: [FeedRow.Value] = []
    /// The ends that the values stand at, by their index.
    var ends: [End] = []
    /// Ports, any of which may stand beside the values of the same conjunction.
    var ports: [Port] = []
    /// What is not looked for, in the document's own words.
    var left: [String] = []
    /// The least that one of the values says; nil when there is none.
    var strength: Strength?
  }

  /// How much a value says by itself.
  enum Strength: Int, Comparable {
    /// Good only together with others: a bare file name, an AS number.
    case weak
    /// Chosen by the author of the malware: a mutex, a registry key, a path, a user agent.
    case medium
    /// An address, a name, a digest, a wallet.
    case strong

    static func < (left: Strength, right: Strength) -> Bool { left.rawValue < right.rawValue }
  }

  /// Of the whole condition: a port that nothing stands beside is left.
  var reduced: Reduction { parts.withoutPorts }

  private var parts: Reduction {
    switch self {
    case .value(let value): return Reduction(values: [value], ends: [.either], strength: Self.strength(value))
    case .host(let value, let end): return Reduction(values: [value], ends: [end], strength: Self.strength(value))
    case .port(let port): return Reduction(ports: [port])
    case .event(let term): return term.parts.withoutPorts
    case .unmatchable(let text): return Reduction(left: [text])
    case .any(let terms):
      var result = Reduction()
      let parts = terms.map(\.parts)
      // `port = 80 OR port = 443`; where something else will do as well the port says nothing.
      if !parts.isEmpty, parts.allSatisfy(\.isPorts) {
        result.ports = parts.flatMap(\.ports)
        return result
      }
      for part in parts.map(\.withoutPorts) {
        result.values += part.values
        result.ends += part.ends
        result.left += part.left
        result.strength = [result.strength, part.strength].compactMap { $0 }.min()
      }
      return result
    case .all(let terms): return Self.conjunction(terms.map(\.parts))
    }
  }

  private static func conjunction(_ parts: [Reduction]) -> Reduction {
    if parts.count == 1, let only = parts.first { return only }
    var result = Reduction()
    let (parts, unused) = joined(parts)
    // Another part of a larger conjunction may hold what they stand beside.
    if parts.allSatisfy(\.values.isEmpty) { result.ports = unused } else { result.left = unused.map(\.asked) }
    result.strength = parts.compactMap(\.strength).max()
    if result.strength == .weak { result.strength = nil }
    for part in parts {
      result.left += part.left
      if let strength = part.strength, strength == result.strength {
        result.values += part.values
        result.ends += part.ends
      } else {
        result.left += part.values.map { "\($0.label ?? "value") '\($0.text.shortened)' (weak beside the rest)" }
      }
    }
    return result
  }

  /// The parts with their hosts at the ports that stand beside them, and the ports that stand beside none.
  private static func joined(_ parts: [Reduction]) -> (parts: [Reduction], unused: [Port]) {
    var groups = parts.map(\.ports).filter { !$0.isEmpty }
    if groups.isEmpty { return (parts, []) }
    // The port of the far end is what is listed; that of the near one is chosen at random.
    groups.sort { ($0.allSatisfy { $0.end == .source } ? 1 : 0) < ($1.allSatisfy { $0.end == .source } ? 1 : 0) }
    var used: Set<Int> = []
    var joined = parts
    for index in joined.indices {
      joined[index].ports = []
      var values: [FeedRow.Value] = []
      var ends: [End] = []
      for (value, end) in zip(parts[index].values, parts[index].ends) {
        var together = [value]
        if let group = groups.indices.first(where: { groups[$0].allSatisfy { end.canBe($0.end) } }), groups[group].count <= FeedLimits.columns {
          together = groups[group].flatMap { HostPort.values(value, port: $0.number) }
          // What has no place for a port is itself, once.
          if together.contains(where: { $0.text == value.text }) { together = [value] } else { used.insert(group) }
        }
        values += together
        ends += together.map { _ in end }
      }
      joined[index].values = values
      joined[index].ends = ends
    }
    return (joined, groups.indices.filter { !used.contains($0) }.flatMap { groups[$0] })
  }

  private static func strength(_ value: FeedRow.Value) -> Strength {
    switch value.types.first {
    case .filename, .asn: value.text.contains { $0 == "/" || $0 == "\\" } ? .medium : .weak
    case .mutex, .registry, .pathPOSIX, .pathWindows, .userAgent, .cve: .medium
    default: .strong
    }
  }
}

extension TermTree.Reduction {
  /// Ports, and nothing else.
  fileprivate var isPorts: Bool { !ports.isEmpty && values.isEmpty && left.isEmpty }

  fileprivate var withoutPorts: Self {
    var result = self
    result.left += ports.map(\.asked)
    result.ports = []
    return result
  }
}

extension RowSink {
  /// Takes a record whose values come out of a condition, and says what of it is not looked for.
  func take(_ row: FeedRow, _ term: TermTree) throws {
    let reduction = term.reduced
    for text in reduction.left { note("feed.pattern-part", "not looked for: \(text.shortened)", line: row.line) }
    if reduction.values.isEmpty { return try leaveRow(row.shown, reason: "not-matchable", line: row.line) }
    var row = row
    row.values = reduction.values
    try take(row)
  }
}
