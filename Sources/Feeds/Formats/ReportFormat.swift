import Indicators

/// A report for people: what ``TextExtractor`` takes out of it.
enum ReportFormat {
  static func read(_ body: BodyStream, into sink: RowSink) throws {
    let text = String(decoding: try body.readAll(), as: UTF8.self)
    var starts: [Int] = [0]
    for (offset, scalar) in text.unicodeScalars.enumerated() where scalar == "\n" { starts.append(offset + 1) }
    for item in TextExtractor().extract(text) {
      // `https://blog.example/[our blog]` is AsciiDoc for a link, and a link is a reference.
      if !item.flags.contains("defanged"), item.surface.hasSuffix("]"), item.surface.contains("["), item.surface.contains("://") { continue }
      // The line that holds the offset, by bisection.
      var low = 0
      var high = starts.count
      while high - low > 1 {
        let middle = (low + high) / 2
        if starts[middle] <= item.start { low = middle } else { high = middle }
      }
      var row = FeedRow(line: low + 1)
      row.shown = item.surface
      row.values = [FeedRow.Value(item.observable.written, label: item.observable.type.rawValue, types: [item.observable.type], splittable: false)]
      try sink.take(row)
    }
  }
}
