import Indicators

/// What the public suffix list says of a name.
enum HostRules {
  /// Whether strangers register or host below this name: a public suffix (`co.uk`) or a hosting suffix (`github.io`).
  static func isShared(_ name: some Collection<UInt8>) -> Bool { PublicSuffix.isPublicSuffix(String(decoding: name, as: UTF8.self)) }
}
