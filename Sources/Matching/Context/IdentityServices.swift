internal import Indicators
internal import Rules

/// Cisco's Identity Services Engine: `… CISE_Failed_Attempts 0000370914 1 0 2026-05-31 12:34:56.299 +00:00 0011267964 5400 NOTICE Failed-Attempt: …,
/// Device IP Address=10.0.0.9, UserName=kato, Calling-Station-ID=192.0.2.9, …`.
///
/// A long message comes in parts, of which only the first has a time of its own. It tells of somebody at a device that asks on his behalf: neither
/// the device nor the engine is who is spoken of.
enum IdentityServices {
  static func read(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    guard let mark = LineText.find("CISE_", in: line, to: 200), mark == 0 || line[mark - 1] == LineText.space else { return nil }
    let words = LineText.words(line, from: mark, limit: 7, quotes: false, brackets: false)
    // The message's number, how many parts it has and which this is.
    guard words.count >= 5, words[1...3].allSatisfy({ line[$0].allSatisfy(LineText.isDigit) }) else { return nil }
    let fields = self.fields(line, from: words[4].lowerBound)
    var facts = LineFacts(format: "cisco-ise")
    let header = header(line, to: mark, base)
    facts.event.host = header?.host
    facts.event.time = header?.time
    if words.count == 7 {
      let own = LineText.string(line[words[4].lowerBound..<words[6].upperBound])
      facts.event.time = EventTime.read(own, base: base) ?? facts.event.time
    }
    facts.event.user = fields.text("username") ?? fields.text("user-name") ?? fields.text("user")
    facts.event.sourceIP = endpoints.lazy.compactMap { fields.text($0).flatMap(AddressFacts.address)?.ip }.first
    facts.event.direction = EventRoles.direction(of: facts.event, serves: true)
    if LineText.starts(line, at: mark, with: "CISE_Passed_Authentications ") { facts.event.outcome = .allowed }
    if LineText.starts(line, at: mark, with: "CISE_Failed_Attempts ") { facts.event.outcome = .blocked }
    facts.event.hostObserves = true
    facts.fields = fields.ranges
    return facts
  }

  /// Whom the message is about: the station that calls, where that is an address and no card's number, an administrator's, the one that was given.
  private static let endpoints = ["calling-station-id", "remote-address", "tunnel-client-endpoint", "framed-ip-address"]

  /// A relay's header may stand before the engine's own.
  private static func header(_ line: [UInt8], to mark: Int, _ base: TimeBase) -> SyslogFormat.Header? {
    let outer = SyslogFormat.header(of: line, to: mark, base)
    guard let outer, outer.words > 1 else { return outer }
    let words = LineText.words(Array(line[..<mark]), limit: 16, quotes: false)
    let inner = words.dropLast().lazy.compactMap { word -> SyslogFormat.Header? in
      word.lowerBound > 0 ? SyslogFormat.header(of: Array(line[word.lowerBound...]), to: mark - word.lowerBound, base) : nil
    }
    return inner.first { $0.words == 1 && $0.host != nil } ?? outer
  }

  /// `Name=value, Name=value`: a comma inside a value has a stroke before it.
  private static func fields(_ line: [UInt8], from start: Int) -> LineFields {
    var fields = LineFields(line)
    var position = start
    while position < line.count, fields.count < 256 {
      var end = position
      while end < line.count, line[end] != UInt8(ascii: ",") { end += line[end] == LineText.backslash ? 2 : 1 }
      end = min(end, line.count)
      while position < end, line[position] == LineText.space { position += 1 }
      if let equals = line[position..<end].firstIndex(of: UInt8(ascii: "=")), equals - position <= 64, equals > position {
        fields.add(LineText.string(line[position..<equals]), (equals + 1)..<end)
      }
      position = end + 1
    }
    return fields
  }
}
