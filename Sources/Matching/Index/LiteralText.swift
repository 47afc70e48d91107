/// How a text without a shape of its own is found: by its end.
///
/// ```
///  C:\Users\Bob\AppData\evil loader.exe        Global\{6f4a…-90ab12cd34ef}
///                             ^^^^^^^^^ pair                   ^^^^^^^^ long word     } trailer
/// ```
/// The scan already visits the ends of dotted names and of long words. So a literal needs no pass of its own: its last two labels, else
/// the last eight bytes of its last long word, else (rare) the eight bytes before its last word's end stand in the filter. From such
/// an end a walk backwards finds every literal that ends there, however many share the end (``LiteralHash``).
struct LiteralText {
  /// Up to and including the last word byte.
  let body: [UInt8]
  /// What follows the last word byte (`)`, `}`), compared after the body was found.
  let trailer: [UInt8]

  /// Letters, digits and everything that is not ASCII.
  @inline(__always) static func isWord(_ byte: UInt8) -> Bool { ASCII.isAlphanumeric(byte) || byte >= 0x80 }

  /// Nil for a text that cannot be found: no word byte, too long, or shorter than four bytes.
  init?(_ bytes: [UInt8]) {
    guard let last = bytes.lastIndex(where: Self.isWord), bytes.count <= Limits.literalLength, last >= 3 else { return nil }
    body = Array(bytes[...last])
    trailer = Array(bytes[(last + 1)...])
  }

  enum Anchor: Equatable {
    /// Last two labels of the dotted name that the text ends in, and the last label alone.
    case pair(pair: [UInt8], label: [UInt8])
    case longWord
    case shortWord
    /// A body that is shorter than a window.
    case tinyWord
  }

  var anchor: Anchor {
    if trailer.isEmpty, let name = HostName.pair(endingAt: body.count, in: body) {
      return .pair(pair: Array(body[name.pair..<body.count]), label: Array(body[name.label..<body.count]))
    }
    var start = body.count
    while start > 0, Self.isWord(body[start - 1]) { start -= 1 }
    if body.count - start >= Limits.window { return .longWord }
    if body.count >= Limits.window { return .shortWord }
    return .tinyWord
  }

  /// - Precondition: `end` bytes are readable at `bytes`.
  @inline(__always) static func window(endingAt end: Int, in bytes: UnsafePointer<UInt8>) -> UInt64 {
    if end >= Limits.window { return unsafe KeyHash.literalFold(word: KeyHash.load64(bytes + (end - Limits.window))) }
    var window: UInt64 = 0
    for offset in 0..<end {
      window |= unsafe UInt64(KeyHash.literalFold(bytes[offset])) << UInt64((Limits.window - end + offset) * 8)
    }
    return window
  }

  /// The eight bytes before `end`, folded, the last one in the top byte; zeros where the text has not begun.
  static func window(endingAt end: Int, in bytes: [UInt8]) -> UInt64 {
    var window: UInt64 = 0
    for offset in 0..<Limits.window {
      let index = end - Limits.window + offset
      if index >= 0 { window |= UInt64(KeyHash.literalFold(bytes[index])) << UInt64(offset * 8) }
    }
    return window
  }
}

/// Host names as they stand in text.
enum HostName {
  /// Where the last two labels and the last label of the dotted run that ends before `end` begin; nil when the run has no inner dot or
  /// no letter, or its last label has none.
  ///
  /// Hyphens before the second-last label are not part of it.
  static func pair(endingAt end: Int, in bytes: [UInt8]) -> (pair: Int, label: Int)? { unsafe bytes.withUnsafeBufferPointer { unsafe pair(endingAt: end, in: $0) } }

  /// - Precondition: `end` bytes are readable in `bytes`.
  static func pair(endingAt end: Int, in bytes: UnsafeBufferPointer<UInt8>) -> (pair: Int, label: Int)? {
    var label = end
    while label > 0, unsafe ASCII.isHostCharacter(bytes[label - 1]) { label -= 1 }
    guard label < end, label >= 2, unsafe bytes[label - 1] == 0x2e else { return nil }
    var start = label - 1
    while start > 0, unsafe ASCII.isHostCharacter(bytes[start - 1]) { start -= 1 }
    while start < label - 1, unsafe bytes[start] == 0x2d { start += 1 }
    guard start < label - 1 else { return nil }
    guard unsafe bytes[label..<end].contains(where: { !ASCII.isDigit($0) }) else { return nil }
    return (start, label)
  }

  /// As ``pair(endingAt:in:)`` for a whole canonical name; a name of one label is its own pair.
  static func pair(of name: [UInt8]) -> (pair: [UInt8], label: [UInt8]) {
    guard let found = pair(endingAt: name.count, in: name) else { return (name, name) }
    return (Array(name[found.pair...]), Array(name[found.label...]))
  }
}
