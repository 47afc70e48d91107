/// What the lines around a value say of it: whether it is listed as an indicator, or named as a source.
struct ReportContext {
  /// A live (not defanged) name or link counts only where it is listed.
  private(set) var isListing = false
  /// Under a heading such as "References".
  private(set) var isReference = false
  /// Inside a fenced or indented code block.
  private var isCode = false

  private static let listings = ReportPhrases([
    "ioc", "iocs", "indicator", "indicators", "c2", "c&c", "c2s", "command and control", "command-and-control", "domains", "urls", "hashes", "samples", "network", "wallets",
    "addresses", "infrastructure", "observables", "artifacts", "artefacts", "payload", "phishing", "malicious",
    "indicatori", "indicadores", "indikatoren", "indicateurs", "индикаторы", "مؤشرات", "指標", "指标", "インジケータ", "침해지표",
  ])
  private static let references = ReportPhrases([
    "reference", "references", "source", "sources", "further reading", "read more", "related", "links", "credit", "credits", "appendix: references",
    "riferimenti", "referencias", "références", "quellen", "источники", "المصادر", "参考", "參考", "출처", "contact", "about us", "copyright",
  ])

  /// Takes the next line into account, before its values are judged.
  mutating func enter(_ line: ArraySlice<Unicode.Scalar>) {
    let text = line.trimmingSpaces()
    guard !text.isEmpty, text.count <= 200 else { return }
    if Self.isFence(text) {
      isCode.toggle()
      return
    }
    guard let heading = ReportHeading(text) else { return }
    let words = ReportPhrases.words(of: text)
    if Self.listings.anyStands(in: words) {
      isListing = true
      isReference = false
    } else if words.count <= 5, Self.references.anyStands(in: words) {
      // "Has links to cluster 1 but appears to be a cluster of its own" is no heading over references.
      isReference = true
      isListing = false
    } else if heading == .marked {
      isReference = false
      isListing = false
    }
  }

  /// "```" of Markdown, "----" and "...." of AsciiDoc.
  private static func isFence(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
    guard text.count < 40, let first = text.first else { return false }
    if first == "`" { return text.prefix(3).elementsEqual("```".unicodeScalars) }
    return text.count == 4 && (first == "-" || first == ".") && text.allSatisfy { $0 == first }
  }

  /// Whether a live value that stands in `line` at `range` is listed there: in a listing section, in code, in a table cell, or alone.
  func lists(_ range: Range<Int>, in line: ArraySlice<Unicode.Scalar>) -> Bool {
    if isReference { return false }
    if isCode || Self.isAlone(range, in: line) { return true }
    return isListing && !Self.isTold(range, in: line) && !Self.isAscribed(range, in: line)
  }

  /// `Source: https://…` and `Contact us: press@…`, in the midst of a list too.
  private static func isAscribed(_ range: Range<Int>, in line: ArraySlice<Unicode.Scalar>) -> Bool {
    let cell = line[line.startIndex..<range.lowerBound].lastIndex(where: isBar).map { $0 + 1 } ?? line.startIndex
    guard range.lowerBound - cell <= 60 else { return false }
    let words = ReportPhrases.words(of: line[cell..<range.lowerBound])
    return !words.isEmpty && words.count <= 4 && references.anyStands(in: words)
  }

  /// A value in a sentence, such as "The paper is available at https://…" and "See https://…".
  private static func isTold(_ range: Range<Int>, in line: ArraySlice<Unicode.Scalar>) -> Bool {
    let cell = line[line.startIndex..<range.lowerBound].lastIndex(where: isBar).map { $0 + 1 } ?? line.startIndex
    let before = line[cell..<range.lowerBound].split(whereSeparator: \.isSpace)
    if let last = before.last, last.last == ":" || last.last == "=" { return false }
    if before.count == 1, ["see", "siehe", "vedi", "voir"].contains(String(scalars: before[0]).lowercased()) { return true }
    return before.count { word in word.count > 1 && word.allSatisfy { !IndicatorShape.isDigit($0) && $0 != "." && $0 != "/" } } >= 4
  }

  /// A line, a table cell or a list entry that holds the value and nothing else.
  static func isAlone(_ range: Range<Int>, in line: ArraySlice<Unicode.Scalar>) -> Bool {
    var start = range.lowerBound
    while start > line.startIndex, isEdge(line[start - 1], "-*•·`+\"'<([{>#") { start -= 1 }
    var end = range.upperBound
    while end < line.endIndex, isEdge(line[end], "`+\"'>)]}.,;<*") { end += 1 }
    return (start == line.startIndex || isBar(line[start - 1])) && (end == line.endIndex || isBar(line[end]))
  }

