package import Indicators
import Rules

/// A text that may hold secrets by reference: `${env:NAME}` and `${file:PATH}`. Printing it shows the references, never a secret.
public struct SecretText: Sendable, Hashable, CustomStringConvertible {
  package enum Part: Sendable, Hashable {
    case literal(String)
    case environment(String)
    case file(String)
  }

  package let parts: [Part]

  /// As it was written, references in place.
  public var description: String {
    parts.map { part in
      switch part {
      case .literal(let text): text
      case .environment(let name): "${env:\(name)}"
      case .file(let path): "${file:\(path)}"
      }
    }.joined()
  }

  public var hasReferences: Bool { parts.contains { if case .literal = $0 { false } else { true } } }

  /// Nil when a reference is not understood.
  package init?(_ text: String) {
    var parts: [Part] = []
    var rest = text[...]
    while let start = rest.firstRange(of: "${") {
      if start.lowerBound > rest.startIndex { parts.append(.literal(String(rest[..<start.lowerBound]))) }
      let inner = rest[start.upperBound...]
      guard let end = inner.firstIndex(of: "}") else { return nil }
      let reference = inner[..<end]
      if reference.hasPrefix("env:") {
        let name = reference.dropFirst(4)
        guard !name.isEmpty, name.utf8.allSatisfy({ $0 == 0x5F || ASCIIKind.isAlphanumeric($0) }) else { return nil }
        parts.append(.environment(String(name)))
      } else if reference.hasPrefix("file:"), reference.count > 5 {
        parts.append(.file(String(reference.dropFirst(5))))
      } else {
        return nil
      }
      rest = inner[inner.index(after: end)...]
    }
    if !rest.isEmpty || parts.isEmpty { parts.append(.literal(String(rest))) }
    self.parts = parts
  }

  package init(literal text: String) { self.parts = [.literal(text)] }

  /// The text with its secrets filled in, and the secrets, to be redacted.
  package func resolved(by reader: SecretReader, feed: String) throws(Diagnostic) -> (text: String, secrets: [String]) {
    var text = ""
    var secrets: [String] = []
    for part in parts {
      let secret: String?
      switch part {
      case .literal(let literal):
        text += literal
        continue
      case .environment(let name): secret = reader.environment(name)
      case .file(let path): secret = reader.file(path)
      }
      guard let secret = secret?.trimmed, !secret.isEmpty else {
        throw Diagnostic(
          .error, code: "feed.secret-missing", "\(SecretText(parts: [part])) is not set", hint: "the feed is off until it is",
          file: feed)
      }
      guard secret.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
        throw Diagnostic(.error, code: "feed.bad-secret", "\(SecretText(parts: [part])) holds control characters", file: feed)
      }
      text += secret
      secrets.append(secret)
    }
    return (text, secrets)
  }

  private init(parts: [Part]) { self.parts = parts }
}

/// Where secrets come from; the command gives it the process environment and the file system, tests a dictionary.
public struct SecretReader: Sendable {
  public let environment: @Sendable (_ name: String) -> String?
  public let file: @Sendable (_ path: String) -> String?

  public init(
    environment: @escaping @Sendable (_ name: String) -> String?, file: @escaping @Sendable (_ path: String) -> String?
  ) {
    self.environment = environment
    self.file = file
  }
}

/// How a request says who it is.
public enum FeedAuthentication: Sendable, Hashable {
  case header(name: String, value: SecretText)
  case basic(user: SecretText, password: SecretText)
  case bearer(SecretText)
  case query([String: SecretText])

  package var texts: [SecretText] {
    switch self {
    case .header(_, let value): [value]
    case .basic(let user, let password): [user, password]
    case .bearer(let token): [token]
    case .query(let members): members.keys.sorted().compactMap { members[$0] }
    }
  }
}

/// Byte classes of identifiers.
package enum ASCIIKind {
  package static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }
}
