internal import Indicators

/// What an address in a log tells of who speaks to whom.
enum AddressFacts {
  /// An address text without brackets, scope and port; nil when it is none.
  static func address(_ text: String) -> (ip: String, port: Int?)? {
    var bytes = Array(text.utf8)[...]
    if bytes.first == UInt8(ascii: "["), let close = bytes.firstIndex(of: UInt8(ascii: "]")) {
      let port = bytes[(close + 1)...].first == UInt8(ascii: ":") ? self.port(bytes[(close + 2)...]) : nil
      let inner = bytes[(bytes.startIndex + 1)..<close]
      return IPv6Address(ascii: inner) != nil || IPv4Address(ascii: inner) != nil ? (LineText.string(inner), port) : nil
    }
    if let percent = bytes.firstIndex(of: UInt8(ascii: "%")) { bytes = bytes[..<percent] }
    // Windows and Java write IPv4 so; it is the same address.
    if bytes.starts(with: "::ffff:".utf8), IPv4Address(ascii: bytes.dropFirst(7)) != nil { bytes = bytes.dropFirst(7) }
    if IPv4Address(ascii: bytes) != nil || IPv6Address(ascii: bytes) != nil { return (LineText.string(bytes), nil) }
    for mark in [UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "#")] {
      if let split = bytes.lastIndex(of: mark), IPv4Address(ascii: bytes[..<split]) != nil,
        let port = port(bytes[(split + 1)...])
      {
        return (LineText.string(bytes[..<split]), port)
      }
    }
    // `192.0.2.1:443:X1:name` (SonicWall).
    let parts = bytes.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
    if parts.count == 3, IPv4Address(ascii: parts[0]) != nil, let port = port(parts[1]) { return (LineText.string(parts[0]), port) }
    // `192.0.2.1[500]` (strongSwan), `mail.example[192.0.2.1]:25` (Postfix).
    if let open = bytes.firstIndex(of: UInt8(ascii: "[")), open > bytes.startIndex, bytes.last == UInt8(ascii: "]"), IPv4Address(ascii: bytes[..<open]) != nil,
      let port = port(bytes[(open + 1)...].dropLast())
    {
      return (LineText.string(bytes[..<open]), port)
    }
    if let open = bytes.firstIndex(of: UInt8(ascii: "[")), open > bytes.startIndex, let address = address(LineText.string(bytes[open...])) { return address }
    // `2001:db8:0:0:0:0:0:1:443`: an address in full with a port behind it.
    if bytes.count(where: { $0 == UInt8(ascii: ":") }) == 8, let split = bytes.lastIndex(of: UInt8(ascii: ":")), let port = port(bytes[(split + 1)...]),
      IPv6Address(ascii: bytes[..<split]) != nil
    {
      return (LineText.string(bytes[..<split]), port)
    }
    return nil
  }

  /// Which of two ports is the one that was asked for: a service's stands below those that are lent for the length of a connection. Nil when both are of
  /// one kind.
  static func isAsked(_ port: Int?, by other: Int?) -> Bool? {
    guard let port, let other, port != other else { return nil }
    let (low, high) = (min(port, other), max(port, other))
    guard low < 1024 && high >= 1024 || low < 32_768 && high >= 32_768 else { return nil }
    return port == low
  }

  static func port(_ bytes: some Collection<UInt8>) -> Int? {
    guard (1...5).contains(bytes.count), bytes.allSatisfy(LineText.isDigit), let value = Int(LineText.string(bytes)),
      value <= 65_535
    else { return nil }
    return value
  }

  /// True for addresses that only our own networks use (RFC 1918, RFC 4193, RFC 6598, loopback, link-local); nil for no address.
  ///
  /// Documentation ranges count as public: examples and tests use them for the outside.
  static func isPrivate(_ text: String) -> Bool? {
    let bytes = Array(text.utf8)
    if let address = IPv4Address(ascii: bytes) { return isPrivate(address) }
    guard let address = IPv6Address(ascii: bytes) else { return nil }
    if let mapped = address.mappedIPv4 { return isPrivate(mapped) }
    // fc00::/7, fe80::/10, ::1
    return address.high >> 57 == 0x7E || address.high >> 54 == 0x3FA || (address.high == 0 && address.low == 1)
  }

  private static func isPrivate(_ address: IPv4Address) -> Bool {
    let value = address.value
    return value >> 24 == 10 || value >> 24 == 127 || value >> 20 == 0xAC1 || value >> 16 == 0xC0A8 || value >> 16 == 0xA9FE
      || value >> 22 == 0x191
  }

  /// The direction that two addresses show; nil when one of them is not known.
  static func direction(from source: String?, to destination: String?) -> Sighting.Direction? {
    guard let source, let destination, let fromInside = isPrivate(source), let toInside = isPrivate(destination) else { return nil }
    switch (fromInside, toInside) {
    case (true, true): return .internal
    case (true, false): return .outbound
    case (false, true): return .inbound
    case (false, false): return .external
    }
  }

  /// The direction that a word in a log means.
  static func direction(word: String) -> Sighting.Direction? {
    switch word.lowercased() {
    // Windows names its messages.
    case "%%14592": .inbound
    case "%%14593": .outbound
    case "outbound", "outgoing", "egress", "out", "send", "from-lan", "to_server_external": .outbound
    case "inbound", "incoming", "ingress", "in", "receive": .inbound
    case "internal", "local", "lateral": .internal
    case "external": .external
    default: nil
    }
  }
}

