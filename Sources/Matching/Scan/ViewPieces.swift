import Indicators

/// The pieces of a chunk that read differently in a view, behind one another with newlines between.
///
/// No rule looks across a newline, so one scan of all pieces finds what a scan of each would. Only the neighbourhood of a mark is read:
/// what ``Views/visit(_:_:_:features:_:)`` would visit line by line.
enum ViewPieces {
  /// In the order in which a hit found twice is decided.
  enum Kind: CaseIterable {
    case json, percent, refang, international

    var view: MatchView {
      switch self {
      case .json: .json
      case .percent: .percent
      case .refang: .refang
      case .international: .raw
      }
    }
  }

  /// - Parameter marks: places in order that hold every mark of the chunk, and perhaps others.
  static func gather(_ kind: Kind, _ text: LogText, marks: [Int], features: IndexFormat.Features) -> ViewText {
    var pieces = ViewText()
    if kind == .international, !features.contains(.international) { return pieces }
    var done = 0
    for mark in marks where mark >= done && isMark(kind, text, mark) {
      switch kind {
      case .percent:
        done = percentPiece(text, mark, &pieces)
      default:
        let line = line(of: mark, in: text)
        let view: (ViewText) -> Void = { pieces.append($0) }
        switch kind {
        case .json: JSONView.visit(text, line.lowerBound, line.upperBound, view)
        case .refang: RefangView.visit(text, line.lowerBound, line.upperBound, view)
        default: InternationalView.visit(text, line.lowerBound, line.upperBound, view)
        }
        done = line.upperBound
      }
    }
    return pieces
  }

  private static func isMark(_ kind: Kind, _ text: LogText, _ place: Int) -> Bool {
    switch kind {
    case .json: text[place] == 0x5c
    case .percent: text[place] == 0x25 && PercentView.value(text, place) != nil
    case .refang: RefangView.isMark(text, place)
    case .international: text[place] >= 0x80
    }
  }

  private static func line(of place: Int, in text: LogText) -> Range<Int> {
    var start = place
    while text[start - 1] != 0x0a { start -= 1 }
    var end = place
    while text[end] != 0x0a { end += 1 }
    return start..<end
  }

  /// The blank-free run around `%XX`, decoded; returns its end.
  private static func percentPiece(_ text: LogText, _ mark: Int, _ pieces: inout ViewText) -> Int {
    var start = mark
    while text[start - 1] > 0x20, text[start - 1] != 0x22 { start -= 1 }
    var end = mark
    while text[end] > 0x20, text[end] != 0x22 { end += 1 }
    PercentView.visit(text, start, end) { pieces.append($0) }
    return end
  }
}

extension ViewText {
  /// Another piece, behind a newline.
  mutating func append(_ piece: ViewText) {
    guard !piece.bytes.isEmpty else { return }
    bytes += piece.bytes
    bytes.append(0x0a)
    origins += piece.origins
    // A piece has one origin more than bytes: it is the newline's. The last one needs its own end.
  }
}
