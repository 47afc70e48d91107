public import Indicators

/// One place where one indicator stands in a chunk, before anything is known of its line.
public struct RawHit: Sendable, Hashable {
  /// The indicator's place in the index.
  public var entry: Int
  /// Bytes of the chunk, as they stand there (before ``view`` was undone).
  public var range: Range<Int>
  public var mode: MatchMode
  public var view: MatchView
  /// The matched text after undoing ``view``; nil when that is the chunk's own bytes.
  public var value: [UInt8]?

  public init(entry: Int, range: Range<Int>, mode: MatchMode, view: MatchView = .raw, value: [UInt8]? = nil) {
    self.entry = entry
    self.range = range
    self.mode = mode
    self.view = view
    self.value = value
  }
}

/// Finds indicators in log text.
///
/// A chunk holds whole lines (its last one may lack its newline); nothing is assumed of its bytes. Hits come ordered by position, then
/// entry; the same entry is reported once for the same bytes, in the strongest mode, and in the raw view when it is found there.
public protocol ChunkMatcher {
  /// Appends the hits of a chunk.
  mutating func hits(in chunk: UnsafeRawBufferPointer, into hits: inout [RawHit])
}

extension ChunkMatcher {
  /// The hits of some bytes, for look-ups and tests.
  public mutating func hits(in bytes: [UInt8]) -> [RawHit] {
    var found: [RawHit] = []
    unsafe bytes.withUnsafeBytes { unsafe hits(in: $0, into: &found) }
    return found
  }

  public mutating func hits(in text: String) -> [RawHit] { hits(in: Array(text.utf8)) }
}
