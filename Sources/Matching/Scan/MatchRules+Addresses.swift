import Indicators

extension MatchRules {
  /// A dotted quad that is a whole run of letters, digits, `_` and dots but for trailing dots, or for a port (``LogText/dottedPort(of:)``).
  mutating func ipv4(_ text: LogText, _ start: Int, _ end: Int, value: UInt32) {
    asked.append(start)
    guard let context = addressContext(text, start, end) else { return }
    // `[::ffff:192.0.2.1]:443`, what a socket of both families calls its peer.
    let isMapped = text[end] == 0x5d && text[start - 8] == 0x5b && text.hasCaseless("::ffff:", before: start)
    let (first, last) = isMapped ? (start - 8, end + 1) : (start, end)
    let port = context == .user ? nil : text.port(after: last) ?? text.schemePort(before: first).map { ($0, end) } ?? text.dottedPort(of: start..<end)
    var whole = context.mode
    if Self.isVersionField(text, before: start) { whole = .weak }
    if features.contains(.addresses) {
      address(text, find(host: .ipv4, AddressText.bytes(value), port: port?.value), start, end, open: first, port: port, whole: whole)
      if features.contains(.urls), lookup.mayHold(.urlHost, Array(AddressText.text(value).utf8)) {
        url(text, hostStart: start, hostEnd: end)
      }
    }
    if features.contains(.networks4) {
      networks.removeAll(keepingCapacity: true)
      lookup.networks(around: value, into: &networks)
      for entry in networks { emit(entry, start, end, whole == .weak ? .weak : .cidr) }
    }
  }

  /// `http://0x5b.0x2.3.50/`, `http://1526858546/`: the number forms of an address, which the host of a URL alone may have (WHATWG URL, host
  /// parsing).
  ///
  /// - Parameter start: one past `://`.
  mutating func numericHost(_ text: LogText, _ start: Int) {
    guard !features.isDisjoint(with: [.addresses, .networks4]) else { return }
    var end = start
    while end < start + 64, ASCII.isAlphanumeric(text[end]) || text[end] == 0x2e { end += 1 }
    guard !ASCII.isHostCharacter(text[end]), text[end] < 0x80, text[end] != 0x40 else { return }
    // `://123:word@host/` names a user.
    if text[end] == 0x3a { guard let port = text.port(after: end), text[port.end] != 0x40 else { return } }
    while text[end - 1] == 0x2e { end -= 1 }
    let host = text.lowercased(start, end)
    guard AddressText.ipv4(host) == nil, let address = IPv4Address(hostOfURL: host) else { return }
    ipv4(text, start, end, value: address.value)
  }

  private mutating func address(
    _ text: LogText, _ found: [KeyMatch], _ start: Int, _ end: Int, open: Int, port: (value: Int, end: Int)?, whole: MatchMode
  ) {
    // Beside the port that is listed, others of the host say nothing more.
    var isPortSaid = hasPort(port?.value, found)
    let beside = isPortSaid ? nil : portBeside(text, end, found)
    for match in found {
      if match.role == .withPort {
        if let port, port.value == self.port(of: match.entry) {
          emit(match.entry, port.end > end ? open : start, port.end, whole == .weak ? .weak : .exact)
        } else if !isPortSaid, beside == nil || beside == match.entry {
          isPortSaid = true
          emit(match.entry, start, end, .weak)
        }
      } else {
        emit(match.entry, start, end, whole)
      }
    }
  }

  /// Of several ports of a host, the listed one that stands a little behind the address: in a field of its own, as in most logs.
  private func portBeside(_ text: LogText, _ end: Int, _ found: [KeyMatch]) -> Int? {
    // Of a host with very many, as only a hostile feed lists, the first one stands for all.
    guard (2...CrowdedHost.limit).contains(found.count(where: { $0.role == .withPort })) else { return nil }
    var position = end
    while position < end + 64, text[position] != 0x0a {
      guard ASCII.isDigit(text[position]) else {
        position += 1
        continue
      }
      let start = position
      while ASCII.isDigit(text[position]), position - start < 6 { position += 1 }
      let value = text.slice(start, position).reduce(0) { $0 * 10 + Int($1 - 0x30) }
      guard !LiteralText.isWord(text[start - 1]), !LiteralText.isWord(text[position]) else { continue }
      if let match = found.first(where: { $0.role == .withPort && port(of: $0.entry) == value }) { return match.entry }
    }
    return nil
  }

  /// Whether one of the matches is of the host with this very port.
  func hasPort(_ port: Int?, _ found: [KeyMatch]) -> Bool {
    guard let port else { return false }
    return found.contains { $0.role == .withPort && self.port(of: $0.entry) == port }
  }

  /// Nil where four numbers are no address: versions of products, parts of names.
  private func addressContext(_ text: LogText, _ start: Int, _ end: Int) -> HostContext? {
    let before = text[start - 1]
    if before == 0x2d {
      // `nginx-1.2.3.4` is a version, `1.2.3.1-1.2.3.9` a range.
      let further = text[start - 2]
      if LiteralText.isWord(further) && !ASCII.isDigit(further) || further == 0x5f { return nil }
    }
    if text[end] == 0x2d {
      let further = text[end + 1]
      if LiteralText.isWord(further) && !ASCII.isDigit(further) || further == 0x5f { return nil }
    }
    if text.isUser(start, end) { return .user }
    if text.isAfterScheme(start) || before == 0x40 { return .host }
    if before == 0x2f, LiteralText.isWord(text[start - 2]) || text[start - 2] == 0x2e {
      return slashContext(text, start, end)
    }
    if before == 0x2f || before == 0x5c { return text[start - 2] == before ? .plain : .path }
    return text.port(after: end) != nil || text.dottedPort(of: start..<end) != nil ? .host : .plain
  }

