import Indicators

/// One value a line: comments `#`, `;`, `//`, trailing notes, a count behind a tab, ports, networks, ranges, defanged or not.
enum PlainFormat {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    var seenData = false
    let identity = RowIdentity(context: ["plain"])
    try LineWalk.walk(body, into: sink) { text, line in
      if isComment(text, configured: sink.definition.csv.comment) {
        CommentFacts.read(text, into: sink)
        return
      }
      // A name over a list of one column: `Domain`, `md5_hash`.
      let isFirst = !seenData
      seenData = true
      if isFirst, isHeader(text) { return }
      if try !isFirst && sink.takeKnown(identity.of(Array(text.utf8)), line: line) { return }
      try sink.take(row(text, line: line))
    }
    CommentFacts.checkCount(sink)
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
    guard !text.contains("."), FieldRole(name: text) != nil else { return false }
    return Canonicalizer.readings(of: text).isEmpty
  }

  static func row(_ text: String, line: Int) -> FeedRow {
    if isBare(text) { return FeedRow(line: line, value: FeedRow.Value(text)) }
    var row = FeedRow(line: line)
    row.shown = text
    let (body, note) = withoutNote(withoutBullet(text))
    var value = body
    var rest = ""
    if let tab = body.firstIndex(of: "\t") {
      value = body[..<tab].trimmed
      rest = body[body.index(after: tab)...].trimmed
    } else if let blank = body.unicodeScalars.firstIndex(where: Invisible.isBlank), !isWhole(body) {
      // `value note`, unless the blanks belong to the value (`192.0.2.1 - 192.0.2.9`).
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
    return text
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