  private static func isBar(_ scalar: Unicode.Scalar) -> Bool { scalar == "|" || scalar == "\t" }

  private static func isEdge(_ scalar: Unicode.Scalar, _ marks: StaticString) -> Bool {
    scalar.isSpace && !isBar(scalar) || scalar.value < 0x80 && marks.holds(scalar) || scalar == "•" || scalar == "·"
  }
}

/// Whether a line is a heading over what follows.
enum ReportHeading {
  /// By its language, a colon, or capitals.
  case marked
  /// Merely short.
  case plain

  /// - Parameter text: a line without white space around it, not empty.
  init?(_ text: ArraySlice<Unicode.Scalar>) {
    guard let first = text.first, let last = text.last, first != "|" else { return nil }
    if first == "#" || first == "=" && (text.dropFirst().first == "=" || text.dropFirst().first == " ") {
      self = .marked
      return
    }
    var words = 1
    var longest = 0
    var length = 0
    var hasLetter = false
    var hasUpper = false
    var hasLower = false
    var hasPoint = false
    var hasValueMark = false
    var hasScheme = false
    var previous: Unicode.Scalar = " "
    for scalar in text {
      if scalar.isSpace {
        if !previous.isSpace { words += 1 }
        length = 0
      } else {
        length += 1
        longest = max(longest, length)
      }
      if scalar == "." { hasPoint = true }
      if scalar == "." || scalar == "," || scalar == "/" { hasValueMark = true }
      if scalar == "/", previous == "/" { hasScheme = true }
      if scalar.value < 0x80 {
        if IndicatorShape.isDigit(scalar) { hasValueMark = true }
        if IndicatorShape.isLetter(scalar) {
          hasLetter = true
          if scalar.value >= 0x61 { hasLower = true } else { hasUpper = true }
        }
      } else {
        let properties = scalar.properties
        hasLetter = hasLetter || properties.isAlphabetic
        hasLower = hasLower || properties.isLowercase
        hasUpper = hasUpper || properties.isUppercase
        hasValueMark = hasValueMark || properties.numericType != nil
      }
      previous = scalar
    }
    // A digest or a wallet by itself is no heading over the next one.
    guard words <= 8, longest <= 30 else { return nil }
    if last == ":", !hasScheme {
      self = .marked
    } else if hasLetter, !hasLower, hasUpper, !hasPoint {
      self = .marked
    } else if words <= 5, !hasValueMark {
      // A short line without a full stop or a value in it, such as "Indicators of compromise".
      self = .plain
    } else {
      return nil
    }
  }
}

/// Words and phrases that are looked for in headings.
struct ReportPhrases: Sendable {
  /// By first word, the words that must follow it.
  private var byFirst: [String: [[String]]] = [:]
  /// Phrases in scripts that part no words, which are found anywhere.
  private var unparted: [String] = []

  init(_ phrases: [String]) {
    for phrase in phrases {
      let scalars = Array(phrase.unicodeScalars)
      if scalars.contains(where: { $0.value >= 0x2E80 }) { unparted.append(phrase) }
      let words = Self.words(of: scalars[...])
      guard let first = words.first else { continue }
      byFirst[first, default: []].append(Array(words.dropFirst()))
    }
  }

  /// Whether one of the phrases stands in a heading, as whole words.
  func anyStands(in words: [String]) -> Bool {
    for (index, word) in words.enumerated() {
      if let followers = byFirst[word], followers.contains(where: { words[(index + 1)...].starts(with: $0) }) { return true }
      if !unparted.isEmpty, word.utf8.count > word.unicodeScalars.count, unparted.contains(where: { word.contains($0) }) { return true }
    }
    return false
  }

  /// Runs of letters, digits and `&`, in lower case.
  static func words(of text: ArraySlice<Unicode.Scalar>) -> [String] {
    text.split { scalar in
      scalar.value < 0x80
        ? !(IndicatorShape.isAlphanumeric(scalar) || scalar == "&")
        : !(scalar.properties.isAlphabetic || scalar.properties.generalCategory == .nonspacingMark)
    }.map { String(scalars: $0).lowercased() }
  }
}
