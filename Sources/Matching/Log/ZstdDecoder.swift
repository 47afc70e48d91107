internal import CCompression

/// Zstandard frames (RFC 8878), one after another, skippable ones among them.
@safe final class ZstdDecoder: LogDecoder {
  /// 2^27 bytes = 128 MiB: what `zstd` itself accepts without a flag. A frame that wants more is refused.
  static let windowLogLimit: Int32 = 27

  private let input: LogInput
  private let stream: OpaquePointer?
  private var frameIsOpen = false
  private var ended = false
  private var produced = 0
  private(set) var damage: LogDamage?

  init(_ input: LogInput) {
    self.input = input
    unsafe stream = ZSTD_createDStream()
    _ = unsafe ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Self.windowLogLimit)
  }

  deinit { _ = unsafe ZSTD_freeDStream(stream) }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    while !ended {
      let hasInput = input.refill()
      if !hasInput && !frameIsOpen {
        ended = true
        if input.failed { damage = LogDamage("io-error") }
        break
      }
      let count = unsafe decompress(into: buffer, hasInput: hasInput)
      if count > 0 {
        produced += count
        return count
      }
    }
    return 0
  }

  private func decompress(into buffer: UnsafeMutableRawBufferPointer, hasInput: Bool) -> Int {
    let pending = unsafe input.pending
    var output = unsafe ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
    var compressed = unsafe ZSTD_inBuffer(src: pending.baseAddress, size: pending.count, pos: 0)
    let result = unsafe ZSTD_decompressStream(stream, &output, &compressed)
    unsafe input.consume(compressed.pos)
    let count = unsafe output.pos
    if ZSTD_isError(result) != 0 {
      ended = true
      switch ZSTD_getErrorCode(result) {
      case ZSTD_error_frameParameter_windowTooLarge: damage = LogDamage("window-too-large")
      case ZSTD_error_checksum_wrong: damage = LogDamage("bad-checksum")
      case ZSTD_error_prefix_unknown where produced + count > 0: damage = LogDamage("trailing-garbage")
      default: damage = LogDamage("corrupt")
      }
      return count
    }
    frameIsOpen = result != 0
    if !hasInput && count == 0 && frameIsOpen {
      ended = true
      damage = LogDamage(input.failed ? "io-error" : "truncated")
    }
    return count
  }
}
