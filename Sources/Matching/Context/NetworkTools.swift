internal import Indicators

/// What tools show of packets and connections.
enum NetworkTools {
  static func read(_ line: [UInt8], _ base: TimeBase) -> LineFacts? { packet(line, base) ?? connection(line) }

  private typealias End = (ip: String, port: Int?)

  /// An address, with a port behind a colon or a dot or without one.
  private static func end(_ word: ArraySlice<UInt8>) -> End? {
    guard word.count >= 3, word.count <= 64 else { return nil }
    if let address = AddressFacts.address(LineText.string(word)) { return address }
    guard let dot = word.lastIndex(of: UInt8(ascii: ".")), let port = LogText.port(Array(word[(dot + 1)...])),
      case (let ip, nil)? = AddressFacts.address(LineText.string(word[..<dot]))
    else { return nil }
    return (ip, port)
  }

  /// tcpdump, and pf's log as it shows that: `12:34:56.789012 IP 10.0.0.1.51234 > 192.0.2.1.443: Flags [S], …`, `rule 0/0(match): block in on em0: … > …:`.
  private static func packet(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    var position = 0
    // With `-e` the cards' numbers stand first.
    for _ in 0..<3 {
      guard let arrow = LineText.find(" > ", in: line, from: position, to: 256) else { return nil }
      position = arrow + 3
      let start = line[..<arrow].lastIndex(of: LineText.space).map { $0 + 1 } ?? 0
      let stop = line[position...].firstIndex(of: LineText.space) ?? line.count
      guard stop > position, line[stop - 1] == UInt8(ascii: ":"), let from = end(line[start..<arrow]), let to = end(line[position..<(stop - 1)]) else { continue }
      let before = line[..<start].split(separator: LineText.space).map { LineText.string($0) }
      guard isPacketMark(before) else { return nil }
      var facts = LineFacts(format: "tcpdump")
      facts.event.time = EventTime.prefix(of: line, base: base)?.time
      if before.contains("rule") { facts.event.outcome = before.contains("block") ? .blocked : before.contains("pass") ? .allowed : nil }
      (facts.event.sourceIP, facts.event.sourcePort) = from
      (facts.event.destinationIP, facts.event.destinationPort) = to
      facts.event.direction = AddressFacts.direction(from: from.ip, to: to.ip)
      facts.event.hostObserves = true
      facts.fields = [(start..<arrow, "source"), (position..<(stop - 1), "destination")]
      return facts
    }
    return nil
  }

  /// What stands before the addresses: nothing (the second line of a packet), the protocol, a length, or a rule of pf.
  private static func isPacketMark(_ before: [String]) -> Bool {
    guard let last = before.last else { return true }
    return last == "IP" || last == "IP6" || last.hasSuffix(":") && (before.contains("rule") || before.dropLast().last == "length")
  }

  private static let states = ["ESTAB", "SYN-", "FIN-", "TIME-WAIT", "CLOSE-WAIT", "LAST-ACK", "CLOSING"]

  /// A line of netstat's or ss's table: here and there, but not who began, which the ports may show.
  private static func connection(_ line: [UInt8]) -> LineFacts? {
    guard line.count <= 400 else { return nil }
    let words = LineText.words(line, limit: 9, quotes: false, brackets: false)
    guard let place = place(of: words, line), words.indices.contains(place + 1), let local = end(line[words[place]]), let remote = end(line[words[place + 1]])
    else { return nil }
    var facts = LineFacts(format: "netstat")
    facts.fields = [(words[place], "local"), (words[place + 1], "remote")]
    guard let isOutbound = AddressFacts.isAsked(remote.port, by: local.port) else { return facts }
    let (source, destination) = isOutbound ? (local, remote) : (remote, local)
    (facts.event.sourceIP, facts.event.sourcePort) = source
    (facts.event.destinationIP, facts.event.destinationPort) = destination
    facts.event.direction = AddressFacts.direction(from: source.ip, to: destination.ip)
    return facts
  }

  /// Which column is the local address: the fourth behind `tcp 0 0`, the second of Windows, the first of Solaris (four numbers and the state behind
  /// both), the fourth or fifth of ss.
  private static func place(of words: [Range<Int>], _ line: [UInt8]) -> Int? {
    guard words.count >= 3 else { return nil }
    func areNumbers(_ range: ClosedRange<Int>) -> Bool { range.allSatisfy { words.indices.contains($0) && line[words[$0]].allSatisfy(LineText.isDigit) } }
    func isState(_ index: Int) -> Bool { states.contains { LineText.starts(line, at: words[index].lowerBound, with: $0) } }
    let kind = LineText.string(line[words[0]].prefix(6)).lowercased()
    if kind.utf8.count <= 5, kind.hasPrefix("tcp") || kind.hasPrefix("udp") {
      if areNumbers(1...2) { return 3 }
      return isState(1) && areNumbers(2...3) ? 4 : end(line[words[1]]) == nil ? nil : 1
    }
    if isState(0) { return areNumbers(1...2) ? 3 : nil }
    return words.count >= 7 && areNumbers(2...5) ? 0 : nil
  }
}
