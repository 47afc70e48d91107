/// Blank, invisible and direction marks that stand around values and never belong to them.
package enum Invisible {
  package static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x20, 0x85, 0xA0, 0xAD, 0x1680, 0x180E, 0x2000...0x200F, 0x2028...0x202F, 0x205F...0x2064, 0x2066...0x2069,
      0x3000, 0xFEFF:
      true
    default: false
    }
  }
}

extension String {
  /// The same as for any text; ASCII at both ends shows that there is nothing to be taken off.
  package var trimmed: String {
    if let first = utf8.first, let last = utf8.last, 0x21...0x7E ~= first, 0x21...0x7E ~= last { return self }
    return self[...].trimmed
  }
}

extension StringProtocol {
  /// Without blanks, no-break spaces, zero-width and direction marks at both ends.
  package var trimmed: String {
    // Almost every value needs nothing taken off.
    let scalars = unicodeScalars
    guard let first = scalars.first, let last = scalars.last else { return "" }
    if !Invisible.isBlank(first), !Invisible.isBlank(last) { return String(self) }
    guard let start = scalars.firstIndex(where: { !Invisible.isBlank($0) }),
      let end = scalars.lastIndex(where: { !Invisible.isBlank($0) })
    else { return "" }
    return String(String.UnicodeScalarView(scalars[start...end]))
  }

  /// The beginning, for a report; control characters are left to the printer.
  package var shortened: String {
    let scalars = unicodeScalars
    guard scalars.count > FeedLimits.shownInput else { return String(self) }
    return String(String.UnicodeScalarView(scalars.prefix(FeedLimits.shownInput))) + "…"
  }

  /// Parts between any of `separators`, trimmed, without the empty ones.
  package func parts(separatedBy separators: String) -> [String] {
    // A line end of two characters is one `Character`: bytes part what is meant, and faster.
    guard separators.utf8.allSatisfy({ $0 < 0x80 }) else { return split { separators.contains($0) }.map(\.trimmed).filter { !$0.isEmpty } }
    var parts: [String] = []
    let bytes = utf8
    if !bytes.contains(where: separators.utf8.contains) {
      let whole = trimmed
      return whole.isEmpty ? [] : [whole]
    }
    var start = bytes.startIndex
    while true {
      let end = bytes[start...].firstIndex(where: separators.utf8.contains) ?? bytes.endIndex
      let part = self[start..<end].trimmed
      if !part.isEmpty { parts.append(part) }
      if end == bytes.endIndex { return parts }
      start = bytes.index(after: end)
    }
  }
}

/// Decodes fields of bodies that claim no encoding.
package enum FieldText {
  /// The text of `bytes`; nil when it is not UTF-8 and cannot be mended.
  ///
  /// Spreadsheets saved on old systems glue a Latin-1 (A0) or MacRoman (CA) no-break space behind values; it is taken off.
  package static func decode(_ bytes: some BidirectionalCollection<UInt8>) -> (text: String, mended: Bool)? {
    // Nothing but ASCII needs no validation.
    if bytes.allSatisfy({ $0 < 0x80 }) { return (String(decoding: bytes, as: UTF8.self), false) }
    if let text = String(validating: bytes, as: UTF8.self) { return (text, false) }
    func strippable(_ byte: UInt8) -> Bool { byte == 0xA0 || byte == 0xCA || byte == 0x20 || byte == 0x09 }
    guard let start = bytes.firstIndex(where: { !strippable($0) }), let end = bytes.lastIndex(where: { !strippable($0) }),
      let text = String(validating: bytes[start...end], as: UTF8.self)
    else { return nil }
    return (text, true)
  }
}
