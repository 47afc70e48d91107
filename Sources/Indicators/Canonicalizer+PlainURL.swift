/// The short way of a web address that is nearly in canonical form already: most URLs of most feeds.
extension Canonicalizer {
  /// The canonical form of an `http` or `https` URL of plain bytes in one pass; nil when anything in it needs the URL standard's attention,
  /// which ``url(_:)`` then gives it. Both ways give the same answer for every text; a test compares them.
  static func plainURL(_ text: Bytes) -> Observable? {
    var index = text.startIndex
    let end = text.endIndex
    var canonical: [UInt8] = []
    canonical.reserveCapacity(text.count + 1)
    guard text.count > 10, text.startsIgnoringCase("http") else { return nil }
    index += 4
    let isSecure = text[index] | 0x20 == 0x73
    if isSecure { index += 1 }
    guard text[index] == 0x3A, text[index + 1] == 0x2F, text[index + 2] == 0x2F else { return nil }
    index += 3
    canonical.append(contentsOf: isSecure ? secureScheme : plainScheme)
    let host = canonical.count
    guard let hostEnd = appendPlainHost(text[index...], to: &canonical) else { return nil }
    var flags: [String] = []
    if canonical[canonical.count - 1].isDigit {
      guard let address = IPv4Address(ascii: canonical[host...]) else { return nil }
      flags = address.flags
    }
    index = hostEnd
    if index < end, text[index] == 0x3A {
      var port = 0
      let start = index + 1
      index = start
      while index < end, text[index].isDigit, index - start < 6 {
        port = port * 10 + Int(text[index] &- 0x30)
        index += 1
      }
      guard index - start > 0, index - start < 6, text[start] != 0x30, port < 65_536 else { return nil }
      if port != (isSecure ? 443 : 80) { canonical.append(contentsOf: text[(start - 1)..<index]) }
    }
    guard index < end else {
      canonical.append(0x2F)
      return observable(canonical, host: host, flags: flags)
    }
    let path = text[index...]
    guard text[index] == 0x2F, isPlainPath(path.span, from: 0) else { return nil }
    canonical.append(contentsOf: path)
    return observable(canonical, host: host, flags: flags)
  }

  private static let secureScheme = Array("https://".utf8)
  private static let plainScheme = Array("http://".utf8)

  private static func observable(_ canonical: [UInt8], host: Int, flags: [String]) -> Observable {
    Observable(type: .url, canonical: canonical.text, match: canonical[host...].text, flags: flags)
  }

  /// Letters, digits, hyphens and underscores in labels of right length, none of them `xn--`; the last begins with a letter, or all
  /// are the four of an IPv4 address. Where the host ends; nil for any other host.
  private static func appendPlainHost(_ text: Bytes, to output: inout [UInt8]) -> Int? {
    var index = text.startIndex
    var label = output.count
    let start = label
    while index < text.endIndex {
      let byte = text[index]
      if byte == 0x2E {
        let length = output.count - label
        guard length > 0, length <= DomainName.maximumLabelLength else { return nil }
        output.append(byte)
        label = output.count
      } else if byte.isAlphanumeric || byte == 0x5F {
        output.append(byte.lowercased)
      } else if byte == 0x2D {
        output.append(byte)
        if output.count == label + 4, output[label] == 0x78, output[label + 1] == 0x6E, output[label + 2] == 0x2D { return nil }
      } else if byte == 0x2F || byte == 0x3A {
        break
      } else {
        return nil
      }
      index += 1
    }
    let length = output.count - label
    guard length > 0, length <= DomainName.maximumLabelLength, output.count - start <= DomainName.maximumLength else { return nil }
    // A last label that begins with a digit may be a number; `localhost` has a flag of its own.
    if output[label].isDigit {
      guard output[label...].allSatisfy(\.isDigit) else { return nil }
    } else if output[output.count - 1].isDigit || length == 9 && output[label...].elementsEqual("localhost".utf8) {
      return nil
    }
    return index
  }

  /// Printable ASCII without `"#%'<>\^` `` ` `` `{|}`.
  static let plainInPath = ASCIISet(String(String.UnicodeScalarView((0x21...0x7E as ClosedRange<UInt8>).filter { !"\"#%'<>\\^`{|}".utf8.contains($0) }.map { Unicode.Scalar($0) })))
}
