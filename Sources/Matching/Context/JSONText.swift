internal import Syntax

/// One JSON object as named fields, as far as it can be read.
///
/// A log line need not be valid JSON: it may be cut, hold a raw control byte or a byte that is no UTF-8, or be followed by a comma. None of
/// that may cost the facts of the fields that can be read.
enum JSONText {
  typealias Scalar = (path: String, range: Range<Int>)

  /// The scalars of the object at the start of `line`; nil when there is no object.
  static func scalars(_ line: [UInt8]) -> [Scalar]? {
    guard let start = line.firstIndex(where: { $0 != 0x20 && $0 != 0x09 }), line[start] == UInt8(ascii: "{") else { return nil }
    var scalars: [Scalar] = []
    do {
      _ = try JSONParser.parse(line, visitor: { scalars.append(($0, $1)) })
      return scalars
    } catch let error {
      switch error.code {
      case .badUTF8, .badEscape, .unexpectedByte:
        guard let mended = mended(line) else { break }
        scalars = []
        _ = try? JSONParser.parse(mended, visitor: { scalars.append(($0, $1)) })
      case .unexpectedEnd, .trailingBytes, .tooDeep, .badNumber: break
      }
      return scalars.isEmpty ? nil : scalars
    }
  }

  /// `line` with every byte replaced that JSON does not allow in a string, of the same length, so that ranges hold; nil when there is none.
  private static func mended(_ line: [UInt8]) -> [UInt8]? {
    var mended = line
    var isString = false
    var changed = false
    var index = 0
    func replace(_ position: Int, _ byte: UInt8) {
      mended[position] = byte
      changed = true
    }
    while index < mended.count {
      let byte = mended[index]
      if byte == LineText.quote {
        isString.toggle()
      } else if isString, byte == LineText.backslash {
        let length = escapeLength(mended, index)
        if length == 0 { replace(index, UInt8(ascii: "?")) }
        index += max(length, 1)
        continue
      } else if isString, byte < 0x20 {
        replace(index, 0x20)
      } else if byte >= 0x80 {
        let length = scalarLength(mended, index)
        if length == 0 { replace(index, UInt8(ascii: "?")) }
        index += max(length, 1)
        continue
      }
      index += 1
    }
    return changed ? mended : nil
  }

  /// The text of a string's inside (RFC 8259, section 7), surrogate pairs joined; bad escapes stay as they are.
  static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
    guard bytes.contains(LineText.backslash) else { return LineText.string(bytes) }
    let line = Array(bytes)
    var result: [UInt8] = []
    result.reserveCapacity(line.count)
    var index = 0
    while index < line.count {
      let length = line[index] == LineText.backslash ? escapeLength(line, index) : 0
      if length == 0 {
        result.append(line[index])
      } else if length == 2 {
        result.append(simpleEscape(line[index + 1]))
      } else if let first = unit(line, index) {
        let value = length == 12 ? 0x10000 + ((first - 0xD800) << 10) + ((unit(line, index + 6) ?? 0xDC00) - 0xDC00) : first
        if let scalar = Unicode.Scalar(value), let encoded = UTF8.encode(scalar) { result.append(contentsOf: encoded) }
      }
      index += max(length, 1)
    }
    return LineText.string(result)
  }

  /// What the letter behind a backslash stands for.
  private static func simpleEscape(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: letter
    }
  }

  /// Bytes of the valid escape at `start`; 0 for one that JSON refuses.
  private static func escapeLength(_ line: [UInt8], _ start: Int) -> Int {
    guard start + 1 < line.count else { return 0 }
    if "\"\\/bfnrt".utf8.contains(line[start + 1]) { return 2 }
    guard let first = unit(line, start) else { return 0 }
    guard (0xD800...0xDFFF).contains(first) else { return 6 }
    guard first < 0xDC00, let second = unit(line, start + 6), (0xDC00...0xDFFF).contains(second) else { return 0 }
    return 12
  }

  /// The value of `\uXXXX` at `start`.
  private static func unit(_ line: [UInt8], _ start: Int) -> UInt32? {
    guard start + 6 <= line.count, line[start] == LineText.backslash, line[start + 1] == UInt8(ascii: "u") else { return nil }
    var value: UInt32 = 0
    for byte in line[(start + 2)..<(start + 6)] {
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
      case 0x41...0x46, 0x61...0x66: value = value << 4 | UInt32((byte | 0x20) - 0x57)
      default: return nil
      }
    }
    return value
  }

  /// Bytes of the well-formed UTF-8 scalar at `start`; 0 for none.
  private static func scalarLength(_ line: [UInt8], _ start: Int) -> Int {
    let length = line[start] >= 0xF0 ? 4 : line[start] >= 0xE0 ? 3 : 2
    guard start + length <= line.count, String(validating: line[start..<(start + length)], as: UTF8.self) != nil else { return 0 }
    return length
  }
}
