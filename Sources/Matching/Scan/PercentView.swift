/// `%XX` undone once, for each blank-free run that has any.
enum PercentView {
  static func visit(_ text: LogText, _ start: Int, _ end: Int, _ visit: (ViewText) -> Void) {
    Views.visitRuns(text, start, end, with: { $0 + 2 < end && value(text, $0) != nil }) { visit(decode(text, $0, $1)) }
  }

  /// The byte that `%XX` at a place stands for.
  @inline(__always) static func value(_ text: LogText, _ position: Int) -> UInt8? {
    guard text[position] == 0x25, let high = ASCII.hexValue(text[position + 1]), let low = ASCII.hexValue(text[position + 2]) else {
      return nil
    }
    return high << 4 | low
  }

  private static func decode(_ text: LogText, _ start: Int, _ end: Int) -> ViewText {
    var view = ViewText()
    view.append(text, start, end, undoing: 0x25, by: escape)
    view.close(end)
    return view
  }

  static func escape(_ text: LogText, _ position: Int, _ end: Int) -> ViewText.Escape {
    guard position + 2 < end, let byte = value(text, position) else { return ViewText.Escape(end: position + 1) }
    return ViewText.Escape(end: position + 3, count: 1, bytes: UInt32(byte))
  }

  static func decode(_ bytes: [UInt8]) -> ViewText {
    unsafe bytes.withUnsafeBytes { unsafe decode(LogText(bytes: $0), 0, bytes.count) }
  }
}
