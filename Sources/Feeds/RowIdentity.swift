/// Names a row by its bytes, so that a row of the last body is known again without being understood anew.
///
/// 64 bits of wide multiplications. No secret is needed: a feed that makes two of its own rows alike hides one of its own values, which it
/// could as well leave out.
package struct RowIdentity: Sendable {
  private let seed: UInt64

  /// - Parameter context: all besides its bytes that a row's meaning hangs on: the format, the columns' names.
  package init(context: [String]) {
    var seed: UInt64 = 0x9e37_79b9_7f4a_7c15
    for part in context { seed = Self.hash(part.utf8.span, seed: seed &+ 1) }
    self.seed = seed
  }

  package func of(_ bytes: [UInt8]) -> UInt64 { Self.hash(bytes.span, seed: seed) }
  package func of(_ text: String) -> UInt64 { Self.hash(text.utf8.span, seed: seed) }

  private static func hash(_ bytes: Span<UInt8>, seed: UInt64) -> UInt64 {
    let words = unsafe bytes.bytes
    var state = fold(seed ^ 0xa076_1d64_78bd_642f, UInt64(bytes.count) ^ 0xe703_7ed1_a0b4_28db)
    var index = 0
    while index + 8 <= bytes.count {
      let word = unsafe words.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
      state = fold(state ^ word, 0x8ebc_6af0_9c88_c6e3)
      index += 8
    }
    var rest: UInt64 = 0
    while index < bytes.count {
      rest = rest << 8 | UInt64(bytes[index])
      index += 1
    }
    return fold(state ^ rest, 0x5899_65cc_7537_4cc3)
  }

  private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    // A zero state would forget all that came before.
    return (product.high ^ product.low) &+ 0x1d8e_4e27_c47d_124f
  }
}
