import Export
import Indicators
import Matching
import Rules

/// Alerts of every shape that formats must bear: the plain case, every kind of value, many assets, and a stranger's worst text.
enum SampleAlerts {
  static let now = Timestamp(parsing: "2026-06-02T08:00:00Z") ?? Timestamp(seconds: 0)
  private static let seen = Timestamp(parsing: "2026-06-01T12:34:56.789Z") ?? Timestamp(seconds: 0)
  static let jadeSleet = ActorAttribution(
    status: .resolved, raw: "Jade Sleet", id: "ta-tradertraitor", name: "TraderTraitor", parents: ["ta-lazarus", "ta-rgb"])

  static func make(
    _ type: IndicatorType, _ canonical: String, matched: String? = nil, match: String? = nil, mode: MatchMode = .exact, host: String? = "wks-1",
    user: String? = nil, severity: Severity = .high, change: (inout Indicator) -> Void = { _ in }
  ) -> Alert {
    var indicator = Indicator(
      observable: Observable(type: type, canonical: canonical, match: match), feeds: ["crypto-watch", "lab-list"],
      firstSeen: Timestamp(parsing: "2026-05-01T00:00:00Z"), lastSeen: Timestamp(parsing: "2026-05-30T00:00:00Z"),
      validUntil: Timestamp(parsing: "2027-05-30T00:00:00Z"), confidence: 80, tags: ["phishing"], references: ["https://intel.example/1"])
    change(&indicator)
    var event = Sighting.Event(raw: "2026-06-01T12:34:56.789Z wks-1 query \(matched ?? canonical)")
    event.time = seen
    event.host = host
    event.user = user
    event.sourceIP = "10.0.0.5"
    event.sourcePort = 51_000
    event.destinationIP = "203.0.113.7"
    event.destinationPort = 443
    event.direction = .outbound
    event.outcome = .allowed
    let text = matched ?? canonical
    var sighting = Sighting(
      id: String(repeating: "0", count: 31) + "1", indicator: indicator,
      match: Sighting.Match(value: text, mode: mode, view: .raw, line: 42, offset: 9120, length: text.utf8.count, field: "dns.rrname"),
      source: Sighting.Source(path: "/var/log/dns.log", name: "dns", format: "eve-json"), event: event, severity: severity, observedAt: seen)
    sighting.score = ScoringPolicy.Score(
      points: 79, severity: severity,
      parts: [
        ScoringPolicy.Part(name: "confidence", value: "80", factor: 1), ScoringPolicy.Part(name: "mode", value: "suffix", factor: 0.9),
        ScoringPolicy.Part(name: "outcome", value: "allowed", factor: 1.1),
      ])
    let id = Alert.identity(of: sighting)
    sighting.alertID = id
    return Alert(
      id: id, indicator: indicator, asset: sighting.asset, count: 7, firstSeen: seen, lastSeen: seen.adding(seconds: 3600), severity: severity,
      status: .new, sample: sighting)
  }

  static let domain = make(.domain, "evil.example", matched: "cdn.evil.example", mode: .suffix) { $0.actors = [jadeSleet] }

  /// By name, for the golden files.
  static let all: [(name: String, record: ExportRecord)] = {
    var closed = domain
    closed.status = .closed
    var wide = domain
    wide.wideAssets = 120
    wide.asset = Alert.manyAssets
    let hostile = make(
      .filename, "a|b=c\\d\"e]f,g;\n=cmd|' /C calc'!A0.exe", matched: "x\r\nCEF:0|Evil|Evil|1|1|forged|10|", host: "=HYPERLINK(\"https://x.example\")",
      user: "<script>alert(1)</script>\u{1B}[31m\u{202E}"
    ) {
      $0.actors = [ActorAttribution(status: .ambiguous, raw: "Jade\tSleet\u{0}\"]", candidates: ["ta-a", "ta-b"])]
      $0.tags = ["@SUM(1)", "tab\there"]
    }
    let alerts: [(String, ExportRecord)] = [
      ("domain", ExportRecord(alert: domain, exportedAt: now)),
      ("closed", ExportRecord(alert: closed, version: 2, isFirst: false, exportedAt: now)),
      ("many assets", ExportRecord(alert: wide, exportedAt: now)), ("hostile", ExportRecord(alert: hostile, exportedAt: now)),
      ("ipv4", ExportRecord(alert: make(.ipv4, "203.0.113.7", severity: .low), exportedAt: now)),
      ("ipv6", ExportRecord(alert: make(.ipv6, "2001:db8::7", severity: .critical), exportedAt: now)),
      ("ip and port", ExportRecord(alert: make(.ipv4Port, "203.0.113.7:443", match: "203.0.113.7", mode: .weak), exportedAt: now)),
      ("network", ExportRecord(alert: make(.cidr, "198.51.100.0/24", matched: "198.51.100.9", mode: .cidr), exportedAt: now)),
      ("url", ExportRecord(alert: make(.url, "https://evil.example/a?b=c", match: "evil.example/a?b=c"), exportedAt: now)),
      (
        "sha256",
        ExportRecord(alert: make(.sha256, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08") { $0.tlp = "amber" }, exportedAt: now)
      ),
      ("email", ExportRecord(alert: make(.email, "press@evil.example"), exportedAt: now)),
      ("wallet", ExportRecord(alert: make(.btc, "1CgbdUfGs1Hb4XvkvatTLRxCrMfegHmHnr", host: nil, user: "treasury"), exportedAt: now)),
      ("package", ExportRecord(alert: make(.npm, "evil-package"), exportedAt: now)),
    ]
    return alerts
  }()
}
