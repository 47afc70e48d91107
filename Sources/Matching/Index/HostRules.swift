import Indicators

/// What the public suffix list says of a name.
enum HostRules {
  /// Whether strangers register or host below this name: a public suffix (`co.uk`) or a hosting suffix (`github.io`).
  static func isShared(_ name: [UInt8]) -> Bool {
    PublicSuffix.isPublicSuffix(String(decoding: name, as: UTF8.self)) || PublicSuffix.isPrivateSuffix(String(decoding: name, as: UTF8.self))
  }
}
