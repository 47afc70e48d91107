extension JSONValue {
  /// The value as one line of JSON: no newline, no control byte, UTF-8, members in their own order.
  ///
  /// U+2028, U+2029 and DEL are escaped too, so a record stays one line for readers that split on Unicode line ends.
  public func serialized() -> String {
    var output: [UInt8] = []
    write(to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  /// Appends the value's JSON text to `output`.
  public func write(to output: inout [UInt8]) {
    switch self {
    case .null: output.append(contentsOf: "null".utf8)
    case .bool(let flag): output.append(contentsOf: (flag ? "true" : "false").utf8)
    case .number(let text): output.append(contentsOf: text.utf8)
    case .string(let text): Self.write(text, to: &output)
    case .array(let items):
      output.append(UInt8(ascii: "["))
      for (position, item) in items.enumerated() {
        if position > 0 { output.append(UInt8(ascii: ",")) }
        item.write(to: &output)
      }
      output.append(UInt8(ascii: "]"))
    case .object(let object): object.write(to: &output)
    }
  }

  /// Appends a string with its quotes.
  package static func write(_ text: String, to output: inout [UInt8]) {
    var text = text
    output.append(UInt8(ascii: "\""))
    // Runs without anything to escape are copied whole: a record is mostly the raw line.
    text.withUTF8 { bytes in
      var copied = 0
      var position = 0
      while position < bytes.count {
        guard let (scalar, length) = unsafe escaped(bytes, position) else {
          position += 1
          continue
        }
        unsafe output.append(contentsOf: bytes[copied..<position])
        escape(scalar, to: &output)
        position += length
        copied = position
      }
      unsafe output.append(contentsOf: bytes[copied...])
    }
    output.append(UInt8(ascii: "\""))
  }

  /// The scalar at `position` that must be escaped, and its bytes; nil for one that need not be.
  @inline(__always)
  private static func escaped(_ bytes: UnsafeBufferPointer<UInt8>, _ position: Int) -> (scalar: UInt32, length: Int)? {
    let byte = unsafe bytes[position]
    switch byte {
    case 0x22, 0x5C, 0..<0x20, 0x7F: return (UInt32(byte), 1)
    // U+0080 to U+009F.
    case 0xC2:
      guard position + 1 < bytes.count, unsafe bytes[position + 1] < 0xA0 else { return nil }
      return (unsafe UInt32(bytes[position + 1]), 2)
    // U+2028 and U+2029.
    case 0xE2:
      guard position + 2 < bytes.count, unsafe bytes[position + 1] == 0x80, unsafe bytes[position + 2] & 0xFE == 0xA8 else { return nil }
      return (unsafe 0x2000 + UInt32(bytes[position + 2] & 0x3F), 3)
    default: return nil
    }
  }

  private static func escape(_ scalar: UInt32, to output: inout [UInt8]) {
    switch scalar {
    case 0x22, 0x5C: output.append(contentsOf: [0x5C, UInt8(truncatingIfNeeded: scalar)])
    case 0x0A: output.append(contentsOf: [0x5C, 0x6E])
    case 0x0D: output.append(contentsOf: [0x5C, 0x72])
    case 0x09: output.append(contentsOf: [0x5C, 0x74])
    default:
      let digits = String(scalar, radix: 16)
      output.append(contentsOf: "\\u".utf8)
      output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
      output.append(contentsOf: digits.utf8)
    }
  }
}

extension JSONObject {
  /// The object as one line of JSON; see ``JSONValue/serialized()``.
  public func serialized() -> String { JSONValue.object(self).serialized() }

  func write(to output: inout [UInt8]) {
    output.append(UInt8(ascii: "{"))
    for (position, member) in members.enumerated() {
      if position > 0 { output.append(UInt8(ascii: ",")) }
      JSONValue.write(member.key, to: &output)
      output.append(UInt8(ascii: ":"))
      member.value.write(to: &output)
    }
    output.append(UInt8(ascii: "}"))
  }
}
