/// Masks that keep the last bytes of the words before a place: what reads a token as one to three loads, without a look at where it begins.
///
/// ```
///  …x cdn.example.com       24 bytes before an end, as three words
///        0  ff ff … ff      lowest · low · high, for a length of 15
/// ```
@safe struct KeepTables {
  /// For a length of 0 to 24, what is kept of the word just before the end; of the one before that; and of the one before both.
  let high: UnsafeMutablePointer<UInt64>
  let low: UnsafeMutablePointer<UInt64>
  let lowest: UnsafeMutablePointer<UInt64>
  /// For eight bits of a mask, the bytes of the row of set ones at its top.
  let run: UnsafeMutablePointer<UInt64>

  /// For eight bits, how many zeros stand before the first one that is set; 8 for none.
  let firstBit: UnsafeMutablePointer<UInt8>

  /// Longest length, as a mask of it: no index that is masked with it leaves a table.
  static let lengths = 31

  init() {
    unsafe high = .allocate(capacity: Self.lengths + 1)
    unsafe low = .allocate(capacity: Self.lengths + 1)
    unsafe lowest = .allocate(capacity: Self.lengths + 1)
    unsafe run = .allocate(capacity: 256)
    for length in 0...Self.lengths {
      unsafe high[length] = Self.last(length)
      unsafe low[length] = Self.last(length - 8)
      unsafe lowest[length] = Self.last(length - 16)
    }
    unsafe firstBit = .allocate(capacity: 256)
    for bits in 0..<256 { unsafe firstBit[bits] = UInt8(UInt8(bits).leadingZeroBitCount) }
    for bits in 0..<256 { unsafe run[bits] = Self.last((~UInt8(bits)).leadingZeroBitCount) }
  }

  func deallocate() {
    unsafe high.deallocate()
    unsafe low.deallocate()
    unsafe lowest.deallocate()
    unsafe run.deallocate()
    unsafe firstBit.deallocate()
  }

  /// The last bytes of a word: none to all eight.
  private static func last(_ count: Int) -> UInt64 { count <= 0 ? 0 : count >= 8 ? .max : .max << UInt64(64 - 8 * count) }
}
