/// A URL taken apart and written again by the WHATWG URL standard, as far as indicators need it: hierarchical URLs; a URL without `//`
/// is opaque. Works on bytes; feeds and logs share it.
struct URLText {
  var scheme: String
  /// Encoded user information with its `@`; empty without.
  var userInformation = ""
  var host = Host.empty
  var port: UInt16?
  /// Begins with `/` for special schemes.
  var path: [UInt8] = []
  /// Without `?`; nil when there is none.
  var query: [UInt8]?
  /// Without `#`; nil when there is none.
  var fragment: [UInt8]?

  enum Host: Equatable {
    case empty
    case name([UInt8])
    case ipv4(IPv4Address)
    case ipv6(IPv6Address)
  }

  static let defaultPorts: [String: UInt16] = ["http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21]
  var isSpecial: Bool { Self.defaultPorts[scheme] != nil }

  /// The serialisation, fragment included.
  var serialized: String {
    var text = scheme + "://" + userInformation + hostText
    if let port { text += ":\(port)" }
    text += path.text
    if let query { text += "?" + query.text }
    if let fragment { text += "#" + fragment.text }
    return text
  }

  private var hostText: String {
    switch host {
    case .empty: ""
    case .name(let name): name.text
    case .ipv4(let address): address.description
    case .ipv6(let address): "[\(Self.hexadecimal(address))]"
    }
  }

  /// Browsers write an IPv4-mapped address in groups, too.
  private static func hexadecimal(_ address: IPv6Address) -> String {
    var bytes: [UInt8] = []
    address.appendHexadecimal(to: &bytes)
    return bytes.text
  }

  /// What is compared for `http` and `https`: no scheme, user, fragment, default port, root dot or empty query; an IPv4-mapped host is the
  /// IPv4 address; escapes of unreserved characters are undone, the others in upper case.
  var matchKey: String {
    var text: String
    switch host {
    case .name(let name): text = (name.last == 0x2E ? name.dropLast() : name[...]).text
    case .ipv6(let address): text = address.mappedIPv4.map(\.description) ?? "[\(address.description)]"
    default: text = hostText
    }
    if let port { text += ":\(port)" }
    text += Self.normalizedEscapes(path).text
    if let query, !query.isEmpty { text += "?" + Self.normalizedEscapes(query).text }
    return text
  }

  private static func normalizedEscapes(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(0x25) else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if bytes[index] == 0x25, index + 2 < bytes.count, bytes[index + 1].isHexDigit, bytes[index + 2].isHexDigit {
        let value = bytes[index + 1].hexValue << 4 | bytes[index + 2].hexValue
        if value.isAlphanumeric || value == 0x2D || value == 0x2E || value == 0x5F || value == 0x7E {
          result.append(value)
        } else {
          result += [0x25, bytes[index + 1].uppercased, bytes[index + 2].uppercased]
        }
        index += 3
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
  }
}

extension URLText {
  /// Reads what follows `scheme:`.
  /// - Throws: `bad-host`, `bad-port`, `port-range`.
  init(scheme: String, rest: Bytes) throws(Rejection) {
    self.scheme = scheme
    var rest = rest
    let slashes: (UInt8) -> Bool = isSpecial ? { $0 == 0x2F || $0 == 0x5C } : { $0 == 0x2F }
    if isSpecial { rest = rest.drop(while: slashes) } else { rest = rest.dropFirst(2) }
    if let hash = rest.firstIndex(of: 0x23) {
      fragment = Self.encoded(rest[(hash + 1)...], keeping: Self.fragmentSet)
      rest = rest[..<hash]
    }
    let end = rest.firstIndex { slashes($0) || $0 == 0x3F } ?? rest.endIndex
    var authority = rest[..<end]
    if let at = authority.lastIndex(of: 0x40) {
      let user = authority[..<at]
      let colon = user.firstIndex(of: 0x3A)
      var encoded = Self.encoded(user[..<(colon ?? user.endIndex)], keeping: Self.userSet)
      if let colon, colon + 1 < user.endIndex { encoded += [0x3A] + Self.encoded(user[(colon + 1)...], keeping: Self.userSet) }
      userInformation = encoded.isEmpty ? "" : encoded.text + "@"
      authority = authority[(at + 1)...]
    }
    try readAuthority(authority)
    rest = rest[end...]
    if let mark = rest.firstIndex(of: 0x3F) {
      query = Self.encoded(rest[(mark + 1)...], keeping: isSpecial ? Self.specialQuerySet : Self.querySet)
      rest = rest[..<mark]
    }
    path = Self.path(rest, isSpecial: isSpecial)
  }

  private mutating func readAuthority(_ text: Bytes) throws(Rejection) {
    var host = text
    var digits: Bytes?
    if text.first == 0x5B {
      guard let close = text.firstIndex(of: 0x5D) else { throw Rejection("bad-host", as: .url) }
      host = text[...close]
      let after = text[(close + 1)...]
      if !after.isEmpty {
        guard after.first == 0x3A else { throw Rejection("bad-host", as: .url) }
        digits = after.dropFirst()
      }
    } else if let colon = text.lastIndex(of: 0x3A) {
      host = text[..<colon]
      digits = text[(colon + 1)...]
    }
    guard !host.isEmpty else { throw Rejection("bad-host", as: .url) }
    if let digits, !digits.isEmpty {
      guard digits.allSatisfy(\.isDigit) else { throw Rejection("bad-port", as: .url) }
      guard let value = UInt16(digits.drop { $0 == 0x30 }.text.isEmpty ? "0" : digits.drop { $0 == 0x30 }.text) else {
        throw Rejection("port-range", as: .url)
      }
      port = value == Self.defaultPorts[scheme] ? nil : value
    }
    self.host = try Self.host(host, isSpecial: isSpecial)
  }

  private static func host(_ text: Bytes, isSpecial: Bool) throws(Rejection) -> Host {
    if text.first == 0x5B {
      guard let address = IPv6Address(ascii: text.dropFirst().dropLast()) else { throw Rejection("bad-host", as: .url) }
      return .ipv6(address)
    }
    if !isSpecial {
      guard !text.contains(where: isForbidden) else { throw Rejection("bad-host", as: .url) }
      return .name(Array(text))
    }
    let decoded = percentDecoded(text)
    let isPlain = decoded.allSatisfy { $0.isAlphanumeric || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
    var name = decoded.lowercasedASCII()
    if !isPlain || name[...].contains("xn--") {
      guard let processed = try? UTS46.process(decoded[...], maximumLabelLength: 253) else { throw Rejection("bad-host", as: .url) }
      name = Array(processed.ascii.joined(separator: [0x2E]))
    }
    guard !name.isEmpty, name != [0x2E], !name.contains(where: { isForbidden($0) || $0 == 0x25 }) else { throw Rejection("bad-host", as: .url) }
    if endsInNumber(name) {
      guard let address = numericAddress(name) else { throw Rejection("bad-host", as: .url) }
      return .ipv4(address)
    }
    return .name(name)
  }

  /// Forbidden host code points, controls included.
  private static func isForbidden(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == 0x7F || [0x23, 0x2F, 0x3A, 0x3C, 0x3E, 0x3F, 0x40, 0x5B, 0x5C, 0x5D, 0x5E, 0x7C].contains(byte)
  }

  private static func endsInNumber(_ name: [UInt8]) -> Bool {
    var parts = name.split(separator: 0x2E, omittingEmptySubsequences: false)
    if parts.last?.isEmpty == true {
      if parts.count == 1 { return false }
      parts.removeLast()
    }
    guard let last = parts.last, !last.isEmpty else { return false }
    return last.allSatisfy(\.isDigit) || number(last) != nil
  }

  /// The IPv4 parser of the standard: decimal, octal and hexadecimal parts, one to four of them.
  fileprivate static func numericAddress(_ name: [UInt8]) -> IPv4Address? {
    var parts = name.split(separator: 0x2E, omittingEmptySubsequences: false)
    if parts.last?.isEmpty == true, parts.count > 1 { parts.removeLast() }
    guard parts.count <= 4 else { return nil }
    var numbers: [UInt64] = []
    for part in parts {
      guard !part.isEmpty, let value = number(part) else { return nil }
      numbers.append(value)
    }
    guard let last = numbers.last, numbers.dropLast().allSatisfy({ $0 <= 255 }) else { return nil }
    guard last < UInt64(1) << UInt64(8 * (5 - numbers.count)) else { return nil }
    var value = last
    for (index, number) in numbers.dropLast().enumerated() { value += number << UInt64(8 * (3 - index)) }
    return IPv4Address(value: UInt32(truncatingIfNeeded: value))
  }

  private static func number(_ part: ArraySlice<UInt8>) -> UInt64? {
    var digits = part
    var radix: UInt64 = 10
    if digits.starts(with: [0x30, 0x78]) {
      digits = digits.dropFirst(2)
      radix = 16
    } else if digits.count > 1, digits.first == 0x30 {
      digits = digits.dropFirst()
      radix = 8
    }
    var value: UInt64 = 0
    for digit in digits {
      guard digit.isHexDigit, UInt64(digit.hexValue) < radix else { return nil }
      value = min(value * radix + UInt64(digit.hexValue), 1 << 40)
    }
    return value
  }

  static func percentDecoded(_ text: Bytes) -> [UInt8] {
    guard text.contains(0x25) else { return Array(text) }
    var result: [UInt8] = []
    var index = text.startIndex
    while index < text.endIndex {
      if text[index] == 0x25, index + 2 < text.endIndex, text[index + 1].isHexDigit, text[index + 2].isHexDigit {
        result.append(text[index + 1].hexValue << 4 | text[index + 2].hexValue)
        index += 3
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }

  /// Dot segments out, the rest encoded.
  private static func path(_ text: Bytes, isSpecial: Bool) -> [UInt8] {
    let isSeparator: (UInt8) -> Bool = isSpecial ? { $0 == 0x2F || $0 == 0x5C } : { $0 == 0x2F }
    if text.isEmpty { return isSpecial ? [0x2F] : [] }
    var path: [UInt8] = []
    path.reserveCapacity(text.count)
    // Where each segment of ``path`` begins, with its slash.
    var segments: [Int] = []
    var rest = text.dropFirst()
    while true {
      let end = rest.firstIndex(where: isSeparator)
      let segment = rest[..<(end ?? rest.endIndex)]
      let dots = dots(segment)
      if dots == 2, let last = segments.popLast() { path.removeSubrange(last...) }
      if dots == 0 || end == nil {
        segments.append(path.count)
        path.append(0x2F)
        if dots == 0 { append(segment, keeping: pathSet, to: &path) }
      }
      guard let end else { return path }
      rest = rest[(end + 1)...]
    }
  }

  /// 1 for `.`, 2 for `..`, each dot perhaps as `%2e`; else 0.
  private static func dots(_ segment: Bytes) -> Int {
    guard let first = segment.first, first == 0x2E || first == 0x25, segment.count <= 6 else { return 0 }
    var count = 0
    var rest = segment
    while let first = rest.first {
      if first == 0x2E {
        rest = rest.dropFirst()
      } else if let after = rest.dropping("%2e") {
        rest = after
      } else {
        return 0
      }
      count += 1
    }
    return count <= 2 ? count : 0
  }

  // MARK: Percent-encode sets (URL standard, 1.3), beyond controls and bytes above 0x7E

  private static let fragmentSet = ASCIISet(" \"<>`")
  private static let querySet = ASCIISet(" \"#<>")
  private static let specialQuerySet = ASCIISet(" \"#<>'")
  private static let pathSet = ASCIISet(" \"#<>?^`{}")
  private static let userSet = ASCIISet(" \"#<>?^`{}/:;=@[\\]|")

  private static func encoded(_ text: Bytes, keeping set: ASCIISet) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    append(text, keeping: set, to: &result)
    return result
  }

  private static func append(_ text: Bytes, keeping set: ASCIISet, to result: inout [UInt8]) {
    for byte in text {
      if byte < 0x20 || byte > 0x7E || set.contains(byte) {
        result += [0x25, UInt8.hexDigit(byte >> 4, upperCase: true), UInt8.hexDigit(byte & 15, upperCase: true)]
      } else {
        result.append(byte)
      }
    }
  }
}

extension IPv4Address {
  /// The address that the host of a URL names: decimal, octal and hexadecimal parts, one to four of them (WHATWG URL, the IPv4 parser).
  ///
  /// - Parameter host: in lower case.
  package init?(hostOfURL host: [UInt8]) {
    guard let address = URLText.numericAddress(host) else { return nil }
    self = address
  }
}
