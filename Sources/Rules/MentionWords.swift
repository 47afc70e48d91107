internal import Indicators

/// One word of a text, folded.
struct MentionWord {
  let key: String
  let range: Range<Int>
  /// Kana, Han or Hangul: names in it may begin and end inside the word.
  let isEastAsian: Bool
  /// May be the next word of the same name: only spaces, hyphens and the like stand between.
  let joinsPrevious: Bool
  /// Inside a URL, an address or a path: no name.
  let isMasked: Bool
}

enum MentionWords {
  static func words(of scalars: [Unicode.Scalar], field: MentionField) -> [MentionWord] {
    let masked = field == .tag || field == .url ? [] : MentionMask.ranges(in: scalars)
    var words: [MentionWord] = []
    var position = 0
    var maskIndex = 0
    while position < scalars.count {
      guard NameFolding.isWord(scalars[position].value) else {
        position += 1
        continue
      }
      let start = position
      let isEastAsian = NameScript(scalars[start].value).isEastAsian
      position += 1
      while position < scalars.count, continues(scalars, position, isEastAsian, splitsCase: field == .tag || field == .url) { position += 1 }
      while maskIndex < masked.count, masked[maskIndex].upperBound <= start { maskIndex += 1 }
      let isMasked = maskIndex < masked.count && masked[maskIndex].lowerBound < position
      // Look-alike letters of another script inside a Latin word are there to hide it.
      words.append(
        MentionWord(
          key: key(scalars[start..<position]), range: start..<position, isEastAsian: isEastAsian,
          joinsPrevious: words.last.map { joins(scalars, $0.range.upperBound, start, field) } ?? false, isMasked: isMasked))
    }
    return words
  }

  private static func key(_ word: ArraySlice<Unicode.Scalar>) -> String {
    if word.allSatisfy({ $0.value < 0x80 && NameFolding.isASCIIWord($0.value) }) {
      // Nearly every word of a report comes through here.
      return unsafe String(unsafeUninitializedCapacity: word.count) { buffer in
        var count = 0
        for scalar in word {
          let byte = UInt8(truncatingIfNeeded: scalar.value)
          unsafe buffer[count] = byte >= 0x41 && byte <= 0x5A ? byte + 0x20 : byte
          count += 1
        }
        return count
      }
    }
    let text = String(scalars: word)
    return NameFolding.key(NameConfusables.latinised(text) ?? text)
  }

  private static func continues(_ scalars: [Unicode.Scalar], _ position: Int, _ isEastAsian: Bool, splitsCase: Bool) -> Bool {
    let scalar = scalars[position]
    if NameFolding.isIgnorable(scalar.value) { return position + 1 < scalars.count && NameFolding.isWord(scalars[position + 1].value) }
    guard NameFolding.isWord(scalar.value) else { return false }
    if splitsCase, scalar.properties.isUppercase, scalars[position - 1].properties.isLowercase { return false }
    return NameScript(scalar.value).isEastAsian == isEastAsian || scalar.properties.generalCategory == .nonspacingMark
  }

  /// What may stand between two words of one name.
  private static func joins(_ scalars: [Unicode.Scalar], _ start: Int, _ end: Int, _ field: MentionField) -> Bool {
    guard end - start <= 4 else { return false }
    var newlines = 0
    for scalar in scalars[start..<end] {
      if scalar == "\n" { newlines += 1 }
      let fits =
        scalar.isSpace || "-_‐‑‒–・·#'’".unicodeScalars.contains(scalar) || NameFolding.isIgnorable(scalar.value)
        || ((field == .tag || field == .url) && ".:/=\"".unicodeScalars.contains(scalar))
      if !fits { return false }
    }
    return newlines <= 1
  }
}
