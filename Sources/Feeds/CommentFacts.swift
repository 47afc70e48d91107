import Indicators

/// What comments of a body say of the body itself.
enum CommentFacts {
  /// Takes `# Last updated: …`, `# Number of entries: 83`, `# END 28 entries` to the report.
  static func read(_ comment: String, into sink: RowSink) {
    guard comment.utf8.count < 400 else { return }
    let text = comment.filter { $0 != "#" && $0 != ";" && $0 != "!" }.trimmed
    let lower = text.lowercased()
    if sink.report.bodyDate == nil, lower.hasPrefix("last up") || lower.hasPrefix("last mod") || lower.hasPrefix("generated"),
      let colon = text.firstIndex(of: ":")
    {
      sink.report.bodyDate = FeedDates.parse(text[text.index(after: colon)...].trimmed)
    }
    if lower.contains("entries") || lower.hasPrefix("count:") || lower.hasPrefix("total") {
      let numbers = lower.split { !$0.isNumber }.compactMap { Int($0) }
      if numbers.count == 1, lower.hasPrefix("end") || lower.contains("number of") || lower.contains("entries:") || lower.hasPrefix("count") {
        sink.report.declaredCount = numbers.first
      }
    }
  }

  /// Compares the declared count with what came.
  static func checkCount(_ sink: RowSink) {
    guard let declared = sink.report.declaredCount, declared != sink.report.rows else { return }
    sink.note("feed.declared-count", "the body declares \(declared) entries and holds \(sink.report.rows)")
  }
}
