internal import CShims
internal import Indicators

// A URL whose host and path stand in two fields of one line, as HTTP logs of Zeek (`host`, `uri`), Suricata (`hostname`, `url`), ECS
// (`url.domain`, `url.path`), W3C (`cs-host`, `cs-uri-stem`, `cs-uri-query`) and most proxies write it:
//
//   {"hostname":"cdn.evil.example","http_port":8080,"url":"\/a\/x.bin?id=5","http_method":"GET"}
//                ╰──── host ────╯              ╰──╯        ╰──── path ────╯
//                                              port, where the listed URL has one
//
// Only a host that URLs are listed of asks for a path, and only two fields that together are a listed URL hit: so it matters little what the
// fields are called.

// A log may be full of a listed host and of paths that mean nothing with it, so each step is bounded: how far is looked, for how many paths and
// ports, and that a host which is said again at once is not asked for again. Most pairs end at a hash of their beginning.

extension MatchRules {
  /// - Parameters:
  ///   - host: where a host stands that URLs are listed of, with no scheme before it and no path behind.
  ///   - fieldEnd: where its port ends, if it has any.
  mutating func separatedURL(_ text: LogText, host: Range<Int>, fieldEnd: Int) {
    guard joinsFields, text.isSeparateHost(host, fieldEnd: fieldEnd) else { return }
    let paths = text.pathStarts(around: host)
    if paths.isEmpty { return }
    var name = text.lowercased(host.lowerBound, host.upperBound)
    // Addresses of IPv6 have many spellings.
    if name.first == 0x5b, let address = IPv6Address(ascii: name.dropFirst().dropLast()) { name = Array("[\(address)]".utf8) }
    var ports: [Int] = []
    if let said = text.port(after: host.upperBound) {
      ports = [said.value]
    } else if lookup.mayHold(.urlStart, name + [0x3a]) {
      ports = text.ports(around: host)
    }
    let authorities = [name] + ports.map { name + Array(":\($0)".utf8) }
    var found: Set<Int> = []
    var readings = LogText.PathReadings()
    for start in paths {
      let (path, end) = text.separatePath(at: start)
      guard let segment = readings.firstSegment(of: path) else { continue }
      for authority in authorities where mayHold(authority, segment) {
        let entries = separatedURL(authority + path, query: text.separateQuery(behind: end), at: start..<end, besides: found)
        found.formUnion(entries)
        if !entries.isEmpty { break }
      }
    }
  }

  /// What two fields hit as one URL, or three: entries that a record's first such pair has hit are left out.
  private mutating func separatedURL(_ url: [UInt8], query: [UInt8]?, at range: Range<Int>, besides known: Set<Int>) -> [Int] {
    let before = hits.count
    var url = url
    if let key = LogURL.key(url) { _ = tryURL(key, start: range.lowerBound, end: range.upperBound) }
    if let query, let key = LogURL.key(url + query), isWholeURL(key, start: range.lowerBound, end: range.upperBound) { url += query }
    let new = hits[before...].filter { !known.contains($0.entry) }
    hits.replaceSubrange(before..., with: new)
    for place in before..<hits.count { hits[place].value = url }
    return new.map(\.entry)
  }

  /// The same of an account, a repository or a package: `github.com` in one field, `/owner/repository` in another.
  mutating func separatedService(_ text: LogText, name: [UInt8], host: Range<Int>) {
    guard joinsFields, ServiceNames.isHost(name), text.isSeparateHost(host, fieldEnd: text.port(after: host.upperBound)?.end ?? host.upperBound) else { return }
    var found = Set(hits.lazy.filter { $0.start == host.lowerBound }.map(\.entry))
    for start in text.pathStarts(around: host) {
      let (path, end) = text.separatePath(at: start)
      let (before, joined) = (hits.count, name + path)
      unsafe joined.withUnsafeBytes { unsafe service(LogText(bytes: $0), name: name, hostStart: 0, hostEnd: name.count) }
      let new = hits[before...].filter { found.insert($0.entry).inserted }
      hits.replaceSubrange(before..., with: new.map { TextHit(entry: $0.entry, start: start, end: end, mode: $0.mode, value: Array(joined[$0.start..<$0.end])) })
    }
  }

  /// Whether any URL indicator has a host, with its port, and this beginning of a path; may say yes wrongly.
  private func mayHold(_ authority: [UInt8], _ segment: [UInt8]) -> Bool {
    lookup.mayHold(.urlStart, authority + [0x2f] + segment) || features.contains(.prefixURLs) && lookup.mayHold(.urlStart, authority + [0x2f])
  }
}

extension LogText {
  /// How far before and behind a host its path is looked for, in bytes of the same line; its port, and the same host once more.
  static let pathReach = 1024
  private static let portReach = 192
  private static let hostReach = 64
  /// Paths and ports looked at on either side of a host.
  private static let separateLimit = 3

