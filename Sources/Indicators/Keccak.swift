/// Keccak with a capacity of 512 bits: Keccak-256 as Ethereum and Monero use it, and SHA3-256 (FIPS 202), which differ in one byte.
enum Keccak {
  /// Keccak-256 with the padding of the original submission.
  static func keccak256(_ bytes: some Sequence<UInt8>) -> [UInt8] { digest(bytes, padding: 0x01) }

  /// SHA3-256 of FIPS 202.
  static func sha3(_ bytes: some Sequence<UInt8>) -> [UInt8] { digest(bytes, padding: 0x06) }

  /// Bytes taken in between two permutations.
  private static let rate = 136

  private static func digest(_ bytes: some Sequence<UInt8>, padding: UInt8) -> [UInt8] {
    var state = InlineArray<25, UInt64>(repeating: 0)
    var position = 0
    for byte in bytes {
      state[position >> 3] ^= UInt64(byte) << UInt64(8 * (position & 7))
      position += 1
      if position == rate {
        permute(&state)
        position = 0
      }
    }
    state[position >> 3] ^= UInt64(padding) << UInt64(8 * (position & 7))
    state[rate / 8 - 1] ^= 0x80 << 56
    permute(&state)
    var digest: [UInt8] = []
    digest.reserveCapacity(32)
    for index in 0..<32 { digest.append(UInt8(truncatingIfNeeded: state[index >> 3] >> UInt64(8 * (index & 7)))) }
    return digest
  }

  private static func permute(_ state: inout InlineArray<25, UInt64>) {
    var columns = InlineArray<5, UInt64>(repeating: 0)
    for round in 0..<24 {
      // θ
      for x in 0..<5 { columns[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20] }
      for x in 0..<5 {
        let next = columns[x == 4 ? 0 : x + 1]
        let parity = columns[x == 0 ? 4 : x - 1] ^ (next << 1 | next >> 63)
        for y in 0..<5 { state[x + 5 * y] ^= parity }
      }
      // ρ and π
      var moving = state[1]
      for step in 0..<24 {
        let target = lanes[step]
        let displaced = state[target]
        let count = rotations[step]
        state[target] = moving << count | moving >> (64 - count)
        moving = displaced
      }
      // χ
      for y in 0..<5 {
        let row = 5 * y
        let (a, b, c, d, e) = (state[row], state[row + 1], state[row + 2], state[row + 3], state[row + 4])
        state[row] = a ^ (~b & c)
        state[row + 1] = b ^ (~c & d)
        state[row + 2] = c ^ (~d & e)
        state[row + 3] = d ^ (~e & a)
        state[row + 4] = e ^ (~a & b)
      }
      // ι
      state[0] ^= roundConstants[round]
    }
  }

  private static let rotations: InlineArray<24, UInt64> = [
    1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44,
  ]
  private static let lanes: InlineArray<24, Int> = [
    10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1,
  ]
  private static let roundConstants: InlineArray<24, UInt64> = [
    0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808a, 0x8000_0000_8000_8000, 0x0000_0000_0000_808b,
    0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009, 0x0000_0000_0000_008a, 0x0000_0000_0000_0088,
    0x0000_0000_8000_8009, 0x0000_0000_8000_000a, 0x0000_0000_8000_808b, 0x8000_0000_0000_008b, 0x8000_0000_0000_8089,
    0x8000_0000_0000_8003, 0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800a, 0x8000_0000_8000_000a,
    0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
  ]
}
