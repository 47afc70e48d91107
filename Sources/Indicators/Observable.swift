/// A value in its one canonical form. Two spellings of one thing are equal ``Observable``s.
public struct Observable: Hashable, Sendable {
  public let type: IndicatorType
  /// What people and records see, e.g. an EIP-55 address or a full URL.
  public let canonical: String
  /// What is compared. Equal to ``canonical`` for most types; lower-case, scheme-less or stripped for others; a package's name with the
  /// exact version, where one is given.
  public let match: String
  /// The value with all that is meant: a package together with its version, ``canonical`` for all others.
  public var written: String { type == .npm || type == .pypi ? match : canonical }
  /// Facts about the value that policy may use (`private`, `empty-file`, `scheme-assumed`, `version:1.4`…). Sorted, unique.
  public let flags: [String]

  public init(type: IndicatorType, canonical: String, match: String? = nil, flags: some Sequence<String> = []) {
    self.type = type
    self.canonical = canonical
    self.match = match ?? canonical
    let given = Array(flags)
    self.flags = given.count < 2 ? given : Set(given).sorted()
  }
}

/// Why a value is not a valid observable of a type.
public struct Rejection: Error, Hashable, Sendable {
  /// A stable code, e.g. `bad-checksum`, `octet-range`, `single-label`.
  public let reason: String
  /// The type it was read as; nil when no type fits at all.
  public let type: IndicatorType?

  public init(_ reason: String, as type: IndicatorType?) {
    self.reason = reason
    self.type = type
  }
}
