import Indicators

/// TRON addresses are EVM addresses in other clothes: base58check of 0x41 and the same twenty bytes.
enum TronAddress {
  /// The forty hexadecimal digits of a `T…` address; nil when the checksum is wrong.
  static func hex(ofText text: [UInt8]) -> [UInt8]? {
    guard text.count == 34, text.first == 0x54, let payload = Base58.decodeChecked(text[...]), payload.count == 21, payload.first == 0x41 else { return nil }
    return Array(SHA256.hex(payload.dropFirst()).utf8)
  }

  /// The `T…` address of forty hexadecimal digits.
  static func text(ofHex digits: some RandomAccessCollection<UInt8>) -> [UInt8]? {
    guard digits.count == 40 else { return nil }
    var payload: [UInt8] = [0x41]
    payload.reserveCapacity(21)
    var high: UInt8?
    for digit in digits {
      guard let value = ASCII.hexValue(digit) else { return nil }
      if let first = high {
        payload.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return Base58.checkedDigits(of: payload)
  }
}
