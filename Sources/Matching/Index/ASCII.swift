/// Bytes as the matcher reads them: one table look-up a question, no locale.
enum ASCII {
  static let alphanumeric: UInt8 = 1
  static let digit: UInt8 = 2
  static let hexDigit: UInt8 = 4
  /// A letter, a digit, `-` or `_`.
  static let hostCharacter: UInt8 = 8
  /// What a URL may hold as it stands in a log.
  static let urlCharacter: UInt8 = 16
  /// RFC 5322 `atext` and the dot.
  static let localPart: UInt8 = 32

  static let classes: [UInt8] = (0..<256).map { value in
    let byte = UInt8(value)
    var classes: UInt8 = 0
    let isDigit = byte >= 0x30 && byte <= 0x39
    let isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
    if isDigit || isLetter { classes |= alphanumeric | hostCharacter }
    if isDigit { classes |= digit }
    if isDigit || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66) { classes |= hexDigit }
    if byte == 0x2d || byte == 0x5f { classes |= hostCharacter }
    if byte > 0x20, byte != 0x7f, !"\"<>\\`{}|^".utf8.contains(byte) { classes |= urlCharacter }
    if isDigit || isLetter || ".!#$%&'*+-/=?^_`{|}~".utf8.contains(byte) { classes |= localPart }
    return classes
  }

  @inline(__always) static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || ((byte | 0x20) &- 0x61) < 26
  }
  @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { (byte &- 0x30) < 10 }
  @inline(__always) static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || ((byte | 0x20) &- 0x61) < 6 }
  @inline(__always) static func isHostCharacter(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == 0x2d || byte == 0x5f
  }
  @inline(__always) static func isURLCharacter(_ byte: UInt8) -> Bool { classes[Int(byte)] & urlCharacter != 0 }
  @inline(__always) static func isLocalPart(_ byte: UInt8) -> Bool { classes[Int(byte)] & localPart != 0 }

  /// `A`–`Z` to `a`–`z`; all else as it is.
  @inline(__always) static func lowercased(_ byte: UInt8) -> UInt8 { (byte &- 0x41) < 26 ? byte | 0x20 : byte }

  static func lowercased(_ bytes: some Sequence<UInt8>) -> [UInt8] { bytes.map { lowercased($0) } }

  @inline(__always) static func hexValue(_ byte: UInt8) -> UInt8? {
    if isDigit(byte) { return byte &- 0x30 }
    let letter = (byte | 0x20) &- 0x61
    return letter < 6 ? letter &+ 10 : nil
  }
}
