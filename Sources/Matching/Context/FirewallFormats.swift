internal import Indicators
internal import Rules

/// Firewalls that write the cells of a table without a header.
enum FirewallFormats {
  static func read(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    paloAlto(line, base) ?? packetFilter(line, base) ?? watchGuard(line, base)
  }

  /// PAN-OS, traffic and threat logs: `[Nov 20 10:00:00 host ]1,2026/11/20 10:00:00,serial,TRAFFIC,end,…`. Its times name no zone, but one near the end
  /// of newer versions' records (`2026-11-20T10:00:00.123+01:00`), or the header's.
  private static func paloAlto(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    guard let comma = line.prefix(200).firstIndex(of: UInt8(ascii: ",")),
      let mark = [",TRAFFIC,", ",THREAT,", ",GLOBALPROTECT,"].lazy.compactMap({ LineText.find($0, in: line, to: 300) }).first
    else { return nil }
    let start = line[..<comma].lastIndex(of: LineText.space).map { $0 + 1 } ?? SyslogFormat.priorityEnd(line)
    let cells = SeparatedValues.cells(Array(line[start...]), UInt8(ascii: ",")).map { ($0.lowerBound + start)..<($0.upperBound + start) }
    if LineText.starts(line, at: mark, with: ",GLOBALPROTECT,") { return globalProtect(line, cells, start, base) }
    guard cells.count >= 31, cells[3].lowerBound == mark + 1, let source = AddressFacts.address(LineText.string(line[cells[7]])),
      let destination = AddressFacts.address(LineText.string(line[cells[8]]))
    else { return nil }
    let names = [
      "future_use1", "receive_time", "serial", "type", "subtype", "future_use2", "time_generated", "src", "dst", "natsrc", "natdst", "rule", "srcuser", "dstuser",
      "app", "vsys", "from", "to", "inbound_if", "outbound_if", "logset", "future_use3", "sessionid", "repeatcnt", "sport", "dport", "natsport", "natdport", "flags",
      "proto", "action",
    ]
    let isThreat = line[cells[3]].elementsEqual("THREAT".utf8)
    let fields = WebFormats.named(line, names + (isThreat ? ["misc", "threatid", "category", "severity"] : []), cells)
    var facts = LineFacts(format: "pan-os")
    takeHeader(&facts.event, fields, cells.dropFirst(60), start, base)
    (facts.event.sourceIP, facts.event.destinationIP) = (source.ip, destination.ip)
    facts.event.sourcePort = fields.text("sport").flatMap { AddressFacts.port($0.utf8) }
    facts.event.destinationPort = fields.text("dport").flatMap { AddressFacts.port($0.utf8) }
    facts.event.user = fields.text("srcuser")
    facts.event.outcome = fields.text("action").flatMap(OutcomeWords.outcome(of:))
    return observed(facts, fields)
  }

  /// The remote access gateway of PAN-OS, from 9.1 on: who came from where, and whether he got in.
  private static func globalProtect(_ line: [UInt8], _ cells: [Range<Int>], _ start: Int, _ base: TimeBase) -> LineFacts? {
    guard cells.count >= 30 else { return nil }
    let names = [
      "future_use1", "receive_time", "serial", "type", "subtype", "future_use2", "time_generated", "vsys", "event", "stage", "auth_method", "tunnel_type", "srcuser",
      "region", "machine", "public_ip", "public_ipv6", "private_ip", "private_ipv6", "host_id", "serial_number", "client_version", "client_os",
      "client_os_version", "repeatcnt", "reason", "error", "description", "status", "location",
    ]
    let fields = WebFormats.named(line, names, cells)
    var facts = LineFacts(format: "pan-os")
    takeHeader(&facts.event, fields, cells.dropFirst(30), start, base)
    let addresses = ["public_ip", "public_ipv6"].compactMap { fields.text($0).flatMap(AddressFacts.address)?.ip }
    facts.event.sourceIP = addresses.first { $0 != "0.0.0.0" && $0 != "::" }
    facts.event.user = fields.text("srcuser")
    facts.event.outcome = fields.text("status").flatMap(OutcomeWords.outcome(of:))
    facts.event.direction = EventRoles.direction(of: facts.event, serves: true)
    facts.event.hostObserves = true
    facts.fields = fields.ranges
    return facts
  }

  /// - Parameter cells: those among which newer versions have a time with its zone.
  private static func takeHeader(_ event: inout Sighting.Event, _ fields: LineFields, _ cells: ArraySlice<Range<Int>>, _ start: Int, _ base: TimeBase) {
    let line = fields.line
    let written = fields.text("time_generated") ?? fields.text("receive_time")
    let header = SyslogFormat.header(of: line, to: start, base)
    event.host = header?.host
    if let zone = cells.lazy.compactMap({ cellZone(line[$0]) }).first {
      event.time = written.flatMap { EventTime.read($0, base: base.zoned(zone)) }
      return
    }
    let zone = SyslogFormat.zone(of: line, base) ?? base.zoneMinutes
    let times = [base, base.zoned(zone)].map { base in written.flatMap { EventTime.read($0, base: base) } }
    event.time = SyslogFormat.isNearer(times[1], than: times[0], to: header?.time) ? times[1] : times[0]
  }

