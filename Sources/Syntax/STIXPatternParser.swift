/// Reads a STIX pattern by recursive descent over the grammar of the standard: FOLLOWEDBY binds weakest, then OR, then AND, outside
/// the brackets as inside.
struct STIXPatternParser {
  private let tokens: [STIXPatternTokens.Placed]
  private let end: Int
  private var index = 0
  private var depth = 0

  static func parse(_ text: String) throws(STIXPatternError) -> STIXPattern {
    guard text.utf8.count <= STIXPattern.byteLimit else {
      throw STIXPatternError(code: .tooLong, offset: 0, message: "longer than \(STIXPattern.byteLimit) bytes")
    }
    var parser = STIXPatternParser(tokens: try STIXPatternTokens.cut(text), end: text.utf8.count)
    let pattern = try parser.followedBy()
    if parser.index < parser.tokens.count { throw parser.expected("the end of the pattern") }
    return pattern
  }

  private init(tokens: [STIXPatternTokens.Placed], end: Int) {
    self.tokens = tokens
    self.end = end
  }

  // MARK: Tokens

  private var current: STIXPatternTokens.Token? { index < tokens.count ? tokens[index].token : nil }

  private func expected(_ what: String) -> STIXPatternError {
    STIXPatternError(code: .syntax, offset: index < tokens.count ? tokens[index].offset : end, message: "expected \(what)")
  }

  private mutating func takeSymbol(_ symbol: String) -> Bool {
    guard current == .symbol(symbol) else { return false }
    index += 1
    return true
  }

  private mutating func takeWord(_ keyword: String) -> Bool {
    guard case .word(let word)? = current, word.uppercased() == keyword else { return false }
    index += 1
    return true
  }

  private mutating func requireSymbol(_ symbol: String) throws(STIXPatternError) {
    guard takeSymbol(symbol) else { throw expected("'\(symbol)'") }
  }

  private mutating func enter() throws(STIXPatternError) {
    depth += 1
    if depth > STIXPattern.depthLimit {
      throw STIXPatternError(
        code: .tooDeep, offset: index < tokens.count ? tokens[index].offset : end,
        message: "nested deeper than \(STIXPattern.depthLimit)")
    }
  }

  // MARK: Observations

  private mutating func followedBy() throws(STIXPatternError) -> STIXPattern {
    var parts = [try observationOr()]
    while takeWord("FOLLOWEDBY") { parts.append(try observationOr()) }
    return parts.count == 1 ? parts[0] : .followedBy(parts)
  }

  private mutating func observationOr() throws(STIXPatternError) -> STIXPattern {
    var parts = [try observationAnd()]
    while takeWord("OR") { parts.append(try observationAnd()) }
    return parts.count == 1 ? parts[0] : .or(parts)
  }

  private mutating func observationAnd() throws(STIXPatternError) -> STIXPattern {
    var parts = [try observation()]
    while takeWord("AND") { parts.append(try observation()) }
    return parts.count == 1 ? parts[0] : .and(parts)
  }

  private mutating func observation() throws(STIXPatternError) -> STIXPattern {
    var pattern: STIXPattern
    if takeSymbol("[") {
      pattern = .observation(try comparisonOr())
      try requireSymbol("]")
    } else if takeSymbol("(") {
      try enter()
      pattern = try followedBy()
      depth -= 1
      try requireSymbol(")")
    } else {
      throw expected("'[' or '('")
    }
    while let qualifier = try qualifier() { pattern = .qualified(pattern, qualifier: qualifier) }
    return pattern
  }

  private mutating func qualifier() throws(STIXPatternError) -> String? {
    if takeWord("WITHIN") {
      let count = try number()
      guard takeWord("SECONDS") else { throw expected("SECONDS") }
      return "WITHIN \(count) SECONDS"
    }
    if takeWord("REPEATS") {
      let count = try number()
      guard takeWord("TIMES") else { throw expected("TIMES") }
      return "REPEATS \(count) TIMES"
    }
    if takeWord("START") {
      let start = try moment()
      guard takeWord("STOP") else { throw expected("STOP") }
      return "START \(start) STOP \(try moment())"
    }
    return nil
  }

  private mutating func number() throws(STIXPatternError) -> String {
    guard case .number(let text)? = current else { throw expected("a number") }
    index += 1
    return text
  }

