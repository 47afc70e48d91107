import Feeds
import Foundation
import Indicators
import Rules
import Testing

/// The short ways of plain values against the long ones: wherever a short way answers, it answers the same.
@Suite struct PlainValueTests {
  /// Values, near-values and pieces of defanging, glued together and mangled.
  private struct Texts {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[next(values.count)] }
    mutating func run(_ alphabet: String, _ lengths: [Int]) -> String { String((0..<pick(lengths)).map { _ in pick(Array(alphabet)) }) }

    mutating func name() -> String {
      let labels = (0..<(1 + next(3))).map { _ in pick(["evil", "www", "a-b", "x--y", "xn--bcher-kva", "1", "cve", "hk", "as1", "asn", "0x1f", "-", "a_b", "t", "update", ""]) }
      return (labels + [pick(["example", "com", "ru", "co.uk", "github.io", "onion", "zip", "py", "exe", "eth", "notatld", "localhost", "12", "com.", "xn--zckzah", "linkedin.com", "github.com"])]).joined(separator: ".")
    }

    mutating func address() -> String { (0..<pick([4, 4, 4, 3, 5])).map { _ in pick(["1", "0", "10", "127", "192", "203", "255", "256", "01", "113", "8"]) }.joined(separator: ".") }

    mutating func text() -> String {
      let host = next(3) == 0 ? address() : name()
      switch next(10) {
      case 0: return run("0123456789abcdef", [31, 32, 40, 42, 56, 62, 64, 96, 128])
      case 1: return run("0f", [32, 40, 64]) + pick(["", "g", "F"])
      case 2: return address()
      case 3: return address() + pick([":", ":0", ":80", ":080", ":65535", ":65536", ":8080x", "/24"])
      case 4: return host
      case 5...7:
        return pick(["http", "https", "hxxp", "HTTP", "httpx", "ftp", "ttp", "h**p"]) + pick(["://", "://", "://", ":///", "[:]//", "__", ":"]) + host + pick(["", ":80", ":443", ":8080", ":0", ":99999"])
          + pick(["", "/", "/a/b.php?id=1", "/.", "/../x", "/a__b", "?q=1", "/a?", "/a?b?c", "/%20", "/a;b", "/x(1)", "/http://two.example/", "/a.", "/a,", "/é"])
      case 8: return pick(["user@", "+", "+", "'", "(", "a.b, ", "", "|", "T1"]) + host + pick(["", "+", "[.]com", ";", "\\.com", ")", " #", "!", "…", "..."])
      default: return run("abcdef0123456789.-_:/@[](){}\\ ,;&#x*+%", [1, 4, 8, 20, 40])
      }
    }
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>) func shortAndLongWaysAgree(seed: UInt64) throws {
    var texts = Texts(state: seed)
    var plain = 0
    var read = 0
    for _ in 0..<20_000 {
      let text = texts.text()
      guard Refang.isPlain(text) else { continue }
      plain += 1
      let grammar = Refang.refangByGrammar(text)
      #expect(!grammar.changed && grammar.output == text, "\(text) is not plain: \(grammar)")
      guard let short = Canonicalizer.canonicalReading(of: text) else { continue }
      read += 1
      #expect(Canonicalizer.readings(of: text).first == short, "\(text)")
    }
    // The comparison must not run empty.
    #expect(plain > 2_000 && read > 1_000, "\(plain) plain, \(read) read")
  }

  @Test(arguments: [
    nil, "url", "domain", "hostname", "ip", "ip:port", "ip-dst|port", "md5", "hash", "sha256_hash", "sha1", "email", "filename", "user agent", "imphash", "wallet", "file",
  ]) func labelsAreHonouredAlike(label: String?) throws {
    var texts = Texts(state: 99)
    for _ in 0..<4_000 {
      let text = texts.text()
      let value = label.map { FeedRow.Value(text, labelled: $0) } ?? FeedRow.Value(text)
      guard let short = ValueReader.plain(value) else { continue }
      guard case .success(let readings) = ValueReader.read(value) else {
        Issue.record("the long way refuses \(text) under \(label ?? "no label")")
        continue
      }
      #expect(readings.count == 1 && readings[0].observables == [short] && readings[0].mislabelled == false, "\(text) under \(label ?? "no label"): \(readings)")
    }
  }

  /// A line in quotes goes the long way; what is said of its value must not hang on that.
  @Test(arguments: ["", "tags: [a, b]\ntlp: green\nconfidence: 70\nactors: [brown otter]\nvalid-for: {domain: 10d}\nmatch: {domain: exact}\nreference: https://feed.example/"])
  func bareRowsSayWhatOthersSay(settings: String) throws {
    var texts = Texts(state: 5)
    let lines = (0..<4_000).map { _ in texts.text() }.filter { text in
      !text.isEmpty && text.utf8.allSatisfy { 0x21...0x7E ~= $0 } && !"#;/!'\"`".contains(text.prefix(1))
    }
    let yaml = "format: plain\n" + settings
    let bare = try FeedTestSupport.read((["first.example"] + lines).joined(separator: "\n").utf8, yaml)
    let quoted = try FeedTestSupport.read((["first.example"] + lines.map { "\"\($0)\"" }).joined(separator: "\n").utf8, yaml)
    func unnamed(_ rows: [FeedIndicator]) -> [FeedIndicator] {
      rows.map { row in
        var row = row
        row.row = nil
        return row
      }
    }
    #expect(bare.indicators.count > 500 && bare.rejected.count > 100)
    for (one, other) in zip(unnamed(bare.indicators), unnamed(quoted.indicators)) { #expect(one == other) }
    #expect(bare.indicators.count == quoted.indicators.count)
    #expect(bare.reasons == quoted.reasons && bare.rejected.map(\.line) == quoted.rejected.map(\.line))
  }

  /// Whatever a cell holds comes back out of its quotes.
  @Test func quotedCellsComeBack() throws {
    var texts = Texts(state: 11)
    let notes = (0..<2_000).map { _ in "x" + texts.run("a,;\" \n|#b", [0, 1, 2, 5, 12]) + "y" }
    let body = "indicator,description,last_seen\n" + notes.enumerated().map { place, note in
      "host\(place).example,\"\(note.replacingOccurrences(of: "\"", with: "\"\""))\",2026-11-\(10 + place % 7)\n"
    }.joined()
    let reading = try FeedTestSupport.read(body.utf8, "format: csv", warninglists: Warninglists.none)
    #expect(reading.indicators.map(\.provenance.description) == notes)
    #expect(reading.indicators.map(\.provenance.lastSeen) == notes.indices.map { Timestamp(parsing: "2026-11-\(10 + $0 % 7)") })
  }

  @Test func rowsOfRealFixturesAgree() throws {
    // Every input of the vectors of canonical forms.
    let lines = try String(contentsOf: FeedTestSupport.root.appendingPathComponent("Tests/Fixtures/names/canonical.jsonl"), encoding: .utf8).split(separator: "\n")
    var read = 0
    for line in lines {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      guard let text = object?["input"] as? String, Refang.isPlain(text) else { continue }
      #expect(!Refang.refangByGrammar(text).changed, "\(text)")
      guard let short = Canonicalizer.canonicalReading(of: text) else { continue }
      read += 1
      #expect(Canonicalizer.readings(of: text).first == short, "\(text)")
    }
    #expect(read > 20)
  }
}
