/// A name as it stands in a packet, each label behind its length: `(4)evil(7)example(0)`. Windows' DNS server writes its debug log so.
package struct CountedLabels {
  /// Where the first length's bracket stands.
  package let start: Int
  /// From the first label's first byte to behind the last one's last.
  package let labels: Range<Int>
  /// Where reading goes on: behind the last label that is as long as it should be, and the root's `(0)`.
  package let end: Int
  /// Whether this is all of a name with two labels at least: one with a label of another length than it says is none.
  package let isName: Bool

  private static let (opening, closing) = (UInt8(ascii: "("), UInt8(ascii: ")"))
  package static let longestLabel = 63

  /// Reads from an opening bracket on; nil where no label stands behind it.
  package init?(_ text: borrowing Span<UInt8>, at open: Int) {
    guard let first = Self.label(text, at: open) else { return nil }
    var (end, count) = (first.upperBound, 1)
    while let next = Self.label(text, at: end) {
      end = next.upperBound
      count += 1
    }
    start = open
    labels = first.lowerBound..<end
    let hasRoot = end + 2 < text.count && text[end] == Self.opening && text[end + 1] == UInt8(ascii: "0") && text[end + 2] == Self.closing
    self.end = hasRoot ? end + 3 : end
    isName = count >= 2 && (hasRoot || end == text.count || Self.isBorder(text[end]))
  }

  /// The name that a word is, with dots; nil for a word that is anything else.
  package static func name(of word: String) -> String? {
    guard word.utf8.first == opening else { return nil }
    let bytes = Array(word.utf8)
    guard let read = CountedLabels(bytes.span, at: 0), read.isName, read.end == bytes.count else { return nil }
    var (name, position) = ([UInt8](), read.labels.lowerBound)
    while position < read.labels.upperBound {
      let isLength = bytes[position] == opening
      name.append(isLength ? UInt8(ascii: ".") : bytes[position])
      position = isLength ? lengthEnd(bytes.span, at: position) : position + 1
    }
    return String(decoding: name, as: UTF8.self)
  }

  /// Behind the bracket that closes the length of a label, which begins at `open`.
  package static func lengthEnd(_ text: borrowing Span<UInt8>, at open: Int) -> Int {
    open + 2 < text.count && text[open + 2] == closing ? open + 3 : min(open + 4, text.count)
  }

  /// The label behind a length from 1 to 63.
  private static func label(_ text: borrowing Span<UInt8>, at open: Int) -> Range<Int>? {
    guard open >= 0, open + 3 < text.count, text[open] == opening, isDigit(text[open + 1]), text[open + 1] != UInt8(ascii: "0") else { return nil }
    var length = Int(text[open + 1] - 0x30)
    var start = open + 2
    if isDigit(text[start]) {
      length = length * 10 + Int(text[start] - 0x30)
      start += 1
    }
    guard length <= longestLabel, text[start] == closing, start + length < text.count else { return nil }
    start += 1
    for place in start..<start + length where !isHostByte(text[place]) { return nil }
    let end = start + length
    return end == text.count || !isHostByte(text[end]) ? start..<end : nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
  private static func isHostByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }

  /// What ends a name that lacks its root: the end of a field, not the next length or a dot.
  private static func isBorder(_ byte: UInt8) -> Bool {
    byte <= 0x20 || "\"',;|\\<".utf8.contains(byte)
  }
}
