/// How a log's bytes are stored. Told by the first bytes, never by the name.
public enum LogEncoding: String, Sendable, CaseIterable {
  case plain, gzip, zstd, xz, bzip2

  /// Bytes that settle the question.
  static let magicLength = 10

  /// Reads the magic numbers of RFC 1952, RFC 8878, the xz file format 1.1 and bzip2.
  init(magic: [UInt8]) {
    if magic.starts(with: [0x1F, 0x8B, 0x08]) {
      self = .gzip
    } else if magic.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) || Self.isSkippableFrame(magic) {
      self = .zstd
    } else if magic.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
      self = .xz
    } else if magic.count >= 10, magic.starts(with: Array("BZh".utf8)), (0x31...0x39).contains(magic[3]),
      magic[4...].starts(with: [0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
        || magic[4...].starts(with: [0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
    {
      // A text may well begin with "BZh9": the block's or the end's own magic must follow.
      self = .bzip2
    } else {
      self = .plain
    }
  }

  private static func isSkippableFrame(_ magic: [UInt8]) -> Bool {
    magic.count >= 4 && magic[0] & 0xF0 == 0x50 && Array(magic[1...3]) == [0x2A, 0x4D, 0x18]
  }

  /// True when no magic number begins like this: reading on to decide would only wait.
  static func cannotBeCompressed(_ head: [UInt8]) -> Bool {
    guard let first = head.first else { return false }
    return ![0x1F, 0x28, 0xFD, 0x42].contains(first) && first & 0xF0 != 0x50
  }
}

/// What was wrong with a compressed log. What came before the damage has been read.
public struct LogDamage: Error, Sendable, Hashable {
  /// Stable reason of the scan summary: `truncated`, `corrupt`, `bad-checksum`, `window-too-large`, `trailing-garbage`, `io-error`, `not-gzip`
  /// and the like.
  public var reason: String

  init(_ reason: String) { self.reason = reason }

  /// True when stored bytes are left that a decoder gave up on, and that may be anything.
  var leavesBytes: Bool { ["corrupt", "trailing-garbage", "window-too-large"].contains(reason) }
}

/// Turns the stored bytes of a log into its content, piece by piece.
protocol LogDecoder: AnyObject {
  /// Fills `buffer` from the front; 0 only at the end (see ``damage``). May return less than fits.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int
  /// Set once something was wrong; reading may still go on after a bad checksum.
  var damage: LogDamage? { get }
}

/// A log stored as it is.
final class PlainDecoder: LogDecoder {
  private let input: LogInput

  init(_ input: LogInput) { self.input = input }

  var damage: LogDamage? { input.failed ? LogDamage("io-error") : nil }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int { unsafe input.read(into: buffer) }
}
