import Indicators

/// Names with letters beyond ASCII, as the A-labels that indicators are kept in.
enum InternationalView {
  static func visit(_ text: LogText, _ start: Int, _ end: Int, _ visit: (ViewText) -> Void) {
    var position = start
    var neighbourhood = Neighbourhood()
    while position < end {
      guard isNameByte(text[position]) else {
        position += 1
        continue
      }
      let name = position
      var hasLetter = false
      var mayHaveDot = false
      while position < end, isNameByte(text[position]) {
        let byte = text[position]
        if byte >= 0x80 { hasLetter = true }
        // A full stop, or the first byte of what may be one in another script (U+2024, U+3002, U+FF0E, U+FF61): a word is no name.
        if byte == 0x2e || byte == 0xe2 || byte == 0xe3 || byte == 0xef { mayHaveDot = true }
        position += 1
      }
      guard hasLetter, mayHaveDot, position - name <= 1024,
        let domain = try? Canonicalizer.canonicalize(String(decoding: text.slice(name, position), as: UTF8.self), as: .domain)
      else { continue }
      let around = neighbourhood.around(name..<position, in: text, start..<end)
      visit(replaced(text, around, name, position, with: Array(domain.canonical.utf8)))
    }
  }

  /// What of a blank-free run is shown around its names: a mailbox, a scheme, a path. A run may be nothing but names: shown each with all others it
  /// would take a thousand times its memory.
  private struct Neighbourhood {
    /// Bytes that are shown before and behind a name, and of a run altogether; behind these a name is shown with little.
    private static let (before, behind, least) = (256, 4096, 64)
    private static let limit = 16_384
    private var runEnd = 0
    private var shown = 0

    mutating func around(_ name: Range<Int>, in text: LogText, _ line: Range<Int>) -> Range<Int> {
      if name.lowerBound >= runEnd {
        shown = 0
        runEnd = name.upperBound
        while runEnd < line.upperBound, ASCII.isURLCharacter(text[runEnd]) { runEnd += 1 }
      }
      let isFull = shown >= Self.limit
      let (before, behind) = isFull ? (Self.least, Self.least) : (Self.before, Self.behind)
      var first = name.lowerBound
      while first > max(line.lowerBound, name.lowerBound - before), ASCII.isURLCharacter(text[first - 1]) { first -= 1 }
      let last = min(runEnd, name.upperBound + behind)
      shown += last - first
      return first..<last
    }
  }

  /// The same for what stands in another view: loggers that write ASCII alone put `\u00fc` or `%C3%BC` for `ü`.
  static func visit(_ view: ViewText, _ visit: (ViewText) -> Void) {
    guard view.bytes.contains(where: { $0 >= 0x80 }) else { return }
    unsafe view.bytes.withUnsafeBytes { bytes in
      self.visit(unsafe LogText(bytes: bytes), 0, bytes.count) { visit($0.within(view)) }
    }
  }

  /// The same for all lines of a text; those of ASCII alone cost a look at eight bytes a step.
  static func visitLines(_ text: LogText, _ visit: (ViewText) -> Void) {
    var position = 0
    while position < text.count {
      if position &+ 8 <= text.count, unsafe text.bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
        position &+= 8
        continue
      }
      guard text[position] >= 0x80 else {
        position &+= 1
        continue
      }
      var start = position
      while text[start - 1] != 0x0a { start -= 1 }
      while position < text.count, text[position] != 0x0a { position += 1 }
      self.visit(text, start, position, visit)
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool { byte >= 0x80 || ASCII.isHostCharacter(byte) || byte == 0x2e }

  /// What stands around a name, with the name as A-labels.
  private static func replaced(_ text: LogText, _ around: Range<Int>, _ name: Int, _ nameEnd: Int, with labels: [UInt8]) -> ViewText {
    var view = ViewText()
    view.append(text, around.lowerBound, name)
    for index in labels.indices { view.append(labels[index], from: index == 0 ? name : nameEnd) }
    view.append(text, nameEnd, around.upperBound)
    view.close(around.upperBound)
    return view
  }
}