  /// `word/1.2.3.4`: an interface and its address (`outside/192.0.2.1(443)`), a piece of a path, or a product and its version.
  private func slashContext(_ text: LogText, _ start: Int, _ end: Int) -> HostContext? {
    let after = text[end]
    let following = text[end + 1]
    if after == 0x28 || after == 0x3a, ASCII.isDigit(following) { return .host }
    // Squid's hierarchy codes: `HIER_DIRECT/192.0.2.1`.
    for code in ["direct", "parent", "parent_hit", "sibling_hit", "original_dst", "pinned"] as [StaticString]
    where text.hasCaseless(code, before: start - 1) { return .host }
    var word = start - 1
    while word > max(0, start - 64), ASCII.isHostCharacter(text[word - 1]) || text[word - 1] == 0x2e || text[word - 1] == 0x25 {
      word -= 1
    }
    // Neither network nor port: `http://good.example/192.0.2.0/24`.
    if text[word - 1] == 0x2f { return .path }
    return after == 0x2f && ASCII.isDigit(following) ? .host : nil
  }

  /// `version=1.2.3.4`, `"ver": "1.2.3.4"`: may be an address, more likely not.
  private static func isVersionField(_ text: LogText, before start: Int) -> Bool {
    var end = start
    while end > max(0, start - 6), "\"'=: ".utf8.contains(text[end - 1]) { end -= 1 }
    guard end < start else { return false }
    for word in ["version", "release", "build", "revision", "firmware"] as [StaticString]
    where text.hasCaseless(word, before: end) {
      return true
    }
    // `ver`, `appVer`, `?v=`; no `server` or `receiver`.
    if text.hasCaseless("ver", before: end) {
      let before = text[end - 4]
      return !ASCII.isAlphanumeric(before) || text[end - 3] == 0x56 && before >= 0x61
    }
    return text.hasCaseless("v", before: end) && text[end] == 0x3d && !ASCII.isAlphanumeric(text[end - 2])
  }

  /// A run of hexadecimal digits, colons and dots that may be an IPv6 address. `start..<end` covers the whole run of digits and colons.
  mutating func ipv6(_ text: LogText, _ start: Int, _ end: Int) {
    asked.append(start)
    var start = start
    var end = end
    if LiteralText.isWord(text[start - 1]) || text[start - 1] == 0x5f {
      // `src:2001:db8::1`: the word before the address ends in hexadecimal letters, so to say.
      while start < end, text[start] != 0x3a { start += 1 }
    }
    if text[start] == 0x3a, text[start + 1] != 0x3a { start += 1 }
    if text[start - 1] == 0x2e { return }
    var tail = end
    if text[end] == 0x2e, end - start >= 2, ASCII.isDigit(text[end - 1]) {
      // An embedded IPv4 address.
      while tail < end + 13, ASCII.isDigit(text[tail]) || text[tail] == 0x2e { tail += 1 }
      while text[tail - 1] == 0x2e { tail -= 1 }
    }
    if LiteralText.isWord(text[tail]) || text[tail] == 0x5f { return }
    if text[end - 1] == 0x3a, text[end - 2] != 0x3a { (end, tail) = (end - 1, end - 1) }
    guard end - start >= 2, end - start <= 45 else { return }
    var value = tail > end ? AddressText.ipv6(text.slice(start, tail)) : nil
    if value != nil { end = tail } else { value = AddressText.ipv6(text.slice(start, end)) }
    guard let value else { return }
    let bracketed = text[start - 1] == 0x5b
    var close = end
    if text[close] == 0x25 {
      while close < end + 20, text[close] != 0x5d, text[close] > 0x20, text[close] != 0x22 { close += 1 }
    }
    let isBracketed = bracketed && text[close] == 0x5d
    let said = isBracketed ? text.port(after: close + 1) : text.dottedPort(of: start..<end)
    let port = said ?? (isBracketed ? text.schemePort(before: start - 1).map { ($0, end) } : nil)
    let open = isBracketed ? start - 1 : start
    if let mapped = value.mapped {
      // With a dotted tail the quad is found on its own.
      if tail > end || text.slice(start, end).contains(0x2e) { return }
      address(text, find(host: .ipv4, AddressText.bytes(mapped), port: port?.value), start, end, open: open, port: port, whole: said == nil ? .exact : .host)
      networks.removeAll(keepingCapacity: true)
      lookup.networks(around: mapped, into: &networks)
      for entry in networks { emit(entry, start, end, .cidr) }
      return
    }
    let isHost = said != nil || isBracketed && text.isAfterScheme(start - 1)
    address(text, find(host: .ipv6, AddressText.bytes(value), port: port?.value), start, end, open: open, port: port, whole: isHost ? .host : .exact)
    networks.removeAll(keepingCapacity: true)
    lookup.networks(around: value, into: &networks)
    for entry in networks { emit(entry, start, end, .cidr) }
    if isBracketed, features.contains(.urls) { url(text, hostStart: start - 1, hostEnd: close + 1) }
  }
}
