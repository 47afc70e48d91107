import Indicators

/// Decides what a text of lines is: a table, a list, rules, a hosts file, YAML, or prose with indicators in it.
enum TextSniffer {
  static func decide(_ start: ArraySlice<UInt8>) -> (FeedFormat, String) {
    let text = String(decoding: start, as: UTF8.self)
    let lower = text.lowercased()
    if lower.hasPrefix("#fields\t") || lower.contains("\n#fields\t") { return (.zeekIntel, "a Zeek #fields line") }
    let all = text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }
    // The last line may be cut off where the beginning ends.
    let lines = all.count > 1 && start.count >= 64 << 10 ? all.dropLast() : all[...]
    let data = Array(lines.filter { !$0.hasPrefix("#") && !$0.hasPrefix(";") && !$0.hasPrefix("!") && !$0.hasPrefix("//") }.prefix(60))
    if lower.hasPrefix("[adblock") || data.contains(where: { $0.hasPrefix("||") && $0.contains("^") }) { return (.adblock, "AdBlock rules") }
    if !data.isEmpty, data.count(where: isHostsLine) * 2 > data.count { return (.hosts, "addresses before names") }
    if isPolicyZone(data) { return (.rpz, "a response policy zone") }
    let rules = ["alert ", "drop ", "reject ", "pass "]
    if data.contains(where: { line in rules.contains { line.hasPrefix($0) } && line.contains("sid:") }) { return (.suricata, "Suricata rules") }
    let comments = lines.filter { $0.hasPrefix("#") }.prefix(200).map { $0.lowercased() }
    if comments.contains(where: { $0.hasPrefix("# aliases:") || $0.hasPrefix("# reference:") }) { return (.maltrail, "maltrail comments") }
    guard !data.isEmpty else { return (.plain, "nothing but comments") }
    if data.count(where: { $0.hasPrefix("\"") && $0.contains("\":") }) * 2 > data.count { return (.json, "members of JSON") }
    if isYAML(text, data) { return (.yaml, "YAML keys and lists") }
    if isAsciiDoc(lines) { return (.report, "a document for people") }
    if let table = table(start, data) { return table }
    return isProse(data) ? (.report, "text with indicators in it") : (.plain, "one value a line")
  }

  /// Records that refuse a name, and a zone around them.
  private static func isPolicyZone(_ data: [Substring]) -> Bool {
    var actions = 0
    var records = 0
    var isZone = false
    for line in data {
      let fields = line.prefix { $0 != ";" }.split(whereSeparator: \.isWhitespace)
      let upper = fields.dropLast().map { $0.uppercased() }
      if line.hasPrefix("$TTL") || line.hasPrefix("$ORIGIN") || upper.contains("SOA") {
        isZone = true
      } else if let type = upper.last, ["CNAME", "A", "AAAA"].contains(type) {
        records += 1
        if let target = fields.last, type == "CNAME", target == "." || target == "*." || target.hasPrefix("rpz-") { actions += 1 }
      }
    }
    return actions > 0 && (isZone || actions * 2 > data.count) && (actions + records) * 2 >= data.count / 2
  }

  private static func isHostsLine(_ line: Substring) -> Bool {
    let parts = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
    return parts.count >= 2 && ["0.0.0.0", "127.0.0.1", "::", "::1"].contains(String(parts[0])) && Int(parts[1]) == nil
  }

  /// `---` or a key at the beginning, and nothing but keys and items after it.
  private static func isYAML(_ text: String, _ data: [Substring]) -> Bool {
    guard let first = data.first, first.hasPrefix("---") || isKey(first) || (first.hasPrefix("- ") && isKey(first.dropFirst(2))) else { return false }
    let known = data.count { isKey($0) || $0.hasPrefix("- ") || $0.hasPrefix("---") }
    return data.count >= 2 && known * 10 >= data.count * 9 && data.count(where: { isKey($0) || ($0.hasPrefix("- ") && isKey($0.dropFirst(2))) }) >= 2
  }

  private static func isKey(_ line: Substring) -> Bool {
    let line = line.hasPrefix("- ") ? line.dropFirst(2) : line
    guard let colon = line.firstIndex(of: ":"), colon != line.startIndex, line.distance(from: line.startIndex, to: colon) <= 40 else { return false }
    let next = line.index(after: colon)
    guard next == line.endIndex || line[next] == " " else { return false }
    return line[..<colon].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" } && line.first?.isLetter == true
  }

  /// Headings, tables and code fences of AsciiDoc and Markdown.
  private static func isAsciiDoc(_ lines: ArraySlice<Substring>) -> Bool {
    let marks = lines.prefix(200).count { line in
      line.hasPrefix("== ") || line.hasPrefix("=== ") || line.hasPrefix("|===") || line.hasPrefix("## ") || line.hasPrefix("### ") || line.hasPrefix("```") || line.hasPrefix("|--")
    }
    return marks >= 2
  }

  /// A table: a comma, semicolon or bar that stands in most lines, outside URLs.
  private static func table(_ start: ArraySlice<UInt8>, _ data: [Substring]) -> (FeedFormat, String)? {
    let delimiter = CSVFormat.sniffedDelimiter(Array(start))
    let character = Character(Unicode.Scalar(delimiter))
    // Spamhaus opens with comments behind `;` and writes its notes behind `;` too.
    if character == ";", String(decoding: start.prefix(256), as: UTF8.self).trimmed.hasPrefix(";") { return nil }
    let cut = data.filter { $0.contains(character) && !(character == "\t" && $0.count { $0 == "\t" } == 1 && isCounted($0)) }
    guard cut.count * 10 >= data.count * 8, character != "\t" || cut.count * 10 >= data.count * 9 else { return nil }
    return (.csv, "fields parted by '\(character == "\t" ? "tab" : String(character))'")
  }

  /// `value<TAB>number`, as IPsum writes: a list with a count, no table.
  private static func isCounted(_ line: Substring) -> Bool { line.split(separator: "\t").last.map { Int($0) != nil } ?? false }

  /// Headings and sentences among the lines, and at least as many values in the text as a list would give.
  private static func isProse(_ data: [Substring]) -> Bool {
    var values = 0
    var phrases = 0
    for line in data {
      if let value = PlainFormat.row(line.trimmed, line: 1).values.first, case .success = ValueReader.read(value) {
        values += 1
      } else if isPhrase(line) {
        phrases += 1
      }
    }
    // A list with a few bad lines is a list; what is wrong with them shall be seen.
    if values * 10 >= data.count * 9 || (phrases == 0 && values * 2 >= data.count) { return false }
    let found = TextExtractor().extract(data.map { $0.prefix(4096) }.joined(separator: "\n")).count
    return found > 0 && found >= values
  }

  /// `FILE HASHES:`, `== Network`, a sentence.
  private static func isPhrase(_ line: Substring) -> Bool {
    let text = line.trimmed
    let letters = text.filter(\.isLetter)
    return text.hasSuffix(":") || text.hasPrefix("==") || (letters.count >= 4 && letters.allSatisfy(\.isUppercase)) || text.split(separator: " ").count >= 7
  }
}
