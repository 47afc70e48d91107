import Indicators
import Matching
import Testing

@Suite("The fast matcher finds what the reference finds")
struct FastMatcherTests {
  private let index: IndicatorIndex
  private let inOrder: [Indicator]

  init() throws {
    let index = try makeIndex(RandomLog.indicators)
    self.index = index
    inOrder = (0..<index.count).compactMap { index.indicator(at: $0) }
  }

  @Test("in random text of every size, with every kernel")
  func random() {
    var hits = 0
    var entries: Set<Int> = []
    for seed in UInt64(1)...120 {
      var log = RandomLog(seed: seed)
      let text = log.text([40, 200, 1000, 9000, 30_000][Int(seed % 5)])
      let expected = hitsOfAll(text, "seed \(seed)")
      hits += expected.count
      entries.formUnion(expected.map(\.entry))
    }
    // A comparison of nothing with nothing would pass too.
    #expect(hits > 5000)
    #expect(entries.count == index.count)
  }

  /// What a set lacks switches lanes and short ways on and off: those of names, when nothing of a service is listed.
  @Test("whatever part of the indicators is listed")
  func parts() throws {
    var hits = 0
    for seed in UInt64(1)...60 {
      var generator = SeededGenerator(seed)
      let share = 1 + Int(generator.next() % 9)
      let (hasServices, hasLiterals) = (generator.chance(2), generator.chance(2))
      let part = RandomLog.indicators.filter { indicator in
        switch indicator.type {
        case .npm, .pypi, .githubRepository, .githubAccount, .telegram: hasServices && Int(generator.next() % 10) < share
        case .cve, .filename, .pathWindows, .pathPOSIX, .registry, .mutex, .userAgent: hasLiterals && Int(generator.next() % 10) < share
        default: Int(generator.next() % 10) < share
        }
      }
      let index = try makeIndex(part)
      var log = RandomLog(seed: seed)
      let text = log.text([200, 1000, 9000][Int(seed % 3)])
      var reference = ReferenceMatcher(index)
      let expected = reference.hits(in: text)
      hits += expected.count
      var fast = FastMatcher(index)
      let found = fast.hits(in: text)
      #expect(found == expected, "seed \(seed):\n\(difference(found, expected, index, text))")
    }
    #expect(hits > 500)
  }

  @Test("in floods of one kind of token, with every kernel")
  func floods() {
    var hits = 0
    for seed in UInt64(1)...150 {
      var log = RandomLog(seed: seed)
      let text = log.flood([300, 3000, 9000, 20_000][Int(seed % 4)])
      hits += hitsOfAll(text, "seed \(seed)").count
    }
    #expect(hits > 1500)
  }

  @Test("in lines full of hosts, with their paths near and far, with every kernel")
  func hostsAndPaths() {
    let hosts = [
      "shared.example", "host.example", "host.example:8080", "evil.example", "files.example", "[2001:db8::77]", "[2001:db8::78]:80", "github.com",
      "a.shared.example", "192.0.2.55",
    ]
    let paths = ["/x", "/files/loader.bin", "/drop/", "/p", "/", "/a/b.php?id=1", "/i", "/x.bin", "\"\\/x\"", "//x", "/other", "/owner/repo", "a/b"]
    var hits = 0
    for seed in UInt64(1)...80 {
      var generator = SeededGenerator(seed)
      // How often a path stands there, a line ends, and much else stands between.
      let paths = generator.chance(2) ? paths : paths + Array(repeating: "-", count: 200)
      let (lines, gaps) = (2 + Int(generator.next() % 60), 3 + Int(generator.next() % 30))
      let separator = generator.pick([" ", "\t", ",", "=", "|"])
      var text = ""
      while text.utf8.count < 12_000 {
        text += generator.chance(2) ? generator.pick(hosts) : generator.pick(paths)
        text += generator.chance(lines) ? "\n" : separator
        if generator.chance(gaps) { text += String(repeating: "gap ", count: Int(generator.next() % 300)) + separator }
      }
      hits += hitsOfAll(Array(text.utf8), "seed \(seed)").count
    }
    #expect(hits > 1500, "only \(hits) hits")
  }

