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

  /// Shortest run of letters that is read.
  private static let shortest = 16
  /// Bytes between two looks at a chunk: a run of more is never missed, nor one at the end. Looking at all bytes would cost a scan a tenth of its speed.
  private static let stride = 128

  /// Nil for a chunk that has none, as far as a look here and there tells.
  init?(_ chunk: UnsafeRawBufferPointer) {
    guard unsafe Self.mayStand(in: chunk) else { return nil }
    var position = 0
    while position + 2 * Self.shortest <= chunk.count {
      let end = unsafe Self.runEnd(chunk, from: position)
      if end - position >= 2 * Self.shortest { unsafe append(chunk, position..<end) }
      position = max(position + 1, end)
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

  private static func mayStand(in chunk: UnsafeRawBufferPointer) -> Bool {
    guard chunk.count >= 2 * shortest else { return false }
    for place in Swift.stride(from: 0, to: chunk.count - 7, by: stride) where unsafe isWide(chunk, place) { return true }
    return unsafe isWide(chunk, chunk.count - 16) || isWide(chunk, chunk.count - 8)
  }

  /// Whether every other of eight bytes is zero, and no other.
  @inline(__always) private static func isWide(_ chunk: UnsafeRawBufferPointer, _ place: Int) -> Bool {
    let word = unsafe UInt64(littleEndian: chunk.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    let (even, odd) = (word & 0x00FF_00FF_00FF_00FF, word & 0xFF00_FF00_FF00_FF00)
    func isFull(_ bytes: UInt64) -> Bool { (0..<4).allSatisfy { (bytes >> UInt64(16 * $0)) & 0xFFFF != 0 } }
    return odd == 0 && isFull(even) || even == 0 && isFull(odd)
  }
}
