import Indicators
import Rules
import Testing

@Suite struct DestinationRulesTests {
  private func load(_ text: String) throws -> [DestinationRule] {
    try DestinationRules.load(yaml: text, file: "destinations.yaml", forms: ["ecs", "bulk", "cef"])
  }

  @Test func everyKeyIsRead() throws {
    let rule = try #require(
      try load(
        """
        version: 1
        destinations:
          elastic:
            to: https://siem.example:9200/alerts/_bulk
            as: bulk
            min-severity: high
            actors: [ta-lazarus]
            types: [btc, domain]
            auth: {api-key: "${env:KEY}"}
            tls: {authorities: ca.pem, certificate: c.pem, key: c.key, verify: false}
            timeout: 2m
            batch: 200
            tries: 6
            longest-wait: 5s
        """
      ).first)
    #expect(rule.name == "elastic")
    #expect(rule.form == "bulk")
    #expect(rule.minimumSeverity == .high)
    #expect(rule.actors == ["ta-lazarus"])
    #expect(rule.types == [.btc, .domain])
    #expect(rule.authentication == .apiKey("${env:KEY}"))
    #expect(rule.tls.verify == false)
    #expect([rule.timeout, rule.batch, rule.tries, rule.longestWait] == [120, 200, 6, 5])
  }

  @Test(arguments: [
    "destinations: {x: {as: ecs}}", "destinations: {x: {to: a, as: esc}}", "destinations: {x: {to: a, min-severity: hgih}}",
    "destinations: {x: {to: a, types: [domian]}}", "destinations: {x: {to: a, timeout: 0s}}", "destinations: {x: {to: a, tries: 99}}",
    "destinations: {x: {to: a, auth: {user: b}}}", "destinations: {x: {to: a, colour: b}}", "destinations: [a]", "destinations: {x: {to: a, longest-wait: 1h}}",
  ])
  func whatIsWrongIsRefusedWithItsPlace(text: String) {
    let error = #expect(throws: Diagnostic.self) { try load(text) }
    #expect(error?.file == "destinations.yaml")
    #expect(error?.line == 1)
  }

  @Test func theNoiseBrakeIsTheOperators() throws {
    #expect(ScoringPolicy.standard.assetsPerIndicator == 50)
    #expect(try ScoringPolicy(yaml: "noise: {assets: 7}", file: "x").assetsPerIndicator == 7)
    #expect(try ScoringPolicy(yaml: "noise: {assets: never}", file: "x").assetsPerIndicator == nil)
    #expect(throws: Diagnostic.self) { try ScoringPolicy(yaml: "noise: {assets: 0}", file: "x") }
  }

  @Test func anAllowedConnectionOutIsNotABlockedScanIn() {
    let indicator = Indicator(observable: Observable(type: .ipv4, canonical: "203.0.113.7"), feeds: ["x"], confidence: 80)
    func score(_ direction: String?, _ outcome: String?) -> ScoringPolicy.Score {
      ScoringPolicy.standard.score(
        ScoringPolicy.Facts(indicator: indicator, mode: .exact, direction: direction, outcome: outcome, time: Timestamp(seconds: 1_780_000_000)))
    }
    #expect(score("outbound", "allowed").severity >= .high)
    #expect(score("inbound", "blocked").severity <= .low)
    #expect(score(nil, nil).points == 68)
    // A person can redo the sum.
    let parts = score("outbound", "allowed")
    let product = parts.parts.dropFirst().reduce(80.0) { $0 * $1.factor }
    #expect(Int(min(product, 100).rounded()) == parts.points)
  }

  @Test func suppressionsSayWhereTheyStand() throws {
    let suppressions = try Suppressions(
      yaml: "suppressions:\n  - value: a.example\n    reason: our mirror\n    until: 2026-12-31\n", file: "suppressions.yaml")
    #expect(suppressions.explanation(of: 0) == "suppressions.yaml:2: our mirror (until 2026-12-31)")
  }
}
