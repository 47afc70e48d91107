/// Whether what stands behind the name of a code host or a registry can be a listed account, repository or package, told without the rules.
///
/// Logs of build machines are full of repositories and packages. The rules take a microsecond or more for each; this asks for the keys that the
/// first segments of the path can give.
extension TokenScan {
  /// The most that both segments and what their keys begin with may take together.
  private static let keyLength = 256

  /// False for `github.com/owner/name` when neither owner nor name is listed; true wherever a longer look is needed.
  func mayNameService(endingAt end: Int) -> Bool {
    if asksFreely || mayNameService(endingAt: end, pathAt: end) { return true }
    // The path may stand in another field.
    let host = (end - 1)..<end
    return mayHavePath(host) && text.pathStarts(around: host).contains { text[$0] == 0x5c || mayNameService(endingAt: end, pathAt: $0) }
  }

  private func mayNameService(endingAt end: Int, pathAt path: Int) -> Bool {
    guard isCodeHost(endingAt: end) else { return registry(endingAt: end).map { mayNamePackage($0, pathAt: path) } ?? true }
    let parted = text[path]
    // A port, a dot behind.
    if parted == 0x2e || parted == 0x3a && ASCII.isDigit(text[path + 1]) { return true }
    guard parted == 0x2f || parted == 0x3a else { return false }
    guard let owner = segment(from: path + 1) else { return true }
    guard !owner.isEmpty else { return false }
    if holdsService("github-account:", owner) { return true }
    guard text[owner.upperBound] == 0x2f else { return false }
    // The account is the next segment.
    for word in ["orgs", "users", "sponsors"] as [StaticString]
    where owner.count == word.utf8CodeUnitCount && text.hasCaseless(word, before: owner.upperBound) { return true }
    guard let name = segment(from: owner.upperBound + 1) else { return true }
    if name.isEmpty { return false }
    let isGit = text.hasCaseless(".git", before: name.upperBound) && name.count > 4
    return holdsService("github:", owner.lowerBound..<(isGit ? name.upperBound - 4 : name.upperBound))
  }

  /// How the paths of a registry name a package.
  private enum Registry {
    /// `NAME/…`
    case npm
    /// `simple/NAME/`, `project/NAME/…`
    case pypi
    /// `packages/…/NAME-VERSION.tar.gz`
    case pypiFiles
  }

  private static let registries: [(host: StaticString, registry: Registry)] = [
    ("registry.npmjs.org", .npm), ("registry.yarnpkg.com", .npm), ("registry.npmmirror.com", .npm), ("registry.npmjs.com", .npm),
    ("pypi.org", .pypi), ("files.pythonhosted.org", .pypiFiles),
  ]

  private func registry(endingAt end: Int) -> Registry? {
    Self.registries.first { host, _ in
      let start = end - host.utf8CodeUnitCount
      return text.hasCaseless(host, before: end) && !ASCII.isHostCharacter(text[start - 1]) && text[start - 1] != 0x2e && text[start - 1] < 0x80
    }?.registry
  }

  /// False for a package's URL when no package of this name is listed, in whatever version.
  private func mayNamePackage(_ registry: Registry, pathAt path: Int) -> Bool {
    if text[path] == 0x3a { return true }
    guard text[path] == 0x2f else { return false }
    guard let filter else { return true }
    if registry == .npm {
      guard let name = segment(from: path + 1) else { return true }
      return !name.isEmpty && serviceHash("npm:", name).map(filter.mayHold) ?? true
    }
    var segments: [Range<Int>] = []
    var start = path + 1
    repeat {
      guard let next = segment(from: start), segments.count < 7 else { return true }
      if next.isEmpty { break }
      segments.append(next)
      start = next.upperBound + 1
    } while text[start - 1] == 0x2f
    let index = registry == .pypi ? 1 : segments.count - 1
    guard segments.indices.contains(index) else { return false }
    let name = text.slice(segments[index].lowerBound, segments[index].upperBound)
    func holds(_ name: ArraySlice<UInt8>) -> Bool { filter.mayHold(hash.hash(.service, [0x70, 0x79, 0x70, 0x69, 0x3a] + PackageMention.normalized(name))) }
    if registry == .pypi { return name.suffix(5).elementsEqual("-info".utf8) || holds(name[...]) }
    // The name of a wheel ends at the first hyphen, that of a source archive at the last one.
    guard let first = name.firstIndex(of: 0x2d), let last = name.lastIndex(of: 0x2d) else { return false }
    return holds(name[..<first]) || last != first && holds(name[..<last])
  }

  private func isCodeHost(endingAt end: Int) -> Bool {
    guard text.hasCaseless("github.com", before: end) else { return false }
    func ends(_ start: Int) -> Bool { !ASCII.isHostCharacter(text[start - 1]) && text[start - 1] != 0x2e && text[start - 1] < 0x80 }
    return ends(end - 10) || text.hasCaseless("www.", before: end - 10) && ends(end - 14)
  }

  /// A segment of plain bytes; nil where there are others of a segment's, too many, or a full stop behind, which may be a sentence's.
  private func segment(from start: Int) -> Range<Int>? {
    var end = start
    while ASCII.isHostCharacter(text[end]) || text[end] == 0x2e { end += 1 }
    let byte = text[end]
    return byte >= 0x80 || byte == 0x7e || byte == 0x25 || byte == 0x40 || byte == 0x2b || byte == 0x21 || byte == 0x24 || end - start > 100
      || end > start && text[end - 1] == 0x2e ? nil : start..<end
  }

  private func holdsService(_ prefix: StaticString, _ range: Range<Int>) -> Bool {
    serviceHash(prefix, range).map { index.holds($0) } ?? true
  }

  /// Nil for a key that is too long.
  private func serviceHash(_ prefix: StaticString, _ range: Range<Int>) -> UInt64? {
    let count = prefix.utf8CodeUnitCount
    return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.keyLength) { key in
      guard count + range.count <= key.count, let base = key.baseAddress, let bytes = unsafe text.bytes.bindMemory(to: UInt8.self).baseAddress,
        range.lowerBound >= 0, range.upperBound <= text.count
      else { return nil as UInt64? }
      unsafe base.initialize(from: prefix.utf8Start, count: count)
      unsafe (base + count).initialize(from: bytes + range.lowerBound, count: range.count)
      return unsafe hash.hash(.service, base, count + range.count, folding: KeyHash.folding(of: .service))
    }
  }
}
