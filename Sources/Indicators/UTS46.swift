internal import CUnicode
private import Glibc

/// International domain names by Unicode Technical Standard #46: non-transitional, CheckHyphens and UseSTD3ASCIIRules off,
/// CheckBidi and CheckJoiners on. What the WHATWG URL standard asks for.
///
/// libidn2 cannot be told to leave hyphens alone or to let symbols pass (`☕.example` is a name that browsers open), so the
/// mapping is made here from libunistring's NFKC and case folding, from which UTS #46 differs in a few characters only.
enum UTS46 {
  enum Fault: Error {
    /// A character that no name may have, or a label that breaks the rules for joiners or for right-to-left text.
    case badCharacter
    /// `xn--` and something that is not the Punycode of a valid label.
    case badPunycode
    case labelTooLong
  }

  struct Name {
    /// Labels as they go over the wire, in lower case. May have empty ones.
    var ascii: [[UInt8]]
    /// The same labels for people.
    var unicode: [[Unicode.Scalar]]
  }

  /// - Parameter maximumLabelLength: in scalars, before Punycode; encoding takes quadratic time.
  static func process(_ text: Bytes, maximumLabelLength: Int = 63) throws(Fault) -> Name {
    var name = Name(ascii: [], unicode: [])
    var isBidirectional = false
    for label in try mapped(text).split(separator: ".", omittingEmptySubsequences: false) {
      guard label.count <= max(maximumLabelLength, 63) else { throw .labelTooLong }
      let scalars = Array(label)
      let isPunycode = label.count >= 4 && label[label.startIndex] == "x" && label[label.startIndex + 1] == "n"
        && label[label.startIndex + 2] == "-" && label[label.startIndex + 3] == "-"
      if isPunycode {
        guard label.allSatisfy(\.isASCII) else { throw .badPunycode }
        let ascii = scalars.map { UInt8(ascii: $0) }
        guard let decoded = Punycode.decode(ascii.dropFirst(4)), isProper(decoded), Punycode.encode(decoded) == Array(ascii.dropFirst(4))
        else { throw .badPunycode }
        name.ascii.append(ascii)
        name.unicode.append(decoded)
      } else if label.allSatisfy(\.isASCII) {
        name.ascii.append(scalars.map { UInt8(ascii: $0) })
        name.unicode.append(scalars)
      } else {
        guard isValid(scalars) else { throw .badCharacter }
        guard let encoded = Punycode.encode(scalars) else { throw .labelTooLong }
        name.ascii.append(Array("xn--".utf8) + encoded)
        name.unicode.append(scalars)
      }
      isBidirectional = isBidirectional || name.unicode[name.unicode.count - 1].contains(where: isRightToLeft)
    }
    if isBidirectional, !name.unicode.allSatisfy(followsBidiRule) { throw .badCharacter }
    return name
  }

