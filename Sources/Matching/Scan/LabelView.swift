internal import Indicators

/// Names whose labels stand behind their lengths, with dots instead (``CountedLabels``).
///
/// ```
///  log    Q [0001   D   NOERROR] A      (4)evil(7)example(0)
///  view                                    evil.example
/// ```
/// A name alone: no URL, no mailbox and no port is written so.
enum LabelView {
  static func visit(_ text: LogText, _ start: Int, _ end: Int, _ visit: (ViewText) -> Void) {
    var limit = start
    for place in start..<end where place >= limit && isMark(text, place) {
      guard let read = labels(text, at: place) else { continue }
      if read.isName { visit(decode(text, range(of: read, in: text, from: limit))) }
      limit = read.end
    }
  }

  /// Whether a byte is the first digit of a label's length. The kernel marks it, as what stands between two brackets.
  @inline(__always) static func isMark(_ text: LogText, _ index: Int) -> Bool {
    guard text[index - 1] == 0x28, ASCII.isDigit(text[index]), text[index] != 0x30 else { return false }
    return text[index + 1] == 0x29 || ASCII.isDigit(text[index + 1]) && text[index + 2] == 0x29
  }

  /// What begins with the length at a mark.
  static func labels(_ text: LogText, at mark: Int) -> CountedLabels? {
    unsafe CountedLabels(text.bytes.bindMemory(to: UInt8.self).span, at: mark - 1)
  }

  /// The labels, and what stands right before the first length: the rest of a label that could not be read, for what follows is not all of the name.
  /// - Parameter limit: where the name before ends.
  static func range(of labels: CountedLabels, in text: LogText, from limit: Int) -> Range<Int> {
    var start = labels.start
    while start > max(limit, labels.start - CountedLabels.longestLabel), ASCII.isHostCharacter(text[start - 1]) { start -= 1 }
    return (start < labels.start ? start : labels.labels.lowerBound)..<labels.labels.upperBound
  }

  private static func decode(_ text: LogText, _ range: Range<Int>) -> ViewText {
    var view = ViewText()
    view.append(text, range.lowerBound, range.upperBound, undoing: 0x28, by: escape)
    view.close(range.upperBound)
    return view
  }

  /// A dot for the length of a label.
  static func escape(_ text: LogText, _ position: Int, _ end: Int) -> ViewText.Escape {
    ViewText.Escape(end: position + (text[position + 2] == 0x29 ? 3 : 4), count: 1, bytes: 0x2e)
  }
}
