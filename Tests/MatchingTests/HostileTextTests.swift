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
}
