import Indicators
import Matching
import Testing

@Suite("Secrets of a log are found and never told")
struct SecretRedactionTests {
  private static let cookie = "3b1f5c09aa77e2d4c6b8"
  private static let key = "ab/cd+efGHIJKLMNOPQ=="
  /// As a log may spell them.
  private static let spellings = [cookie, key, "ab\\/cd+efGHIJKLMNOPQ==", "ab%2Fcd%2BefGHIJKLMNOPQ%3D%3D"]

  private func sightings(_ lines: [String], utf16: Bool = false) throws -> [Sighting] {
    let listed: [(IndicatorType, String)] = [
      (.secret, Self.cookie), (.secret, Self.key), (.domain, "evil.example"), (.url, "http://app.example/x?sid=" + Self.cookie), (.ipv4, "198.51.100.7"),
    ]
    let index = try makeIndex(listed.map { Indicator(observable: try Canonicalizer.canonicalize($0.1, as: $0.0), feeds: ["list"], confidence: 90) })
    let folder = Folder()
    let text = lines.joined(separator: "\n") + "\n"
    folder.write(utf16 ? [0xff, 0xfe] + text.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] } : Array(text.utf8), to: "app.log")
    let scan = LogScan(matcher: { FastMatcher(index) }, indicator: { index.indicator(at: $0) }, options: LogScan.Options(now: Bench.now))
    var found: [Sighting] = []
    _ = try scan.run([folder.path], store: nil) { found += $0.sightings }
    return found
  }

  private func expectNothingTold(_ sightings: [Sighting], sourceLocation: SourceLocation = #_sourceLocation) {
    for sighting in sightings {
      // The indicator is what the feed wrote: a URL of it may hold one.
      let told = "\(sighting.match) \(sighting.event) \(sighting.source) \(sighting.asset)"
      for secret in Self.spellings { #expect(!told.contains(secret), "\(told)", sourceLocation: sourceLocation) }
    }
  }

  @Test("in lines of all kinds, in escapes, in the user's place, beside other indicators", arguments: [false, true])
  func lines(utf16: Bool) throws {
    let found = try sightings(
      [
        "2026-05-30T10:00:00Z web1 app: sid=\(Self.cookie) evil.example", "{\"user\":\"\(Self.cookie)\",\"src_ip\":\"198.51.100.7\",\"key\":\"ab\\/cd+efGHIJKLMNOPQ==\"}",
        "GET http://app.example/x?sid=\(Self.cookie) HTTP/1.1", "evil.example?k=ab%2Fcd%2BefGHIJKLMNOPQ%3D%3D&sid=\(Self.cookie)",
        "user=\(Self.cookie) host=\(Self.cookie) dst=evil.example",
      ], utf16: utf16)
    let counts = Dictionary(grouping: found, by: \.indicator.type).mapValues(\.count)
    #expect(counts == [.secret: 8, .domain: 3, .url: 1, .ipv4: 1])
    expectNothingTold(found)
    let secret = try #require(found.first { $0.indicator.type == .secret })
    #expect(secret.match.value == SecretDigest.canonical(of: Self.cookie.utf8))
    #expect(secret.event.raw == "2026-05-30T10:00:00Z web1 app: sid=\(String(repeating: "*", count: 20)) evil.example")
    #expect(found.first { $0.indicator.type == .url }?.match.value == "http://app.example/x?sid=\(String(repeating: "*", count: 20))")
  }

  @Test("where a record's text is cut, at any byte of the secret")
  func longLines() throws {
    for shift in stride(from: 0, through: 24, by: 3) {
      let filler = String(repeating: "a ", count: 4080) + String(repeating: "b", count: shift)
      expectNothingTold(try sightings(["evil.example \(filler) sid=\(Self.cookie) \(filler) \(Self.key) evil.example \(filler)"]))
    }
  }

  @Test("a line of a hundred thousand secrets")
  func manySecrets() throws {
    let found = try sightings([String(repeating: "sid=\(Self.cookie);", count: 100_000)])
    #expect(found.count == 100_000)
    expectNothingTold(Array(found.prefix(50) + found.suffix(50)))
  }
}
