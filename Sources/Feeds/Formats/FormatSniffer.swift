import Indicators
import Syntax

/// Decides what a body is by its beginning, and refuses what is no feed.
enum FormatSniffer {
  /// - Throws: `feed.html`, `feed.error-document`, `feed.encoding`, `feed.empty`, `feed.binary`, `feed.git-lfs`, `feed.unknown-xml`.
  static func decide(_ format: FeedFormat, beginning: [UInt8], name: String) throws(Diagnostic) -> (format: FeedFormat, reason: String) {
    let text = beginning.prefix(64 << 10)
    if text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF]) {
      throw Diagnostic(.error, code: "feed.encoding", "the body is UTF-16", hint: "feeds are read as UTF-8; convert it with iconv -f UTF-16 -t UTF-8", file: name)
    }
    let start = text.drop { $0 <= 0x20 || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
    if start.isEmpty { throw Diagnostic(.error, code: "feed.empty", "the body is empty", file: name) }
    switch BodyAppearance(sniffing: start, isWhole: beginning.count < 4096) {
    case .html where format != .report: throw Diagnostic(.error, code: "feed.html", "the body is an HTML page, not data", file: name)
    case .binary: throw Diagnostic(.error, code: "feed.binary", "the body is binary data of no known kind", file: name)
    case .errorDocument where format != .report:
      throw Diagnostic(.error, code: "feed.error-document", "the body is an error message, not data", hint: "is the key set and valid?", file: name)
    default: break
    }
    if start.starts(with: "version https://git-lfs.github.com/spec/".utf8) {
      throw Diagnostic(
        .error, code: "feed.git-lfs", "the body is a Git LFS pointer, not the file it points to", hint: "fetch it from the server's media address", file: name)
    }
    if isErrorDocument(Array(start), isWhole: beginning.count < 4096) {
      throw Diagnostic(.error, code: "feed.error-document", "the body is an error message, not data", hint: "is the key set and valid?", file: name)
    }
    if isForScreen(beginning), [.auto, .json, .jsonl, .stix, .misp].contains(format) {
      throw Diagnostic(
        .error, code: "feed.terminal-escape", "the body begins with a terminal escape (ESC [): it is what a program wrote for a screen",
        hint: "make the list without colours (NO_COLOR=1, --color=never)", file: name)
    }
    if format != .auto { return (format, "the feed file says so") }
    if isXML(beginning) { return try xml(String(decoding: start.prefix(16 << 10), as: UTF8.self), name: name) }
    if start.first == UInt8(ascii: "{") || start.first == UInt8(ascii: "[") { return json(start) }
    return TextSniffer.decide(start)
  }

  /// Colours and cursor movements (ECMA-48) before anything else.
  private static func isForScreen(_ beginning: [UInt8]) -> Bool {
    let start = beginning.drop { [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
    return start.starts(with: [0x1B, 0x5B]) || start.starts(with: [0x1B, 0x5D])
  }

  static func isXML(_ beginning: [UInt8]) -> Bool {
    let start = beginning.drop { $0 <= 0x20 || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
    guard start.first == UInt8(ascii: "<"), let next = start.dropFirst().first else { return false }
    return next == UInt8(ascii: "?") || next == UInt8(ascii: "!") || (next | 0x20 >= 0x61 && next | 0x20 <= 0x7A)
  }

  /// `{"error": …}` and its sisters, when there is nothing else.
  private static func isErrorDocument(_ bytes: [UInt8], isWhole: Bool) -> Bool {
    guard isWhole, bytes.first == UInt8(ascii: "{"), let object = (try? JSONParser.parse(bytes))?.object, object.members.count <= 6 else { return false }
    let names = Set(object.members.map { $0.key.lowercased() })
    let hasData = object.members.contains { $0.value.array.map { !$0.isEmpty } ?? false }
    if hasData { return false }
    if !names.isDisjoint(with: ["error", "errors", "exception"]) { return true }
    if names.isSubset(of: ["message", "status", "code", "statuscode", "detail", "title", "request_id"]), !names.isDisjoint(with: ["message", "detail"]) { return true }
    let status = object["query_status"]?.string ?? object["status"]?.string ?? ""
    return ["error", "failed", "illegal_search_term", "no_result", "no_results", "unknown_auth_key", "unauthorized"].contains(status.lowercased()) && !names.contains("objects")
  }

  private static func xml(_ text: String, name: String) throws(Diagnostic) -> (FeedFormat, String) {
    if text.contains("STIX_Package") || text.contains("stix.mitre.org") { return (.stix, "a STIX 1 package") }
    if text.contains("schemas.mandiant.com") || text.contains("<ioc") || text.contains("<OpenIOC") || text.contains("openioc.org") {
      return (.openioc, "an OpenIOC document")
    }
    throw Diagnostic(
      .error, code: "feed.unknown-xml", "XML of no kind that is known", hint: "STIX 1 and OpenIOC are read; for a text in XML or HTML set format: report",
      file: name)
  }

  private static func json(_ start: ArraySlice<UInt8>) -> (FeedFormat, String) {
    let lower = String(decoding: start.prefix(64 << 10), as: UTF8.self).lowercased()
    if lower.hasPrefix("[adblock") { return (.adblock, "an AdBlock header") }
    // A record of a list is judged by its own first bytes, not by what a feed may quote further down.
    let beginning = lower.prefix(4096)
    let isEnvelope = beginning.contains("\"objects\"") && lower.contains("\"type\"") && (lower.contains("\"spec_version\"") || lower.contains("\"bundle\""))
    if isEnvelope || isSTIXList(lower) { return (.stix, lower.contains("\"bundle\"") ? "a STIX bundle" : "STIX objects") }
    if lower.contains("--") && lower.contains("\"indicator\"") && lower.contains("\"pattern\"") && lower.contains("\"objects\"") { return (.stix, "STIX objects") }
    if beginning.contains("\"event\"") || beginning.contains("\"response\"") {
      if lower.contains("\"orgc\"") || lower.contains("\"to_ids\"") || lower.contains("threat_level_id") { return (.misp, beginning.contains("\"event\"") ? "a MISP event" : "MISP attributes") }
    }
    let lines = start.split(separator: 0x0A, maxSplits: 3).filter { $0.count > 1 }
    let isLines = start.first == UInt8(ascii: "{") && lines.count >= 2 && lines.prefix(2).allSatisfy { (try? JSONParser.parse(Array($0))) != nil }
    if isLines || lines.count == 1 && isRecord(lines[0]) { return (.jsonl, "a JSON object on each line") }
    // `[.]name` or `[text]` at the beginning of a list is no JSON.
    if start.first == UInt8(ascii: "["), let next = start.dropFirst().first(where: { $0 > 0x20 }), !"{[\"]-0123456789tfn".utf8.contains(next) {
      return TextSniffer.decide(start)
    }
    return (.json, "a JSON document")
  }

  /// `{"type": "npm", "value": "left-pad"}`: one row, on the only line.
  private static func isRecord(_ line: ArraySlice<UInt8>) -> Bool {
    guard line.first == UInt8(ascii: "{"), let object = (try? JSONParser.parse(Array(line)))?.object else { return false }
    return object["type"]?.string != nil && object["value"]?.string != nil
  }

  /// A single object: `"id": "identity--…"`.
  private static func isSTIXObject(_ lower: String) -> Bool {
    guard lower.hasPrefix("{"), lower.prefix(512).contains("\"type\""), let key = lower.firstRange(of: "\"id\"") else { return false }
    let value = lower[key.upperBound...].prefix(64).drop { $0 == ":" || $0 == " " || $0 == "\"" }
    return value.prefix { $0.isLetter || $0 == "-" || $0.isNumber }.contains("--")
  }

  private static func isSTIXList(_ lower: String) -> Bool {
    lower.hasPrefix("{") && lower.prefix(2048).contains("\"bundle--") || isSTIXObject(lower) || lower.hasPrefix("[") && lower.prefix(2048).contains("\"indicator--")
  }
}
