internal import Indicators

/// What hides names that are none: addresses, links, paths, digests.
enum MentionMask {
  static func ranges(in scalars: [Unicode.Scalar]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var position = 0
    while position < scalars.count {
      if scalars[position].isSpace {
        position += 1
        continue
      }
      let start = position
      while position < scalars.count, !scalars[position].isSpace { position += 1 }
      if let masked = masked(scalars, start..<position) { ranges.append(masked) }
    }
    return ranges
  }

  private static func masked(_ scalars: [Unicode.Scalar], _ token: Range<Int>) -> Range<Int>? {
    let text = scalars[token]
    guard let mark = text.firstIndex(where: { "./\\@:".unicodeScalars.contains($0) }) else {
      let isDigest = text.count >= 32 && text.allSatisfy { $0.properties.isASCIIHexDigit }
      return isDigest ? token : nil
    }
    if let scheme = text.indices.first(where: { text[$0] == ":" && $0 + 2 < token.upperBound && text[$0 + 1] == "/" && text[$0 + 2] == "/" }) {
      var start = scheme
      while start > token.lowerBound, text[start - 1].isASCII, text[start - 1].properties.isAlphabetic || "[]".unicodeScalars.contains(text[start - 1]) { start -= 1 }
      return start..<token.upperBound
    }
    // ASCII runs with a dot, an at sign or separators inside: hosts, addresses, file names, paths.
    var start = mark
    func isPart(_ scalar: Unicode.Scalar) -> Bool {
      scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "-_.@/\\:%~[]".unicodeScalars.contains(scalar))
    }
    while start > token.lowerBound, isPart(text[start - 1]) { start -= 1 }
    var end = mark
    while end < token.upperBound, isPart(text[end]) { end += 1 }
    while end > start, ".:,]".unicodeScalars.contains(text[end - 1]) { end -= 1 }
    guard end > mark, start < mark || text[mark] == "/" || text[mark] == "\\" else { return nil }
    let run = text[start..<end]
    if run.contains("@") || run.contains("\\") { return start..<end }
    // `src/lazarus/main` is a path, `TraderTraitor/UNC4899/Jade Sleet` a list of names.
    let segments = run.split(separator: "/", omittingEmptySubsequences: false)
    if segments.count > 2, !segments.allSatisfy({ $0.first?.properties.isUppercase ?? false }) { return start..<end }
    if let dot = run.lastIndex(of: "."), dot > start, dot + 1 < end {
      let tail = run[(dot + 1)...].prefix { $0.properties.isAlphabetic }
      if tail.count >= 2, run[(dot + 1)...].first?.properties.isLowercase ?? false { return start..<end }
    }
    return nil
  }
}