/// Whether what a line tells of was let through.
enum OutcomeWords {
  private static let allowedWords: Set<String> = [
    "allow", "allowed", "accept", "accepted", "pass", "passed", "permit", "permitted", "success", "succeeded", "successful", "ok",
    "delivered", "forwarded", "granted", "noerror", "established", "tunnel", "true", "open", "observed", "proxied", "sf", "s1", "s2", "s3", "rsto",
    "rstr", "audit success", "passthrough", "login_success", "sent", "client-rst", "server-rst", "trust", "fastpath",
  ]
  private static let blockedWords: Set<String> = [
    "deny", "denied", "drop", "dropped", "block", "blocked", "reject", "rejected", "failure", "failed", "refused", "nxdomain",
    "quarantine", "quarantined", "prevented", "discard", "discarded", "unauthorized", "forbidden", "accessdenied", "rej", "sinkhole",
    "sinkholed", "reset-both", "reset-client", "reset-server", "drop-icmp", "block-url", "client-rst-deny", "prevent", "block with reset",
    "interactive block", "false", "fail",
    "audit failure", "login_failure", "unauthenticated", "permission_denied", "challenge", "bounced",
  ]

  /// The meaning of one word or short phrase, such as the value of an `action` field.
  static func outcome(of text: String) -> Sighting.Outcome? {
    let word = text.lowercased()
    if allowedWords.contains(word) { return .allowed }
    if blockedWords.contains(word) { return .blocked }
    // `UnauthorizedOperation`, `Client.UnauthorizedAccess`, `AccessDeniedException`
    if word.contains("accessdenied") || word.contains("unauthorized") || word.contains("forbidden") { return .blocked }
    // Web application firewalls: `REQ_BLOCKED_SECURITY`, `REQ_PASSED`.
    if word.hasPrefix("req_blocked") || word.hasPrefix("req_challenge") { return .blocked }
    if word.hasPrefix("req_passed") || word.hasPrefix("req_cached") { return .allowed }
    return nil
  }

  /// The meaning of an HTTP status.
  static func outcome(status text: String) -> Sighting.Outcome? {
    guard let status = Int(text), (100...599).contains(status) else { return nil }
    switch status {
    case 200...399: return .allowed
    case 401, 403, 407, 451: return .blocked
    default: return nil
    }
  }

  /// What the words of a message say, when they all say the same.
  static func outcome(inMessage bytes: ArraySlice<UInt8>) -> Sighting.Outcome? {
    var found: Sighting.Outcome?
    var isNegated = false
    for word in bytes.prefix(512).split(whereSeparator: { !LineText.isLetter($0) }) {
      let wasNegated = isNegated
      isNegated = word.count == 3 && LineText.string(word).lowercased() == "not"
      guard (4...10).contains(word.count), var meaning = messageWords[LineText.string(word).lowercased()] else { continue }
      // `command not allowed`; what is not denied is another matter.
      if wasNegated {
        guard meaning == .allowed else { continue }
        meaning = .blocked
      }
      if let found, found != meaning { return nil }
      found = meaning
    }
    return found
  }

  /// Only words that say so on their own.
  private static let messageWords: [String: Sighting.Outcome] = [
    "deny": .blocked, "denied": .blocked, "denying": .blocked, "blocked": .blocked, "block": .blocked, "dropped": .blocked,
    "drop": .blocked, "rejected": .blocked, "reject": .blocked, "refused": .blocked, "failed": .blocked, "accepted": .allowed,
    "accept": .allowed, "allowed": .allowed, "permitted": .allowed, "built": .allowed,
  ]
}
