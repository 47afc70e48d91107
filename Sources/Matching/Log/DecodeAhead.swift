/// Decompresses on a thread of its own while the caller matches: inflating is slower than matching, so the two overlap.
///
/// A ring of three blocks goes round between the threads; a block belongs to exactly one of them at a time.
final class DecodeAhead: LogDecoder {
  static let blockSize = 512 << 10
  static let blockCount = 3

  private struct Ring {
    var filled: [(block: Int, count: Int)] = []
    var free: [Int]
    var ended = false
    var cancelled = false
  }

  /// What both threads hold; the blocks are freed with the last of them.
  @safe private final class Shared: @unchecked Sendable {
    let ring: Monitor<Ring>
    let blocks: [UnsafeMutableRawBufferPointer]
    /// Used by the decoding thread alone until the ring says that it ended.
    let source: any LogDecoder

    init(_ source: any LogDecoder) {
      self.source = source
      unsafe blocks = (0..<DecodeAhead.blockCount).map { _ in .allocate(byteCount: DecodeAhead.blockSize, alignment: 64) }
      ring = Monitor(Ring(free: Array(0..<DecodeAhead.blockCount)))
    }

    deinit { for unsafe block in unsafe blocks { unsafe block.deallocate() } }

    func decodeAll() {
      while true {
        let block = ring.wait(until: { $0.cancelled || !$0.free.isEmpty }) { ring -> Int? in
          ring.cancelled ? nil : ring.free.removeFirst()
        }
        guard let block else { return }
        let count = fill(block)
        ring.with { ring in
          if count > 0 { ring.filled.append((block, count)) } else { ring.ended = true }
        }
        if count == 0 { return }
      }
    }

    private func fill(_ block: Int) -> Int {
      let buffer = unsafe blocks[block]
      var filled = 0
      while filled < buffer.count {
        let count = unsafe source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
        if count == 0 { break }
        filled += count
      }
      return filled
    }
  }

  private let shared: Shared
  /// Nil when the system gave no thread: then decoding happens in place.
  private let thread: WorkerThread?
  private var current: (block: Int, count: Int)?
  private var position = 0
  private var ended = false

  init(_ source: any LogDecoder) {
    let shared = Shared(source)
    self.shared = shared
    thread = WorkerThread { shared.decodeAll() }
  }

  deinit {
    shared.ring.with { $0.cancelled = true }
    thread?.join()
  }

  var damage: LogDamage? { ended || thread == nil ? shared.source.damage : nil }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    if thread == nil { return unsafe shared.source.read(into: buffer) }
    guard let block = block() else { return 0 }
    let count = min(buffer.count, block.count - position)
    unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: shared.blocks[block.block][position..<(position + count)]))
    position += count
    if position == block.count {
      current = nil
      shared.ring.with { $0.free.append(block.block) }
    }
    return count
  }

  private func block() -> (block: Int, count: Int)? {
    if let current { return current }
    if ended { return nil }
    let next = shared.ring.wait(until: { $0.ended || !$0.filled.isEmpty }) { ring in
      ring.filled.isEmpty ? nil : ring.filled.removeFirst()
    }
    if next == nil { ended = true }
    current = next
    position = 0
    return next
  }
}
