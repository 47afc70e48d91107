import Indicators

/// AdBlock lists: `||name^` and its options. Exceptions (`@@`), element hiding and patterns are no indicators.
enum AdblockFormat {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    try LineWalk.walk(body, into: sink) { text, line in
      if text.hasPrefix("!") || text.hasPrefix("[") { return }
      if text.hasPrefix("@@") || text.contains("##") || text.contains("#@#") || text.contains("#?#") { return try sink.skipRow(line: line) }
      var name = text.prefix { $0 != "$" }
      guard name.hasPrefix("||") else { return try sink.rejectRow(text, reason: "not-a-name", line: line) }
      name = name.dropFirst(2)
      let host = name.prefix { $0 != "^" && $0 != "/" }
      let rest = name.dropFirst(host.count)
      if host.contains("*") { return try sink.rejectRow(text, reason: "wildcard", line: line) }
      if rest.hasPrefix("/"), rest.count > 1, !rest.contains("*"), !rest.contains("^") {
        return try sink.take(FeedRow(line: line, value: FeedRow.Value(String(name))))
      }
      if rest.hasPrefix("/"), rest.count > 1 { return try sink.rejectRow(text, reason: "pattern", line: line) }
      try sink.take(FeedRow(line: line, value: FeedRow.Value(String(host), labelled: "domain")))
    }
  }
}

/// maltrail trails: comments `# Reference:` and `# Aliases:` say what the lines below come from.
enum MaltrailFormat {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    var reference: String?
    var aliases: [String] = []
    try LineWalk.walk(body, into: sink) { text, line in
      if text.hasPrefix("#") {
        let comment = text.drop { $0 == "#" }.description.trimmed
        if let value = after("reference:", comment) { reference = value }
        if let value = after("aliases:", comment) { aliases = value.parts(separatedBy: ",") }
        return
      }
      var row = PlainFormat.row(text, line: line)
      row.reference = reference
      row.tags = Array(aliases.prefix(16)).map { "alias:\($0)" }
      try sink.take(row)
    }
  }

  private static func after(_ prefix: String, _ comment: String) -> String? {
    comment.lowercased().hasPrefix(prefix) ? String(comment.dropFirst(prefix.count)).trimmed : nil
  }
}

/// Zeek's intelligence files: `#fields`, tab-separated, `Intel::TYPE`, `-` for nothing. The fields may change on the way.
enum ZeekIntelFormat {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    var fields: [String] = ["indicator", "indicator_type"]
    try LineWalk.walk(body, into: sink, trimming: false) { text, line in
      if text.hasPrefix("#fields") {
        fields = text.split(separator: "\t").dropFirst().map { String($0).trimmed }
        return
      }
      if text.hasPrefix("#") || text.trimmed.isEmpty { return }
      let cells = text.split(separator: "\t", omittingEmptySubsequences: false).map { String($0).trimmed }
      var row = FeedRow(line: line)
      row.shown = text
      var label: String?
      var value: String?
      for (name, cell) in zip(fields, cells) where !FeedRow.isNothing(cell) {
        switch name {
        case "indicator": value = cell
        case "indicator_type": label = cell.split(separator: ":").last.map(String.init)
        case "meta.desc": row.description = cell
        case "meta.url": row.reference = cell
        case "meta.source": row.tags.append("source:\(cell)")
        case "meta.confidence": row.confidence = MappedRow.confidence(cell)
        default: break
        }
      }
      if let value { row.values = [label.map { FeedRow.Value(value, labelled: Self.label($0)) } ?? FeedRow.Value(value)] }
      try sink.take(row)
    }
  }

  private static func label(_ type: String) -> String {
    switch type.uppercased() {
    case "ADDR": "ip"
    case "SUBNET": "cidr"
    case "DOMAIN": "domain"
    case "URL": "url"
    case "EMAIL": "email"
    case "FILE_HASH", "CERT_HASH": "hash"
    case "FILE_NAME": "filename"
    case "SOFTWARE": "user-agent"
    default: type
    }
  }
}

