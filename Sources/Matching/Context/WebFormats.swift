internal import Indicators
internal import Rules

/// Web servers, proxies and load balancers: one request a line.
enum WebFormats {
  /// Squid's native format: `1710900661.104 212 10.20.4.31 TCP_TUNNEL/200 8211 CONNECT host:443 user HIER_DIRECT/192.0.2.44 type`.
  static func squid(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    let words = LineText.words(line, limit: 10, quotes: false)
    guard words.count >= 9, line[words[0]].contains(0x2E), let time = Timestamp(parsing: LineText.string(line[words[0]])),
      let client = AddressFacts.address(LineText.string(line[words[2]]))
    else { return nil }
    let code = LineText.string(line[words[3]])
    guard code.hasPrefix("TCP_") || code.hasPrefix("UDP_") || code.hasPrefix("NONE") else { return nil }
    let fields = named(line, ["time", "elapsed", "client", "result", "bytes", "method", "url", "user", "peer", "type"], words)
    var facts = LineFacts(format: "squid")
    facts.event.time = time
    facts.event.sourceIP = client.ip
    // Cisco's web gateway sets the name in quotes.
    facts.event.user = fields.text("user").flatMap { LineFields.meaningful($0.replacing("\"", with: "")) }
    // A parent proxy (`FIRSTUP_PARENT/…`) is not what was asked for.
    if let peer = fields.text("peer")?.split(separator: "/"), peer.count == 2, !peer[0].contains("PARENT"), !peer[0].contains("SIBLING") {
      facts.event.destinationIP = AddressFacts.address(String(peer[1]))?.ip
    }
    facts.event.outcome = code.contains("DENIED") ? .blocked : OutcomeWords.outcome(status: String(code.split(separator: "/").last ?? ""))
    facts.event.direction = AddressFacts.direction(from: facts.event.sourceIP, to: facts.event.destinationIP) ?? .outbound
    facts.event.hostObserves = true
    facts.fields = fields.ranges
    return facts
  }

  /// Apache's and nginx's common and combined formats, a virtual host in front or not.
  static func access(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    let words = LineText.words(line, limit: 16)
    // `client ident user [time] "request" status bytes`: the bracket tells where one is.
    guard let place = words.indices.first(where: { (3...5).contains($0) && opened(line, words[$0], UInt8(ascii: "[")) }), words.count >= place + 3,
      opened(line, words[place + 1], LineText.quote), let time = EventTime.read(LineText.string(line[words[place]]), base: base)
    else { return nil }
    let names = ["client", "ident", "user", "time", "request", "status", "bytes", "referrer", "user_agent", "x_forwarded_for"]
    var fields = named(line, names, Array(words[(place - 3)...]))
    if place > 3 { fields.add("virtual_host", words[place - 4]) }
    var facts = LineFacts(format: words.count >= place + 6 ? "apache-combined" : "apache-common")
    facts.event.time = time
    facts.event.sourceIP = fields.text("client").flatMap(AddressFacts.address)?.ip
    facts.event.user = fields.text("user")
    facts.event.outcome = fields.text("status").flatMap(OutcomeWords.outcome(status:))
    facts.event.direction = EventRoles.direction(of: facts.event, serves: true)
    // A whole address, or a tunnel, is asked of a proxy (Squid's `combined` format), and that by a client inside.
    if facts.event.direction == .internal, let request = fields.text("request"), asksProxy(request) {
      (facts.event.direction, facts.event.hostObserves) = (.outbound, true)
    }
    facts.fields = fields.ranges
    return facts
  }

  private static func asksProxy(_ request: String) -> Bool {
    let words = request.split(separator: " ")
    guard words.count >= 2 else { return false }
    return words[0] == "CONNECT" || words[1].hasPrefix("http://") || words[1].hasPrefix("https://") || words[1].hasPrefix("ftp://")
  }

  /// S3's access log: `owner bucket [time] client requester request-id operation key "request" status …`.
  static func objectStore(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    let words = LineText.words(line, limit: 18)
    guard words.count >= 12, opened(line, words[2], UInt8(ascii: "[")), let time = EventTime.read(LineText.string(line[words[2]]), base: base),
      let client = AddressFacts.address(LineText.string(line[words[3]])), opened(line, words[8], LineText.quote) || line[words[8]].elementsEqual("-".utf8)
    else { return nil }
    let names = [
      "owner", "bucket", "time", "client", "requester", "request_id", "operation", "key", "request", "status", "error", "bytes", "size", "total_time",
      "turn_around_time", "referrer", "user_agent", "version",
    ]
    let fields = named(line, names, words)
    var facts = LineFacts(format: "aws-s3-access")
    (facts.event.time, facts.event.sourceIP) = (time, client.ip)
    facts.event.user = fields.text("requester")
    facts.event.outcome = fields.text("status").flatMap(OutcomeWords.outcome(status:))
    facts.event.direction = EventRoles.direction(of: facts.event, serves: true)
    facts.fields = fields.ranges
    return facts
  }

