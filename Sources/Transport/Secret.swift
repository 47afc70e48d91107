/// A value that must never be seen: a key, a password, a token. Printing, interpolating or dumping it shows `[redacted]`.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let value: String

  public init(_ value: String) { self.value = value }

  public var isEmpty: Bool { value.isEmpty }
  /// The plain value; to be handed to a request and nowhere else.
  public func reveal() -> String { value }

  public var description: String { "[redacted]" }
  public var debugDescription: String { "[redacted]" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Takes secrets out of text before it reaches a message, a log, a database or a terminal.
public struct Redactor: Sendable {
  /// What a secret is replaced by.
  public static let mark = "[redacted]"
  /// Shorter ones would turn ordinary words into marks; they are still never written by ourselves.
  private static let shortest = 4

  private let patterns: [[UInt8]]

  public init(secrets: [Secret]) {
    var forms: Set<[UInt8]> = []
    for secret in secrets {
      let plain = Array(secret.reveal().utf8)
      guard plain.count >= Self.shortest else { continue }
      forms.insert(plain)
      forms.insert(Array(PercentCoding.encode(secret.reveal()).utf8))
      forms.insert(Array(PercentCoding.encode(secret.reveal()).replacingPercentCase().utf8))
      forms.insert(Array(Base64.encode(plain).utf8))
    }
    // The longest first: a secret may contain another.
    patterns = forms.sorted { $0.count != $1.count ? $0.count > $1.count : $0.lexicographicallyPrecedes($1) }
  }

  /// `text` with every known secret, in plain, percent-encoded or Base64 form, replaced by ``mark``.
  public func redact(_ text: String) -> String {
    var bytes = Array(text.utf8)
    for pattern in patterns { bytes = Self.replace(pattern, in: bytes) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether `text` holds one of the secrets in any of these forms.
  public func finds(in text: String) -> Bool { redact(text) != text }

  /// A URL for people: no user or password, no value of a query parameter whose name sounds like a key, none of the secrets.
  public func redact(url: String) -> String {
    var text = url
    if let schemeEnd = Self.index(of: "://", in: text) {
      let authorityStart = text.utf8.index(schemeEnd, offsetBy: 3)
      let rest = text[authorityStart...]
      let authorityEnd = rest.firstIndex { "/?#\\".contains($0) } ?? rest.endIndex
      if let at = rest[..<authorityEnd].lastIndex(of: "@") {
        text.replaceSubrange(authorityStart..<at, with: Self.mark)
      }
    }
    if let question = text.firstIndex(of: "?") {
      let start = text.index(after: question)
      let query = text[start...].prefix { $0 != "#" }
      let parts = query.split(separator: "&", omittingEmptySubsequences: false).map { part -> String in
        guard let equals = part.firstIndex(of: "="), Self.soundsSecret(part[..<equals]) else { return String(part) }
        return part[...equals] + Self.mark
      }
      text.replaceSubrange(query.startIndex..<query.endIndex, with: parts.joined(separator: "&"))
    }
    return redact(text)
  }

  private static let secretWords = [
    "key", "token", "secret", "pass", "pwd", "auth", "sig", "credential", "session", "code", "jwt", "api",
  ]

  private static func soundsSecret(_ name: some StringProtocol) -> Bool {
    let lower = name.lowercased()
    return secretWords.contains { index(of: $0, in: lower) != nil }
  }

  private static func index(of word: String, in text: String) -> String.Index? {
    let needle = Array(word.utf8)
    var index = text.utf8.startIndex
    while index != text.utf8.endIndex {
      if text.utf8[index...].starts(with: needle) { return index }
      text.utf8.formIndex(after: &index)
    }
    return nil
  }

  private static func replace(_ pattern: [UInt8], in bytes: [UInt8]) -> [UInt8] {
    guard !pattern.isEmpty, bytes.count >= pattern.count else { return bytes }
    var output: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == pattern[0], bytes[index...].starts(with: pattern) {
        output += mark.utf8
        index += pattern.count
      } else {
        output.append(bytes[index])
        index += 1
      }
    }
    return output
  }
}

enum PercentCoding {
  /// RFC 3986: everything but the unreserved characters becomes `%XX`.
  static func encode(_ text: String) -> String {
    var output: [UInt8] = []
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
        output.append(byte)
      default: output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: output, as: UTF8.self)
  }
}

extension String {
  /// `%2F` as `%2f`: servers echo either.
  fileprivate func replacingPercentCase() -> String {
    var output: [UInt8] = []
    var escape = 0
    for byte in utf8 {
      if byte == UInt8(ascii: "%") { escape = 3 }
      output.append(escape > 0 && byte >= 0x41 && byte <= 0x46 ? byte | 0x20 : byte)
      if escape > 0 { escape -= 1 }
    }
    return String(decoding: output, as: UTF8.self)
  }
}

enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// RFC 4648 section 4, with padding.
  static func encode(_ bytes: [UInt8]) -> String {
    var output: [UInt8] = []
    output.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits: UInt32 = 0
      for (position, byte) in group.enumerated() { bits |= UInt32(byte) << UInt32(16 - 8 * position) }
      for position in 0..<4 {
        if position > group.count { output.append(UInt8(ascii: "=")) } else {
          output.append(alphabet[Int(bits >> UInt32(18 - 6 * position) & 63)])
        }
      }
    }
    return String(decoding: output, as: UTF8.self)
  }
}
