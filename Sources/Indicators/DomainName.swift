/// A domain name in its canonical form.
struct DomainName {
  /// Lower-case A-labels and dots, without root dot.
  var ascii: [UInt8]
  var flags: [String]
}

extension DomainName {
  /// Longest name and longest label in bytes (RFC 1035 §2.3.4), without root dot.
  static let maximumLength = 253
  static let maximumLabelLength = 63

  /// Reads a name of two labels or more under a known top-level domain.
  ///
  /// - Throws: `empty`, `has-path`, `has-port`, `bad-char`, `bad-punycode`, `empty-label`, `label-length`, `name-length`,
  ///   `single-label`, `numeric-tld`, `unknown-tld`.
  init(parsing text: Bytes, as type: IndicatorType) throws(Rejection) {
    let isRooted = text.last == 0x2E
    let text = isRooted ? text.dropLast() : text
    guard !text.isEmpty else { throw Rejection("empty", as: type) }
    guard let plain = Self.plain(text) else {
      self = try Self.general(text, isRooted: isRooted, as: type)
      return
    }
    self = plain
    try checkTopLevel(as: type)
  }

  /// The fast path: letters, digits, hyphens and underscores in labels of right length, none of them `xn--`.
  private static func plain(_ text: Bytes) -> DomainName? {
    guard text.count <= maximumLength else { return nil }
    var ascii: [UInt8] = []
    ascii.reserveCapacity(text.count)
    var flags: [String] = []
    var start = 0
    for byte in text {
      if byte == 0x2E {
        let length = ascii.count - start
        guard length > 0, length <= maximumLabelLength else { return nil }
        ascii.append(byte)
        start = ascii.count
        continue
      }
      guard byte.isAlphanumeric || byte == 0x2D || byte == 0x5F else { return nil }
      if byte == 0x5F && !flags.contains("underscore") { flags.append("underscore") }
      ascii.append(byte.lowercased)
      if byte == 0x2D && ascii.count == start + 4 && ascii[start + 2] == 0x2D {
        if ascii[start] == 0x78 && ascii[start + 1] == 0x6E { return nil }
        if !flags.contains("hyphen34") { flags.append("hyphen34") }
      }
    }
    guard ascii.count > start, ascii.count - start <= maximumLabelLength else { return nil }
    return DomainName(ascii: ascii, flags: flags)
  }

  private static func general(_ text: Bytes, isRooted: Bool, as type: IndicatorType) throws(Rejection) -> DomainName {
    if text.contains(0x2F) { throw Rejection("has-path", as: type) }
    if let colon = text.lastIndex(of: 0x3A) {
      let isPort = colon + 1 < text.endIndex && text[(colon + 1)...].allSatisfy(\.isDigit)
      throw Rejection(isPort ? "has-port" : "bad-char", as: type)
    }
    // Enough room for characters that vanish; a name of this length has been made to cost time.
    guard text.count <= 4096 else { throw Rejection("name-length", as: type) }
    var name: UTS46.Name
    do throws(UTS46.Fault) {
      name = try UTS46.process(text)
    } catch {
      switch error {
      case .badCharacter: throw Rejection("bad-char", as: type)
      case .badPunycode: throw Rejection("bad-punycode", as: type)
      case .labelTooLong: throw Rejection("label-length", as: type)
      }
    }
    // A root dot of another script; one root is enough.
    if !isRooted, name.ascii.count > 1, name.ascii.last?.isEmpty == true {
      name.ascii.removeLast()
      name.unicode.removeLast()
    }
    guard name.ascii.contains(where: { !$0.isEmpty }) else { throw Rejection("empty", as: type) }
    guard name.ascii.allSatisfy({ $0.allSatisfy { $0.isAlphanumeric || $0 == 0x2D || $0 == 0x5F } }) else {
      throw Rejection("bad-char", as: type)
    }
    guard name.ascii.allSatisfy({ !$0.isEmpty }) else { throw Rejection("empty-label", as: type) }
    guard name.ascii.allSatisfy({ $0.count <= maximumLabelLength }) else { throw Rejection("label-length", as: type) }
    let ascii = Array(name.ascii.joined(separator: [0x2E]))
    guard ascii.count <= maximumLength else { throw Rejection("name-length", as: type) }
    var flags = internationalFlags(name.unicode)
    for label in name.ascii {
      if label.contains(0x5F) { flags.append("underscore") }
      if label.count >= 4, label[2] == 0x2D, label[3] == 0x2D, !label.starts(with: Array("xn--".utf8)) { flags.append("hyphen34") }
    }
    var domain = DomainName(ascii: ascii, flags: flags)
    try domain.checkTopLevel(as: type)
    return domain
  }

