/// A quick no: most values of most feeds hold nothing that could be defanging.
extension Refang {
  /// Whether ``refang(_:)`` gives `text` back as it is, seen from its bytes alone; false when only the whole grammar can tell.
  ///
  /// Plain is printable ASCII without brackets, quotes, backslash, semicolon and blank, that neither begins nor ends with a mark which
  /// could wrap a value, and has no scheme but one `http://` or `https://` at its beginning. No rule of the grammar can touch that.
  package static func isPlain(_ text: String) -> Bool { isPlain(text.utf8.span) }

  /// The same of a text's bytes.
  package static func isPlain(_ bytes: borrowing Span<UInt8>) -> Bool {
    let count = bytes.count
    guard count > 0, bytes[0] != 0x2B, !isTrailing(bytes[count - 1]) else { return false }
    let harmless = harmless
    var previous: UInt8 = 0
    for index in 0..<count {
      let byte = bytes[index]
      guard harmless.contains(byte) else { return false }
      if byte == 0x5F, previous == 0x5F { return false }
      if byte == 0x2F, previous == 0x2F, index >= 2, bytes[index - 2] == 0x3A, !isWebScheme(bytes, colon: index - 2) { return false }
      previous = byte
    }
    return true
  }

  /// Only `http` or `https` from the very beginning, and no third slash.
  private static func isWebScheme(_ bytes: borrowing Span<UInt8>, colon: Int) -> Bool {
    guard colon == 4 || colon == 5 && bytes[4].lowercased == 0x73, colon + 3 >= bytes.count || bytes[colon + 3] != 0x2F else { return false }
    return bytes[0].lowercased == 0x68 && bytes[1].lowercased == 0x74 && bytes[2].lowercased == 0x74 && bytes[3].lowercased == 0x70
  }

  private static func isTrailing(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x2C, 0x2E, 0x3A, 0x3F: true
    default: false
    }
  }

  private static let harmless = ASCIISet("!#$%&*+,-./:=?@_~abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
}
