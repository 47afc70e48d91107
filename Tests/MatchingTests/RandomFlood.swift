import Indicators

/// Texts that are one kind of token over and over, with something listed now and then: what is slow is made fast by short ways, and short ways
/// have borders.
extension RandomLog {
  private static let dots = ["[.]", "(.)", "(dot)", " dot ", " [.] ", "\\.", "[.", ".]", "&#46;", "%2e", "\\u002e", "\\\\u002e", "。", ".\u{200b}", "[.][.]", "."]

  /// About `count` bytes of one kind, between one kind of separator: blanks, line ends, nothing.
  mutating func flood(_ count: Int) -> [UInt8] {
    let kind = Int(generator.next() % 14)
    let dot = generator.pick(Self.dots)
    let separator = generator.pick([" ", " ", " ", "\n", "\"", "", "", ",", "/"])
    let every = UInt64(4 + generator.next() % 60)
    var text: [UInt8] = []
    while text.count < count {
      text += generator.next() % every == 0 ? planted(dot) : Array(token(kind, dot).utf8)
      text += Array(separator.utf8)
    }
    return text
  }

  /// A listed value with the flood's dots, or in any other spelling.
  private mutating func planted(_ dot: String) -> [UInt8] {
    if generator.chance(3) { return value() }
    let value = generator.pick(values)
    return value.flatMap { $0 == 0x2e ? Array(dot.utf8) : [$0] }
  }

  private mutating func token(_ kind: Int, _ dot: String) -> String {
    let number = Int(generator.next() % 100_000)
    let hex = String(generator.next() & 0xffff, radix: 16)
    switch kind {
    case 0: return "a\(number)\(dot)com"
    case 1: return "hxxp://a\(number)\(dot)example/x"
    case 2: return [number % 256, 7, number % 100, 1].map { String($0) }.joined(separator: dot)
    case 3: return "user\(number)[at]a\(number)\(dot)com"
    case 4: return generator.pick(["[.]", "hxxp", "[:]", "::::", "\\\\\\", "%25%32", "%%%", "()[]", "....", "@@", "://", "\\"])
    case 5: return (0..<8).map { _ in String(generator.next() & 0xffff, radix: 16) }.joined(separator: ":")
    case 6: return generator.pick(["[2001:db8::\(hex)]:\(number % 65536)", "2001[:]db8[:][:]\(hex)", "2001:db8::\(hex)", "std::x\(hex)::at", "http://[2001:db8::\(hex)]/i"])
    case 7: return String(generator.pick(["http:\\/\\/a\(number).com\\/x", "{\\\"key\\\":\\\"value\(number)\\\"}", "C:\\\\Users\\\\x\(number).dat", "\\\\\\\"key\\\\\\\"", "a\\n"]))
    case 8: return "a%2e\(number)%20b%"
    case 9: return generator.pick(["github.com/owner\(number)/name\(number)", "github.com/owner/name\(number)", "github.com:owner/repo", "www.github.com/badowner/x"])
    case 10: return "a\u{200b}\(number)\(dot)com"
    case 12: return generator.pick(["a\(number)。com", "evil。example", "evil．example/x", "shared｡example/y\(number)", "文。字", "a。", "。b", "\u{ff0e}\u{3002}", "\u{3002}"])
    case 11: return generator.pick(["(4)evil(7)example", "(4)evil(7)example(0)", "(\(number % 9))evil", "(4)evil", "(3)www(4)evil2(7)example(0)", "(7)", "(63)(0)"])
    default: return generator.pick(["b\u{fc}cher\(number)\(dot)example", "shared.example/y\(number)", "a\(number).evil2.example", "xn--a\(number)-kva.com"])
    }
  }
}
