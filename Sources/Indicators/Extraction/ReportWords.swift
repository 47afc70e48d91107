/// A run of a report's line that may be an indicator.
struct ReportWord {
  var range: Range<Int>
  /// Behind a text to click on: `[text](target)` of Markdown, `target[text]` of AsciiDoc.
  var isLinkTarget = false

  /// A word of letters alone is no indicator; this spares most of a text the canonicaliser.
  func mayHoldIndicator(in line: ArraySlice<Unicode.Scalar>) -> Bool {
    guard range.count >= 4, range.count <= 8192 else { return false }
    var digits = 0
    var hasDash = false
    for scalar in line[range] {
      switch scalar {
      case ".", ":", "/", "\\", "@", "[", "]", "(", "{", "。", "．": return true
      case "0"..."9": digits += 1
      case "-": hasDash = true
      default: break
      }
    }
    return digits >= 2 && (range.count >= 24 || hasDash)
  }
}

/// The words of a report's line.
enum ReportWords {
  /// Runs without white space, cut at table bars and quotes, freed of a sentence's punctuation and of a label in front.
  static func words(of line: ArraySlice<Unicode.Scalar>) -> [ReportWord] {
    var words: [ReportWord] = []
    var start = line.startIndex
    var index = start
    while index <= line.endIndex {
      if index == line.endIndex || isSeparator(line[index]) && !isDotBetween(index, in: line) {
        if index > start { addParts(of: start..<index, in: line, to: &words) }
        start = index + 1
      } else if index > start, isSeam(line[index - 1], line[index]) {
        addParts(of: start..<index, in: line, to: &words)
        start = index
      }
      index += 1
    }
    return words
  }

