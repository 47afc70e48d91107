/// JSON string escapes undone, for each string that has any, and with them the two that CEF adds (`\=`, `\|`); again where that leaves
/// escapes, because logs are put into logs.
enum JSONView {
  /// How often a string is undone at most: a record in a shipper's record in a queue's record.
  static let depth = 3

  static func visit(_ text: LogText, _ start: Int, _ end: Int, _ visit: (ViewText) -> Void) {
    var piece = start
    while piece <= end {
      let close = self.close(text, piece, end)
      if close.hasEscape { read(text, piece, close.position, visit) }
      piece = close.position + 1
    }
  }

  /// The quote that closes the string or other text from `start` on, or the line's end; and whether an escape stands before it.
  static func close(_ text: LogText, _ start: Int, _ end: Int) -> (position: Int, hasEscape: Bool) {
    var position = start
    var hasEscape = false
    while position < end, text[position] != 0x22 {
      if text[position] == 0x5c, position + 1 < end {
        hasEscape = true
        position += 2
      } else {
        position += 1
      }
    }
    return (min(position, end), hasEscape)
  }

  /// One string, undone once, and again while that leaves escapes.
  static func read(_ text: LogText, _ start: Int, _ end: Int, _ visit: (ViewText) -> Void) {
    var view = decode(text, start, end)
    visit(view)
    for _ in 1..<depth where view.bytes.contains(0x5c) {
      var again = ViewText()
      again.append(view, 0, view.bytes.count, undoing: 0x5c, by: escape)
      again.close(view.origins[view.bytes.count])
      if again.bytes.count == view.bytes.count { return }
      view = again
      visit(view)
    }
  }

  private static func decode(_ text: LogText, _ start: Int, _ end: Int) -> ViewText {
    var view = ViewText()
    view.append(text, start, end, undoing: 0x5c, by: escape)
    view.close(end)
    return view
  }

  /// What a backslash and one byte stand for.
  @inline(__always) private static func simple(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x22, 0x5c, 0x2f, 0x3d, 0x7c: byte
    case 0x6e: 0x0a
    case 0x72: 0x0d
    case 0x74: 0x09
    case 0x62: 0x08
    case 0x66: 0x0c
    default: nil
    }
  }

  /// Whether a backslash begins anything with this byte behind it.
  @inline(__always) static func mayBeEscape(_ kind: UInt8) -> Bool { simple(kind) != nil || kind == 0x75 || kind == 0x78 }

  /// What a backslash begins.
  static func escape(_ text: LogText, _ position: Int, _ end: Int) -> ViewText.Escape {
    guard position + 1 < end else { return ViewText.Escape(end: position + 1) }
    let kind = text[position + 1]
    if let byte = simple(kind) { return ViewText.Escape(end: position + 2, count: 1, bytes: UInt32(byte)) }
    switch kind {
    case 0x78:  // nginx writes \xXX
      guard let value = hexadecimal(text, position + 2, 2, end) else { break }
      return ViewText.Escape(end: position + 4, count: 1, bytes: value)
    case 0x75:
      guard var value = hexadecimal(text, position + 2, 4, end) else { break }
      var next = position + 6
      if (0xd800..<0xdc00).contains(value), text[next] == 0x5c, text[next + 1] == 0x75,
        let low = hexadecimal(text, next + 2, 4, end), (0xdc00..<0xe000).contains(low)
      {
        value = 0x10000 + (value - 0xd800) << 10 + (low - 0xdc00)
        next += 6
      }
      var escape = ViewText.Escape(end: next)
      for byte in UTF8.encode(Unicode.Scalar(value) ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter {
        escape.bytes |= UInt32(byte) << UInt32(8 * escape.count)
        escape.count += 1
      }
      return escape
    default: break
    }
    return ViewText.Escape(end: position + 1)
  }

  private static func hexadecimal(_ text: LogText, _ start: Int, _ digits: Int, _ end: Int) -> UInt32? {
    guard start + digits <= end else { return nil }
    var value: UInt32 = 0
    for index in start..<(start + digits) {
      guard let digit = ASCII.hexValue(text[index]) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}
