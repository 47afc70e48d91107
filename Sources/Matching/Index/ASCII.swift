/// Bytes as the matcher reads them: no locale, and no table that would have to be made first.
enum ASCII {
  @inline(__always) static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || ((byte | 0x20) &- 0x61) < 26
  }
  @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { (byte &- 0x30) < 10 }
  @inline(__always) static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || ((byte | 0x20) &- 0x61) < 6 }
  @inline(__always) static func isHostCharacter(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == 0x2d || byte == 0x5f
  }
  /// What a URL may hold as it stands in a log: no control, no blank, none of `"<>\^`{|}`; bytes beyond ASCII may stand in it.
  @inline(__always) static func isURLCharacter(_ byte: UInt8) -> Bool {
    byte >= 0x80 || has(byte, 0xaffffffa_00000000, 0x47fffffe_afffffff)
  }
  /// RFC 5322 `atext` and the dot.
  @inline(__always) static func isLocalPart(_ byte: UInt8) -> Bool {
    byte < 0x80 && has(byte, 0xa3ffecfa_00000000, 0x7fffffff_c7fffffe)
  }

  /// Whether a byte below 0x80 is in a set: a bit for each of 0x00–0x3f, and of 0x40–0x7f.
  @inline(__always) private static func has(_ byte: UInt8, _ low: UInt64, _ high: UInt64) -> Bool {
    (byte & 0x40 == 0 ? low : high) &>> UInt64(byte & 0x3f) & 1 == 1
  }

  /// `A`–`Z` to `a`–`z`; all else as it is.
  @inline(__always) static func lowercased(_ byte: UInt8) -> UInt8 { (byte &- 0x41) < 26 ? byte | 0x20 : byte }

  static func lowercased(_ bytes: some Sequence<UInt8>) -> [UInt8] { bytes.map { lowercased($0) } }

  @inline(__always) static func hexValue(_ byte: UInt8) -> UInt8? {
    if isDigit(byte) { return byte &- 0x30 }
    let letter = (byte | 0x20) &- 0x61
    return letter < 6 ? letter &+ 10 : nil
  }
}
