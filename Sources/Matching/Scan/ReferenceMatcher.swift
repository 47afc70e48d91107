public import Indicators

/// The matcher that is obviously right: every token of every line is looked at one byte after another.
///
/// The truth that tests hold ``FastMatcher`` to, and what answers look-ups of single values. It finds tokens and looks them up in its own
/// plain way, and shares with the fast matcher the rules alone (``MatchRules``, ``Views``).
public struct ReferenceMatcher: ChunkMatcher {
  private enum Engine {
    case index(MatchRules<IndicatorIndex>)
    case list(MatchRules<DictionaryLookup>)
  }
  private var engine: Engine

  /// Over a compiled index.
  public init(_ index: IndicatorIndex) { engine = .index(MatchRules(index)) }

  /// Over indicators in memory; ``RawHit/entry`` is the place in the array.
  public init(_ indicators: [Indicator]) { engine = .list(MatchRules(DictionaryLookup(indicators))) }

  public mutating func hits(in chunk: UnsafeRawBufferPointer, into hits: inout [RawHit]) {
    let text = unsafe LogText(bytes: chunk)
    unsafe ControlSequence.blanked(text, at: 0..<text.count).withUnsafeBytes { plain in
      switch engine {
      case .index(var rules): unsafe Self.scan(plain, &rules, into: &hits)
      case .list(var rules): unsafe Self.scan(plain, &rules, into: &hits)
      }
    }
  }

  private static func scan<Lookup>(_ chunk: UnsafeRawBufferPointer, _ rules: inout MatchRules<Lookup>, into hits: inout [RawHit]) {
    var found: [RawHit] = []
    let text = unsafe LogText(bytes: chunk)
    rules.joinsFields = true
    rules.readsPackages = true
    tokens(text, &rules)
    secrets(text, &rules)
    found += rules.hits.map { RawHit(entry: $0.entry, range: $0.start..<$0.end, mode: $0.mode, value: $0.value) }
    rules.hits.removeAll(keepingCapacity: true)
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, text[end] != 0x0a { end += 1 }
      Views.visit(text, start, end, features: rules.features) { view, kind in
        rules.joinsFields = kind == .json
        rules.readsPackages = kind == .json || kind == .percent
        unsafe view.bytes.withUnsafeBytes { bytes in
          unsafe tokens(LogText(bytes: bytes), &rules)
          if kind == .json || kind == .percent { unsafe secrets(LogText(bytes: bytes), &rules) }
        }
        let lookup = rules.lookup
        HitFolding.append(rules.hits, in: view, kind, isOther: { lookup.isOtherURL($0, $1, of: text) }, to: &found)
        rules.hits.removeAll(keepingCapacity: true)
      }
      start = end + 1
    }
    hits += HitFolding.fold(found)
  }

  private static func tokens<Lookup>(_ text: LogText, _ rules: inout MatchRules<Lookup>) {
    func runs(_ isInside: (UInt8) -> Bool, _ visit: (Int, Int) -> Void) { Self.runs(of: text, isInside, visit) }
    runs({ ASCII.isHostCharacter($0) || $0 == 0x2e }) { start, end in
      let run = text.slice(start, end)
      if run.contains(0x2e), run.contains(where: { !ASCII.isDigit($0) && $0 != 0x2e && $0 != 0x2d }) { rules.name(text, runEnd: end) }
    }
    runs({ ASCII.isAlphanumeric($0) || $0 == 0x5f || $0 == 0x2e }) { start, runEnd in
      var end = runEnd
      while end > start, text[end - 1] == 0x2e { end -= 1 }
      let endsQuad: (Int) -> Bool = { text[$0] == 0x2e && AddressText.ipv4(text.slice(start, $0)) != nil && text.dottedPort(of: start..<$0) != nil }
      if let quadEnd = (start..<end).first(where: endsQuad) { end = quadEnd }
      if let value = AddressText.ipv4(text.slice(start, end)) { rules.ipv4(text, start, end, value: value) }
    }
    for start in 0..<text.count where ASCII.isDigit(text[start]) && text.has("://".utf8, at: start - 3) {
      rules.numericHost(text, start)
    }
    runs({ ASCII.isHexDigit($0) || $0 == 0x3a }) { start, end in
      if text.slice(start, end).count(where: { $0 == 0x3a }) >= 2 {
        rules.ipv6(text, start, end)
        rules.fingerprint(text, start, end)
      }
    }
    runs(ASCII.isHexDigit) { start, end in
      if end - start >= Limits.hexLength { rules.hex(text, start, end) }
    }
    runs(ASCII.isAlphanumeric) { start, end in
      if end - start >= Limits.tokenLength { rules.token(text, start, end) }
    }
    if rules.features.contains(.literals) {
      runs(LiteralText.isWord) { _, end in rules.literals(text, endingAt: end) }
    }
    if rules.features.contains(.packages), rules.readsPackages {
      for place in 0..<text.count { PackageRow(text, at: place).map { rules.row($0, of: text) } }
    }
  }

  private static func secrets<Lookup>(_ text: LogText, _ rules: inout MatchRules<Lookup>) {
    guard rules.features.contains(.secrets) else { return }
    runs(of: text, SecretDigest.isPart) { start, end in rules.secret(text, start, end) }
  }

  /// Visits every longest run of bytes that `isInside` takes.
  private static func runs(of text: LogText, _ isInside: (UInt8) -> Bool, _ visit: (Int, Int) -> Void) {
    var position = 0
    while position < text.count {
      guard isInside(text[position]) else {
        position += 1
        continue
      }
      let start = position
      while position < text.count, isInside(text[position]) { position += 1 }
      visit(start, position)
    }
  }
}