  private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "|", "\"", "“", "”", "«", "»", "`", "，", "、", "（", "）", "「", "」", "；", "：", "。", "！", "？", "【", "】", "『", "』", "《", "》", "،", "؛", "؟": true
    default: scalar.isSpace
    }
  }

  /// `evil。example`: a full stop that stands for a dot.
  private static func isDotBetween(_ index: Int, in line: ArraySlice<Unicode.Scalar>) -> Bool {
    line[index] == "。" && index > line.startIndex && index + 1 < line.endIndex && IndicatorShape.isAlphanumeric(line[index - 1])
      && IndicatorShape.isAlphanumeric(line[index + 1]) || line[index] == "。" && index > line.startIndex && isOpener(line[index - 1])
  }

  /// Where Latin letters or digits meet a script that parts no words: `网址hxxp://…`, `192.0.2[.]7를`.
  private static func isSeam(_ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Bool {
    if right.value >= 0x1100 { return isUnparted(right.value) && IndicatorShape.isAlphanumeric(left) }
    return left.value >= 0x1100 && IndicatorShape.isAlphanumeric(right) && isUnparted(left.value)
  }

  /// Hangul, kana and Han.
  private static func isUnparted(_ value: UInt32) -> Bool {
    switch value {
    case 0x1100...0x11FF, 0x3005, 0x3041...0x30FA, 0x30FC...0x318F, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFF66...0xFF9F: true
    default: false
    }
  }

  /// `a,b` of a list becomes two, and so do a link and its text; brackets that belong to defanging stay.
  private static func addParts(of range: Range<Int>, in line: ArraySlice<Unicode.Scalar>, to words: inout [ReportWord]) {
    if let target = markdownTarget(range, in: line) {
      if let text = trimmed(range.lowerBound..<(target.lowerBound - 2), in: line) { words.append(ReportWord(range: text)) }
      if let target = trimmed(target, in: line) { words.append(ReportWord(range: target, isLinkTarget: true)) }
      return
    }
    if let host = host(of: range, in: line) {
      let end = linkTextStart(range, host: host, in: line)
      if let word = trimmed(range.lowerBound..<(end ?? range.upperBound), in: line) { words.append(ReportWord(range: word, isLinkTarget: end != nil)) }
      return
    }
    var start = range.lowerBound
    for index in range where line[index] == "," || line[index] == ";" {
      let isBracketed = index > range.lowerBound && index + 1 < range.upperBound && isOpener(line[index - 1])
      if isBracketed { continue }
      if index > start, let word = trimmed(start..<index, in: line) { words.append(ReportWord(range: word)) }
      start = index + 1
    }
    if range.upperBound > start, let word = trimmed(start..<range.upperBound, in: line) { words.append(ReportWord(range: word)) }
  }

  private static func isOpener(_ scalar: Unicode.Scalar) -> Bool { scalar == "[" || scalar == "(" || scalar == "{" || scalar == "<" }

  /// What stands between `](` and `)`.
  private static func markdownTarget(_ range: Range<Int>, in line: ArraySlice<Unicode.Scalar>) -> Range<Int>? {
    var index = range.lowerBound
    while index + 2 < range.upperBound {
      if line[index] == "]", line[index + 1] == "(", !isDot(line[index + 2]) {
        let start = index + 2
        let text = line[start..<range.upperBound]
        let isAddress = text.contains { $0 == "." || $0 == ":" || $0 == "/" }
        guard isAddress else { return nil }
        return start..<closing(text, open: "(", close: ")")
      }
      index += 1
    }
    return nil
  }

  /// Where the bracket that was opened before `text` closes; the end when it does not.
  private static func closing(_ text: ArraySlice<Unicode.Scalar>, open: Unicode.Scalar, close: Unicode.Scalar) -> Int {
    var depth = 0
    for index in text.indices {
      if text[index] == open { depth += 1 }
      if text[index] == close {
        if depth == 0 { return index }
        depth -= 1
      }
    }
    return text.endIndex
  }

  /// Where the host begins behind `://`; nil for what is no URL.
  private static func host(of range: Range<Int>, in line: ArraySlice<Unicode.Scalar>) -> Int? {
    guard range.count > 4 else { return nil }
    var index = range.lowerBound
    while index + 1 < range.upperBound {
      if line[index] == "/", line[index + 1] == "/" { return index + 2 }
      index += 1
    }
    return nil
  }

  /// Where `[text]` of AsciiDoc begins behind a URL: a bracket that holds no fang mark, and with which the word ends or that the next
  /// words close.
  private static func linkTextStart(_ range: Range<Int>, host: Int, in line: ArraySlice<Unicode.Scalar>) -> Int? {
    var index = host + 1
    while index < range.upperBound {
      guard line[index] == "[" else {
        index += 1
        continue
      }
      let text = line[(index + 1)..<range.upperBound]
      let close = closing(text, open: "[", close: "]")
      let rest = line[min(close + 1, range.upperBound)..<range.upperBound]
      let isLast = rest.allSatisfy { isSentenceEnd($0) || $0 == ")" || $0 == "*" || $0 == "_" }
      if isLast, !isFang(text[..<close]) { return index }
      index = close + 1
    }
    return nil
  }

  /// `.`, `:`, `dot`, or the beginning of one that the word's end cut off.
  private static func isFang(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
    guard let first = text.first else { return true }
    if isDot(first) || first == ":" || first == "@" || first == "/" { return true }
    return text.count <= 7 && ["dot", "at", "punkt", "punto", "point", "arroba", "et", "www"].contains(String(scalars: text).lowercased())
  }

  private static func isDot(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "," || scalar == "。" || scalar == "．" }

  private static func isSentenceEnd(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ".", ",", ":", ";", "!", "?", "،", "؛", "。", "'": true
    default: false
    }
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool { scalar == "*" || scalar == "+" }

  private static func trimmed(_ range: Range<Int>, in line: ArraySlice<Unicode.Scalar>) -> Range<Int>? {
    var start = labelEnd(range, in: line) ?? range.lowerBound
    var end = range.upperBound
    while end > start, isSentenceEnd(line[end - 1]) { end -= 1 }
    while start < end, isMark(line[start]) || line[start] == "'" || line[start] == "•" { start += 1 }
    while end > start, isMark(line[end - 1]) { end -= 1 }
    return end > start ? start..<end : nil
  }

  /// A label in front: `SHA256:…`, `sha1=…`, `C2:…`. What follows must be more than a port.
  private static func labelEnd(_ range: Range<Int>, in line: ArraySlice<Unicode.Scalar>) -> Int? {
    var mark = range.lowerBound
    while mark < range.upperBound, mark - range.lowerBound < 24, line[mark] != ":", line[mark] != "=" {
      let scalar = line[mark]
      guard IndicatorShape.isAlphanumeric(scalar) || scalar == "-" || scalar == "_" || scalar == "&" else { return nil }
      mark += 1
    }
    guard mark > range.lowerBound, range.upperBound - mark > 8, line[mark] == ":" || line[mark] == "=" else { return nil }
    let next = line[mark + 1]
    if next == "/" || next == "\\" || next == ":" || next == "_" { return nil }
    return labels.contains(String(scalars: line[range.lowerBound..<mark]).lowercased()) ? mark + 1 : nil
  }

  private static let labels: Set<String> = [
    "md5", "sha1", "sha-1", "sha256", "sha-256", "sha512", "sha-512", "sha2", "hash", "ip", "ipv4", "ipv6", "domain", "url", "c2", "c&c", "email", "from", "to", "btc",
    "bitcoin", "eth", "address", "wallet", "host", "hostname", "imphash", "ssdeep", "filehash", "tron", "trx", "onion", "server", "uri",
  ]

  /// `// Author <author@publisher.example>` and `:attribute: value` of AsciiDoc.
  static func isComment(_ line: ArraySlice<Unicode.Scalar>) -> Bool {
    if line.starts(with: "// ".unicodeScalars) { return true }
    guard line.first == ":", let end = line.dropFirst().firstIndex(where: { !IndicatorShape.isLabel($0) }) else { return false }
    return end > line.startIndex + 1 && line[end] == ":" && (end + 1 == line.endIndex || line[end + 1].isSpace)
  }

  /// `version 1.2.3.4`, `v1.2.3.4`, `Chrome/1.2.3.4`.
  static func isVersion(_ range: Range<Int>, in line: ArraySlice<Unicode.Scalar>) -> Bool {
    var before = line[line.startIndex..<range.lowerBound]
    while let last = before.last, last.isSpace || last == ":" { before.removeLast() }
    let word = before.suffix(10)
    let start = word.lastIndex { $0.isSpace }.map { $0 + 1 } ?? word.startIndex
    return ["version", "versions", "v", "ver", "build", "release", "v.", "firmware"].contains(String(scalars: word[start...]).lowercased())
  }
}