  /// What the reference finds, to which every kernel is held.
  private func hitsOfAll(_ text: [UInt8], _ name: String) -> [RawHit] {
    var reference = ReferenceMatcher(index)
    let expected = reference.hits(in: text)
    for kernel in kernels {
      var fast = FastMatcher(index, kernel: kernel)
      let found = fast.hits(in: text)
      #expect(found == expected, "\(name), kernel \(kernel):\n\(difference(found, expected, index, text))")
    }
    return expected
  }

  @Test("escapes at every distance from what they stand in and from the text's end")
  func escapesAtEveryDistance() {
    let escaped = [
      #"evil\u002eexample"#, #"ev\x69l\x2Eexample"#, #"http:\/\/shared.example\/x"#, "evil%2Eexample", "%65vil.example%2", "evil%2eexample%zz",
      #"\u00e9 \ud83d\ude00 \ud83d \u20ac\nevil\u002eexample"#, #"\\\"evil\\u002eexample\\\""#, #"a\b\c\u00zz\x4\/evil.example"#,
      #"evil\u002eexample\u001b[0m"#, #"%5cu002e evil%5cu002eexample"#,
    ]
    var hits = 0
    // As made anew they would be most of what this takes.
    var (reference, fast) = (ReferenceMatcher(index), FastMatcher(index))
    for (number, text) in escaped.enumerated() {
      for before in 0..<140 {
        let pad = String(repeating: "a", count: before) + (number % 2 == 0 ? " " : "/")
        let behind = String(repeating: "z", count: (before * 7 + number) % 140)
        for line in ["\"\(pad)\(text)\"\(behind)", "\(pad)\(text) \(behind)\n", "\(text)\(pad)\(text)\"\(behind)\"\(text)"] {
          let expected = reference.hits(in: line)
          let found = fast.hits(in: line)
          #expect(found == expected, "\(line):\n\(difference(found, expected, index, Array(line.utf8)))")
          hits += expected.count
        }
      }
    }
    #expect(hits > 5000, "only \(hits) hits")
  }

  @Test("marks that the grammar may undo beside others that it undoes, and what no mark touches")
  func mixedMarks() {
    for text in [
      "hxxp://a1(dot)example/x\"~/(dot)cache/kworker\"", "a1 dot com evil.example", "a1 dot com\nevil[.]example\nb2 dot com", "evil dot example dot com user[at]evil dot example",
      "evil\\.example.net evil\\.example", "evil [.] example [.] net evil [.] example", "a\u{200b}1 evil[.]example\nevil dot example\nev\u{ad}il[.]example",
      "hxxp://0xc0000201/x dot com", "hxxp[:]//3221225985 dot com", "a1 dot com hxxp://shared.example/x", "see mallory at mail dot example @",
    ] {
      for text in [text, String(repeating: "a9 dot com a9 dot com\n", count: 10) + text + "\n", String(repeating: "- ", count: 40) + text] {
        _ = hitsOfAll(Array(text.utf8), text)
      }
    }
  }

  @Test("what ends a sentence or names another scheme, where no package or repository is listed")
  func closeCalls() throws {
    let urls = ["http://shared.example/x", "ftp://shared.example/f.exe", "http://shared.example/.well-known/y"]
    let index = try makeIndex(urls.compactMap { try? Canonicalizer.canonicalize($0, as: .url) }.map { Indicator(observable: $0) })
    for (text, count) in [
      ("see http://shared.example/x.? for more", 1), ("get ftp://shared.example/f.exe now", 1), ("get http://shared.example/f.exe now", 0),
      ("CONNECT shared.example:443 HTTP/1.1", 0), ("shared.example:8080/x", 0), ("//shared.example/x", 1), ("user@shared.example/x", 0),
      ("http://user@shared.example/.well-known/y", 1), ("http://shared.example/a/../x", 1), ("shared.example/x", 1),
    ] {
      let bytes = Array((String(repeating: "- ", count: 20) + text).utf8)
      var reference = ReferenceMatcher(index)
      var fast = FastMatcher(index)
      #expect(reference.hits(in: bytes).count == count && fast.hits(in: bytes) == reference.hits(in: bytes), "\(text)")
    }
  }

