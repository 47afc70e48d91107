/// Whether what stands behind the name of a code host or a registry can be a listed account, repository or package, told without the rules.
///
/// Logs of build machines are full of repositories and packages. The rules take a microsecond or more for each; this asks for the keys that the
/// first segments of the path can give.
extension TokenScan {
  /// The most that both segments and what their keys begin with may take together.
  private static let keyLength = 256

  /// False for `github.com/owner/name` when neither owner nor name is listed; true wherever a longer look is needed.
  func mayNameService(endingAt end: Int) -> Bool {
    guard !asksFreely else { return true }
    guard isCodeHost(endingAt: end) else { return !isRegistry(endingAt: end) || mayNamePackage(endingAt: end) }
    let parted = text[end]
    // A port, a dot behind.
    if parted == 0x2e || parted == 0x3a && ASCII.isDigit(text[end + 1]) { return true }
    guard parted == 0x2f || parted == 0x3a else { return false }
    guard let owner = segment(from: end + 1) else { return true }
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

  /// False for `registry.npmjs.org/name/…` when no package of this name is listed, in whatever version.
  private func mayNamePackage(endingAt end: Int) -> Bool {
    if text[end] == 0x3a { return true }
    guard text[end] == 0x2f else { return false }
    guard let filter, let name = segment(from: end + 1), name.isEmpty || text[name.upperBound - 1] != 0x2e else { return true }
    return !name.isEmpty && serviceHash("npm:", name).map(filter.mayHold) ?? true
  }

  /// Hosts whose paths begin with the name of a package.
  private func isRegistry(endingAt end: Int) -> Bool {
    let registries: [StaticString] = ["registry.npmjs.org", "registry.yarnpkg.com", "registry.npmmirror.com", "registry.npmjs.com"]
    return registries.contains { host in
      let start = end - host.utf8CodeUnitCount
      return text.hasCaseless(host, before: end) && !ASCII.isHostCharacter(text[start - 1]) && text[start - 1] != 0x2e && text[start - 1] < 0x80
    }
  }

  private func isCodeHost(endingAt end: Int) -> Bool {
    guard text.hasCaseless("github.com", before: end) else { return false }
    func ends(_ start: Int) -> Bool { !ASCII.isHostCharacter(text[start - 1]) && text[start - 1] != 0x2e && text[start - 1] < 0x80 }
    return ends(end - 10) || text.hasCaseless("www.", before: end - 10) && ends(end - 14)
  }

  /// A segment of plain bytes; nil where there are others of a segment's, or too many.
  private func segment(from start: Int) -> Range<Int>? {
    var end = start
    while ASCII.isHostCharacter(text[end]) || text[end] == 0x2e { end += 1 }
    let byte = text[end]
    return byte >= 0x80 || byte == 0x7e || byte == 0x25 || byte == 0x40 || byte == 0x2b || byte == 0x21 || byte == 0x24 || end - start > 100
      ? nil : start..<end
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
