import Foundation
import Indicators
import Syntax
import Testing

/// Cases of our own, so that a clone without the shared vectors tests the same rules.
enum NameFixtures {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/names")

  static func rows(_ name: String) throws -> [JSONValue] {
    try Data(contentsOf: folder.appendingPathComponent(name)).split(separator: 0x0A).map { try JSONParser.parse(Array($0)) }
  }
}

@Suite struct NameFixtureTests {
  @Test func everyCanonicalCaseHolds() throws {
    var failures: [String] = []
    for row in try NameFixtures.rows("canonical.jsonl") {
      guard let type = row["type"]?.string.flatMap(IndicatorType.init(rawValue:)), let input = row["input"]?.string else {
        failures.append("\(row.serialized()): unknown type")
        continue
      }
      do throws(Rejection) {
        let found = try Canonicalizer.canonicalize(input, as: type)
        let canonical = row["canonical"]?.string
        let missing = (row["flags"]?.strings ?? []).filter { !found.flags.contains($0) }
        if found.canonical != canonical || found.match != row["match"]?.string ?? canonical || !missing.isEmpty {
          failures.append("\(type.rawValue) \(input): \(found.canonical) match \(found.match) \(found.flags)")
        }
        let again = try Canonicalizer.canonicalize(found.canonical, as: found.type)
        if again.canonical != found.canonical || again.match != found.match { failures.append("\(type.rawValue) \(input): not idempotent") }
      } catch {
        if error.reason != row["reason"]?.string { failures.append("\(type.rawValue) \(input): rejected \(error.reason)") }
      }
    }
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  @Test(arguments: [
    ("https://github.com/Evil/Repo", "github-repo evil/repo"), ("github.com/Evil/Repo", "github-repo evil/repo"), ("github.com/Evil/Repo.git", "github-repo evil/repo"),
    ("github.com/evil/repo/issues/1", "url http://github.com/evil/repo/issues/1"), ("github.com/evil", "url http://github.com/evil"),
    ("github.com/settings/profile", "url http://github.com/settings/profile"), ("github.com.evil.example/a/b", "url http://github.com.evil.example/a/b"),
    ("t.me/Evil_Bot", "telegram evil_bot"), ("https://t.me/+AbCdEf123456", "telegram-invite +AbCdEf123456"), ("t.me/joinchat/AbCdEf123456", "telegram-invite +AbCdEf123456"),
    ("https://t.me/evil_bot/5", "url https://t.me/evil_bot/5"), ("https://www.linkedin.com/company/Evil-Corp/", "linkedin-company linkedin.com/company/evil-corp"),
    ("linkedin.com/in/Jane-Doe", "linkedin-profile linkedin.com/in/jane-doe"), ("linkedin.com/feed/", "url http://linkedin.com/feed/"),
    ("192.0.2.0/24", "cidr 192.0.2.0/24"), ("evil.example/a", "url http://evil.example/a"),
  ])
  func undeclaredAccounts(_ input: String, _ expected: String) throws {
    let found = try Canonicalizer.detect(input)
    #expect("\(found.type.rawValue) \(found.canonical)" == expected)
  }

  @Test func everyRefangCaseHolds() throws {
    var failures: [String] = []
    for row in try NameFixtures.rows("refang.jsonl") {
      guard let input = row["input"]?.string, let expected = row["expected"]?.string else { continue }
      let found = Refang.refang(input)
      if !found.output.unicodeScalars.elementsEqual(expected.unicodeScalars) { failures.append("\(input): \(found.output), expected \(expected)") }
      if found.changed != !input.unicodeScalars.elementsEqual(expected.unicodeScalars) { failures.append("\(input): changed is \(found.changed)") }
      if Refang.refang(found.output).changed { failures.append("\(input): not idempotent") }
    }
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }
}

/// What holds for every text, tried on seeded random ones made of the pieces that the grammars are made of.
@Suite struct NamePropertyTests {
  private struct Random {
    var state: UInt64
    mutating func next(_ limit: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(limit))
    }
  }

