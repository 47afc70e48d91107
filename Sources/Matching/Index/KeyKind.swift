/// What an index key is made of. The kind goes into the hash, so that equal bytes of different kinds never meet.
enum KeyKind: UInt8, Sendable, CaseIterable {
  /// Four bytes, network order.
  case ipv4 = 1
  /// Sixteen bytes, network order.
  case ipv6
  /// A host name: lower-case A-labels, no root dot.
  case name
  /// The match key of a URL. Case counts.
  case url
  /// Lower-case local part, `@`, canonical domain.
  case email
  /// Lower-case hexadecimal digits alone: digests, EVM and TRON addresses, transaction ids, JARM, TLSH.
  case hex
  /// One run of at least ``Limits/tokenLength`` letters and digits, in lower case: wallets.
  case token
  /// Text found by its end: paths, mutexes, registry keys, user agents. See ``LiteralText``.
  case literal
  /// `npm:left-pad`, `npm:left-pad@1.3.0`, `github:owner/repo`: a name within a service.
  case service
  /// Never looked for in text, only found by value (`asn`, `cidr`).
  case value
  /// In the filter only: a host that some URL indicator has.
  case urlHost
  /// In the filter only: the host of a URL indicator, a slash, and its path's first bytes; or the host and a colon. See
  /// ``URLParts/starts(ofKey:)``.
  case urlStart
  /// In the filter only: a domain that some e-mail indicator has.
  case emailDomain
  /// A secret: the SHA-256 of a run of a text, and the run's length, as ``SecretLengths`` writes them.
  case secret
  /// In the filter only: a length that some secret has, or may have.
  case secretLength
}

/// How a key belongs to its indicator.
enum KeyRole: UInt8, Sendable {
  /// The value itself.
  case whole = 0
  /// A name that only matches whole: a public or hosting suffix, which strangers share.
  case wholeOnly
  /// The base of `*.base`.
  case wildcard
  /// `example.org` for an indicator `www.example.org`.
  case withoutWWW
  /// The host of a `host:port` indicator.
  case withPort
  /// The host of a URL indicator whose feed asked for the mode `host`.
  case hostOfURL
  /// A URL without its query.
  case withoutQuery
  /// The same key material on another chain (TRON and EVM).
  case otherChain
  /// A path without its drive, `%ENV%` or `~`; a registry path without its hive.
  case pathTail
  /// A user agent with `+` for every space, as W3C logs write it.
  case plusForSpace
  /// The name of a package of one version, whose feed asked for the mode `prefix`.
  case withoutVersion
  /// A Windows text with its letters beyond ASCII as the feed wrote them; a CVE with `_` for `-`.
  case otherSpelling
  case otherSpellingTail
  /// A Windows text with its letters beyond ASCII as capitals.
  case thirdSpelling
  case thirdSpellingTail

  /// A path without its beginning.
  var isTail: Bool { self == .pathTail || self == .otherSpellingTail || self == .thirdSpellingTail }
}

/// One way to reach an indicator.
struct IndexKey: Hashable, Sendable {
  var kind: KeyKind
  var role: KeyRole
  var bytes: [UInt8]

  init(_ kind: KeyKind, _ bytes: [UInt8], role: KeyRole = .whole) {
    self.kind = kind
    self.role = role
    self.bytes = bytes
  }

  init(_ kind: KeyKind, _ text: some StringProtocol, role: KeyRole = .whole) {
    self.init(kind, Array(text.utf8), role: role)
  }
}

/// Sizes that feeds and logs are held to.
enum Limits {
  /// Shortest run of letters and digits that is looked up as a wallet.
  static let tokenLength = 25
  /// Shortest run of hexadecimal digits that is looked up.
  static let hexLength = 32
  /// Longest literal that can be found in text, in bytes.
  static let literalLength = 1024
  /// Shortest mutex, user agent or other free text that is looked for: shorter ones are everywhere.
  static let literalMinimum = 5
  /// Bytes of a literal's end that its first key in the filter is made of.
  static let window = 8
  /// How many URLs may share one form without query before that form means nothing.
  static let sharedQueryless = 8
  /// Longest URL read out of a log.
  static let urlLength = 8192
  /// Longest URL read out of a log behind ``runBeforeNested`` other bytes without a blank: URL behind URL, each would else be read with all that
  /// stand behind it, and a line that is nothing else would cost half a minute a megabyte.
  static let nestedURLLength = 1024
  static let runBeforeNested = 512
  /// Bytes of a path's first segment that are in the filter.
  static let urlStart = 8
  /// Longest name (RFC 1035 gives 253).
  static let nameLength = 253
}
