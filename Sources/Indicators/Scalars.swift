/// Questions about single scalars that texts are full of: what is ASCII is answered without the Unicode tables.
extension Unicode.Scalar {
  /// White space of any kind.
  package var isSpace: Bool {
    value < 0x80 ? value == 0x20 || value &- 0x09 < 5 : value >= 0x85 && properties.isWhitespace
  }
}

extension ArraySlice<Unicode.Scalar> {
  /// Without the white space around it.
  func trimmingSpaces() -> Self {
    var text = self
    while let first = text.first, first.isSpace { text.removeFirst() }
    while let last = text.last, last.isSpace { text.removeLast() }
    return text
  }
}

extension String {
  /// The text that the scalars make up.
  package init(scalars: some Collection<Unicode.Scalar>) {
    unsafe self.init(unsafeUninitializedCapacity: scalars.count * 4) { buffer in
      var count = 0
      for scalar in scalars {
        for unit in UTF8.encode(scalar) ?? UTF8.EncodedScalar() {
          unsafe buffer[count] = unit
          count += 1
        }
      }
      return count
    }
  }
}

extension StaticString {
  /// Whether an ASCII scalar is one of those in the text.
  func holds(_ scalar: Unicode.Scalar) -> Bool {
    withUTF8Buffer { units in
      for unsafe unit in unsafe units where UInt32(unit) == scalar.value { return true }
      return false
    }
  }
}
