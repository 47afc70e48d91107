import Indicators

/// One hit in one text, before views are mapped back and doubles removed.
struct TextHit: Hashable {
  var entry: Int
  var start: Int
  var end: Int
  var mode: MatchMode
  /// What was matched, where that is not the text from ``start`` to ``end``.
  var value: [UInt8]?
}

/// The semantics of matching: what a token of a log means and which indicators it hits how.
///
/// Every function takes a token that some scan nominated and decides alone by the text around it and by look-ups. The fast and the
/// reference matcher differ in how they find tokens and how they look up, never in the rules.
struct MatchRules<Lookup: IndicatorLookup> {
  let lookup: Lookup
  let features: IndexFormat.Features
  /// Scratch, kept to spare allocations.
  var matches: [KeyMatch] = []
  var networks: [Int] = []
  var literalMatches: [LiteralMatch] = []
  var literalMemory = LiteralMemory()
  /// Hosts with more ports than ``CrowdedHost/limit``, by what they are found with.
  private var crowdedHosts: [IndexKey: CrowdedHost] = [:]
  let secretLengths: SecretLengths
  var hits: [TextHit] = []
  /// Whether the text is one whose fields are a record's, as they are in a log and in the JSON inside it: see `SeparatedURL`.
  var joinsFields = true
  /// Whether the text is one where packages are looked for beside their versions (``PackageRow``): as the log has it, or with escapes undone.
  var readsPackages = true
  /// Where the tokens stand that a scan found worth asking about, hit or not.
  var asked: [Int] = []

  init(_ lookup: Lookup) {
    self.lookup = lookup
    features = lookup.features
    secretLengths = SecretLengths(lookup)
  }

  mutating func find(_ kind: KeyKind, _ key: [UInt8]) -> [KeyMatch] {
    matches.removeAll(keepingCapacity: true)
    lookup.find(kind, key, into: &matches)
    return matches
  }

  /// What is listed of a host: all of it, or where it has very many ports those entries alone that can be hit beside this one.
  mutating func find(host kind: KeyKind, _ key: [UInt8], port: Int?) -> [KeyMatch] {
    if !crowdedHosts.isEmpty, let crowd = crowdedHosts[IndexKey(kind, key)] { return crowd.matches(port) }
    let found = find(kind, key)
    guard found.count > CrowdedHost.limit, found.count(where: { $0.role == .withPort }) > CrowdedHost.limit else { return found }
    let crowd = CrowdedHost(found) { self.port(of: $0) }
    crowdedHosts[IndexKey(kind, key)] = crowd
    return crowd.matches(port)
  }

  /// Notes a hit in the mode that the rules found, or weak when the feed asked for no more.
  mutating func emit(_ entry: Int, _ start: Int, _ end: Int, _ mode: MatchMode) {
    hits.append(TextHit(entry: entry, start: start, end: end, mode: lookup.mode(of: entry) == .weak ? .weak : mode))
  }
}

/// Reading bytes of a text with no trap at its ends: beyond them everything is a newline.
@safe struct LogText {
  let bytes: UnsafeRawBufferPointer

  var count: Int { unsafe bytes.count }

  @inline(__always) subscript(_ index: Int) -> UInt8 {
    unsafe index >= 0 && index < bytes.count ? bytes[index] : 0x0a
  }

  func slice(_ start: Int, _ end: Int) -> [UInt8] {
    let low = max(0, start)
    let high = min(count, end)
    return low < high ? unsafe Array(bytes[low..<high]) : []
  }

  func lowercased(_ start: Int, _ end: Int) -> [UInt8] { ASCII.lowercased(slice(start, end)) }

  /// Whether `text` (ASCII, lower-case) stands before `end`, in any case.
  func hasCaseless(_ text: StaticString, before end: Int) -> Bool {
    let count = text.utf8CodeUnitCount
    guard end - count >= 0 else { return false }
    return text.withUTF8Buffer { buffer in
      for index in 0..<count where unsafe ASCII.lowercased(self[end - count + index]) != buffer[index] { return false }
      return true
    }
  }

  func has(_ text: some Collection<UInt8>, at start: Int) -> Bool {
    guard start >= 0, start + text.count <= count else { return false }
    var index = start
    for byte in text {
      if self[index] != byte { return false }
      index += 1
    }
    return true
  }

  /// The UTF-8 scalar that ends before `end`; nil where there is no well-formed one.
  func scalar(before end: Int) -> UInt32? {
    var start = end - 1
    while start > end - 4, self[start] & 0xc0 == 0x80 { start -= 1 }
    return scalar(at: start).flatMap { $0.end == end ? $0.value : nil }
  }

