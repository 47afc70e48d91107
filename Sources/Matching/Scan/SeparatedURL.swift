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
// fields are called. Most pairs end at a hash of their beginning.

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
      guard let (path, end) = text.separatePath(at: start), let segment = readings.firstSegment(of: path) else { continue }
      for authority in authorities where mayHold(authority, segment) {
        let entries = separatedURL(authority + path, query: text.separateQuery(behind: end), at: start..<end, besides: found)
        found.formUnion(entries)
        // A slash alone stands in records of all kinds, as a working directory or a mount.
        if path == [0x2f], !text.hasMethod(near: host) { weaken(hits.count - entries.count) }
        if !entries.isEmpty { break }
      }
    }
  }

  private mutating func weaken(_ start: Int) {
    for place in start..<hits.count { hits[place].mode = .weak }
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
      guard let (path, end) = text.separatePath(at: start) else { continue }
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

extension TokenScan {
  /// Whether a path may stand in a field of its own near a host that stands alone: in most lines none does, and of a line full of hosts each
  /// would look through all of it.
  func mayHavePath(_ host: Range<Int>) -> Bool {
    guard joinsFields, LogText.isBorder(text[host.upperBound]) || text[host.upperBound] == 0x3a,
      let bytes = unsafe text.bytes.bindMemory(to: UInt8.self).baseAddress
    else { return false }
    let reach = LogText.pathReach
    if !isPathless(before: host.lowerBound) {
      let count = unsafe ukai_path_stop_before(kernel, bytes + host.lowerBound, reach, max(0, host.lowerBound - 2))
      let start = host.lowerBound - count
      // The text's first two bytes are not the kernel's.
      if text[start - 1] == 0x2f || start <= 2 && (text[0] == 0x2f || text[1] == 0x2f) { return true }
      pathless = start..<host.upperBound
      isPathlessLine = false
    }
    let known = max(pathless.upperBound, host.upperBound)
    if text[known] == 0x0a || known >= host.upperBound + reach { return false }
    let end = known + (unsafe ukai_path_stop_behind(kernel, bytes + known, host.upperBound + reach - known, text.count - known))
    pathless = pathless.lowerBound..<end
    isPathlessLine = text[end] == 0x0a && text[pathless.lowerBound - 1] == 0x0a
    return text[end] == 0x2f
  }

  /// Whether all that a host's path is looked for in before it is known to have none.
  private func isPathless(before host: Int) -> Bool {
    guard pathless.lowerBound <= host, host <= pathless.upperBound else { return false }
    return pathless.lowerBound <= host - LogText.pathReach || text[pathless.lowerBound - 1] == 0x0a
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
      guard let path = text.separatePath(at: path)?.bytes, let segment = readings.firstSegment(of: path) else { continue }
      for authority in authorities { keys.append(authority + [0x2f] + segment) }
    }
    return keys
  }
}
