internal import Indicators

/// The pieces of a chunk that read differently in a view, behind one another with newlines between.
///
/// No rule looks across a newline, so one scan of all pieces of a view finds what a scan of each would. Only the neighbourhood of a mark is
/// read, and each byte once a view; together they are the pieces that ``Views/visit(_:_:_:features:_:)`` visits line by line.
struct ViewPieces {
  private(set) var json = UndonePieces(.json)
  private(set) var percent = UndonePieces(.percent)
  private(set) var labels = UndonePieces(.labels)
  private(set) var refang = ViewText()
  /// What ``refang`` may be read of.
  private(set) var fangs = RefangPieces()
  private(set) var international = ViewText()
  private(set) var wideDots = UndonePieces(.wideDots)

  /// Replaces what was gathered before.
  /// - Parameter marks: places in order that hold every mark of the chunk, and perhaps others.
  mutating func gather(_ text: LogText, marks: [Int], features: IndexFormat.Features) {
    json.removeAll()
    percent.removeAll()
    labels.removeAll()
    refang.removeAll()
    fangs.removeAll()
    international.removeAll()
    wideDots.removeAll()
    var (jsonEnd, percentEnd, labelsEnd, internationalEnd, dotsEnd) = (0, 0, 0, 0, 0)
    let isInternational = features.contains(.international)
    for mark in marks {
      switch text[mark] {
      case 0x2e where RefangView.isPlainDot(text, mark):
        fangs.add(mark, text)
        continue
      case 0x5c:
        if mark >= jsonEnd { jsonEnd = addString(text, mark, after: jsonEnd) }
        continue
      case 0x25:
        if mark >= percentEnd, PercentView.value(text, mark) != nil {
          percentEnd = percent.add(text, from: text.last(.runBorder, before: mark, from: percentEnd))
        }
        continue
      case 0x31...0x39:
        if mark >= labelsEnd, LabelView.isMark(text, mark) { labelsEnd = addLabels(text, mark, after: labelsEnd) }
        continue
      // Marks of a `ControlSequence` only.
      case 0x23, ControlSequence.escape: continue
      case 0x80...:
        if isInternational, mark >= internationalEnd {
          let line = Self.line(of: mark, in: text)
          InternationalView.visit(text, line.lowerBound, line.upperBound) { international.append($0) }
          internationalEnd = line.upperBound
        } else if !isInternational, mark >= dotsEnd, WideDotView.isMark(text, mark) {
          dotsEnd = wideDots.add(text, from: text.last(.runBorder, before: mark, from: dotsEnd))
        }
      default: break
      }
      if Self.isFang(text, mark) { fangs.add(mark, text) }
    }
    fangs.close()
  }

  @inline(__always) private static func isFang(_ text: LogText, _ mark: Int) -> Bool {
    InnerText(text, around: mark).map { RefangView.isMark($0, mark) } ?? RefangView.isMark(text, mark)
  }

  /// Reads those defanged pieces that can hold anything.
  mutating func readFangs(_ text: LogText, where isNominated: [Bool]) {
    for (piece, isNominated) in zip(fangs.pieces, isNominated) where isNominated { RefangView.read(text, piece) { refang.append($0) } }
  }

  private static func line(of place: Int, in text: LogText) -> Range<Int> {
    var start = place
    while text[start - 1] != 0x0a { start -= 1 }
    return start..<end(ofLine: place, in: text)
  }

  private static func end(ofLine place: Int, in text: LogText) -> Int {
    var end = place
    while text[end] != 0x0a { end += 1 }
    return end
  }

  /// The JSON string around a backslash, undone; returns where the next one may begin. Nothing before `limit` belongs to it.
  private mutating func addString(_ text: LogText, _ mark: Int, after limit: Int) -> Int {
    var start = text.last(.stringBorder, before: mark, from: limit)
    while start > limit, text[start - 1] != 0x0a, !Self.isQuote(text, start - 1) { start = text.last(.stringBorder, before: start - 1, from: limit) }
    // A backslash at the line's end is no escape.
    if text[mark + 1] != 0x0a { return json.add(text, from: start) + 1 }
    return mark + 2
  }

  /// The name that begins with a label's length, if it is one; returns where the next one may begin. Nothing before `limit` belongs to it.
  private mutating func addLabels(_ text: LogText, _ mark: Int, after limit: Int) -> Int {
    guard let read = LabelView.labels(text, at: mark) else { return limit }
    if read.isName { labels.add(text, labels: LabelView.range(of: read, in: text, from: limit)) }
    return read.end
  }

  /// A quote that no backslash escapes.
  private static func isQuote(_ text: LogText, _ place: Int) -> Bool {
    guard text[place] == 0x22 else { return false }
    var escapes = 0
    while text[place - escapes - 1] == 0x5c { escapes += 1 }
    return escapes % 2 == 0
  }
}
