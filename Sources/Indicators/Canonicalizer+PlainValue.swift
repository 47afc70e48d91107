/// The short way of values that stand in their canonical form already, or nearly so: most of most feeds.
extension Canonicalizer {
  /// The only one of ``readings(of:)`` of a digest, an address, perhaps with a port, a network, a host name, a web address, a mailbox or a
  /// wallet; nil when the long way has to look, and for all in which ``Refang`` may find something. A test compares both ways.
  package static func canonicalReading(of text: String) -> Observable? { plainValue(text.utf8.span)?.observable(of: text) }

  /// What ``canonicalReading(of:)`` says, of bytes where they lie.
  package struct PlainValue: Sendable {
    package var type: IndicatorType
    /// Where the match key lies in the text, which is the canonical form: see ``forms``.
    package var match: Range<Int>
    package var flags: [String] = []
    /// Both forms, where the text is not the canonical one or the match key no part of it.
    package var forms: Forms?

    package struct Forms: Sendable {
      package var canonical: [UInt8]
      package var match: [UInt8]
    }

    init(type: IndicatorType, match: Range<Int>, flags: [String] = [], forms: Forms? = nil) {
      self.type = type
      self.match = match
      self.flags = flags
      self.forms = forms
    }

    /// - Parameter text: the value's.
    package func observable(of text: String) -> Observable {
      if let forms { return Observable(type: type, canonical: forms.canonical.text, match: forms.match.text, flags: flags) }
      if match.count == text.utf8.count { return Observable(type: type, canonical: text, flags: flags) }
      let start = text.utf8.index(text.startIndex, offsetBy: match.lowerBound)
      return Observable(type: type, canonical: text, match: String(text[start..<text.utf8.index(start, offsetBy: match.count)]), flags: flags)
    }

    /// Shows the canonical form and the match key of the value, whose text is `text`.
    package func withForms(
      in text: UnsafeBufferPointer<UInt8>, _ body: (_ canonical: UnsafeBufferPointer<UInt8>, _ match: UnsafeBufferPointer<UInt8>) throws -> Void
    ) rethrows {
      guard let forms else { return try unsafe body(text, UnsafeBufferPointer(rebasing: text[match])) }
      try unsafe forms.canonical.withUnsafeBufferPointer { canonical in
        try unsafe forms.match.withUnsafeBufferPointer { match in try unsafe body(canonical, match) }
      }
    }
  }

  /// - Parameter bytes: UTF-8; what is not ASCII, or not free of defanging, is left to the long way.
  package static func plainValue(_ bytes: borrowing Span<UInt8>) -> PlainValue? {
    let count = bytes.count
    guard count >= 4, count <= 2048 else { return nil }
    if bytes[0] == 0x68, bytes[1] == 0x74, bytes[2] == 0x74, bytes[3] == 0x70, let url = canonicalURL(bytes) { return Refang.isPlain(bytes) ? url : nil }
    guard count <= DomainName.maximumLength else { return nil }
    // Letters, digits, dots, hyphens and colons are no defanging, unless a mark at the end is no part of the value.
    let kinds = unsafe bytes.withUnsafeBufferPointer { unsafe Kind.all(in: $0) }
    if kinds & ~(Kind.digit | Kind.hexLetter) == 0 { return canonicalDigest(bytes) }
    if kinds & ~(Kind.digit | Kind.dot) == 0 { return canonicalAddress(bytes) }
    if kinds & (Kind.capital | Kind.colon | Kind.other) == 0, kinds & Kind.dot != 0 { return canonicalName(bytes) }
    if kinds & Kind.colon != 0, kinds & ~(Kind.digit | Kind.hexLetter | Kind.capital | Kind.dot | Kind.colon) == 0 {
      return kinds & Kind.dot != 0 ? canonicalAddressAndPort(bytes) ?? plainIPv6(bytes) : plainIPv6(bytes)
    }
    if kinds & (Kind.dot | Kind.hyphen | Kind.colon | Kind.other) == 0 { return count >= 25 ? plainWallet(bytes) : nil }
    if kinds & Kind.other == 0 || !Refang.isPlain(bytes) { return nil }
    for place in max(0, count - 4)..<(count - 1) where bytes[place] == 0x2F { return plainNetwork(bytes, slash: place) }
    return plainEmail(bytes)
  }

