import Indicators

/// Where a name or address stands, as far as it decides the mode.
enum HostContext {
  /// On its own.
  case plain
  /// In a URL, before a port, or after the @ of an e-mail address.
  case host
  /// After a path separator: more likely a file than a host.
  case path
  /// In a URL's user information: `https://this.example@there.example/` leads there.
  case user

  /// How a value is hit that stands so and is listed as it stands.
  var mode: MatchMode {
    switch self {
    case .plain: .exact
    case .host: .host
    case .path, .user: .weak
    }
  }
}

extension MatchRules {
  /// A run of letters, digits, `-`, `_` and dots that ends before `runEnd`: names, and all that hangs on a name.
  mutating func name(_ text: LogText, runEnd: Int) {
    asked.append(runEnd)
    var end = runEnd
    while text[end - 1] == 0x2e { end -= 1 }
    if features.contains(.literals) { literals(text, endingAt: end) }

    // Labels from the right; an empty one ends the name.
    var starts: [Int] = []
    var position = end
    while position > 0, end - position <= Limits.nameLength {
      let labelEnd = position
      while position > 0, ASCII.isHostCharacter(text[position - 1]) { position -= 1 }
      guard position < labelEnd else { break }
      starts.append(position)
      guard text[position - 1] == 0x2e, position > 0 else { break }
      position -= 1
    }
    // What ends in a number is no name.
    guard starts.count >= 2, var first = starts.last, (starts[0]..<end).contains(where: { !ASCII.isDigit(text[$0]) }) else { return }
    while text[first] == 0x2d { first += 1 }
    starts[starts.count - 1] = first
    guard first < starts[starts.count - 2] - 1, !text.joinsWord(after: end) else { return }
    if ASCII.isHostCharacter(text[first - 1]), first == starts.last, text[first - 1] != 0x2d { return }

    let name = text.lowercased(first, end)
    let isWhole = !text.joinsWord(before: first)
    let context = hostContext(text, first, end)
    if features.contains(.names) {
      for (index, start) in starts.enumerated().dropFirst() where isWhole || index < starts.count - 1 {
        nameSuffix(text, name, first: first, start: start, end: end, context: context)
      }
    }
    guard isWhole else { return }
    if features.contains(.urls), lookup.mayHold(.urlHost, name) { url(text, hostStart: first, hostEnd: end) }
    if features.contains(.emails), text[first - 1] == 0x40, lookup.mayHold(.emailDomain, name) {
      email(text, domainStart: first, domainEnd: end, domain: name)
    }
    if features.contains(.services) {
      service(text, name: name, hostStart: first, hostEnd: end)
      separatedService(text, name: name, host: first..<end)
    }
  }

  func hostContext(_ text: LogText, _ start: Int, _ end: Int) -> HostContext {
    if text.isUser(start, end) { return .user }
    let before = text[start - 1]
    if text.isAfterScheme(start) || before == 0x40 { return .host }
    if before == 0x2f || before == 0x5c {
      // `//host` and `\\server\share` name hosts; a single separator, or a doubled one inside a path, does not.
      let isDouble = text[start - 2] == before
      return isDouble && !LiteralText.isWord(text[start - 3]) && text[start - 3] != 0x3a ? .plain : .path
    }
    return text.port(after: end) != nil || text[end] == 0x2f ? .host : .plain
  }

  private mutating func nameSuffix(_ text: LogText, _ name: [UInt8], first: Int, start: Int, end: Int, context: HostContext) {
    let key = start == first ? name : Array(name[(start - first)...])
    guard lookup.mayHold(.name, key) else { return }
    let isWhole = start == first || (start == first + 4 && name.starts(with: "www.".utf8))
    // Beside the port that is listed, others of the host say nothing more.
    let port = start == first && context != .user ? text.port(after: end) ?? text.schemePort(before: first).map { ($0, end) } : nil
    let found = find(host: .name, key, port: port?.value)
    var isPortSaid = hasPort(port?.value, found)
    for match in found {
      var mode: MatchMode
      switch match.role {
      case .whole: mode = isWhole ? context.mode : .suffix
      case .wholeOnly:
        guard isWhole else { continue }
        mode = context.mode
      case .wildcard: mode = start == first ? .weak : .suffix
      case .withoutWWW:
        guard start == first else { continue }
        mode = context.mode
      case .hostOfURL:
        guard start == first else { continue }
        mode = .host
      case .withPort:
        guard start == first else { continue }
        if let port, port.value == self.port(of: match.entry) {
          emit(match.entry, first, port.end, .exact)
          continue
        }
        guard !isPortSaid else { continue }
        isPortSaid = true
        mode = .weak
      case .withoutQuery, .otherChain, .pathTail, .plusForSpace, .withoutVersion, .otherSpelling, .otherSpellingTail, .thirdSpelling, .thirdSpellingTail: continue
      }
      if context.mode == .weak { mode = .weak }
      emit(match.entry, first, end, mode)
    }
  }

  /// The port of a `host:port` indicator.
  func port(of entry: Int) -> Int? {
    guard let canonical = lookup.texts(of: entry)?.canonical, let colon = canonical.lastIndex(of: 0x3a) else { return nil }
    return canonical[(colon + 1)...].reduce(0 as Int?) { value, byte in
      guard let value, ASCII.isDigit(byte), value < 65536 else { return nil }
      return value * 10 + Int(byte - 0x30)
    }
  }

  /// The address before an @ that stands at `domainStart - 1`.
  ///
  /// Logs put `=`, quotes and worse in front, all of which RFC 5322 allows in a local part: so the longest reading is tried first, then
  /// every later start that follows such a byte.
  mutating func email(_ text: LogText, domainStart: Int, domainEnd: Int, domain: [UInt8]) {
    var start = domainStart - 1
    while start > max(0, domainStart - 65), ASCII.isLocalPart(text[start - 1]) { start -= 1 }
    if text[start - 1] == 0x22 || start == domainStart - 1 {
      quotedEmail(text, domainStart: domainStart, domainEnd: domainEnd)
    }
    while start < domainStart - 1 {
      let key = text.lowercased(start, domainEnd)
      let found = find(.email, key)
      if !found.isEmpty {
        for match in found { emit(match.entry, start, domainEnd, .exact) }
        return
      }
      repeat { start += 1 } while start < domainStart - 1 && !Self.precedesLocalPart(text[start - 1])
    }
  }

  private mutating func quotedEmail(_ text: LogText, domainStart: Int, domainEnd: Int) {
    guard text[domainStart - 2] == 0x22 else { return }
    var start = domainStart - 3
    while start > max(0, domainStart - 67), text[start] != 0x22, text[start] != 0x0a { start -= 1 }
    guard text[start] == 0x22 else { return }
    for match in find(.email, text.lowercased(start, domainEnd)) { emit(match.entry, start, domainEnd, .exact) }
  }

  /// Bytes that may belong to a local part but in logs mostly stand before one.
  private static func precedesLocalPart(_ byte: UInt8) -> Bool {
    !(ASCII.isAlphanumeric(byte) || byte == 0x2e || byte == 0x2b || byte == 0x2d || byte == 0x5f)
  }
}
