import Indicators

/// AdBlock lists: `||name^` and its options. Exceptions (`@@`), element hiding and patterns are no indicators.
enum AdblockFormat {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    try LineWalk.walk(body, into: sink) { text, line in
      if text.hasPrefix("!") || text.hasPrefix("[") { return CommentFacts.read(text, into: sink) }
      if text.hasPrefix("# ") || text == "#" { return CommentFacts.read(text, into: sink) }
      if text.hasPrefix("@@") || text.contains("##") || text.contains("#@#") || text.contains("#?#") || text.contains("#$#") {
        return try sink.skipRow(line: line)
      }
      let rule = text.prefix { $0 != "$" }
      guard rule.hasPrefix("||") else { return try sink.leaveRow(text, reason: "not-a-name", line: line) }
      let name = rule.dropFirst(2)
      let host = name.prefix { $0 != "^" && $0 != "/" && $0 != ":" }
      let rest = name.dropFirst(host.count)
      if host.contains("*") { return try sink.leaveRow(text, reason: "wildcard", line: line) }
      // `||name^` and `||name/` are the name, with everything on it; a path behind it is a URL, unless it is a pattern.
      let tail = rest.hasSuffix("|") ? rest.dropLast() : rest[...]
      if ["", "^", "/", "^*", "/*"].contains(String(tail)) {
        return try sink.take(FeedRow(line: line, value: FeedRow.Value(String(host), labelled: "domain")))
      }
      if tail.contains("*") || tail.contains("^") { return try sink.leaveRow(text, reason: "pattern", line: line) }
      try sink.take(FeedRow(line: line, value: FeedRow.Value(String(name.dropLast(rest.count - tail.count)))))
    }
    CommentFacts.checkCount(sink)
  }
}