  private static func text(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> String {
    unsafe bytes.extracting(range).withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }

  private static func address(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> IPv4Address? {
    unsafe bytes.extracting(range).withUnsafeBufferPointer { unsafe IPv4Address(ascii: $0) }
  }

  private enum Kind {
    static let digit: UInt8 = 1
    static let hexLetter: UInt8 = 2
    static let letter: UInt8 = 4
    static let dot: UInt8 = 8
    static let hyphen: UInt8 = 16
    static let colon: UInt8 = 32
    static let capital: UInt8 = 64
    static let other: UInt8 = 128

    /// The kinds of all bytes.
    static func all(in bytes: UnsafeBufferPointer<UInt8>) -> UInt8 {
      unsafe table.withUnsafeBufferPointer { table in
        var kinds: UInt8 = 0
        for index in bytes.indices { unsafe kinds |= table[Int(bytes[index])] }
        return kinds
      }
    }

    /// Looked up: a question after the other costs a text of thirty bytes more than all else that is asked of it.
    private static let table: [UInt8] = (0...255).map { of($0) }

    private static func of(_ byte: UInt8) -> UInt8 {
      switch byte {
      case 0x30...0x39: digit
      case 0x61...0x66: hexLetter
      case 0x67...0x7A: letter
      case 0x41...0x5A: capital
      case 0x2E: dot
      case 0x2D: hyphen
      case 0x3A: colon
      default: other
      }
    }
  }

  private static func canonicalDigest(_ bytes: borrowing Span<UInt8>) -> PlainValue? {
    let type: IndicatorType
    switch bytes.count {
    case 32: type = .md5
    case 40: type = .sha1
    case 56: type = .sha224
    case 64: type = .sha256
    case 96: type = .sha384
    case 128: type = .sha512
    default: return nil
    }
    // What programs write for no digest, and what needs a flag.
    if bytes[0] == 0x30 || bytes[0] == 0x66, unsafe bytes.withUnsafeBufferPointer({ unsafe isNull($0) }) { return nil }
    if mayBeNotable(digest: bytes), isNotable(digest: text(bytes, 0..<bytes.count)) { return nil }
    return PlainValue(type: type, match: 0..<bytes.count)
  }

  private static func canonicalAddress(_ bytes: borrowing Span<UInt8>) -> PlainValue? {
    guard let address = address(bytes, 0..<bytes.count) else { return nil }
    return PlainValue(type: .ipv4, match: 0..<bytes.count, flags: address.flags)
  }

  private static func canonicalAddressAndPort(_ bytes: borrowing Span<UInt8>) -> PlainValue? {
    let count = bytes.count
    var colon = 0
    while colon < count, bytes[colon] != 0x3A { colon += 1 }
    guard colon < count, let address = address(bytes, 0..<colon), (1...5).contains(count - colon - 1), bytes[colon + 1] != 0x30 else { return nil }
    var port = 0
    for index in (colon + 1)..<count {
      guard bytes[index].isDigit else { return nil }
      port = port * 10 + Int(bytes[index] &- 0x30)
    }
    guard port < 65_536 else { return nil }
    return PlainValue(type: .ipv4Port, match: 0..<colon, flags: address.flags)
  }

  static func canonicalName(_ bytes: borrowing Span<UInt8>) -> PlainValue? {
    let count = bytes.count
    guard count >= 4 else { return nil }
    var start = 0
    var dots = 0
    for index in 0..<count {
      if bytes[index] == 0x2E {
        guard index > start, index - start <= DomainName.maximumLabelLength else { return nil }
        start = index + 1
        dots += 1
      } else if bytes[index] == 0x2D, index == start + 3, bytes[start + 2] == 0x2D {
        return nil
      }
    }
    // The last label begins with a letter, so that it is no number.
    guard dots > 0, 2..<24 ~= count - start, bytes[start] >= 0x61, !mayBeOther(bytes), !isOwnType(top: bytes.extracting(start..<count)) else { return nil }
    var flags: [String] = []
    guard let flag = DomainName.topLevelFlag(bytes.extracting(start..<count), isSecondLevel: dots == 1) else { return nil }
    if !flag.isEmpty { flags.append(flag) }
    flags += DomainName.suffixFlags(of: bytes, isSecondLevel: dots == 1)
    if flags.count > 1 { flags = Set(flags).sorted() }
    return PlainValue(type: .domain, match: 0..<count, flags: flags)
  }

  /// Names under `onion` are no names of the DNS; `localhost` is one host.
  private static func isOwnType(top: borrowing Span<UInt8>) -> Bool {
    let name: StaticString
    switch top.count {
    case 5: name = "onion"
    case 9: name = "localhost"
    default: return false
    }
    return unsafe top.withUnsafeBufferPointer { unsafe $0.elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)) }
  }

