import Indicators
import Rules

extension FeedLocation {
  init(_ node: YAMLNode, file: String, allowPrivate: Bool, warnings: inout [Diagnostic]) throws(Diagnostic) {
    let text = try node.requireText("feed.bad-url", "'url'")
    guard !text.isEmpty, text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) || !text.contains("://"),
      text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
    else { throw node.error("feed.bad-url", "'url' holds blanks or control characters") }
    guard let colon = text.firstIndex(of: ":"), Self.isScheme(text[..<colon]) else {
      self = .local(path: try Self.checked(FilePath.resolve(text, besides: file), at: node))
      return
    }
    switch text[..<colon].lowercased() {
    case "https", "http": self = try Self.remote(text, node: node, allowPrivate: allowPrivate, warnings: &warnings)
    case "file":
      let rest = text[text.index(after: colon)...]
      let path = rest.hasPrefix("//localhost/") ? rest.dropFirst(11) : rest.hasPrefix("//") ? rest.dropFirst(2) : rest
      guard !path.isEmpty else { throw node.error("feed.bad-url", "'file:' without a path") }
      self = .local(path: try Self.checked(FilePath.resolve(FilePath.percentDecoded(String(path)), besides: file), at: node))
    default:
      throw node.error(
        "feed.bad-url", "'\(text[..<colon])' addresses are not read", hint: "https, http, file:, or a path relative to this file")
    }
  }

  private static func isScheme(_ text: Substring) -> Bool {
    text.count > 1 && text.utf8.allSatisfy { ASCIIKind.isAlphanumeric($0) || "+-.".utf8.contains($0) }
  }

  private static func remote(
    _ text: String, node: YAMLNode, allowPrivate: Bool, warnings: inout [Diagnostic]
  ) throws(Diagnostic) -> FeedLocation {
    func warn(_ code: String, _ message: String, hint: String) {
      var warning = node.error(code, message, hint: hint)
      warning.severity = .warning
      warnings.append(warning)
    }
    guard let parsed = SecretText(text) else {
      throw node.error("feed.bad-secret", "'url' holds a reference that is not understood", hint: "${env:NAME} or ${file:PATH}")
    }
    guard let start = text.firstRange(of: "://")?.upperBound else {
      throw node.error("feed.bad-url", "'url' has no host", hint: "write https://host/path")
    }
    let authority = text[start...].prefix { !"/?#".contains($0) }
    guard !authority.isEmpty else { throw node.error("feed.bad-url", "'url' has no host") }
    if let at = authority.lastIndex(of: "@") {
      if at == authority.index(before: authority.endIndex) { throw node.error("feed.bad-url", "'url' has no host") }
      warn("feed.inline-secret", "'url' holds a user or password", hint: "use auth: {basic: {user:, password: \"${env:NAME}\"}}")
    } else if hasSecretInQuery(text) {
      warn("feed.inline-secret", "'url' holds a key in the open", hint: "put it into the environment and write ${env:NAME}")
    }
    if text.lowercased().hasPrefix("http:"), !allowPrivate {
      warn("feed.plain-http", "'url' is not encrypted: anyone on the way can change the feed", hint: "use https")
    }
    return .remote(parsed)
  }

  /// A query member that is called like a key and has a value that is no reference.
  private static func hasSecretInQuery(_ text: String) -> Bool {
    guard let query = text.split(separator: "?", maxSplits: 1).dropFirst().first else { return false }
    return query.split(whereSeparator: { "&#".contains($0) }).contains { member in
      let parts = member.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, !parts[1].contains("${") else { return false }
      let name = parts[0].lowercased()
      return ["key", "token", "secret", "password", "passwd", "pwd", "auth"].contains { name.contains($0) }
    }
  }

  /// Kernel and account files are never feeds.
  private static func checked(_ path: String, at node: YAMLNode) throws(Diagnostic) -> String {
    let bad = ["/etc/shadow", "/etc/gshadow", "/etc/passwd", "/etc/sudoers", "/proc/", "/sys/", "/dev/"]
    if bad.contains(where: { $0.hasSuffix("/") ? path.hasPrefix($0) : path.hasPrefix($0) }) {
      throw node.error("feed.bad-url", "this file is never a feed")
    }
    return path
  }
}

/// The little that is needed of paths.
package enum FilePath {
  package static func last(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  /// The file's name without its extension.
  package static func stem(_ path: String) -> String {
    let name = last(path)
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    return String(name[..<dot])
  }

  package static func directory(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// `path`, relative to the directory of `file`, with `.` and `..` taken out as far as that is plain.
  package static func resolve(_ path: String, besides file: String) -> String {
    let joined = path.hasPrefix("/") ? path : directory(file) + "/" + path
    var parts: [Substring] = []
    for part in joined.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else if part != ".." || !joined.hasPrefix("/") {
        parts.append(part)
      }
    }
    let text = parts.joined(separator: "/")
    return joined.hasPrefix("/") ? "/" + text : text.isEmpty ? "." : text
  }

  package static func percentDecoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let first = rest.popFirst() {
      if first == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(first)
      }
    }
    return String(validating: bytes, as: UTF8.self) ?? text
  }
}
