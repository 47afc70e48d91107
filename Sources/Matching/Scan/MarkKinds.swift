internal import CShims

/// Some of the marks of a text by what they are, each kind in order.
///
/// Backslashes and `%` are most of what is marked, in no order that could be predicted: a loop that tells them apart is mispredicted at every second
/// mark. So they are told apart first, and each kind has a loop of its own.
struct MarkKinds {
  /// How many are sorted at once: in usual logs all of a chunk's, and in a flood no more than the nearest cache holds.
  static let most = 512

  /// Three parts of as many places as there are marks.
  private var room = [Int](repeating: 0, count: 3 * most)
  private var number = 0
  private var counts = ukai_mark_kinds()

  var backslashes: ArraySlice<Int> { room[..<counts.backslashes] }
  /// Those with two hexadecimal digits.
  var percents: ArraySlice<Int> { room[number..<number + counts.percents] }
  var others: ArraySlice<Int> { room[2 * number..<2 * number + counts.others] }
  /// Whether a ``ControlSequence`` may begin at any of the backslashes.
  var mayBeginSequence: Bool { counts.sequences > 0 }

  /// Replaces what was sorted before.
  /// - Parameter marks: no more than ``most``.
  mutating func sort(_ marks: ArraySlice<Int>, of text: LogText) {
    (number, counts) = (min(marks.count, Self.most), ukai_mark_kinds())
    guard let bytes = unsafe text.bytes.bindMemory(to: UInt8.self).baseAddress else { return }
    counts = unsafe marks.withUnsafeBufferPointer { marks in
      unsafe room.withUnsafeMutableBufferPointer { room in
        guard let marks = marks.baseAddress, let room = room.baseAddress else { return ukai_mark_kinds() }
        return unsafe ukai_sort_marks(bytes, text.count, marks, number, room)
      }
    }
  }
}
