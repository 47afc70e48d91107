public import Indicators

extension ScoringPolicy {
  private static let code = "scoring.value"

  /// Reads `scoring.yaml`. What it leaves out stays as in ``standard``; each table is changed entry by entry.
  public init(yaml text: String, file: String) throws(Diagnostic) {
    self = .standard
    let document = try YAMLDocument(text: text, file: file)
    let members = try document.root.requireMapping(
      Self.code, "scoring",
      known: ["thresholds", "mode", "direction", "outcome", "actor", "type", "decay", "flagged", "valid-for", "corroboration", "noise"])
    if let node = members["thresholds"] { try readThresholds(node) }
    let types = ["default"] + IndicatorType.allCases.map(\.rawValue)
    try Self.readFactors(members["mode"], known: MatchMode.allCases.map(\.rawValue), into: &mode)
    try Self.readFactors(members["direction"], known: ["inbound", "outbound", "internal", "external"], into: &direction)
    try Self.readFactors(members["outcome"], known: ["allowed", "blocked"], into: &outcome)
    try Self.readFactors(members["actor"], known: ["resolved", "ambiguous", "related", "unknown", "not-actor"], into: &actor)
    try Self.readFactors(members["type"], known: types, into: &type)
    if let node = members["flagged"] {
      for (list, _, value) in try node.requireMapping(Self.code, "flagged") { flagged[list] = try Self.number(value, list, in: 0...10) }
    }
    if let node = members["decay"] {
      for (key, value) in try node.requireMapping(Self.code, "decay", known: types) {
        let fields = try value.requireMapping(Self.code, "decay of \(key)", known: ["half-life", "floor"])
        var entry = decay[key] ?? decay["default"] ?? Decay(halfLife: nil, floor: 1)
        if let node = fields["half-life"] { entry.halfLife = try Self.span(node, "half-life") }
        if let node = fields["floor"] { entry.floor = try Self.number(node, "floor", in: 0...1) }
        decay[key] = entry
      }
    }
    if let node = members["valid-for"] {
      for (key, value) in try node.requireMapping(Self.code, "valid-for", known: types) {
        validFor[key] = .some(try Self.span(value, "valid-for of \(key)"))
      }
    }
    if let node = members["noise"] {
      let fields = try node.requireMapping(Self.code, "noise", known: ["assets"])
      if let value = fields["assets"] {
        assetsPerIndicator = value.text == "never" ? nil : try value.requireInteger(Self.code, "assets", in: 1...1_000_000)
      }
    }
    if let node = members["corroboration"] { corroboration = try Self.number(node, "corroboration", in: 0...1) }
  }

  private mutating func readThresholds(_ node: YAMLNode) throws(Diagnostic) {
    let members = try node.requireMapping(Self.code, "thresholds", known: ["critical", "high", "medium", "low"])
    if let value = members["critical"] { critical = try value.requireInteger(Self.code, "critical", in: 0...101) }
    if let value = members["high"] { high = try value.requireInteger(Self.code, "high", in: 0...101) }
    if let value = members["medium"] { medium = try value.requireInteger(Self.code, "medium", in: 0...101) }
    if let value = members["low"] { low = try value.requireInteger(Self.code, "low", in: 0...101) }
    guard low <= medium, medium <= high, high <= critical else {
      throw node.error("scoring.order", "thresholds must rise from low to critical")
    }
  }

  private static func readFactors(
    _ node: YAMLNode?, known: [String], into table: inout [String: Double]
  ) throws(Diagnostic) {
    guard let node else { return }
    for (key, value) in try node.requireMapping(code, "the table", known: known) {
      table[key] = try number(value, key, in: 0...10)
    }
  }

  private static func number(_ node: YAMLNode, _ what: String, in range: ClosedRange<Double>) throws(Diagnostic) -> Double {
    guard let text = node.text, let value = Double(text), value.isFinite, range.contains(value) else {
      throw node.error(code, "\(what) must be a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// Seconds of `90d`, `36h`, `15m`, `30s`, `2w`; nil for `never`.
  private static func span(_ node: YAMLNode, _ what: String) throws(Diagnostic) -> Int64? {
    let text = node.text ?? ""
    if text == "never" { return nil }
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    guard let last = text.last, let unit = units[last], let count = Int64(text.dropLast()), (1...1_000_000).contains(count) else {
      throw node.error(code, "\(what) must be a span such as 90d or 36h, or 'never'")
    }
    return count * unit
  }
}
