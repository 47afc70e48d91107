internal import CShims

/// Whether a URL whose host is listed may be listed itself, told from its text as it stands.
///
/// Feeds list single URLs on hosts that everybody visits, so a log may be full of them. Most URLs need no normalising at all; only one that
/// does, or that the filter knows, goes to the rules, which would take a microsecond or two to say no.
extension TokenScan {
  /// Whether a host can be a URL's, by what stands around it: as the rules see it, before they are asked. Without a scheme a host alone is none.
  func mayBeHostOfURL(_ start: Int, _ end: Int) -> Bool {
    switch text[start - 1] {
    case 0x2f:
      // `:\/\/`: the rules leave it to the JSON view.
      if text.isAfterScheme(start) { return text[start - 2] != 0x5c }
      if text[start - 2] != 0x2f { return false }
    case 0x40: return text.authorityStart(before: start) != nil
    case 0x5c, 0x2e: return false
    default: break
    }
    let behind = text[end] == 0x3a ? text.port(after: end)?.end ?? end : end
    return text[behind] == 0x2f || text[behind] == 0x3f
  }

  /// Where the host of a URL begins that stands between `://` and a path, as nearly all do, and how long the URL's beginning is
  /// (``LogText/urlStartLength(_:_:)``); nil where it takes a look at the bytes to say.
  ///
  /// - Parameter local: where it ends in the block.
  @inline(__always) func plainURLStart(endingAt local: Int, _ bytes: UnsafePointer<UInt8>) -> (place: Int, length: Int)? {
    let (hosts, dots) = unsafe (masks.near(local, masks.host), masks.near(local, masks.dot))
    let end = base &+ local
    let length = (~(hosts | dots)).leadingZeroBitCount
    guard let start = unsafe plainStart(end, length, dots, bytes), start >= 4, end &+ ByteMasks.reach < text.count, unsafe bytes[end] == 0x2f,
      unsafe bytes[start &- 1] == 0x2f, unsafe bytes[start &- 2] == 0x2f, unsafe bytes[start &- 3] == 0x3a, unsafe bytes[end &+ 1] != 0x2e,
      let pathHosts = unsafe masks.after(local &+ 1, masks.host, of: words), let pathDots = unsafe masks.after(local &+ 1, masks.dot, of: words)
    else { return nil }
    let run = min((~(pathHosts | pathDots)).trailingZeroBitCount, Limits.urlStart)
    let place = end &+ 1 &+ run
    if unsafe bytes[place &- 1] == 0x2e { return nil }
    let stop = unsafe bytes[place]
    if run < Limits.urlStart, ASCII.isURLCharacter(stop) && stop != 0x2f && stop != 0x3f && stop != 0x23 || stop == 0x5c { return nil }
    return (start, place &- start)
  }

  /// Where the name begins whose run of host bytes and dots is all of it; nil where labels have to be looked at one by one.
  @inline(__always) func plainStart(_ end: Int, _ length: Int, _ dots: UInt64, _ bytes: UnsafePointer<UInt8>) -> Int? {
    guard length > 2, length < ByteMasks.nearReach - 1 else { return nil }
    let inside = dots & (UInt64.max &<< UInt64(truncatingIfNeeded: 64 &- length))
    // No empty label, none in front, no hyphen there.
    let isPlain = inside & (inside &<< 1) == 0 && inside &>> UInt64(truncatingIfNeeded: 64 &- length) & 1 == 0
    let first = unsafe bytes[end &- length]
    return isPlain && first != 0x2d ? end &- length : nil
  }

  /// Whether the path from a place on may have what normalising takes out: dot segments, plain or escaped.
  func hasDetour(from hostEnd: Int) -> Bool {
    var place = hostEnd
    // Most paths end within 64 bytes, and what the masks rule out up to there needs no look at them: a dot behind no label, an escape.
    if let dots = unsafe masks.after(hostEnd &- base, masks.dot, of: words), let hosts = unsafe masks.after(hostEnd &- base, masks.host, of: words),
      let marks = unsafe masks.after(hostEnd &- base, masks.mark, of: words), place &+ ByteMasks.reach <= text.count,
      let bytes = unsafe text.bytes.bindMemory(to: UInt8.self).baseAddress
    {
      let borders = unsafe ukai_path_borders(bytes + place)
      if (marks | dots & ~(hosts &<< 1)) & ((borders & (0 &- borders)) &- 1) == 0 {
        if borders != 0 { return false }
        place = place &+ ByteMasks.reach
      }
    }
    // Of URL behind URL without a blank each would look through all others.
    if place > straightPath.lowerBound { place = max(place, straightPath.upperBound) }
    // No rule reads further.
    let path = text.pathEnd(from: place, to: hostEnd + Limits.urlLength)
    straightPath = hostEnd..<path.end
    return path.isDetour
  }

  /// Where a URL whose beginning or host is listed ends, and where its query begins; nil when the rules have to look at it.
  func plainURL(hostStart: Int, hostEnd: Int) -> (end: Int, query: Int?)? {
    guard text[hostEnd] == 0x2f, text[hostStart - 1] == 0x2f, text.isAfterScheme(hostStart), !features.contains(.prefixURLs),
      isLowercase(hostStart, hostEnd), isWeb(hostStart)
    else { return nil }
    return plainEnd(hostEnd, isParameter: isParameter(hostStart))
  }

  /// The hash of a URL's twin, with or without a slash at its end.
  func hashOfTwin(_ start: Int, _ end: Int) -> UInt64 {
    var twin = text.slice(start, end)
    if twin.last == 0x2f { twin.removeLast() } else { twin.append(0x2f) }
    return hash.hash(.url, twin)
  }

  /// Whether the URL's scheme is not part of its key, as that of `ftp://` is.
  private func isWeb(_ hostStart: Int) -> Bool {
    !features.contains(.otherSchemes) || text.hasCaseless("http://", before: hostStart) || text.hasCaseless("https://", before: hostStart)
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
    // Short enough for the rules to read to its end wherever it stands.
    while place < hostEnd + Limits.nestedURLLength / 2 {
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
}
