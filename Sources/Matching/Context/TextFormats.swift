internal import Indicators
internal import Rules

/// Lines of text, each by the first format that it fits.
enum TextFormats {
  static func read(_ line: [UInt8], _ base: TimeBase) -> LineFacts {
    EventXML.read(line, base) ?? container(line, base) ?? message(line, base) ?? CommonEventFormats.read(line, base) ?? SyslogFormat.read(line, base)
      ?? pairs(line, base) ?? plain(line, base)
  }

  /// Formats that also come as the message of a syslog line.
  static func message(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    WebFormats.squid(line, base) ?? WebFormats.access(line, base) ?? WebFormats.objectStore(line, base) ?? WebFormats.haproxy(line, base)
      ?? WebFormats.loadBalancer(line, base) ?? EnvoyFormat.read(line, base) ?? ServerFormats.read(line, base)
  }

  /// What container runtimes put before each line (CRI): `2026-05-31T12:34:56.789Z stdout F …`.
  private static func container(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    guard line.first.map(LineText.isDigit) ?? false, let blank = line.prefix(40).firstIndex(of: LineText.space),
      let mark = ["stdout F ", "stdout P ", "stderr F ", "stderr P "].first(where: { LineText.starts(line, at: blank + 1, with: $0) }),
      let time = EventTime.read(LineText.string(line[..<blank]), base: base)
    else { return nil }
    let start = blank + 1 + mark.utf8.count
    let body = Array(line[start...])
    var facts = (JSONLineFormat.read(body, hit: 0..<0, base: base) ?? read(body, base)).shifted(by: start)
    facts.event.time = facts.event.time ?? time
    return facts
  }

  private static func pairs(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    let pairs = KeyValuePairs.read(line, from: 0)
    guard pairs.count >= 3 else { return nil }
    var fields = LineFields(line)
    for pair in pairs { fields.add(pair.name, pair.range) }
    var facts = LineFacts(format: "key-value")
    // Where Fortinet's device names itself, `hostname` is the site that was visited.
    let isFortinet = fields.has("devname") || fields.has("devid") || fields.has("logid") && fields.has("subtype")
    let reading = EventRoles.Reading(ignored: isFortinet ? ["hostname"] : [])
    if isFortinet { facts.event.outcome = FortinetWords.outcome(fields) }
    EventRoles.fill(&facts.event, from: fields, base: base, reading: reading)
    MailMessage.fill(&facts.event, line)
    facts.event.hostObserves = facts.event.sourceIP != nil && facts.event.destinationIP != nil
    if facts.event.time == nil { facts.event.time = EventTime.prefix(of: line, from: SyslogFormat.priorityEnd(line), base: base)?.time }
    if facts.event.outcome == nil { facts.event.outcome = OutcomeWords.outcome(inMessage: line[...]) }
    facts.fields = fields.ranges
    return facts
  }

  private static func plain(_ line: [UInt8], _ base: TimeBase) -> LineFacts {
    var facts = LineFacts(format: "plain")
    let start = SyslogFormat.priorityEnd(line)
    facts.event.time = EventTime.prefix(of: line, from: start, base: base)?.time ?? bracketedTime(line, base)
    MailMessage.fill(&facts.event, line)
    ProseFacts.fill(&facts.event, from: line, start: 0)
    return facts
  }

