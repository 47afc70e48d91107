internal import CCompression

/// An xz file: streams one after another with their padding, through liblzma.
@safe final class XzDecoder: LogDecoder {
  /// `LZMA_CONCATENATED`, a macro that Swift does not import.
  private static let concatenated: UInt32 = 0x08
  /// What a dictionary may cost; `xz -9` needs 65 MiB.
  static let memoryLimit: UInt64 = 160 << 20

  private let input: LogInput
  private let stream: UnsafeMutablePointer<lzma_stream>
  private var ended = false
  private var produced = 0
  private(set) var damage: LogDamage?

  init(_ input: LogInput) {
    self.input = input
    unsafe stream = .allocate(capacity: 1)
    // LZMA_STREAM_INIT is all zeros.
    unsafe stream.initialize(to: lzma_stream())
    if unsafe lzma_stream_decoder(stream, Self.memoryLimit, Self.concatenated) != LZMA_OK {
      ended = true
      damage = LogDamage("corrupt")
    }
  }

  deinit {
    unsafe lzma_end(stream)
    unsafe stream.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    while !ended {
      let hasInput = input.refill()
      let pending = unsafe input.pending
      unsafe stream.pointee.next_in = UnsafePointer(pending.baseAddress?.assumingMemoryBound(to: UInt8.self))
      unsafe stream.pointee.avail_in = pending.count
      unsafe stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      unsafe stream.pointee.avail_out = buffer.count
      let result = unsafe lzma_code(stream, hasInput ? LZMA_RUN : LZMA_FINISH)
      input.consume(unsafe pending.count - stream.pointee.avail_in)
      let count = unsafe buffer.count - stream.pointee.avail_out
      produced += count
      conclude(result, hasInput: hasInput, count: count)
      if count > 0 { return count }
    }
    return 0
  }

  private func conclude(_ result: lzma_ret, hasInput: Bool, count: Int) {
    switch result {
    case LZMA_OK: if hasInput || count > 0 { return }
    case LZMA_STREAM_END:
      ended = true
      return
    case LZMA_MEMLIMIT_ERROR: damage = LogDamage("window-too-large")
    case LZMA_BUF_ERROR: damage = LogDamage("truncated")
    case LZMA_FORMAT_ERROR where produced > 0: damage = LogDamage("trailing-garbage")
    default: damage = LogDamage("corrupt")
    }
    ended = true
    if damage == nil || input.failed { damage = LogDamage(input.failed ? "io-error" : "truncated") }
  }
}
