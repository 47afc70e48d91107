/// The matcher for logs.
public struct FastMatcher: ChunkMatcher {
  private var reference: ReferenceMatcher

  public init(_ index: IndicatorIndex) { reference = ReferenceMatcher(index) }

  public mutating func hits(in chunk: UnsafeRawBufferPointer, into hits: inout [RawHit]) {
    unsafe reference.hits(in: chunk, into: &hits)
  }
}
