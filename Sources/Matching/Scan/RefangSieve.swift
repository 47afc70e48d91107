/// Which defanged pieces of a chunk can hold anything listed: the grammar of defanging, hundreds of times as slow as the scan, reads those alone.
///
/// ```
///  a1[.]com  evil(dot)example  hxxp://b2[.]net/x      the pieces
///  a1.com  evil.example  hxxp://b2.net/x              blunt: every mark a sign, without a question
///          ╰──────────╯                               what a scan of that asks the rules about
/// ```
/// The grammar undoes a mark or leaves it. Brackets around a dot it undoes for all of a host or for none of it: the host stands in the blunt
/// text, or in the log itself. Of other marks it may undo one and leave the next, so where there are such, a second blunt text leaves them all,
/// and a third what cannot be seen.
/// A piece is read when a scan of any of the texts asks the rules about something in it; what they answer there does not matter.
struct RefangSieve {
  /// What the rules were asked in a blunt text, as a piece's number.
  private(set) var isNominated: [Bool] = []
  private var text = BluntText()

  /// - Parameters:
  ///   - asked: places in the chunk about which its own scan asked the rules.
  ///   - scan: gives the places in a blunt text about which its scan asks the rules.
  mutating func judge(_ pieces: [RefangPieces.Piece], of chunk: LogText, marks: [Int], asked: [Int], scan: (UnsafeRawBufferPointer) -> [Int]) {
    isNominated.removeAll(keepingCapacity: true)
    isNominated.append(contentsOf: repeatElement(false, count: pieces.count))
    let borders = pieces.map { $0.borders(in: chunk) }
    for place in asked { nominate(place, place, borders) }
    for reading in BluntText.Reading.allCases {
      guard text.needs(reading) else { continue }
      text.write(pieces, borders, of: chunk, marks: marks, reading)
      let found = unsafe text.withBytes { unsafe scan($0) }
      for place in found {
        // Between the marks with which two pieces begin.
        let piece = max(0, text.piece(at: place))
        let next = piece + 1 < pieces.count ? pieces[piece + 1].firstMark : chunk.count
        nominate(piece == 0 ? 0 : pieces[piece].firstMark, next, borders)
      }
    }
  }

  /// All pieces that hold or touch anything of a range. Both ends of pieces go up with their numbers.
  private mutating func nominate(_ start: Int, _ end: Int, _ borders: [(first: Int, last: Int)]) {
    var piece = borders.partitionPoint { $0.last < start }
    while piece < borders.count, borders[piece].first <= end {
      isNominated[piece] = true
      piece += 1
    }
  }
}
