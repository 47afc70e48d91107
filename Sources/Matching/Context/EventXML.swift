internal import Indicators

/// Windows events as XML: one a line, several on one, over several lines as exports have them, or the text of a JSON member.
enum EventXML {
  private static let opening = Array("<Event".utf8)
  private static let closing = Array("</Event>".utf8)
  /// Elements of `System` that hold a text.
  private static let system = ["Computer", "EventID", "Channel"].map { Array($0.utf8) }
  /// How far from a hit its event may begin and end, in bytes.
  private static let reach = 32 << 10

  /// Whether a log's first bytes are those of events, or of an export of them (`<?xml …?><Events>`, `Record 1` and the event below it).
  static func begins(_ head: [UInt8]) -> Bool {
    let head = Array(head.prefix(1024))
    guard let open = LineText.find("<Event", in: head) else { return false }
    let first = head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    return [UInt8(ascii: "<"), UInt8(ascii: "R")].contains(head[first]) && head[first..<open].count(where: { $0 == 0x0A }) <= 4
      && !(first + 1 < head.count && LineText.isDigit(head[first + 1]))
  }

  /// The event around `hit`; nil when it is in none, or in one that the bytes do not hold.
  ///
  /// - Parameter floor: no event is looked for before it.
  static func record(around hit: Range<Int>, in bytes: UnsafeRawBufferPointer, floor: Int) -> Range<Int>? {
    var start = hit.lowerBound
    let floor = max(floor, start - reach)
    while true {
      guard start >= floor else { return nil }
      if unsafe bytes[start] == opening[0] {
        if unsafe matches(closing, bytes, start) { return nil }
        // `<EventID>` and `<Events>` are other elements.
        let next = start + opening.count
        if unsafe matches(opening, bytes, start), next < bytes.count, unsafe [0x20, UInt8(ascii: ">")].contains(bytes[next]) { break }
      }
      start -= 1
    }
    let limit = min(bytes.count, hit.upperBound + reach)
    var position = hit.upperBound
    while let mark = unsafe ByteSearch.first(closing[0], in: bytes, from: position, to: limit) {
      if unsafe matches(closing, bytes, mark) { return start..<(mark + closing.count) }
      position = mark + 1
    }
    return nil
  }

  private static func matches(_ text: [UInt8], _ bytes: UnsafeRawBufferPointer, _ position: Int) -> Bool {
    guard position + text.count <= bytes.count else { return false }
    return text.indices.allSatisfy { unsafe bytes[position + $0] == text[$0] }
  }

  /// `<Data Name="SourceIp">192.0.2.1</Data>`, the elements of `System` and those of `UserData`, as fields.
  static func fields(_ text: [UInt8]) -> LineFields? {
    guard LineText.find("<Event", in: text, to: 512) != nil else { return nil }
    var fields = LineFields(text)
    var position = 0
    var isUserData = false
    while fields.count < 256, let open = LineText.find("<", in: text, from: position), let close = LineText.find(">", in: text, from: open) {
      position = close + 1
      let tag = text[(open + 1)..<close]
      let value = position..<(text[position...].firstIndex(of: UInt8(ascii: "<")) ?? text.count)
      if tag.starts(with: "UserData".utf8) { isUserData = true }
      if let name = attribute("Name", in: text, open..<close), tag.starts(with: "Data".utf8) {
        fields.add(LineText.string(text[name]), value)
      } else if tag.starts(with: "TimeCreated".utf8), let time = attribute("SystemTime", in: text, open..<close) {
        fields.add("TimeCreated", time)
      } else if system.contains(where: tag.elementsEqual) || isUserData && tag.allSatisfy(isNameByte) && !value.isEmpty {
        fields.add(LineText.string(tag), value)
      }
    }
    return fields.isEmpty ? nil : fields
  }

  private static func isNameByte(_ byte: UInt8) -> Bool { LineText.isLetter(byte) || LineText.isDigit(byte) }

  static func read(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    guard line.first == UInt8(ascii: "<"), let fields = fields(line) else { return nil }
    var facts = LineFacts(format: "windows-xml")
    let writer = RecordWriter.of(fields)
    writer.prepare(&facts.event, fields)
    EventRoles.fill(&facts.event, from: fields, base: base, reading: writer.reading)
    writer.finish(&facts.event, fields)
    facts.fields = fields.ranges
    return facts
  }

  /// The range of an attribute's value in the tag at `tag`.
  private static func attribute(_ name: String, in text: [UInt8], _ tag: Range<Int>) -> Range<Int>? {
    for quote in ["\"", "'"] {
      guard let found = LineText.find(" " + name + "=" + quote, in: text, from: tag.lowerBound, to: tag.upperBound) else { continue }
      let start = found + name.utf8.count + 3
      guard let end = text[start..<tag.upperBound].firstIndex(of: Array(quote.utf8)[0]) else { continue }
      return start..<end
    }
    return nil
  }
}
