internal import Indicators

/// Aliases by what they are found by in folded words.
struct MentionIndex: Sendable {
  struct Hit {
    var words: Range<Int>
    var range: Range<Int>
    var isFlagged: Bool
  }

  static let tagPrefixes: Set<String> = ["apt", "actor", "threatactor", "group", "threat", "intrusionset", "misp", "galaxy"]
  private static let maximumWords = 6
  private static let maximumEastAsian = 24

  private var keys: [String: Bool] = [:]
  private var spaced: [String: Bool] = [:]
  private var designators: [NameDesignator: Bool] = [:]
  /// The beginnings of all keys in Hangul, kana and Han, of each length.
  private var beginnings: Set<String> = []
  private let cues: [String]
  private let affixes: [String]

  init(_ resolver: ActorResolver) {
    var keys: [String: Bool] = [:]
    var spaced: [String: Bool] = [:]
    var designators: [NameDesignator: Bool] = [:]
    // What a curator said of a word holds; what only an imported base lists has been looked at by nobody.
    for claim in resolver.searchableClaims.sorted(by: { $0.isCurated && !$1.isCurated }) {
      let isFlagged = claim.flags.contains("ordinary-word") || claim.flags.contains("ambiguous-word")
      if claim.flags.contains("keep-space") {
        spaced[NameFolding.spacedKey(claim.alias)] = isFlagged
      } else if let designator = NameDesignator(words: NameFolding.tokens(claim.alias)) {
        designators[designator] = false
      } else {
        let key = NameFolding.key(claim.alias)
        if claim.isCurated {
          keys[key] = keys[key] ?? false || isFlagged
        } else if keys[key] == nil {
          keys[key] = isFlagged || Self.mayBeOrdinary(claim.alias)
        }
      }
    }
    self.keys = keys.filter { !$0.key.isEmpty && !resolver.catalog.stopnames.contains($0.key) }
    for key in self.keys.keys where key.unicodeScalars.first.map({ NameScript($0.value).isEastAsian }) ?? false {
      var beginning = ""
      for scalar in key.unicodeScalars {
        beginning.unicodeScalars.append(scalar)
        beginnings.insert(beginning)
      }
    }
    self.spaced = spaced
    self.designators = designators
    cues = resolver.catalog.cues
    affixes = resolver.catalog.affixes
  }

  /// Whether a name that no curator has looked at could be a word of a language: one word of letters alone, without capitals inside.
  /// Bases list Sea, Gold and Mirage beside what is a name anywhere.
  private static func mayBeOrdinary(_ alias: String) -> Bool {
    if alias.unicodeScalars.count <= 3 { return true }
    guard NameFolding.tokens(alias).count == 1, alias.unicodeScalars.allSatisfy({ $0.properties.isAlphabetic }) else { return false }
    let rest = alias.unicodeScalars.dropFirst()
    return !(rest.contains { $0.properties.isUppercase } && rest.contains { $0.properties.isLowercase })
  }

  /// Whether a word is one that names are dressed in: an affix, a cue, or the like.
  func isGeneric(_ key: String) -> Bool { affixes.contains(key) || cues.contains(key) || ["operators", "leaks", "cluster", "collective"].contains(key) }

  /// The longest name that begins with the word at `position`.
  func longest(from position: Int, in words: [MentionWord], _ scalars: [Unicode.Scalar]) -> Hit? {
    let first = words[position]
    if first.isMasked { return nil }
    if first.isEastAsian { return eastAsian(position, words, scalars) }
    var key = ""
    var parts: [String] = []
    var best: Hit?
    var index = position
    while index < words.count, index - position < Self.maximumWords, index == position || words[index].joinsPrevious, !words[index].isMasked, !words[index].isEastAsian {
      key += words[index].key
      parts.append(words[index].key)
      let range = first.range.lowerBound..<words[index].range.upperBound
      let flagged = (parts.count > 1 ? spaced[parts.joined(separator: " ")] : nil) ?? keys[key] ?? NameDesignator(words: parts).flatMap { designators[$0] }
      if let flagged { best = Hit(words: position..<(index + 1), range: range, isFlagged: flagged) }
      index += 1
    }
    if let best { return withAffix(best, words, scalars) }
    return arabicWithClitic(position, words, scalars)
  }

  /// و ف ب ل ك and the article may be written onto a name.
  private func arabicWithClitic(_ position: Int, _ words: [MentionWord], _ scalars: [Unicode.Scalar]) -> Hit? {
    let word = words[position]
    guard NameScript(scalars[word.range.lowerBound].value) == .arabic else { return nil }
    for clitic in ["وال", "بال", "فال", "كال", "لل", "ال", "و", "ف", "ب", "ل", "ك"] where word.key.hasPrefix(clitic) {
      let skipped = clitic.unicodeScalars.count
      var key = String(word.key.unicodeScalars.dropFirst(skipped))
      var index = position
      var best: Hit?
      while true {
        if let flagged = keys[key] {
          best = Hit(words: position..<(index + 1), range: (word.range.lowerBound + skipped)..<words[index].range.upperBound, isFlagged: flagged)
        }
        index += 1
        guard index < words.count, index - position < Self.maximumWords, words[index].joinsPrevious else { break }
        key += words[index].key
      }
      if let best { return best }
    }
    return nil
  }