  @Test("texts of all lengths that share their ends with each other and with what the log is full of")
  func sharedEnds() throws {
    let words = ["Global", "svc", "a", "7", "Run", "evil", "index", "html", "Mozilla", "5.0", "x64", "é", "abcdefghijkl"]
    let marks = ["\\", "/", " ", "-", "_", ".", "(", ")", "; ", "{", "\"", ": "]
    var hits = 0
    for seed in 0..<12 as Range<UInt64> {
      var generator = SeededGenerator(7000 + seed)
      func text(_ pieces: Int) -> String { (0..<pieces).map { _ in generator.pick(words) + generator.pick(marks) }.joined() }
      // Ends of one another: the shorter ones are what the longer ones end in, or nearly.
      let longest = (0..<6).map { _ in text(30) }
      var values: Set<String> = []
      for _ in 0..<150 {
        let whole = generator.pick(longest)
        let end = String(whole.suffix(5 + Int(generator.next() % 150)))
        values.insert(generator.chance(3) ? "Zq" + end : end)
      }
      let types: [IndicatorType] = [.mutex, .filename, .pathPOSIX, .registry, .userAgent]
      let indicators = values.sorted().compactMap { try? Canonicalizer.canonicalize($0, as: generator.pick(types)) }.map { Indicator(observable: $0) }
      let index = try makeIndex(indicators)
      var log = ""
      for _ in 0..<250 { log += generator.chance(2) ? generator.pick(longest) + "\n" : generator.pick(values.sorted()) + generator.pick(marks) + text(2) + "\n" }
      var reference = ReferenceMatcher(index)
      var fast = FastMatcher(index)
      let expected = reference.hits(in: log)
      hits += expected.count
      #expect(fast.hits(in: log) == expected, "seed \(seed)")
    }
    #expect(hits > 2000, "only \(hits) hits")
  }

  @Test("of several ports of a host, the one that stands there")
  func severalPorts() throws {
    let values: [(IndicatorType, String)] = [
      (.ipv4Port, "203.0.113.7:443"), (.ipv4Port, "203.0.113.7:8443"), (.domainPort, "c2.example:443"), (.domainPort, "c2.example:8443"),
      (.ipv6Port, "[2001:db8::7]:443"), (.ipv6Port, "[2001:db8::7]:8443"),
    ]
    let index = try makeIndex(values.map { Indicator(observable: try Canonicalizer.canonicalize($0.1, as: $0.0)) })
    for host in ["203.0.113.7", "c2.example", "[2001:db8::7]"] {
      for (port, modes) in [("443", ["exact"]), ("8443", ["exact"]), ("1", ["weak"])] {
        let bytes = Array((String(repeating: "- ", count: 20) + "to \(host):\(port) out").utf8)
        var reference = ReferenceMatcher(index)
        var fast = FastMatcher(index)
        #expect(reference.hits(in: bytes).map(\.mode.rawValue) == modes && fast.hits(in: bytes) == reference.hits(in: bytes), "\(host):\(port)")
      }
    }
  }

  @Test("IPv6 addresses read without arrays are those read with them")
  func plainIPv6() throws {
    var generator = SeededGenerator(6)
    var read = 0
    for _ in 0..<200_000 {
      let pieces = ["::", ":", "0", "1", "ff", "g", "Z", "p1", "db8", "2001", "ABCD", "12345", "", "a"]
      let text = (0..<Int(2 + generator.next() % 18)).map { $0 % 2 == 1 && !generator.chance(5) ? ":" : generator.pick(pieces) }.joined()
      let bytes = Array(text.utf8)
      let address = bytes.withUnsafeBytes { AddressText.plainIPv6($0) }
      let observable = try? Canonicalizer.canonicalize(text, as: .ipv6)
      let behind = Array("....".utf8) + bytes
      let colons = bytes.enumerated().reduce(0 as UInt64) { $1.offset < 64 && $1.element == 0x3a ? $0 | 1 << UInt64($1.offset) : $0 }
      let byGroups = bytes.count <= 39 ? behind.withUnsafeBytes { AddressText.plainIPv6($0, colons: colons) } : nil
      #expect(byGroups?.high == address?.high && byGroups?.low == address?.low, "\(text)")
      // Mapped addresses are IPv4 to the canonicaliser.
      guard address.map({ !($0.high == 0 && $0.low >> 32 == 0xffff) }) ?? true else { continue }
      #expect((address != nil) == (observable != nil), "\(text)")
      guard let address, let observable else { continue }
      read += 1
      let again = Array(observable.match.utf8).withUnsafeBytes { AddressText.plainIPv6($0) }
      #expect(again?.high == address.high && again?.low == address.low, "\(text)")
    }
    #expect(read > 1000)
  }

