public import Indicators

/// How much a sighting matters: a score from 0 to 100 out of named parts, and a severity out of the score.
///
/// Every part is a factor on the indicator's confidence, so a person can redo the sum. A fact that the line does not tell has no
/// part. The numbers are the operator's (`Rules/scoring.yaml`); see ``standard`` for those without one.
public struct ScoringPolicy: Sendable, Equatable {
  /// How the worth of an indicator fades after it was last seen.
  public struct Decay: Sendable, Equatable {
    /// Seconds after which half of the confidence is left; nil means that it does not fade.
    public var halfLife: Int64?
    /// Factor that is never undercut, 0–1.
    public var floor: Double

    public init(halfLife: Int64?, floor: Double) {
      self.halfLife = halfLife
      self.floor = floor
    }
  }

  /// What is known of one sighting.
  public struct Facts: Sendable {
    public var indicator: Indicator
    public var mode: MatchMode
    /// `inbound`, `outbound`, `internal`, `external`.
    public var direction: String?
    /// `allowed`, `blocked`.
    public var outcome: String?
    /// The moment of the sighting: age is counted up to here.
    public var time: Timestamp

    public init(indicator: Indicator, mode: MatchMode, direction: String? = nil, outcome: String? = nil, time: Timestamp) {
      self.indicator = indicator
      self.mode = mode
      self.direction = direction
      self.outcome = outcome
      self.time = time
    }
  }

  /// One reason for a score.
  public struct Part: Sendable, Hashable {
    /// `confidence`, `decay`, `warninglist`, `mode`, `type`, `direction`, `outcome`, `actor`.
    public var name: String
    /// What was found, e.g. `suffix` or `last seen 45 days before`.
    public var value: String
    /// 1 changes nothing.
    public var factor: Double

    public init(name: String, value: String, factor: Double) {
      self.name = name
      self.value = value
      self.factor = factor
    }
  }

  public struct Score: Sendable, Hashable {
    /// 0–100.
    public var points: Int
    public var severity: Severity
    public var parts: [Part]

    public init(points: Int, severity: Severity, parts: [Part]) {
      self.points = points
      self.severity = severity
      self.parts = parts
    }
  }

  /// Least points of each severity; below `low` it is informational.
  public var critical: Int
  public var high: Int
  public var medium: Int
  public var low: Int
  /// By ``MatchMode``; missing means 1.
  public var mode: [String: Double]
  public var direction: [String: Double]
  public var outcome: [String: Double]
  /// By ``ActorAttribution/Status``; the best of an indicator's attributions counts.
  public var actor: [String: Double]
  /// By ``IndicatorType``, and `default`.
  public var type: [String: Double]
  public var decay: [String: Decay]
  /// By the name of a warninglist that flagged the indicator, and `default`; the least counts.
  public var flagged: [String: Double]
  /// Seconds that an indicator of a type stays valid when its feed does not say; nil means for ever.
  public var validFor: [String: Int64?]
  /// How much of each further feed's confidence counts, 0–1.
  public var corroboration: Double
  /// Assets on which one indicator may open an alert of its own within 24 h of event time. What hits more of them is one alert
  /// with a count and a warning; nil means no such limit.
  public var assetsPerIndicator: Int?

  /// The severity of one sighting, with its reasons.
  public func score(_ facts: Facts) -> Score {
    var parts = [Part(name: "confidence", value: String(facts.indicator.confidence), factor: 1)]
    var points = Double(min(max(facts.indicator.confidence, 0), 100))
    func weigh(_ name: String, _ value: String, _ factor: Double?) {
      guard let factor, factor != 1 else { return }
      parts.append(Part(name: name, value: value, factor: factor))
      points *= factor
    }
    if let (age, factor) = fading(facts) { weigh("decay", "last seen \(age) days before", factor) }
    if let (list, factor) = doubt(of: facts.indicator) { weigh("warninglist", list, factor) }
    weigh("mode", facts.mode.rawValue, mode[facts.mode.rawValue])
    let typeName = facts.indicator.type.rawValue
    weigh("type", typeName, type[typeName] ?? type["default"])
    // Whoever comes in with a stolen session is no passing scanner.
    if let value = facts.direction, facts.indicator.type != .secret { weigh("direction", value, direction[value]) }
    if let value = facts.outcome { weigh("outcome", value, outcome[value]) }
    let attributions = facts.indicator.actors.map { ($0.name ?? $0.raw, actor[$0.status.rawValue] ?? 1) }
    if let best = attributions.max(by: { $0.1 < $1.1 }) { weigh("actor", best.0, best.1) }
    let whole = Int(min(max(points, 0), 100).rounded())
    return Score(points: whole, severity: severity(of: whole), parts: parts)
  }

  /// The severity that `points` reach.
  public func severity(of points: Int) -> Severity {
    if points >= critical { return .critical }
    if points >= high { return .high }
    if points >= medium { return .medium }
    return points >= low ? .low : .informational
  }

