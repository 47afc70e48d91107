import Export
import Indicators
import Syntax
import Testing

@Suite struct InterchangeTests {
  static let now = Timestamp(parsing: "2026-01-02T03:04:05Z") ?? Timestamp(seconds: 0)

  static let indicators: [Indicator] = [
    Indicator(
      observable: Observable(type: .domain, canonical: "evil.example"), feeds: ["list"], firstSeen: Timestamp(parsing: "2025-01-01"),
      confidence: 80, tags: ["phishing"],
      actors: [ActorAttribution(status: .resolved, raw: "Jade Sleet", id: "ta-tradertraitor", name: "TraderTraitor")],
      references: ["https://intel.example/1"]),
    Indicator(observable: Observable(type: .ipv4, canonical: "203.0.113.7"), feeds: ["list"]),
    Indicator(observable: Observable(type: .cidr, canonical: "198.51.100.0/24"), feeds: ["list"]),
    Indicator(
      observable: Observable(type: .url, canonical: "http://evil.example/a;b\"c", match: "evil.example/a;b\"c"), feeds: ["=cmd()"]),
    Indicator(observable: Observable(type: .filename, canonical: "a\tb\nc.exe", match: "a\tb\nc.exe"), feeds: ["x"]),
    Indicator(observable: Observable(type: .btc, canonical: "1CgbdUfGs1Hb4XvkvatTLRxCrMfegHmHnr"), feeds: ["x"]),
  ]

  private func written(_ form: InterchangeForm) -> (text: String, skipped: Int) {
    var writer = form.writer(now: Self.now)
    var text = writer.header
    var skipped = 0
    for indicator in Self.indicators {
      if let piece = writer.text(for: indicator) { text += piece } else { skipped += 1 }
    }
    return (text + writer.footer, skipped)
  }

  @Test func zeekLinesHaveFiveColumnsWhateverTheValue() {
    let (text, skipped) = written(.zeekIntel)
    let lines = text.split(separator: "\n")
    #expect(lines.dropFirst().allSatisfy { $0.split(separator: "\t", omittingEmptySubsequences: false).count == 5 })
    #expect(lines.contains("evil.example\tIntel::DOMAIN\tlist\tTraderTraitor, phishing\thttps://intel.example/1"))
    #expect(lines.contains { $0.hasPrefix("a\\x09b\\x0ac.exe\tIntel::FILE_NAME") })
    #expect(skipped == 1)
  }

  @Test func suricataRulesCannotBeBrokenByAValue() {
    let (text, _) = written(.suricata)
    let rules = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(rules.count == 4)
    #expect(rules.allSatisfy { $0.hasPrefix("alert ") && $0.hasSuffix("rev:1; )") })
    #expect(rules.contains { $0.contains("dotprefix; content:\".evil.example\"; nocase; endswith") })
    #expect(rules.contains { $0.contains("content:\"/a|3B|b|22|c\"") })
    #expect(Set(rules.compactMap { $0.firstMatch(of: #/sid:(\d+)/#)?.1 }).count == 4)
  }

  @Test func csvIsSafeToOpenInASpreadsheet() {
    let (text, skipped) = written(.csv)
    #expect(text.contains(",'=cmd(),"))
    #expect(text.contains("\"http://evil.example/a;b\"\"c\""))
    #expect(skipped == 0)
  }

  @Test func stixAndMISPAreWholeDocuments() throws {
    let (bundle, skipped) = written(.stix)
    let objects = try JSONParser.parse(bundle)["objects"]?.array ?? []
    #expect(objects.count == 6)
    #expect(skipped == 1)
    #expect(objects.contains { $0["pattern"]?.string == "[ipv4-addr:value ISSUBSET '198.51.100.0/24']" })
    let event = try JSONParser.parse(written(.misp).text)["Event"]
    #expect(event?["Attribute"]?.array?.count == 6)
    #expect(event?["Attribute"]?.array?.first?["Tag"]?.array?.count == 2)
  }

  @Test func zonesAndHostsSayOnlyWhatTheyCan() {
    let zone = written(.rpz).text
    #expect(zone.contains("evil.example CNAME .\n*.evil.example CNAME .\n"))
    #expect(zone.contains("32.7.113.0.203.rpz-ip CNAME ."))
    #expect(zone.contains("24.0.100.51.198.rpz-ip CNAME ."))
    #expect(written(.hosts).text.hasSuffix("0.0.0.0 evil.example\n"))
    #expect(written(.plain).skipped == 1)
  }

  /// A wildcard is what is below a name, and never the name: a form that has no word for that leaves it out.
  @Test func aWildcardDoesNotBecomeItsName() throws {
    let wildcard = Indicator(
      observable: Observable(type: .domainWildcard, canonical: "*.wild.example", match: "wild.example"), feeds: ["list"])
    for form in InterchangeForm.allCases {
      var writer = form.writer(now: Self.now)
      let text = writer.text(for: wildcard)
      switch form {
      case .hosts, .zeekIntel, .misp: #expect(text == nil, "\(form.rawValue): \(text ?? "")")
      case .suricata:
        #expect(text?.contains("dns.query; content:\".wild.example\"; nocase; endswith") == true)
        #expect(text?.contains("dotprefix") == false)
      case .rpz: #expect(text == "*.wild.example CNAME .\n")
      case .stix: #expect(text?.contains("[domain-name:value LIKE '%.wild.example']") == true)
      case .csv, .plain: #expect(text?.hasPrefix("*.wild.example") == true)
      }
    }
  }

  @Test func aHostWithItsPortIsSaidWhereThereIsAWordForIt() {
    let service = Indicator(observable: Observable(type: .ipv6Port, canonical: "[2001:db8::7]:8443", match: "2001:db8::7"), feeds: ["list"])
    let name = Indicator(observable: Observable(type: .domainPort, canonical: "c2.example:8080", match: "c2.example"), feeds: ["list"])
    var stix = InterchangeForm.stix.writer(now: Self.now)
    #expect(stix.text(for: service)?.contains("dst_ref.value = '2001:db8::7' AND network-traffic:dst_port = 8443]") == true)
    #expect(stix.text(for: name)?.contains("dst_ref.type = 'domain-name' AND network-traffic:dst_ref.value = 'c2.example' AND network-traffic:dst_port = 8080]") == true)
    var suricata = InterchangeForm.suricata.writer(now: Self.now)
    #expect(suricata.text(for: service)?.hasPrefix("alert tcp $HOME_NET any -> [2001:db8::7] 8443 (") == true)
    #expect(suricata.text(for: name) == nil)
  }

  @Test func identifiersDependOnTheNameAlone() {
    let first = DeterministicUUID.make("indicator/x")
    #expect(first == DeterministicUUID.make("indicator/x"))
    #expect(first != DeterministicUUID.make("indicator/y"))
    #expect(first.wholeMatch(of: #/[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#) != nil)
  }
}
