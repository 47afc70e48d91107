internal import Indicators
internal import Rules

/// Logs of resolvers that have a form of their own.
enum ResolverFormats {
  static func read(_ line: [UInt8], _ base: TimeBase) -> LineFacts? { coreDNS(line) ?? umbrella(line, base) ?? DNSServerFormat.read(line, base) }

  /// CoreDNS's `log`: `[INFO] 192.0.2.9:50759 - 29008 "A IN evil.example. udp 41 false 4096" NOERROR qr,rd,ra 68 0.037s`. It names no time.
  private static func coreDNS(_ line: [UInt8]) -> LineFacts? {
    let mark = "[INFO] "
    guard LineText.starts(line, at: 0, with: mark) else { return nil }
    let words = LineText.words(line, from: mark.utf8.count, limit: 8, brackets: false)
    guard words.count >= 5, WebFormats.opened(line, words[3], LineText.quote), line[words[2]].allSatisfy(LineText.isDigit),
      case (let ip, let port?)? = AddressFacts.address(LineText.string(line[words[0]]))
    else { return nil }
    var fields = WebFormats.named(line, ["client", "dash", "id", "request", "rcode", "flags", "size", "duration"], words)
    let request = LineText.words(line, from: words[3].lowerBound, limit: 4, quotes: false)
    guard request.count == 4, request[3].upperBound <= words[3].upperBound else { return nil }
    fields.add("name", request[2])
    var facts = LineFacts(format: "coredns")
    (facts.event.sourceIP, facts.event.sourcePort) = (ip, port)
    facts.event.outcome = fields.text("rcode").flatMap(OutcomeWords.outcome(of:))
    facts.event.direction = EventRoles.direction(of: facts.event, serves: true)
    facts.fields = fields.ranges
    return facts
  }

  private static let dnsNames = [
    "timestamp", "identity", "identities", "internal_ip", "external_ip", "action", "query_type", "response_code", "domain", "categories", "identity_type",
    "identity_types", "blocked_categories",
  ]
  private static let webNames = [
    "timestamp", "identity", "internal_ip", "external_ip", "destination_ip", "content_type", "action", "url", "referrer", "user_agent", "status",
    "request_size", "response_size", "response_body_size", "sha256", "categories", "av_detections", "puas", "amp_disposition", "amp_malware", "amp_score",
    "identity_type", "blocked_categories", "identities", "identity_types", "method",
  ]

  /// Cisco Umbrella's exports of names and of requests: quoted cells, times in UTC, and no line that names the columns.
  private static func umbrella(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    guard LineText.starts(line, at: 0, with: "\"20"), line.count > 40, line[20] == LineText.quote else { return nil }
    let cells = SeparatedValues.cells(line, UInt8(ascii: ","))
    func text(_ index: Int) -> String { cells.indices.contains(index) ? LineText.string(line[cells[index]]) : "" }
    let isDNS = ["allowed", "blocked"].contains(text(5).lowercased()) && text(6).hasSuffix(")") && cells.count >= 10
    let isWeb = ["allowed", "blocked"].contains(text(6).lowercased()) && text(7).contains("://") && cells.count >= 22
    guard isDNS || isWeb, let time = EventTime.read(text(0), base: base.zoned(0)) else { return nil }
    let fields = WebFormats.named(line, isDNS ? dnsNames : webNames, cells)
    var facts = LineFacts(format: isDNS ? "umbrella-dns" : "umbrella-web")
    facts.event.time = time
    let kind = fields.text("identity_type") ?? ""
    if kind.contains("User") { facts.event.user = fields.text("identity") }
    if kind.contains("Computer") { facts.event.host = fields.text("identity") }
    facts.event.sourceIP = (fields.text("internal_ip") ?? fields.text("external_ip")).flatMap(AddressFacts.address)?.ip
    facts.event.destinationIP = fields.text("destination_ip").flatMap(AddressFacts.address)?.ip
    facts.event.outcome = fields.text("action").flatMap(OutcomeWords.outcome(of:))
    // What a client of ours asks the outside.
    facts.event.direction = .outbound
    facts.fields = fields.ranges
    return facts
  }
}
