/// Base58, the text form of many wallet addresses.
enum Base58 {
  /// The order of the digits.
  enum Alphabet {
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
    var limbs = [UInt32](repeating: 0, count: (text.count * 6 + 31) / 32 + 1)
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
  static func decodeChecked(_ text: Bytes, alphabet: Alphabet = .bitcoin) -> Bytes? {
    guard let bytes = decode(text, alphabet: alphabet), bytes.count > 4 else { return nil }
    let payload = bytes.dropLast(4)
    return SHA256.digest(SHA256.digest(payload)).prefix(4).elementsEqual(bytes.suffix(4)) ? payload : nil
  }

  static func encode(_ bytes: some Collection<UInt8>, alphabet: Alphabet = .bitcoin) -> String {
    let digits = Array((alphabet == .bitcoin ? bitcoin : ripple).utf8)
    // Little-endian base-58 digits.
    var values: [UInt8] = []
    for byte in bytes {
      var carry = Int(byte)
      for index in values.indices {
        carry += Int(values[index]) << 8
        values[index] = UInt8(truncatingIfNeeded: carry % 58)
        carry /= 58
      }
      while carry > 0 {
        values.append(UInt8(truncatingIfNeeded: carry % 58))
        carry /= 58
      }
    }
    let zeros = bytes.prefix { $0 == 0 }.count
    return (repeatElement(digits[0], count: zeros) + values.reversed().map { digits[Int($0)] }).text
  }

  static func encodeChecked(_ payload: some Collection<UInt8>, alphabet: Alphabet = .bitcoin) -> String {
    encode(Array(payload) + SHA256.digest(SHA256.digest(payload)).prefix(4), alphabet: alphabet)
  }

  /// Whether every character is a digit of the alphabet.
  static func isText(_ text: Bytes, alphabet: Alphabet = .bitcoin) -> Bool {
    let values = alphabet == .bitcoin ? bitcoinValues : rippleValues
    return text.allSatisfy { values[Int($0)] != 0xFF }
  }

  private static let bitcoin = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
  private static let ripple = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
  static let bitcoinValues = values(of: bitcoin)
  private static let rippleValues = values(of: ripple)

  private static func values(of alphabet: String) -> [UInt8] {
    var table = [UInt8](repeating: 0xFF, count: 256)
    for (value, character) in alphabet.utf8.enumerated() { table[Int(character)] = UInt8(value) }
    return table
  }
}
