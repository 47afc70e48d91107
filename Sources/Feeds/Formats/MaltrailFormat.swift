import Indicators

/// maltrail trails: the comments `# Reference:` and `# Aliases:` say where the lines below them come from and whose they are.
enum MaltrailFormat {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    var references: [String] = []
    var inComments = false
    var aliases: [String] = []
    try LineWalk.walk(body, into: sink) { text, line in
      if text.hasPrefix("#") {
        let comment = text.drop { $0 == "#" }.description.trimmed
        // A new block of comments begins a new section.
        if !inComments { references = [] }
        inComments = true
        if let value = after("reference:", comment) { references.append(value) }
        if let value = after("aliases:", comment) { aliases = value.parts(separatedBy: ",") }
        return
      }
      inComments = false
      var row = PlainFormat.row(text, line: line)
      row.reference = references.first
      row.actorAliases = aliases
      try sink.take(row)
    }
  }

  private static func after(_ prefix: String, _ comment: String) -> String? {
    comment.lowercased().hasPrefix(prefix) ? String(comment.dropFirst(prefix.count)).trimmed : nil
  }
}