  /// What a warninglist that flagged the indicator takes off. The feed reader leaves a tag `warninglist:NAME`.
  private func doubt(of indicator: Indicator) -> (list: String, factor: Double)? {
    let mark = "warninglist:"
    return indicator.tags.lazy.filter { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }
      .compactMap { list in (flagged[list] ?? flagged["default"]).map { (list, $0) } }.min { $0.1 < $1.1 }
  }

  private func fading(_ facts: Facts) -> (days: Int64, factor: Double)? {
    guard let lastSeen = facts.indicator.lastSeen, let decay = decay[facts.indicator.type.rawValue] ?? decay["default"],
      let halfLife = decay.halfLife, halfLife > 0
    else { return nil }
    let age = facts.time.seconds.subtractingReportingOverflow(lastSeen.seconds).partialValue
    guard age > 0 else { return nil }
    return (age / 86_400, max(decay.floor, Self.halving(Double(age) / Double(halfLife))))
  }

  /// 2 to the power of minus `count`, without a mathematics library: whole halvings, and a cubic between them (error below 0.001).
  private static func halving(_ count: Double) -> Double {
    guard count < 60 else { return 0 }
    let whole = count.rounded(.down)
    let rest = (count - whole) * 0.693_147_180_559_945
    let fraction = 1 - rest + rest * rest / 2 - rest * rest * rest / 6 + rest * rest * rest * rest / 24
    return fraction / Double(1 << Int(whole))
  }

  /// How long an indicator of `type` stays valid after it was last seen, in seconds; nil means for ever.
  public func validity(of type: IndicatorType) -> Int64? { validFor[type.rawValue] ?? validFor["default"] ?? nil }

  /// The confidence of what several feeds say, 0–100: the strongest, and a share of the doubt taken away by each other one
  /// (noisy-or). Equal for any order of feeds; one feed alone keeps its own figure.
  public func corroborated(_ confidences: [Int]) -> Int {
    let sorted = confidences.map { min(max($0, 0), 100) }.sorted(by: >)
    guard let first = sorted.first else { return 0 }
    var doubt = 1 - Double(first) / 100
    for confidence in sorted.dropFirst() { doubt *= 1 - corroboration * Double(confidence) / 100 }
    return max(first, Int(((1 - doubt) * 100).rounded()))
  }
}

extension ScoringPolicy {
  private static let day: Int64 = 86_400

  /// What holds where `Rules/scoring.yaml` says nothing.
  ///
  /// Addresses change hands in weeks, names in months, files and wallets never: hence the half-lives. A blocked attempt and a scan
  /// from outside tell less than a connection that we opened and that succeeded.
  public static let standard = ScoringPolicy(
    critical: 85, high: 65, medium: 40, low: 15,
    mode: ["exact": 1, "host": 0.9, "suffix": 0.9, "cidr": 0.8, "prefix": 0.8, "weak": 0.5],
    direction: ["outbound": 1.1, "internal": 1, "external": 0.9, "inbound": 0.6],
    outcome: ["allowed": 1.1, "blocked": 0.5],
    actor: ["resolved": 1.15, "ambiguous": 1.05, "related": 1.05],
    type: [
      "default": 1, "ipv4": 0.85, "ipv6": 0.85, "cidr": 0.8, "asn": 0.5, "filename": 0.6, "user-agent": 0.6, "mutex": 0.8,
      "path-win": 0.8, "path-posix": 0.8, "imphash": 0.7, "ja3": 0.6, "ja4": 0.6, "jarm": 0.6, "cve": 0.5,
    ],
    decay: Dictionary(
      uniqueKeysWithValues: [("default", Decay(halfLife: 180 * day, floor: 0.4))]
        + ["ipv4", "ipv6", "ipv4-port", "ipv6-port", "cidr", "ip-range"].map { ($0, Decay(halfLife: 60 * day, floor: 0.3)) }
        + timeless.map { ($0.rawValue, Decay(halfLife: nil, floor: 1)) }),
    flagged: ["default": 0.5, "documentation networks": 1, "documentation names": 1],
    validFor: [String: Int64?](
      uniqueKeysWithValues: [("default", 365 * day), ("url", 180 * day)]
        + ["ipv4", "ipv6", "ipv4-port", "ipv6-port", "cidr", "ip-range"].map { ($0, 90 * day) }
        + timeless.map { ($0.rawValue, Int64?.none) }),
    corroboration: 0.5, assetsPerIndicator: 50)

  /// A file, a wallet, a package stays what it is.
  private static let timeless: [IndicatorType] = [
    .md5, .sha1, .sha224, .sha256, .sha384, .sha512, .ssdeep, .tlsh, .imphash, .btc, .evm, .tron, .sol, .xmr, .ltc, .doge,
    .dash, .zec, .xrp, .bch, .txHash, .npm, .pypi, .purl, .cve,
  ]
}
