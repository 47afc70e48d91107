import Indicators

/// CSV in every dialect: any delimiter, the header in the first row, in a comment, given, or none.
enum CSVFormat {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    let settings = sink.definition.csv
    let beginning = try body.peek()
    let delimiter = settings.delimiter ?? sniffedDelimiter(beginning)
    let comments = [settings.comment ?? "#"]
    var records = CSVRecordReader(LineReader(body), delimiter: delimiter, comments: comments)
    var header: [String]?
    var columns = CSVColumns(nil)
    var lastComment: String?
    var isFirst = true
    if case .names(let names) = settings.header {
      header = names
      columns = CSVColumns(names)
    }
    var identity: RowIdentity?
    while let record = try records.next(passing: { line in try identity.map { try sink.takeKnown($0.of(line.bytes), line: line.number) } ?? false }) {
      if let comment = record.comment {
        CommentFacts.read(comment, into: sink)
        if isFirst { lastComment = comment }
        continue
      }
      if let fault = record.fault {
        try sink.rejectRow(record.shown, reason: fault, line: record.line)
        continue
      }
      if isFirst, separator(record.bytes[...]) != nil { continue }
      if record.hasSeveralLines { sink.forgetRow() }
      if record.mended { sink.note("feed.mended-bytes", "bytes that are not UTF-8 were taken off or replaced", line: record.line) }
      if isFirst {
        isFirst = false
        let (found, isHeaderRow) = Self.header(settings.header, first: record.fields, comment: lastComment, delimiter: delimiter, map: sink.definition.map)
        header = header ?? found
        columns = CSVColumns(header)
        // What a row says hangs on its columns' names as well.
        identity = RowIdentity(context: ["csv", String(decoding: [delimiter], as: UTF8.self)] + (header ?? []))
        if isHeaderRow { continue }
      }
      // Bodies that were put together repeat it.
      if let header, record.fields.count > 1, record.fields.first == header.first, record.fields == header { continue }
      if let header, !record.terminated, record.fields.count < header.count, header.count > 1 {
        try sink.rejectRow(record.shown, reason: "truncated", line: record.line)
        continue
      }
      try take(record, columns, into: sink)
    }
    CommentFacts.checkCount(sink)
  }

  private static func take(_ record: CSVRecord, _ columns: CSVColumns, into sink: RowSink) throws {
    if let map = sink.definition.map {
      let mapped = MappedRow(map: map, line: record.line, shownBytes: record.bytes, labelled: columns.value(_:labelled:)) { field in
        guard case .column(let name) = field.source, let index = columns.index(of: name), index < record.fields.count else { return [] }
        return [record.fields[index]]
      }
      guard let row = mapped.row() else { return try sink.skipRow(line: record.line) }
      return try sink.take(row)
    }
    guard columns.names != nil else {
      let row = unnamed(record)
      noteLeft(row, record, sink)
      return try sink.take(row)
    }
    var row = named(record, columns)
    row.isGuessed = true
    try sink.take(row)
  }

  // MARK: Without a map

  /// By what the columns' names say.
  private static func named(_ record: CSVRecord, _ columns: CSVColumns) -> FeedRow {
    let roles = columns.roles
    var row = FeedRow(line: record.line)
    row.shownBytes = record.bytes
    var label: String?
    var ports: [String] = []
    var versions: [String] = []
    var values: [(text: String, label: String?)] = []
    var sources: Set<Int> = []
    for (index, role) in roles.enumerated() where index < record.fields.count {
      let text = record.fields[index].trimmed
      if FeedRow.isNothing(text) { continue }
      if columns.sources.contains(index) { sources.insert(values.count) }
      switch role {
      case .value: values.append((text, nil))
      case .typed(let type): values.append((text, type))
      case .type: label = text
      case .port: ports = row.ports(text)
      case .version: versions.append(text)
      case .firstSeen: row.firstSeen = row.firstSeen ?? text
      case .lastSeen: row.lastSeen = row.lastSeen ?? text
      case .validUntil: row.validUntil = text
      case .reference: row.reference = row.reference ?? text
      case .tags: row.tags += text.parts(separatedBy: ",;|")
      case .malware: row.malware.append(text)
      case .actors: row.actors += text.parts(separatedBy: ",;|")
      case .confidence: row.confidence = MappedRow.confidence(text)
      case .tlp: row.tlp = text
      case .description: row.description = row.description ?? text
      case .other, nil: break
      }
    }
    if values.isEmpty { return unnamed(record) }
    row.values = values.map { text, ownLabel in
      (ownLabel ?? label).map { columns.value(text, labelled: $0) } ?? FeedRow.Value(text)
    }
    if !ports.isEmpty {
      row.values = row.values.enumerated().flatMap { index, value in
        sources.contains(index) ? [value] : HostPort.values(value, ports: ports)
      }
    }
    if !versions.isEmpty { row.values = row.values.flatMap { PackageText.values($0, versions: versions) } }
    return row
  }

  /// The first cell that is an indicator by itself; a port in the next one belongs to an address.
  private static func unnamed(_ record: CSVRecord) -> FeedRow {
    var row = FeedRow(line: record.line)
    row.shownBytes = record.bytes
    for (index, field) in record.fields.enumerated() {
      let value = FeedRow.Value(field)
      guard case .success(let readings) = ValueReader.read(value), let first = readings.first?.observables.first else { continue }
      let next = index + 1 < record.fields.count && record.fields.count <= 3 ? record.fields[index + 1] : nil
      if first.type == .ipv4 || first.type == .ipv6, let port = next.flatMap(FeedRow.port), !isReputation(record.fields) {
        row.values = HostPort.values(value, port: port)
      } else {
        row.values = [value]
      }
      break
    }
    if row.values.isEmpty, let first = record.fields.first { row.values = [FeedRow.Value(first)] }
    // What a digest is needs no name.
    for field in record.fields where isDigest(field) && !row.values.contains(where: { $0.text == field }) { row.values.append(FeedRow.Value(field)) }
    return row
  }

  private static func isDigest(_ text: String) -> Bool {
    let bytes = text.utf8
    return [32, 40, 64, 128].contains(bytes.count) && bytes.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 | 0x20 }
  }

  /// A name or address beside the value may be the threat's, its victim's or its publisher's: without a header it is left, and said.
  private static func noteLeft(_ row: FeedRow, _ record: CSVRecord, _ sink: RowSink) {
    // The first rows tell what the columns are.
    guard record.fields.count > 1, record.fields.count <= 16, sink.report.rows < 20 else { return }
    for (index, field) in record.fields.enumerated().dropFirst() where field.contains(where: { $0 == "." || $0 == ":" }) && !row.values.contains(where: { $0.text == field }) {
      guard case .success(let readings) = ValueReader.read(FeedRow.Value(field, splittable: false)), let type = readings.first?.observables.first?.type,
        [.ipv4, .ipv6, .domain, .url].contains(type), !row.values.contains(where: { $0.text.hasPrefix(field) })
      else { continue }
      sink.noteOnce(
        "feed.column-left", of: "\(index)",
        "column \(index + 1) ('\(field.shortened)') is not taken: no header says what it holds; csv: {header: […]} can", line: row.line)
    }
  }

  /// `address,category,score`, as Suricata's reputation lists have it: 60 categories and scores to 127, no port.
  private static func isReputation(_ fields: [String]) -> Bool {
    guard fields.count == 3, let category = Int(fields[1]), let score = Int(fields[2]) else { return false }
    return (1...60).contains(category) && (0...127).contains(score)
  }

  // MARK: Header and delimiter

  /// What `sep=;` says, a line that spreadsheets write and read before the header.
  private static func separator(_ line: ArraySlice<UInt8>) -> UInt8? {
    let text = line.starts(with: [0xEF, 0xBB, 0xBF]) ? line.dropFirst(3) : line
    guard text.count <= 6, text.starts(with: "sep=".utf8), let delimiter = text.dropFirst(4).first else { return nil }
    return delimiter == 0x0D ? nil : delimiter
  }

  private static func header(
    _ setting: FeedDefinition.CSVSettings.Header, first: [String], comment: String?, delimiter: UInt8, map: FeedMap?
  ) -> (names: [String]?, isRow: Bool) {
    let commented = comment.map { text -> [String] in
      var splitter = CSVSplitter(delimiter: delimiter)
      splitter.take(Array(text.drop { $0 == "#" || $0 == " " }.utf8))
      splitter.endRecord()
      return splitter.fields.map { String(decoding: $0, as: UTF8.self).trimmed }
    }
    switch setting {
    case .none: return (nil, false)
    case .comment: return (commented, false)
    case .names(let names): return (names, first.map { TypeLabel.normalized($0) } == names.map { TypeLabel.normalized($0) })
    case .auto: break
    }
    if isHeader(first, map: map) { return (first.map(\.trimmed), true) }
    if let commented, commented.count >= 2, isHeader(commented, map: map) { return (commented, false) }
    return (nil, false)
  }

  /// Names, none of which is itself an indicator, at least one of which the map or we know.
  private static func isHeader(_ fields: [String], map: FeedMap?) -> Bool {
    let names = fields.map(\.trimmed).filter { !$0.isEmpty }
    guard !names.isEmpty, names.allSatisfy({ $0.utf8.count <= 64 && !isValue($0) }) else { return false }
    let wanted = Set(
      (map?.values.map(\.field.source) ?? []).compactMap { source -> String? in
        if case .column(let name) = source { TypeLabel.normalized(name) } else { nil }
      })
    return names.contains { wanted.contains(TypeLabel.normalized($0)) && Int($0) == nil } || names.contains { FieldRole(name: $0) != nil && $0.contains(where: \.isLetter) }
  }

  /// Whether a cell is an indicator by itself; names of columns have neither dots nor colons, and are shorter than digests.
  private static func isValue(_ text: String) -> Bool {
    TypeLabel.isLabelledValue(text) || (text.contains { $0 == "." || $0 == ":" } || text.utf8.count >= 32) && !Canonicalizer.readings(of: text).isEmpty
  }

  /// The delimiter that cuts the first lines into the same number of fields, more than one.
  static func sniffedDelimiter(_ beginning: [UInt8]) -> UInt8 {
    let lines = beginning.prefix(64 << 10).split(separator: 0x0A).filter { !$0.isEmpty }
    if let first = lines.first, let delimiter = separator(first) { return delimiter }
    let data = lines.filter { $0.first != UInt8(ascii: "#") }.prefix(20)
    var best: (delimiter: UInt8, score: Int) = (UInt8(ascii: ","), 0)
    for delimiter in [UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: ";"), UInt8(ascii: "|")] {
      let counts = data.map { line -> Int in
        var splitter = CSVSplitter(delimiter: delimiter)
        splitter.take(Array(line))
        splitter.endRecord()
        return splitter.fields.count
      }
      let several = counts.filter { $0 > 1 }.count
      let usual = counts.filter { $0 == counts.first }.count
      let score = several == 0 ? 0 : several * 10 + usual
      if score > best.score { best = (delimiter, score) }
    }
    return best.delimiter
  }
}

