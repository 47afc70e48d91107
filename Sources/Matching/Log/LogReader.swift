internal import CShims
import Glibc

/// Cuts a log's content into chunks of whole lines, in one buffer of fixed size.
///
/// ```
/// line that fits:      |…\n…\n…\n|partial      the partial line is moved to the front of the next chunk
/// line that does not:  |XXXXXXXXXXXXXX|ssSS|   the last `overlap` bytes come again at the front of the next window;
///                            |ssSS|XXXX…\n|    a match counts in the window in which it ends before the seam (middle of ssSS)
/// ```
/// NUL, CR and invalid UTF-8 are bytes like any other.
@safe public final class LogReader {
  /// Longest line that is seen in one piece, in bytes.
  public static let defaultWindow = 1 << 20
  /// Bytes that two windows of one long line share; a match up to half of it is found at any border.
  public static let defaultOverlap = 64 << 10
  /// Bytes that are read before whole lines are handed over: what the kernels then look at still lies in the second-level cache.
  public static let piece = 128 << 10
  /// Zero bytes that always follow a chunk, for kernels that load whole vectors.
  public static let padding = 64

  /// A piece of a log. Its bytes are valid until the next call of ``LogReader/next(deliveringFragment:)``.
  @safe public struct Chunk {
    public let bytes: UnsafeRawBufferPointer
    /// Offset of the first byte in the content.
    public let offset: Int
    /// Complete lines before the first byte.
    public let linesBefore: Int
    /// Leading bytes that the chunk before already held (in the middle of a long line).
    public let overlap: Int
    /// The chunk ends inside a line that goes on.
    public let continues: Bool
    /// Matches count when they end after `from` and not after `to`, both relative to the chunk.
    public let from: Int
    public let to: Int
    /// Nothing more was to be had at once: the moment to hand over what was found.
    public let isShort: Bool
    /// False where no byte is zero, as in text of one byte a letter.
    let mayHoldZero: Bool

    /// The last line of a log, without a newline: processed, but read again next time.
    public var isFragment: Bool { unsafe !continues && bytes.last != 0x0A }
  }

  public let stream: LogStream
  /// Reading ends here, as at the end of the log; the start of a line.
  public var limit: Int?
  private let window: Int
  private let overlapLimit: Int
  private let storage: UnsafeMutableRawBufferPointer
  private var filled = 0
  /// Where the next chunk begins in `storage`.
  private var kept = 0
  /// Leading bytes of `storage[kept...]` that were already delivered.
  private var overlap = 0
  private var saved = [UInt8](repeating: 0, count: LogReader.padding)
  private var savedAt: Int?
  private var base = 0

  /// Complete lines delivered, plus those before the start.
  public private(set) var lines = 0
  /// End of the last complete line delivered: where the cursor stands.
  public private(set) var lineEnd = 0
  /// Up to ``LogCursor/anchorLimit`` bytes before ``lineEnd``.
  public private(set) var anchor: [UInt8] = []
  private var trail: [UInt8] = []
  /// Of the content that was delivered or skipped by reading.
  private(set) var checkpoints: [LogCheckpoint] = []
  private var nextCheckpoint = LogCheckpoint.first

