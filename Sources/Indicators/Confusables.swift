/// Letters of other scripts that look like Latin ones (the part of UTS #39's table that names on the Internet use).
enum Confusables {
  /// The Latin name that a name in look-alike letters shows; nil when it shows none, or is plain ASCII.
  static func latinSkeleton(_ labels: [[Unicode.Scalar]]) -> String? {
    guard labels.contains(where: { $0.contains { !$0.isASCII } }) else { return nil }
    var skeletons: [String] = []
    for label in labels {
      var skeleton = String.UnicodeScalarView()
      for scalar in label {
        guard let latin = scalar.isASCII ? scalar : table[scalar] else { return nil }
        skeleton.append(latin)
      }
      skeletons.append(String(skeleton))
    }
    return skeletons.joined(separator: ".")
  }

  private static let table: [Unicode.Scalar: Unicode.Scalar] = [
    // Cyrillic
    "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "ѐ": "e", "ё": "e", "һ": "h", "н": "h", "і": "i", "ї": "i", "ј": "j", "к": "k", "ӏ": "l", "м": "m",
    "о": "o", "р": "p", "ԛ": "q", "г": "r", "ѕ": "s", "т": "t", "ц": "u", "ѵ": "v", "ԝ": "w", "х": "x", "у": "y", "ү": "y", "п": "n",
    // Greek
    "α": "a", "β": "b", "ε": "e", "η": "n", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p", "τ": "t", "υ": "u", "χ": "x", "γ": "y", "ω": "w",
    // Armenian
    "օ": "o", "ո": "n", "ս": "u", "հ": "h", "ց": "g", "զ": "q",
    // Latin beyond ASCII
    "ı": "i", "ɑ": "a", "ɡ": "g", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ƅ": "b", "ʋ": "v", "ɩ": "i", "ꮃ": "w",
  ]
}
