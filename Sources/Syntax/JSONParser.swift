/// Why a text is not JSON, and where.
public struct JSONError: Error, Sendable, Equatable {
  public enum Code: String, Sendable {
    case unexpectedByte = "unexpected-byte"
    case unexpectedEnd = "unexpected-end"
    case badEscape = "bad-escape"
    case badUTF8 = "bad-utf8"
    case badNumber = "bad-number"
    case tooDeep = "too-deep"
    case trailingBytes = "trailing-bytes"
  }
  public let code: Code
  /// Byte offset in the parsed text, from 0.
  public let offset: Int
}

/// A strict RFC 8259 parser with a depth limit, over any bytes, that remembers where each value stood.
///
/// Two things no library on Linux gives us: the byte range of a value (a match at an offset must find its field), and one bad
/// record that does not refuse the whole document.
public struct JSONParser {
  /// Called for each scalar value: its path (`dns.answers[0].rrname`) and the byte range of its text, quotes excluded.
  public typealias ScalarVisitor = (_ path: String, _ range: Range<Int>) -> Void

  /// Nesting beyond this is refused (`reliability` limit for feeds and log lines alike).
  public static let defaultDepthLimit = 64

  private let bytes: [UInt8]
  private var position: Int
  private let end: Int
  private let depthLimit: Int
  private var visitor: ScalarVisitor?
  private var path: [String] = []

  private init(_ bytes: [UInt8], from start: Int, to end: Int, depthLimit: Int, visitor: ScalarVisitor?) {
    self.bytes = bytes
    self.position = start
    self.end = end
    self.depthLimit = depthLimit
    self.visitor = visitor
  }

  /// Parses one document; only white space may follow it.
  public static func parse(_ bytes: [UInt8], depthLimit: Int = defaultDepthLimit) throws(JSONError) -> JSONValue {
    var parser = JSONParser(bytes, from: 0, to: bytes.count, depthLimit: depthLimit, visitor: nil)
    return try parser.document()
  }

  /// Parses one document given as text.
  public static func parse(_ text: String, depthLimit: Int = defaultDepthLimit) throws(JSONError) -> JSONValue {
    try parse(Array(text.utf8), depthLimit: depthLimit)
  }

  /// Parses one document and tells `visitor` of every scalar in it, in order.
  public static func parse(
    _ bytes: [UInt8], depthLimit: Int = defaultDepthLimit, visitor: @escaping ScalarVisitor
  ) throws(JSONError) -> JSONValue {
    var parser = JSONParser(bytes, from: 0, to: bytes.count, depthLimit: depthLimit, visitor: visitor)
    return try parser.document()
  }

