/// A line as a terminal shows it, without colours and other commands (``ControlSequence``): so its time and its fields stand where its format has them.
///
/// ```
///  line    ESC[2m2026-05-31T12:34:56ZESC[0m ESC[32mINFOESC[0m peer=192.0.2.1
///  bytes   2026-05-31T12:34:56Z INFO peer=192.0.2.1
/// ```
struct UncolouredLine {
  private(set) var bytes: [UInt8] = []
  /// What stands between commands: its place in ``bytes``, and in the line.
  private var pieces: [(place: Int, origin: Int)] = []

  /// Nil for a line without any, as nearly all are.
  init?(_ line: [UInt8]) {
    unsafe line.withUnsafeBytes { unsafe take(LogText(bytes: $0)) }
    if pieces.isEmpty { return nil }
  }

  private mutating func take(_ text: LogText) {
    var (start, place) = (0, 0)
    while place < text.count {
      // What is escaped by a backslash is a string's own text, which a record tells as the log does.
      guard text[place] != 0x5c, let end = ControlSequence.end(text, place) else {
        place += 1
        continue
      }
      keep(text, start..<place)
      (start, place) = (end, end)
    }
    if start > 0 { keep(text, start..<text.count) }
  }

  private mutating func keep(_ text: LogText, _ piece: Range<Int>) {
    pieces.append((bytes.count, piece.lowerBound))
    bytes += text.slice(piece.lowerBound, piece.upperBound)
  }

  /// Where a range of the line stands among ``bytes``; empty for what is in a command.
  func place(of range: Range<Int>) -> Range<Int> {
    func place(_ origin: Int) -> Int {
      let next = pieces.partitionPoint { $0.origin <= origin }
      guard next > 0 else { return 0 }
      let end = next < pieces.count ? pieces[next].place : bytes.count
      return min(end, pieces[next - 1].place + origin - pieces[next - 1].origin)
    }
    return place(range.lowerBound)..<place(range.upperBound)
  }

  /// Where a range of ``bytes`` stands in the line.
  func origin(of range: Range<Int>) -> Range<Int> {
    func origin(_ place: Int) -> Int {
      let piece = pieces[max(0, pieces.partitionPoint { $0.place <= place } - 1)]
      return piece.origin + place - piece.place
    }
    let start = origin(range.lowerBound)
    return start..<(range.isEmpty ? start : origin(range.upperBound - 1) + 1)
  }
}
