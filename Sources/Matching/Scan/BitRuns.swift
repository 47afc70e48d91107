/// A mask and the one of the 64 bytes before it.
struct MaskPair {
  private(set) var before: UInt64 = 0
  private(set) var own: UInt64 = 0

  init() {}

  init(_ before: UInt64, _ own: UInt64) {
    self.before = before
    self.own = own
  }

  @inline(__always) mutating func advance(to mask: UInt64) {
    before = own
    own = mask
  }

  /// The mask as it was `count` bytes ago, 1 to 63.
  @inline(__always) func delayed(_ count: UInt64) -> UInt64 { own &<< count | before &>> (64 &- count) }
}

/// Ends of runs of at least eight, by doubling: a run of eight ends where one of four ends and another ended four bytes before.
struct LongRuns {
  private var one = MaskPair()
  private var two = MaskPair()
  private var four = MaskPair()
  private var eight = MaskPair()
  private var end = MaskPair()

  /// One past the last byte of runs of at least 8.
  @inline(__always) mutating func endsOf8(_ mask: UInt64) -> UInt64 {
    end.advance(to: runsOf8(mask))
    return end.delayed(1) & ~mask
  }

  @inline(__always) private mutating func runsOf8(_ mask: UInt64) -> UInt64 {
    one.advance(to: mask)
    two.advance(to: mask & one.delayed(1))
    four.advance(to: two.own & two.delayed(2))
    eight.advance(to: four.own & four.delayed(4))
    return eight.own
  }
}
