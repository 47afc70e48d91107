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
    guard Self.isHeading(line, text) else { return }
    let words = text.lowercased()
    if Self.referenceWords.contains(where: { Self.names(words, $0) }) {
      isReference = true
      isListing = false
    } else if Self.listingWords.contains(where: { Self.names(words, $0) }) {
      isListing = true
      isReference = false
    } else {
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

  /// A line that holds the value and at most a bullet, a label or a few cells.
  static func isAlone(_ range: Range<Int>, in line: [Unicode.Scalar]) -> Bool {
    var before = line[..<range.lowerBound]
    var after = line[range.upperBound...]
    while let last = before.last, last.properties.isWhitespace || "-*•·|`+\"'<([{>".unicodeScalars.contains(last) { before.removeLast() }
    while let first = after.first, first.properties.isWhitespace || "|`+\"'>)]}.,;<".unicodeScalars.contains(first) { after.removeFirst() }
    while let first = before.first, first.properties.isWhitespace || "-*•·|".unicodeScalars.contains(first) { before.removeFirst() }
    return before.isEmpty && after.isEmpty
  }

  private static func isHeading(_ line: [Unicode.Scalar], _ text: String) -> Bool {
    guard !text.isEmpty, text.count <= 100 else { return false }
    if text.hasPrefix("#") || text.hasPrefix("=") || text.hasPrefix("==") { return true }
    if text.hasSuffix(":") && !text.contains("://") { return text.split(separator: " ").count <= 8 }
    let letters = text.filter(\.isLetter)
    if !letters.isEmpty, letters.allSatisfy(\.isUppercase), text.split(separator: " ").count <= 8, !text.contains(".") { return true }
    // A short line without a full stop or a value in it, such as "Indicators of compromise".
    return text.split(separator: " ").count <= 5 && !text.contains(".") && !text.contains(",") && !text.contains("/") && !text.contains(where: \.isNumber)
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
