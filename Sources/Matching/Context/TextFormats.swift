internal import Indicators
internal import Rules

/// Lines of text, each by the first format that it fits.
enum TextFormats {
  static func read(_ line: [UInt8], _ reference: Timestamp) -> LineFacts {
    EventXML.read(line, reference) ?? message(line, reference) ?? CommonEventFormats.read(line, reference) ?? SyslogFormat.read(line, reference)
      ?? pairs(line, reference) ?? plain(line, reference)
  }

  /// Formats that also come as the message of a syslog line.
  static func message(_ line: [UInt8], _ reference: Timestamp) -> LineFacts? {
    WebFormats.squid(line, reference) ?? WebFormats.access(line, reference) ?? WebFormats.haproxy(line, reference)
      ?? WebFormats.loadBalancer(line, reference) ?? ServerFormats.read(line, reference)
  }

  private static func pairs(_ line: [UInt8], _ reference: Timestamp) -> LineFacts? {
    let pairs = KeyValuePairs.read(line, from: 0)
    guard pairs.count >= 3 else { return nil }
    var fields = LineFields(line)
    for pair in pairs { fields.add(pair.name, pair.range) }
    var facts = LineFacts(format: "key-value")
    // Where Fortinet's device names itself, `hostname` is the site that was visited.
    let reading = EventRoles.Reading(ignored: fields.names.contains("devname") ? ["hostname"] : [])
    EventRoles.fill(&facts.event, from: fields, reference: reference, reading: reading)
    facts.event.hostObserves = facts.event.sourceIP != nil && facts.event.destinationIP != nil
    if facts.event.time == nil { facts.event.time = EventTime.prefix(of: line, from: SyslogFormat.priorityEnd(line), reference: reference)?.time }
    if facts.event.outcome == nil { facts.event.outcome = OutcomeWords.outcome(inMessage: line[...]) }
    facts.fields = fields.ranges
    return facts
  }

  private static func plain(_ line: [UInt8], _ reference: Timestamp) -> LineFacts {
    var facts = LineFacts(format: "plain")
    let start = SyslogFormat.priorityEnd(line)
    facts.event.time = EventTime.prefix(of: line, from: start, reference: reference)?.time ?? bracketedTime(line, reference)
    ProseFacts.fill(&facts.event, from: line, start: 0)
    return facts
  }

  /// `… [20/Jul/2009:22:59:29 +0000] …`
  private static func bracketedTime(_ line: [UInt8], _ reference: Timestamp) -> Timestamp? {
    var position = 0
    for _ in 0..<4 {
      guard let open = line.prefix(256).dropFirst(position).firstIndex(of: UInt8(ascii: "[")),
        let close = line.prefix(320).dropFirst(open).firstIndex(of: UInt8(ascii: "]"))
      else { return nil }
      if let time = EventTime.read(LineText.string(line[(open + 1)..<close]), reference: reference) { return time }
      position = open + 1
    }
    return nil
  }
}

/// What the words of a message tell: `Failed password for root from 192.0.2.1 port 4711`, `10.0.0.1:80 -> 192.0.2.2:4711`.
enum ProseFacts {
  /// Words that are looked at.
  private static let limit = 64

  static func fill(_ event: inout Sighting.Event, from line: [UInt8], start: Int) {
    let words = LineText.words(line, from: start, limit: limit, quotes: false)
    func word(_ index: Int) -> String { words.indices.contains(index) ? LineText.string(trimmed(line[words[index]])).lowercased() : "" }
    func address(_ index: Int) -> (ip: String, port: Int?)? {
      guard words.indices.contains(index) else { return nil }
      return AddressFacts.address(LineText.string(trimmed(line[words[index]])))
    }
    var isFrom = false
    for index in words.indices {
      switch word(index) {
      case "from", "client", "src", "rhost", "peer":
        guard event.sourceIP == nil, let (ip, port) = address(index + 1) else { break }
        event.sourceIP = ip
        event.sourcePort = port ?? (word(index + 2) == "port" ? AddressFacts.port(word(index + 3).utf8) : nil)
        isFrom = word(index) == "from"
      case "by":
        // `Connection closed by 192.0.2.1 port 4711`
        guard event.sourceIP == nil, word(index + 2) == "port", let (ip, _) = address(index + 1) else { break }
        (event.sourceIP, event.sourcePort, isFrom) = (ip, AddressFacts.port(word(index + 3).utf8), true)
      case "to", "dst":
        guard event.destinationIP == nil, let (ip, port) = address(index + 1) else { break }
        event.destinationIP = ip
        event.destinationPort = port ?? (word(index + 2) == "port" ? AddressFacts.port(word(index + 3).utf8) : nil)
      case "->", "=>":
        guard event.sourceIP == nil, event.destinationIP == nil, index > 0, let from = address(index - 1), let to = address(index + 1) else { break }
        (event.sourceIP, event.sourcePort) = from
        (event.destinationIP, event.destinationPort) = to
      case "for", "user":
        guard event.user == nil else { break }
        event.user = user(words, line, after: index, word: word)
        // `user root 192.0.2.1 port 4711`
        guard event.user != nil, event.sourceIP == nil, word(index + 3) == "port", let (ip, _) = address(index + 2) else { break }
        (event.sourceIP, event.sourcePort, isFrom) = (ip, AddressFacts.port(word(index + 4).utf8), true)
      default: break
      }
    }
    if event.outcome == nil { event.outcome = OutcomeWords.outcome(inMessage: line[min(start, line.count)...]) }
    if event.direction == nil { event.direction = EventRoles.direction(of: event, serves: isFrom) }
  }

  /// `for root from …`, `for invalid user admin from …`, `user admin 192.0.2.1 port …`: a name that an address follows.
  private static func user(_ words: [Range<Int>], _ line: [UInt8], after index: Int, word: (Int) -> String) -> String? {
    var place = index + 1
    if word(place) == "invalid", word(place + 1) == "user" { place += 2 }
    // `for user NAME`: the next word says it. `for outside:192.0.2.1/443 (192.0.2.1/443)`: a side of a connection.
    guard word(place) != "user", !word(place).utf8.contains(UInt8(ascii: "/")) else { return nil }
    guard words.indices.contains(place), word(place + 1) == "from" || AddressFacts.address(word(place + 1)) != nil else { return nil }
    let name = LineText.string(trimmed(line[words[place]]))
    return AddressFacts.address(name) == nil ? LineFields.meaningful(name) : nil
  }

  /// Without quotes, brackets and punctuation around.
  private static func trimmed(_ word: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var word = word
    while let last = word.last, ",;\"')>".utf8.contains(last) || last == UInt8(ascii: ".") { word = word.dropLast() }
    while let first = word.first, "\"'(<".utf8.contains(first) { word = word.dropFirst() }
    return word
  }
}
