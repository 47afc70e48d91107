import Feeds
import Foundation
import Indicators
import Matching
import Store
import Testing

/// What goes from the tables into the index by itself must be what it is by way of indicators.
@Suite struct PackingTests {
  @Test(arguments: [1, 2, 3] as [UInt64]) func theIndexIsTheSameWithAndWithoutIndicators(_ seed: UInt64) throws {
    let folder = try Folder()
    let store = try IndicatorStore(path: folder.file("a.sqlite"))
    var generator = SeededGenerator(seed: seed)
    func random(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
    let values: [(type: IndicatorType, canonical: String, match: String?)] = (0..<300).map { number in
      switch number % 6 {
      case 0: (.domain, "v\(number).example", nil)
      case 1: (.ipv4, "203.0.113.\(number % 256)", nil)
      case 2: (.url, "https://v\(number).example/a", "v\(number).example/a")
      case 3: (.sha256, String(repeating: "0", count: 61) + String(1000 - number).suffix(3), nil)
      case 4: (.email, "A\(number)@v.example", "a\(number)@v.example")
      default: (.ipv4Port, "203.0.113.\(number % 256):80", "203.0.113.\(number % 256)")
      }
    }
    for round in 0..<6 {
      let feed = "f\(random(3))"
      let now = Sample.now.adding(seconds: Int64(round) * 86_400)
      let stage = try store.stage(feed, readWith: "r")
      for value in values where random(3) > 0 {
        var provenance = Provenance(feed: feed, confidence: 50 + random(2) * 20, tags: random(2) == 0 ? [] : ["b", "a"], malware: random(3) == 0 ? ["m"] : [])
        if random(2) == 0 { provenance.firstSeen = Sample.now.adding(seconds: -Int64(random(5)) * 3600) }
        if random(2) == 0 { provenance.lastSeen = Sample.now.adding(seconds: Int64(random(5)) * 3600) }
        if random(3) == 0 { provenance.reference = "https://ref.example/\(random(3))" }
        if random(4) == 0 { provenance.mode = .exact }
        if random(4) == 0 { provenance.actors = [ActorAttribution(status: .resolved, raw: "A", id: "ta-a", name: "A")] }
        var validFor: Int64?
        switch random(3) {
        case 0: provenance.validUntil = Sample.now.adding(seconds: Int64(random(9)) * 86_400)
        case 1:
          validFor = Int64(1 + random(5)) * 86_400
          provenance.validUntil = now.adding(seconds: validFor ?? 0)
        default: break
        }
        let flags = random(4) == 0 ? ["private"] : []
        try stage.add(
          FeedIndicator(
            observable: Observable(type: value.type, canonical: value.canonical, match: value.match, flags: flags), provenance: provenance,
            validFor: validFor))
      }
      _ = try stage.commit(FeedState(feed: feed), endsAtOnce: random(2) == 0, now: now)

      let corroborate: ([Int]) -> Int = { min(100, $0.reduce(0, +)) }
      let asked = now.adding(seconds: 43_200)
      var quick = IndexBuilder(path: folder.file("quick.ukx"))
      try store.pack(into: &quick, now: asked, corroborate: corroborate)
      let one = try quick.finish()
      var slow = IndexBuilder(path: folder.file("slow.ukx"))
      try store.forEachLive(isOrdered: false, now: asked, corroborate: corroborate) { try slow.add($0) }
      let two = try slow.finish()
      #expect(one == two && one.indicators > 100)
      #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("quick.ukx"))) == Data(contentsOf: URL(fileURLWithPath: folder.file("slow.ukx"))))
    }
  }
}