  /// WatchGuard's packet filter and proxies: `… firewall: msg_id="3000-0148" Deny 1-Trusted 0-External 52 tcp 20 127 10.0.1.2 192.0.2.9 51234 443 …`, and
  /// as its monitor shows them: `2024-03-29 18:00:54 Allow 10.0.1.2 192.0.2.9 http/tcp 42017 80 … msg_id="3000-0176"`.
  private static func watchGuard(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    guard let equals = line.prefix(1024).firstIndex(of: UInt8(ascii: "=")), let mark = LineText.find("msg_id=\"", in: line, from: max(0, equals - 6), to: 1024) else { return nil }
    let words = LineText.words(line, from: SyslogFormat.priorityEnd(line), limit: 40, quotes: false, brackets: false)
    func text(_ index: Int) -> String { words.indices.contains(index) ? LineText.string(line[words[index]]) : "" }
    guard let verdict = words.indices.first(where: { ["Allow", "Deny"].contains(text($0)) }),
      let first = words.indices.first(where: { $0 > verdict && AddressFacts.address(text($0)) != nil && AddressFacts.address(text($0 + 1)) != nil }),
      let source = AddressFacts.address(text(first)), let destination = AddressFacts.address(text(first + 1))
    else { return nil }
    var fields = LineFields(line)
    fields.add("src", words[first])
    fields.add("dst", words[first + 1])
    for pair in KeyValuePairs.read(line, from: 0) { fields.add(pair.name, pair.range) }
    var facts = LineFacts(format: "watchguard")
    if let header = SyslogFormat.header(of: line, to: mark, base) { (facts.event.time, facts.event.host) = (header.time, mark < words[verdict].lowerBound ? header.host : nil) }
    facts.event.time = facts.event.time ?? EventTime.prefix(of: line, base: base)?.time
    (facts.event.sourceIP, facts.event.destinationIP) = (source.ip, destination.ip)
    let service = text(first + 2)
    let isNamed = service.contains("/")
    let hasPorts = isNamed ? !service.hasSuffix("/icmp") : (verdict..<first).contains { ["tcp", "udp"].contains(text($0)) }
    if hasPorts {
      let ports = first + (isNamed ? 3 : 2)
      facts.event.sourcePort = AddressFacts.port(text(ports).utf8)
      facts.event.destinationPort = AddressFacts.port(text(ports + 1).utf8)
    }
    facts.event.user = fields.text("src_user")
    facts.event.outcome = text(verdict) == "Allow" ? .allowed : .blocked
    return observed(facts, fields)
  }

  /// The zone of a cell that is a time with one, to the millisecond.
  private static func cellZone(_ cell: ArraySlice<UInt8>) -> Int? {
    guard (28...29).contains(cell.count), cell.dropFirst(10).first == UInt8(ascii: "T"), Timestamp(parsing: LineText.string(cell)) != nil else { return nil }
    return TimePattern.zone(cell.suffix(6)) ?? TimePattern.zone(cell.suffix(5))
  }

  /// `filterlog` of pfSense and OPNsense: `rule,sub,anchor,tracker,interface,reason,action,direction,4,…`. The direction there is the interface's.
  private static func packetFilter(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    guard line.count <= 512, line.count(where: { $0 == UInt8(ascii: ",") }) >= 18 else { return nil }
    let cells = SeparatedValues.cells(line, UInt8(ascii: ","))
    func text(_ index: Int) -> String { cells.indices.contains(index) ? LineText.string(line[cells[index]]) : "" }
    guard !text(0).isEmpty, text(0).utf8.allSatisfy(LineText.isDigit), ["in", "out"].contains(text(7)), let outcome = OutcomeWords.outcome(of: text(6)) else { return nil }
    let common = ["rule", "sub_rule", "anchor", "tracker", "interface", "reason", "action", "dir", "ip_version"]
    let own: [String]
    switch text(8) {
    case "4": own = ["tos", "ecn", "ttl", "id", "offset", "flags", "protocol_id", "protocol", "length", "src", "dst", "srcport", "dstport"]
    case "6": own = ["class", "flow_label", "hop_limit", "protocol", "protocol_id", "length", "src", "dst", "srcport", "dstport"]
    default: return nil
    }
    let fields = WebFormats.named(line, common + own, cells)
    guard let source = fields.text("src").flatMap(AddressFacts.address), let destination = fields.text("dst").flatMap(AddressFacts.address) else { return nil }
    var facts = LineFacts(format: "pf-filterlog")
    (facts.event.sourceIP, facts.event.destinationIP) = (source.ip, destination.ip)
    if ["tcp", "udp"].contains(fields.text("protocol")) {
      facts.event.sourcePort = fields.text("srcport").flatMap { AddressFacts.port($0.utf8) }
      facts.event.destinationPort = fields.text("dstport").flatMap { AddressFacts.port($0.utf8) }
    }
    facts.event.outcome = outcome
    return observed(facts, fields)
  }

  private static func observed(_ facts: LineFacts, _ fields: LineFields) -> LineFacts {
    var facts = facts
    facts.event.direction = AddressFacts.direction(from: facts.event.sourceIP, to: facts.event.destinationIP)
    facts.event.hostObserves = true
    facts.fields = fields.ranges
    return facts
  }
}

/// What Fortinet's devices say of a session. How one ended (`close`, `timeout`, `server-rst`) says that it was let through, and what an inspection
/// did says more than that.
enum FortinetWords {
  private static let blocked: Set<String> = ["block", "blocked", "dropped", "drop_session", "clear_session", "reset", "reset_client", "reset_server", "ssl-login-fail"]
  private static let allowed: Set<String> = ["detected", "pass_session", "passthrough", "pass", "monitored"]

  static func outcome(_ fields: LineFields) -> Sighting.Outcome? {
    if let inspection = fields.text("utmaction"), blocked.contains(inspection) { return .blocked }
    guard let action = fields.text("action")?.lowercased() else { return nil }
    if blocked.contains(action) { return .blocked }
    if allowed.contains(action) { return .allowed }
    return fields.text("type") == "traffic" && ["accept", "close", "timeout", "client-rst", "server-rst", "start"].contains(action) ? .allowed : nil
  }
}
