import Indicators

extension MatchRules {
  /// A maximal run of the bytes that secrets are made of (``SecretDigest/isPart(_:)``), and what of it may stand alone: without dots behind, with
  /// `=` behind as padding, and each part between slashes.
  mutating func secret(_ text: LogText, _ start: Int, _ end: Int) {
    guard secretLengths.mayHold(upTo: end - start + 2) else { return }
    var part = start
    while let slash = unsafe ByteSearch.first(0x2f, in: text.bytes, from: part, to: end) {
      secret(text, from: part, to: slash)
      part = slash + 1
    }
    if part > start { secretEnds(text, part, end) }
    secretEnds(text, start, end)
  }

  /// The ends that a secret may have at the end of its run.
  private mutating func secretEnds(_ text: LogText, _ start: Int, _ end: Int) {
    secret(text, from: start, to: end)
    if text[end] == 0x3d {
      secret(text, from: start, to: end + 1)
      if text[end + 1] == 0x3d { secret(text, from: start, to: end + 2) }
    }
    var last = end
    while last > start, text[last - 1] == 0x2e { last -= 1 }
    if last < end { secret(text, from: start, to: last) }
  }

  private mutating func secret(_ text: LogText, from start: Int, to end: Int) {
    guard secretLengths.holds(end - start) else { return }
    let digest = unsafe SHA256.digest(text.bytes[start..<end])
    for match in find(.secret, SecretLengths.key(digest, end - start)) { emit(match.entry, start, end, .exact) }
    guard secretLengths.holdsAny else { return }
    for match in find(.secret, SecretLengths.key(digest, 0)) { emit(match.entry, start, end, .exact) }
  }
}

/// How long the secrets of a set are: nothing else is digested.
struct SecretLengths {
  private let isListed: [Bool]
  private let least: Int
  /// Whether some are listed by a digest alone, and may have any length.
  let holdsAny: Bool

  init(_ lookup: some IndicatorLookup) {
    guard lookup.features.contains(.secrets) else {
      (isListed, least, holdsAny) = ([], .max, false)
      return
    }
    let holdsAny = lookup.mayHold(.secretLength, Self.bytes(0))
    self.holdsAny = holdsAny
    isListed = (0...SecretDigest.longest).map { $0 >= SecretDigest.shortest && (holdsAny || lookup.mayHold(.secretLength, Self.bytes($0))) }
    least = isListed.firstIndex(of: true) ?? .max
  }

  func holds(_ length: Int) -> Bool { length < isListed.count && isListed[length] }

  /// Whether any is no longer than this.
  func mayHold(upTo length: Int) -> Bool { length >= least }

  /// The key of a secret; its last two bytes are the key of its length.
  /// - Parameter length: 0 for one that is known by its digest alone.
  static func key(_ digest: [UInt8], _ length: Int) -> [UInt8] { digest + bytes(length) }

  private static func bytes(_ length: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: length), UInt8(truncatingIfNeeded: length >> 8)] }
}
