/// What stands around a value: quotes, brackets, a Markdown link, a sentence's punctuation.
enum RefangWrapping {
  private static let pairs: [Unicode.Scalar: Unicode.Scalar] = [
    "(": ")", "[": "]", "<": ">", "«": "»", "“": "”", "\"": "\"", "'": "'", "`": "`", "「": "」", "（": "）", "+": "+", "‘": "’", "{": "}",
  ]
  private static let closers: [Unicode.Scalar: Unicode.Scalar] = [")": "(", "]": "[", ">": "<", "»": "«", "”": "“", "」": "「", "）": "（", "}": "{"]
  private static let trailing: Set<Unicode.Scalar> = [".", ",", ";", ":", "!", "?", "،", "؛", "。", "、"]

  /// The value inside, when the text is one indicator with something around it; nil when there is nothing to take away.
  static func unwrap(_ text: [Unicode.Scalar]) -> [Unicode.Scalar]? {
    guard text.count <= 8192, !text.isEmpty else { return nil }
    var inner = text[...]
    while let first = inner.first, first.isSpace { inner.removeFirst() }
    while let last = inner.last, last.isSpace { inner.removeLast() }
    if inner.contains(where: { $0.isSpace }), markdownTarget(inner) == nil { return nil }
    if let target = markdownTarget(inner) { inner = target }
    // Brackets around a bare address belong to it: [192.0.2.1] in mail headers, [2001:db8::1] before a port.
    if inner.first == "[", inner.last == "]", isAddress(inner.dropFirst().dropLast()) { return nil }
    var changed = true
    while changed {
      changed = false
      if let last = inner.last, trailing.contains(last), inner.count > 1, !(last == ":" && IndicatorShape.isIPv6(inner)) {
        inner.removeLast()
        changed = true
      } else if let last = inner.last, let open = closers[last], isUnbalanced(inner, open, last) {
        inner.removeLast()
        changed = true
      } else if inner.count > 2, let first = inner.first, let close = pairs[first], inner.last == close {
        inner = inner.dropFirst().dropLast()
        changed = true
      }
    }
    guard inner.count < text.count, IndicatorShape.isIndicator(inner) else { return nil }
    return Array(inner)
  }

  private static func isUnbalanced(_ text: ArraySlice<Unicode.Scalar>, _ open: Unicode.Scalar, _ close: Unicode.Scalar) -> Bool {
    text.filter { $0 == open }.count < text.filter { $0 == close }.count
  }

  private static func isAddress(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
    IndicatorShape.isIPv6(text)
      || (text.allSatisfy { IndicatorShape.isDigit($0) || $0 == "." } && IndicatorShape.isHostLike(text))
  }

  /// The target of `[text](target)`.
  private static func markdownTarget(_ text: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar>? {
    guard text.first == "[", text.last == ")" else { return nil }
    var index = text.startIndex
    while index < text.endIndex - 1, !(text[index] == "]" && text[index + 1] == "(") { index += 1 }
    guard index < text.endIndex - 2 else { return nil }
    let target = text[(index + 2)..<(text.endIndex - 1)]
    return target.isEmpty || target.contains { $0.isSpace } ? nil : target
  }
}
