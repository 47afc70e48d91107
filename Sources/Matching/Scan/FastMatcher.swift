internal import CShims
internal import Indicators

/// The matcher for logs: what ``ReferenceMatcher`` finds, at the speed of memory.
public struct FastMatcher: ChunkMatcher {
  private var rules: MatchRules<IndicatorIndex>
  private let scan: TokenScan
  private var pieces = ViewPieces()
  private var sieve = RefangSieve()

  public init(_ index: IndicatorIndex) { self.init(index, kernel: nil) }

  /// - Parameter kernel: a kernel of `ukai_kernel` that this CPU has; nil for the best.
  package init(_ index: IndicatorIndex, kernel: Int32?) {
    rules = MatchRules(index)
    scan = TokenScan(index, kernel: kernel)
  }

  public mutating func hits(in chunk: UnsafeRawBufferPointer, into hits: inout [RawHit]) {
    unsafe readTokens(chunk)
    let text = unsafe LogText(bytes: chunk)
    if pieces.gather(text, marks: scan.marks, features: rules.features) { return unsafe gather(chunk, into: &hits) }
    // Few logs are coloured: they are read twice rather than all looked through before.
    rules.hits.removeAll(keepingCapacity: true)
    unsafe ControlSequence.blanked(text, at: scan.marks).withUnsafeBytes { plain in
      unsafe readTokens(plain)
      guard unsafe pieces.gather(LogText(bytes: plain), marks: scan.marks, features: rules.features, isUncoloured: true) else { return }
      unsafe gather(plain, into: &hits)
    }
  }

  private mutating func readTokens(_ chunk: UnsafeRawBufferPointer) {
    rules.asked.removeAll(keepingCapacity: true)
    rules.joinsFields = true
    rules.readsPackages = true
    unsafe scan.scan(chunk, gatheringMarks: true, &rules)
    if let secrets = scan.secrets { unsafe secrets.scan(chunk, &rules) }
  }

  /// The hits of the text as it stands, and those of its views.
  private mutating func gather(_ chunk: UnsafeRawBufferPointer, into hits: inout [RawHit]) {
    var found = rules.hits.map { RawHit(entry: $0.entry, range: $0.start..<$0.end, mode: $0.mode, value: $0.value) }
    rules.hits.removeAll(keepingCapacity: true)
    if !scan.marks.isEmpty { unsafe views(of: chunk, into: &found) }
    if !found.isEmpty { hits += HitFolding.fold(found) }
  }

  /// What the chunk's pieces hold in another spelling, one view after the other. All pieces of a view go through the scan at once.
  private mutating func views(of chunk: UnsafeRawBufferPointer, into found: inout [RawHit]) {
    let text = unsafe LogText(bytes: chunk)
    if !pieces.fangs.pieces.isEmpty { readFangs(text) }
    // In the order in which a hit found twice is decided.
    view(pieces.json, of: text, .json, into: &found)
    view(pieces.percent, of: text, .percent, into: &found)
    view(pieces.refang, of: text, .refang, into: &found)
    view(pieces.labels, of: text, .refang, into: &found)
    view(pieces.international, of: text, .raw, into: &found)
    view(pieces.wideDots, of: text, .raw, into: &found)
    guard rules.features.contains(.international) else { return }
    internationalView(pieces.json, of: text, .json, into: &found)
    internationalView(pieces.percent, of: text, .percent, into: &found)
  }

  /// Reads of the defanged pieces those that can hold anything.
  private mutating func readFangs(_ text: LogText) {
    var (sieve, asked) = (RefangSieve(), [Int]())
    swap(&sieve, &self.sieve)
    swap(&asked, &rules.asked)
    unsafe sieve.judge(pieces.fangs.pieces, of: text, marks: scan.marks, asked: asked) { bytes in
      scan.asksFreely = true
      rules.joinsFields = false
      rules.readsPackages = false
      rules.asked.removeAll(keepingCapacity: true)
      unsafe scan.scan(bytes, gatheringMarks: false, &rules)
      scan.asksFreely = false
      rules.hits.removeAll(keepingCapacity: true)
      unsafe scan.nominateNumericHosts(in: bytes, &rules.asked)
      return rules.asked
    }
    pieces.readFangs(text, where: sieve.isNominated)
    swap(&sieve, &self.sieve)
  }

