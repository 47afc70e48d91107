import Indicators

/// One value a line: comments `#`, `;`, `//`, trailing notes, a count behind a tab, ports, networks, ranges, defanged or not.
enum PlainFormat {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    var seenData = false
    let label = sink.definition.map.flatMap(Self.label)
    let identity = RowIdentity(context: ["plain", label ?? ""])
    let comment = sink.definition.csv.comment
    // A comment of the feed's own kind may look like anything.
    let mayBePlain = sink.takesPlainValues && (comment ?? "").isEmpty
    func takeInPlace(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) throws -> Bool {
      // The first line may be a header.
      guard mayBePlain, seenData, let first = unsafe bytes.first, !isMark(first) else { return false }
      return try unsafe sink.take(plain: bytes, line: line)
    }
    try unsafe LineWalk.walk(body, into: sink, takeInPlace: takeInPlace) { text, line in
      if isComment(text, configured: comment) {
        CommentFacts.read(text, into: sink)
        return
      }
      // A name over a list of one column: `Domain`, `md5_hash`.
      let isFirst = !seenData
      seenData = true
      if isFirst, isHeader(text) { return }
      if try !isFirst && sink.takeKnown(identity.of(text), line: line) { return }
      if let label {
        try sink.take(row(text, line: line, labelled: label))
      } else if isBare(text) {
        try sink.take(bare: text, line: line)
      } else {
        try sink.take(row(text, line: line))
      }
    }
    CommentFacts.checkCount(sink)
  }

  /// The type that the feed file gives all values of the list, which has no column but one.
  private static func label(_ map: FeedMap) -> String? {
    if case .label(let text) = map.values.first?.type { text } else { nil }
  }

  /// A line under a label. Where the label is all there is, as for a mutex, the whole line is the value: blanks and marks belong to it.
  private static func row(_ text: String, line: Int, labelled label: String) -> FeedRow {
    let whole = FeedRow.Value(text, labelled: label)
    let isOpaque = !whole.types.isEmpty && whole.types.allSatisfy(TypeLabel.opaque.contains)
    var row = isOpaque ? FeedRow(line: line, value: whole) : row(text, line: line)
    row.values = row.values.map { value in
      var labelled = FeedRow.Value(isOpaque ? unquoted(value.text) : value.text, labelled: label)
      labelled.splittable = !isOpaque
      return labelled
    }
    return row
  }

  /// What a comment or a quoted value may begin with.
  private static func isMark(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x22, 0x23, 0x27, 0x2F, 0x3B, 0x60: true
    default: false
    }
  }

  static func isComment(_ text: String, configured: String? = nil) -> Bool {
    if let configured, !configured.isEmpty, text.hasPrefix(configured) { return true }
    switch text.utf8.first {
    case 0x21, 0x23, 0x2F, 0x3B: break
    default: return false
    }
    return text.hasPrefix("#") || text.hasPrefix(";") || text.hasPrefix("//") || text.hasPrefix("! ") || text == "!"
  }

  private static func isHeader(_ text: String) -> Bool {
    // `sha256:DIGEST` is longer than any name.
    guard text.utf8.count <= 64, !text.contains("."), FieldRole(name: text) != nil, !TypeLabel.isLabelledValue(text) else { return false }
    return Canonicalizer.readings(of: text).isEmpty
  }

  static func row(_ text: String, line: Int) -> FeedRow {
    if isBare(text) { return FeedRow(line: line, value: FeedRow.Value(text)) }
    var row = FeedRow(line: line)
    row.shown = text
    let (date, undated) = withoutDate(withoutBullet(text))
    row.firstSeen = date
    let (body, note) = withoutNote(undated)
    var value = body
    var rest = ""
    if let tab = body.firstIndex(of: "\t") {
      value = body[..<tab].trimmed
      rest = body[body.index(after: tab)...].trimmed
    } else if let blank = body.unicodeScalars.firstIndex(where: Invisible.isBlank), isDigest(body.unicodeScalars[..<blank]) || !isWhole(body) {
      // `value note`, unless the blanks belong to the value (`192.0.2.1 - 192.0.2.9`). `digest  name` is what sha256sum writes.
      value = String(body.unicodeScalars[..<blank])
      rest = String(body.unicodeScalars[blank...]).trimmed
    }
    row.values = [FeedRow.Value(unquoted(value))]
    if let count = Int(rest), count > 0 {
      row.confidence = confidence(ofListings: count)
    } else if !rest.isEmpty {
      row.description = rest
    }
    if !note.isEmpty { row.description = note }
    return row
  }

  /// Nothing but printable ASCII, and not in quotes: no note, no bullet, no second column.
  private static func isBare(_ text: String) -> Bool {
    guard let first = text.utf8.first, first != 0x22, first != 0x27, first != 0x60 else { return false }
    let bytes = text.utf8.span
    for index in 0..<bytes.count where bytes[index] &- 0x21 > 0x5D { return false }
    return true
  }

  /// How sure a value is that `count` lists agree on: 40 for one, 10 more for each, 95 at most.
  static func confidence(ofListings count: Int) -> Int { min(95, 30 + 10 * min(count, 10)) }

  /// `- value`, `* value`, `• value`: an item of a list.
  private static func withoutBullet(_ text: String) -> String {
    for bullet in ["- ", "* ", "+ ", "\u{2022} ", "\u{2013} "] where text.hasPrefix(bullet) { return String(text.dropFirst(bullet.count)).trimmed }
    // `12. value`, `12) value`
    let number = text.utf8.prefix { 0x30...0x39 ~= $0 }
    if (1...6).contains(number.count), case let rest = text.dropFirst(number.count), rest.hasPrefix(". ") || rest.hasPrefix(") ") { return rest.dropFirst(2).trimmed }
    return text
  }

  /// Takes a leading date off: `2026-11-01 value`, `2026-11-01 12:00:00 value`, `2026-11-01T12:00:00Z value`.
  private static func withoutDate(_ text: String) -> (date: String?, rest: String) {
    guard let first = text.utf8.first, 0x30...0x39 ~= first else { return (nil, text) }
    let parts = text.unicodeScalars.split(maxSplits: 2, whereSeparator: Invisible.isBlank).map { String($0) }
    guard parts.count > 1, isDate(parts[0].utf8) else { return (nil, text) }
    let isTimed = parts.count == 3 && (5...15).contains(parts[1].utf8.count) && parts[1].utf8.dropFirst(2).first == 0x3A
      && parts[1].utf8.allSatisfy { 0x30...0x39 ~= $0 || $0 == 0x3A || $0 == 0x2E }
    return isTimed ? (parts[0] + " " + parts[1], parts[2].trimmed) : (parts[0], parts[1...].joined(separator: " "))
  }

  /// `2026-11-01`, with or without a time behind `T`.
  private static func isDate(_ text: String.UTF8View) -> Bool {
    guard text.count == 10 || text.dropFirst(10).first == 0x54 else { return false }
    return text.prefix(10).enumerated().allSatisfy { $0.offset == 4 || $0.offset == 7 ? $0.element == 0x2D : 0x30...0x39 ~= $0.element }
  }

  private static func isDigest(_ text: String.UnicodeScalarView.SubSequence) -> Bool {
    [32, 40, 56, 64, 96, 128].contains(text.count) && text.allSatisfy { $0.properties.isASCIIHexDigit }
  }

  private static func unquoted(_ text: String) -> String {
    guard text.utf8.count >= 2, let first = text.first, first == text.last, "\"'`".contains(first) else { return text }
    return String(text.dropFirst().dropLast())
  }

  private static func isWhole(_ text: String) -> Bool {
    if case .success = ValueReader.read(FeedRow.Value(text, splittable: false)) { return true }
    return false
  }

  /// Takes a trailing note off: `192.0.2.0/24 ; SBL1`, `name.example # why`. A `#` or `;` inside a URL has no blank before it.
  static func withoutNote(_ text: String) -> (value: String, note: String) {
    let scalars = text.unicodeScalars
    var index = scalars.startIndex
    var afterBlank = false
    while index < scalars.endIndex {
      let scalar = scalars[index]
      if afterBlank {
        if scalar == "#" || scalar == ";" || (scalar == "/" && scalars[index...].starts(with: "//".unicodeScalars)) {
          let note = String(scalars[index...].drop { $0 == "#" || $0 == ";" || $0 == "/" }).trimmed
          return (String(scalars[..<index]).trimmed, note)
        }
      }
      afterBlank = Invisible.isBlank(scalar)
      index = scalars.index(after: index)
    }
    return (text, "")
  }
}
