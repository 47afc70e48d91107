import Foundation
import Indicators
import Testing

import Matching

/// The builder's short way writes the same bytes as its long way.
@Suite struct IndexShortWayTests {
  @Test(arguments: 1...4 as ClosedRange<UInt64>) func sameFile(seed: UInt64) throws {
    var generator = SeededGenerator(seed)
    var indicators: [Indicator] = []
    func add(_ type: IndicatorType, _ text: String) {
      guard let observable = try? Canonicalizer.canonicalize(text, as: type) else { return }
      var indicator = Indicator(observable: observable, feeds: [generator.chance(3) ? "one" : "two"], confidence: 40 + Int(generator.next() % 3))
      if generator.chance(20) { indicator.mode = generator.pick(MatchMode.allCases) }
      if generator.chance(4) { indicator.references = ["https://report.example/\(generator.next() % 9)"] }
      indicators.append(indicator)
    }
    for (type, text) in RandomLog.observables { add(type, text) }
    let labels = ["evil", "www", "cdn", "a-b", "x_y", "xn--bcher-kva", "1"]
    let tops = ["example", "com", "co.uk", "github.io", "ru"]
    for _ in 0..<6_000 {
      let number = generator.next() % 4_000
      let host = "\(generator.pick(labels)).n\(number).\(generator.pick(tops))"
      let address = "203.0.\(number % 200).\(number % 251)"
      let path = generator.pick(["/", "/a", "/a?id=1", "/?x", "/d/?y=2", ":8080/p?q", "/drop/"])
      let group = String(number, radix: 16)
      switch generator.next() % 14 {
      case 0: add(.domain, host)
      case 1: add(.url, "http://\(host)\(path)")
      case 2: add(.url, "https://\(address)\(path)")
      case 3: add(.ipv4, address)
      case 4: add(.sha256, String(repeating: String(number % 10), count: 3) + String((0..<61).map { _ in generator.pick(Array("0123456789abcdef")) }))
      case 5: add(.ipv4Port, "\(address):443")
      case 6: add(.ipv6, generator.pick(["2001:db8::\(group)", "2001:db8:1:2:3:4:5:\(group)", "\(group)::1", "::ffff:\(address)", "::"]))
      case 7: add(.cidr, generator.pick(["\(address)/\(16 + number % 17)", "198.51.0.0/\(8 + number % 25)", "2001:db8:\(group)::/\(32 + number % 97)", "::ffff:203.0.113.0/120"]))
      case 8: add(.email, generator.pick(["user\(number)@\(host)", "User.\(number)@\(host)", "u@[\(address)]", "\"a b\"@\(host)"]))
      case 9: add(.evm, "0x" + String(repeating: group, count: 40).prefix(40))
      case 10:
        let payload = [generator.pick([0x00, 0x05, 0x41] as [UInt8])] + (0..<20).map { UInt8(truncatingIfNeeded: number &* UInt64($0 + 3)) }
        let text = String(decoding: Base58.checkedDigits(of: payload), as: UTF8.self)
        for type in [.btc, .tron] as [IndicatorType] { add(type, text) }
      default: add(.domainWildcard, "*.\(host)")
      }
    }
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("ukai-short-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    func build(_ name: String, quickly: Bool, _ indicators: [Indicator]) throws -> (IndexSummary, Data) {
      var builder = IndexBuilder(path: directory.appendingPathComponent(name).path, secret: [1, 2, 3])
      for indicator in indicators { try builder.add(indicator) }
      let summary = try builder.finish(quickly: quickly)
      return (summary, try Data(contentsOf: directory.appendingPathComponent(name)))
    }
    let short = try build("short.ukx", quickly: true, indicators)
    let long = try build("long.ukx", quickly: false, indicators)
    #expect(short.0 == long.0)
    #expect(short.0.merged > 100 && short.0.indicators > 2_000)
    #expect(short.1 == long.1)
    // Nor does the order of what is added count.
    #expect(try build("turned.ukx", quickly: true, indicators.reversed()).1 == short.1)
    try IndicatorIndex.open(path: directory.appendingPathComponent("short.ukx").path).verify()
  }
}
