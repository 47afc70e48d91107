/// Letters of other scripts that look like Latin ones: the Cyrillic and Greek rows of UTS #39 `confusables.txt` that lead to
/// a Latin letter. Applied before case folding, because `В` looks like `B` while `в` looks like nothing Latin.
enum NameConfusables {
  private static let latin: [UInt32: UInt32] = {
    let pairs: [(String, String)] = [
      ("АВЕЗІЇЈКМНОРСТУХЅԌԚԜҮҺӀ", "ABE3IIJKMHOPCTYXSGQWYHI"), ("аеорсухіѕјԁһԛԝӏүгѵъьё", "aeopcyxisjdhqwlyrvbbe"),
      ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϳ", "ABEZHIKMNOPTYXCj"), ("αγινορσυϲ", "ayivopouc"),
    ]
    var table: [UInt32: UInt32] = [:]
    for (from, to) in pairs {
      for (left, right) in zip(from.unicodeScalars, to.unicodeScalars) { table[left.value] = right.value }
    }
    return table
  }()

  /// The Latin letter that `scalar` looks like, or itself.
  static func skeleton(_ scalar: UInt32) -> UInt32 { scalar < 0x0370 ? scalar : latin[scalar] ?? scalar }

  /// Latin letters together with Cyrillic or Greek ones.
  static func mixesScripts(_ scalars: some Sequence<UInt32>) -> Bool {
    var (hasLatin, hasOther) = (false, false)
    for scalar in scalars {
      switch NameScript(scalar) {
      case .latin: hasLatin = true
      case .cyrillic, .greek: hasOther = true
      default: continue
      }
      if hasLatin, hasOther { return true }
    }
    return false
  }

  /// The name with its look-alikes made Latin, or nil when it does not mix scripts.
  static func latinised(_ name: String) -> String? {
    let scalars = UnicodeForm.nfkc.apply(name.unicodeScalars.map(\.value))
    guard mixesScripts(scalars) else { return nil }
    return NameFolding.string(scalars.map(skeleton))
  }
}

/// Damerau–Levenshtein distance, only as far as it is asked for.
enum EditDistance {
  /// Whether at most `limit` insertions, deletions, changes or swaps of neighbours lead from one to the other.
  static func isWithin(_ limit: Int, _ left: [UInt32], _ right: [UInt32]) -> Bool {
    guard abs(left.count - right.count) <= limit else { return false }
    let width = right.count + 1
    var (older, old, new) = ([Int](), Array(0..<width), [Int](repeating: 0, count: width))
    for row in 0..<left.count {
      new[0] = row + 1
      var best = new[0]
      for column in 0..<right.count {
        let change = old[column] + (left[row] == right[column] ? 0 : 1)
        var cost = min(change, old[column + 1] + 1, new[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          cost = min(cost, older[column - 1] + 1)
        }
        new[column + 1] = cost
        best = min(best, cost)
      }
      if best > limit { return false }
      (older, old, new) = (old, new, older.isEmpty ? [Int](repeating: 0, count: width) : older)
    }
    return old[width - 1] <= limit
  }
}