  /// A name in a script without spaces: it may begin anywhere in the run, and go over to the next word behind a middle dot or a space.
  private func eastAsian(_ position: Int, _ words: [MentionWord], _ scalars: [Unicode.Scalar]) -> Hit? {
    let word = words[position]
    for start in word.range {
      var key: [Unicode.Scalar] = []
      // The key folded so far, while folding changes nothing but what it drops.
      var folded: String? = ""
      var best: (end: Int, index: Int, flagged: Bool)?
      var index = position
      var cursor = start
      while key.count < Self.maximumEastAsian {
        if cursor >= words[index].range.upperBound {
          guard index + 1 < words.count, words[index + 1].joinsPrevious, !words[index + 1].isMasked else { break }
          index += 1
          cursor = words[index].range.lowerBound
          continue
        }
        key.append(scalars[cursor])
        if folded != nil, Self.foldsToItself(cursor, scalars) {
          folded?.unicodeScalars.append(scalars[cursor])
          // Nearly everywhere no name begins.
          if let folded, !beginnings.contains(folded) { break }
        } else if !Self.isDropped(scalars[cursor].value) {
          folded = nil
        }
        cursor += 1
        let whole = folded ?? NameFolding.key(String(scalars: key))
        // The last character may still join with the next.
        if folded == nil, whole.unicodeScalars.count > 1, !beginnings.contains(String(whole.unicodeScalars.dropLast())) { break }
        if let flagged = keys[whole] { best = (cursor, index, flagged) }
      }
      guard let best else { continue }
      let hit = Hit(words: position..<(best.index + 1), range: start..<best.end, isFlagged: best.flagged)
      if isBounded(hit, scalars) { return withAffix(hit, words, scalars) }
    }
    return nil
  }

  /// Kana, Han and Hangul that folding leaves as they are, and does not join with what follows.
  private static func foldsToItself(_ index: Int, _ scalars: [Unicode.Scalar]) -> Bool {
    let next = index + 1 < scalars.count ? scalars[index + 1].value : 0
    switch scalars[index].value {
    case 0x3041...0x3096, 0x30A1...0x30FA: return !(0x3099...0x309A).contains(next) && !(0xFF9E...0xFF9F).contains(next)
    case 0x3400...0x4DBF, 0x4E00...0x9FFF: return true
    case 0xAC00...0xD7A3: return !(0x1160...0x11FF).contains(next)
    default: return false
    }
  }

  /// The mark of a long vowel, a middle dot and blanks, which folding drops.
  private static func isDropped(_ value: UInt32) -> Bool { value == 0x30FC || value == 0x30FB || value == 0xB7 || value == 0x20 || value == 0x3000 }

  /// A katakana name must not be part of a longer katakana word, unless the rest is an affix; a Hangul name may carry particles.
  private func isBounded(_ hit: Hit, _ scalars: [Unicode.Scalar]) -> Bool {
    func script(_ index: Int) -> NameScript? { scalars.indices.contains(index) ? NameScript(scalars[index].value) : nil }
    let first = script(hit.range.lowerBound)
    if first == .katakana {
      if script(hit.range.lowerBound - 1) == .katakana, scalars[hit.range.lowerBound - 1] != "・" { return false }
      if script(hit.range.upperBound) == .katakana, scalars[hit.range.upperBound] != "・" { return startsWithAffix(hit.range.upperBound, scalars) }
    }
    if first == .hangul {
      if script(hit.range.lowerBound - 1) == .hangul { return false }
      if script(hit.range.upperBound) == .hangul {
        let particles = "은는이가을를의와과로에도만"
        return particles.unicodeScalars.contains(scalars[hit.range.upperBound]) || startsWithAffix(hit.range.upperBound, scalars)
      }
    }
    return true
  }

  private func startsWithAffix(_ start: Int, _ scalars: [Unicode.Scalar]) -> Bool { affixLength(start, scalars) != nil }

  /// Scalars of an East Asian affix that begins at `start`.
  private func affixLength(_ start: Int, _ scalars: [Unicode.Scalar]) -> Int? {
    guard scalars.indices.contains(start), NameScript(scalars[start].value).isEastAsian else { return nil }
    for length in stride(from: min(6, scalars.count - start), through: 2, by: -1) {
      let word = scalars[start..<(start + length)]
      guard word.last.map({ NameFolding.isWord($0.value) }) ?? false else { continue }
      if affixes.contains(NameFolding.key(String(scalars: word))) { return length }
    }
    return nil
  }

  /// The surface takes in an East Asian affix that is written onto it.
  private func withAffix(_ hit: Hit, _ words: [MentionWord], _ scalars: [Unicode.Scalar]) -> Hit {
    guard let length = affixLength(hit.range.upperBound, scalars) else { return hit }
    var result = hit
    result.range = hit.range.lowerBound..<(hit.range.upperBound + length)
    var last = hit.words.upperBound
    while last < words.count, words[last].range.upperBound <= result.range.upperBound { last += 1 }
    result.words = hit.words.lowerBound..<last
    return result
  }

  /// A cue within six words on either side, or written onto the name.
  func hasCue(around hit: Range<Int>, in words: [MentionWord]) -> Bool {
    let before = words[max(0, hit.lowerBound - 6)..<hit.lowerBound].map(\.key)
    let after = words[hit.upperBound..<min(words.count, hit.upperBound + 6)].map(\.key)
    let own = words[hit].map(\.key)
    let joined = before.joined() + " " + after.joined()
    for cue in cues {
      let isEastAsian = cue.unicodeScalars.first.map { NameScript($0.value).isEastAsian } ?? false
      if isEastAsian {
        if joined.contains(cue) || own.contains(where: { $0.contains(cue) }) { return true }
      } else if cue.unicodeScalars.count <= 3 {
        if before.contains(cue) || after.contains(cue) { return true }
      } else if before.contains(where: { $0.hasPrefix(cue) }) || after.contains(where: { $0.hasPrefix(cue) }) || joined.contains(cue) && cue.count > 8 {
        return true
      }
    }
    return false
  }
}