/// Suricata rules and string datasets: names and addresses that a rule looks for. What a rule says beyond is not ours.
enum SuricataFormat {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    try LineWalk.walk(body, into: sink) { text, line in
      if text.hasPrefix("#") { return }
      guard let open = text.firstIndex(of: "("), text.hasSuffix(")") else { return try sink.take(FeedRow(line: line, value: FeedRow.Value(text))) }
      var row = FeedRow(line: line)
      row.shown = text
      row.values = addresses(text[..<open]) + contents(text[open...])
      row.description = option("msg", text[open...])
      row.reference = option("reference", text[open...]).flatMap { $0.hasPrefix("url,") ? "https://" + $0.dropFirst(4) : nil }
      if row.values.isEmpty { return try sink.rejectRow(text, reason: "no-indicator-in-rule", line: line) }
      try sink.take(row)
    }
  }

  private static func addresses(_ head: Substring) -> [FeedRow.Value] {
    head.split { " [],!".contains($0) }.filter { IPv4Address(ascii: $0.utf8) != nil || IPNetwork(ascii: $0.utf8) != nil }.map { FeedRow.Value(String($0)) }
  }

  /// Contents behind a name or host keyword.
  private static func contents(_ body: Substring) -> [FeedRow.Value] {
    var values: [FeedRow.Value] = []
    var isName = false
    for option in body.split(separator: ";").map({ String($0).trimmed }) {
      if ["dns.query", "dns_query", "tls.sni", "tls_sni", "http.host", "http_host"].contains(option) { isName = true }
      guard isName, option.hasPrefix("content:") else { continue }
      var text = option.dropFirst(8).filter { $0 != "\"" }
      if text.hasPrefix(".") { text = String(text.dropFirst()) }
      if text.contains("."), !text.contains("|") { values.append(FeedRow.Value(text, labelled: "domain")) }
      isName = false
    }
    return values
  }

  private static func option(_ name: String, _ body: Substring) -> String? {
    guard let start = body.firstRange(of: name + ":") else { return nil }
    let value = body[start.upperBound...].prefix { $0 != ";" }
    return String(value.filter { $0 != "\"" }).trimmed
  }
}

/// The lines of a body as text; what is too long or not UTF-8 is rejected.
enum LineWalk {
  static func walk(_ body: BodyStream, into sink: RowSink, trimming: Bool = true, _ take: (_ text: String, _ line: Int) throws -> Void) throws {
    var lines = LineReader(body)
    while let line = try lines.next() {
      if line.oversized {
        try sink.rejectRow(String(decoding: line.bytes.prefix(256), as: UTF8.self), reason: "line-too-long", line: line.number)
        continue
      }
      guard let (decoded, _) = FieldText.decode(line.bytes) else {
        try sink.rejectRow(String(decoding: line.bytes.prefix(1024), as: UTF8.self), reason: "bad-utf8", line: line.number)
        continue
      }
      let text = trimming ? decoded.trimmed : decoded
      if text.isEmpty { continue }
      try take(text, line.number)
    }
  }
}

/// A report for people: what ``TextExtractor`` takes out of it.
enum ReportFormat {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    let text = String(decoding: try body.readAll(), as: UTF8.self)
    var starts: [Int] = [0]
    for (offset, scalar) in text.unicodeScalars.enumerated() where scalar == "\n" { starts.append(offset + 1) }
    for item in TextExtractor().extract(text) {
      // The line that holds the offset, by bisection.
      var low = 0
      var high = starts.count
      while high - low > 1 {
        let middle = (low + high) / 2
        if starts[middle] <= item.start { low = middle } else { high = middle }
      }
      var row = FeedRow(line: low + 1)
      row.shown = item.surface
      row.values = [FeedRow.Value(item.observable.canonical, label: item.observable.type.rawValue, types: [item.observable.type], splittable: false)]
      try sink.take(row)
    }
  }
}