  /// Whether a field may begin behind a byte or end before it.
  static func isBorder(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x09, 0x0a, 0x0d, 0x20, 0x22, 0x27, 0x2c, 0x3b, 0x3d, 0x7c: true
    default: false
    }
  }

  func isField(_ range: Range<Int>) -> Bool { Self.isBorder(self[range.lowerBound - 1]) && Self.isBorder(self[range.upperBound]) }

  /// Whether a host, with its port if any, is a field, and not one that the line has had just before: what that found holds for this one.
  func isSeparateHost(_ host: Range<Int>, fieldEnd: Int) -> Bool {
    guard isField(host.lowerBound..<fieldEnd) else { return false }
    var start = host.lowerBound - host.count
    while start >= max(0, host.lowerBound - host.count - Self.hostReach) {
      if self[start + host.count] == 0x0a { return true }
      if self[start] == self[host.lowerBound], isField(start..<(start + host.count)), isSame(start, host) { return false }
      start -= 1
    }
    return true
  }

  private func isSame(_ start: Int, _ other: Range<Int>) -> Bool {
    for distance in 0..<other.count where self[start + distance] != self[other.lowerBound + distance] { return false }
    return true
  }

  private func neighbourhood(of host: Range<Int>, _ reach: Int) -> Range<Int> {
    let start = last(.endOfLine, before: host.lowerBound, from: host.lowerBound - reach)
    return start..<max(host.upperBound, first(.endOfLine, from: host.upperBound, to: host.upperBound + reach))
  }

  /// Reads paths of one host as URL keys have them.
  struct PathReadings {
    /// How many may still be normalised, which takes a microsecond or two.
    private var left = 2

    /// The beginning of a path's first segment (``URLParts/segment(of:)``); nil for what is none.
    mutating func firstSegment(of path: [UInt8]) -> [UInt8]? {
      if let segment = Self.plainSegment(of: path) { return segment }
      guard left > 0 else { return nil }
      left -= 1
      guard let key = LogURL.key(Array("host.example".utf8) + path), let slash = key.firstIndex(of: 0x2f) else { return nil }
      return URLParts.segment(of: key[(slash + 1)...])
    }

    /// The same where no more than escapes of letters, digits, hyphens and underscores are to be undone. Nil when normalising may do other things
    /// before the query: take out dot segments, escape bytes.
    private static func plainSegment(of path: [UInt8]) -> [UInt8]? {
      var segment: [UInt8] = []
      var isFirst = true
      var place = 1
      while place < path.count, path[place] != 0x3f, path[place] != 0x23 {
        var byte = path[place]
        switch byte {
        case 0x2f: isFirst = false
        case 0x2e: if path[place - 1] == 0x2f { return nil }
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f, 0x7e, 0x3d, 0x26, 0x2b, 0x2c, 0x3a, 0x3b, 0x40, 0x21, 0x24, 0x28, 0x29, 0x2a: break
        case 0x25:
          guard place + 2 < path.count, let high = ASCII.hexValue(path[place + 1]), let low = ASCII.hexValue(path[place + 2]), high << 4 | low != 0x2e else { return nil }
          let escaped = high << 4 | low
          guard ASCII.isHostCharacter(escaped) || escaped == 0x7e else { break }
          byte = escaped
          place += 2
        default: return nil
        }
        if isFirst, segment.count < Limits.urlStart { segment.append(byte) }
        place += 1
      }
      return segment
    }
  }

  /// Where fields begin with one slash, near a host: those behind it first, then the nearest before it.
  func pathStarts(around host: Range<Int>) -> [Int] {
    let near = neighbourhood(of: host, Self.pathReach)
    var starts: [Int] = []
    var place = host.upperBound
    while starts.count < Self.separateLimit {
      let slash = first(0x2f, from: place, to: near.upperBound)
      guard slash < near.upperBound else { break }
      if let start = pathStart(atSlash: slash) { starts.append(start) }
      place = slash + 1
    }
    let behind = starts.count
    place = host.lowerBound
    while place > near.lowerBound, starts.count < behind + Self.separateLimit {
      place -= 1
      if self[place] == 0x2f, let start = pathStart(atSlash: place) { starts.append(start) }
    }
    return starts
  }

  private func pathStart(atSlash slash: Int) -> Int? {
    let isEscaped = self[slash - 1] == 0x5c
    guard isEscaped ? self[slash - 2] == 0x22 : Self.isBorder(self[slash - 1]) else { return nil }
    return self[slash + 1] == 0x2f || self[slash + 1] == 0x5c && self[slash + 2] == 0x2f ? nil : isEscaped ? slash - 1 : slash
  }

  /// The path that begins at a place, with its query if that is not apart, to its field's end; escapes of JSON undone.
  func separatePath(at start: Int) -> (bytes: [UInt8], end: Int) {
    var bytes: [UInt8] = []
    var place = start
    while place < start + Limits.urlLength {
      guard self[place] == 0x5c else {
        guard ASCII.isURLCharacter(self[place]) else { break }
        bytes.append(self[place])
        place += 1
        continue
      }
      let escape = JSONView.escape(self, place, count)
      let undone = (0..<escape.count).map(escape.byte)
      guard !undone.isEmpty, undone.allSatisfy(ASCII.isURLCharacter) else { break }
      bytes += undone
      place = escape.end
    }
    // What a list puts behind its items.
    while bytes.count > 1, let last = bytes.last, last == self[place - 1], last == 0x2c || last == 0x3b {
      bytes.removeLast()
      place -= 1
    }
    return (bytes, place)
  }

  /// The query in the next field of a line whose fields have a blank between (W3C `cs-uri-stem` and `cs-uri-query`); nil for none.
  func separateQuery(behind end: Int) -> [UInt8]? {
    guard self[end] == 0x20 else { return nil }
    var place = end + 1
    while place < end + Limits.urlLength, ASCII.isURLCharacter(self[place]) { place += 1 }
    guard self[place] == 0x20 else { return nil }
    let field = slice(end + 1, place)
    return field.first == 0x3f ? field : field.contains(0x3d) ? [0x3f] + field : nil
  }

  /// The numbers near a host that may be its port, the nearest of either side.
  func ports(around host: Range<Int>) -> [Int] {
    let near = neighbourhood(of: host, Self.portReach)
    let behind = numbers(in: host.upperBound..<near.upperBound).prefix(Self.separateLimit)
    var ports: [Int] = []
    for port in behind + numbers(in: near.lowerBound..<host.lowerBound).suffix(Self.separateLimit) where !ports.contains(port) { ports.append(port) }
    return ports
  }

  private func numbers(in range: Range<Int>) -> [Int] {
    var numbers: [Int] = []
    var place = range.lowerBound
    while place < range.upperBound {
      guard ASCII.isDigit(self[place]) else {
        place += 1
        continue
      }
      let start = place
      while ASCII.isDigit(self[place]) { place += 1 }
      guard place - start <= 5, Self.isBorder(self[start - 1]) || self[start - 1] == 0x3a, Self.isBorder(self[place]) || self[place] == 0x7d else { continue }
      let number = slice(start, place).reduce(0) { $0 * 10 + Int($1 - 0x30) }
      if (1...65535).contains(number) { numbers.append(number) }
    }
    return numbers
  }
}

