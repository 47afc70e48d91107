internal import CShims

/// SHA-256 (FIPS 180-4), for identities, address checksums and secrets; with the CPU's own rounds where it has any.
public struct SHA256: Sendable {
  private var state: InlineArray<8, UInt32> = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  private var block = InlineArray<64, UInt8>(repeating: 0)
  /// Bytes in ``block`` that wait for the others.
  private var filled = 0
  private var length: UInt64 = 0

  /// Whether the CPU's own rounds are left alone.
  private let isPortable: Bool

  public init() { self.init(portably: false) }

  /// - Parameter portably: true computes in Swift alone, as CPUs without rounds of their own do.
  package init(portably: Bool) { isPortable = portably }

  /// The 32-byte digest of `bytes`.
  public static func digest(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finalize()
  }

  public mutating func update(_ bytes: some Sequence<UInt8>) {
    let done: Void? = bytes.withContiguousStorageIfAvailable { update(unsafe $0.span.bytes) }
    if done == nil { for byte in bytes { take(byte) } }
  }

  /// Whole blocks are taken where they lie.
  public mutating func update(_ bytes: RawSpan) {
    var index = 0
    while index < bytes.byteCount {
      if filled == 0, index + 64 <= bytes.byteCount {
        let blocks = (bytes.byteCount - index) / 64
        if compress(bytes.extracting(index..<(index + 64 * blocks))) {
          index += 64 * blocks
          length &+= UInt64(64 * blocks)
          continue
        }
        var words = InlineArray<64, UInt32>(repeating: 0)
        for word in 0..<16 { words[word] = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index + 4 * word, as: UInt32.self).bigEndian }
        compress(&words)
        index += 64
        length &+= 64
      } else {
        take(unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self))
        index += 1
      }
    }
  }

  @inline(__always)
  private mutating func take(_ byte: UInt8) {
    block[filled] = byte
    filled += 1
    length &+= 1
    if filled == 64 { compressBlock() }
  }

  /// The first four bytes, as a number, of the digest of the digest: the checksum of Base58Check.
  static func doubleChecksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var first = SHA256()
    first.update(bytes)
    first.pad()
    var second = SHA256()
    for index in 0..<8 {
      for place in 0..<4 { second.take(UInt8(truncatingIfNeeded: first.state[index] >> UInt32(24 - 8 * place))) }
    }
    second.pad()
    return second.state[0]
  }

  private mutating func pad() {
    let bits = length &* 8
    take(0x80)
    while filled != 56 { take(0) }
    for shift in 0..<8 { take(UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * shift))) }
  }

  /// The digest; the value must not be used afterwards.
  public mutating func finalize() -> [UInt8] {
    pad()
    var digest: [UInt8] = []
    digest.reserveCapacity(32)
    for index in 0..<8 {
      for shift in [24, 16, 8, 0] as [UInt32] { digest.append(UInt8(truncatingIfNeeded: state[index] >> shift)) }
    }
    return digest
  }

  @inline(__always)
  private static func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 { value &>> count | value &<< (32 &- count) }

  /// Takes whole blocks by the CPU's own rounds; false where it has none.
  private mutating func compress(_ blocks: RawSpan) -> Bool {
    guard !isPortable else { return false }
    var state = state
    var states = state.mutableSpan
    let isDone = unsafe blocks.withUnsafeBytes { bytes in
      unsafe states.withUnsafeMutableBufferPointer { states in
        guard let start = unsafe bytes.bindMemory(to: UInt8.self).baseAddress, let words = states.baseAddress else { return false }
        return unsafe ukai_sha256(words, start, bytes.count / 64) != 0
      }
    }
    if isDone { self.state = state }
    return isDone
  }

  private mutating func compressBlock() {
    filled = 0
    let whole = block
    if unsafe compress(whole.span.bytes) { return }
    var words = InlineArray<64, UInt32>(repeating: 0)
    for index in 0..<16 {
      words[index] =
        UInt32(block[4 * index]) << 24 | UInt32(block[4 * index + 1]) << 16 | UInt32(block[4 * index + 2]) << 8
        | UInt32(block[4 * index + 3])
    }
    compress(&words)
  }

  /// - Parameter words: sixteen words of a block, and room for the others.
  private mutating func compress(_ words: inout InlineArray<64, UInt32>) {
    for index in 16..<64 {
      let first = Self.rotate(words[index - 15], 7) ^ Self.rotate(words[index - 15], 18) ^ words[index - 15] &>> 3
      let second = Self.rotate(words[index - 2], 17) ^ Self.rotate(words[index - 2], 19) ^ words[index - 2] &>> 10
      words[index] = words[index - 16] &+ first &+ words[index - 7] &+ second
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for index in 0..<64 {
      let sum1 = Self.rotate(e, 6) ^ Self.rotate(e, 11) ^ Self.rotate(e, 25)
      let first = h &+ sum1 &+ (e & f ^ ~e & g) &+ Self.constants[index] &+ words[index]
      let sum0 = Self.rotate(a, 2) ^ Self.rotate(a, 13) ^ Self.rotate(a, 22)
      let second = sum0 &+ (a & b ^ a & c ^ b & c)
      (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
    }
    state[0] &+= a
    state[1] &+= b
    state[2] &+= c
    state[3] &+= d
    state[4] &+= e
    state[5] &+= f
    state[6] &+= g
    state[7] &+= h
  }

  /// First 32 bits of the fractional parts of the cube roots of the first 64 primes.
  private static let constants: InlineArray<64, UInt32> = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
    0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
    0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
    0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
  ]
}

extension SHA256 {
  /// The first 128 bits of a digest as 32 lower hexadecimal digits: the form of all our identities.
  ///
  /// Parts are framed by their length, so `["ab", "c"]` and `["a", "bc"]` differ.
  public static func identity(_ parts: [String]) -> String {
    var hash = SHA256()
    for part in parts {
      hash.update("\(part.utf8.count):".utf8)
      hash.update(part.utf8)
    }
    return hex(hash.finalize().prefix(16))
  }

  /// Lower hexadecimal digits of `bytes`.
  public static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
