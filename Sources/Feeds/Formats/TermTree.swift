import Indicators

/// A condition of a STIX pattern or an IOC document, reduced to values that can be looked for one by one.
///
/// A log line shows one value at a time, so a condition is taken apart. What stands under OR is looked for as it is. Of what must
/// hold together (AND, FOLLOWEDBY) only the telling terms are: a file name beside a digest would hit where the digest does not, and a
/// group of weak terms says something only as a whole. What is left out is named, never lost.
indirect enum TermTree {
  case value(FeedRow.Value)
  /// A comparison that names no value to look for, in its own words.
  case unmatchable(String)
  case all([TermTree])
  case any([TermTree])

  struct Reduction {
    var values: [FeedRow.Value] = []
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

  var reduced: Reduction {
    switch self {
    case .value(let value): return Reduction(values: [value], strength: Self.strength(value))
    case .unmatchable(let text): return Reduction(left: [text])
    case .any(let terms):
      var result = Reduction()
      for part in terms.map(\.reduced) {
        result.values += part.values
        result.left += part.left
        result.strength = [result.strength, part.strength].compactMap { $0 }.min()
      }
      return result
    case .all(let terms): return Self.conjunction(terms.map(\.reduced))
    }
  }

  private static func conjunction(_ parts: [Reduction]) -> Reduction {
    if parts.count == 1, let only = parts.first { return only }
    var result = Reduction()
    result.strength = parts.compactMap(\.strength).max()
    if result.strength == .weak { result.strength = nil }
    for part in parts {
      result.left += part.left
      if let strength = part.strength, strength == result.strength {
        result.values += part.values
      } else {
        result.left += part.values.map { "\($0.label ?? "value") '\($0.text.shortened)' (weak beside the rest)" }
      }
    }
    return result
  }

  private static func strength(_ value: FeedRow.Value) -> Strength {
    switch value.types.first {
    case .filename, .asn: value.text.contains { $0 == "/" || $0 == "\\" } ? .medium : .weak
    case .mutex, .registry, .pathPOSIX, .pathWindows, .userAgent, .cve: .medium
    default: .strong
    }
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