  /// Beginnings that a vulnerability, an autonomous system, a registry key or a number in base 16 may have.
  private static func mayBeOther(_ bytes: borrowing Span<UInt8>) -> Bool {
    switch (bytes[0], bytes[1], bytes[2]) {
    case (0x63, 0x76, 0x65), (0x68, 0x6B, _), (0x30, 0x78, _): true
    case (0x61, 0x73, 0x30...0x39), (0x61, 0x73, 0x2E), (0x61, 0x73, 0x6E): true
    default: false
    }
  }

  // MARK: Web addresses

  private static func canonicalURL(_ bytes: borrowing Span<UInt8>) -> PlainValue? {
    let count = bytes.count
    guard count > 10 else { return nil }
    let isSecure = bytes[4] == 0x73
    let colon = isSecure ? 5 : 4
    guard bytes[colon] == 0x3A, bytes[colon + 1] == 0x2F, bytes[colon + 2] == 0x2F else { return nil }
    let host = colon + 3
    guard let (end, label) = plainHost(bytes, from: host) else { return nil }
    var flags: [String] = []
    if bytes[label].isDigit {
      guard let address = address(bytes, host..<end) else { return nil }
      flags = address.flags
    } else if mayBeService(bytes, host..<end), isService(text(bytes, host..<end)) {
      return nil
    }
    var index = end
    if index < count, bytes[index] == 0x3A {
      var port = 0
      index += 1
      let first = index
      while index < count, bytes[index].isDigit, index - first < 6 {
        port = port * 10 + Int(bytes[index] &- 0x30)
        index += 1
      }
      guard index - first > 0, index - first < 6, bytes[first] != 0x30, port < 65_536, port != (isSecure ? 443 : 80) else { return nil }
    }
    guard index < count, bytes[index] == 0x2F, isPlainPath(bytes, from: index) else { return nil }
    return PlainValue(type: .url, match: host..<count, flags: flags)
  }

  /// Where a host in lower case ends and where its last label begins; as in ``plainURL(_:)``.
  private static func plainHost(_ bytes: borrowing Span<UInt8>, from start: Int) -> (end: Int, label: Int)? {
    var label = start
    var index = start
    scan: while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case 0x61...0x7A, 0x30...0x39, 0x5F: break
      case 0x2D: if index == label + 3, bytes[label] == 0x78, bytes[label + 1] == 0x6E, bytes[label + 2] == 0x2D { return nil }
      case 0x2E:
        guard index > label, index - label <= DomainName.maximumLabelLength else { return nil }
        label = index + 1
      case 0x2F, 0x3A: break scan
      default: return nil
      }
      index += 1
    }
    let length = index - label
    guard length > 0, length <= DomainName.maximumLabelLength, index - start <= DomainName.maximumLength else { return nil }
    if bytes[label].isDigit {
      for place in label..<index where !bytes[place].isDigit { return nil }
    } else if bytes[index - 1].isDigit || length == 9 && bytes[label] == 0x6C {
      return nil
    }
    return (index, label)
  }

  /// Path and query of bytes that stand for themselves; no dot segment, no empty query, no second question mark.
  static func isPlainPath(_ bytes: borrowing Span<UInt8>, from start: Int) -> Bool {
    let plain = plainInPath
    var previous: UInt8 = 0
    var isQuery = false
    for index in start..<bytes.count {
      let byte = bytes[index]
      guard plain.contains(byte) else { return false }
      if byte == 0x3F {
        if isQuery { return false }
        isQuery = true
      } else if byte == 0x2E, previous == 0x2F, !isQuery {
        return false
      }
      previous = byte
    }
    return previous != 0x3F
  }

  /// All that ``isService(_:)`` knows end in `me` or `com`: a quick no for most others.
  private static func mayBeService(_ bytes: borrowing Span<UInt8>, _ host: Range<Int>) -> Bool {
    let last = bytes[host.upperBound - 1]
    return last == 0x65 || last == 0x6D
  }

  /// Hosts whose addresses may be accounts and repositories.
  private static func isService(_ host: String) -> Bool {
    host == "t.me" || host.hasSuffix("github.com") || host == "telegram.me" || host.hasSuffix("linkedin.com")
  }
}
