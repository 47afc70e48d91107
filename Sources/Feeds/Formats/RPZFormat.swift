import Indicators

/// DNS Response Policy Zones (draft-vixie-dnsop-dns-rpz): the names and addresses that a resolver is told to refuse or redirect.
struct RPZFormat {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    var reader = RPZFormat(sink: sink)
    var lines = ZoneLines()
    try LineWalk.walk(body, into: sink, trimming: false) { text, line in
      if text.drop(while: \.isWhitespace).first == ";" { return CommentFacts.read(text, into: sink) }
      guard let entry = lines.take(text, line: line) else { return }
      try reader.take(entry)
    }
    if let rest = lines.unfinished { try sink.rejectRow(rest.shown, reason: "unclosed-parenthesis", line: rest.line) }
    try reader.flush()
    CommentFacts.checkCount(sink)
  }

  /// A name that is refused, held back for a record: the same name with `*.` before it makes it one with everything below.
  private struct Held {
    var name: String
    var isWildcard: Bool
    var row: FeedRow
  }

  private let sink: RowSink
  /// What relative names stand below; empty while the file does not say.
  private var origin = ""
  /// The zone's own name, which no trigger holds.
  private var apex: String?
  private var owner = ""
  private var lastTrigger: String?
  private var held: Held?

  private init(sink: RowSink) { self.sink = sink }

  private mutating func take(_ entry: ZoneLines.Entry) throws {
    var fields = entry.fields[...]
    if let first = fields.first, first.hasPrefix("$") {
      switch first.uppercased() {
      case "$ORIGIN": origin = fields.dropFirst().first.map(absolute) ?? origin
      case "$TTL": break
      default: try sink.leaveRow(entry.shown, reason: "directive:\(first.shortened)", line: entry.line)
      }
      return
    }
    if !entry.continuesOwner, let name = fields.popFirst() { owner = absolute(name) }
    // The time to live and the class stand in any order, or not at all.
    while let field = fields.first, Self.isLifetime(field) || ["IN", "CH", "HS"].contains(field.uppercased()) { fields.removeFirst() }
    guard let type = fields.popFirst()?.uppercased() else { return try sink.rejectRow(entry.shown, reason: "no-record-type", line: entry.line) }
    switch type {
    case "SOA":
      apex = apex ?? owner
      takeSerial(fields)
    case "NS" where trigger.isEmpty: break
    case "CNAME", "A", "AAAA", "TXT", "MX", "SRV", "HTTPS", "SVCB": try take(type, fields.first ?? "", entry)
    // Signatures and what else zones hold speak of the zone.
    case "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "DS", "CDS", "CDNSKEY": break
    default: try sink.leaveRow(entry.shown, reason: "record:\(type.shortened)", line: entry.line)
    }
  }

  private mutating func take(_ type: String, _ data: String, _ entry: ZoneLines.Entry) throws {
    let trigger = trigger
    // The zone's own addresses and texts.
    if trigger.isEmpty { return }
    guard isInZone else { return try sink.leaveRow(entry.shown, reason: "out-of-zone", line: entry.line) }
    if type == "CNAME" {
      let target = data.lowercased()
      // `name CNAME name.` is how the first versions said what passes.
      if target == "rpz-passthru." || absolute(data) == trigger { return try pass(entry) }
      if target == "rpz-tcp-only." { return try sink.leaveRow(entry.shown, reason: "action:rpz-tcp-only", line: entry.line) }
    }
    // Several records that answer for one name are one trigger.
    if lastTrigger == trigger { return try sink.skipRow(line: entry.line) }
    lastTrigger = trigger
    var row = FeedRow(line: entry.line)
    row.shown = entry.shown
    row.description = entry.comment
    row.reference = entry.comment?.split(separator: " ").first { $0.hasPrefix("https://") || $0.hasPrefix("http://") }.map(String.init)
    switch trigger.split(separator: ".").last {
    case "rpz-ip":
      try flush()
      guard let address = Self.address(trigger.dropLast(7)) else { return try sink.rejectRow(entry.shown, reason: "bad-rpz-ip", line: entry.line) }
      row.values = [FeedRow.Value(address, labelled: "ip")]
      try sink.take(row)
    case .some(let last) where last.hasPrefix("rpz-"): try sink.leaveRow(entry.shown, reason: String(last), line: entry.line)
    default: try hold(trigger, row)
    }
  }

  private func pass(_ entry: ZoneLines.Entry) throws { try sink.skipRow(line: entry.line) }

  // MARK: Names

  private mutating func hold(_ trigger: String, _ row: FeedRow) throws {
    let isWildcard = trigger.hasPrefix("*.")
    let name = isWildcard ? String(trigger.dropFirst(2)) : trigger
    if let held, held.name == name, held.isWildcard != isWildcard {
      self.held = nil
      var both = held.row
      both.values = [FeedRow.Value(name, labelled: "domain")]
      try sink.take(both)
      return try sink.skipRow(line: row.line)
    }
    try flush()
    held = Held(name: name, isWildcard: isWildcard, row: row)
  }

  /// A name alone is refused alone.
  private mutating func flush() throws {
    guard let held else { return }
    self.held = nil
    var row = held.row
    if held.isWildcard {
      row.values = [FeedRow.Value("*." + held.name, labelled: "domain")]
    } else {
      row.values = [FeedRow.Value(held.name, labelled: "domain")]
      row.mode = .exact
    }
    try sink.take(row)
  }

  /// A name of the file in full, without its last dot.
  private func absolute(_ name: String) -> String {
    if name == "@" { return origin }
    let lower = name.lowercased()
    if lower.hasSuffix(".") { return String(lower.dropLast()) }
    return origin.isEmpty ? lower : "\(lower).\(origin)"
  }

  /// The zone whose names triggers are: that of its SOA record, else the first origin.
  private var zone: String { apex ?? origin }

  private var isInZone: Bool { zone.isEmpty || owner == zone || owner.hasSuffix("." + zone) }

  /// The owner below the zone; empty for the zone itself.
  private var trigger: String {
    if owner == zone { return "" }
    return !zone.isEmpty && owner.hasSuffix("." + zone) ? String(owner.dropLast(zone.count + 1)) : owner
  }

  private static func isLifetime(_ text: String) -> Bool {
    guard let first = text.utf8.first, 0x30...0x39 ~= first else { return false }
    return text.utf8.allSatisfy { 0x30...0x39 ~= $0 || "smhdwSMHDW".utf8.contains($0) }
  }

  /// `2026112601` is the date of the zone; a count says nothing.
  private func takeSerial(_ fields: ArraySlice<String>) {
    guard let serial = fields.dropFirst(2).first?.utf8, serial.count == 10, serial.allSatisfy({ 0x30...0x39 ~= $0 }), sink.report.bodyDate == nil else { return }
    let digits = Array(serial)
    func text(_ range: Range<Int>) -> String { String(decoding: digits[range], as: UTF8.self) }
    // Others count hours there, or years of two digits.
    sink.report.bodyDate = FeedDates.parse("\(text(0..<4))-\(text(4..<6))-\(text(6..<8))")
  }

  /// `32.7.113.0.203` is 203.0.113.7; `48.zz.db8.2001` is 2001:db8::/48.
  private static func address(_ trigger: Substring) -> String? {
    let parts = trigger.split(separator: ".", omittingEmptySubsequences: false)
    guard let length = parts.first.flatMap({ Int($0) }), parts.count >= 3 else { return nil }
    let words = parts.dropFirst().reversed().map(String.init)
    if words.count == 4, words.allSatisfy({ $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }), (1...32).contains(length) {
      let address = words.joined(separator: ".")
      return length == 32 ? address : "\(address)/\(length)"
    }
    guard (1...128).contains(length), words.count(where: { $0 == "zz" }) <= 1 else { return nil }
    let zeros = words.firstIndex(of: "zz")
    var text = words.map { $0 == "zz" ? "" : $0 }.joined(separator: ":")
    if zeros == words.startIndex { text = ":" + text }
    if zeros == words.index(before: words.endIndex) { text += ":" }
    return length == 128 ? text : "\(text)/\(length)"
  }
}

