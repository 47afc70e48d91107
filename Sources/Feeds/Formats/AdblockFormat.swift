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
      // `badfilter` takes another rule back.
      if text.dropFirst(rule.count + 1).split(separator: ",").contains("badfilter") { return try sink.skipRow(line: line) }
      guard rule.hasPrefix("||") else {
        guard let url = anchored(rule) else { return try sink.leaveRow(text, reason: "not-a-name", line: line) }
        return try sink.take(FeedRow(line: line, value: url))
      }
      let name = rule.dropFirst(2)
      let host = name.prefix { $0 != "^" && $0 != "/" && $0 != ":" }
      let rest = name.dropFirst(host.count)
      if host.contains("*") { return try sink.leaveRow(text, reason: "wildcard", line: line) }
      // `||name^` and `||name/` are the name, with everything on it; a path behind it is a URL, unless it is a pattern.
      var tail = rest.hasSuffix("|") ? rest.dropLast() : rest[...]
      if ["", "^", "/", "^*", "/*"].contains(String(tail)) {
        return try sink.take(FeedRow(line: line, value: FeedRow.Value(String(host), labelled: "domain")))
      }
      // The end of the path, or a query behind it: the address is all that is before.
      if tail.hasSuffix("^") { tail = tail.dropLast() }
      if tail.contains("*") || tail.contains("^") { return try sink.leaveRow(text, reason: "pattern", line: line) }
      try sink.take(FeedRow(line: line, value: FeedRow.Value(String(name.dropLast(rest.count - tail.count)))))
    }
    CommentFacts.checkCount(sink)
  }

  /// `|https://name/path|` is an address from its first character to its last, `|https://name^` all that is on a host.
  private static func anchored(_ rule: Substring) -> FeedRow.Value? {
    guard rule.hasPrefix("|http://") || rule.hasPrefix("|https://") else { return nil }
    let isEnded = rule.hasSuffix("|")
    var address = rule.dropFirst()
    if isEnded { address = address.dropLast() } else if address.hasSuffix("^") { address = address.dropLast() }
    if address.contains("*") || address.contains("^") || address.contains("|") { return nil }
    guard let start = address.firstRange(of: "://")?.upperBound else { return nil }
    let host = address[start...].prefix { $0 != "/" && $0 != "?" }
    let rest = address[start...].dropFirst(host.count)
    // Without its end in the rule, the host alone means everything on it.
    if rest.isEmpty || rest == "/" && !isEnded { return FeedRow.Value(String(host), labelled: "domain") }
    return FeedRow.Value(String(address), label: "url", types: [.url], splittable: false)
  }
}
