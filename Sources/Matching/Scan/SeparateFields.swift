import Indicators

/// Fields of a line around a host, told by what stands between fields in any format: the paths, queries and ports that may belong to it.
///
/// A log may be full of a listed host and of paths that mean nothing with it, so each step is bounded: how far is looked, for how many paths and
/// ports, and that a host which is said again at once is not looked at again.
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
    guard start >= 0, start <= other.lowerBound, other.upperBound <= count else { return false }
    for distance in 0..<other.count where unsafe bytes[start &+ distance] != bytes[other.lowerBound &+ distance] { return false }
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
      segment.reserveCapacity(Limits.urlStart)
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

  /// The path that begins at a place, with its query if that is not apart, to its field's end; escapes of JSON undone. Nil for what the field goes on
  /// behind, as no path does.
  func separatePath(at start: Int) -> (bytes: [UInt8], end: Int)? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(64)
    var place = start
    let limit = start + longestURL(from: start)
    while place < limit {
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
    return place >= limit || Self.isBorder(self[place]) || ")]}>".utf8.contains(self[place]) ? (bytes, place) : nil
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

  /// Whether a field near a host is or begins with a method of HTTP (RFC 9110).
  func hasMethod(near host: Range<Int>) -> Bool {
    let near = neighbourhood(of: host, Self.pathReach)
    let methods = ["GET", "POST", "HEAD", "PUT", "OPTIONS", "DELETE", "PATCH", "CONNECT"].map { Array($0.utf8) }
    return near.contains { start in
      Self.isBorder(self[start - 1]) && methods.contains { has($0, at: start) && Self.isBorder(self[start + $0.count]) }
    }
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
