/// Cuts a STIX pattern into tokens.
struct STIXPatternTokens {
  enum Token: Equatable {
    /// A bare word: keyword, object type, property, boolean.
    case word(String)
    case string(String)
    case number(String)
    case tagged(Character, String)
    case symbol(String)
  }

  struct Placed {
    var token: Token
    var offset: Int
  }

  private let bytes: [UInt8]
  private var position = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  static func cut(_ text: String) throws(STIXPatternError) -> [Placed] {
    var cutter = STIXPatternTokens(Array(text.utf8))
    var tokens: [Placed] = []
    while let token = try cutter.next() { tokens.append(token) }
    return tokens
  }

  private func error(_ message: String, at offset: Int) -> STIXPatternError {
    STIXPatternError(code: .syntax, offset: offset, message: message)
  }

  private mutating func next() throws(STIXPatternError) -> Placed? {
    try skipSpace()
    guard position < bytes.count else { return nil }
    let start = position
    let byte = bytes[position]
    let following = position + 1 < bytes.count ? bytes[position + 1] : 0
    switch byte {
    case UInt8(ascii: "'"): return Placed(token: .string(try quoted()), offset: start)
    case UInt8(ascii: "t"), UInt8(ascii: "h"), UInt8(ascii: "b"):
      if following == UInt8(ascii: "'") {
        position += 1
        return Placed(token: .tagged(Character(UnicodeScalar(byte)), try quoted()), offset: start)
      }
      return Placed(token: .word(word()), offset: start)
    case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: ":"),
      UInt8(ascii: "."), UInt8(ascii: "*"):
      position += 1
      return Placed(token: .symbol(String(UnicodeScalar(byte))), offset: start)
    case UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "<"), UInt8(ascii: ">"):
      position += 1
      if following == UInt8(ascii: "=") || (byte == UInt8(ascii: "<") && following == UInt8(ascii: ">")) { position += 1 }
      return Placed(token: .symbol(String(decoding: bytes[start..<position], as: UTF8.self)), offset: start)
    case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"): return Placed(token: .number(number()), offset: start)
    case 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): return Placed(token: .word(word()), offset: start)
    default: throw error("a character that no pattern has here", at: start)
    }
  }

  /// White space and the comments of the grammar, `/* … */` and `// …`.
  private mutating func skipSpace() throws(STIXPatternError) {
    while position < bytes.count {
      let byte = bytes[position]
      if byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) {
        position += 1
      } else if byte == 0xC2, position + 1 < bytes.count, bytes[position + 1] == 0xA0 || bytes[position + 1] == 0x85 {
        position += 2
      } else if byte == UInt8(ascii: "/"), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "/") {
        while position < bytes.count, bytes[position] != 0x0A { position += 1 }
      } else if byte == UInt8(ascii: "/"), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "*") {
        let start = position
        position += 2
        while position + 1 < bytes.count, !(bytes[position] == UInt8(ascii: "*") && bytes[position + 1] == UInt8(ascii: "/")) {
          position += 1
        }
        guard position + 1 < bytes.count else { throw error("a comment that does not end", at: start) }
        position += 2
      } else {
        return
      }
    }
  }

  private mutating func quoted() throws(STIXPatternError) -> String {
    let start = position
    position += 1
    var content: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "'"): return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard position < bytes.count else { throw error("a quote that does not end", at: start) }
        // Only \' and \\ are escapes; writers of paths often leave a lone backslash, which then means itself.
        let escaped = bytes[position]
        if escaped == UInt8(ascii: "'") || escaped == UInt8(ascii: "\\") {
          position += 1
          content.append(escaped)
        } else {
          content.append(byte)
        }
      default: content.append(byte)
      }
    }
    throw error("a quote that does not end", at: start)
  }

  private mutating func word() -> String {
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, UInt8(ascii: "_"), UInt8(ascii: "-"): position += 1
      default: return String(decoding: bytes[start..<position], as: UTF8.self)
      }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func number() -> String {
    let start = position
    position += 1
    while position < bytes.count {
      switch bytes[position] {
      case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): position += 1
      default: return String(decoding: bytes[start..<position], as: UTF8.self)
      }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }
}
