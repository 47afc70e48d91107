internal import Indicators

/// Envoy's access log, and Istio's: `[2026-05-31T12:34:56.789Z] "GET /x HTTP/1.1" 200 - … "forwarded for" "agent" "id" "authority" "upstream"`, to which Istio
/// adds `upstream_cluster upstream_local downstream_local downstream_remote …`.
enum EnvoyFormat {
  static func read(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    guard line.first == UInt8(ascii: "["), line.count > 30, line[11] == UInt8(ascii: "T") else { return nil }
    let words = LineText.words(line, limit: 40)
    guard words.count >= 12, WebFormats.opened(line, words[1], LineText.quote), let time = EventTime.read(LineText.string(line[words[0]]), base: base) else { return nil }
    let quoted = words.indices.dropFirst(2).filter { WebFormats.opened(line, words[$0], LineText.quote) }
    guard quoted.count >= 5, let last = quoted.last, quoted.suffix(5).elementsEqual((last - 4)...last) else { return nil }
    var fields = WebFormats.named(line, ["time", "request", "status", "flags"], words)
    for (name, index) in zip(["x_forwarded_for", "user_agent", "request_id", "authority", "upstream"], (last - 4)...last) { fields.add(name, words[index]) }
    for (name, range) in zip(["upstream_cluster", "upstream_local", "downstream_local", "downstream_remote", "server_name"], words[(last + 1)...]) {
      fields.add(name, range)
    }
    var facts = LineFacts(format: "envoy")
    facts.event.time = time
    // Of several addresses the last is the one that this proxy, or the one before it, saw; those before it a client may have written.
    let forwarded = fields.text("x_forwarded_for")?.split(separator: ",").last.map { $0.filter { $0 != " " } }
    if let (ip, port) = (fields.text("downstream_remote") ?? forwarded).flatMap(AddressFacts.address) { (facts.event.sourceIP, facts.event.sourcePort) = (ip, port) }
    let upstream = fields.text("upstream").map { $0.hasPrefix("tcp://") ? String($0.dropFirst(6)) : $0 }
    if let (ip, port) = upstream.flatMap(AddressFacts.address) { (facts.event.destinationIP, facts.event.destinationPort) = (ip, port) }
    facts.event.outcome = fields.text("status").flatMap(OutcomeWords.outcome(status:))
    facts.event.direction = EventRoles.direction(of: facts.event, serves: true)
    facts.event.hostObserves = true
    facts.fields = fields.ranges
    return facts
  }
}