  /// What the labels for people look like: `confusable:apple.com`, `idna2008-disallowed`.
  static func internationalFlags(_ labels: [[Unicode.Scalar]]) -> [String] {
    var flags: [String] = []
    let isSymbol = { (scalar: Unicode.Scalar) -> Bool in
      if scalar.isASCII || "\u{200C}\u{200D}\u{B7}\u{375}\u{5F3}\u{5F4}\u{30FB}".unicodeScalars.contains(scalar) { return false }
      switch scalar.properties.generalCategory {
      case .lowercaseLetter, .uppercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark, .decimalNumber: return false
      default: return true
      }
    }
    if labels.contains(where: { $0.contains(where: isSymbol) }) { flags.append("idna2008-disallowed") }
    if let skeleton = Confusables.latinSkeleton(labels) { flags.append("confusable:" + skeleton) }
    return flags
  }

  // MARK: The top-level domain

  private mutating func checkTopLevel(as type: IndicatorType) throws(Rejection) {
    guard let dot = ascii.lastIndex(of: 0x2E) else { throw Rejection("single-label", as: type) }
    let top = ascii[(dot + 1)...]
    if top.allSatisfy(\.isDigit) || isHexNumber(top) { throw Rejection("numeric-tld", as: type) }
    let isSecondLevel = ascii.firstIndex(of: 0x2E) == dot
    guard let flag = Self.topLevelFlag(top.span, isSecondLevel: isSecondLevel) else { throw Rejection("unknown-tld", as: type) }
    if !flag.isEmpty { flags.append(flag) }
    flags += Self.suffixFlags(of: ascii.span, isSecondLevel: isSecondLevel)
  }

  /// What a top-level domain in lower case says of the name under it: a flag, empty for an ordinary one; nil when it is not known.
  static func topLevelFlag(_ name: String, isSecondLevel: Bool) -> String? {
    if alternativeRoots.contains(name) { return "alt-root" }
    if specialUse.contains(name) { return name == "localhost" ? "loopback" : "special-use-tld" }
    guard PublicSuffix.isKnownTLD(name) || formerTestDomains.contains(name) else { return nil }
    return isSecondLevel && fileExtensions.contains(name) ? "filename-like" : ""
  }

  private func isHexNumber(_ label: Bytes) -> Bool {
    label.starts(with: [0x30, 0x78]) && label.dropFirst(2).allSatisfy(\.isHexDigit)
  }

  /// What the whole name says of itself.
  /// - Parameter name: in lower case, without root dot.
  static func suffixFlags(of name: borrowing Span<UInt8>, isSecondLevel: Bool) -> [String] {
    if PublicSuffix.isPublicSuffix(name) { return ["public-suffix"] }
    guard isSecondLevel, name.count == 7 || name.count == 11 else { return [] }
    let text = unsafe name.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    return benign.contains(text) ? ["benign-context"] : []
  }

  /// The same of its bytes.
  static func topLevelFlag(_ top: borrowing Span<UInt8>, isSecondLevel: Bool) -> String? {
    if let isFile = usual.isExtension(top) { return isFile && isSecondLevel ? "filename-like" : "" }
    return unsafe top.withUnsafeBufferPointer { unsafe topLevelFlag(String(decoding: $0, as: UTF8.self), isSecondLevel: isSecondLevel) }
  }

  /// What most names are under, looked up once each.
  private static let usual = UsualTops(
    """
    ae ai app ar at au be bg biz br ca cc cf ch cl click cloud club cn co com cyou cz de dev dk edu es eu fi fr fun ga gov gq gr hk hr hu icu id \
    ie il in info io ir is it jp kr kz life link live lt lv me mil ml mobi monster mx my name net ng nl no nz online org page ph pk pl pro pt pw \
    ro rs ru sa sbs se sg shop si site sk space store su tech th tk to top tr tv tw ua uk us vip vn website work world ws xyz za zip
    """)

  /// Names that are resolved outside of the DNS: Namecoin, EmerDNS, Ethereum Name Service, I2P.
  private static let alternativeRoots: Set<String> = ["bit", "bazar", "eth", "lib", "emc", "coin", "i2p"]

  /// Names reserved by RFC 6761, 6762 and 7686.
  private static let specialUse: Set<String> = ["example", "test", "invalid", "onion", "local", "localhost"]

  /// The eleven internationalised test domains that the root zone held from 2007 to 2013: `テスト` and its sisters.
  private static let formerTestDomains: Set<String> = [
    "xn--0zwm56d", "xn--11b5bs3a9aj6g", "xn--80akhbyknj4f", "xn--9t4b11yi5a", "xn--deba0ad", "xn--g6w251d",
    "xn--hgbk6aj7f53bba", "xn--hlcj6aya9esc7a", "xn--jxalpdlp", "xn--kgbechtv", "xn--zckzah",
  ]

  /// Top-level domains that are extensions of files too.
  private static let fileExtensions: Set<String> = [
    "py", "sh", "pl", "rs", "md", "so", "ps", "zip", "mov", "pub", "java", "cab", "bz", "pm", "tf", "mk", "app", "cc", "ai", "ms", "in",
    "la", "st", "do", "sc", "cat", "inc", "map", "pro", "bar", "cpa", "csc",
  ]

  /// Victims and publishers, whose names stand in reports that attribute attacks on them.
  private static let benign: Set<String> = ["dmm.com", "crypto.news"]
}
