extension Observable {
  /// A package in the one version that the value names, with `name@version` as its match key: a thing apart from the package as a whole
  /// and from its other versions. All else stays what it is; so does a package with a range or a tag, which mean no one version.
  public var pinned: Observable {
    guard type == .npm || type == .pypi, match == canonical, let flag = flags.first(where: { $0.hasPrefix(PackageVersion.flag) }),
      let version = PackageVersion.canonical(flag.utf8.dropFirst(PackageVersion.flag.utf8.count), of: type)
    else { return self }
    return Observable(type: type, canonical: canonical, match: "\(canonical)@\(version.text)", flags: flags)
  }

  /// The version that a package's value names and that is no exact one; nil for all else.
  package var versionRange: Substring? {
    guard type == .npm || type == .pypi, match == canonical, let flag = flags.first(where: { $0.hasPrefix(PackageVersion.flag) }) else { return nil }
    return flag.dropFirst(PackageVersion.flag.count)
  }
}

/// Exact versions of packages in the one form in which two spellings of a version are equal.
///
/// Ranges (`^1.2.0`, `>=2`), tags (`latest`) and wildcards name no one version: they give nil.
public enum PackageVersion {
  /// By the rules of the registry that packages of `type` are in; nil for other types, too.
  public static func canonical(_ text: some Collection<UInt8>, of type: IndicatorType) -> [UInt8]? {
    switch type {
    case .npm: npm(text)
    case .pypi: pypi(text)
    default: nil
    }
  }

  /// What begins the flag that says which version a value named.
  static let flag = "version:"

  /// Longer texts are no versions: npm's own limit.
  private static let maximumLength = 256

  /// Semantic Versioning 2.0.0 as node-semver reads it: `=1.2.3` and `v1.2.3` are 1.2.3, and build metadata does not count.
  private static func npm(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count <= maximumLength else { return nil }
    let trimmed = Array(text)[...].trimmed().lowercasedASCII().drop { $0 == 0x20 || $0 == 0x3D || $0 == 0x76 }
    let rest = trimmed.prefix { $0 != 0x2B }
    let core = rest.prefix { $0 != 0x2D }
    let numbers = core.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard numbers.count == 3, numbers.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isDigit) }) else { return nil }
    let prerelease = rest[core.endIndex...].dropFirst()
    guard core.endIndex == rest.endIndex || !prerelease.isEmpty, prerelease.allSatisfy({ $0.isAlphanumeric || $0 == 0x2D || $0 == 0x2E }),
      trimmed[rest.endIndex...].dropFirst().allSatisfy({ $0.isAlphanumeric || $0 == 0x2D || $0 == 0x2E })
    else { return nil }
    return Array(rest)
  }

  /// PEP 440, "Normalization" and "Version comparison": letters are lower-case, `alpha` is `a`, and 1.4.0 is 1.4.
  private static func pypi(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count <= maximumLength else { return nil }
    var reader = Reader(rest: Array(text)[...].trimmed().lowercasedASCII()[...])
    reader.skip(0x76)
    guard var release = reader.number() else { return nil }
    var result: [UInt8] = []
    if reader.skip(0x21) {
      if release != [0x30] { result = release + [0x21] }
      guard let first = reader.number() else { return nil }
      release = first
    }
    var numbers = [release]
    while let next = reader.number(after: 0x2E) { numbers.append(next) }
    while numbers.count > 1, numbers.last == [0x30] { numbers.removeLast() }
    result += numbers.joined(separator: [0x2E])
    if let pre = reader.segment(["alpha": "a", "beta": "b", "preview": "rc", "pre": "rc", "rc": "rc", "a": "a", "b": "b", "c": "rc"]) { result += pre }
    if let post = reader.segment(["post": ".post", "rev": ".post", "r": ".post"]) ?? reader.number(after: 0x2D).map({ Array(".post".utf8) + $0 }) { result += post }
    if let dev = reader.segment(["dev": ".dev"]) { result += dev }
    if reader.skip(0x2B) {
      guard !reader.rest.isEmpty, reader.rest.allSatisfy({ $0.isAlphanumeric || Reader.isSeparator($0) }) else { return nil }
      return result + [0x2B] + reader.rest.map { Reader.isSeparator($0) ? 0x2E : $0 }
    }
    return reader.rest.isEmpty ? result : nil
  }

  private struct Reader {
    var rest: ArraySlice<UInt8>

    static func isSeparator(_ byte: UInt8) -> Bool { byte == 0x2D || byte == 0x5F || byte == 0x2E }

    @discardableResult mutating func skip(_ byte: UInt8) -> Bool {
      guard rest.first == byte else { return false }
      rest = rest.dropFirst()
      return true
    }

    /// Digits without leading zeros.
    mutating func number() -> [UInt8]? {
      let digits = rest.prefix(while: \.isDigit)
      guard !digits.isEmpty else { return nil }
      rest = rest[digits.endIndex...]
      let significant = digits.drop { $0 == 0x30 }
      return significant.isEmpty ? [0x30] : Array(significant)
    }

    mutating func number(after byte: UInt8) -> [UInt8]? {
      let before = rest
      if skip(byte), let number = number() { return number }
      rest = before
      return nil
    }

    /// `-alpha.1` as `a1`: a word of those known, with a separator before it or none, and its number, which is 0 when there is none.
    mutating func segment(_ words: [String: String]) -> [UInt8]? {
      let before = rest
      if let first = rest.first, Self.isSeparator(first) { rest = rest.dropFirst() }
      let letters = rest.prefix(while: \.isLetter)
      guard let word = words[letters.text] else {
        rest = before
        return nil
      }
      rest = rest[letters.endIndex...]
      let afterWord = rest
      if let first = rest.first, Self.isSeparator(first) { rest = rest.dropFirst() }
      guard let number = number() else {
        rest = afterWord
        return Array(word.utf8) + [0x30]
      }
      return Array(word.utf8) + number
    }
  }
}
