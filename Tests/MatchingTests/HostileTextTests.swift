import Glibc
import Indicators
import Matching
import Testing

@Suite("Texts that are made to be dear or dangerous")
struct HostileTextTests {
  private let index: IndicatorIndex

  init() throws { index = try makeIndex(RandomLog.indicators) }

  /// The text ends where the memory ends: a read of one byte more ends the process.
  @Test("nothing behind a text's last byte is read, with every kernel")
  func lastByte() throws {
    let page = 4096
    let length = page
    let start = try #require(unsafe mmap(nil, length + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
    defer { unsafe munmap(start, length + page) }
    try #require(unsafe mprotect(start + length, page, PROT_NONE) == 0)
    var hits = 0
    for seed in UInt64(1)...12 {
      var log = RandomLog(seed: seed)
      let text = (seed % 3 == 0 ? log.flood(1000) : log.text(1000)).prefix(length)
      for count in (text.count - 70)...text.count {
        let piece = Array(text.suffix(count))
        let bytes = unsafe UnsafeMutableRawBufferPointer(start: start + (length - count), count: count)
        unsafe bytes.copyBytes(from: piece)
        var fast = FastMatcher(index, kernel: kernels[count % kernels.count])
        var found: [RawHit] = []
        unsafe fast.hits(in: UnsafeRawBufferPointer(bytes), into: &found)
        hits += found.count
      }
    }
    #expect(hits > 500)
  }

  @Test("a path that begins its line belongs to a host of the line")
  func pathBeginsLine() throws {
    let index = try makeIndex([Indicator(observable: try Canonicalizer.canonicalize("http://shared.example/a/b", as: .url))])
    let before = String(repeating: "some line of a log\n", count: 20)
    for gap in [" ", " - 200 ", " " + String(repeating: "x", count: 70) + " "] {
      let text = Array((before + "/a/b" + gap + "shared.example\n" + before).utf8)
      var reference = ReferenceMatcher(index)
      let expected = reference.hits(in: text)
      #expect(expected.count == 1)
      for kernel in kernels {
        var fast = FastMatcher(index, kernel: kernel)
        #expect(fast.hits(in: text) == expected)
      }
    }
  }

  @Test("of a host with very many ports the one that is said, else the first")
  func crowdedHost() throws {
    let values = (1...500).flatMap { [("198.51.100.1:\($0)", IndicatorType.ipv4Port), ("crowd.example:\($0)", .domainPort)] } + [("198.51.100.1", .ipv4), ("crowd.example", .domain)]
    let index = try makeIndex(values.map { Indicator(observable: try Canonicalizer.canonicalize($0.0, as: $0.1)) })
    let expected = ["198.51.100.1 198.51.100.1:443", "198.51.100.1 198.51.100.1:1", "crowd.example crowd.example:80", "crowd.example crowd.example:1"]
    for (text, expected) in zip(["198.51.100.1:443 x", "198.51.100.1:9999 443", "http://crowd.example/", "crowd.example 80"], expected) {
      let bytes = Array((String(repeating: "- ", count: 40) + text).utf8)
      var fast = FastMatcher(index)
      var reference = ReferenceMatcher(index)
      // Twice: the second time it is known.
      for _ in 0..<2 {
        let found = fast.hits(in: bytes)
        #expect(Set(found.compactMap { index.indicator(at: $0.entry)?.value }).sorted().joined(separator: " ") == expected)
        #expect(found == reference.hits(in: bytes))
      }
    }
  }
}
