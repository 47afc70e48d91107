public import Indicators

/// How far one log's content has been read.
///
/// A log is known by its content, not by its name: ``prefixHash`` finds it again after a rename or a compression,
/// ``anchorHash`` proves that what was read before is still there (a copytruncated or replaced file fails it).
public struct LogCursor: Sendable, Hashable {
  /// Bytes of the decompressed head that name a generation, once the log is that long.
  public static let prefixLimit = 1024
  /// Bytes before ``offset`` that the anchor covers, at most.
  public static let anchorLimit = 256

  /// 32 hexadecimal digits; minted when the content is first met, part of every sighting's id.
  public var generation: String
  /// Where the content was last found.
  public var path: String
  public var device: UInt64
  public var inode: UInt64
  /// Bytes that ``prefixHash`` covers: grows with the log up to ``prefixLimit``.
  public var prefixLength: Int
  /// SHA-256 identity of the first ``prefixLength`` decompressed bytes.
  public var prefixHash: String
  /// Decompressed bytes processed: always the start of a line.
  public var offset: Int
  /// SHA-256 identity of the up to ``anchorLimit`` bytes before ``offset``.
  public var anchorHash: String
  /// Complete lines before ``offset``.
  public var lines: Int
  /// Size on disk and modification time (nanoseconds) when last read to the end: an unchanged compressed file need not be
  /// decompressed again.
  public var diskSize: Int
  public var modifiedAt: Int
  public var updatedAt: Timestamp
  /// Places before ``offset`` at which a copy of this log that is still being made can be told from another log.
  public var checkpoints: [LogCheckpoint]

  public init(
    generation: String, path: String, device: UInt64, inode: UInt64, prefixLength: Int, prefixHash: String, offset: Int,
    anchorHash: String, lines: Int, diskSize: Int, modifiedAt: Int, updatedAt: Timestamp, checkpoints: [LogCheckpoint] = []
  ) {
    self.generation = generation
    self.path = path
    self.device = device
    self.inode = inode
    self.prefixLength = prefixLength
    self.prefixHash = prefixHash
    self.offset = offset
    self.anchorHash = anchorHash
    self.lines = lines
    self.diskSize = diskSize
    self.modifiedAt = modifiedAt
    self.updatedAt = updatedAt
    self.checkpoints = checkpoints
  }
}

/// What stands before one offset of a log: a sample of its content, taken at 4 KiB, 8 KiB, 16 KiB and so on.
public struct LogCheckpoint: Sendable, Hashable {
  static let first = 4096

  /// Decompressed bytes before it.
  public var offset: Int
  /// SHA-256 identity of the up to ``LogCursor/anchorLimit`` bytes before ``offset``.
  public var hash: String

  public init(offset: Int, hash: String) {
    self.offset = offset
    self.hash = hash
  }
}

/// Where cursors are kept between runs. Real ones: the alert store, and memory (`--no-store`, tests).
public protocol CursorStore {
  /// The distinct ``LogCursor/prefixLength``s on record, longest first.
  func cursorPrefixLengths() throws -> [Int]
  func cursors(prefixLength: Int, prefixHash: String) throws -> [LogCursor]
  func cursor(generation: String) throws -> LogCursor?
}

/// What is committed in one transaction: sightings, and the cursor that says they are done.
public struct ScanBatch: Sendable {
  public var sightings: [Sighting]
  /// Nil for a stream that has no cursor (standard input).
  public var cursor: LogCursor?
  /// What was matched and withheld on the way to ``cursor``, never counted twice.
  public var withheld: [Withheld]

  public init(sightings: [Sighting], cursor: LogCursor?, withheld: [Withheld] = []) {
    self.withheld = withheld
    self.sightings = sightings
    self.cursor = cursor
  }

  /// Nothing in it is to be kept.
  public var isEmpty: Bool { sightings.isEmpty && cursor == nil && withheld.isEmpty }
}
