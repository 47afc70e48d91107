internal import Indicators

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
