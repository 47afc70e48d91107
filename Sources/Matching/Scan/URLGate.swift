/// Whether a URL whose host is listed may be listed itself, told from its text as it stands.
///
/// Feeds list single URLs on hosts that everybody visits, so a log may be full of them. Most URLs need no normalising at all; only one that
/// does, or that the filter knows, goes to the rules, which would take a microsecond or two to say no.
extension TokenScan {
  /// Whether a host that ends before a place can be a URL's. Without a scheme a host alone is none.
  func mayBeHostOfURL(_ start: Int, _ end: Int) -> Bool {
    // `:\/\/`: the rules leave it to the JSON view.
    if text[start - 1] == 0x2f, text.isAfterScheme(start) { return text[start - 2] != 0x5c }
    return text[start - 1] == 0x40 || text[end] == 0x2f || text[end] == 0x3f || text[end] == 0x3a
  }

  /// The length of a URL's beginning (``URLParts/start(ofKey:)``) as it stands in the text; nil when its path has to be normalised to know.
  func urlStartLength(_ start: Int, _ end: Int) -> Int? {
    guard text[end] == 0x2f, text[start - 1] != 0x40, text[end + 1] != 0x2e, !features.contains(.prefixURLs) else { return nil }
    var place = end + 1
    while place <= end + Limits.urlStart {
      switch text[place] {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: place += 1
      case 0x2f, 0x3f, 0x23: return place - start
      case let byte:
        // What ends a URL ends its path; a full stop before it may be the sentence's.
        return ASCII.isURLCharacter(byte) || byte == 0x5c || text[place - 1] == 0x2e ? nil : place - start
      }
    }
    return text[place - 1] == 0x2e ? nil : place - start
  }

  /// Whether the path from a place on has what normalising may take out: dot segments, plain or escaped.
  func hasDetour(from hostEnd: Int) -> Bool {
    var place = hostEnd
    while place < hostEnd + Limits.urlLength {
      let byte = text[place]
      if byte == 0x2e && text[place - 1] == 0x2f || byte == 0x25 || byte == 0x5c { return true }
      guard ASCII.isURLCharacter(byte), byte != 0x3f, byte != 0x23 else { return false }
      place += 1
    }
    return true
  }

  /// A closer look at a URL whose beginning or host is listed.
  func mayBeListedURL(hostStart: Int, hostEnd: Int) -> Bool {
    guard text[hostEnd] == 0x2f, text[hostStart - 1] == 0x2f, text.isAfterScheme(hostStart), !features.contains(.prefixURLs),
      isLowercase(hostStart, hostEnd), let end = plainEnd(hostEnd, isParameter: isParameter(hostStart))
    else { return true }
    if mayHold(url: hostStart, end.end) { return true }
    return end.query.map { mayHold(url: hostStart, $0) } ?? false
  }

  private func isLowercase(_ start: Int, _ end: Int) -> Bool {
    for place in start..<end where (text[place] &- 0x41) < 26 { return false }
    return true
  }

  /// Whether the URL stands behind a `=`, where `&` ends it.
  private func isParameter(_ hostStart: Int) -> Bool {
    var start = hostStart - 3
    while start > hostStart - 12, ASCII.isAlphanumeric(text[start - 1]) { start -= 1 }
    return text[start - 1] == 0x3d
  }

  /// Where the URL ends and its query begins; nil when something in it needs a closer look: escapes, dot segments, what may be punctuation.
  private func plainEnd(_ hostEnd: Int, isParameter: Bool) -> (end: Int, query: Int?)? {
    var query: Int?
    var place = hostEnd
    while place < hostEnd + 1024 {
      switch text[place] {
      case 0x2f: if query == nil, text[place + 1] == 0x2e { return nil }
      case 0x3f:
        guard query == nil else { return nil }
        query = place
      case 0x26: if isParameter { return nil }
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e, 0x3d, 0x2b, 0x40: break
      case let byte:
        let last = text[place - 1]
        if ASCII.isURLCharacter(byte) || byte == 0x5c || last == 0x2e || last == 0x3f { return nil }
        return (place, query)
      }
      place += 1
    }
    return nil
  }

  /// Whether the filter holds the URL, or its twin with or without a slash at its end.
  private func mayHold(url start: Int, _ end: Int) -> Bool {
    guard let bytes = unsafe text.bytes.bindMemory(to: UInt8.self).baseAddress else { return false }
    if unsafe index.mayHold(hash.hash(.url, bytes + start, end - start, folding: KeyHash.caseful)) { return true }
    if text[end - 1] == 0x2f { return unsafe index.mayHold(hash.hash(.url, bytes + start, end - start - 1, folding: KeyHash.caseful)) }
    return index.mayHold(.url, text.slice(start, end) + [0x2f])
  }
}
