/// UTF-16 in a log that is none as a whole: what Windows PowerShell's `>>` appends to a log of bytes, and the texts of event logs (`.evtx`).
///
/// ```
///  chunk    an old line⏎d␀s␀t␀=␀e␀v␀i␀l␀.␀e␀x␀a␀m␀p␀l␀e␀⏎␀an old line⏎
///  text     dst=evil.example⏎                  each run of ASCII in two bytes a letter, a newline behind it
/// ```
struct WideText {
  /// The runs, read.
  private(set) var bytes: [UInt8] = []
  /// For each run its place in ``bytes``, and where its first letter stands in the chunk.
  private var runs: [(place: Int, origin: Int)] = []

  /// Shortest run of letters that is read, the line's end among them: `1.1.1.1` is seven, and single letters with zeros between are no text.
  private static let shortest = 7

  /// Nil for a chunk that has none.
  init?(_ chunk: UnsafeRawBufferPointer) {
    var position = 0
    while let zero = unsafe ByteSearch.first(0, in: chunk, from: position + 1, to: chunk.count) {
      let end = unsafe Self.runEnd(chunk, from: zero - 1)
      if end - (zero - 1) >= 2 * Self.shortest { unsafe append(chunk, (zero - 1)..<end) }
      position = max(zero, end)
      // Rows of zeros, as a log has them that was made to a size.
      while position + 1 < chunk.count, unsafe chunk[position] == 0, unsafe chunk[position + 1] == 0 { position += 1 }
    }
    if runs.isEmpty { return nil }
  }

  /// Where a range of ``bytes`` stands in the chunk.
  func origin(of range: Range<Int>) -> Range<Int> {
    let run = runs[max(0, runs.partitionPoint { $0.place <= range.lowerBound } - 1)]
    let start = run.origin + 2 * (range.lowerBound - run.place)
    return start..<(start + 2 * range.count)
  }

  private mutating func append(_ chunk: UnsafeRawBufferPointer, _ run: Range<Int>) {
    runs.append((bytes.count, run.lowerBound))
    for position in Swift.stride(from: run.lowerBound, to: run.upperBound, by: 2) { unsafe bytes.append(chunk[position]) }
    bytes.append(0x0A)
  }

  /// Where the letters of two bytes end that begin at a place, the second byte zero.
  private static func runEnd(_ chunk: UnsafeRawBufferPointer, from start: Int) -> Int {
    var end = start
    while end + 1 < chunk.count, unsafe chunk[end + 1] == 0, unsafe isText(chunk[end]) { end += 2 }
    return end
  }

  private static func isText(_ byte: UInt8) -> Bool { (0x20..<0x7F).contains(byte) || byte == 0x09 || byte == 0x0A || byte == 0x0D }
}
