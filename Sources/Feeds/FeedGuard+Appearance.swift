/// What the first bytes of a body look like, whatever its label says.
public enum BodyAppearance: String, Sendable, Equatable {
  case plain, empty, html, errorDocument = "error-document", binary

  /// How many bytes from the start are worth giving to ``init(sniffing:isWhole:)``.
  public static let sniffedBytes = 4_096

  /// - Parameters:
  ///   - head: the first bytes of the decoded body.
  ///   - isWhole: whether `head` is all of it.
  public init(sniffing head: some Collection<UInt8>, isWhole: Bool) {
    var text = Array(head.prefix(Self.sniffedBytes))
    if text.starts(with: [0xef, 0xbb, 0xbf]) { text.removeFirst(3) }
    let isUTF16 = text.starts(with: [0xff, 0xfe]) || text.starts(with: [0xfe, 0xff])
    let visible = text.drop { $0 == 0x20 || 0x09...0x0d ~= $0 }
    if visible.isEmpty {
      self = isWhole ? .empty : .plain
    } else if Self.isHTML(visible) {
      self = .html
    } else if isWhole && Self.isErrorDocument(visible) {
      self = .errorDocument
    } else if !isUTF16 && !Self.isArchive(text) && Self.isBinary(text) {
      self = .binary
    } else {
      self = .plain
    }
  }

  /// `<!doctype html`, `<html`, or another element that only a page begins with; comments and an XML declaration may stand before.
  private static func isHTML(_ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    while rest.first == UInt8(ascii: "<") {
      let lower = String(decoding: rest.prefix(64).map { 0x41...0x5a ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self)
      let words = ["<!doctype html", "<html", "<head", "<body", "<title", "<script", "<meta", "<center", "<h1", "<div", "<table"]
      for word in words where lower.hasPrefix(word) {
        let next = lower.utf8.dropFirst(word.utf8.count).first
        if next == nil || next.map({ !(0x61...0x7a ~= $0) && $0 != 0x3a }) == true { return true }
      }
      // Step over one comment or declaration.
      guard lower.hasPrefix("<!--") || lower.hasPrefix("<?") else { return false }
      let end: [UInt8] = lower.hasPrefix("<!--") ? Array("-->".utf8) : Array("?>".utf8)
      guard let close = rest.indices.first(where: { rest[$0...].starts(with: end) }) else { return false }
      rest = rest[(close + end.count)...].drop { $0 == 0x20 || 0x09...0x0d ~= $0 }
    }
    return false
  }

  /// A small JSON object whose first key speaks of an error: `{"error": …}`, `{"message": …}`, `{"query_status": "no_results"}` is
  /// left to the reader, as it knows its own service.
  private static func isErrorDocument(_ bytes: ArraySlice<UInt8>) -> Bool {
    if isErrorText(bytes) { return true }
    guard bytes.first == UInt8(ascii: "{"), bytes.count <= 2_048 else { return false }
    let afterBrace = bytes.dropFirst().drop { $0 == 0x20 || 0x09...0x0d ~= $0 }
    guard afterBrace.first == UInt8(ascii: "\"") else { return false }
    let key = String(decoding: afterBrace.dropFirst().prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self).lowercased()
    // A record list may stand after a harmless first key, never after these.
    return ["error", "errors", "error_code", "error_message", "errormessage", "fault", "exception"].contains(key)
  }

  /// `404: Not Found`, `Too many requests`, `Access denied. Your IP 203.0.113.4 has been blocked.`: a line or two for people. Such a
  /// text may name the address of the reader, which must not become an indicator.
  private static func isErrorText(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.count <= 512, let first = bytes.first, !"#;/!{[<\"".utf8.contains(first), bytes.count(where: { $0 == 0x0A }) <= 3 else { return false }
    let text = String(decoding: bytes, as: UTF8.self).lowercased().trimmed
    // A value that is listed with such a note stays one.
    guard let word = text.split(whereSeparator: \.isWhitespace).first, word.utf8.count < 24, !word.dropLast().contains(".") else { return false }
    if ["forbidden", "unauthorized", "unauthorised", "error", "maintenance"].contains(text.hasSuffix(".") ? String(text.dropLast()) : text) { return true }
    let phrases = [
      "access denied", "permission denied", "not found", "too many requests", "rate limit", "403 forbidden", "401 unauthorized", "invalid api key",
      "invalid key", "invalid token", "service unavailable", "bad gateway", "gateway timeout", "internal server error", "temporarily unavailable",
      "has been blocked", "authentication required", "authentication failed", "quota exceeded", "under maintenance",
    ]
    return phrases.contains { text.contains($0) }
  }

  /// gzip, zip, zstd, xz, bzip2 and compress: read by format, not by text.
  private static func isArchive(_ bytes: [UInt8]) -> Bool {
    let magics: [[UInt8]] = [
      [0x1f, 0x8b], [0x50, 0x4b, 0x03, 0x04], [0x28, 0xb5, 0x2f, 0xfd], [0xfd, 0x37, 0x7a, 0x58, 0x5a], [0x42, 0x5a, 0x68],
      [0x1f, 0x9d],
    ]
    if magics.contains(where: { bytes.starts(with: $0) }) { return true }
    return bytes.count > 262 && bytes[257...].starts(with: Array("ustar".utf8))
  }

  /// More than one in twenty bytes is a control character that text does not have.
  private static func isBinary(_ bytes: [UInt8]) -> Bool {
    let controls = bytes.count { $0 < 0x20 && !(0x09...0x0d ~= $0) && $0 != 0x1b }
    return controls * 20 > bytes.count
  }
}