extension TokenScan {
  /// Whether a path may stand in a field of its own near a host that stands alone: in most lines none does.
  func mayHavePath(_ host: Range<Int>) -> Bool {
    guard joinsFields, LogText.isBorder(text[host.upperBound]) || text[host.upperBound] == 0x3a,
      let bytes = unsafe text.bytes.bindMemory(to: UInt8.self).baseAddress
    else { return false }
    let (before, behind) = (min(LogText.pathReach, host.lowerBound - 2), min(LogText.pathReach, text.count - host.upperBound))
    // The text's first two bytes are not the kernel's.
    if before < LogText.pathReach, text[0] == 0x2f || text[1] == 0x2f { return true }
    return unsafe ukai_has_path_field(kernel, bytes + host.lowerBound, host.count, max(0, before), max(0, behind)) != 0
  }

  /// What the filter is asked for a URL whose host stands alone, as ``MatchRules/separatedURL(_:host:fieldEnd:)`` reads it: keys of
  /// ``KeyKind/urlStart``. Nil when its rules have to look; empty when no path stands near.
  func separateStarts(_ host: Range<Int>, _ filter: Filter) -> [[UInt8]]? {
    guard LogText.isBorder(text[host.lowerBound - 1]), mayHavePath(host) else { return [] }
    if text[host.upperBound] == 0x3a || features.contains(.prefixURLs) { return nil }
    guard text.isSeparateHost(host, fieldEnd: host.upperBound) else { return [] }
    let name = text.slice(host.lowerBound, host.upperBound)
    var authorities = [name]
    if filter.mayHold(hash.hash(.urlStart, name + [0x3a])) { authorities += text.ports(around: host).map { name + Array(":\($0)".utf8) } }
    var keys: [[UInt8]] = []
    var readings = LogText.PathReadings()
    for path in text.pathStarts(around: host) {
      guard let segment = readings.firstSegment(of: text.separatePath(at: path).bytes) else { continue }
      for authority in authorities { keys.append(authority + [0x2f] + segment) }
    }
    return keys
  }
}