  /// `… [20/Jul/2009:22:59:29 +0000] …`
  private static func bracketedTime(_ line: [UInt8], _ base: TimeBase) -> Timestamp? {
    var position = 0
    for _ in 0..<4 {
      guard let open = line.prefix(256).dropFirst(position).firstIndex(of: UInt8(ascii: "[")),
        let close = line.prefix(320).dropFirst(open).firstIndex(of: UInt8(ascii: "]"))
      else { return nil }
      if let time = EventTime.read(LineText.string(line[(open + 1)..<close]), base: base) { return time }
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
    func word(_ index: Int) -> String {
      guard words.indices.contains(index) else { return "" }
      let word = line[words[index]]
      // An arrow is no bracket around a word.
      return word.elementsEqual("->".utf8) || word.elementsEqual("=>".utf8) ? "->" : LineText.string(trimmed(word)).lowercased()
    }
    func address(_ index: Int) -> (ip: String, port: Int?)? {
      guard words.indices.contains(index) else { return nil }
      let word = trimmed(line[words[index]])
      // `192.0.2.1(4711)`: Cisco's routers.
      if let open = word.firstIndex(of: UInt8(ascii: "(")), let port = AddressFacts.port(word[(open + 1)...]),
        let address = AddressFacts.address(LineText.string(word[..<open]))
      {
        return (address.ip, port)
      }
      return AddressFacts.address(LineText.string(word))
    }
    /// `192.0.2.1/4711->198.51.100.2/443`
    func connection(_ index: Int) -> (from: (ip: String, port: Int?), to: (ip: String, port: Int?))? {
      let word = Array(trimmed(line[words[index]]))
      guard let arrow = LineText.find("->", in: word), arrow > 0, let from = AddressFacts.address(LineText.string(word[..<arrow])),
        let to = AddressFacts.address(LineText.string(word[(arrow + 2)...]))
      else { return nil }
      return (from, to)
    }
    var isFrom = false
    for index in words.indices {
      switch word(index) {
      case "from", "client", "src", "srcip", "source", "client_ip", "rhost", "peer", "info":
        // BIND names the client's object first: `client @0x7f12 192.0.2.1#4711`.
        // F5: `client IP 192.0.2.1`.
        let place = word(index) == "client" && (word(index + 1).hasPrefix("@") || word(index + 1) == "ip") ? index + 2 : index + 1
        guard let (ip, port) = address(place) else { break }
        // Unbound: `info: 192.0.2.1 name. A IN`.
        if word(index) == "info", word(index + 4) != "in" { break }
        let told = port ?? (word(place + 1) == "port" ? AddressFacts.port(word(place + 2).utf8) : nil)
        // A name that was tried to log on with may itself say `from ADDRESS port N`: what sshd adds stands last.
        guard event.sourceIP == nil || isFrom && word(index) == "from" && word(place + 1) == "port" else { break }
        (event.sourceIP, event.sourcePort) = (ip, told)
        isFrom = ["from", "client", "info"].contains(word(index))
      case "by", "with":
        // `Connection closed by 192.0.2.1 port 4711`, `Unable to negotiate with 192.0.2.1 port 4711: …`
        guard event.sourceIP == nil, word(index + 2) == "port", let (ip, _) = address(index + 1) else { break }
        (event.sourceIP, event.sourcePort, isFrom) = (ip, AddressFacts.port(word(index + 3).utf8), true)
      case "ban", "unban", "found":
        // fail2ban: `NOTICE  [sshd] Ban 192.0.2.1`.
        guard event.sourceIP == nil, index > 1, word(index - 1).hasPrefix("["), ["notice", "info", "warning"].contains(word(index - 2)),
          let (ip, _) = address(index + 1)
        else { break }
        (event.sourceIP, isFrom) = (ip, true)
        if word(index) == "ban" { event.outcome = event.outcome ?? .blocked }
      case "to", "dst", "dstip", "destination":
        guard event.destinationIP == nil, let (ip, port) = address(index + 1) else {
          // `request from 192.0.2.1:4711 to evil.example:443`: who is asked is somebody else.
          let name = word(index + 1)
          if let colon = name.lastIndex(of: ":"), AddressFacts.port(name[name.index(after: colon)...].utf8) != nil { isFrom = false }
          break
        }
        event.destinationIP = ip
        event.destinationPort = port ?? (word(index + 2) == "port" ? AddressFacts.port(word(index + 3).utf8) : nil)
      case "->":
        guard event.sourceIP == nil, event.destinationIP == nil, index > 0, let from = address(index - 1), let to = address(index + 1) else { break }
        (event.sourceIP, event.sourcePort) = from
        (event.destinationIP, event.destinationPort) = to
      case "for", "user":
        guard event.user == nil, index == 0 || !lookups.contains(word(index - 1)) else { break }
        event.user = user(words, line, after: index, word: word)
        // `user root 192.0.2.1 port 4711`
        guard event.user != nil, event.sourceIP == nil, word(index + 3) == "port", let (ip, _) = address(index + 2) else { break }
        (event.sourceIP, event.sourcePort, isFrom) = (ip, AddressFacts.port(word(index + 4).utf8), true)
      default:
        guard event.sourceIP == nil, event.destinationIP == nil, let (from, to) = connection(index) else { break }
        (event.sourceIP, event.sourcePort) = from
        (event.destinationIP, event.destinationPort) = to
      }
    }
    DatabaseMessage.fill(&event, line, from: start)
    if event.outcome == nil { event.outcome = OutcomeWords.outcome(inMessage: line[min(start, line.count)...]) ?? policyZone(line, start) }
    if event.direction == nil { event.direction = EventRoles.direction(of: event, serves: isFrom) }
  }

  /// What is looked up is a name of a machine: `question for 'evil.example|A' from 192.0.2.1:4711`, `getaddrinfo for evil.example [192.0.2.1] failed`.
  private static let lookups: Set<String> = ["question", "query", "lookup", "getaddrinfo", "getnameinfo", "resolution"]

  /// BIND's response policy: `rpz QNAME NXDOMAIN rewrite evil.example/A/IN via …`; `PASSTHRU` leaves the answer as it is.
  private static func policyZone(_ line: [UInt8], _ start: Int) -> Sighting.Outcome? {
    guard let mark = LineText.find(": rpz ", in: line, from: start, to: start + 512), let end = LineText.find(" rewrite ", in: line, from: mark, to: mark + 64) else { return nil }
    return line[mark..<end].split(separator: LineText.space).last?.elementsEqual("PASSTHRU".utf8) == true ? .allowed : .blocked
  }

  /// `for root from …`, `for invalid user admin from …`, `user admin 192.0.2.1 port …`: a name that an address follows.
  private static func user(_ words: [Range<Int>], _ line: [UInt8], after index: Int, word: (Int) -> String) -> String? {
    var place = index + 1
    if word(place) == "invalid", word(place + 1) == "user" { place += 2 }
    // `for user NAME`: the next word says it. `for host "192.0.2.1"`: no user. `for outside:192.0.2.1/443 (192.0.2.1/443)`: a side of a connection.
    guard !["user", "host", "client", "address", "ip", "server", "peer", "connection", "faddr", "laddr", "gaddr"].contains(word(place)), !word(place).utf8.contains(UInt8(ascii: "/")) else { return nil }
    guard words.indices.contains(place), word(place + 1) == "from" || AddressFacts.address(word(place + 1)) != nil else { return nil }
    let name = LineText.string(trimmed(line[words[place]]))
    return AddressFacts.address(name) == nil ? LineFields.meaningful(name) : nil
  }

  /// Without quotes, brackets and punctuation around.
  private static func trimmed(_ word: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var word = word
    while let last = word.last {
      let isColon = last == UInt8(ascii: ":") && word.dropLast().last != UInt8(ascii: ":")
      guard isColon || ",;\"')>.".utf8.contains(last) else { break }
      word = word.dropLast()
    }
    while let first = word.first, "\"'(<".utf8.contains(first) { word = word.dropFirst() }
    return word
  }
}
