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
      let line = Array(readable.scalars[range])
      context.enter(line)
      let words = ReportWords.words(of: line)
      for word in words { read(word, in: line, at: range.lowerBound) }
    }

    private mutating func read(_ word: Range<Int>, in line: [Unicode.Scalar], at lineStart: Int) {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: line[word])
      let surface = String(view)
      guard ReportWords.mayHoldIndicator(line[word]) else { return }
      let refanged = Refang.refang(surface)
      let isDefanged = refanged.styles.contains { $0 != "wrapping" && $0 != "zero-width" }
      guard let observable = ReportTypes.observable(refanged.output, isDefanged: isDefanged) else { return }
      let isListed = context.lists(word, in: line)
      guard isDefanged || ReportTypes.standsAlone(observable) && !ReportWords.isVersion(word, in: line) || isListed && ReportTypes.mayBeListed(observable)
      else { return }
      if context.isReference, !isDefanged, !ReportTypes.standsAlone(observable) { return }
      let offsets = readable.offsets
      let start = offsets[lineStart + word.lowerBound]
      let last = offsets[lineStart + word.upperBound - 1]
      var original = String.UnicodeScalarView()
      original.append(contentsOf: self.original[start...last])
      found.append(
        ExtractedIndicator(
          observable: observable, surface: String(original), start: start, end: last + 1,
          flags: observable.flags + (isDefanged ? ["defanged"] : [])))
    }
  }
}

/// Which readings of a word a report means.
private enum ReportTypes {
  /// Types whose shape or checksum leaves no doubt, in order of preference.
  private static let certain: [IndicatorType] = [
    .sha256, .sha1, .md5, .sha512, .sha384, .sha224, .ipv4, .ipv6, .ipv4Port, .ipv6Port, .cidr, .btc, .evm, .tron, .xmr, .ltc, .bch, .doge, .dash, .zec,
    .cve, .onion, .ssdeep, .tlsh, .registry,
  ]
  /// Types that ordinary text is full of.
  private static let listed: [IndicatorType] = [
    .url, .email, .domain, .domainPort, .domainWildcard, .githubRepository, .githubAccount, .linkedInProfile, .linkedInCompany, .telegram, .telegramInvite,
    .ipRange, .purl, .pathWindows,
  ]

  static func observable(_ text: String, isDefanged: Bool) -> Observable? {
    let readings = Canonicalizer.readings(of: text)
    for type in certain + listed {
      if let reading = readings.first(where: { $0.type == type }) {
        if reading.flags.contains("benign-context") && !isDefanged { return nil }
        return isUsable(reading, isDefanged: isDefanged) ? reading : nil
      }
    }
    return nil
  }

  private static func isUsable(_ observable: Observable, isDefanged: Bool) -> Bool {
    switch observable.type {
    // `main.py` and `install.sh` parse as domains.
    case .domain: isDefanged || !observable.flags.contains("filename-like")
    case .ipv4, .ipv6, .cidr, .ipv4Port, .ipv6Port: isDefanged || !observable.flags.contains { ["loopback", "unspecified", "private", "link-local", "multicast"].contains($0) }
    default: true
    }
  }

  static func standsAlone(_ observable: Observable) -> Bool { certain.contains(observable.type) }
  static func mayBeListed(_ observable: Observable) -> Bool { !observable.flags.contains("single-label") }
}

/// The words of a report's line.
private enum ReportWords {
  private static let separators: Set<Unicode.Scalar> = ["|", "\"", "“", "”", "«", "»", "`", "，", "、", "（", "）", "「", "」", "；"]

  /// Runs without white space, cut at table bars and quotes, freed of a sentence's punctuation and of a label in front.
  static func words(of line: [Unicode.Scalar]) -> [Range<Int>] {
    var words: [Range<Int>] = []
    var start = 0
    for index in 0...line.count {
      let isEnd = index == line.count || line[index].properties.isWhitespace || separators.contains(line[index])
      if !isEnd { continue }
      if index > start { words += parts(of: start..<index, in: line) }
      start = index + 1
    }
    return words
  }

