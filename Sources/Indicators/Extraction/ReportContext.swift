/// What the lines around a value say of it: whether it is listed as an indicator, or named as a source.
struct ReportContext {
  /// A live (not defanged) name or link counts only where it is listed.
  private(set) var isListing = false
  /// Under a heading such as "References".
  private(set) var isReference = false
  /// Inside a fenced or indented code block.
  private var isCode = false

  private static let listingWords = [
    "ioc", "iocs", "indicator", "indicators", "c2", "c&c", "c2s", "command and control", "command-and-control", "domains", "urls", "hashes", "samples", "network", "wallets",
    "addresses", "infrastructure", "observables", "artifacts", "artefacts", "payload", "phishing", "malicious",
    "indicatori", "indicadores", "indikatoren", "indicateurs", "индикаторы", "مؤشرات", "指標", "指标", "インジケータ", "침해지표",
  ]
  private static let referenceWords = [
    "reference", "references", "source", "sources", "further reading", "read more", "related", "links", "credit", "credits", "appendix: references",
    "riferimenti", "referencias", "références", "quellen", "источники", "المصادر", "参考", "參考", "출처", "contact", "about us", "copyright",
  ]

  /// Takes the next line into account, before its values are judged.
  mutating func enter(_ line: [Unicode.Scalar]) {
    let text = Self.plain(line)
    if text.hasPrefix("```") || text == "----" || text == "....", text.count < 40 {
      isCode.toggle()
      return
    }
    guard let heading = Self.heading(line, text) else { return }
    let words = text.lowercased()
    if Self.listingWords.contains(where: { Self.names(words, $0) }) {
      isListing = true
      isReference = false
    } else if text.split(separator: " ").count <= 5, Self.referenceWords.contains(where: { Self.names(words, $0) }) {
      // "Has links to cluster 1 but appears to be a cluster of its own" is no heading over references.
      isReference = true
      isListing = false
    } else if heading == .marked {
      isReference = false
      isListing = false
    }
  }

  /// Whether a live value that stands in `line` at `range` is listed there: in a listing section, in code, in a table cell, or alone.
  func lists(_ range: Range<Int>, in line: [Unicode.Scalar]) -> Bool {
    if isReference { return false }
    if isListing || isCode { return true }
    return Self.isAlone(range, in: line)
  }

  /// A line, a table cell or a list entry that holds the value and nothing else.
  static func isAlone(_ range: Range<Int>, in line: [Unicode.Scalar]) -> Bool {
    let cellStart = line[..<range.lowerBound].lastIndex { $0 == "|" || $0 == "\t" }.map { $0 + 1 } ?? 0
    let cellEnd = line[range.upperBound...].firstIndex { $0 == "|" || $0 == "\t" } ?? line.count
    var before = line[cellStart..<range.lowerBound]
    var after = line[range.upperBound..<cellEnd]
    while let last = before.last, last.properties.isWhitespace || "-*•·`+\"'<([{>#".unicodeScalars.contains(last) { before.removeLast() }
    while let first = after.first, first.properties.isWhitespace || "`+\"'>)]}.,;<*".unicodeScalars.contains(first) { after.removeFirst() }
    return before.isEmpty && after.isEmpty
  }

  private enum Heading { case marked, plain }

  /// What kind of heading a line is: marked by its language, a colon or capitals, or merely short; nil for none.
  private static func heading(_ line: [Unicode.Scalar], _ text: String) -> Heading? {
    guard !text.isEmpty, text.utf8.count <= 200, !text.hasPrefix("|") else { return nil }
    if text.hasPrefix("#") || text.hasPrefix("==") || text.hasPrefix("= ") { return .marked }
    let words = text.split(separator: " ").count
    guard words <= 8 else { return nil }
    if text.hasSuffix(":") && !text.contains("://") { return .marked }
    var letters = 0
    var lowercase = 0
    var hasValueMark = false
    for scalar in text.unicodeScalars {
      if scalar.properties.isAlphabetic { letters += 1 }
      if scalar.properties.isLowercase { lowercase += 1 }
      if ".,/".unicodeScalars.contains(scalar) || scalar.properties.numericType != nil { hasValueMark = true }
    }
    if letters > 0, lowercase == 0, !text.contains("."), text.unicodeScalars.contains(where: { $0.properties.isUppercase }) { return .marked }
    // A short line without a full stop or a value in it, such as "Indicators of compromise".
    return words <= 5 && !hasValueMark ? .plain : nil
  }

  private static func names(_ line: String, _ word: String) -> Bool {
    guard let range = line.firstRange(of: word) else { return false }
    let before = range.lowerBound == line.startIndex ? nil : line[line.index(before: range.lowerBound)]
    let after = range.upperBound == line.endIndex ? nil : line[range.upperBound]
    return !(before?.isLetter ?? false) && !(after?.isLetter ?? false)
  }

  private static func plain(_ line: [Unicode.Scalar]) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: line.prefix(400))
    var text = Substring(String(view))
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
