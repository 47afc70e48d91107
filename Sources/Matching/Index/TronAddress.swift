import Indicators

/// TRON addresses are EVM addresses in other clothes: base58check of 0x41 and the same twenty bytes.
enum TronAddress {
  private static let alphabet = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)

  /// The forty hexadecimal digits of a `T…` address; nil when the checksum is wrong.
  static func hex(ofText text: [UInt8]) -> [UInt8]? {
    guard text.count == 34, text.first == 0x54 else { return nil }
    var bytes = [UInt8](repeating: 0, count: 25)
    for character in text {
      guard var carry = alphabet.firstIndex(of: character) else { return nil }
      for index in bytes.indices.reversed() {
        carry += Int(bytes[index]) * 58
        bytes[index] = UInt8(carry & 255)
        carry >>= 8
      }
      guard carry == 0 else { return nil }
    }
    guard bytes[0] == 0x41, Array(SHA256.digest(SHA256.digest(bytes[..<21])).prefix(4)) == Array(bytes[21...]) else { return nil }
    return Array(SHA256.hex(bytes[1..<21]).utf8)
  }

  /// The `T…` address of forty hexadecimal digits.
  static func text(ofHex digits: [UInt8]) -> [UInt8]? {
    guard digits.count == 40 else { return nil }
    var bytes: [UInt8] = [0x41]
    for index in stride(from: 0, to: 40, by: 2) {
      guard let high = ASCII.hexValue(digits[index]), let low = ASCII.hexValue(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    bytes += SHA256.digest(SHA256.digest(bytes)).prefix(4)
    var text: [UInt8] = []
    while bytes.contains(where: { $0 != 0 }) {
      var remainder = 0
      for index in bytes.indices {
        let value = remainder << 8 | Int(bytes[index])
        bytes[index] = UInt8(value / 58)
        remainder = value % 58
      }
      text.append(alphabet[remainder])
    }
    return text.reversed()
  }
}
