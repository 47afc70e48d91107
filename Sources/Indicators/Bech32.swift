/// Bech32 (BIP-173) and Bech32m (BIP-350), and the 5-bit groups that CashAddr shares with them.
enum Bech32 {
  enum Encoding { case bech32, bech32m }

  /// Why a text is not Bech32. The cases' names follow the BIPs' lists of invalid strings.
  enum Fault: Error { case mixedCase, badCharacter, noSeparator, badChecksum }

  struct Decoded {
    /// The human-readable part, in lower case.
    var prefix: [UInt8]
    /// The data part without checksum, five bits an element.
    var groups: ArraySlice<UInt8>
    var encoding: Encoding
  }

  private static let digits = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
  private static let values: [UInt8] = {
    var table = [UInt8](repeating: 0xFF, count: 256)
    for (value, digit) in digits.enumerated() {
      table[Int(digit)] = UInt8(value)
      table[Int(digit.uppercased)] = UInt8(value)
    }
    return table
  }()

  /// The value of each character, or nil when one is none of the 32 digits.
  static func groups(_ text: Bytes) -> [UInt8]? {
    var groups: [UInt8] = []
    groups.reserveCapacity(text.count)
    for character in text {
      let value = values[Int(character)]
      if value == 0xFF { return nil }
      groups.append(value)
    }
    return groups
  }

  static func text(_ groups: some Sequence<UInt8>) -> [UInt8] { groups.map { digits[Int($0 & 31)] } }

  /// Whether letters of both cases occur.
  static func isMixedCase(_ text: Bytes) -> Bool {
    text.contains(where: \.isUppercaseLetter) && text.contains { $0 &- 0x61 < 26 }
  }

  /// The human-readable part in lower case: all before the last `1`. Nil when there is none.
  static func prefix(_ text: Bytes) -> [UInt8]? {
    guard let separator = text.lastIndex(of: 0x31), separator > text.startIndex else { return nil }
    return text[..<separator].lowercasedASCII()
  }

  /// - Parameter maximumLength: 90 by BIP-173; Zcash's longer addresses lift it.
  static func decode(_ text: Bytes, maximumLength: Int = 90) throws(Fault) -> Decoded {
    guard text.count <= maximumLength, text.allSatisfy({ 33...126 ~= $0 }) else { throw .badCharacter }
    if isMixedCase(text) { throw .mixedCase }
    guard let prefix = prefix(text) else { throw .noSeparator }
    let data = text.dropFirst(prefix.count + 1)
    guard let groups = groups(data) else { throw .badCharacter }
    guard groups.count >= 6 else { throw .badChecksum }
    var state: UInt32 = 1
    for character in prefix { state = step(state, character >> 5) }
    state = step(state, 0)
    for character in prefix { state = step(state, character & 31) }
    for group in groups { state = step(state, group) }
    switch state {
    case 1: return Decoded(prefix: prefix, groups: groups.dropLast(6), encoding: .bech32)
    case 0x2bc8_30a3: return Decoded(prefix: prefix, groups: groups.dropLast(6), encoding: .bech32m)
    default: throw .badChecksum
    }
  }

  private static func step(_ state: UInt32, _ group: UInt8) -> UInt32 {
    let top = state >> 25
    var next = (state & 0x1ff_ffff) << 5 ^ UInt32(group)
    if top & 1 != 0 { next ^= 0x3b6a_57b2 }
    if top & 2 != 0 { next ^= 0x2650_8e6d }
    if top & 4 != 0 { next ^= 0x1ea1_19fa }
    if top & 8 != 0 { next ^= 0x3d42_33dd }
    if top & 16 != 0 { next ^= 0x2a14_62b3 }
    return next
  }

  /// Five-bit groups as bytes; nil when more than four bits are left over or they are not zero.
  static func bytes(_ groups: some Sequence<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer: UInt32 = 0
    var bits: UInt32 = 0
    for group in groups {
      buffer = (buffer << 5 | UInt32(group)) & 0xFFF
      bits += 5
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
      }
    }
    return bits < 5 && buffer & ((1 << bits) - 1) == 0 ? bytes : nil
  }

  /// Bytes as five-bit groups, the last filled with zero bits.
  static func groups(of bytes: some Sequence<UInt8>) -> [UInt8] {
    var groups: [UInt8] = []
    var buffer: UInt32 = 0
    var bits: UInt32 = 0
    for byte in bytes {
      buffer = (buffer << 8 | UInt32(byte)) & 0xFFF
      bits += 8
      while bits >= 5 {
        bits -= 5
        groups.append(UInt8(truncatingIfNeeded: buffer >> bits) & 31)
      }
    }
    if bits > 0 { groups.append(UInt8(truncatingIfNeeded: buffer << (5 - bits)) & 31) }
    return groups
  }
}

/// The address format of Bitcoin Cash (CashAddr specification): Bech32's digits with a checksum of 40 bits.
enum CashAddress {
  /// Whether the checksum over prefix and groups is right.
  static func isChecked(prefix: some Sequence<UInt8>, groups: some Sequence<UInt8>) -> Bool {
    checksum(prefix: prefix, groups: groups) == 0
  }

  static func encode(prefix: [UInt8], version: UInt8, hash: some Collection<UInt8>) -> String {
    let groups = Bech32.groups(of: [version] + hash)
    let check = checksum(prefix: prefix, groups: groups + [UInt8](repeating: 0, count: 8))
    let checkGroups = (0..<8).map { UInt8(truncatingIfNeeded: check >> UInt64(5 * (7 - $0))) & 31 }
    return (prefix + [0x3A] + Bech32.text(groups + checkGroups)).text
  }

  private static func checksum(prefix: some Sequence<UInt8>, groups: some Sequence<UInt8>) -> UInt64 {
    var state: UInt64 = 1
    for character in prefix { state = step(state, character & 31) }
    state = step(state, 0)
    for group in groups { state = step(state, group) }
    return state ^ 1
  }

  private static func step(_ state: UInt64, _ group: UInt8) -> UInt64 {
    let top = state >> 35
    var next = (state & 0x7_ffff_ffff) << 5 ^ UInt64(group)
    if top & 1 != 0 { next ^= 0x98_f2bc_8e61 }
    if top & 2 != 0 { next ^= 0x79_b76d_99e2 }
    if top & 4 != 0 { next ^= 0xf3_3e5f_b3c4 }
    if top & 8 != 0 { next ^= 0xae_2eab_e2a8 }
    if top & 16 != 0 { next ^= 0x1e_4f43_e470 }
    return next
  }
}
