import Indicators

/// Which pieces of a line are read in another view, and how they read there.
///
/// Only pieces that hold the mark of a view are read again: a string with a backslash, a blank-free run with `%XX`, a name with a length before
/// each label.
enum Views {
  /// Calls `visit` with every piece of the line `start..<end` and the view it is to be matched in.
  static func visit(
    _ text: LogText, _ start: Int, _ end: Int, features: IndexFormat.Features, _ visit: (ViewText, MatchView) -> Void
  ) {
    var marks: Marks = []
    for index in start..<end { marks.formUnion(Marks.of(text, index)) }
    if marks.contains(.backslash) { JSONView.visit(text, start, end) { visit($0, .json) } }
    if marks.contains(.percent) { PercentView.visit(text, start, end) { visit($0, .percent) } }
    if marks.contains(.fang) { RefangView.visit(text, start, end) { visit($0, .refang) } }
    if marks.contains(.label) { LabelView.visit(text, start, end) { visit($0, .refang) } }
    guard features.contains(.international) else {
      if marks.contains(.international) { WideDotView.visit(text, start, end) { visit($0, .raw) } }
      return
    }
    if marks.contains(.international) { InternationalView.visit(text, start, end) { visit($0, .raw) } }
    if marks.contains(.backslash) { JSONView.visit(text, start, end) { InternationalView.visit($0) { visit($0, .json) } } }
    if marks.contains(.percent) { PercentView.visit(text, start, end) { InternationalView.visit($0) { visit($0, .percent) } } }
  }

  /// Calls `visit` with every run of a line that holds no blank, control character or quotation mark, and a mark.
  static func visitRuns(_ text: LogText, _ start: Int, _ end: Int, with isMark: (Int) -> Bool, _ visit: (Int, Int) -> Void) {
    var run = start
    var isMarked = false
    for position in start...end {
      let byte = position < end ? text[position] : 0x20
      if byte <= 0x20 || byte == 0x22 {
        if isMarked { visit(run, position) }
        run = position + 1
        isMarked = false
      } else if !isMarked, isMark(position) {
        isMarked = true
      }
    }
  }

  struct Marks: OptionSet {
    let rawValue: UInt8
    static let backslash = Marks(rawValue: 1)
    static let percent = Marks(rawValue: 2)
    static let fang = Marks(rawValue: 4)
    static let international = Marks(rawValue: 8)
    static let label = Marks(rawValue: 16)

    @inline(__always) static func of(_ text: LogText, _ index: Int) -> Marks {
      let byte = text[index]
      switch byte {
      case 0x5c: return RefangView.isMark(text, index) ? [.backslash, .fang] : .backslash
      case 0x25: return PercentView.value(text, index) != nil ? .percent : []
      case 0x31...0x39: return LabelView.isMark(text, index) ? .label : []
      case 0x80...: return RefangView.isMark(text, index) ? [.international, .fang] : .international
      default: return RefangView.isMark(text, index) ? .fang : []
      }
    }
  }
}