  /// A decoded label must be one that encoding could have started from: not ASCII, and unchanged by the mapping.
  private static func isProper(_ label: [Unicode.Scalar]) -> Bool {
    guard !label.allSatisfy(\.isASCII), isValid(label) else { return false }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: label)
    guard let again = try? mapped(Bytes(String(text))) else { return false }
    return again == label
  }

  // MARK: Mapping

  /// The text with every character mapped, and NFC.
  static func mapped(_ text: Bytes) throws(Fault) -> [Unicode.Scalar] {
    var output: [Unicode.Scalar] = []
    output.reserveCapacity(text.count)
    // Runs between the characters that UTS #46 treats unlike NFKC_Casefold are normalised as one text.
    var run: [UInt32] = []
    func flush() throws(Fault) {
      guard !run.isEmpty else { return }
      guard let folded = normalized(run) else { throw .badCharacter }
      output.append(contentsOf: folded)
      run.removeAll(keepingCapacity: true)
    }
    for scalar in text.text.unicodeScalars {
      switch scalar {
      case "\u{3002}", "\u{FF0E}", "\u{FF61}":
        try flush()
        output.append(".")
      case "ß", "ς", "\u{200C}", "\u{200D}":
        try flush()
        output.append(scalar)
      case "ẞ":
        try flush()
        output.append("ß")
      default:
        if isIgnored(scalar) { continue }
        guard !isDisallowed(scalar) else { throw .badCharacter }
        run.append(scalar.value)
      }
    }
    try flush()
    guard let composed = Self.normalize(output.map(\.value), composing: true) else { throw .badCharacter }
    return composed
  }

  private static func normalized(_ run: [UInt32]) -> [Unicode.Scalar]? {
    if run.allSatisfy({ $0 < 0x80 }) {
      return run.compactMap { Unicode.Scalar(UInt8(truncatingIfNeeded: $0).lowercased) }
    }
    // A full stop that only appears by the mapping (`⒈`, `…`) is disallowed: it would make labels out of one character.
    let stops = run.count { $0 == 0x2E }
    guard let folded = caseFolded(run), folded.count(where: { $0 == "." }) == stops else { return nil }
    return folded
  }

  private static func caseFolded(_ run: [UInt32]) -> [Unicode.Scalar]? {
    var length = 0
    return unsafe run.withUnsafeBufferPointer { source -> [Unicode.Scalar]? in
      guard let result = unsafe u32_casefold(source.baseAddress, source.count, nil, ukai_nfkc(), nil, &length) else { return nil }
      defer { unsafe free(result) }
      return unsafe UnsafeBufferPointer(start: result, count: length).compactMap { Unicode.Scalar($0) }
    }
  }

  private static func normalize(_ scalars: [UInt32], composing: Bool) -> [Unicode.Scalar]? {
    if scalars.allSatisfy({ $0 < 0x300 }) { return scalars.compactMap { Unicode.Scalar($0) } }
    var length = 0
    return unsafe scalars.withUnsafeBufferPointer { source -> [Unicode.Scalar]? in
      guard let result = unsafe u32_normalize(ukai_nfc(), source.baseAddress, source.count, nil, &length) else { return nil }
      defer { unsafe free(result) }
      return unsafe UnsafeBufferPointer(start: result, count: length).compactMap { Unicode.Scalar($0) }
    }
  }

  /// `text` in Normalization Form C.
  static func composed(_ text: String) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: normalize(text.unicodeScalars.map(\.value), composing: true) ?? Array(text.unicodeScalars))
    return String(view)
  }

  /// Characters that vanish.
  private static func isIgnored(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case ..<0xAD: false
    case 0xAD, 0x34F, 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F, 0x200B, 0x2060...0x2064, 0x206A...0x206F, 0x3164,
      0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0100...0xE01EF: true
    default: false
    }
  }

  private static func isDisallowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case ..<0x80: return false
    case 0x1680, 0x2028, 0x2029, 0x2FF0...0x2FFB, 0xFFFC, 0xFFFD: return true
    default:
      switch scalar.properties.generalCategory {
      case .control, .format, .privateUse, .surrogate, .unassigned: return true
      default: return false
      }
    }
  }

  // MARK: Validity of a mapped label

  private static func isValid(_ label: [Unicode.Scalar]) -> Bool {
    guard let first = label.first else { return true }
    switch first.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return false
    default: break
    }
    for (index, scalar) in label.enumerated() {
      if scalar == "\u{200C}" || scalar == "\u{200D}" {
        guard isJoinerAllowed(at: index, of: label) else { return false }
      } else if scalar == "." || isIgnored(scalar) || isDisallowed(scalar) {
        return false
      }
    }
    return true
  }

  /// CONTEXTJ of RFC 5892: after a virama, or a non-joiner between letters that would join.
  private static func isJoinerAllowed(at index: Int, of label: [Unicode.Scalar]) -> Bool {
    guard index > 0 else { return false }
    if label[index - 1].properties.canonicalCombiningClass == .virama { return true }
    guard label[index] == "\u{200C}" else { return false }
    func joins(_ scalars: some Sequence<Unicode.Scalar>, _ kinds: [Int]) -> Bool {
      for scalar in scalars {
        let kind = Int(uc_joining_type(scalar.value))
        if kind == UC_JOINING_TYPE_T { continue }
        return kinds.contains(kind)
      }
      return false
    }
    return joins(label[..<index].reversed(), [UC_JOINING_TYPE_L, UC_JOINING_TYPE_D])
      && joins(label[(index + 1)...], [UC_JOINING_TYPE_R, UC_JOINING_TYPE_D])
  }

  private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x590 else { return false }
    let kind = Int(uc_bidi_category(scalar.value))
    return kind == UC_BIDI_R || kind == UC_BIDI_AL || kind == UC_BIDI_AN
  }

  /// The Bidi rule of RFC 5893 §2.
  private static func followsBidiRule(_ label: [Unicode.Scalar]) -> Bool {
    guard let first = label.first else { return true }
    let kinds = label.map { Int(uc_bidi_category($0.value)) }
    let firstKind = Int(uc_bidi_category(first.value))
    guard let last = kinds.last(where: { $0 != UC_BIDI_NSM }) else { return false }
    if firstKind == UC_BIDI_R || firstKind == UC_BIDI_AL {
      let allowed = [
        UC_BIDI_R, UC_BIDI_AL, UC_BIDI_AN, UC_BIDI_EN, UC_BIDI_ES, UC_BIDI_CS, UC_BIDI_ET, UC_BIDI_ON, UC_BIDI_BN, UC_BIDI_NSM,
      ]
      let mixesNumbers = kinds.contains(UC_BIDI_EN) && kinds.contains(UC_BIDI_AN)
      return kinds.allSatisfy(allowed.contains) && [UC_BIDI_R, UC_BIDI_AL, UC_BIDI_EN, UC_BIDI_AN].contains(last) && !mixesNumbers
    }
    guard firstKind == UC_BIDI_L else { return false }
    let allowed = [UC_BIDI_L, UC_BIDI_EN, UC_BIDI_ES, UC_BIDI_CS, UC_BIDI_ET, UC_BIDI_ON, UC_BIDI_BN, UC_BIDI_NSM]
    return kinds.allSatisfy(allowed.contains) && (last == UC_BIDI_L || last == UC_BIDI_EN)
  }
}
