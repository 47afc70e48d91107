import Indicators

/// Packages, repositories and accounts: names that are looked for only where their service is named.
extension MatchRules {
  /// A URL (with or without scheme) or `git@host:` whose host belongs to a service.
  mutating func service(_ text: LogText, name: [UInt8], hostStart: Int, hostEnd: Int) {
    let host = String(decoding: name, as: UTF8.self)
    var start = hostEnd
    if let port = text.port(after: hostEnd) { start = port.end }
    var segments: [[UInt8]] = []
    var ends: [Int] = []
    if host == "github.com", text[start] == 0x3a || text[start] == 0x2f { start += 1 } else if text[start] == 0x2f { start += 1 } else {
      if host.hasSuffix(".github.io") { pages(text, host, hostStart, hostEnd) }
      return
    }
    while segments.count < 8 {
      var end = start
      while end < text.count, end - start < 214, Self.isSegmentByte(text[end]) { end += 1 }
      // What ends a sentence behind the last one.
      while end > start, text[end] != 0x2f, text[end - 1] == 0x2e || text[end - 1] == 0x21 { end -= 1 }
      guard end > start else { break }
      segments.append(text.slice(start, end))
      ends.append(end)
      guard text[end] == 0x2f else { break }
      start = end + 1
    }
    if host.hasSuffix(".github.io") { pages(text, host, hostStart, hostEnd) }
    for name in ServiceURL.names(host: host, segments: segments) {
      guard name.segments <= ends.count else { continue }
      let end = name.segments == 0 ? hostEnd : ends[name.segments - 1]
      package(name.key, hostStart, end, name.version?.text, versionEnd: name.version.map { ends[$0.segments - 1] } ?? end)
    }
  }

  private mutating func pages(_ text: LogText, _ host: String, _ start: Int, _ end: Int) {
    let owner = host.dropLast(".github.io".count)
    guard !owner.contains(".") else { return }
    for match in find(.service, Array("github-account:\(owner)".utf8)) { emit(match.entry, start, end, .exact) }
  }

  private static func isSegmentByte(_ byte: UInt8) -> Bool {
    ASCII.isAlphanumeric(byte) || byte >= 0x80 || "-_.~%@+!$".utf8.contains(byte)
  }

  /// `npm install NAME…`, `node_modules/NAME`, `pkg:pypi/NAME`, `tg://resolve?domain=NAME`, `Collecting NAME`: `end` is where the cue's last word ends.
  mutating func cues(_ text: LogText, endingAt end: Int) {
    for cue in Self.cuesThatEnd(at: end, in: text) {
      asked.append(end)
      switch cue.form {
      case .account: account(text, cue.type, end - cue.text.count, end)
      case .report(let report): packages(text, cue.type, report, cueStart: end - cue.text.count, cueEnd: end)
      case .command where text[end] == 0x2f || text[end] == 0x5c: packagePath(text, cue.type, end + 1)
      case .command where text[end] == 0x20 && cue.isCommandLine: packageArguments(text, cue.type, end)
      case .command: break
      }
    }
  }

  /// An account of Telegram, whose names have no case, or an invitation, whose signs have.
  private mutating func account(_ text: LogText, _ type: IndicatorType, _ start: Int, _ cueEnd: Int) {
    guard text[cueEnd] == 0x3d, let prefix = ServiceNames.prefix(of: type) else { return }
    var end = cueEnd + 1
    while end - cueEnd <= 64, ASCII.isHostCharacter(text[end]) { end += 1 }
    let name = type == .telegram ? text.lowercased(cueEnd + 1, end) : [0x2b] + text.slice(cueEnd + 1, end)
    for match in find(.service, prefix + name) { emit(match.entry, start, end, .exact) }
  }

  static func cuesThatEnd(at end: Int, in text: LogText) -> [ServiceNames.Cue] {
    var tail: UInt32 = 0
    for place in 0..<4 { tail |= UInt32(text[end - 4 + place]) << UInt32(8 * place) }
    return ServiceNames.cues(withTail: TailSet.fold(tail)).filter { stands($0, in: text, endingAt: end) }
  }

