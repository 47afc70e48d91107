internal import Indicators

/// Lists of names in a text: "TraderTraitor, also LABYRINTH CHOLLIMA and UNC4899".
enum MentionLists {
  /// Gives ambiguous mentions the hint that their unambiguous neighbours in a list give. Status and candidates stay as they are.
  static func hinted(_ mentions: [ActorMention], in scalars: [Unicode.Scalar]) -> [ActorMention] {
    guard mentions.contains(where: { $0.status == .ambiguous }) else { return mentions }
    var result = mentions
    var start = 0
    while start < result.count {
      var end = start + 1
      while end < result.count, joinsList(scalars, result[end - 1].end, result[end].start) { end += 1 }
      let resolved = Set(result[start..<end].compactMap(\.actor))
      if resolved.count == 1, let actor = resolved.first {
        for index in start..<end where result[index].status == .ambiguous && result[index].candidates.contains(actor) { result[index].hint = actor }
      }
      start = end
    }
    return result
  }

  /// Words that part the names of a list, folded.
  private static let joiners: Set<String> = Set(
    [
      "and", "or", "aka", "a", "k", "also", "known", "as", "tracked", "called", "alias", "formerly", "e", "o", "y", "et", "ou", "und", "oder", "auch", "anche", "noto",
      "come", "también", "conocido", "como", "aussi", "ve", "و", "أو", "и", "или", "や", "と", "または", "および", "및", "또는", "和", "或", "又称", "又稱",
    ].map(NameFolding.key))

  /// Whether nothing but a list's commas, slashes, brackets and joining words stand between two names.
  private static func joinsList(_ scalars: [Unicode.Scalar], _ start: Int, _ end: Int) -> Bool {
    guard start <= end, end - start <= 40 else { return false }
    let between = scalars[start..<end]
    let words = NameFolding.words(between.map(\.value)).map(NameFolding.string)
    guard words.allSatisfy(joiners.contains) else { return false }
    var hasMark = !words.isEmpty
    for scalar in between where !NameFolding.isWord(scalar.value) && !scalar.isSpace {
      guard ",;/|()[]、，（）・&\"'“”‘’«»「」،؛:-–—".unicodeScalars.contains(scalar) || scalar == "." && words.starts(with: ["a", "k"]) else { return false }
      hasMark = true
    }
    // A paragraph's end is a list's end.
    return hasMark && between.count { $0 == "\n" } <= 1
  }
}
