/// Punycode (RFC 3492), the ASCII form of one label of a domain name.
enum Punycode {
  private static let base: UInt32 = 36
  private static let minimum: UInt32 = 1
  private static let maximum: UInt32 = 26

  /// The label without its `xn--`; nil when it is no Punycode.
  static func decode(_ text: some BidirectionalCollection<UInt8>) -> [Unicode.Scalar]? {
    var output: [Unicode.Scalar] = []
    var rest = text[...]
    if let hyphen = text.lastIndex(of: 0x2D) {
      for byte in text[..<hyphen] {
        guard byte < 0x80 else { return nil }
        output.append(Unicode.Scalar(byte))
      }
      rest = text[text.index(after: hyphen)...]
    }
    var code: UInt32 = 128
    var position: UInt32 = 0
    var bias: UInt32 = 72
    var index = rest.startIndex
    while index < rest.endIndex {
      let start = position
      var weight: UInt32 = 1
      var step = base
      while true {
        guard index < rest.endIndex, let digit = value(of: rest[index]) else { return nil }
        rest.formIndex(after: &index)
        let (product, overflow) = digit.multipliedReportingOverflow(by: weight)
        let (sum, carry) = position.addingReportingOverflow(product)
        if overflow || carry { return nil }
        position = sum
        let threshold = min(max(step, bias + minimum) - bias, maximum)
        if digit < threshold { break }
        let (next, tooBig) = weight.multipliedReportingOverflow(by: base - threshold)
        if tooBig { return nil }
        weight = next
        step += base
      }
      let count = UInt32(output.count + 1)
      bias = adapt(position - start, count: count, isFirst: start == 0)
      let (sum, carry) = code.addingReportingOverflow(position / count)
      if carry { return nil }
      code = sum
      position %= count
      guard let scalar = Unicode.Scalar(code) else { return nil }
      output.insert(scalar, at: Int(position))
      position += 1
    }
    return output
  }

  /// The label without `xn--`; nil when a number does not fit, which no label of a sane length reaches.
  static func encode(_ label: [Unicode.Scalar]) -> [UInt8]? {
    var output = label.filter(\.isASCII).map { UInt8(ascii: $0) }
    let basic = UInt32(output.count)
    var handled = basic
    if basic > 0 { output.append(0x2D) }
    var code: UInt32 = 128
    var delta: UInt32 = 0
    var bias: UInt32 = 72
    while handled < label.count {
      guard let next = label.lazy.map(\.value).filter({ $0 >= code }).min() else { return nil }
      let (product, overflow) = (next - code).multipliedReportingOverflow(by: handled + 1)
      let (sum, carry) = delta.addingReportingOverflow(product)
      if overflow || carry { return nil }
      delta = sum
      code = next
      for scalar in label {
        if scalar.value < code {
          let (sum, carry) = delta.addingReportingOverflow(1)
          if carry { return nil }
          delta = sum
        }
        guard scalar.value == code else { continue }
        var rest = delta
        var step = base
        while true {
          let threshold = min(max(step, bias + minimum) - bias, maximum)
          if rest < threshold { break }
          output.append(digit(threshold + (rest - threshold) % (base - threshold)))
          rest = (rest - threshold) / (base - threshold)
          step += base
        }
        output.append(digit(rest))
        bias = adapt(delta, count: handled + 1, isFirst: handled == basic)
        delta = 0
        handled += 1
      }
      delta += 1
      code += 1
    }
    return output
  }

  private static func adapt(_ delta: UInt32, count: UInt32, isFirst: Bool) -> UInt32 {
    var delta = isFirst ? delta / 700 : delta / 2
    delta += delta / count
    var steps: UInt32 = 0
    while delta > (base - minimum) * maximum / 2 {
      delta /= base - minimum
      steps += base
    }
    return steps + (base - minimum + 1) * delta / (delta + 38)
  }

  private static func value(of byte: UInt8) -> UInt32? {
    if byte.isLetter { return UInt32(byte | 0x20) - 0x61 }
    return byte.isDigit ? UInt32(byte) - 22 : nil
  }

  private static func digit(_ value: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: value < 26 ? value + 0x61 : value + 22) }
}
