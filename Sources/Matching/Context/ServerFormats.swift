internal import Indicators
internal import Rules

/// Lines of servers and sensors that have a form of their own.
enum ServerFormats {
  static func read(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    for format in formats {
      if let facts = format(line, base) { return facts }
    }
    return nil
  }

  private static let formats: [@Sendable ([UInt8], TimeBase) -> LineFacts?] = [
    { FirewallFormats.read($0, $1) }, { audit($0, $1) }, { fastAlert($0, $1) }, { errorLog($0, $1) }, { flowLog($0, $1) }, { TransferFormats.read($0, $1) },
    { ResolverFormats.read($0, $1) }, { SnareFormat.read($0, $1) }, { SymantecFormat.read($0, $1) }, { IdentityServices.read($0, $1) },
    { NetworkTools.read($0, $1) }, { ProxyAppliances.read($0, $1) },
  ]

  /// The kernel's audit log: `type=USER_LOGIN msg=audit(1337845201.174:94983): pid=… acct="root" addr=192.0.2.1 res=failed`.
  private static func audit(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    guard let open = LineText.find("msg=audit(", in: line, to: 256) else { return nil }
    var fields = LineFields(line)
    for pair in KeyValuePairs.read(line, from: 0) {
      // `msg='op=login … res=failed'`
      fields.add(pair.name, line[pair.range].last == UInt8(ascii: "'") ? pair.range.dropLast() : pair.range)
    }
    var facts = LineFacts(format: "auditd")
    facts.event.host = fields.text("node")
    // Beside an address the name is the visitor's.
    let isVisited = fields.text("addr") != nil && fields.text("addr") == fields.text("hostname") || facts.event.host != nil
    facts.event.time = auditTime(line[(open + 10)...].prefix(48).prefix { $0 != UInt8(ascii: ")") }, base)
    EventRoles.fill(&facts.event, from: fields, base: base, reading: EventRoles.Reading(ignored: isVisited ? ["src", "msg", "time", "dev", "hostname"] : ["src", "msg", "time", "dev"], serves: true))
    facts.fields = fields.ranges
    return facts
  }

  /// Seconds and milliseconds, which are not always three digits, or as `ausearch -i` shows them, in the form of its reader's region
  /// (`05/31/2026 12:34:56.789`). The event's number stands behind a colon.
  private static func auditTime(_ stamp: ArraySlice<UInt8>, _ base: TimeBase) -> Timestamp? {
    let moment = stamp.lastIndex(of: UInt8(ascii: ":")).map { stamp[..<$0] } ?? stamp
    guard let blank = moment.firstIndex(of: LineText.space) else { return Timestamp(parsing: LineText.string(moment)) }
    guard let date = DNSServerFormat.date(moment[..<blank], isMonthFirst: true) else { return nil }
    let figures = [date.month, date.day].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return EventTime.read("\(date.year)-\(figures[0])-\(figures[1])" + LineText.string(moment[blank...]), base: base)
  }

  /// Snort's and Suricata's `fast.log`: `12/28-12:55:38.765402 [**] [1:366:11] "…" [**] … {TCP} 192.0.2.1:80 -> 10.0.0.1:4711`.
  private static func fastAlert(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    guard let mark = LineText.find("[**]", in: line, to: 64), let (time, end) = EventTime.prefix(of: line, base: base), end <= mark,
      let arrow = LineText.find(" -> ", in: line, from: mark)
    else { return nil }
    var fields = LineFields(line)
    fields.add("time", 0..<end)
    let from = (line[..<arrow].lastIndex(of: 0x20).map { $0 + 1 } ?? 0)..<arrow
    let to = (arrow + 4)..<(line[(arrow + 4)...].firstIndex(of: 0x20) ?? line.count)
    if let close = LineText.find("[**]", in: line, from: mark + 4) { fields.add("message", (mark + 4)..<close) }
    fields.add("source", from)
    fields.add("destination", to)
    var facts = LineFacts(format: "snort-fast")
    facts.event.time = time
    if let (ip, port) = AddressFacts.address(LineText.string(line[from])) { (facts.event.sourceIP, facts.event.sourcePort) = (ip, port) }
    if let (ip, port) = AddressFacts.address(LineText.string(line[to])) { (facts.event.destinationIP, facts.event.destinationPort) = (ip, port) }
    if LineText.find("[Drop]", in: line, to: mark) != nil || LineText.find("[drop]", in: line, to: arrow) != nil { facts.event.outcome = .blocked }
    facts.event.direction = AddressFacts.direction(from: facts.event.sourceIP, to: facts.event.destinationIP)
    facts.event.hostObserves = true
    facts.fields = fields.ranges
    return facts
  }

  /// nginx: `2023/05/23 18:02:04 [error] 123#0: *1 … , client: 192.0.2.1, server: …, request: "…"`; Apache: `[date] [core:error] [pid 1] [client 192.0.2.1:4711] …`.
  private static func errorLog(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    var facts: LineFacts
    var fields = LineFields(line)
    if line.first == UInt8(ascii: "["), let close = line.prefix(64).firstIndex(of: UInt8(ascii: "]")),
      let time = EventTime.read(LineText.string(line[1..<close]), base: base), line[(close + 1)...].starts(with: " [".utf8)
    {
      facts = LineFacts(format: "apache-error")
      facts.event.time = time
      if let start = LineText.find("[client ", in: line, from: close, to: close + 160), let end = line[start...].firstIndex(of: UInt8(ascii: "]")) {
        fields.add("client", (start + 8)..<end)
      }
      ErrorLogVerdict.fill(&facts.event, line, from: close + 1)
    } else if let (time, end) = EventTime.prefix(of: line, base: base), line[end...].starts(with: " [".utf8),
      let start = LineText.find(", client: ", in: line)
    {
      facts = LineFacts(format: "nginx-error")
      facts.event.time = time
      ErrorLogVerdict.fill(&facts.event, line, from: end)
      var position = start
      while position < line.count, let colon = LineText.find(": ", in: line, from: position), colon + 2 < line.count {
        let stop = LineText.find(", ", in: line, from: colon + 2) ?? line.count
        let quoted = line[colon + 2] == LineText.quote
        let close = quoted ? line[(colon + 3)...].firstIndex(of: LineText.quote) ?? line.count : stop
        fields.add(LineText.string(line[(position + 2)..<colon]), (quoted ? colon + 3 : colon + 2)..<close)
        position = quoted ? LineText.find(", ", in: line, from: close) ?? line.count : stop
        if fields.count > 16 { break }
      }
    } else {
      return nil
    }
    if let (ip, port) = fields.text("client").flatMap(AddressFacts.address) { (facts.event.sourceIP, facts.event.sourcePort) = (ip, port) }
    facts.event.direction = EventRoles.direction(of: facts.event, serves: true)
    facts.fields = fields.ranges
    return facts
  }

  /// AWS VPC flow logs, version 2: `2 account eni source destination srcport dstport protocol packets bytes start end ACCEPT OK`.
  private static func flowLog(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    let words = LineText.words(line, limit: 15, quotes: false)
    guard words.count == 14, line[words[0]].elementsEqual("2".utf8), ["ACCEPT", "REJECT"].contains(LineText.string(line[words[12]])) else { return nil }
    let fields = WebFormats.named(
      line,
      ["version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "action", "log-status"],
      words)
    var facts = LineFacts(format: "aws-vpc-flow")
    EventRoles.fill(&facts.event, from: fields, base: base, reading: EventRoles.Reading(observes: true))
    facts.fields = fields.ranges
    return facts
  }
}
