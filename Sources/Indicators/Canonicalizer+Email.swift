/// E-mail addresses (RFC 5321, 5322, 6531), freed of what mail programs put around them.
extension Canonicalizer {
  static func email(_ text: Bytes) throws(Rejection) -> Observable {
    var text = text
    var flags: [String] = []
    if text.last == 0x3E, let open = text.lastIndex(of: 0x3C) { text = text[(open + 1)...].dropLast().trimmed() }
    if let address = text.dropping("mailto:") {
      text = address.prefix { $0 != 0x3F }
    }
    text = withoutComments(text, &flags).trimmed()
    let signs = atSigns(text)
    guard signs.count == 1, let at = signs.first else { throw Rejection("at-count", as: .email) }
    let local = text[..<at]
    let domain = text[(at + 1)...]
    guard !local.isEmpty else { throw Rejection("empty-local", as: .email) }
    guard !domain.isEmpty else { throw Rejection("empty-domain", as: .email) }
    guard local.count <= maximumLocalPart else { throw Rejection("local-length", as: .email) }
    guard isQuoted(local) || isDotAtom(local) else { throw Rejection("dot-atom", as: .email) }
    let host = try emailDomain(domain, &flags)
    let canonical = local.text + "@" + host
    let match = local.text.lowercased() + "@" + host.lowercased()
    return Observable(type: .email, canonical: canonical, match: match, flags: flags)
  }

  /// RFC 5321 §4.5.3.1.1.
  static let maximumLocalPart = 64

  private static func emailDomain(_ domain: Bytes, _ flags: inout [String]) throws(Rejection) -> String {
    if domain.first == 0x5B, domain.last == 0x5D {
      let literal = domain.dropFirst().dropLast()
      if let address = IPv4Address(ascii: literal) { return "[\(address)]" }
      if let six = literal.dropping("ipv6:"), let address = IPv6Address(ascii: six) { return "[IPv6:\(address)]" }
      throw Rejection("bad-domain", as: .email)
    }
    let name: DomainName
    do throws(Rejection) {
      name = try DomainName(parsing: domain, as: .email)
    } catch {
      throw Rejection(error.reason == "single-label" ? "single-label" : "bad-domain", as: .email)
    }
    // A mail exchanger's name is a host name: no hyphen at a label's end and no underscore (RFC 1123, RFC 5321 §2.3.5).
    let labels = name.ascii.split(separator: 0x2E)
    guard labels.allSatisfy({ $0.first != 0x2D && $0.last != 0x2D && !$0.contains(0x5F) }) else { throw Rejection("bad-domain", as: .email) }
    flags += name.flags
    return name.ascii.text
  }

  /// Places of `@` outside quotation marks.
  private static func atSigns(_ text: Bytes) -> [Int] {
    var places: [Int] = []
    var isQuoted = false
    var index = text.startIndex
    while index < text.endIndex {
      switch text[index] {
      case 0x5C where isQuoted: index += 1
      case 0x22: isQuoted.toggle()
      case 0x40 where !isQuoted: places.append(index)
      default: break
      }
      index += 1
    }
    return places
  }

  private static func isQuoted(_ local: Bytes) -> Bool {
    guard local.count >= 2, local.first == 0x22, local.last == 0x22 else { return false }
    var isEscaped = false
    for byte in local.dropFirst().dropLast() {
      if byte < 0x20 || byte == 0x7F || (byte == 0x22 && !isEscaped) { return false }
      isEscaped = byte == 0x5C && !isEscaped
    }
    return !isEscaped
  }

  private static func isDotAtom(_ local: Bytes) -> Bool {
    let symbols = Set("!#$%&'*+-/=?^_`{|}~".utf8)
    return local.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy { atom in
      !atom.isEmpty && atom.allSatisfy { $0.isAlphanumeric || $0 >= 0x80 || symbols.contains($0) }
    }
  }

  /// Comments in parentheses out (RFC 5322, 3.2.2); what is quoted stays.
  private static func withoutComments(_ text: Bytes, _ flags: inout [String]) -> Bytes {
    guard text.contains(0x28) else { return text }
    var result: [UInt8] = []
    var depth = 0
    var isQuoted = false
    for byte in text {
      if byte == 0x22, depth == 0 { isQuoted.toggle() }
      if isQuoted {
        result.append(byte)
      } else if byte == 0x28 {
        depth += 1
      } else if byte == 0x29, depth > 0 {
        depth -= 1
      } else if depth == 0 {
        result.append(byte)
      }
    }
    if depth > 0 { return text }
    flags.append("comment-removed")
    return result[...]
  }
}
