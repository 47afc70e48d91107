/// `name=value`, quoted or not.
enum KeyValuePairs {
  struct Pair {
    var name: String
    var range: Range<Int>
  }

  /// More fields than any honest line has.
  private static let limit = 256

  private static func isName(_ byte: UInt8) -> Bool { LineText.isLetter(byte) || LineText.isDigit(byte) || byte == 0x5F || byte == 0x2E || byte == 0x2D }

  static func read(_ line: [UInt8], from start: Int) -> [Pair] {
    var pairs: [Pair] = []
    var position = start
    while position < line.count, pairs.count < limit {
      guard let equals = line[position...].firstIndex(of: UInt8(ascii: "=")) else { break }
      var nameStart = equals
      while nameStart > position, isName(line[nameStart - 1]) { nameStart -= 1 }
      position = equals + 1
      guard nameStart < equals, nameStart == start || !isName(line[max(start, nameStart - 1)]), position < line.count else { continue }
      let range: Range<Int>
      if line[position] == LineText.quote {
        var end = position + 1
        while end < line.count, line[end] != LineText.quote { end += line[end] == LineText.backslash ? 2 : 1 }
        range = (position + 1)..<min(end, line.count)
        position = min(end + 1, line.count)
      } else {
        var end = position
        while end < line.count, ![0x20, 0x09, 0x2C, 0x3B].contains(line[end]) {
          if line[end] == UInt8(ascii: "|"), beginsPair(line, end + 1) { break }
          end += 1
        }
        range = position..<end
        position = end
      }
      pairs.append(Pair(name: LineText.string(line[nameStart..<equals]), range: range))
    }
    return pairs
  }

  /// `name=`, as it stands behind a bar that divides pairs.
  private static func beginsPair(_ line: [UInt8], _ start: Int) -> Bool {
    let name = line[start...].prefix(48).prefix(while: isName)
    return !name.isEmpty && name.endIndex < line.count && line[name.endIndex] == UInt8(ascii: "=")
  }

  /// `Name: value, Name: value`; a value ends where the next name begins.
  static func spaced(_ line: [UInt8], from start: Int) -> [Pair] {
    var marks: [(name: Range<Int>, value: Int)] = []
    var position = start
    while marks.count < limit, let mark = LineText.find(": ", in: line, from: position) {
      var nameStart = mark
      while nameStart > position, isName(line[nameStart - 1]) { nameStart -= 1 }
      if nameStart < mark, nameStart == start || line[nameStart - 1] == LineText.space { marks.append((nameStart..<mark, mark + 2)) }
      position = mark + 2
    }
    return marks.indices.map { index in
      var end = index + 1 < marks.count ? marks[index + 1].name.lowerBound : line.count
      while end > marks[index].value, [0x20, 0x2C].contains(line[end - 1]) { end -= 1 }
      return Pair(name: LineText.string(line[marks[index].name]), range: marks[index].value..<end)
    }
  }

  /// `name:"value"`.
  static func quoted(_ line: [UInt8], from start: Int) -> [Pair] {
    var pairs: [Pair] = []
    var position = start
    while pairs.count < limit, let mark = LineText.find(":\"", in: line, from: position) {
      var nameStart = mark
      while nameStart > position, isName(line[nameStart - 1]) { nameStart -= 1 }
      var end = mark + 2
      while end < line.count, line[end] != LineText.quote { end += line[end] == LineText.backslash ? 2 : 1 }
      if nameStart < mark { pairs.append(Pair(name: LineText.string(line[nameStart..<mark]), range: (mark + 2)..<min(end, line.count))) }
      position = min(end + 1, line.count)
    }
    return pairs
  }

  /// The extension of CEF (values with spaces, up to the next `name=`) or LEEF (values up to the next delimiter).
  static func `extension`(_ line: [UInt8], from start: Int, delimiter: UInt8?) -> [Pair] {
    var marks: [(nameStart: Int, equals: Int)] = []
    var position = start
    while position < line.count, marks.count < limit {
      if line[position] == LineText.backslash {
        position += 2
        continue
      }
      if line[position] == UInt8(ascii: "=") {
        var nameStart = position
        while nameStart > start, isName(line[nameStart - 1]) { nameStart -= 1 }
        let isAtStart = nameStart == start || line[nameStart - 1] == delimiter ?? 0x20 || line[nameStart - 1] == 0x09
        if nameStart < position, isAtStart { marks.append((nameStart, position)) }
      }
      position += 1
    }
    return marks.enumerated().map { index, mark in
      var end = index + 1 < marks.count ? marks[index + 1].nameStart - 1 : line.count
      while end > mark.equals + 1, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
      return Pair(name: LineText.string(line[mark.nameStart..<mark.equals]), range: (mark.equals + 1)..<max(mark.equals + 1, end))
    }
  }
}