  private mutating func view(_ pieces: UndonePieces, of text: LogText, _ kind: MatchView, into found: inout [RawHit]) {
    guard !pieces.isEmpty else { return }
    rules.joinsFields = kind == .json
    rules.readsPackages = kind == .json || kind == .percent
    unsafe pieces.withBytes { bytes in
      unsafe scan.scan(bytes, gatheringMarks: false, &rules)
      if kind == .json || kind == .percent, let secrets = scan.secrets { unsafe secrets.scan(bytes, &rules) }
    }
    guard !rules.hits.isEmpty else { return }
    let lookup = rules.lookup
    HitFolding.append(rules.hits, in: pieces, of: text, kind, isOther: { lookup.isOtherURL($0, $1, of: text) }, to: &found)
    rules.hits.removeAll(keepingCapacity: true)
  }

  /// Names that have letters beyond ASCII once escapes are undone.
  private mutating func internationalView(_ pieces: UndonePieces, of text: LogText, _ kind: MatchView, into found: inout [RawHit]) {
    var names = ViewText()
    unsafe pieces.withBytes { bytes in InternationalView.visitLines(unsafe LogText(bytes: bytes)) { names.append($0) } }
    guard !names.bytes.isEmpty else { return }
    rules.joinsFields = kind == .json
    rules.readsPackages = kind == .json || kind == .percent
    unsafe names.bytes.withUnsafeBytes { unsafe scan.scan($0, gatheringMarks: false, &rules) }
    guard !rules.hits.isEmpty else { return }
    let lookup = rules.lookup
    HitFolding.append(rules.hits, in: names, over: pieces, of: text, kind, isOther: { lookup.isOtherURL($0, $1, of: text) }, to: &found)
    rules.hits.removeAll(keepingCapacity: true)
  }

  private mutating func view(_ pieces: ViewText, of text: LogText, _ kind: MatchView, into found: inout [RawHit]) {
    guard !pieces.bytes.isEmpty else { return }
    rules.joinsFields = kind == .json
    rules.readsPackages = kind == .json || kind == .percent
    unsafe pieces.bytes.withUnsafeBytes { unsafe scan.scan($0, gatheringMarks: false, &rules) }
    guard !rules.hits.isEmpty else { return }
    let lookup = rules.lookup
    HitFolding.append(rules.hits, in: pieces, kind, isOther: { lookup.isOtherURL($0, $1, of: text) }, to: &found)
    rules.hits.removeAll(keepingCapacity: true)
  }
}

extension FastMatcher {
  /// Where the first blocks of a text end, for tests of what lies across their borders.
  package static var blockBorders: [Int] { [64 * TokenScan.firstWords, 64 * (TokenScan.firstWords + TokenScan.blockWords)] }

  /// Whether this CPU can run a kernel, for tests of all of them.
  package static func canRun(kernel: Int32) -> Bool { ukai_has_kernel(kernel) != 0 }

  /// The masks of all whole words of a text, for tests that hold the kernels to each other.
  package static func masks(of bytes: [UInt8], kernel: Int32) -> [UInt64] {
    let words = bytes.count / 64
    let masks = ByteMasks(blockWords: words)
    defer { masks.deallocate() }
    unsafe (bytes + [0x0a, 0x0a]).withUnsafeBufferPointer { text in
      if let start = text.baseAddress { unsafe ukai_classify(kernel, start, words, masks.pointers) }
    }
    for first in stride(from: 0, to: words, by: 64) { _ = unsafe ukai_find_rare(kernel, masks.from(first), min(64, words - first)) }
    return (0..<words).flatMap { word in unsafe masks.facts.map { unsafe $0[word] } }
  }
}
