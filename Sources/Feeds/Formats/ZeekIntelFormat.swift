import Indicators

/// Zeek's intelligence files: `#fields`, tab-separated, `Intel::TYPE`, `-` for nothing. The fields may change on the way.
enum ZeekIntelFormat {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    var fields: [String] = ["indicator", "indicator_type"]
    try LineWalk.walk(body, into: sink, trimming: false) { text, line in
      if text.hasPrefix("#fields") {
        fields = text.split(separator: "\t").dropFirst().map { $0.trimmed }
        return
      }
      if text.hasPrefix("#") { return CommentFacts.read(text, into: sink) }
      if text.trimmed.isEmpty { return }
      let cells = text.split(separator: "\t", omittingEmptySubsequences: false).map { $0.trimmed }
      if cells.count > FeedLimits.columns { return try sink.rejectRow(text, reason: "too-many-columns", line: line) }
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
        case "meta.firstseen", "meta.first_seen": row.firstSeen = cell
        case "meta.lastseen", "meta.last_seen": row.lastSeen = cell
        default: break
        }
      }
      guard let value else { return try sink.take(row) }
      switch label?.uppercased() {
      case "PUBKEY_HASH", "USER_NAME": return try sink.leaveRow(value, reason: "type:\(label ?? "")", line: line)
      case let type?: row.values = [FeedRow.Value(value, labelled: Self.label(type))]
      case nil: row.values = [FeedRow.Value(value)]
      }
      try sink.take(row)
    }
  }

  private static func label(_ type: String) -> String {
    switch type {
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
