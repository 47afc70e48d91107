/// Questions about single bytes. Locale has no say here; bytes above 0x7F are never letters.
extension UInt8 {
  var isDigit: Bool { self &- 0x30 < 10 }
  var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
  var isAlphanumeric: Bool { isDigit || isLetter }
  var isUppercaseLetter: Bool { self &- 0x41 < 26 }
  var isHexDigit: Bool { isDigit || (self | 0x20) &- 0x61 < 6 }
  /// Tab, line feed, form feed, carriage return, vertical tab, space.
  var isSpace: Bool { self == 0x20 || self &- 0x09 < 5 }

  /// The letter in lower case; any other byte as it is.
  var lowercased: UInt8 { isUppercaseLetter ? self | 0x20 : self }
  var uppercased: UInt8 { self &- 0x61 < 26 ? self & 0xDF : self }

  /// The value of a hexadecimal digit; garbage for any other byte.
  var hexValue: UInt8 { isDigit ? self &- 0x30 : (self | 0x20) &- 0x57 }

  /// Lower or upper case digit of a value below 16.
  static func hexDigit(_ value: UInt8, upperCase: Bool = false) -> UInt8 {
    value < 10 ? 0x30 + value : (upperCase ? 0x37 : 0x57) + (value & 15)
  }

  init(ascii scalar: Unicode.Scalar) { self = UInt8(truncatingIfNeeded: scalar.value) }
}

/// A set of ASCII characters, asked with one shift.
struct ASCIISet: Sendable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  /// - Parameter members: what is not ASCII is left out.
  init(_ members: String) {
    for byte in members.utf8 where byte < 0x80 {
      if byte < 0x40 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte & 0x3F) }
    }
  }

  @inline(__always) func contains(_ byte: UInt8) -> Bool {
    byte < 0x80 && ((byte < 0x40 ? low : high) >> UInt64(byte & 0x3F)) & 1 == 1
  }
}

/// The text that a canonicaliser works on.
typealias Bytes = ArraySlice<UInt8>

extension Collection where Element == UInt8 {
  /// The bytes as text; ill-formed UTF-8 becomes U+FFFD.
  var text: String { String(decoding: self, as: UTF8.self) }

  var isASCII: Bool { allSatisfy { $0 < 0x80 } }

  /// Letters A–Z in lower case.
  func lowercasedASCII() -> [UInt8] { map(\.lowercased) }

  /// Whether the bytes are `literal`, which is in lower case, in any case of ASCII letters.
  func equalsIgnoringCase(_ literal: StaticString) -> Bool {
    count == literal.utf8CodeUnitCount && startsIgnoringCase(literal)
  }

  /// Whether the bytes start with `literal`, which is in lower case, in any case of ASCII letters.
  func startsIgnoringCase(_ literal: StaticString) -> Bool {
    literal.withUTF8Buffer { prefix in
      var index = startIndex
      for unsafe expected in unsafe prefix {
        guard index != endIndex, self[index].lowercased == expected else { return false }
        formIndex(after: &index)
      }
      return true
    }
  }
}

extension ArraySlice where Element == UInt8 {
  init(_ text: String) { self = Array(text.utf8)[...] }

  /// Without white space and invisible marks on the outside: the ASCII ones, no-break and other Unicode spaces, ZWSP, BOM.
  func trimmed() -> Self {
    var slice = self
    while let length = slice.spaceAtStart { slice = slice.dropFirst(length) }
    while let length = slice.spaceAtEnd { slice = slice.dropLast(length) }
    return slice
  }

  /// Trimmed, and without one pair of quotation marks around the whole.
  func unwrapped() -> Self {
    let slice = trimmed()
    guard slice.count >= 2, let first = slice.first, first == slice.last,
      first == 0x22 || first == 0x27 || first == 0x60, !slice.dropFirst().dropLast().contains(first)
    else { return slice }
    return slice.dropFirst().dropLast().trimmed()
  }

  /// The rest after `literal`, which is in lower case; nil when the text does not start with it in some case.
  func dropping(_ literal: StaticString) -> Self? {
    startsIgnoringCase(literal) ? dropFirst(literal.utf8CodeUnitCount) : nil
  }

  /// The text without `literal`, which is in lower case, at its end; nil when it does not end with it in some case.
  func droppingLast(_ literal: StaticString) -> Self? {
    let length = literal.utf8CodeUnitCount
    return count >= length && suffix(length).startsIgnoringCase(literal) ? dropLast(length) : nil
  }

  /// Whether `literal` occurs, byte for byte.
  func contains(_ literal: StaticString) -> Bool { firstIndex(of: literal) != nil }

  /// Where `literal` occurs first, byte for byte.
  func firstIndex(of literal: StaticString) -> Int? {
    literal.withUTF8Buffer { needle -> Int? in
      guard let first = unsafe needle.first, count >= needle.count else { return nil }
      for start in startIndex...(endIndex - needle.count) where self[start] == first {
        var offset = 1
        while offset < needle.count, unsafe self[start + offset] == needle[offset] { offset += 1 }
        if offset == needle.count { return start }
      }
      return nil
    }
  }

  private var spaceAtStart: Int? {
    guard let first else { return nil }
    if first.isSpace { return 1 }
    guard first >= 0xC2 else { return nil }
    return Self.spaceLength(prefix(3))
  }

  private var spaceAtEnd: Int? {
    guard let last else { return nil }
    if last.isSpace { return 1 }
    guard last >= 0x80 else { return nil }
    for length in 2...3 where count >= length {
      if Self.spaceLength(suffix(length)) == length { return length }
    }
    return nil
  }

  /// The length of the Unicode space or invisible mark that the bytes start with.
  private static func spaceLength(_ bytes: Self) -> Int? {
    let first = bytes.startIndex
    guard bytes.count >= 2 else { return nil }
    if bytes[first] == 0xC2 { return bytes[first + 1] == 0xA0 || bytes[first + 1] == 0x85 ? 2 : nil }
    guard bytes.count >= 3 else { return nil }
    switch (bytes[first], bytes[first + 1], bytes[first + 2]) {
    case (0xE2, 0x80, 0x80...0x8B), (0xE2, 0x80, 0xA8...0xA9), (0xE2, 0x80, 0xAF), (0xE2, 0x81, 0x9F...0xA0): return 3
    case (0xE3, 0x80, 0x80), (0xEF, 0xBB, 0xBF): return 3
    default: return nil
    }
  }
}