  public init(_ stream: LogStream, window: Int = LogReader.defaultWindow, overlap: Int = LogReader.defaultOverlap) {
    self.stream = stream
    self.window = max(16, window)
    overlapLimit = min(max(2, overlap), self.window / 2)
    unsafe storage = .allocate(byteCount: self.window + Self.padding, alignment: 64)
    unsafe storage.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit { unsafe storage.deallocate() }

  /// The next chunk; nil at the end. A file that grows goes on after nil.
  ///
  /// - Parameter deliveringFragment: at the end, deliver a last line without a newline too.
  public func next(deliveringFragment: Bool = true) -> Chunk? {
    restorePadding()
    dropDelivered()
    var ended = false
    var newline = lastNewline(from: overlap)
    while filled < window, newline == nil || filled < Self.piece && !stream.isInteractive {
      let end = min(filled < Self.piece ? Self.piece : window, limit.map { max(filled, $0 - base) } ?? window, window)
      let room = unsafe UnsafeMutableRawBufferPointer(rebasing: storage[filled..<end])
      let count = unsafe room.isEmpty ? 0 : stream.read(into: room)
      if count == 0 {
        ended = true
        break
      }
      filled += count
      newline = lastNewline(from: filled - count) ?? newline
    }
    if let newline { return chunk(to: newline + 1, continues: false, isShort: ended || stream.isInteractive) }
    if filled == window { return chunk(to: filled, continues: true, isShort: false) }
    if filled > 0, ended, deliveringFragment { return chunk(to: filled, continues: false, isShort: true) }
    return nil
  }

  private func chunk(to end: Int, continues: Bool, isShort: Bool) -> Chunk {
    let seam = overlapLimit / 2
    let fresh = unsafe UnsafeRawBufferPointer(rebasing: storage[overlap..<end])
    let linesBefore = lines
    let isWhole = unsafe !continues && fresh.last == 0x0A
    unsafe follow(fresh, at: base + overlap, endsLine: isWhole)
    let count = unsafe isWhole ? NewlineCount(of: fresh) : nil
    let result = unsafe Chunk(
      bytes: UnsafeRawBufferPointer(rebasing: storage[..<end]), offset: base, linesBefore: linesBefore, overlap: overlap,
      continues: continues, from: overlap > 0 ? overlap - seam : 0, to: continues ? end - seam : end, isShort: isShort,
      mayHoldZero: overlap > 0 || count?.hasZero ?? true)
    if let count {
      lines += count.lines
      lineEnd = base + end
    }
    kept = continues ? end - overlapLimit : end
    overlap = continues ? overlapLimit : 0
    pad(at: end)
    return result
  }

  /// Bytes at the end that were read and not delivered: a last line without newline.
  public var undelivered: Int { filled - kept }

  private func dropDelivered() {
    guard kept > 0, let start = unsafe storage.baseAddress else { return }
    unsafe memmove(start, start + kept, filled - kept)
    base += kept
    filled -= kept
    kept = 0
  }

  private func lastNewline(from start: Int) -> Int? {
    let text = unsafe LogText(bytes: UnsafeRawBufferPointer(rebasing: storage[..<filled]))
    let end = text.last(.endOfLine, before: filled, from: start)
    return end > start ? end - 1 : nil
  }

  private func pad(at end: Int) {
    for index in 0..<Self.padding {
      unsafe saved[index] = storage[end + index]
      unsafe storage[end + index] = 0
    }
    savedAt = end
  }

  private func restorePadding() {
    guard let end = savedAt else { return }
    for index in 0..<Self.padding { unsafe storage[end + index] = saved[index] }
    savedAt = nil
  }

  /// Keeps the last bytes seen, the anchor when they end a line, and the checkpoints that lie in `bytes`.
  private func follow(_ bytes: UnsafeRawBufferPointer, at start: Int, endsLine: Bool) {
    while nextCheckpoint <= start + bytes.count {
      let within = nextCheckpoint - start
      let before = unsafe (within >= LogCursor.anchorLimit ? [] : trail.suffix(LogCursor.anchorLimit - within)) + bytes[max(0, within - LogCursor.anchorLimit)..<within]
      checkpoints.append(LogCheckpoint(offset: nextCheckpoint, hash: LogIdentity.hash(before)))
      nextCheckpoint *= 2
    }
    if bytes.count >= LogCursor.anchorLimit {
      trail = unsafe Array(bytes.suffix(LogCursor.anchorLimit))
    } else {
      trail = unsafe Array((trail + bytes).suffix(LogCursor.anchorLimit))
    }
    if endsLine { anchor = trail }
  }
}

extension LogReader {
  /// Goes to `offset` without delivering anything before it; false when the content ends before. Lines before are the caller's to
  /// tell, for they were counted when they were read.
  public func skip(to offset: Int, lines linesBefore: Int) -> Bool {
    restorePadding()
    if stream.isSeekable {
      let start = max(0, offset - LogCursor.anchorLimit)
      let before = stream.descriptor.bytes(at: start, count: offset - start)
      guard before.count == offset - start, stream.seek(to: offset, after: before) else { return false }
      trail = before
      while nextCheckpoint <= offset { nextCheckpoint *= 2 }
    } else {
      guard stream.position <= offset else { return false }
      while stream.position < offset {
        let piece = unsafe UnsafeMutableRawBufferPointer(rebasing: storage[..<min(window, offset - stream.position)])
        let count = unsafe stream.read(into: piece)
        if count == 0 { return false }
        unsafe follow(UnsafeRawBufferPointer(rebasing: piece[..<count]), at: stream.position - count, endsLine: false)
      }
    }
    (filled, kept, overlap, base, lineEnd, lines, anchor) = (0, 0, 0, offset, offset, linesBefore, trail)
    return true
  }

  /// Starts again at the first byte; false for a pipe.
  public func restart() -> Bool {
    restorePadding()
    guard stream.restart() else { return false }
    (filled, kept, overlap, base, lineEnd, lines, anchor, trail) = (0, 0, 0, 0, 0, 0, [], [])
    (checkpoints, nextCheckpoint) = ([], LogCheckpoint.first)
    return true
  }
}

/// Counts lines, many bytes a step: `memchr` from line to line took a tenth of a scan's time.
struct NewlineCount {
  private(set) var lines = 0
  /// Whether any byte is zero: seen on the way, where another look would cost a scan a tenth of its speed.
  private(set) var hasZero = false

  init(of bytes: UnsafeRawBufferPointer) {
    guard let start = unsafe bytes.bindMemory(to: UInt8.self).baseAddress else { return }
    var zero: Int32 = 0
    lines = unsafe Int(ukai_count_newlines(start, bytes.count, &zero))
    hasZero = zero != 0
  }
}
