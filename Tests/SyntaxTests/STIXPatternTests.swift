import Syntax
import Testing

/// The grammar of STIX patterns: what the standard's examples say, how strongly the operators bind, and where an error is.
@Suite struct STIXPatternTests {
  private func test(_ path: String, _ comparison: STIXPattern.Operator, _ literals: [STIXPattern.Literal], not: Bool = false) -> STIXPattern.Comparison {
    let parts = path.split(separator: ":", maxSplits: 1).map(String.init)
    let object = STIXPattern.ObjectPath(objectType: parts[0], steps: parts[1].split(separator: ".").map(String.init))
    return .test(STIXPattern.Test(path: object, isNegated: not, comparison: comparison, literals: literals))
  }

  @Test func comparisonsAreTakenApart() throws {
    #expect(try STIXPattern("[ipv4-addr:value = '198.51.100.1']") == .observation(test("ipv4-addr:value", .equal, [.string("198.51.100.1")])))
    #expect(try STIXPattern("[file:size>=25]") == .observation(test("file:size", .greaterOrEqual, [.number("25")])))
    #expect(
      try STIXPattern("[process:name NOT IN ('a', 'b')]")
        == .observation(test("process:name", .isIn, [.string("a"), .string("b")], not: true)))
    #expect(try STIXPattern("[x:y = true]") == .observation(test("x:y", .equal, [.bool(true)])))
    #expect(
      try STIXPattern("[a:b = t'2026-01-01T00:00:00Z' OR a:c = h'ff00']")
        == .observation(.or([test("a:b", .equal, [.tagged("t", "2026-01-01T00:00:00Z")]), test("a:c", .equal, [.tagged("h", "ff00")])])))
    #expect(try STIXPattern("[EXISTS file:name]") == .observation(test("file:name", .exists, [])))
  }

  @Test func pathsHaveQuotedNamesAndIndices() throws {
    guard case .observation(.test(let hash)) = try STIXPattern("[file:hashes.'SHA-256' = 'x']"),
      case .observation(.test(let index)) = try STIXPattern("[email-message:body_multipart[*].body_raw_ref.name = 'x']")
    else {
      Issue.record("not a single comparison")
      return
    }
    #expect(hash.path.steps == ["hashes", "SHA-256"])
    #expect(index.path.steps == ["body_multipart", "[*]", "body_raw_ref", "name"])
    #expect(index.path.description == "email-message:body_multipart[*].body_raw_ref.name")
  }

  @Test func andBindsStrongerThanOrStrongerThanFollowedBy() throws {
    let (a, b, c) = (test("a:x", .equal, [.number("1")]), test("b:x", .equal, [.number("2")]), test("c:x", .equal, [.number("3")]))
    #expect(try STIXPattern("[a:x = 1 OR b:x = 2 AND c:x = 3]") == .observation(.or([a, .and([b, c])])))
    #expect(try STIXPattern("[(a:x = 1 OR b:x = 2) AND c:x = 3]") == .observation(.and([.or([a, b]), c])))
    #expect(
      try STIXPattern("[a:x = 1] FOLLOWEDBY [b:x = 2] OR [c:x = 3]")
        == .followedBy([.observation(a), .or([.observation(b), .observation(c)])]))
    #expect(
      try STIXPattern("([a:x = 1] AND [b:x = 2]) REPEATS 3 TIMES WITHIN 1.5 SECONDS")
        == .qualified(.qualified(.and([.observation(a), .observation(b)]), qualifier: "REPEATS 3 TIMES"), qualifier: "WITHIN 1.5 SECONDS"))
    #expect(
      try STIXPattern("[a:x = 1] START t'2026-01-01T00:00:00Z' STOP t'2026-01-02T00:00:00Z'")
        == .qualified(.observation(a), qualifier: "START 2026-01-01T00:00:00Z STOP 2026-01-02T00:00:00Z"))
  }

  @Test func quotesHoldEverything() throws {
    #expect(
      try STIXPattern("[file:name = 'it\\'s ] AND [\\\\ \\n']") == .observation(test("file:name", .equal, [.string("it's ] AND [\\ \\n")])))
    #expect(try STIXPattern("/* note */ [ a:b // rest of line\n = 'x' ]") == .observation(test("a:b", .equal, [.string("x")])))
  }

  @Test(arguments: [
    ("", 0), ("a:b = 'x'", 0), ("[a:b = 'x'", 10), ("[a:b 'x']", 5), ("[a:b = x]", 7), ("[a:b = 'x'] OR", 14), ("[a:b = 'x']]", 11), ("[a = 'x']", 3),
    ("[a:b = 'x' AND]", 14), ("[a:b IN 'x']", 8), ("[a:b = 'x]", 7), ("[a:b = 'x'] WITHIN x SECONDS", 19), ("[a:b = 'x'] §", 12),
  ])
  func errorsSayWhere(_ text: String, _ offset: Int) {
    do throws(STIXPatternError) {
      _ = try STIXPattern(text)
      Issue.record("\(text) was taken")
    } catch {
      #expect(error.code == .syntax)
      #expect(error.offset == offset, "\(text): \(error.message)")
      #expect(!error.message.isEmpty)
    }
  }

  @Test func limitsAreNamed() {
    func code(_ text: String) -> STIXPatternError.Code? {
      do throws(STIXPatternError) {
        _ = try STIXPattern(text)
        return nil
      } catch {
        return error.code
      }
    }
    func nested(_ depth: Int) -> String { String(repeating: "(", count: depth) + "[a:b = 1]" + String(repeating: ")", count: depth) }
    #expect(code(nested(32)) == nil)
    #expect(code(nested(33)) == .tooDeep)
    #expect(code("[" + String(repeating: "(", count: 100_000)) == .tooLong)
    #expect(code("[" + String(repeating: "(", count: 60_000)) == .tooDeep)
    #expect(code("[a:b" + String(repeating: ".c", count: 40) + " = 1]") == .tooDeep)
  }
}
