public import Indicators
public import Syntax

/// Where a text stands: what counts as a mention differs.
public enum MentionField: String, Sendable, CaseIterable { case body, title, tag, url }

/// One place where a text names an actor.
public struct ActorMention: Sendable, Hashable {
  public enum Strength: String, Sendable { case strong, weak }

  /// The text as it stands.
  public var surface: String
  /// Offsets in Unicode scalars of the original text; `end` is exclusive.
  public var start: Int
  public var end: Int
  public var status: ActorAttribution.Status
  public var actor: String?
  public var candidates: [String]
  /// Of an ambiguous name in a list: the one candidate that all unambiguous names of the list mean. Never an attribution.
  public var hint: String?
  public var entity: String?
  public var strength: Strength

  /// The record of `ukai actors find --json`.
  public var json: JSONObject {
    var object: JSONObject = ["surface": .string(surface), "start": JSONValue(start), "end": JSONValue(end), "status": .string(status.rawValue)]
    if let actor { object["actor"] = .string(actor) }
    if !candidates.isEmpty { object["candidates"] = JSONValue(candidates) }
    if let hint { object["hint"] = .string(hint) }
    if let entity { object["entity"] = .string(entity) }
    object["strength"] = .string(strength.rawValue)
    return object
  }
}

/// Finds actors in text and tags (`normaliser.md` B). A mention is not an attribution; an ordinary word is a name only beside a cue.
public struct ActorMentions: Sendable {
  private let resolver: ActorResolver
  private let index: MentionIndex

  public init(resolver: ActorResolver) {
    self.resolver = resolver
    index = MentionIndex(resolver)
  }

  /// Mentions in order of place, none inside another. Linear in the text.
  public func find(in text: String, field: MentionField = .body) -> [ActorMention] {
    let scalars = Array(text.unicodeScalars)
    let words = MentionWords.words(of: scalars, field: field)
    var found: [ActorMention] = []
    var position = 0
    while position < words.count {
      guard let hit = index.longest(from: position, in: words, scalars), let mention = judge(hit, words, scalars, field, found) else {
        position += 1
        continue
      }
      found.append(mention)
      position = hit.words.upperBound
    }
    return field == .body || field == .title ? MentionLists.hinted(strengthened(found, scalars), in: scalars) : found
  }

  private func judge(_ hit: MentionIndex.Hit, _ words: [MentionWord], _ scalars: [Unicode.Scalar], _ field: MentionField, _ before: [ActorMention]) -> ActorMention? {
    let surface = String(scalars: scalars[hit.range])
    let resolution = resolver.resolve(surface)
    guard resolution.status != .unknown else { return nil }
    var strength = ActorMention.Strength.strong
    // "a slow Pisces horoscope": names of two words and more are written with capitals, or as one word with hyphens.
    if field == .body, hit.words.count > 1, surface.contains(" "), !isCapitalised(hit, words, scalars) { return nil }
    if hit.isFlagged {
      let isPrefixed = field == .tag && hit.words.lowerBound > 0 && MentionIndex.tagPrefixes.contains(words[hit.words.lowerBound - 1].key)
      if !isPrefixed {
        strength = .weak
        let isTag = field == .tag
        let isCued = index.hasCue(around: hit.words, in: words)
        // Kept for now: a strong name in the same bracket may still vouch for it.
        if !isTag, !isCued, !isListed(hit.range, scalars) { return nil }
        if !isTag, !isCued { return mention(surface, hit, resolution, .weak, pending: true) }
      }
    }
    if field == .url { strength = .weak }
    return mention(surface, hit, resolution, strength, pending: false)
  }

  private func mention(_ surface: String, _ hit: MentionIndex.Hit, _ resolution: ActorResolution, _ strength: ActorMention.Strength, pending: Bool) -> ActorMention {
    ActorMention(
      surface: surface, start: hit.range.lowerBound, end: hit.range.upperBound, status: resolution.status, actor: resolution.actor?.id,
      candidates: resolution.candidates, entity: pending ? Self.pendingMark : resolution.entity?.id, strength: strength)
  }

  /// Marks a flagged name that only a strong neighbour can save.
  private static let pendingMark = "\u{0}"

  /// Flagged names in a list with a strong one stay; the others go.
  private func strengthened(_ mentions: [ActorMention], _ scalars: [Unicode.Scalar]) -> [ActorMention] {
    mentions.compactMap { mention in
      guard mention.entity == Self.pendingMark else { return mention }
      let bracket = Self.bracket(around: mention.start, scalars)
      guard let bracket else { return nil }
      let isVouched = mentions.contains { other in other.strength == .strong && bracket.overlaps(other.start..<other.end) }
      guard isVouched else { return nil }
      var kept = mention
      kept.entity = nil
      return kept
    }
  }

  private func isListed(_ range: Range<Int>, _ scalars: [Unicode.Scalar]) -> Bool { Self.bracket(around: range.lowerBound, scalars) != nil }

  /// The bracket that holds a place, with the word before it.
  private static func bracket(around place: Int, _ scalars: [Unicode.Scalar]) -> Range<Int>? {
    var open = place
    while open > 0, place - open < 200 {
      open -= 1
      if ")）]".unicodeScalars.contains(scalars[open]) || scalars[open] == "\n" { return nil }
      if "(（[".unicodeScalars.contains(scalars[open]) {
        var close = place
        while close < scalars.count, close - place < 200, !")）]".unicodeScalars.contains(scalars[close]) { close += 1 }
        return max(0, open - 40)..<close
      }
    }
    return nil
  }

  /// Every word of a multi-word name begins with a capital, where its script has any.
  private func isCapitalised(_ hit: MentionIndex.Hit, _ words: [MentionWord], _ scalars: [Unicode.Scalar]) -> Bool {
    words[hit.words].enumerated().allSatisfy { place, word in
      // "Play ransomware group": the words that names are dressed in need no capital.
      !scalars[word.range.lowerBound].properties.isLowercase || place > 0 && index.isGeneric(word.key)
    }
  }
}

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
      return String(scalars: word.lazy.map { $0 >= "A" && $0 <= "Z" ? Unicode.Scalar(UInt8($0.value) + 0x20) : $0 })
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
  private let cues: [String]
  private let affixes: [String]

  init(_ resolver: ActorResolver) {
    var keys: [String: Bool] = [:]
    var spaced: [String: Bool] = [:]
    var designators: [NameDesignator: Bool] = [:]
    var unflagged: Set<String> = []
    for claim in resolver.searchableClaims {
      let isFlagged = claim.flags.contains("ordinary-word") || claim.flags.contains("ambiguous-word")
      if claim.flags.contains("keep-space") {
        spaced[NameFolding.spacedKey(claim.alias)] = isFlagged
      } else if let designator = NameDesignator(words: NameFolding.tokens(claim.alias)) {
        designators[designator] = false
      } else {
        let key = NameFolding.key(claim.alias)
        keys[key] = keys[key] ?? false || isFlagged
        if !isFlagged { unflagged.insert(key) }
      }
    }
    self.keys = keys.filter { !$0.key.isEmpty && !resolver.catalog.stopnames.contains($0.key) }
    self.spaced = spaced
    self.designators = designators
    cues = resolver.catalog.cues
    affixes = resolver.catalog.affixes
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
        cursor += 1
        if let flagged = keys[NameFolding.key(String(scalars: key))] { best = (cursor, index, flagged) }
      }
      guard let best else { continue }
      let hit = Hit(words: position..<(best.index + 1), range: start..<best.end, isFlagged: best.flagged)
      if isBounded(hit, scalars) { return withAffix(hit, words, scalars) }
    }
    return nil
  }

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
