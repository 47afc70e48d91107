/// Finds the record around a hit in a log that is one JSON document: `{"Records":[…]}` on one line, or an indented file.
///
/// No state is kept of the document's structure, so any part of it can be read by itself, however long it is. What machines write tells where
/// a record begins: on one line every record opens with the same first key, which cannot stand unescaped inside a string; in an indented
/// document it opens with a brace alone at the records' indent, and strings hold no line ends.
struct JSONDocument {
  /// Largest record that is read as one, in bytes.
  static let recordLimit = 1 << 20
  /// Members that hold the records of a delivery: CloudTrail, Azure, GuardDuty, Elasticsearch and others.
  private static let wrappers: Set<String> = [
    "records", "value", "values", "events", "event", "logs", "items", "entries", "results", "hits", "data", "logevents", "findings", "rows", "alerts",
  ]

  /// What a record opens with.
  private let opening: [UInt8]
  /// Records are indented over several lines; else they follow each other on one.
  private let isIndented: Bool

  /// Nil when `head`, a log's beginning, is no such document but lines.
  init?(head: [UInt8]) {
    var position = head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    Self.skipSpace(head, &position)
    guard position < head.count else { return nil }
    let begin = position
    switch head[position] {
    case UInt8(ascii: "["):
      position += 1
      Self.skipSpace(head, &position)
    case UInt8(ascii: "{"):
      if let inner = Self.wrapped(head, position) { position = inner }
    default: return nil
    }
    guard position < head.count, head[position] == UInt8(ascii: "{") else { return nil }
    var next = position + 1
    Self.skipSpace(head, &next)
    if head[position..<next].contains(0x0A) {
      // `{` and a line end: the record goes on below.
      let lineStart = head[..<position].lastIndex(of: 0x0A).map { $0 + 1 } ?? position
      guard head[lineStart..<position].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { return nil }
      opening = Array(head[lineStart...position])
      isIndented = true
    } else {
      // Only a wrapper makes one line a document: else every record has its line already.
      guard position > begin, !head[begin..<position].contains(0x0A), let colon = head[position...].firstIndex(of: UInt8(ascii: ":")),
        colon - position <= 256
      else { return nil }
      opening = Array(head[position...colon])
      isIndented = false
    }
  }

  /// The first record's place when the object at `start` begins with a member that holds records.
  private static func wrapped(_ head: [UInt8], _ start: Int) -> Int? {
    var position = start + 1
    skipSpace(head, &position)
    guard position < head.count, head[position] == UInt8(ascii: "\""),
      let end = head[(position + 1)...].firstIndex(of: UInt8(ascii: "\"")),
      wrappers.contains(LineText.string(head[(position + 1)..<end]).lowercased())
    else { return nil }
    position = end + 1
    for expected in [UInt8(ascii: ":"), UInt8(ascii: "[")] {
      skipSpace(head, &position)
      guard position < head.count, head[position] == expected else { return nil }
      position += 1
    }
    skipSpace(head, &position)
    return position < head.count && head[position] == UInt8(ascii: "{") ? position : nil
  }

  private static func skipSpace(_ bytes: [UInt8], _ position: inout Int) {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  /// Objects that are looked at on the way back to a record's beginning: parts of records may open like records.
  private static let nesting = 32

  /// The record around `position`: where it opens, and the index behind its end, nil when `bytes` end before. Nil when none is open there.
  ///
  /// - Parameter isLineStart: `bytes` begin a line.
  func record(at position: Int, in bytes: UnsafeRawBufferPointer, isLineStart: Bool) -> (start: Int, end: Int?)? {
    var record: (start: Int, end: Int?)?
    var before = position
    for _ in 0..<Self.nesting {
      guard let start = unsafe start(before: before, in: bytes, isLineStart: isLineStart) else { break }
      let end = unsafe Self.end(from: start, in: bytes)
      // The outermost that holds the position is the record.
      if end.map({ position <= $0 }) ?? true { record = (start, end) }
      before = start - opening.count
    }
    return record
  }

  /// Where the last record at or before `position` opens.
  private func start(before position: Int, in bytes: UnsafeRawBufferPointer, isLineStart: Bool) -> Int? {
    var index = min(position, bytes.count - opening.count)
    let first = opening[0]
    while index >= 0 {
      if unsafe bytes[index] == first && opens(at: index, in: bytes, isLineStart: isLineStart) {
        return isIndented ? index + opening.count - 1 : index
      }
      index -= 1
    }
    return nil
  }

  private func opens(at index: Int, in bytes: UnsafeRawBufferPointer, isLineStart: Bool) -> Bool {
    for offset in opening.indices where unsafe bytes[index + offset] != opening[offset] { return false }
    if isIndented { return index == 0 ? isLineStart : unsafe bytes[index - 1] == 0x0A }
    var before = index - 1
    while before >= 0, unsafe [0x20, 0x09].contains(bytes[before]) { before -= 1 }
    return unsafe before < 0 || bytes[before] == UInt8(ascii: ",") || bytes[before] == UInt8(ascii: "[")
  }

  /// Behind the brace that closes what opens at `start`; nil when it stands in no byte before the limit.
  private static func end(from start: Int, in bytes: UnsafeRawBufferPointer) -> Int? {
    var depth = Depth()
    return unsafe depth.close(bytes[start..<min(bytes.count, start + recordLimit)])
  }

  /// Braces that are open, over several pieces of a text.
  struct Depth {
    private var open = 0
    private var isString = false
    private var isEscaped = false

    /// The index behind the brace that closes the first one; nil when it is not there yet.
    mutating func close(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
      for index in unsafe bytes.indices {
        let byte = unsafe bytes[index]
        if isString {
          if isEscaped { isEscaped = false } else if byte == LineText.backslash { isEscaped = true } else if byte == LineText.quote { isString = false }
        } else if byte == LineText.quote {
          isString = true
        } else if byte == UInt8(ascii: "{") {
          open += 1
        } else if byte == UInt8(ascii: "}") {
          open -= 1
          if open == 0 { return index + 1 }
        }
      }
      return nil
    }
  }
}
