import Indicators
import Matching
import Rules
import Testing

/// What must not alert, and what must alert although somebody would like it not to.
@Suite("Withholding")
struct WithheldTests {
  private static let own: [String] = [
    #"{"sighting_id":"0123456789abcdef0123456789abcdef","indicator":{"type":"domain","value":"evil.example"}}"#,
    #"{"alert_id":"0123456789abcdef0123456789abcdef","indicator":{"type":"domain","value":"evil.example"}}"#,
    #"CEF:0|Ukai|ukai|0.1.0|indicator-domain|domain indicator seen|8|cs1=evil.example"#,
    #"LEEF:2.0|Ukai|ukai|0.1.0|indicator-domain|x09|matched=evil.example"#,
    #"<109>1 2026-06-01T12:00:00Z wks-1 ukai - alert [ukai@32473 id="00"] evil.example on wks-1"#,
    #"2026-06-01T12:00:00.000Z wks-1 ukai[42]: evil.example"#, #"Jun  1 12:00:00 wks-1 ukai: high evil.example"#,
    #"{"@timestamp":"2026-06-01T12:00:00Z","event":{"kind":"alert","module":"ukai"},"message":"domain evil.example"}"#,
    #"0123456789abcdef0123456789abcdef,high,new,1,2026,2026,wks-1,domain,evil.example"#,
  ]

  @Test("our own records do not alert", arguments: own)
  func ownRecords(line: String) throws {
    let bench = Bench()
    bench.folder.write(line + "\n", to: "a.log")
    let summary = try bench.run()
    #expect(summary.sightings == 0)
    #expect(summary.echoes == 1)
  }

  /// Everything here a stranger can write into a line that others log.
  private static let forged: [String] = [
    #"198.51.100.1 - - [01/Jun/2026:12:00:00 +0000] "GET http://evil.example/ HTTP/1.1" 200 1 "-" "CEF:0|Ukai|ukai|0.1.0|""#,
    #"198.51.100.1 - ukai [01/Jun/2026:12:00:00 +0000] "GET http://evil.example/ HTTP/1.1" 200 1 "-" "{\"sighting_id\":\"1\"}""#,
    #"{"ua":"\"module\":\"ukai\"","q":"evil.example"}"#, #"{"alert_id":"x-1","module":"defender","host":"evil.example"}"#,
    #"Jun  1 12:00:00 wks-1 sshd[1]: user ukai: evil.example"#, #"2026-06-01T12:00:00.000Z wks-1 dns: ukai[1]: evil.example"#,
    #"deadbeef,high,new,evil.example"#,
  ]

  @Test("nobody hides a line by pretending that it is ours", arguments: forged)
  func forgedEchoes(line: String) throws {
    let bench = Bench()
    bench.folder.write(line + "\n", to: "a.log")
    #expect(try bench.run().sightings == 1)
  }

  @Test("the trace of our own fetching does not alert, the same name elsewhere in such a line does")
  func ownTraffic() throws {
    var bench = Bench()
    bench.options.ownTraffic = { OwnTraffic(feedURLs: ["https://feeds.example/lists/evil.example.txt?key=1", "https://evil.example:8443/feed"]) }
    bench.folder.write("GET https://Feeds.example/lists/evil.example.txt HTTP/1.1\n", to: "a.log")
    #expect(try bench.run().echoes == 1)
    var other = Bench()
    other.options.ownTraffic = { OwnTraffic(feedURLs: ["https://feeds.example/lists/evil.example.txt"]) }
    other.folder.write("GET https://evil.example/?x=https://feeds.example/lists/evil.example.txt HTTP/1.1\n", to: "a.log")
    let summary = try other.run()
    #expect(summary.sightings == 1)
    #expect(summary.echoes == 1)
  }

  @Test("every reason is counted with an example, once")
  func reasons() throws {
    var bench = Bench()
    bench.suppressions = Suppressions(entries: [
      Suppressions.Entry(value: "evil.example", reason: "our own mirror", until: Timestamp(parsing: "2026-12-31"), line: 4)
    ])
    bench.folder.write("evil.example\nevil.example\n", to: "a.log")
    let collected = Collected()
    let store = bench.store
    let summary = try bench.scan().run([bench.folder.path], store: store) { batch in
      store.commit(batch)
      collected.withheld += batch.withheld
    }
    #expect(summary.suppressed == 2)
    let first = try #require(collected.withheld.first)
    #expect(first.kind == .suppressed)
    #expect(first.count == 2)
    #expect(first.reason == "suppressions.yaml:4: our own mirror (until 2026-12-31)")
    #expect(first.example.hasPrefix("evil.example at "))
    // Read again, it is not counted again.
    bench.options.fromStart = true
    _ = try bench.scan().run([bench.folder.path], store: store) { collected.withheld += $0.withheld }
    #expect(collected.withheld.count == 1)
  }

  @Test("a sighting carries the parts of its score")
  func score() throws {
    let bench = Bench()
    let sighting = try #require(try bench.sighting("evil.example"))
    let score = try #require(sighting.score)
    #expect(score.parts.map(\.name) == ["confidence"])
    #expect(score.points == 80)
    #expect(score.severity == sighting.severity)
    let again = try #require(Sighting(json: .object(sighting.json), observedAt: sighting.observedAt))
    #expect(again.score == score)
  }

  private final class Collected { var withheld: [Withheld] = [] }
}
