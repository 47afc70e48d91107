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
  private var marks = MarkKinds()

  /// Where the pieces of the views end of which each may hold several marks; whether a ``ControlSequence`` has been met.
  private struct Ends {
    var (json, percent, labels, international, wideDots) = (0, 0, 0, 0, 0)
    var isColoured = false
  }

  /// Replaces what was gathered before.
  /// - Parameters:
  ///   - places: in order; they hold every mark of the chunk, and perhaps others.
  ///   - isUncoloured: whether the chunk's control sequences have been taken out.
  /// - Returns: false when one of the places begins a ``ControlSequence``; what is gathered is of no use then.
  mutating func gather(_ text: LogText, marks places: [Int], features: IndexFormat.Features, isUncoloured: Bool = false) -> Bool {
    removeAll()
    var ends = Ends()
    for first in stride(from: 0, to: places.count, by: MarkKinds.most) {
      let places = places[first..<min(places.count, first + MarkKinds.most)]
      marks.sort(places, of: text)
      if !isUncoloured, marks.mayBeginSequence, ControlSequence.stands(in: text, at: marks.backslashes) { return false }
      ends.json = json.addStrings(text, at: marks.backslashes, from: ends.json)
      ends.percent = percent.addRuns(text, at: marks.percents, from: ends.percent)
      for mark in marks.others { gather(text, mark, isInternational: features.contains(.international), &ends) }
      if ends.isColoured { return false }
    }
    fangs.close()
    return true
  }

  private mutating func removeAll() {
    json.removeAll()
    percent.removeAll()
    labels.removeAll()
    refang.removeAll()
    fangs.removeAll()
    international.removeAll()
    wideDots.removeAll()
  }

  /// What is around a mark that is neither a backslash nor a `%`.
  @inline(__always) private mutating func gather(_ text: LogText, _ mark: Int, isInternational: Bool, _ ends: inout Ends) {
    switch text[mark] {
    case 0x2e where RefangView.isPlainDot(text, mark): return fangs.add(mark, text)
    case 0x31...0x39:
      if mark >= ends.labels, LabelView.isMark(text, mark) { ends.labels = addLabels(text, mark, after: ends.labels) }
      return
    // Marks of a `ControlSequence` only.
    case 0x23, ControlSequence.escape:
      if ControlSequence.end(text, mark) != nil { ends.isColoured = true }
      return
    case 0x80...:
      if isInternational, mark >= ends.international {
        let line = Self.line(of: mark, in: text)
        InternationalView.visit(text, line.lowerBound, line.upperBound) { international.append($0) }
        ends.international = line.upperBound
      } else if !isInternational, mark >= ends.wideDots, WideDotView.isMark(text, mark) {
        ends.wideDots = wideDots.addRun(text, from: text.last(.runBorder, before: mark, from: ends.wideDots))
      }
    default: break
    }
    if Self.isFang(text, mark) { fangs.add(mark, text) }
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

  /// The name that begins with a label's length, if it is one; returns where the next one may begin. Nothing before `limit` belongs to it.
  private mutating func addLabels(_ text: LogText, _ mark: Int, after limit: Int) -> Int {
    guard let read = LabelView.labels(text, at: mark) else { return limit }
    if read.isName { labels.add(text, labels: LabelView.range(of: read, in: text, from: limit)) }
    return read.end
  }
}
