import Glibc

/// The bytes of a log as they lie on disk, buffered, with an exact count of what was taken.
///
/// Invariant: `storage[start..<end]` holds bytes that were read and not yet consumed.
@safe final class LogInput {
  static let capacity = 256 << 10

  let descriptor: LogDescriptor
  private let storage: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0
  /// False as soon as the buffer no longer holds the file's first bytes.
  private var holdsHead = true
  /// Bytes handed to the decoder.
  private(set) var consumed = 0
  /// Set when reading failed: the rest of the file is unknown.
  private(set) var failed = false

  init(_ descriptor: LogDescriptor) {
    self.descriptor = descriptor
    unsafe storage = .allocate(byteCount: Self.capacity, alignment: 64)
  }

  deinit { unsafe storage.deallocate() }

  /// The unconsumed bytes in the buffer.
  var pending: UnsafeMutableRawBufferPointer { unsafe UnsafeMutableRawBufferPointer(rebasing: storage[start..<end]) }
  var isEmpty: Bool { start == end }

  func consume(_ count: Int) {
    start += min(count, end - start)
    consumed += count
  }

  /// Makes sure that something is pending; false at the end of the file.
  func refill() -> Bool {
    if start < end { return true }
    // The file's first bytes stay as long as there is room behind them: a pipe cannot be read again.
    if holdsHead, end < Self.capacity { return more() }
    holdsHead = false
    start = 0
    end = 0
    return more()
  }

  /// Reads behind what is pending; false at the end of the file, after an error or when the buffer is full.
  private func more() -> Bool {
    guard unsafe end < storage.count else { return false }
    guard let count = unsafe descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: storage[end...])) else {
      failed = true
      return false
    }
    end += count
    return count > 0
  }

  /// Up to `count` of the first bytes, left in place; stops early when `isEnough` says so.
  func peek(_ count: Int, until isEnough: ([UInt8]) -> Bool) -> [UInt8] {
    while true {
      let head = unsafe Array(pending.prefix(count))
      if head.count == count || (!head.isEmpty && isEnough(head)) || !more() { return head }
    }
  }

  /// Reads straight into `buffer`, past the own buffer once that is empty; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    if start < end {
      let count = min(buffer.count, end - start)
      unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[start..<(start + count)]))
      consume(count)
      return count
    }
    holdsHead = false
    guard let count = unsafe descriptor.read(into: buffer) else {
      failed = true
      return 0
    }
    consumed += count
    return count
  }

  /// Goes back to the first byte; false when that is no longer possible (a pipe, after its first 256 KiB).
  func rewind() -> Bool {
    if holdsHead {
      start = 0
    } else if descriptor.seek(to: 0) {
      start = 0
      end = 0
      holdsHead = true
    } else {
      return false
    }
    consumed = 0
    return true
  }

  /// Goes to `offset` in a regular file.
  func seek(to offset: Int) -> Bool {
    guard descriptor.seek(to: offset) else { return false }
    (start, end, holdsHead, consumed) = (0, 0, offset == 0, offset)
    return true
  }
}
