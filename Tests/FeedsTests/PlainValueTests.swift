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

    mutating func hexadecimal(_ count: Int) -> String { String((0..<count).map { _ in pick(Array("0123456789abcdef")) }) }

    mutating func address6() -> String {
      let groups = (0..<pick([8, 8, 8, 7, 3, 2, 9])).map { _ in pick(["0", "0", "1", "db8", "2001", "fe80", "ff02", "ABCD", "00a1", "12345", "", "203.0.113.9", "ffff"]) }
      return pick(["", "", "::", ":", "::ffff:"]) + groups.joined(separator: pick([":", ":", ":", "::"])) + pick(["", "", "", "::", "%eth0"])
    }

    mutating func network() -> String {
      if next(3) == 0 { return pick(["203.0.113.0", "10.0.0.0", "2a00:1::", "fc00::", "2a00:1:0::"]) + "/" + pick(["8", "24", "31", "32", "48", "128"]) }
      return (next(2) == 0 ? address() : address6()) + "/" + pick(["8", "12", "16", "24", "28", "32", "33", "48", "64", "96", "112", "127", "128", "129", "0", "024", "255.255.255.0", "", "-1"])
    }

    mutating func mailbox() -> String {
      if next(2) == 0 { return pick(["user", "A.User", "a-b", "x+tag"]) + "@" + pick(["evil", "a-b", "-a"]) + "." + pick(["example", "com", "co.uk", "zip"]) }
      let atoms = (0..<pick([1, 1, 2, 3])).map { _ in pick(["user", "A.User", "first", "x+tag", "a-b", "t_1_2", "cve", "hk", "0x1", "mailto:a", "\"q\"", "", "a/b", "as1", "o'b", "é", String(repeating: "l", count: 63)]) }
      return atoms.joined(separator: pick([".", ".", "_"])) + pick(["@", "@", "@", "@@", "@["]) + name()
    }

    /// Right ones, of which a third has a letter changed.
    mutating func wallet() -> String {
      var text: String
      switch next(7) {
      case 0, 1:
        let payload = [pick([0x00, 0x05, 0x41, 0x1E, 0x4C, 0x30, 0x6F] as [UInt8])] + (0..<pick([20, 20, 20, 19, 21])).map { _ in UInt8(next(256)) }
        text = String(decoding: Base58.checkedDigits(of: payload), as: UTF8.self)
      case 2:
        text = "0x" + hexadecimal(pick([40, 40, 40, 39, 64]))
        if next(2) == 0, let observable = try? Canonicalizer.canonicalize(text, as: .evm) { text = observable.canonical }
      case 3: text = pick(["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6kdcjrs20cac6yqjjwudpxqkedrcr", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"])
      case 4: text = pick(["1111111111111111111114oLvT2", "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "0x000000000000000000000000000000000000dEaD", "0x0000000000000000000000000000000000000001", "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"])
      case 5: text = String(decoding: Base58.checkedDigits(of: [0] + (0..<20).map { _ in UInt8(next(256)) }, alphabet: .ripple), as: UTF8.self)
      default: text = run("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", [26, 32, 33, 34, 42, 44])
      }
      if next(3) == 0, !text.isEmpty {
        let place = text.index(text.startIndex, offsetBy: next(text.count))
        text.replaceSubrange(place...place, with: pick(["a", "A", "1", "0", "l", "z", ".", ""]))
      }
      return text
    }

    mutating func text() -> String {
      let host = next(3) == 0 ? address() : name()
      switch next(16) {
      case 10: return address6()
      case 11: return network()
      case 12, 13: return mailbox()
      case 14, 15: return wallet()
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
    var read: [IndicatorType: Int] = [:]
    for _ in 0..<20_000 {
      let text = texts.text()
      guard Refang.isPlain(text) else { continue }
      plain += 1
      let grammar = Refang.refangByGrammar(text)
      #expect(!grammar.changed && grammar.output == text, "\(text) is not plain: \(grammar)")
      guard let short = Canonicalizer.canonicalReading(of: text) else { continue }
      read[short.type, default: 0] += 1
      #expect(Canonicalizer.readings(of: text) == [short], "\(text)")
    }
    // The comparison must not run empty.
    #expect(plain > 2_000)
    for type in [.ipv4, .ipv4Port, .ipv6, .cidr, .domain, .url, .email, .btc, .evm, .tron, .md5, .sha1, .sha256] as [IndicatorType] {
      #expect(read[type, default: 0] > 4, "\(type): \(read)")
    }
  }

  /// Our own encoder against arithmetic on digits, and back.
  @Test func base58ComesBack() throws {
    var texts = Texts(state: 3)
    for count in 1...60 {
      for _ in 0..<20 {
        let payload = [UInt8](repeating: 0, count: texts.next(4)) + (0..<count).map { _ in UInt8(texts.next(256)) }
        let text = Base58.checkedDigits(of: payload)
        #expect(Base58.decodeChecked(text[...]).map { Array($0) } == payload)
        // By hand: the digits of the number, least first.
        var bytes = payload + Array(SHA256.digest(SHA256.digest(payload)).prefix(4))
        let zeros = bytes.prefix { $0 == 0 }.count
        var digits: [UInt8] = []
        while bytes.contains(where: { $0 != 0 }) {
          var remainder = 0
          for index in bytes.indices {
            let value = remainder << 8 | Int(bytes[index])
            bytes[index] = UInt8(value / 58)
            remainder = value % 58
          }
          digits.append(Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)[remainder])
        }
        #expect(text == Array(repeating: 0x31, count: zeros) + digits.reversed())
      }
    }
  }

  @Test(arguments: [
    nil, "url", "domain", "hostname", "ip", "ip:port", "ip-dst|port", "md5", "hash", "sha256_hash", "sha1", "email", "filename", "user agent", "imphash", "wallet", "file", "ipv6", "subnet", "btc", "eth",
    "tron", "usdt",
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
      #expect(Canonicalizer.readings(of: text) == [short], "\(text)")
    }
    #expect(read > 20)
  }
}
