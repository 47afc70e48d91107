import Indicators

/// One record of a CSV body.
struct CSVRecord: Sendable {
  var fields: [String]
  /// The line it starts on, from 1.
  var line: Int
  /// The record's first line.
  var bytes: [UInt8]
  /// Its beginning, to be shown.
  var shown: String { String(decoding: bytes.prefix(512), as: UTF8.self) }
  /// Why it cannot be used; nil when it can.
  var fault: String?
  /// Set for a comment: its text.
  var comment: String?
  var mended = false
  /// Whether an end of line followed it.
  var terminated = true
  /// A quoted field holds an end of line.
  var hasSeveralLines = false
}

/// Cuts a CSV body into records (RFC 4180, and what feeds make of it): quoted fields may hold delimiters, doubled quotes and line
/// ends; blanks before an opening quote are skipped; a quote that is never closed costs its own line and nothing else.
struct CSVRecordReader {
  private var lines: LineReader
  private var returned: [BodyLine] = []
  let delimiter: UInt8
  private let comments: [[UInt8]]
  /// Each failed attempt to close a quote reads again what it swallowed; after some of them, quotes end with their line.
  private var openQuotes = 0
  private static let openQuotesBeforeGivingUp = 64
  private static let quote = UInt8(ascii: "\"")

  init(_ lines: LineReader, delimiter: UInt8, comments: [String]) {
    self.lines = lines
    self.delimiter = delimiter
    self.comments = comments.map { Array($0.utf8) }
  }

  private mutating func nextLine() throws(Diagnostic) -> BodyLine? {
    if let line = returned.popLast() { return line }
    return try lines.next()
  }

  /// The next record that is not blank; nil at the end. Lines that `isDone` answers true of are passed over.
  mutating func next(passing isDone: (BodyLine) throws -> Bool) throws -> CSVRecord? {
    while let line = try nextLine() {
      if line.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      if line.terminated, !line.oversized, try isDone(line) { continue }
      if line.oversized {
        return CSVRecord(fields: [], line: line.number, bytes: line.bytes, fault: "line-too-long", terminated: line.terminated)
      }
      let content = line.bytes.drop { $0 == 0x20 || $0 == 0x09 }
      if comments.contains(where: { content.starts(with: $0) }) {
        var record = CSVRecord(fields: [], line: line.number, bytes: line.bytes)
        record.comment = record.shown.trimmed
        return record
      }
      let record = try record(from: line)
      // `,,,,` is a blank line of a spreadsheet.
      if record.fault == nil, record.fields.count > 1, record.fields.allSatisfy(\.isEmpty) { continue }
      return record
    }
    return nil
  }

  private mutating func record(from first: BodyLine) throws(Diagnostic) -> CSVRecord {
    if LineReader.firstIndex(of: Self.quote, in: first.bytes, from: 0) == nil { return plainRecord(from: first) }
    var splitter = CSVSplitter(delimiter: delimiter)
    var swallowed: [BodyLine] = []
    var terminated = first.terminated
    splitter.take(first.bytes)
    while splitter.insideQuotes {
      let spent = splitter.currentFieldBytes > FeedLimits.fieldBytes || openQuotes > Self.openQuotesBeforeGivingUp
      guard !spent, let line = try nextLine() else {
        // Never closed: the line alone is bad, what follows is read again.
        openQuotes += 1
        returned.append(contentsOf: swallowed.reversed())
        return CSVRecord(
          fields: [], line: first.number, bytes: first.bytes, fault: "open-quote",
          terminated: first.terminated)
      }
      swallowed.append(line)
      terminated = line.terminated
      splitter.take([0x0A])
      splitter.take(line.bytes)
    }
    splitter.endRecord()
    var record = decode(splitter, line: first, terminated: terminated)
    record.hasSeveralLines = !swallowed.isEmpty
    return record
  }

