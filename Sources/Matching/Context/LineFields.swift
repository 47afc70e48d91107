/// One line cut into named fields: the common ground of all formats.
struct LineFields {
  struct Field {
    var name: String
    /// In the line.
    var range: Range<Int>
  }

  let line: [UInt8]
  /// The fields are strings of JSON, with all of its escapes.
  private let isJSON: Bool
  private(set) var items: [Field] = []
  /// By lower-case name; the first of a name wins.
  private var positions: [String: Int] = [:]

  init(_ line: [UInt8], isJSON: Bool = false) {
    self.line = line
    self.isJSON = isJSON
  }

  var isEmpty: Bool { items.isEmpty }
  var count: Int { items.count }

  mutating func add(_ name: String, _ range: Range<Int>) {
    let key = name.lowercased()
    if positions[key] == nil { positions[key] = items.count }
    items.append(Field(name: name, range: range))
  }

  /// In lower case, each once, in no order.
  var names: Dictionary<String, Int>.Keys { positions.keys }

  func has(_ key: String) -> Bool { positions[key] != nil }

  /// The text of the field called `key` (in lower case), escapes undone; nil when it is absent or says nothing.
  func text(_ key: String) -> String? {
    guard let position = positions[key] else { return nil }
    let bytes = line[items[position].range]
    return Self.meaningful(isJSON ? JSONText.unescaped(bytes) : LineText.unescaped(bytes))
  }

  /// The range of the field called `key`, in lower case.
  func range(_ key: String) -> Range<Int>? { positions[key].map { items[$0].range } }

  /// Values that formats write for "nothing".
  static func meaningful(_ text: String) -> String? {
    switch text {
    case "", "-", "(empty)", "null", "nil", "(null)", "N/A", "unknown", "Unknown", "No Authentication Required", "?": nil
    default: text
    }
  }

  /// Sorted by place, as ``LineFacts/fields`` wants them.
  var ranges: [(range: Range<Int>, name: String)] {
    items.map { ($0.range, $0.name) }.sorted { ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound) }
  }
}

/// Small readers of line bytes.
enum LineText {
  static let space = UInt8(ascii: " ")
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")

  static func string(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

  /// Text with escapes of marks undone, where there are any; others stay as they are, for `C:\\new` is no line end outside JSON.
  static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
    guard bytes.contains(backslash) else { return string(bytes) }
    var result: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      guard byte == backslash, let next = rest.first else {
        result.append(byte)
        continue
      }
      switch next {
      case quote, backslash, UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "|"):
        result.append(next)
        rest = rest.dropFirst()
      case UInt8(ascii: "u"):
        let digits = rest.dropFirst().prefix(4)
        if digits.count == 4, let value = UInt32(string(digits), radix: 16), let scalar = Unicode.Scalar(value) {
          UTF8.encode(scalar).map { result.append(contentsOf: $0) }
          rest = rest.dropFirst(5)
        } else {
          result.append(byte)
        }
      default: result.append(byte)
      }
    }
    return string(result)
  }

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }

  static func find(_ needle: String, in bytes: [UInt8], from start: Int = 0, to end: Int? = nil) -> Int? {
    let needle = Array(needle.utf8)
    let end = min(end ?? bytes.count, bytes.count)
    guard let first = needle.first, end - start >= needle.count, start >= 0 else { return nil }
    var position = start
    while position + needle.count <= end {
      if bytes[position] == first, bytes[position..<(position + needle.count)].elementsEqual(needle) { return position }
      position += 1
    }
    return nil
  }

  static func starts(_ bytes: [UInt8], at position: Int, with text: String) -> Bool {
    position >= 0 && position <= bytes.count && bytes[position...].starts(with: text.utf8)
  }

  /// Ranges of the words between runs of spaces or tabs, from `start` on, at most `limit`; quoted and bracketed words as one, without
  /// their marks.
  static func words(_ bytes: [UInt8], from start: Int = 0, limit: Int = 64, quotes: Bool = true, brackets: Bool = true) -> [Range<Int>] {
    var words: [Range<Int>] = []
    var position = start
    while words.count < limit {
      while position < bytes.count, bytes[position] == space || bytes[position] == 0x09 { position += 1 }
      guard position < bytes.count else { break }
      let close: UInt8? =
        !quotes ? nil : bytes[position] == quote ? quote : brackets && bytes[position] == UInt8(ascii: "[") ? UInt8(ascii: "]") : nil
      if let close {
        var end = position + 1
        while end < bytes.count, bytes[end] != close { end += bytes[end] == backslash && close == quote ? 2 : 1 }
        words.append((position + 1)..<min(end, bytes.count))
        position = end + 1
      } else {
        var end = position
        while end < bytes.count, bytes[end] != space, bytes[end] != 0x09 { end += 1 }
        words.append(position..<end)
        position = end
      }
    }
    return words
  }
}
