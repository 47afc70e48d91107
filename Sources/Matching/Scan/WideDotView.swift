/// Full stops of other scripts (U+3002, U+FF0E, U+FF61) between labels of ASCII, as browsers read them, for each blank-free run that has any.
///
/// For sets without a name beyond ASCII; where there is one, `InternationalView` reads all of a name.
enum WideDotView {
  static func visit(_ text: LogText, _ start: Int, _ end: Int, _ visit: (ViewText) -> Void) {
    Views.visitRuns(text, start, end, with: { isMark(text, $0) }) { visit(decode(text, $0, $1)) }
  }

  /// Whether such a full stop stands at a place, with a letter, a digit, `-` or `_` on both sides.
  @inline(__always) static func isMark(_ text: LogText, _ place: Int) -> Bool {
    guard ASCII.isHostCharacter(text[place - 1]), ASCII.isHostCharacter(text[place + 3]) else { return false }
    switch (text[place], text[place + 1], text[place + 2]) {
    case (0xe3, 0x80, 0x82), (0xef, 0xbc, 0x8e), (0xef, 0xbd, 0xa1): return true
    default: return false
    }
  }

  private static func decode(_ text: LogText, _ start: Int, _ end: Int) -> ViewText {
    var view = ViewText()
    var position = start
    while position < end {
      let isDot = text[position] >= 0x80 && isMark(text, position)
      view.append(isDot ? 0x2e : text[position], from: position)
      position += isDot ? 3 : 1
    }
    view.close(end)
    return view
  }

  static func escape(_ text: LogText, _ position: Int) -> ViewText.Escape {
    isMark(text, position) ? ViewText.Escape(end: position + 3, count: 1, bytes: 0x2e) : ViewText.Escape(end: position + 1)
  }
}
