internal import Glibc
internal import Indicators
internal import Rules

/// Reads what a line that hit tells: its format, its fields, its event. Only ever called for such lines.
///
/// A log source that the operator taught comes first, then what the log's own header says (Zeek, W3C, CSV), then what the line looks like.
/// In a log that is one JSON document the record takes the line's place.
struct LineInterpreter {
  /// Bytes of ``Sighting/Event/raw``.
  static let rawLimit = 8 << 10
  /// Bytes that are carried over from one chunk to the next, at most: the beginning of a record that goes on.
  private static let carryLimit = 256 << 10

  private let source: LogSource?
  private let base: TimeBase
  private let firstLine: [UInt8]
  private let document: JSONDocument?
  private let hasEvents: Bool
  /// Behind the last hit of a chunk that was in no event: none that holds a later one begins before it, and so no byte is looked at for each hit.
  private var eventFloor = (chunk: -1, position: 0)
  private var header: LogHeader
  /// How far the current chunk was searched for header lines.
  private var searched = 0
  private var searchedChunk = -1
  /// The beginning of a record that the last chunk cut, and where in the log it stands.
  private var carry: (bytes: [UInt8], offset: Int)?

  init() { self.init(source: nil, reference: Timestamp(seconds: 0), head: []) }

  /// - Parameters:
  ///   - reference: what a time without a year is not after.
  ///   - head: the log's first bytes.
  init(source: LogSource?, reference: Timestamp, head: [UInt8]) {
    self.source = source
    base = TimeBase(reference: reference, zoneMinutes: source?.zoneMinutes ?? 0, isMonthFirst: DNSServerFormat.isMonthFirst(head))
    firstLine = Array(head.prefix { $0 != 0x0A && $0 != 0x0D })
    header = LogHeader(head: head)
    let isTaught = source.map { $0.format != .auto } ?? false
    document = isTaught ? nil : JSONDocument(head: head)
    hasEvents = !isTaught && EventXML.begins(head)
  }

  /// Records are told by the log's beginning.
  var isDocument: Bool { document != nil }

  /// Facts, and the part of the chunk that they hold for.
  struct Place {
    var facts: LineFacts
    /// The line or record.
    var text: [UInt8]
    /// Where ``text`` begins in the chunk; before it for a record that the chunk before began.
    var start: Int
    /// Hits in here have these facts.
    var extent: Range<Int>
  }

  /// A chunk has gone by: a header in it holds for the lines after it, and its last record may go on.
  mutating func passed(_ chunk: LogReader.Chunk) {
    let bytes = unsafe chunk.bytes
    if header.isKnown || searchedChunk == chunk.offset { unsafe searchHeader(bytes, to: bytes.count, chunk: chunk.offset) }
    guard let document else { return }
    keepRecord(document, chunk)
  }

  private mutating func keepRecord(_ document: JSONDocument, _ chunk: LogReader.Chunk) {
    let bytes = unsafe chunk.bytes
    if let (start, end) = unsafe document.record(at: bytes.count, in: bytes, isLineStart: chunk.overlap == 0) {
      carry = unsafe end == nil && bytes.count - start <= Self.carryLimit ? (Array(bytes[start...]), chunk.offset + start) : nil
    } else if let carried = carry {
      let new = unsafe Array(bytes.dropFirst(max(0, carried.offset + carried.bytes.count - chunk.offset)))
      carry = carried.bytes.count + new.count <= Self.carryLimit ? (carried.bytes + new, carried.offset) : nil
    }
  }

  /// Takes the header lines before `end`: Zeek's `#fields` may change in the middle of a log.
  private mutating func searchHeader(_ bytes: UnsafeRawBufferPointer, to end: Int, chunk: Int) {
    if searchedChunk != chunk { (searched, searchedChunk) = (0, chunk) }
    while searched < end, let mark = unsafe ByteSearch.first(0x23, in: bytes, from: searched, to: end) {
      searched = mark + 1
      guard unsafe mark == 0 || bytes[mark - 1] == 0x0A else { continue }
      let stop = unsafe ByteSearch.first(0x0A, in: bytes, from: mark, to: min(bytes.count, mark + 64 << 10)) ?? bytes.count
      header.take(unsafe Array(bytes[mark..<stop]))
    }
    searched = max(searched, end)
  }

  /// - Parameters:
  ///   - line: the line that holds the hit, without its newline.
  ///   - hit: in the chunk.
  mutating func place(_ hit: Range<Int>, line: Range<Int>, in chunk: LogReader.Chunk) -> Place {
    let bytes = unsafe chunk.bytes
    if let document, let found = record(document, around: hit, in: chunk) { return found }
    if hasEvents, let found = event(around: hit, in: chunk) { return found }
    unsafe searchHeader(bytes, to: line.lowerBound, chunk: chunk.offset)
    let isPartial = (chunk.continues || chunk.overlap > 0) && (line.lowerBound == 0 || line.upperBound == bytes.count)
    let extent = unsafe Self.segment(line, around: hit, in: bytes)
    let text = unsafe Array(bytes[extent])
    // What is left of an event that a chunk cut may be followed by another's beginning.
    let isCut = hasEvents && isPartial
    var facts =
      isCut
      ? LineFacts(format: "windows-xml")
      : interpret(text, hit: (hit.lowerBound - extent.lowerBound)..<(hit.upperBound - extent.lowerBound), isPartial: isPartial)
    facts.isEcho = Echo.isOurs(text)
    return Place(facts: facts, text: text, start: extent.lowerBound, extent: extent)
  }