  /// Whether a cue's words stand there, in any case. Nothing is copied: in a log of nothing else this is asked of each word.
  private static func stands(_ cue: ServiceNames.Cue, in text: LogText, endingAt end: Int) -> Bool {
    let start = end - cue.text.count
    return cue.text.indices.allSatisfy { ASCII.lowercased(text[start + $0]) == cue.text[$0] } && !LiteralText.isWord(text[start - 1])
  }

  private mutating func packagePath(_ text: LogText, _ type: IndicatorType, _ start: Int) {
    var end = start
    while end - start < 214, Self.isPackageByte(text[end]) { end += 1 }
    if type == .npm, text[start] == 0x40 || text.has("%40".utf8, at: start), text[end] == 0x2f {
      end += 1
      while end - start < 214, Self.isPackageByte(text[end]) { end += 1 }
    }
    package(text, type, start, end)
  }

  private mutating func packageArguments(_ text: LogText, _ type: IndicatorType, _ start: Int) {
    var position = start
    var arguments = 0
    while text[position] == 0x20, arguments < 64 {
      while text[position] == 0x20 { position += 1 }
      // `pip install "name[extra]==1.4" other`: a quote that begins an argument is the shell's; what ends a field is followed by something else.
      let quote = text[position]
      let isQuoted = (quote == 0x22 || quote == 0x27) && (ASCII.isAlphanumeric(text[position + 1]) || text[position + 1] == 0x40)
      if isQuoted { position += 1 }
      let begin = position
      while position - begin < 512, text[position] > 0x20, !"\"';|&<>`".utf8.contains(text[position]) { position += 1 }
      // What follows another cue is read behind that: each would else be read for all before it.
      guard position > begin, Self.cuesThatEnd(at: position, in: text).allSatisfy({ !$0.isCommandLine }) else { return }
      arguments += 1
      if text[begin] != 0x2d { package(text, type, begin, position) }
      if isQuoted, text[position] == quote { position += 1 }
    }
  }

  mutating func package(_ text: LogText, _ type: IndicatorType, _ start: Int, _ end: Int) {
    package(PackageMention(type, text.slice(start, end)), start, end)
  }

  mutating func package(_ name: PackageMention?, _ start: Int, _ end: Int) {
    // Nearly none is listed, and a version takes longer to read than all else.
    guard let name, lookup.mayHold(.service, name.key) else { return }
    package(name.key, start, start + name.length, name.version, versionEnd: end)
  }

  /// A package is hit by its name whatever the version, or by name and version together. Where the log says no version, the name of one
  /// that is listed with its version says little, and counts only when the feed asked for it.
  /// - Parameter nameMode: how the name hits whatever the version; nil where it does not.
  private mutating func package(_ key: [UInt8], _ start: Int, _ end: Int, _ version: [UInt8]?, versionEnd: Int, nameMode: MatchMode? = .exact) {
    if let nameMode {
      for match in find(.service, key) {
        if match.role == .whole { emit(match.entry, start, end, nameMode) } else if version == nil { emit(match.entry, start, end, .prefix) }
      }
    }
    guard let version else { return }
    for match in find(.service, key + [0x40] + version) where match.role == .whole { emit(match.entry, start, versionEnd, .exact) }
  }

  /// A package beside its version, without a cue.
  mutating func row(_ row: PackageRow, of text: LogText) {
    let mention = PackageMention(row, of: text)
    guard lookup.mayHold(.service, mention.key) else { return }
    let before = hits.count
    let (start, end) = (row.name.lowerBound, row.version.upperBound)
    self.package(mention.key, start, row.name.upperBound, mention.version, versionEnd: end, nameMode: row.nameMode)
    // Between colours of a terminal: what was matched is the text without them.
    let shown = text.slice(start, end)
    guard shown.contains(ControlSequence.blank) else { return }
    for place in before..<hits.count where hits[place].end == end {
      hits[place].value = shown.filter { $0 != ControlSequence.blank }
    }
  }

  private static func isPackageByte(_ byte: UInt8) -> Bool {
    ASCII.isAlphanumeric(byte) || byte == 0x2d || byte == 0x5f || byte == 0x2e || byte == 0x40 || byte == 0x25
  }
}
