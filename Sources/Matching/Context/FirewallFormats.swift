internal import Indicators

/// Firewalls that write the cells of a table without a header.
enum FirewallFormats {
  static func read(_ line: [UInt8], _ reference: Timestamp) -> LineFacts? {
    paloAlto(line, reference) ?? packetFilter(line, reference)
  }

  /// PAN-OS, traffic and threat logs: `[Nov 20 10:00:00 host ]1,2026/11/20 10:00:00,serial,TRAFFIC,end,…`. Its times name no zone.
  private static func paloAlto(_ line: [UInt8], _ reference: Timestamp) -> LineFacts? {
    guard let comma = line.prefix(200).firstIndex(of: UInt8(ascii: ",")), let mark = [",TRAFFIC,", ",THREAT,"].lazy.compactMap({ LineText.find($0, in: line, to: 300) }).first
    else { return nil }
    let start = line[..<comma].lastIndex(of: LineText.space).map { $0 + 1 } ?? SyslogFormat.priorityEnd(line)
    let cells = SeparatedValues.cells(Array(line[start...]), UInt8(ascii: ",")).map { ($0.lowerBound + start)..<($0.upperBound + start) }
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
    let written = fields.text("time_generated") ?? fields.text("receive_time")
    facts.event.time = written.flatMap { EventTime.read($0, reference: reference) }
    facts.event.host = SyslogFormat.header(of: line, to: start, reference)?.host
    (facts.event.sourceIP, facts.event.destinationIP) = (source.ip, destination.ip)
    facts.event.sourcePort = fields.text("sport").flatMap { AddressFacts.port($0.utf8) }
    facts.event.destinationPort = fields.text("dport").flatMap { AddressFacts.port($0.utf8) }
    facts.event.user = fields.text("srcuser")
    facts.event.outcome = fields.text("action").flatMap(OutcomeWords.outcome(of:))
    return observed(facts, fields)
  }

  /// `filterlog` of pfSense and OPNsense: `rule,sub,anchor,tracker,interface,reason,action,direction,4,…`. The direction there is the interface's.
  private static func packetFilter(_ line: [UInt8], _ reference: Timestamp) -> LineFacts? {
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
