internal import CCompression

/// A gzip stream (RFC 1952) of any number of members, through ISA-L.
///
/// A member with a wrong checksum is read and reported, and the next one follows; a broken block ends the reading.
@safe final class GzipDecoder: LogDecoder {
  private enum Phase { case member, between, ended }

  private let input: LogInput
  private let state: UnsafeMutablePointer<inflate_state>
  private var phase = Phase.between
  private(set) var damage: LogDamage?

  init(_ input: LogInput) {
    self.input = input
    unsafe state = .allocate(capacity: 1)
    unsafe isal_inflate_init(state)
  }

  deinit { unsafe state.deallocate() }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard let base = buffer.baseAddress else { return 0 }
    var count = 0
    while count == 0 {
      switch phase {
      case .ended: return 0
      case .between: beginMember()
      case .member: count = unsafe inflate(to: base, room: buffer.count)
      }
    }
    return count
  }

  /// Starts the next member, or ends: at the end of the file, at zero padding, at bytes that are no gzip.
  private func beginMember() {
    guard input.refill() else {
      if input.failed { damage = LogDamage("io-error") }
      phase = .ended
      return
    }
    let head = input.peek(3) { _ in false }
    if head == [0x1F, 0x8B, 0x08] {
      unsafe isal_inflate_reset(state)
      unsafe state.pointee.crc_flag = UInt32(ISAL_GZIP)
      phase = .member
    } else {
      if !skipZeros() { damage = damage ?? LogDamage(head.starts(with: [0x1F]) ? "truncated" : "trailing-garbage") }
      phase = .ended
    }
  }

  /// Tape blocks are padded with zeros, which mean nothing. False at any other byte.
  private func skipZeros() -> Bool {
    while input.refill() {
      let zeros = unsafe input.pending.prefix { $0 == 0 }.count
      let all = unsafe zeros == input.pending.count
      input.consume(zeros)
      if !all { return false }
    }
    return true
  }

  private func inflate(to base: UnsafeMutableRawPointer, room: Int) -> Int {
    let room = min(room, Int(Int32.max))
    let hasInput = input.refill()
    let pending = unsafe input.pending
    unsafe state.pointee.next_in = pending.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe state.pointee.avail_in = UInt32(truncatingIfNeeded: pending.count)
    unsafe state.pointee.next_out = base.assumingMemoryBound(to: UInt8.self)
    unsafe state.pointee.avail_out = UInt32(truncatingIfNeeded: room)
    let result = unsafe isal_inflate(state)
    input.consume(unsafe pending.count - Int(state.pointee.avail_in))
    let count = unsafe room - Int(state.pointee.avail_out)
    if result < 0 {
      if result == ISAL_INCORRECT_CHECKSUM {
        damage = LogDamage("bad-checksum")
        phase = .between
      } else {
        damage = LogDamage("corrupt")
        phase = .ended
      }
    } else if unsafe state.pointee.block_state == ISAL_BLOCK_FINISH {
      phase = .between
    } else if !hasInput && count == 0 {
      damage = LogDamage(input.failed ? "io-error" : "truncated")
      phase = .ended
    }
    return count
  }
}
