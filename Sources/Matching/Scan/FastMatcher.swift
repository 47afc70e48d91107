internal import Indicators

/// The matcher for logs: what ``ReferenceMatcher`` finds, at the speed of memory.
public struct FastMatcher: ChunkMatcher {
  private var rules: MatchRules<IndicatorIndex>
  private let scan: TokenScan
  private let viewScan: TokenScan

  public init(_ index: IndicatorIndex) { self.init(index, kernel: nil) }

  /// - Parameter kernel: a kernel of `ukai_kernel` that this CPU has; nil for the best.
  init(_ index: IndicatorIndex, kernel: Int32?) {
    rules = MatchRules(index)
    scan = TokenScan(index, kernel: kernel)
    viewScan = TokenScan(index, kernel: kernel)
  }

  public mutating func hits(in chunk: UnsafeRawBufferPointer, into hits: inout [RawHit]) {
    unsafe scan.scan(chunk, gatheringMarks: true, &rules)
    var found = rules.hits.map { RawHit(entry: $0.entry, range: $0.start..<$0.end, mode: $0.mode) }
    rules.hits.removeAll(keepingCapacity: true)
    if !scan.marks.isEmpty { unsafe views(of: chunk, into: &found) }
    if !found.isEmpty { hits += HitFolding.fold(found) }
  }

  /// What the chunk's pieces hold in another spelling, one view after the other. All pieces of a view go through the scan at once.
  private mutating func views(of chunk: UnsafeRawBufferPointer, into found: inout [RawHit]) {
    let text = unsafe LogText(bytes: chunk)
    for kind in ViewPieces.Kind.allCases {
      let pieces = ViewPieces.gather(kind, text, marks: scan.marks, features: rules.features)
      guard !pieces.bytes.isEmpty else { continue }
      unsafe pieces.bytes.withUnsafeBytes { unsafe viewScan.scan($0, gatheringMarks: false, &rules) }
      let lookup = rules.lookup
      HitFolding.append(rules.hits, in: pieces, kind.view, isURL: { lookup.type(of: $0) == .url }, to: &found)
      rules.hits.removeAll(keepingCapacity: true)
    }
  }
}