  /// HAProxy, HTTP and TCP: `client:port [accept date] frontend backend/server timers status bytes …`.
  static func haproxy(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    let words = LineText.words(line, limit: 32)
    guard words.count >= 7, case (let ip, let port?)? = AddressFacts.address(LineText.string(line[words[0]])), opened(line, words[1], UInt8(ascii: "[")),
      let time = EventTime.read(LineText.string(line[words[1]]), base: base), line[words[3]].contains(UInt8(ascii: "/"))
    else { return nil }
    let timers = line[words[4]].split(separator: UInt8(ascii: "/"))
    guard timers.count == 5 || timers.count == 3 else { return nil }
    let isHTTP = timers.count == 5
    var fields = named(line, ["client", "time", "frontend", "backend", "timers"] + (isHTTP ? ["status", "bytes"] : ["bytes", "termination"]), words)
    if isHTTP, let request = words.last, opened(line, request, LineText.quote) { fields.add("request", request) }
    var facts = LineFacts(format: "haproxy")
    facts.event.time = time
    (facts.event.sourceIP, facts.event.sourcePort) = (ip, port)
    facts.event.outcome = fields.text("status").flatMap(OutcomeWords.outcome(status:))
    facts.event.direction = EventRoles.direction(of: facts.event, serves: true)
    facts.fields = fields.ranges
    return facts
  }

  /// AWS load balancers, classic and application: `[type] time name client:port target:port …`.
  static func loadBalancer(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    let words = LineText.words(line, limit: 40)
    guard words.count >= 14 else { return nil }
    if LineText.starts(line, at: 0, with: "tls ") { return networkLoadBalancer(line, words, base) }
    let hasType = ["http", "https", "h2", "grpcs", "ws", "wss"].contains(LineText.string(line[words[0]]))
    let first = hasType ? 1 : 0
    guard let time = EventTime.read(LineText.string(line[words[first]]), base: base), line[words[first]].contains(UInt8(ascii: "T")),
      case (let ip, let port?)? = AddressFacts.address(LineText.string(line[words[first + 2]]))
    else { return nil }
    let names = [
      "time", "elb", "client", "target", "request_processing_time", "target_processing_time", "response_processing_time", "elb_status_code",
      "target_status_code", "received_bytes", "sent_bytes", "request", "user_agent", "ssl_cipher", "ssl_protocol", "target_group_arn", "trace_id",
      "domain_name", "chosen_cert_arn", "matched_rule_priority", "request_creation_time", "actions_executed", "redirect_url", "error_reason",
    ]
    let fields = named(line, hasType ? ["type"] + names : names, words)
    var facts = LineFacts(format: "aws-elb")
    facts.event.time = time
    (facts.event.sourceIP, facts.event.sourcePort) = (ip, port)
    if let (ip, port) = fields.text("target").flatMap(AddressFacts.address) { (facts.event.destinationIP, facts.event.destinationPort) = (ip, port) }
    facts.event.outcome = fields.text("elb_status_code").flatMap(OutcomeWords.outcome(status:))
    facts.event.direction = EventRoles.direction(of: facts.event, serves: true)
    facts.event.hostObserves = true
    facts.fields = fields.ranges
    return facts
  }

  /// The network kind, of its TLS listeners: `tls 2.0 time name listener client:port destination:port …`, in UTC.
  private static func networkLoadBalancer(_ line: [UInt8], _ words: [Range<Int>], _ base: TimeBase) -> LineFacts? {
    guard let time = EventTime.read(LineText.string(line[words[2]]), base: base.zoned(0)), case (let ip, let port?)? = AddressFacts.address(LineText.string(line[words[5]]))
    else { return nil }
    let names = [
      "type", "version", "time", "elb", "listener", "client", "destination", "connection_time", "tls_handshake_time", "received_bytes", "sent_bytes",
      "incoming_tls_alert", "chosen_cert_arn", "chosen_cert_serial", "tls_cipher", "tls_protocol_version", "tls_named_group", "domain_name",
    ]
    let fields = named(line, names, words)
    var facts = LineFacts(format: "aws-nlb")
    facts.event.time = time
    (facts.event.sourceIP, facts.event.sourcePort) = (ip, port)
    if let (ip, port) = fields.text("destination").flatMap(AddressFacts.address) { (facts.event.destinationIP, facts.event.destinationPort) = (ip, port) }
    facts.event.direction = EventRoles.direction(of: facts.event, serves: true)
    facts.event.hostObserves = true
    facts.fields = fields.ranges
    return facts
  }

  static func named(_ line: [UInt8], _ names: [String], _ words: [Range<Int>]) -> LineFields {
    var fields = LineFields(line)
    for (name, range) in zip(names, words) { fields.add(name, range) }
    return fields
  }

  /// The word at `range` stood in quotes or brackets.
  static func opened(_ line: [UInt8], _ range: Range<Int>, _ mark: UInt8) -> Bool {
    range.lowerBound > 0 && line[range.lowerBound - 1] == mark
  }
}
