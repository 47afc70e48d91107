internal import CShims

/// What the kernel says of a block's bytes: an array a fact, a word of 64 bits for 64 bytes, and the last words of the block before.
///
/// ```
///             before       the block
///  host   │ w-4 … w-1 │ w0 w1 w2 …      w63 │
///  dot    │ …         │ …                   │
/// ```
/// An array a fact and not a record a word: a lane that asks for dots reads nothing else, and four words of one fact are one vector.
@safe struct ByteMasks {
  /// Words kept of the block before, for windows that reach back.
  static let guardWords = 4

  /// All point at the block's first word.
  let pointers: ukai_masks
  private let storage: UnsafeMutablePointer<UInt64>
  private let stride: Int
  private static let facts = 7

  init(blockWords: Int) {
    let stride = Self.guardWords + blockWords
    self.stride = stride
    unsafe storage = .allocate(capacity: Self.facts * stride)
    unsafe storage.initialize(repeating: 0, count: Self.facts * stride)
    let first = unsafe storage + Self.guardWords
    unsafe pointers = ukai_masks(
      alphanumeric: first, digit: first + stride, host: first + 2 * stride, dot: first + 3 * stride, colon: first + 4 * stride,
      mark: first + 5 * stride, high: first + 6 * stride)
  }

  func deallocate() { unsafe storage.deallocate() }

  var alphanumeric: UnsafeMutablePointer<UInt64> { unsafe pointers.alphanumeric }
  var digit: UnsafeMutablePointer<UInt64> { unsafe pointers.digit }
  var host: UnsafeMutablePointer<UInt64> { unsafe pointers.host }
  var dot: UnsafeMutablePointer<UInt64> { unsafe pointers.dot }
  var colon: UnsafeMutablePointer<UInt64> { unsafe pointers.colon }
  var mark: UnsafeMutablePointer<UInt64> { unsafe pointers.mark }
  var high: UnsafeMutablePointer<UInt64> { unsafe pointers.high }

  /// Nothing stands before the text.
  func clearBefore() {
    for fact in 0..<Self.facts { unsafe (storage + fact * stride).update(repeating: 0, count: Self.guardWords) }
  }

  /// The block's last words become those before the next block's first.
  func keepLast(of words: Int) {
    for fact in 0..<Self.facts { unsafe (storage + fact * stride).update(from: storage + (fact * stride + words), count: Self.guardWords) }
  }

  /// Where the masks of `word` go, for a block whose first words are written already.
  func from(_ word: Int) -> ukai_masks {
    unsafe ukai_masks(
      alphanumeric: alphanumeric + word, digit: digit + word, host: host + word, dot: dot + word, colon: colon + word, mark: mark + word,
      high: high + word)
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