  private mutating func document() throws(JSONError) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position += 3 }
    let value = try value(depth: 0)
    skipSpace()
    if position < end { throw JSONError(code: .trailingBytes, offset: position) }
    return value
  }

  private mutating func skipSpace() {
    while position < end, bytes[position] == 0x20 || (bytes[position] >= 0x09 && bytes[position] <= 0x0D && bytes[position] != 0x0B && bytes[position] != 0x0C) {
      position += 1
    }
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    skipSpace()
    guard position < end else { throw JSONError(code: .unexpectedEnd, offset: position) }
    if depth >= depthLimit { throw JSONError(code: .tooDeep, offset: position) }
    let start = position
    switch bytes[position] {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""):
      let text = try string()
      report((start + 1)..<(position - 1))
      return .string(text)
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), 0x30...0x39:
      let text = try number()
      report(start..<position)
      return .number(text)
    default: throw JSONError(code: .unexpectedByte, offset: position)
    }
  }

  private func report(_ range: Range<Int>) {
    guard let visitor else { return }
    var name = ""
    for part in path {
      if !name.isEmpty, !part.hasPrefix("[") { name += "." }
      name += part
    }
    visitor(name, range)
  }

  private mutating func literal(_ text: StaticString, _ result: JSONValue) throws(JSONError) -> JSONValue {
    let start = position
    for byte in "\(text)".utf8 {
      guard position < end, bytes[position] == byte else { throw JSONError(code: .unexpectedByte, offset: min(position, end)) }
      position += 1
    }
    report(start..<position)
    return result
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    position += 1
    var object = JSONObject()
    skipSpace()
    if position < end, bytes[position] == UInt8(ascii: "}") {
      position += 1
      return .object(object)
    }
    while true {
      skipSpace()
      guard position < end else { throw JSONError(code: .unexpectedEnd, offset: position) }
      guard bytes[position] == UInt8(ascii: "\"") else { throw JSONError(code: .unexpectedByte, offset: position) }
      let key = try string()
      skipSpace()
      guard position < end else { throw JSONError(code: .unexpectedEnd, offset: position) }
      guard bytes[position] == UInt8(ascii: ":") else { throw JSONError(code: .unexpectedByte, offset: position) }
      position += 1
      if visitor != nil { path.append(key) }
      object.insertFirst(key, try value(depth: depth + 1))
      if visitor != nil { path.removeLast() }
      skipSpace()
      guard position < end else { throw JSONError(code: .unexpectedEnd, offset: position) }
      switch bytes[position] {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "}"):
        position += 1
        return .object(object)
      default: throw JSONError(code: .unexpectedByte, offset: position)
      }
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    position += 1
    var items: [JSONValue] = []
    skipSpace()
    if position < end, bytes[position] == UInt8(ascii: "]") {
      position += 1
      return .array(items)
    }
    while true {
      if visitor != nil { path.append("[\(items.count)]") }
      items.append(try value(depth: depth + 1))
      if visitor != nil { path.removeLast() }
      skipSpace()
      guard position < end else { throw JSONError(code: .unexpectedEnd, offset: position) }
      switch bytes[position] {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "]"):
        position += 1
        return .array(items)
      default: throw JSONError(code: .unexpectedByte, offset: position)
      }
    }
  }

  private mutating func number() throws(JSONError) -> String {
    let start = position
    func digit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    func digits() -> Int {
      var count = 0
      while position < end, digit(bytes[position]) {
        position += 1
        count += 1
      }
      return count
    }
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    let first = position
    let whole = digits()
    if whole == 0 || (whole > 1 && bytes[first] == 0x30) { throw JSONError(code: .badNumber, offset: start) }
    if position < end, bytes[position] == UInt8(ascii: ".") {
      position += 1
      if digits() == 0 { throw JSONError(code: .badNumber, offset: start) }
    }
    if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < end, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") { position += 1 }
      if digits() == 0 { throw JSONError(code: .badNumber, offset: start) }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func string() throws(JSONError) -> String {
    let start = position
    position += 1
    let body = position
    while position < end, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\"), bytes[position] >= 0x20 {
      position += 1
    }
    guard position < end else { throw JSONError(code: .unexpectedEnd, offset: position) }
    if bytes[position] == UInt8(ascii: "\"") {
      guard let text = String(validating: bytes[body..<position], as: UTF8.self) else {
        throw JSONError(code: .badUTF8, offset: start)
      }
      position += 1
      return text
    }
    return try escapedString(prefix: body, start: start)
  }

  private mutating func escapedString(prefix body: Int, start: Int) throws(JSONError) -> String {
    var unescaped = Array(bytes[body..<position])
    while true {
      guard position < end else { throw JSONError(code: .unexpectedEnd, offset: position) }
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: unescaped, as: UTF8.self) else { throw JSONError(code: .badUTF8, offset: start) }
        return text
      case UInt8(ascii: "\\"):
        guard position < end else { throw JSONError(code: .unexpectedEnd, offset: position) }
        let kind = bytes[position]
        position += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(kind)
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"): UTF8.encode(try unicodeEscape()).map { unescaped.append(contentsOf: $0) }
        default: throw JSONError(code: .badEscape, offset: position - 2)
        }
      case 0..<0x20: throw JSONError(code: .unexpectedByte, offset: position - 1)
      default: unescaped.append(byte)
      }
    }
  }

  private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let first = try hexQuad()
    if first >= 0xD800, first < 0xDC00 {
      guard position + 1 < end, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u") else {
        throw JSONError(code: .badEscape, offset: position)
      }
      position += 2
      let second = try hexQuad()
      guard second >= 0xDC00, second < 0xE000,
        let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
      else { throw JSONError(code: .badEscape, offset: position) }
      return scalar
    }
    guard let scalar = Unicode.Scalar(first) else { throw JSONError(code: .badEscape, offset: position) }
    return scalar
  }

  private mutating func hexQuad() throws(JSONError) -> UInt32 {
    var result: UInt32 = 0
    for _ in 0..<4 {
      guard position < end else { throw JSONError(code: .unexpectedEnd, offset: position) }
      let byte = bytes[position]
      let digit: UInt32
      switch byte {
      case 0x30...0x39: digit = UInt32(byte) - 0x30
      case 0x41...0x46: digit = UInt32(byte) - 0x37
      case 0x61...0x66: digit = UInt32(byte) - 0x57
      default: throw JSONError(code: .badEscape, offset: position)
      }
      result = result << 4 | digit
      position += 1
    }
    return result
  }
}