  /// A line without quotes: its fields lie in it as they are.
  private func plainRecord(from line: BodyLine) -> CSVRecord {
    var record = CSVRecord(fields: [], line: line.number, bytes: line.bytes, terminated: line.terminated)
    var start = 0
    while true {
      let end = LineReader.firstIndex(of: delimiter, in: line.bytes, from: start) ?? line.bytes.count
      if let fault = Self.take(line.bytes[start..<end], into: &record) {
        record.fault = fault
        return record
      }
      if end == line.bytes.count { return record }
      start = end + 1
    }
  }

  /// Adds a field; answers what is wrong with it.
  private static func take(_ field: ArraySlice<UInt8>, into record: inout CSVRecord) -> String? {
    if record.fields.count == FeedLimits.columns { return "too-many-columns" }
    if field.count > FeedLimits.fieldBytes { return "field-too-long" }
    // A note in another encoding costs nothing; a value with such bytes is refused where it is read as one.
    let (text, mended) = FieldText.decode(field) ?? (String(decoding: field, as: UTF8.self), true)
    record.fields.append(text.trimmed)
    if mended { record.mended = true }
    return nil
  }

  private func decode(_ splitter: CSVSplitter, line: BodyLine, terminated: Bool) -> CSVRecord {
    var record = CSVRecord(
      fields: [], line: line.number, bytes: line.bytes, terminated: terminated)
    record.fields.reserveCapacity(splitter.count)
    for index in 0..<splitter.count {
      record.fault = Self.take(splitter[index], into: &record)
      if record.fault != nil { break }
    }
    return record
  }
}

/// Cuts one record into fields as its bytes come.
struct CSVSplitter {
  let delimiter: UInt8
  /// All fields one behind the other, the open one last, and where each that is finished ends.
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private(set) var insideQuotes = false
  private var quoted = false
  /// A quote was met inside a quoted field: its end, or half of a doubled one.
  private var pendingQuote = false

  init(delimiter: UInt8) { self.delimiter = delimiter }

  /// Finished fields.
  var count: Int { ends.count }
  var fields: [ArraySlice<UInt8>] { ends.indices.map { self[$0] } }
  subscript(_ index: Int) -> ArraySlice<UInt8> { bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]] }

  private var fieldStart: Int { ends.last ?? 0 }
  var currentFieldBytes: Int { bytes.count - fieldStart }

  mutating func take(_ line: [UInt8]) {
    let quote = UInt8(ascii: "\"")
    if bytes.isEmpty { bytes.reserveCapacity(line.count + 1) }
    var index = 0
    while index < line.count {
      // A run of bytes that are nothing but text.
      if !pendingQuote {
        var end = index
        if insideQuotes {
          end = LineReader.firstIndex(of: quote, in: line, from: index) ?? line.count
        } else {
          while end < line.count, line[end] != delimiter, line[end] != quote { end += 1 }
        }
        if end > index {
          bytes.append(contentsOf: line[index..<end])
          index = end
          continue
        }
      }
      let byte = line[index]
      index += 1
      if pendingQuote {
        pendingQuote = false
        if byte == quote {
          bytes.append(quote)
          continue
        }
        if byte == delimiter || byte == 0x20 || byte == 0x09 || byte == 0x0D {
          insideQuotes = false
        } else {
          // A quote that was not doubled, as in `"a "b" c"`: it is text.
          bytes.append(quote)
        }
      } else if insideQuotes {
        if byte == quote { pendingQuote = true } else { bytes.append(byte) }
        continue
      }
      if insideQuotes {
        bytes.append(byte)
      } else if byte == delimiter {
        endField()
      } else if byte == quote, !quoted, bytes[fieldStart...].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
        bytes.removeSubrange(fieldStart...)
        insideQuotes = true
        quoted = true
      } else {
        bytes.append(byte)
      }
    }
    // The end of a line right behind a quote closes it.
    if pendingQuote {
      pendingQuote = false
      insideQuotes = false
    }
  }

  mutating func endRecord() { endField() }

  private mutating func endField() {
    ends.append(bytes.count)
    quoted = false
    insideQuotes = false
  }
}