  /// `t'…'` in 2.1, a plain string in 2.0.
  private mutating func moment() throws(STIXPatternError) -> String {
    switch current {
    case .tagged("t", let text)?, .string(let text)?:
      index += 1
      return text
    default: throw expected("a time, t'2026-01-01T00:00:00Z'")
    }
  }

  // MARK: Comparisons

  private mutating func comparisonOr() throws(STIXPatternError) -> STIXPattern.Comparison {
    var parts = [try comparisonAnd()]
    while takeWord("OR") { parts.append(try comparisonAnd()) }
    return parts.count == 1 ? parts[0] : .or(parts)
  }

  private mutating func comparisonAnd() throws(STIXPatternError) -> STIXPattern.Comparison {
    var parts = [try test()]
    while takeWord("AND") { parts.append(try test()) }
    return parts.count == 1 ? parts[0] : .and(parts)
  }

  private mutating func test() throws(STIXPatternError) -> STIXPattern.Comparison {
    if takeSymbol("(") {
      try enter()
      let inner = try comparisonOr()
      depth -= 1
      try requireSymbol(")")
      return inner
    }
    if case .word(let word)? = current, word.uppercased() == "EXISTS" || word.uppercased() == "NOT" {
      var isNegated = false
      if takeWord("NOT") { isNegated = true }
      if takeWord("EXISTS") {
        return .test(STIXPattern.Test(path: try path(), isNegated: isNegated, comparison: .exists, literals: []))
      }
      // Not in the grammar, but what people mean by `NOT file:name = 'x'` is plain.
      guard case .test(var inner) = try test() else { throw expected("a comparison") }
      inner.isNegated = !inner.isNegated
      return .test(inner)
    }
    let path = try path()
    let isNegated = takeWord("NOT")
    let comparison = try comparisonOperator()
    let literals = comparison == .isIn ? try set() : [try literal()]
    return .test(STIXPattern.Test(path: path, isNegated: isNegated, comparison: comparison, literals: literals))
  }

  private mutating func comparisonOperator() throws(STIXPatternError) -> STIXPattern.Operator {
    switch current {
    case .symbol("==")?:
      index += 1
      return .equal
    case .symbol("<>")?:
      index += 1
      return .notEqual
    case .symbol(let symbol)?:
      guard let found = STIXPattern.Operator(rawValue: symbol) else { throw expected("a comparison operator") }
      index += 1
      return found
    case .word(let word)?:
      guard let found = STIXPattern.Operator(rawValue: word.uppercased()), found != .exists else {
        throw expected("a comparison operator")
      }
      index += 1
      return found
    default: throw expected("a comparison operator")
    }
  }

  private mutating func path() throws(STIXPatternError) -> STIXPattern.ObjectPath {
    guard case .word(let type)? = current else { throw expected("an object path such as ipv4-addr:value") }
    index += 1
    try requireSymbol(":")
    var path = STIXPattern.ObjectPath(objectType: type, steps: [try name()])
    while true {
      if takeSymbol(".") {
        path.steps.append(try name())
      } else if takeSymbol("[") {
        switch current {
        case .symbol("*")?: path.steps.append("[*]")
        case .number(let text)?: path.steps.append("[\(text)]")
        default: throw expected("an index or '*'")
        }
        index += 1
        try requireSymbol("]")
      } else {
        return path
      }
      if path.steps.count > STIXPattern.depthLimit {
        throw STIXPatternError(
          code: .tooDeep, offset: tokens[index - 1].offset, message: "a path deeper than \(STIXPattern.depthLimit)")
      }
    }
  }

  private mutating func name() throws(STIXPatternError) -> String {
    switch current {
    case .word(let text)?, .string(let text)?, .number(let text)?:
      index += 1
      return text
    default: throw expected("the name of a property")
    }
  }

  private mutating func set() throws(STIXPatternError) -> [STIXPattern.Literal] {
    try requireSymbol("(")
    var literals: [STIXPattern.Literal] = []
    if takeSymbol(")") { return literals }
    repeat { literals.append(try literal()) } while takeSymbol(",")
    try requireSymbol(")")
    return literals
  }

  private mutating func literal() throws(STIXPatternError) -> STIXPattern.Literal {
    defer { index += 1 }
    switch current {
    case .string(let text)?: return .string(text)
    case .number(let text)?: return .number(text)
    case .tagged(let tag, let text)?: return .tagged(tag, text)
    case .word(let word)? where ["true", "false"].contains(word.lowercased()): return .bool(word.lowercased() == "true")
    default: throw expected("a value in single quotes, a number, true or false")
    }
  }
}