/// The columns of one body. What a name means is found out once, not for every row.
private final class CSVColumns {
  let names: [String]?
  private var known: [(name: String, index: Int?)] = []
  private(set) lazy var roles: [FieldRole?] = (names ?? []).map { FieldRole(name: $0) }

  /// Columns of who connects, where the port is that of whom was connected to.
  private(set) lazy var sources: Set<Int> = {
    let names = names ?? []
    guard zip(names, roles).contains(where: { $0.1 == .port && FieldRole.isDestination($0.0) }) else { return [] }
    return Set(names.indices.filter { FieldRole.isSource(names[$0]) })
  }()

  /// The types of labels met so far: a body has few of them in millions of rows.
  private var labels: [String: [IndicatorType]] = [:]

  init(_ names: [String]?) { self.names = names }

  func value(_ text: String, labelled label: String) -> FeedRow.Value {
    if let types = labels[label] { return FeedRow.Value(text, label: label, types: types) }
    let value = FeedRow.Value(text, labelled: label)
    if labels.count < 256 { labels[label] = value.types }
    return value
  }

  /// A column by its name in any case, or by its number from 1.
  func index(of name: String) -> Int? {
    // A handful, compared faster than hashed.
    for column in known where column.name == name { return column.index }
    let wanted = TypeLabel.normalized(name)
    let index = names?.firstIndex { TypeLabel.normalized($0) == wanted } ?? Int(name).flatMap { $0 >= 1 ? $0 - 1 : nil }
    known.append((name, index))
    return index
  }
}
