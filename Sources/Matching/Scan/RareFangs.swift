/// Spellings of defanging that no mark stands for, written so that one does.
enum RareFangs {
  /// Appends a range; returns where the places `firsts` of it come to stand.
  static func clean(
    _ text: LogText, _ start: Int, _ end: Int, firsts: some Sequence<Int>, into result: inout [UInt8], hasInvisible: inout Bool, keepsInvisible: Bool
  ) -> [Int] {
    var firsts = firsts.makeIterator()
    var first = firsts.next()
    var places: [Int] = []
    // Nothing gets longer.
    result.append(addingCapacity: end - start) { room in
      func note(upTo position: Int) {
        while let place = first, place <= position {
          places.append(room.count)
          first = firsts.next()
        }
      }
      var position = start
      while position < end {
        let byte = text[position]
        note(upTo: position)
        if byte < 0x80, ASCII.isDigit(byte) || (byte | 0x20) &- 0x61 < 15 || byte == 0x20 || byte == 0x2e {
          room.append(byte)
          position += 1
        } else if Fang.isOpening(byte), position + 5 <= end, isBracketedWWW(text, position) {
          for place in position + 1..<position + 4 { room.append(text[place]) }
          position += 5
        } else if byte >= 0x80 || byte == 0x26 || byte == 0x5f || byte == 0x2c || byte | 0x20 == 0x70, let (length, sign) = rare(text, position),
          position + length <= end
        {
          if sign != 0 {
            room.append(sign)
          } else {
            hasInvisible = true
            if keepsInvisible { for place in position..<position + length { room.append(text[place]) } }
          }
          position += length
        } else {
          room.append(byte)
          position += 1
        }
      }
      note(upTo: .max - 1)
    }
    return places
  }

  /// What is rare at a place: its length, and the byte that it stands for, 0 for none.
  private static func rare(_ text: LogText, _ place: Int) -> (length: Int, replacement: UInt8)? {
    switch text[place] {
    case 0x80...: return character(text, place)
    case 0x26:
      for entity in ["&#46;", "&#x2e;", "&#x2E;", "&period;"] where text.has(entity.utf8, at: place) { return (entity.utf8.count, 0x2e) }
      return nil
    case 0x5f:  // What parts `http__` from its host; but `a__b` is a label.
      guard text[place + 1] == 0x5f else { return nil }
      switch text[place - 1] | 0x20 {
      case 0x70, 0x73, 0x78, 0x77, 0x3a, 0x7d, 0x3e, 0x29: return (2, 0x20)
      default: return nil
      }
    case 0x2c: return isBetweenBrackets(text, place, place + 1) ? (1, 0x2e) : nil
    case 0x70, 0x50:
      for word in ["punto", "punkt", "point"]
      where ASCII.lowercased(text.slice(place, place + 5)) == Array(word.utf8) && isBetweenBrackets(text, place, place + 5) { return (5, 0x2e) }
      return nil
    default: return nil
    }
  }

  private static func isBracketedWWW(_ text: LogText, _ open: Int) -> Bool {
    (1...3).allSatisfy { text[open + $0] | 0x20 == 0x77 } && Fang.isClosing(text[open + 4])
  }

  /// Brackets, or bytes that fullwidth ones end and begin with, around a place, with blanks between.
  private static func isBetweenBrackets(_ text: LogText, _ start: Int, _ end: Int) -> Bool {
    var (before, behind) = (start - 1, end)
    while text[before] == 0x20, before > start - 5 { before -= 1 }
    while text[behind] == 0x20, behind < end + 4 { behind += 1 }
    return (Fang.isOpening(text[before]) || text[before] >= 0x80) && (Fang.isClosing(text[behind]) || text[behind] >= 0x80)
  }

  /// Fullwidth signs as ASCII's, invisible characters as nothing.
  private static func character(_ text: LogText, _ place: Int) -> (length: Int, replacement: UInt8)? {
    guard let (value, end) = text.scalar(at: place) else { return nil }
    return switch value {
    case 0xad, 0x200b...0x200f, 0x202a...0x202e, 0x2060...0x2064, 0xfeff: (end - place, 0)
    case 0x3002, 0xff0e, 0xff61, 0x2024: (end - place, 0x2e)
    case 0xff3b: (end - place, 0x5b)
    case 0xff3d: (end - place, 0x5d)
    case 0xff08: (end - place, 0x28)
    case 0xff09: (end - place, 0x29)
    case 0xff5b: (end - place, 0x7b)
    case 0xff5d: (end - place, 0x7d)
    case 0xff1c: (end - place, 0x3c)
    case 0xff1e: (end - place, 0x3e)
    default: nil
    }
  }
}