  /// Carriage returns alone end lines too: old Macintosh files, and progress bars. The one before the newline belongs to it.
  private static func segment(_ line: Range<Int>, around hit: Range<Int>, in bytes: UnsafeRawBufferPointer) -> Range<Int> {
    var start = hit.lowerBound
    while start > line.lowerBound, unsafe bytes[start - 1] != 0x0D { start -= 1 }
    let end = unsafe ByteSearch.first(0x0D, in: bytes, from: hit.upperBound, to: line.upperBound) ?? line.upperBound
    return start..<end
  }

  private mutating func event(around hit: Range<Int>, in chunk: LogReader.Chunk) -> Place? {
    let bytes = unsafe chunk.bytes
    if eventFloor.chunk != chunk.offset { eventFloor = (chunk.offset, 0) }
    guard let extent = unsafe EventXML.record(around: hit, in: bytes, floor: eventFloor.position) else {
      eventFloor.position = hit.lowerBound
      return nil
    }
    let text = unsafe Array(bytes[extent])
    guard var facts = EventXML.read(text, base) else { return nil }
    facts.isEcho = Echo.isOurs(text)
    return Place(facts: facts, text: text, start: extent.lowerBound, extent: extent)
  }

  private func record(_ document: JSONDocument, around hit: Range<Int>, in chunk: LogReader.Chunk) -> Place? {
    let bytes = unsafe chunk.bytes
    let text: [UInt8]
    let start: Int
    let end: Int
    if let (found, close) = unsafe document.record(at: hit.upperBound, in: bytes, isLineStart: chunk.overlap == 0) {
      start = found
      end = close ?? min(bytes.count, found + JSONDocument.recordLimit)
      text = unsafe Array(bytes[start..<end])
    } else {
      guard let carry, carry.offset < chunk.offset, carry.offset + carry.bytes.count >= chunk.offset else { return nil }
      let before = carry.bytes.prefix(chunk.offset - carry.offset)
      start = -before.count
      var depth = JSONDocument.Depth()
      guard unsafe before.withUnsafeBytes({ unsafe depth.close($0[...]) }) == nil else { return nil }
      end = unsafe depth.close(bytes[..<min(bytes.count, JSONDocument.recordLimit)]) ?? min(bytes.count, JSONDocument.recordLimit)
      guard hit.upperBound <= end else { return nil }
      text = unsafe Array(before) + bytes[..<end]
    }
    var facts = interpret(text, hit: (hit.lowerBound - start)..<(hit.upperBound - start), isPartial: false)
    facts.isEcho = Echo.isOurs(text)
    return Place(facts: facts, text: text, start: start, extent: max(0, start)..<end)
  }

  private func interpret(_ text: [UInt8], hit: Range<Int>, isPartial: Bool) -> LineFacts {
    let plain = UncolouredLine(text)
    var facts = read(plain?.bytes ?? text, hit: plain?.place(of: hit) ?? hit, isPartial: isPartial)
    if let plain { facts.fields = facts.fields.map { (plain.origin(of: $0.range), $0.name) } }
    // Formats that have a place for ports write 0 where there are none.
    if facts.event.sourcePort == 0 { facts.event.sourcePort = nil }
    if facts.event.destinationPort == 0 { facts.event.destinationPort = nil }
    return facts
  }

  private func read(_ line: [UInt8], hit: Range<Int>, isPartial: Bool) -> LineFacts {
    if let source, let facts = TaughtFormat.read(line, source, firstLine: firstLine, base) { return facts }
    if let facts = header.read(line, base) { return facts }
    // Of a line that is longer than the window only the first piece can be read as JSON.
    if !isPartial || line.first == UInt8(ascii: "{"), let facts = JSONLineFormat.read(line, hit: hit, base: base) { return facts }
    return TextFormats.read(line, base)
  }
}

extension LineInterpreter.Place {
  /// Where the raw text of a hit's event begins in ``text``: at its beginning, where the time and the host stand, or, for a hit far behind,
  /// half a block before it. Hits of one block share their raw text, so that a line of many hits costs no more than its length.
  func rawStart(for hit: Range<Int>) -> Int {
    let limit = LineInterpreter.rawLimit
    if text.count <= limit || hit.upperBound - start <= limit { return 0 }
    let block = (hit.lowerBound - start) / (limit / 2) * (limit / 2)
    return max(0, min(block - limit / 4, text.count - limit))
  }

  /// The event with its raw text from `rawStart`.
  func event(rawStart: Int) -> Sighting.Event {
    var event = facts.event
    event.rawTruncated = text.count > LineInterpreter.rawLimit
    event.raw = event.rawTruncated ? LineText.string(text[rawStart..<min(text.count, rawStart + LineInterpreter.rawLimit)]) : LineText.string(text)
    return event
  }
}

/// `memchr` over a part of a buffer.
enum ByteSearch {
  static func first(_ byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int? {
    guard start < end, start >= 0, end <= bytes.count, let base = bytes.baseAddress,
      let found = unsafe memchr(base + start, Int32(byte), end - start)
    else { return nil }
    return unsafe UnsafeRawPointer(found) - base
  }
}
