/// One indicator that a text gives, with its place.
public struct ExtractedIndicator: Sendable, Hashable {
  public let observable: Observable
  /// The text as it stands in the original, defanging included.
  public let surface: String
  /// Offsets in Unicode scalars of the original; `end` is exclusive.
  public let start: Int
  public let end: Int
  /// The observable's flags, and `defanged` when the text had it so.
  public let flags: [String]
}

/// Takes indicators out of reports.
///
/// Defanged values are indicators: somebody took care that nobody follows them. A live name or link in running text is context (the
/// victim, the publisher, a source) unless it is listed. Digests, addresses and wallets speak for themselves. One pass, linear.
public struct TextExtractor: Sendable {
  public init() {}

  /// Indicators in order of place; the same value in two places is given twice.
  public func extract(_ text: String, format: TextFormat = .auto) -> [ExtractedIndicator] {
    let original = Array(text.unicodeScalars)
    let readable = ReadableText(original, format: format == .auto ? TextFormat.detect(text) : format)
    var walk = Walk(original: original, readable: readable)
    walk.run()
    return walk.found
  }

  private struct Walk {
    let original: [Unicode.Scalar]
    let readable: ReadableText
    var context = ReportContext()
    var found: [ExtractedIndicator] = []

    mutating func run() {
      let scalars = readable.scalars
      var start = 0
      while start < scalars.count {
        let end = scalars[start...].firstIndex { $0 == "\n" || $0 == "\r" } ?? scalars.count
        readLine(start..<end)
        start = end + 1
      }
    }

    private mutating func readLine(_ range: Range<Int>) {
      let line = readable.scalars[range]
      context.enter(line)
      let isComment = ReportWords.isComment(line)
      for word in ReportWords.words(of: line) {
        if word.mayHoldIndicator(in: line) { read(word, in: line, isComment: isComment) }
      }
    }

    private mutating func read(_ word: ReportWord, in line: ArraySlice<Unicode.Scalar>, isComment: Bool) {
      let text = String(scalars: line[word.range])
      let refanged = Refang.refang(CountedLabels.name(of: text) ?? text)
      let isDefanged = refanged.styles.contains { $0 != "wrapping" && $0 != "zero-width" }
      // A live link with a text to click on leads to a source.
      if word.isLinkTarget, !isDefanged { return }
      guard let observable = ReportTypes.observable(refanged.output, isDefanged: isDefanged) else { return }
      if !isDefanged {
        let isCertain = ReportTypes.standsAlone(observable)
        let isNamed = isCertain && !ReportWords.isVersion(word.range, in: line)
        guard isNamed || !isComment && ReportTypes.mayBeListed(observable) && context.lists(word.range, in: line) else { return }
        if context.isReference, !isCertain { return }
      }
      let start = readable.offsets[word.range.lowerBound]
      let last = readable.offsets[word.range.upperBound - 1]
      found.append(
        ExtractedIndicator(
          observable: observable, surface: String(scalars: original[start...last]), start: start, end: last + 1,
          flags: observable.flags + (isDefanged ? ["defanged"] : [])))
    }
  }
}
