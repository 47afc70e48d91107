import Indicators

/// Suricata rules, datasets and IP reputation lists: the names, addresses and digests that are looked for by value.
///
/// A rule that looks for more than a name (a host and a part of a path, say) says nothing by the name alone: it is left, not halved.
enum SuricataFormat {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    var continued = ""
    try LineWalk.walk(body, into: sink) { text, line in
      if text.hasSuffix("\\"), continued.utf8.count < FeedLimits.fieldBytes {
        continued += text.dropLast() + " "
        return
      }
      let text = continued.isEmpty ? text : continued + text
      continued = ""
      if text.hasPrefix("#") { return CommentFacts.read(text, into: sink) }
      guard let rule = SuricataRule(text) else { return try entry(text, line, into: sink) }
      try take(rule, text, line, into: sink)
    }
  }

  private static func take(_ rule: SuricataRule, _ text: String, _ line: Int, into sink: RowSink) throws {
    if rule.action == "pass" { return try sink.skipRow(line: line) }
    var row = FeedRow(line: line)
    row.shown = text
    row.description = rule.option("msg")
    row.reference = rule.options("reference").lazy.compactMap { $0.hasPrefix("url,") ? "https://" + $0.dropFirst(4) : nil }.first
    row.malware = rule.metadata("malware_family")
    row.tags = [rule.option("classtype")].compactMap { $0 } + rule.metadata("tag")
    if let created = rule.metadata("created_at").first { row.firstSeen = created.replacing("_", with: "-") }
    if let updated = rule.metadata("updated_at").first { row.lastSeen = updated.replacing("_", with: "-") }
    row.values = rule.header.addresses
    switch rule.names {
    case .values(let values): row.values += values.map { FeedRow.Value($0.text, labelled: $0.label) }
    case .needsMore(let what):
      if row.values.isEmpty { return try sink.leaveRow(text, reason: "needs-more:\(what)", line: line) }
    case .none: break
    }
    if row.values.isEmpty { return try sink.leaveRow(text, reason: "no-indicator-in-rule", line: line) }
    try sink.take(row)
  }

  /// A line of a dataset (`value` or `value,reputation`, strings in base64) or of an IP reputation list (`address,category,score`).
  private static func entry(_ text: String, _ line: Int, into sink: RowSink) throws {
    let cells = text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
    var row = FeedRow(line: line)
    row.shown = text
    var value = text
    if cells.count == 3, let score = Int(cells[2]), (0...127).contains(score), Int(cells[1]) != nil {
      value = cells[0]
      row.confidence = score * 100 / 127
      row.tags = ["category:\(cells[1])"]
    } else if cells.count == 2, Int(cells[1]) != nil || UInt16(cells[1], radix: 16) != nil {
      value = cells[0]
    }
    if case .failure = ValueReader.read(FeedRow.Value(value)), let decoded = Base64Text.decode(value) { value = decoded }
    row.values = [FeedRow.Value(value)]
    try sink.take(row)
  }
}

/// RFC 4648 base64 of UTF-8 text, as datasets of strings are kept.
enum Base64Text {
  static func decode(_ text: String) -> String? {
    var bits: UInt32 = 0
    var count = 0
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)
    guard rest.count % 4 == 0, rest.count >= 4, rest.count <= FeedLimits.fieldBytes else { return nil }
    while rest.last == UInt8(ascii: "="), rest.count % 4 != 1 { rest.removeLast() }
    for byte in rest {
      let value: UInt32
      switch byte {
      case 0x41...0x5A: value = UInt32(byte) - 0x41
      case 0x61...0x7A: value = UInt32(byte) - 0x61 + 26
      case 0x30...0x39: value = UInt32(byte) - 0x30 + 52
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      default: return nil
      }
      bits = bits << 6 | value
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }
}
