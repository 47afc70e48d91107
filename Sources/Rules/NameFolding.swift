/// The key of an actor's name (`normaliser.md` A.3): what two spellings of one name have in common.
///
/// NFKC, no ignorable characters, full case folding, no diacritics (Cyrillic and kana marks stay), Arabic letter variants
/// unified, no kana length mark, and nothing but letters and digits. Idempotent, and independent of the locale.
public enum NameFolding {
  /// The compact key: all tokens joined. `Trader-Traitor` and `ＴＲＡＤＥＲ traitor` have the key `tradertraitor`.
  public static func key(_ text: String) -> String { string(compact(Array(text.unicodeScalars.map(\.value)))) }

  /// The folded words of a name: maximal runs of letters and digits.
  public static func tokens(_ text: String) -> [String] { words(Array(text.unicodeScalars.map(\.value))).map(string) }

  /// The key of a `keep-space` alias: the folded words joined by one space.
  public static func spacedKey(_ text: String) -> String { tokens(text).joined(separator: " ") }

  /// Joining words can bring two characters together that compose (Hangul jamo), so the fold runs until nothing changes.
  static func compact(_ scalars: [UInt32]) -> [UInt32] {
    var joined = Array(words(scalars).joined())
    if joined.allSatisfy({ $0 < 0x80 }) { return joined }
    for _ in 0..<maximumRounds {
      let again = Array(words(joined).joined())
      if again == joined { break }
      joined = again
    }
    return joined
  }

  static func words(_ scalars: [UInt32]) -> [[UInt32]] {
    fold(scalars).split { !isWord($0) }.map(Array.init)
  }

  /// More rounds than any text needs; a bound, not a tuning.
  private static let maximumRounds = 8

  /// Steps 1 to 6 of the fold, separators still in place.
  static func fold(_ scalars: [UInt32]) -> [UInt32] {
    if scalars.allSatisfy({ $0 < 0x80 }) { return scalars.map(lowercasedASCII) }
    return foldByTables(scalars)
  }

  /// The fold without its short cut for ASCII: what tests compare the short cut with.
  package static func keyByTables(_ text: String) -> String {
    var joined = text.unicodeScalars.map(\.value)
    for _ in 0..<maximumRounds {
      let again = Array(foldByTables(joined).split { !isWord($0) }.joined())
      if again == joined { break }
      joined = again
    }
    return string(joined)
  }

  private static func foldByTables(_ scalars: [UInt32]) -> [UInt32] {
    var current = scalars
    for _ in 0..<maximumRounds {
      let next = foldOnce(current)
      if next == current { break }
      current = next
    }
    return current
  }

  private static func foldOnce(_ scalars: [UInt32]) -> [UInt32] {
    let visible = UnicodeForm.nfkc.apply(scalars).filter { !isIgnorable($0) }
    let bare = withoutMarks(UnicodeForm.nfd.apply(UnicodeForm.caseFold(visible)))
    return UnicodeForm.nfc.apply(bare).filter { $0 != kanaLengthMark }.map(unifiedArabic)
  }

  private static let kanaLengthMark: UInt32 = 0x30FC

  private static func withoutMarks(_ decomposed: [UInt32]) -> [UInt32] {
    var afterCyrillic = false
    return decomposed.filter { scalar in
      switch scalar {
      case 0x0300...0x036F: return afterCyrillic  // й and ё are letters of their own
      case 0x064B...0x065F, 0x0670: return false
      default:
        afterCyrillic = NameScript(scalar) == .cyrillic
        return true
      }
    }
  }

  private static func unifiedArabic(_ scalar: UInt32) -> UInt32 {
    switch scalar {
    case 0x0622, 0x0623, 0x0625, 0x0671: 0x0627  // alef with madda, hamza above, hamza below, wasla
    case 0x0649, 0x0626, 0x06CC: 0x064A  // alef maksura, yeh with hamza, Farsi yeh
    case 0x0629: 0x0647  // teh marbuta
    case 0x0624: 0x0648  // waw with hamza
    case 0x06A9: 0x0643  // keheh
    default: scalar
    }
  }

  static func isIgnorable(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x00AD, 0x034F, 0x061C, 0x0640, 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F, 0x200B...0x200F,
      0x202A...0x202E, 0x2060...0x206F, 0xFE00...0xFE0F, 0xFEFF:
      true
    default: false
    }
  }

  /// Letters, digits and the marks that belong to them.
  static func isWord(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return isASCIIWord(scalar) }
    guard let category = Unicode.Scalar(scalar)?.properties.generalCategory else { return false }
    switch category {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber, .letterNumber,
      .otherNumber, .nonspacingMark, .spacingMark:
      return true
    default: return false
    }
  }

  static func isASCIIWord(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }

  static func lowercasedASCII(_ scalar: UInt32) -> UInt32 { 0x41...0x5A ~= scalar ? scalar + 0x20 : scalar }

  static func string(_ scalars: some Sequence<UInt32>) -> String {
    var view = String.UnicodeScalarView()
    for scalar in scalars { if let valid = Unicode.Scalar(scalar) { view.append(valid) } }
    return String(view)
  }
}

/// The scripts that the rules of names speak of.
enum NameScript {
  case latin, cyrillic, greek, arabic, hiragana, katakana, han, hangul, digit, other

  init(_ scalar: UInt32) {
    self =
      switch scalar {
      case 0x30...0x39: .digit
      case 0x41...0x5A, 0x61...0x7A, 0xAA, 0xBA, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x024F, 0x1E00...0x1EFF, 0xFF21...0xFF3A,
        0xFF41...0xFF5A:
        .latin
      case 0x0370...0x03FF, 0x1F00...0x1FFF: .greek
      case 0x0400...0x052F, 0x1C80...0x1C8F, 0x2DE0...0x2DFF, 0xA640...0xA69F: .cyrillic
      case 0x0600...0x065F, 0x066E...0x06EF, 0x06FA...0x077F, 0x08A0...0x08FF, 0xFB50...0xFDFF, 0xFE70...0xFEFE: .arabic
      case 0x3041...0x309F: .hiragana
      case 0x30A1...0x30FA, 0x30FC...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9F: .katakana
      case 0x3005, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF: .han
      case 0x1100...0x11FF, 0x3130...0x318F, 0xA960...0xA97F, 0xAC00...0xD7FF: .hangul
      default: .other
      }
  }

  /// Scripts that are written without spaces, or glue particles to a name.
  var isEastAsian: Bool {
    switch self {
    case .hiragana, .katakana, .han, .hangul: true
    default: false
    }
  }
}
