internal import CCompression

/// A bzip2 file of any number of streams (`pbzip2` writes many).
@safe final class Bzip2Decoder: LogDecoder {
  private let input: LogInput
  private let stream: UnsafeMutablePointer<bz_stream>
  private var isOpen = false
  private var ended = false
  private var produced = 0
  private(set) var damage: LogDamage?

  init(_ input: LogInput) {
    self.input = input
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: bz_stream())
  }

  deinit {
    if isOpen { _ = unsafe BZ2_bzDecompressEnd(stream) }
    unsafe stream.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    while !ended {
      let hasInput = input.refill()
      if !isOpen && !begin(hasInput: hasInput) { break }
      let count = unsafe decompress(into: buffer, hasInput: hasInput)
      if count > 0 { return count }
    }
    return 0
  }

  /// Opens the next stream; false at the end or at bytes that are no bzip2.
  private func begin(hasInput: Bool) -> Bool {
    guard hasInput else {
      if input.failed { damage = LogDamage("io-error") }
      ended = true
      return false
    }
    if produced > 0 {
      let head = input.peek(3) { _ in false }
      if head != Array("BZh".utf8) {
        damage = LogDamage("trailing-garbage")
        ended = true
        return false
      }
    }
    unsafe stream.pointee = bz_stream()
    isOpen = unsafe BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK
    if !isOpen { ended = true }
    return isOpen
  }

  private func decompress(into buffer: UnsafeMutableRawBufferPointer, hasInput: Bool) -> Int {
    let pending = unsafe input.pending
    let room = min(buffer.count, Int(Int32.max))
    unsafe stream.pointee.next_in = pending.baseAddress?.assumingMemoryBound(to: CChar.self)
    unsafe stream.pointee.avail_in = UInt32(truncatingIfNeeded: pending.count)
    unsafe stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
    unsafe stream.pointee.avail_out = UInt32(truncatingIfNeeded: room)
    let result = unsafe BZ2_bzDecompress(stream)
    input.consume(unsafe pending.count - Int(stream.pointee.avail_in))
    let count = unsafe room - Int(stream.pointee.avail_out)
    produced += count
    if result == BZ_STREAM_END {
      _ = unsafe BZ2_bzDecompressEnd(stream)
      isOpen = false
    } else if result != BZ_OK {
      damage = LogDamage("corrupt")
      ended = true
    } else if !hasInput && count == 0 {
      damage = LogDamage(input.failed ? "io-error" : "truncated")
      ended = true
    }
    return count
  }
}
