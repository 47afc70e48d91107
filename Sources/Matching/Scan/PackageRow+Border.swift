import Indicators

extension PackageRow {
  /// What may stand around a package and its version.
  enum Border {
    /// What a ``ControlSequence`` leaves is a blank here.
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == ControlSequence.blank }

    static func withoutBlanks(_ text: LogText, before end: Int) -> Int {
      var start = end
      while end - start < longestPart, isBlank(text[start - 1]) { start -= 1 }
      return start
    }

    static func withoutBlanks(_ text: LogText, behind start: Int) -> Int {
      var end = start
      while end - start < longestPart, isBlank(text[end]) { end += 1 }
      return end
    }

    static func withoutColours(_ text: LogText, before end: Int) -> Int {
      var start = end
      while end - start < longestPart, text[start - 1] == ControlSequence.blank { start -= 1 }
      return start
    }

    /// Whether a name may begin at a place. Behind a slash it is part of a path, a repository or a module's name, but for those that pnpm writes.
    static func mayBegin(_ text: LogText, _ start: Int) -> Bool {
      switch text[start - 1] {
      case 0...0x20, 0x22, 0x27, 0x60, 0x28, 0x5b, 0x2c, 0x3b, 0x3d, 0x7c, 0x3e: true
      case 0x2f: isQuoteOrBlank(text[start - 2]) || isInStore(text, start)
      case 0x5c: isInStore(text, start)
      case 0x3a: text.hasCaseless("npm:", before: start) && !LiteralText.isWord(text[start - 5])
      case 0x80...: !text.joinsWord(before: start)
      default: false
      }
    }

    /// Whether a version may end at a place, perhaps with the sentence.
    static func mayEnd(_ text: LogText, _ end: Int) -> Bool {
      switch text[end] {
      case 0...0x20, 0x22, 0x27, 0x60, 0x29, 0x5d, 0x7d, 0x2c, 0x3a, 0x3b, 0x2f, 0x5c, 0x28, 0x5f, 0x3c, 0x3e, 0x7c, 0x26, 0x23, 0x21, 0x3f: true
      case 0x2e: !LiteralText.isWord(text[end + 1])
      case 0x80...: !text.joinsWord(after: end)
      default: false
      }
    }

    /// Whether a place is in the folder where pnpm keeps packages beside their versions.
    static func isInStore(_ text: LogText, _ start: Int) -> Bool {
      (text[start - 1] == 0x2f || text[start - 1] == 0x5c) && text.hasCaseless(".pnpm", before: start - 1)
    }

    /// Whether a sign of what was done with it stands before a name: `+ NAME`, uv's `- NAME` and `~ NAME`.
    static func isMarked(_ text: LogText, _ start: Int) -> Bool {
      let gap = withoutBlanks(text, before: start)
      let sign = text[gap - 1]
      return gap < start && (sign == 0x2b || sign == 0x2d || sign == 0x7e) && isRowStart(text, gap - 1)
    }

    /// Whether nothing stands before a place in its line or string, or what a machine puts before each line: `…:56.78Z `, `ci[12]: `, `web-1  | `.
    static func isRowStart(_ text: LogText, _ start: Int) -> Bool {
      let gap = withoutBlanks(text, before: start)
      let before = text[gap - 1]
      if before < 0x20 || before == 0x22 || before == 0x27 { return true }
      guard gap < start else { return false }
      return before == 0x5d || before == 0x7c || before == 0x3a && text[gap - 2] == 0x5d || before == 0x5a && ASCII.isDigit(text[gap - 2])
    }

    /// Whether nothing stands behind a version but what belongs to its row: a condition, hashes, a remark.
    static func isRowEnd(_ text: LogText, _ end: Int) -> Bool {
      let next = withoutBlanks(text, behind: end)
      switch text[next] {
      case 0...0x1f, 0x22, 0x27, 0x3b, 0x5c, 0x23: return true
      case 0x28, 0x3c: return next > end
      case 0x2d: return next > end && text[next + 1] == 0x2d
      default: return next > end && text.has("deprecated".utf8, at: next)
      }
    }

    /// Whether any blank of the log's own is there.
    static func holdsBlank(_ text: LogText, _ range: Range<Int>) -> Bool { range.contains { text[$0] == 0x20 || text[$0] == 0x09 } }

    private static func isQuoteOrBlank(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == 0x22 || byte == 0x27 }
  }
}