/// Cuts a zone file (RFC 1035, section 5.1) into its entries: comments, quotes, and parentheses over several lines.
struct ZoneLines {
  struct Entry {
    var fields: [String] = []
    /// The line began with blanks: the owner is that of the entry before.
    var continuesOwner = false
    var comment: String?
    var shown = ""
    var line = 0
  }

  private var entry = Entry()
  private var depth = 0

  /// What began and did not end.
  var unfinished: Entry? { depth > 0 ? entry : nil }

  /// The entry that ends with this line; nil when none does.
  mutating func take(_ text: String, line: Int) -> Entry? {
    if depth == 0 { entry = Entry(continuesOwner: text.first?.isWhitespace == true, shown: text.trimmed.shortened, line: line) }
    cut(text)
    // An entry of a resolver's length; what is longer lost its end.
    if entry.fields.count > FeedLimits.columns { depth = 0 }
    return depth > 0 || entry.fields.isEmpty ? nil : entry
  }

  /// The usual line, which needs no look at each of its characters: false for one with quotes, escapes or parentheses.
  private mutating func cutPlain(_ text: String) -> Bool {
    let bytes = text.utf8
    let end = bytes.firstIndex(of: 0x3B) ?? bytes.endIndex
    if bytes[..<end].contains(where: { $0 == 0x22 || $0 == 0x28 || $0 == 0x29 || $0 == 0x5C || $0 >= 0x80 }) { return false }
    for field in bytes[..<end].split(whereSeparator: { $0 == 0x20 || 0x09...0x0D ~= $0 }) { entry.fields.append(String(Substring(field))) }
    takeComment(text[end...])
    return true
  }

  private mutating func takeComment(_ text: Substring) {
    let comment = text.drop { $0 == ";" }.trimmed
    if !comment.isEmpty { entry.comment = entry.comment ?? comment }
  }

  private mutating func cut(_ text: String) {
    if cutPlain(text) { return }
    var field = ""
    var isQuoted = false
    var isEscaped = false
    func isEnd(_ character: Character) -> Bool { character.isWhitespace || "();".contains(character) }
    func add() {
      if !field.isEmpty { entry.fields.append(field) }
      field = ""
    }
    for index in text.indices {
      let character = text[index]
      if isEscaped || isQuoted && character != "\"" {
        field.append(character)
        isEscaped = false
      } else if character == "\\" {
        field.append(character)
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if isEnd(character) {
        add()
        if character == "(" { depth += 1 }
        if character == ")" { depth = max(0, depth - 1) }
        if character == ";" {
          takeComment(text[index...])
          return
        }
      } else {
        field.append(character)
      }
    }
    add()
  }
}
