import Indicators
import Matching
import Testing

/// Lists that are made to have every end of a log's words asked for its beginnings: many for each end, of all lengths, with ends of one step of the walk
/// and of several, and the log's own texts with one byte changed.
@Suite("Ends with many beginnings")
struct CrowdedEndsTests {
  private static let ends = [
    "/u8 Safari", "like Gecko", "\\Run\\svchost", "(x64; rv:109.0) Gecko/20100101 Firefox", "GET /index/of/nothing/at/all HTTP", "abcdefgh", "ABCDefgh", "/a/b/c/d/e/f",
    "/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML",
  ]
  /// Few letters, so that texts and lists meet.
  private static let letters = Array("ab-/\\ 1".utf8)

  private static func beginning(_ generator: inout SeededGenerator, _ count: Int) -> [UInt8] { (0..<count).map { _ in generator.pick(letters) } }

  @Test("are told apart by what stands before, with every kernel")
  func crowded() throws {
    var hits = 0
    for seed in UInt64(1)...30 {
      var generator = SeededGenerator(seed)
      let ends = Self.ends.map { Array($0.utf8) }.filter { _ in !generator.chance(3) }
      guard !ends.isEmpty else { continue }
      // From none crowded to gates behind gates.
      let beginnings = [4, 12, 13, 60, 400][Int(seed % 5)]
      // With none that is longer, an end that is known as far as a block shows is crowded and does not go on.
      let longest = UInt64([5, 14, 30][Int(seed % 3)])
      // Some share what stands next to the end, and have to be told apart farther on.
      let stems = (0..<3).map { _ in Self.beginning(&generator, Int(generator.next() % 12)) }
      var texts: [[UInt8]] = []
      for end in ends {
        for _ in 0..<beginnings { texts.append(Self.beginning(&generator, Int(generator.next() % longest)) + (longest > 5 && generator.chance(2) ? generator.pick(stems) : []) + end) }
      }
      let indicators = texts.compactMap { text in
        (try? Canonicalizer.canonicalize(String(decoding: text, as: UTF8.self), as: .mutex)).map { Indicator(observable: $0.pinned, feeds: ["list"]) }
      }
      var log: [UInt8] = []
      while log.count < 30_000 {
        var text = generator.chance(3) ? Self.beginning(&generator, Int(generator.next() % 20)) + generator.pick(stems) + generator.pick(ends) : generator.pick(texts)
        if generator.chance(3), !text.isEmpty { text[Int(generator.next() % UInt64(text.count))] = generator.pick(Self.letters) }
        log += text + generator.pick([" ", "\n", ",", "", "\"", " b"]).utf8
      }
      let index = try makeIndex(indicators)
      var reference = ReferenceMatcher(index)
      let expected = reference.hits(in: log)
      for kernel in kernels {
        var fast = FastMatcher(index, kernel: kernel)
        let found = fast.hits(in: log)
        #expect(found == expected, "seed \(seed), kernel \(kernel):\n\(difference(found, expected, index, log))")
      }
      hits += expected.count
    }
    #expect(hits > 5000)
  }

  /// The walk of the index asks the filter too; a list has none.
  @Test("and by a matcher without an index")
  func withoutIndex() throws {
    var generator = SeededGenerator(7)
    let end = Array("like Gecko".utf8)
    let texts = Set((0..<300).map { _ in Self.beginning(&generator, 2 + Int(generator.next() % 14)) + end })
    let indicators = texts.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { text in
      (try? Canonicalizer.canonicalize(String(decoding: text, as: UTF8.self), as: .mutex)).map { Indicator(observable: $0.pinned, feeds: ["list"]) }
    }
    let log = Array(texts.joined(separator: [0x0a])) + [0x0a]
    var list = ReferenceMatcher(indicators)
    let index = try makeIndex(indicators)
    var fast = FastMatcher(index)
    func seen(_ hits: [RawHit], _ value: (Int) -> String?) -> Set<String> { Set(hits.map { "\($0.range) \(value($0.entry) ?? "")" }) }
    let expected = seen(list.hits(in: log)) { indicators[$0].value }
    #expect(seen(fast.hits(in: log)) { index.indicator(at: $0)?.value } == expected)
    #expect(expected.count > 250)
  }
}
