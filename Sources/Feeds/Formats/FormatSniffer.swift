import Indicators
import Syntax

/// Decides what a body is by its beginning, and refuses what is no feed.
enum FormatSniffer {
  /// - Throws: `feed.html`, `feed.error-document`, `feed.encoding`, `feed.empty`.
  static func decide(_ format: FeedFormat, beginning: [UInt8], definition: FeedDefinition) throws(Diagnostic) -> (format: FeedFormat, reason: String) {
    let name = definition.name
    let text = beginning.prefix(64 << 10)
    if text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF]) {
      throw Diagnostic(.error, code: "feed.encoding", "the body is UTF-16", hint: "feeds are read as UTF-8; convert it with iconv -f UTF-16 -t UTF-8", file: name)
    }
    let start = text.drop { $0 <= 0x20 || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
    if start.isEmpty { throw Diagnostic(.error, code: "feed.empty", "the body is empty", file: name) }
    let lower = String(decoding: start.prefix(2048), as: UTF8.self).lowercased()
    if format != .report, isHTML(lower) { throw Diagnostic(.error, code: "feed.html", "the body is an HTML page, not data", file: name) }
    if isErrorDocument(Array(start), isWhole: beginning.count < 4096) {
      throw Diagnostic(.error, code: "feed.error-document", "the body is an error message, not data", hint: "is the key set and valid?", file: name)
    }
    if format != .auto { return (format, "the feed file says so") }
    return try guess(start, lower)
  }

  static func isHTML(_ lower: String) -> Bool {
    lower.hasPrefix("<!doctype html") || lower.hasPrefix("<html") || (lower.hasPrefix("<") && (lower.contains("<head") || lower.contains("<body")))
  }

  /// `{"error": …}` and its sisters, when there is nothing else.
  private static func isErrorDocument(_ bytes: [UInt8], isWhole: Bool) -> Bool {
    guard isWhole, bytes.first == UInt8(ascii: "{"), let object = (try? JSONParser.parse(bytes))?.object, object.members.count <= 6 else { return false }
    let names = Set(object.members.map { $0.key.lowercased() })
    let hasData = object.members.contains { $0.value.array.map { !$0.isEmpty } ?? false }
    if hasData { return false }
    if !names.isDisjoint(with: ["error", "errors", "exception"]) { return true }
    let status = object["query_status"]?.string ?? object["status"]?.string ?? ""
    return ["error", "failed", "illegal_search_term", "no_results", "unknown_auth_key", "unauthorized"].contains(status.lowercased()) && !names.contains("objects")
  }

  private static func guess(_ start: ArraySlice<UInt8>, _ lower: String) throws(Diagnostic) -> (FeedFormat, String) {
    if lower.contains("\"type\"") && lower.contains("\"bundle\"") && start.first == UInt8(ascii: "{") { return (.stix, "a STIX bundle") }
    if start.first == UInt8(ascii: "{"), lower.contains("\"event\"") && (lower.contains("\"orgc\"") || lower.contains("\"attribute\"") || lower.contains("threat_level_id")) {
      return (.misp, "a MISP event")
    }
    if start.first == UInt8(ascii: "{") || start.first == UInt8(ascii: "[") {
      let lines = start.split(separator: 0x0A, maxSplits: 3).filter { $0.count > 1 }
      let isLines = start.first == UInt8(ascii: "{") && lines.count >= 2 && lines.prefix(2).allSatisfy { (try? JSONParser.parse(Array($0))) != nil }
      if isLines { return (.jsonl, "a JSON object on each line") }
      if start.first == UInt8(ascii: "["), lower.hasPrefix("[adblock") { return (.adblock, "an AdBlock header") }
      return (.json, "a JSON document")
    }
    if lower.hasPrefix("#fields\t") || lower.contains("\n#fields\t") { return (.zeekIntel, "a Zeek #fields line") }
    let lines = lower.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }
    let data = lines.filter { !$0.hasPrefix("#") && !$0.hasPrefix(";") && !$0.hasPrefix("!") }.prefix(40)
    if lower.hasPrefix("[adblock") || data.contains(where: { $0.hasPrefix("||") && $0.contains("^") }) { return (.adblock, "AdBlock rules") }
    if !data.isEmpty, data.filter({ isHostsLine($0) }).count * 2 > data.count { return (.hosts, "addresses before names") }
    if data.contains(where: { ($0.hasPrefix("alert ") || $0.hasPrefix("drop ")) && $0.contains("sid:") }) { return (.suricata, "Suricata rules") }
    if lines.contains(where: { $0.hasPrefix("# aliases:") || $0.hasPrefix("# reference:") }) { return (.maltrail, "maltrail comments") }
    return table(start, data)
  }

  private static func isHostsLine(_ line: Substring) -> Bool {
    let parts = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
    return parts.count >= 2 && ["0.0.0.0", "127.0.0.1", "::", "::1"].contains(String(parts[0]))
  }

  /// A list or a table: a comma, semicolon or bar that stands in most lines, outside URLs.
  private static func table(_ start: ArraySlice<UInt8>, _ data: ArraySlice<Substring>) -> (FeedFormat, String) {
    guard !data.isEmpty else { return (.plain, "nothing but comments") }
    let delimiter = CSVFormat.sniffedDelimiter(Array(start))
    let character = Character(Unicode.Scalar(delimiter))
    let cut = data.filter { $0.contains(character) && !(character == "\t" && $0.filter { $0 == "\t" }.count == 1 && isCounted($0)) }
    if cut.count * 10 >= data.count * 8, character != "\t" || cut.count * 10 >= data.count * 9 {
      return (.csv, "fields parted by '\(character == "\t" ? "tab" : String(character))'")
    }
    return (.plain, "one value a line")
  }

  /// `value<TAB>number`, as IPsum writes: a list with a count, no table.
  private static func isCounted(_ line: Substring) -> Bool { line.split(separator: "\t").last.map { Int($0) != nil } ?? false }
}
