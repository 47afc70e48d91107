/// Base58, the text form of many wallet addresses.
package enum Base58 {
  /// The order of the digits.
  package enum Alphabet: Sendable {
    /// Bitcoin's, which nearly all others took.
    case bitcoin
    /// The XRP Ledger's.
    case ripple
  }

  /// Longest text that is decoded: decoding takes time quadratic in the length, and no address is longer.
  static let maximumLength = 128

  /// The number of bytes and the bytes themselves; nil when a character is not in the alphabet or the text is too long.
  static func decode(_ text: Bytes, alphabet: Alphabet = .bitcoin) -> [UInt8]? {
    guard text.count <= maximumLength else { return nil }
    let values = alphabet == .bitcoin ? bitcoinValues : rippleValues
    let zero: UInt8 = alphabet == .bitcoin ? 0x31 : 0x72
    // Little-endian limbs of 32 bits. Five digits at a time: 58⁵ < 2³².
    var limbs = InlineArray<26, UInt32>(repeating: 0)
    var used = 0
    var group: UInt64 = 0
    var scale: UInt64 = 1
    func multiplyIn() {
      var carry = group
      for index in 0..<used {
        let product = UInt64(limbs[index]) * scale + carry
        limbs[index] = UInt32(truncatingIfNeeded: product)
        carry = product >> 32
      }
      if carry > 0 {
        limbs[used] = UInt32(truncatingIfNeeded: carry)
        used += 1
      }
      group = 0
      scale = 1
    }
    for character in text {
      let value = values[Int(character)]
      if value == 0xFF { return nil }
      group = group * 58 + UInt64(value)
      scale *= 58
      if scale == 656_356_768 { multiplyIn() }
    }
    if scale > 1 { multiplyIn() }
    var zeros = 0
    for character in text {
      if character != zero { break }
      zeros += 1
    }
    var bytes = [UInt8](repeating: 0, count: zeros)
    bytes.reserveCapacity(zeros + used * 4)
    for index in stride(from: used - 1, through: 0, by: -1) {
      for shift in [24, 16, 8, 0] as [UInt32] {
        let byte = UInt8(truncatingIfNeeded: limbs[index] >> shift)
        if byte == 0 && bytes.count == zeros && index == used - 1 { continue }
        bytes.append(byte)
      }
    }
    return bytes
  }

  /// The payload of Base58Check text; nil when its last four bytes are not the start of the double SHA-256 of the others.
  package static func decodeChecked(_ text: ArraySlice<UInt8>, alphabet: Alphabet = .bitcoin) -> ArraySlice<UInt8>? {
    guard let bytes = decode(text, alphabet: alphabet), bytes.count > 4 else { return nil }
    let payload = bytes.dropLast(4)
    return bytes.suffix(4).reduce(0, { $0 << 8 | UInt32($1) }) == SHA256.doubleChecksum(payload) ? payload : nil
  }

  static func encode(_ bytes: some Collection<UInt8>, alphabet: Alphabet = .bitcoin) -> String { digits(of: bytes, alphabet: alphabet).text }

  /// - Returns: ASCII.
  private static func digits(of bytes: some Collection<UInt8>, alphabet: Alphabet) -> [UInt8] {
    let digits = alphabet == .bitcoin ? bitcoinDigits : rippleDigits
    // Big-endian limbs of 32 bits, the first one filled up with zeros.
    var limbs: [UInt32] = []
    limbs.reserveCapacity(bytes.count / 4 + 1)
    var limb: UInt32 = 0
    var missing = (4 - bytes.count % 4) % 4
    var zeros = 0
    for byte in bytes {
      if byte == 0, limb == 0, limbs.allSatisfy({ $0 == 0 }) { zeros += 1 }
      limb = limb << 8 | UInt32(byte)
      missing += 1
      if missing == 4 {
        limbs.append(limb)
        (limb, missing) = (0, 0)
      }
    }
    // From the last digit on, five at a time: 58⁵ < 2³².
    var reversed: [UInt8] = []
    reversed.reserveCapacity(bytes.count * 3 / 2 + 8)
    var start = 0
    while start < limbs.count {
      var remainder: UInt64 = 0
      for index in start..<limbs.count {
        let value = remainder << 32 | UInt64(limbs[index])
        limbs[index] = UInt32(truncatingIfNeeded: value / 656_356_768)
        remainder = value % 656_356_768
      }
      for _ in 0..<5 {
        reversed.append(digits[Int(remainder % 58)])
        remainder /= 58
      }
      while start < limbs.count, limbs[start] == 0 { start += 1 }
    }
    while let last = reversed.last, last == digits[0] { reversed.removeLast() }
    for _ in 0..<zeros { reversed.append(digits[0]) }
    reversed.reverse()
    return reversed
  }

  static func encodeChecked(_ payload: some Collection<UInt8>, alphabet: Alphabet = .bitcoin) -> String {
    checkedDigits(of: Array(payload), alphabet: alphabet).text
  }

  /// The Base58Check text of a payload, as ASCII.
  package static func checkedDigits(of payload: [UInt8], alphabet: Alphabet = .bitcoin) -> [UInt8] {
    let checksum = SHA256.doubleChecksum(payload)
    return digits(of: payload + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> UInt32(24 - 8 * $0)) }, alphabet: alphabet)
  }

  /// Whether every character is a digit of the alphabet.
  static func isText(_ text: Bytes, alphabet: Alphabet = .bitcoin) -> Bool {
    let values = alphabet == .bitcoin ? bitcoinValues : rippleValues
    return text.allSatisfy { values[Int($0)] != 0xFF }
  }

  private static let bitcoin = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
  private static let ripple = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
  private static let bitcoinDigits = Array(bitcoin.utf8)
  private static let rippleDigits = Array(ripple.utf8)
  static let bitcoinValues = values(of: bitcoin)
  private static let rippleValues = values(of: ripple)

  private static func values(of alphabet: String) -> [UInt8] {
    var table = [UInt8](repeating: 0xFF, count: 256)
    for (value, character) in alphabet.utf8.enumerated() { table[Int(character)] = UInt8(value) }
    return table
  }
}
