import Feeds
import Foundation
import Indicators
import Testing

/// The bad bodies of the reliability catalogue, cases 1 to 59, each with what must come of it: refused as a whole, the good records
/// used, or accepted. Archives (51 to 54) are in ``ArchiveTests``, actor cycles (56) with the actor resolver.
@Suite struct BodyCaseTests {
  private typealias Support = FeedTestSupport

  private func expect(
    _ reading: FeedReading, _ outcome: FeedReading.Outcome, _ values: [String]? = nil, location: SourceLocation = #_sourceLocation
  ) {
    #expect(reading.outcome == outcome, "\(String(describing: reading.error)) \(reading.rejected.prefix(5))", sourceLocation: location)
    if let values { #expect(reading.values == values, sourceLocation: location) }
  }

  // MARK: Details

  @Test func scopedPackagesInAPlainList() throws {
    let list = try Support.read("@scope/name@1.0.0\n@scope/other@^1.0.0\n@scope/whole\n", "format: plain")
    #expect(list.indicators.map(\.observable.match) == ["@scope/name@1.0.0", "@scope/other", "@scope/whole"])
  }

  @Test func oneLineOfJSONIsARow() throws {
    let row = try Support.read("{\"type\": \"npm\", \"value\": \"left-padd\"}\n")
    #expect(row.indicators.map(\.observable.type) == [IndicatorType.npm])
    // A document on one line stays one.
    #expect(try Support.read("{\"type\": \"list\", \"value\": [\"bad.example\", \"worse.example\"]}").indicators.count == 2)
  }

  @Test func serialsOfZonesThatAreNoDate() throws {
    for serial in ["ééééé", "2026112601", "9999999999", "١٢٣٤٥", "x"] {
      expect(try Support.read("$TTL 60\n@ SOA ns.x. host.x. \(serial) 1 1 1 1\nbad.example CNAME .\n", "format: rpz"), .accepted, ["bad.example"])
    }
  }

  // MARK: Bodies that are no feed

  @Test func emptyAndHollowBodies() throws {
    expect(try Support.read(""), .refused("feed.empty"))
    expect(try Support.read(" \n\n \r\n"), .refused("feed.empty"))
    expect(try Support.read("url,tags,first_seen\n", "format: csv"), .refused("empty"))
    expect(try Support.read("# nothing\n# today\n"), .refused("empty"))
    expect(try Support.read("{\"data\":[]}"), .refused("empty"))
    expect(try Support.read("[" + String(repeating: "{},", count: 499_999) + "{}]", "format: json"), .refused("empty"))
  }

  @Test func pagesAndErrors() throws {
    let page = "<!-- cached -->\n<!DOCTYPE html><html><head><title>403</title></head><body>c2.example 203.0.113.1</body></html>"
    for format in ["csv", "json", "plain", "stix", "auto"] { expect(try Support.read(page, "format: \(format)"), .refused("feed.html")) }
    expect(try Support.read("{\"error\":\"bad key\",\"code\":401}"), .refused("feed.error-document"))
    expect(try Support.read("{\"message\":\"Forbidden\"}"), .refused("feed.error-document"))
    expect(try Support.read("{\"query_status\":\"unknown_auth_key\"}", "format: json"), .refused("feed.error-document"))
  }

  @Test func linesForPeople() throws {
    for text in ["404: Not Found", "Too Many Requests\n", "Access denied. Your IP 203.0.113.4 has been blocked.\n", "Forbidden", "Rate limit exceeded, try again in 3600 seconds\n"] {
      expect(try Support.read(text), .refused("feed.error-document"))
      expect(try Support.read(text, "format: plain"), .refused("feed.error-document"))
    }
    // Lists in which such words are notes or names.
    expect(try Support.read("bad.example # not found on the usual lists\n"), .accepted, ["bad.example"])
    expect(try Support.read("# access denied pages\nnot-found.example\n"), .accepted, ["not-found.example"])
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
    expect(try Support.read(pointer), .refused("feed.git-lfs"))
    expect(try Support.read("{\"query_status\":\"no_result\",\"data\":[]}"), .refused("feed.error-document"))
  }

  @Test func cutBodies() throws {
    expect(try Support.read("[{\"ip\":\"203.0.113.1\"},{\"ip\":\"203.0.1"), .refused("feed.truncated"))
    expect(try Support.read("{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[{\"type\":\"indicator\""), .refused("feed.truncated"))
    let cut = try Support.read("url,tags\nhttp://a.example/1,x\nhttp://b.example/2,y\nhttp://c.exa", "format: csv")
    #expect(cut.values == ["http://a.example/1", "http://b.example/2"])
    #expect(cut.reasons == ["truncated"])
    // 20 rows and half a character: the row is not used, the others are.
    let rows = (1...20).map { "name-\($0).example" }.joined(separator: "\n")
    expect(try Support.read(Array("\(rows)\nm".utf8) + [0xC3], "format: plain"), .partial)
  }

  @Test func otherEncodingsAndNoise() throws {
    let wide = try Support.read([0xFF, 0xFE] + "1.example\n".utf8.flatMap { [$0, 0] })
    expect(wide, .refused("feed.encoding"))
    #expect(wide.error?.hint?.contains("iconv") == true)
    expect(try Support.read([0xEF, 0xBB, 0xBF] + Array("bom.example\n".utf8)), .accepted, ["bom.example"])
    expect(try Support.read("a.example\r\nb.example\r\n"), .accepted, ["a.example", "b.example"])
    expect(try Support.read("a.example\rb.example\rc.example"), .accepted, ["a.example", "b.example", "c.example"])
    var generator = SeededGenerator(seed: 58)
    let noise = (0..<65_536).map { _ in UInt8.random(in: 0...255, using: &generator) }
    guard case .refused = try Support.read(noise).outcome else {
      Issue.record("random bytes were taken")
      return
    }
  }

  // MARK: Values that must not come in

  private func rejected(_ values: [String], beside good: Int = 200, label: String = "") throws -> FeedReading {
    let names = (1...good).map { "good-\($0).example" }
    return try Support.read((names + values).joined(separator: "\n"), "format: plain")
  }

  @Test func wellKnownAndWideValues() throws {
    let hostile = ["8.8.8.8", "google.com", "0.0.0.0/0", "::/0", "10.0.0.0/8", "127.0.0.1", "192.168.1.1", "::ffff:10.0.0.1", "com", "co.uk", "*.com",
      "d41d8cd98f00b204e9800998ecf8427e", "00000000000000000000000000000000"]
    let reading = try rejected(hostile)
    expect(reading, .partial)
    #expect(reading.values.count == 200)
    #expect(Set(reading.rejected.map(\.input)) == Set(hostile))
  }

  @Test func malformedValues() throws {
    let hostile = ["a", "*", ".", "010.0.0.1", "0x7f.1", "1.2.3.4.5", "203.0.113.0/33", "xn--a.example\u{FF0E}", "goo\u{0434}le..example", "bad_\u{1}x.example",
      "203.0.113.256", "b\u{0}c.example"]
    let reading = try rejected(hostile, beside: 600)
    expect(reading, .partial)
    #expect(reading.values.allSatisfy { $0.hasPrefix("good-") }, "\(reading.values.filter { !$0.hasPrefix("good-") })")
  }

  @Test func regularExpressionsAreNoValues() throws {
    guard case .refused = try Support.read("^evil.*\\.com$\n(a+)+b\n[a-z]{5}\\.info\n", "format: plain").outcome else {
      Issue.record("a list of expressions was taken")
      return
    }
  }

  @Test func defangedValuesAreRead() throws {
    expect(try Support.read("hxxps[:]//a[.]example/x\n192.0.2[.]44\n1.2.3[.]4\nb(dot)example\n", "format: plain", warninglists: .none), .accepted)
  }

  @Test func hostileTextIsText() throws {
    let actors = ["'; DROP TABLE actors; --", "=HYPERLINK(\"http://x\")", "\u{1B}]8;;http://x\u{7}name", "a\r\nCEF:0|x", "../../../etc/passwd", "x|y=z\\n"]
    var lines = ["indicator,actor"]
    for (index, actor) in actors.enumerated() {
      lines.append("t\(index).example,\"\(actor.replacingOccurrences(of: "\"", with: "\"\""))\"")
    }
    let reading = try Support.read(lines.joined(separator: "\n"), "format: csv\nmap: {value: {column: indicator}, actors: {column: actor}}")
    #expect(reading.indicators.count == actors.count)
    // A line end inside quotes is part of the text: one record, whatever it holds.
    #expect(reading.indicators.map { $0.provenance.actors.first?.raw } == actors.map { $0.replacingOccurrences(of: "\r\n", with: "\n") })
  }

  // MARK: Sizes

  @Test func oversizedParts() throws {
    let names = (1...50).map { "fine-\($0).example,x" }
    func csv(_ row: String) throws -> FeedReading { try Support.read(([names[0]] + [row] + names.dropFirst()).joined(separator: "\n"), "format: csv") }
    expect(try csv("\"open quote"), .partial)
    let wideField = try csv(String(repeating: "f", count: 100_000) + ",x")
    expect(wideField, .partial)
    #expect(wideField.reasons == ["field-too-long"])
    #expect(try csv(String(repeating: "f", count: 4 << 20)).reasons == ["line-too-long"])
    #expect(try csv(String(repeating: "x,", count: 400_000)).reasons == ["too-many-columns"])
    #expect(try csv(String(repeating: "x,", count: 1_000_000)).reasons == ["line-too-long"])
    let hopeless = try csv(String(repeating: "f", count: 16 << 20))
    expect(hopeless, .refused("feed.line-too-long"))
    #expect(hopeless.error?.message.contains("8388608") == true)
  }

  @Test func manyDuplicatesAreOneIndicator() throws {
    let spellings = ["dup.example", "DUP.example.", "Dup.Example", "dup[.]example"]
    let body = (0..<30_000).map { spellings[$0 & 3] }.joined(separator: "\n")
    let reading = try Support.read(body, "format: plain")
    expect(reading, .accepted)
    #expect(reading.indicators.count == 30_000)
    #expect(Set(reading.indicators.map(\.observable.match)) == ["dup.example"])
  }

  @Test func aBodyOfTooManyRowsIsRefused() throws {
    let body = (1...6).map { "row-\($0).example" }.joined(separator: "\n# a comment is no row\n")
    expect(try Support.read(body, "format: plain\nmax-rows: 6"), .accepted)
    let reading = try Support.read(body, "format: plain\nmax-rows: 5")
    expect(reading, .refused("feed.too-many-rows"))
    #expect(reading.error?.hint?.contains("max-rows") == true)
    expect(try Support.read("[{\"ioc\":\"a.example\"},{\"ioc\":\"b.example\"}]", "format: json\nmax-rows: 1"), .refused("feed.too-many-rows"))
    for wrong in ["0", "-1", "many"] { #expect(throws: (any Error).self) { try Support.definition("format: plain\nmax-rows: \(wrong)") } }
  }

  /// Values that share all they can: prefixes, labels, ends. All are taken; what they cost the matcher is measured by `bench/run --sizes hostile`.
  @Test func floodsOfAlikeValuesAreTaken() throws {
    let stem = String(repeating: "a", count: 50)
    var lines = (0..<4000).map { "\(stem)\($0).\(stem).example" }
    lines += (0..<4000).map { "http://same.example/\(stem)/\(stem)/\($0)" }
    lines += (0..<4000).map { number in String(repeating: "0", count: 58) + String(format: "%06x", number + 1) }
    lines += (0..<4000).map { "203.0.\(113 + $0 / 250).\($0 % 250 + 1)" }
    let reading = try Support.read(lines.joined(separator: "\n"), "format: plain", warninglists: .none)
    #expect(reading.indicators.count == lines.count, "\(reading.reasons)")
  }

  // MARK: JSON

  @Test func deepJSON() throws {
    let deep = String(repeating: "[", count: 200_000) + String(repeating: "]", count: 200_000)
    guard case .refused = try Support.read("{\"data\":[\(deep)]}", "format: json").outcome else {
      Issue.record("200,000 levels were taken")
      return
    }
    let deeper = String(repeating: "[", count: 505) + String(repeating: "]", count: 505)
    let reading = try Support.read("[\(deeper)]", "format: json")
    #expect(reading.reasons == ["too-deep"])
    expect(reading, .refused("unparsed"))
  }

  @Test func oddJSON() throws {
    let records = (1...40).map { "{\"ip\":\"203.0.113.\($0)\"}" }
    func json(_ record: String) throws -> FeedReading { try Support.read("[" + (records + [record]).joined(separator: ",") + "]", "format: json") }
    let repeated = try json("{\"ip\":\"203.0.113.200\",\"ip\":\"203.0.113.201\"}")
    #expect(repeated.values.last == "203.0.113.200")
    #expect(repeated.report?.diagnostics.counts["feed.duplicate-key"] == 1)
    expect(try json("{\"ip\":\"\\ud800\"}"), .partial)
    expect(try json("{\"ip\":\"203.0.113.202\",\"confidence\":1e999999}"), .accepted)
    expect(try json("{\"ip\":\"203.0.113.203\",\"confidence\":12345678901234567890123456}"), .accepted)
    expect(try json("{\"ip\":\"203.0.113.204\\u0000\"}"), .partial)
    let dates = try json("{\"ip\":\"203.0.113.205\",\"first_seen\":\"9999-01-01\",\"last_seen\":\"2026-02-30\",\"expires\":\"2026-01-01T10:00:60Z\"}")
    #expect(dates.indicators.last?.provenance.firstSeen == nil)
    #expect(dates.indicators.last?.provenance.lastSeen == nil)
    #expect((dates.report?.diagnostics.counts["feed.bad-date"] ?? 0) >= 2)
    // The members' types are exchanged: nothing stands where the feed file says.
    guard case .refused = try Support.read("{\"data\":\"203.0.113.1\"}", "format: json\njson: {records: \"$.data[*]\"}").outcome else {
      Issue.record("a text was read as a list")
      return
    }
  }

  // MARK: STIX and XML

  private func bundle(_ patterns: [String]) -> String {
    let objects = patterns.enumerated().map { index, pattern in
      "{\"type\":\"indicator\",\"id\":\"indicator--00000000-0000-4000-8000-\(String(format: "%012d", index))\",\"pattern\":\(String(reflecting: pattern).replacingOccurrences(of: "\\'", with: "'"))}"
    }
    return "{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\(objects.joined(separator: ","))]}"
  }

  @Test func hostilePatterns() throws {
    let good = (1...40).map { "[domain-name:value = 'p\($0).example']" }
    let matching = try Support.read(bundle(good + ["[domain-name:value MATCHES '^(a+)+$']"]))
    expect(matching, .partial)
    #expect(matching.reasons == ["not-matchable"])
    let nested = String(repeating: "(", count: 5000) + "[domain-name:value = 'x.example']" + String(repeating: ")", count: 5000)
    #expect(try Support.read(bundle(good + [nested])).reasons == ["pattern-too-deep"])
    let long = "[domain-name:value IN (" + (0..<5000).map { "'\($0).long.example'" }.joined(separator: ",") + ")]"
    #expect(try Support.read(bundle(good + [long])).reasons == ["pattern-too-long"])
    let null = bundle(good).replacingOccurrences(of: "p1.example", with: "p1\\u0000.example")
    expect(try Support.read(null), .partial)
  }

  @Test func hostileXML() throws {
    let external = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><ioc xmlns=\"http://schemas.mandiant.com/2010/ioc\">&e;</ioc>"
    let parameter = "<!DOCTYPE x [<!ENTITY % p SYSTEM \"http://127.0.0.1/x\"> %p;]><STIX_Package/>"
    var bomb = "<!DOCTYPE x [<!ENTITY a0 \"x\">"
    for level in 1...30 { bomb += "<!ENTITY a\(level) \"&a\(level - 1);&a\(level - 1);\">" }
    bomb += "]><STIX_Package>&a30;</STIX_Package>"
    for body in [external, parameter, bomb] {
      for format in ["stix", "openioc"] { expect(try Support.read(body, "format: \(format)"), .refused("feed.doctype")) }
    }
    let deep = String(repeating: "<a>", count: 200_000)
    expect(try Support.read("<ioc>\(deep)", "format: openioc"), .refused("feed.too-deep"))
    expect(try Support.read("<ioc><definition>", "format: openioc"), .refused("feed.truncated"))
    expect(try Support.read("<ioc></cio>", "format: openioc"), .refused("feed.not-xml"))
    expect(try Support.read("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel/></rss>"), .refused("feed.unknown-xml"))
  }

  @Test func yamlBombs() throws {
    let bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    expect(try Support.read(bomb, "format: yaml"), .refused("yaml.forbidden"))
    guard case .refused = try Support.read(String(repeating: "[", count: 100_000), "format: yaml").outcome else {
      Issue.record("100,000 levels were taken")
      return
    }
    var warnings: [Diagnostic] = []
    #expect(throws: Diagnostic.self) {
      try FeedDefinition(yaml: "name: feed\nurl: x\nformat: auto\ntags: &t [a]\nactors: *t\n", file: "feed.yaml", warnings: &warnings)
    }
  }

  // MARK: Floods and mutants

  @Test func fileNamesAreText() throws {
    let reading = try Support.read("filename\n../../etc/passwd\n..\\..\\boot.ini\n", "format: csv\nmap: {value: {column: filename, type: path}}", warninglists: .none)
    #expect(reading.outcome != .accepted || reading.indicators.allSatisfy { !$0.observable.canonical.isEmpty })
  }

  /// Ten mutants of every fixture in turn: whatever comes of them, the reader ends by itself and counts what it saw.
  @Test(arguments: FormatFixtureTests.names) func mutantsAreSurvived(_ name: String) throws {
    let folder = FeedTestSupport.fixtures.appendingPathComponent(name)
    guard let body = try FileManager.default.contentsOfDirectory(atPath: folder.path).first(where: { $0.hasPrefix("body.") }) else { return }
    let yaml = (try? String(contentsOf: folder.appendingPathComponent("feed.yaml"), encoding: .utf8)) ?? "format: auto"
    let original = Array(try Data(contentsOf: folder.appendingPathComponent(body)))
    var generator = SeededGenerator(seed: UInt64(original.count))
    for _ in 0..<10 {
      var mutant = original
      for _ in 0..<Int.random(in: 1...8, using: &generator) where !mutant.isEmpty {
        let place = Int.random(in: 0..<mutant.count, using: &generator)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: mutant[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: mutant.remove(at: place)
        case 2: mutant.insert(contentsOf: mutant[place..<min(mutant.count, place + 40)], at: place)
        case 3: mutant.removeSubrange(place...)
        default: mutant[place] = [0x22, 0x5B, 0x7D, 0x3C, 0x0A, 0x2C, 0x00][Int.random(in: 0..<7, using: &generator)]
        }
      }
      let reading = try Support.read(mutant, yaml)
      if let report = reading.report { #expect(report.indicators == reading.indicators.count && report.rejected == reading.rejected.count) }
    }
  }
}

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
