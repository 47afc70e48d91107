internal import CShims

/// What the kernel says of a block's bytes: an array a fact, a word of 64 bits for 64 bytes, and the last word of the block before.
///
/// ```
///             before       the block
///  host   │       w-1 │ w0 w1 w2 …      w63 │
///  dot    │ …         │ …                   │
/// ```
/// An array a fact and not a record a word: a lane that asks for dots reads nothing else, and four words of one fact are one vector.
@safe struct ByteMasks {
  /// Words before the block's first, of which windows that reach back take the last: so many that the first one begins a cache line, for vectors
  /// of masks that lie across two cost a third more.
  private static let guardWords = lineWords
  /// Words behind the block's last, which the kernels may write.
  private static let spareWords = lineWords
  /// Words of a cache line.
  static let lineWords = 8
  private static let factCount = 8

  /// All point at the block's first word.
  let pointers: ukai_masks
  private let storage: UnsafeMutablePointer<UInt64>
  private let stride: Int

  init(blockWords: Int) {
    let stride = Self.guardWords + (blockWords + Self.lineWords - 1) / Self.lineWords * Self.lineWords + Self.spareWords
    self.stride = stride
    unsafe storage = UnsafeMutableRawPointer.allocate(byteCount: 8 * Self.factCount * stride, alignment: 8 * Self.lineWords)
      .initializeMemory(as: UInt64.self, repeating: 0, count: Self.factCount * stride)
    let first = unsafe storage + Self.guardWords
    unsafe pointers = ukai_masks(
      alphanumeric: first, digit: first + stride, host: first + 2 * stride, dot: first + 3 * stride, colon: first + 4 * stride,
      host_or_bracket: first + 5 * stride, mark: first + 6 * stride, high: first + 7 * stride)
  }

  func deallocate() { unsafe storage.deallocate() }

  var alphanumeric: UnsafeMutablePointer<UInt64> { unsafe pointers.alphanumeric }
  var digit: UnsafeMutablePointer<UInt64> { unsafe pointers.digit }
  var host: UnsafeMutablePointer<UInt64> { unsafe pointers.host }
  var dot: UnsafeMutablePointer<UInt64> { unsafe pointers.dot }
  var colon: UnsafeMutablePointer<UInt64> { unsafe pointers.colon }
  var mark: UnsafeMutablePointer<UInt64> { unsafe pointers.mark }
  var high: UnsafeMutablePointer<UInt64> { unsafe pointers.high }

  /// The first word of each fact.
  var facts: [UnsafeMutablePointer<UInt64>] { unsafe (0..<Self.factCount).map { unsafe storage + $0 * stride + Self.guardWords } }

  /// Nothing stands before the text.
  func clearBefore() {
    for fact in 0..<Self.factCount { unsafe (storage + fact * stride).update(repeating: 0, count: Self.guardWords) }
  }

  /// The block's last word becomes the one before the next block's first.
  func keepLast(of words: Int) {
    for fact in 0..<Self.factCount {
      let first = unsafe storage + (fact &* stride &+ Self.guardWords)
      unsafe first[-1] = first[words &- 1]
    }
  }

  /// Where the masks of `word` go, for a block whose first words are written already.
  func from(_ word: Int) -> ukai_masks {
    unsafe ukai_masks(
      alphanumeric: alphanumeric + word, digit: digit + word, host: host + word, dot: dot + word, colon: colon + word,
      host_or_bracket: pointers.host_or_bracket + word, mark: mark + word, high: high + word)
  }

  /// A fact's mask of a word, and that of the word before.
  @inline(__always) func pair(_ fact: UnsafeMutablePointer<UInt64>, _ word: Int) -> MaskPair {
    unsafe MaskPair(fact[word &- 1], fact[word])
  }

  /// A fact of the 64 bytes before a place of the block, the nearest in the top bit.
  @inline(__always) func before(_ end: Int, _ fact: UnsafeMutablePointer<UInt64>) -> UInt64 {
    let word = end &>> 6
    let bit = UInt64(truncatingIfNeeded: end & 63)
    return unsafe (fact[word] &<< 1) &<< (63 &- bit) | fact[word &- 1] &>> bit
  }

  /// A fact of the 56 bytes before a place of the block, as ``before(_:_:)`` gives it, and of up to seven more; zeros behind them.
  ///
  /// One load from between two words, where all 64 take two and the shift of a pair, which CPUs of some makers do in six steps.
  @inline(__always) func near(_ end: Int, _ fact: UnsafeMutablePointer<UInt64>) -> UInt64 {
    let bytes = unsafe UnsafeRawPointer(fact) + (end &>> 3 &- 7)
    return unsafe UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) &<< UInt64(truncatingIfNeeded: 8 &- (end & 7))
  }

  /// How many bytes ``near(_:_:)`` surely tells of.
  static let nearReach = 56

  /// A fact of the 64 bytes from a place of the block on, the nearest in the lowest bit; nil where the block ends before them.
  @inline(__always) func after(_ start: Int, _ fact: UnsafeMutablePointer<UInt64>, of words: Int) -> UInt64? {
    let word = start &>> 6
    guard word &+ 1 < words else { return nil }
    let bit = UInt64(truncatingIfNeeded: start & 63)
    return unsafe fact[word] &>> bit | (fact[word &+ 1] &<< 1) &<< (63 &- bit)
  }

  /// How many bytes ``before(_:_:)`` and ``after(_:_:of:)`` tell of.
  static let reach = 64
}