  /// `a,b` of a list becomes two; brackets that belong to defanging stay.
  private static func parts(of range: Range<Int>, in line: [Unicode.Scalar]) -> [Range<Int>] {
    var cuts: [Range<Int>] = []
    var start = range.lowerBound
    let isURL = containsScheme(range, in: line)
    for index in range where !isURL && (line[index] == "," || line[index] == ";") {
      let isBracketed = index > range.lowerBound && index + 1 < range.upperBound && "[({<".unicodeScalars.contains(line[index - 1])
      if isBracketed { continue }
      if index > start { cuts.append(start..<index) }
      start = index + 1
    }
    if range.upperBound > start { cuts.append(start..<range.upperBound) }
    return cuts.compactMap { trimmed($0, in: line) }
  }

  private static func containsScheme(_ range: Range<Int>, in line: [Unicode.Scalar]) -> Bool {
    guard range.count > 4 else { return false }
    return range.dropLast(1).contains { line[$0] == "/" && line[$0 + 1] == "/" }
  }

  private static func trimmed(_ range: Range<Int>, in line: [Unicode.Scalar]) -> Range<Int>? {
    var start = range.lowerBound
    var end = range.upperBound
    // A label in front: `SHA256:…`, `sha1=…`, `C2:…`. What follows must be more than a port.
    if let mark = line[start..<min(end, start + 24)].firstIndex(where: { $0 == ":" || $0 == "=" }), mark > start, end - mark > 8,
      line[start..<mark].allSatisfy({ IndicatorShape.isAlphanumeric($0) || $0 == "-" || $0 == "_" || $0 == "&" }),
      !(mark + 1 < end && (line[mark + 1] == "/" || line[mark + 1] == "\\" || line[mark + 1] == ":" || line[mark + 1] == "_")),
      isLabel(line[start..<mark])
    {
      start = mark + 1
    }
    while end > start, ".,;:!?،؛。'".unicodeScalars.contains(line[end - 1]) { end -= 1 }
    while start < end, "'*•+".unicodeScalars.contains(line[start]) { start += 1 }
    while end > start, "*+".unicodeScalars.contains(line[end - 1]) { end -= 1 }
    return end > start ? start..<end : nil
  }

  private static let labels: Set<String> = [
    "md5", "sha1", "sha-1", "sha256", "sha-256", "sha512", "sha-512", "sha2", "hash", "ip", "ipv4", "ipv6", "domain", "url", "c2", "c&c", "email", "from", "to", "btc",
    "bitcoin", "eth", "address", "wallet", "host", "hostname", "imphash", "ssdeep", "filehash", "tron", "trx", "onion", "server", "uri",
  ]

  private static func isLabel(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text)
    return labels.contains(String(view).lowercased())
  }

  /// A word of letters alone is no indicator; this spares most of a text the canonicaliser.
  static func mayHoldIndicator(_ word: ArraySlice<Unicode.Scalar>) -> Bool {
    guard word.count >= 4, word.count <= 8192 else { return false }
    var hasMark = false
    var digits = 0
    for scalar in word {
      switch scalar {
      case ".", ":", "/", "\\", "@", "[", "]", "(", "{", "。", "．": hasMark = true
      case "0"..."9": digits += 1
      default: break
      }
    }
    return hasMark || digits >= 2 && (word.count >= 24 || word.contains("-"))
  }

  /// `version 1.2.3.4`, `v1.2.3.4`, `Chrome/1.2.3.4`.
  static func isVersion(_ range: Range<Int>, in line: [Unicode.Scalar]) -> Bool {
    var before = line[..<range.lowerBound]
    while let last = before.last, last.properties.isWhitespace || last == ":" { before.removeLast() }
    var word = String.UnicodeScalarView()
    word.append(contentsOf: before.suffix(10).reversed().prefix { !$0.properties.isWhitespace }.reversed())
    let text = String(word).lowercased()
    return ["version", "versions", "v", "ver", "build", "release", "v.", "firmware"].contains(text)
  }
}
