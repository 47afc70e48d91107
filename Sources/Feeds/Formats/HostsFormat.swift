import Indicators

/// Hosts files: `0.0.0.0 name other-name # note`. The address is a sink and never becomes an indicator.
enum HostsFormat {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    var lines = LineReader(body)
    while let line = try lines.next() {
      guard !line.oversized, let (decoded, _) = FieldText.decode(line.bytes) else {
        try sink.rejectRow(
          String(decoding: line.bytes.prefix(256), as: UTF8.self), reason: line.oversized ? "line-too-long" : "bad-utf8",
          line: line.number)
        continue
      }
      let text = decoded.trimmed
      if text.isEmpty { continue }
      if PlainFormat.isComment(text) {
        CommentFacts.read(text, into: sink)
        continue
      }
      let (content, note) = split(text)
      var names = content.split(whereSeparator: \.isWhitespace).map(String.init)
      if let first = names.first, names.count > 1, isAddress(first) {
        names.removeFirst()
        names.removeAll { isOwnName($0) }
        if names.isEmpty { continue }
      } else if names.count > 1 {
        // The names behind an address that is none would be somebody's, but whose?
        try sink.rejectRow(text, reason: "not-hosts-line", line: line.number)
        continue
      }
      var row = FeedRow(line: line.number)
      row.shown = text
      row.values = names.map { FeedRow.Value($0, labelled: "domain") }
      if !note.isEmpty { row.description = note }
      try sink.take(row)
    }
    CommentFacts.checkCount(sink)
  }

  private static func split(_ text: String) -> (String, String) {
    guard let hash = text.firstIndex(of: "#") else { return (text, "") }
    return (text[..<hash].trimmed, text[hash...].drop { $0 == "#" }.trimmed)
  }

  static func isAddress(_ text: String) -> Bool {
    let bytes = text.prefix { $0 != "%" }.utf8
    return IPv4Address(ascii: bytes) != nil || IPv6Address(ascii: bytes) != nil
  }

  /// Whether a line begins with the address of a sink and has a name behind it.
  static func isHostsLine(_ text: String) -> Bool {
    let parts = text.split(maxSplits: 2, omittingEmptySubsequences: true, whereSeparator: \.isWhitespace)
    guard parts.count >= 2, ["0.0.0.0", "127.0.0.1", "::", "::1", "0"].contains(String(parts[0])) else { return false }
    return Int(parts[1]) == nil
  }

  /// Names that every hosts file has for the machine itself.
  private static func isOwnName(_ name: String) -> Bool {
    [
      "localhost", "localhost.localdomain", "local", "broadcasthost", "ip6-localhost", "ip6-loopback", "ip6-localnet",
      "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters", "ip6-allhosts", "0.0.0.0", "localhost4", "localhost6",
    ].contains(name.lowercased())
  }
}