  func scalar(at start: Int) -> (value: UInt32, end: Int)? {
    let first = self[start]
    if first < 0x80 { return (UInt32(first), start + 1) }
    let length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
    guard first >= 0xc2, first < 0xf5 else { return nil }
    var value = UInt32(first) & (0x7f >> UInt32(length))
    for index in 1..<length {
      guard self[start + index] & 0xc0 == 0x80 else { return nil }
      value = value << 6 | UInt32(self[start + index] & 0x3f)
    }
    return (value, start + length)
  }

  /// Whether a scalar makes its neighbour part of a longer word. East Asian scripts write no spaces, so their letters do not.
  static func joinsWord(_ scalar: UInt32) -> Bool {
    guard scalar >= 0x80, scalar < 0x0e00, let value = Unicode.Scalar(scalar) else { return false }
    return value.properties.isAlphabetic || value.properties.generalCategory == .nonspacingMark
  }

  func joinsWord(before start: Int) -> Bool { self[start - 1] >= 0x80 && scalar(before: start).map(Self.joinsWord) ?? false }
  func joinsWord(after end: Int) -> Bool { self[end] >= 0x80 && scalar(at: end).map { Self.joinsWord($0.value) } ?? false }

  /// `:` and one to five digits after `end`, as a port; nil otherwise.
  func port(after end: Int) -> (value: Int, end: Int)? {
    guard self[end] == 0x3a else { return nil }
    var value = 0
    var position = end + 1
    while ASCII.isDigit(self[position]), position - end <= 5 {
      value = value * 10 + Int(self[position] - 0x30)
      position += 1
    }
    guard position > end + 1, value > 0, value <= 65535, !LiteralText.isWord(self[position]) else { return nil }
    return (value, position)
  }

  /// The port that the scheme of a URL says, whose host begins at `start`; nil where none stands before it.
  func schemePort(before start: Int) -> Int? {
    guard let authority = authorityStart(before: start), self[authority - 2] == 0x2f else { return nil }
    for (scheme, port) in [("https", 443), ("http", 80), ("wss", 443), ("ws", 80), ("ftp", 21)] as [(StaticString, Int)]
    where hasCaseless(scheme, before: authority - 3) && !LiteralText.isWord(self[authority - 4 - scheme.utf8CodeUnitCount]) {
      return port
    }
    return nil
  }

  /// Whether `://` (or its JSON form `:\/\/`) stands before `start`.
  func isAfterScheme(_ start: Int) -> Bool { authorityStart(before: start) != nil }

  /// How far a URL or a path is read that begins at `start`. Less where so much of a blank-free run stands before it that it is one of very many,
  /// or behind a very long one.
  func longestURL(from start: Int) -> Int {
    var position = start
    while position > start - Limits.runBeforeNested {
      guard ASCII.isURLCharacter(self[position - 1]) else { return Limits.urlLength }
      position -= 1
    }
    return Limits.nestedURLLength
  }

  /// Where `//` ends when an authority begins at or (with user information) before `start`.
  func authorityStart(before start: Int) -> Int? {
    if self[start - 1] == 0x2f {
      if self[start - 2] == 0x2f { return self[start - 3] == 0x3a ? start : nil }
      return self[start - 2] == 0x5c && self[start - 3] == 0x2f && self[start - 4] == 0x5c && self[start - 5] == 0x3a ? start : nil
    }
    guard self[start - 1] == 0x40 else { return nil }
    var position = start - 1
    while position > max(0, start - Self.userReach), ASCII.isURLCharacter(self[position - 1]), self[position - 1] != 0x2f { position -= 1 }
    return self[position - 1] == 0x2f && self[position - 2] == 0x2f && self[position - 3] == 0x3a ? position : nil
  }

  /// Bytes of a URL's user information that are looked at.
  private static let userReach = 256

  /// Whether a token is or ends a URL's user, with a password behind it or none: `https://start.end@host/`, `ftp://word@start.end:secret@host/`.
  ///
  /// Of what the URL standard allows in there, what separates items of a list ends it: `http://evil.example,kato@mail.example`.
  func isUser(_ start: Int, _ end: Int) -> Bool {
    guard isAfterScheme(start) else { return false }
    var position = end
    while position < end + Self.userReach, ASCII.isHostCharacter(self[position]) || ".:%~!$+*".utf8.contains(self[position]) { position += 1 }
    return self[position] == 0x40
  }
}