  private static let pieces = [
    "a", "Evil", "evil", ".", "..", "[.]", "(dot)", " [.] ", "[.", ".]", "\\.", "[:]", "[://]", "://", "hxxp", "http", "https://", "hxxps", "__", ":", "/", "//", "\\", "@", "[at]", " at ",
    " dot ", "example", ".com", ".example", "192", "0", "2", "1", "255", "xn--", "-", "_", "\u{200B}", "\u{AD}", "\u{2060}", "。", "．", "ü", "例", "ß", "é", "(", ")", "[", "]", "{", "}", "<", ">",
    "\"", "'", "`", "+", "?", "#", "%41", "%2e", "&amp;", "&#46;", ",", ";", " ", "\t", "\n", "\u{0}", "\u{FF}", "😀", "İ", "ı", "K", "ſ", "0x7f", "bc1q", "0x", "CVE-", "AS", "pkg:npm/", "t.me/",
    "*.", "||", "^", "C:\\", "%TEMP%", "HKLM\\", "::", "1:2", "d41d8cd98f00b204e9800998ecf8427e", "\u{202E}", "\u{64B}", "ー", "\u{3099}",
  ]

  private static func texts(_ count: Int, seed: UInt64) -> [String] {
    var random = Random(state: seed)
    return (0..<count).map { _ in (0..<(1 + random.next(9))).map { _ in pieces[random.next(pieces.count)] }.joined() }
  }

  @Test func refangingTwiceIsRefangingOnce() {
    for text in Self.texts(20_000, seed: 0x5EED_1) {
      let once = Refang.refang(text)
      let twice = Refang.refang(once.output)
      #expect(!twice.changed, "\(text.debugDescription) → \(once.output.debugDescription) → \(twice.output.debugDescription)")
    }
  }

  @Test func whatIsDefangedReadsBack() throws {
    for row in try NameFixtures.rows("canonical.jsonl") where ["ipv4", "ipv6", "domain", "url", "email"].contains(row["type"]?.string ?? "") {
      guard let canonical = row["canonical"]?.string, !canonical.contains("@") || row["type"]?.string == "email", !canonical.contains("\"") else { continue }
      let defanged = Refang.defang(canonical)
      #expect(Refang.refang(defanged).output == Refang.refang(canonical).output, "\(canonical) → \(defanged)")
    }
  }

  @Test func canonicalFormsAreTotalAndIdempotent() {
    for (index, text) in Self.texts(6_000, seed: 0x5EED_2).enumerated() {
      let type = IndicatorType.allCases[index % IndicatorType.allCases.count]
      for type in [type, .domain, .url] {
        guard let once = try? Canonicalizer.canonicalize(text, as: type) else { continue }
        let twice = try? Canonicalizer.canonicalize(once.canonical, as: once.type)
        #expect(twice?.canonical == once.canonical && twice?.match == once.match, "\(type.rawValue) \(text.debugDescription): \(once.canonical) → \(twice?.canonical ?? "rejected")")
      }
      _ = Canonicalizer.readings(of: text)
    }
  }

  /// The short way of plain URLs against the long way of all.
  @Test func plainURLsAreReadAsTheStandardReadsThem() {
    var random = Random(state: 0x5EED_3)
    let parts = [
      "evil", ".", "example", ".com", "-", "_", "xn--a", "192.0.2.1", "1.2.3", "0x1", "localhost", ":80", ":443", ":08", ":65536", ":1", "/", "/a", "/./", "/../", "//", "?", "?q=1", "#f", "%41", "%zz", "'",
      "\\", "@", "u:p@", "A", ".example", "~", "|", "{", "..", "/.x", " ", "ü",
    ]
    for _ in 0..<40_000 {
      let text = ["http://", "https://", "HTTP://", "hTTps://", "http:/", "https:"][random.next(6)] + (0..<(1 + random.next(6))).map { _ in parts[random.next(parts.count)] }.joined()
      let short = try? Canonicalizer.url(Array(text.utf8)[...])
      let long = try? Canonicalizer.standardURL(Array(text.utf8)[...])
      #expect(short == long, "\(text): \(short?.canonical ?? "rejected") \(short?.match ?? ""), the long way \(long?.canonical ?? "rejected") \(long?.match ?? "") \(long?.flags ?? [])")
    }
  }
}
