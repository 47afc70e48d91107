import Indicators
import Matching
import Testing

@Suite("A log in UTF-16")
struct UTF16ComparisonTests {
  private struct Found: Hashable {
    var value: String
    var mode: MatchMode
    var offset: Int
    var length: Int
  }

  /// The same text twice: what is found in UTF-8 must be found in UTF-16 of either order, at the places where it stands there.
  @Test("holds what the same text holds in UTF-8, at its own places")
  func random() throws {
    let index = try makeIndex(RandomLog.indicators)
    var hits = 0
    for seed in UInt64(1)...40 {
      var log = RandomLog(seed: seed)
      // Newlines alone end lines in both; a mark at the beginning would be one of order.
      let text = "log " + String(decoding: log.text([300, 3000, 20_000][Int(seed % 3)]), as: UTF8.self) + "\n"
      let units = unitOffsets(text)
      let expected = Set(
        try find(Array(text.utf8), index).compactMap { found -> Found? in
          guard let start = units[found.offset], let end = units[found.offset + found.length] else { return nil }
          return Found(value: found.value, mode: found.mode, offset: 2 + 2 * start, length: 2 * (end - start))
        })
      hits += expected.count
      for isLittle in [true, false] {
        let bytes = ([0xfeff] + Array(text.utf16)).flatMap { unit -> [UInt8] in
          let pair = [UInt8(unit & 0xff), UInt8(unit >> 8)]
          return isLittle ? pair : pair.reversed()
        }
        let found = try find(bytes, index)
        #expect(found == expected, "seed \(seed), little-endian \(isLittle): \(found.symmetricDifference(expected))")
      }
    }
    #expect(hits > 2000)
  }

  private func find(_ bytes: [UInt8], _ index: IndicatorIndex) throws -> Set<Found> {
    let folder = Folder()
    let path = folder.write(bytes, to: "a.log")
    let scan = LogScan(matcher: { FastMatcher(index) }, indicator: { index.indicator(at: $0) }, options: LogScan.Options(now: Bench.now))
    var found: Set<Found> = []
    _ = try scan.run([path], store: MemoryStore()) { batch in
      for sighting in batch.sightings {
        found.insert(Found(value: sighting.indicator.value, mode: sighting.match.mode, offset: sighting.match.offset, length: sighting.match.length))
      }
    }
    return found
  }

  /// For every offset of a scalar in UTF-8, the number of UTF-16 units before it.
  private func unitOffsets(_ text: String) -> [Int: Int] {
    var offsets: [Int: Int] = [:]
    var (bytes, units) = (0, 0)
    for scalar in text.unicodeScalars {
      offsets[bytes] = units
      bytes += UTF8.width(scalar)
      units += UTF16.width(scalar)
    }
    offsets[bytes] = units
    return offsets
  }
}