  @Test("the mapped index answers as plain dictionaries do")
  func dictionaries() {
    for seed in UInt64(1000)...1060 {
      var log = RandomLog(seed: seed)
      let text = log.text(400)
      var mapped = ReferenceMatcher(index)
      var listed = ReferenceMatcher(inOrder)
      let (found, expected) = (mapped.hits(in: text), listed.hits(in: text))
      #expect(found == expected, "seed \(seed):\n\(difference(found, expected, index, text))")
    }
  }

  @Test("wherever a token stands to the borders of words and blocks")
  func borders() {
    var reference = ReferenceMatcher(index)
    // The first text that holds enough.
    let pieces = (UInt64(77)...100).lazy.map { seed in
      var log = RandomLog(seed: seed)
      return Array("\n".utf8) + log.text(700)
    }
    guard let piece = pieces.first(where: { reference.hits(in: $0).count > 10 }) else {
      Issue.record("no text holds anything")
      return
    }
    let expected = reference.hits(in: piece)
    for before in Array(0...130) + FastMatcher.blockBorders.flatMap({ ($0 - 760)...($0 + 70) }) {
      let text = [UInt8](repeating: 0x0a, count: before) + piece
      var fast = FastMatcher(index)
      let found = fast.hits(in: text).map { hit in
        var moved = hit
        moved.range = (hit.range.lowerBound - before)..<(hit.range.upperBound - before)
        return moved
      }
      #expect(found == expected, "\(before) bytes before")
    }
  }

  @Test("however the lines are cut into chunks")
  func chunks() {
    var log = RandomLog(seed: 5)
    let text = log.text(20_000)
    var fast = FastMatcher(index)
    let whole = fast.hits(in: text)
    for size in [1, 100, 4096, 8192, 8193, 10_000] {
      var found: [RawHit] = []
      var start = 0
      while start < text.count {
        var end = min(text.count, start + size)
        while end < text.count, text[end - 1] != 0x0a { end += 1 }
        found += fast.hits(in: Array(text[start..<end])).map { hit in
          var moved = hit
          moved.range = (hit.range.lowerBound + start)..<(hit.range.upperBound + start)
          return moved
        }
        start = end
      }
      #expect(found == whole, "chunks of \(size)")
    }
  }

  @Test("kernels agree on every byte beside every other")
  func kernelsAgree() {
    var generator = SeededGenerator(3)
    var text: [UInt8] = []
    for first in 0..<256 { for second in stride(from: 0, to: 256, by: 5) { text += [UInt8(first), UInt8(second)] } }
    for _ in 0..<20_000 { text.append(generator.pick(Array("aAxXdDoOtT.[](){}\\%:@-_0 \n\u{e9}".utf8))) }
    let expected = FastMatcher.masks(of: text, kernel: 0)
    #expect(expected.count == (text.count / 64) * 8)
    for kernel in kernels { #expect(FastMatcher.masks(of: text, kernel: kernel) == expected, "kernel \(kernel)") }
  }

  @Test("a URL's short way to its key agrees with the canonicaliser")
  func plainKeys() {
    let parts = [
      "http://", "https://", "HTTP://", "ftp://", "", "evil.example", "EVIL.example", "a_b.example", "x.com", "1.2.3.4", "0x7f.1", "a..b", ".", "-a.com",
      "xn--a.com", "/", "//", "/./", "/..", "/.x", "a", "B", "?", "?q", "=", "&", "%41", "+", "'", "(", ")", "*", "!", "$", ",", ";", ":", "@", ":80", "#",
      "~", "^", "|", "co", "1a", "9",
    ]
    var generator = SeededGenerator(7)
    var plain = 0
    for _ in 0..<20_000 {
      var text = ""
      for _ in 0..<(1 + Int(generator.next() % 7)) { text += generator.pick(parts) }
      guard let key = LogURL.plainKey(Array(text.utf8)) else { continue }
      plain += 1
      guard let canonical = (try? Canonicalizer.canonicalize(text, as: .url))?.match else { continue }
      #expect(String(decoding: key, as: UTF8.self) == canonical, "\(text)")
    }
    #expect(plain > 400)
  }
}
