/// Mail servers name the other side in their own way: `relay=mx.example[192.0.2.1]:25` (Postfix), `relay=mail.example [192.0.2.1]` (Sendmail),
/// `<= a@x.example H=mail.example [192.0.2.1]:4711`, `H=mail.example [192.0.2.1]:4711 … rejected RCPT …` (Exim).
enum MailMessage {
  static func fill(_ event: inout Sighting.Event, _ body: [UInt8]) {
    guard event.sourceIP == nil, event.destinationIP == nil else { return }
    let head = Array(body.prefix(2048))
    guard head.contains(UInt8(ascii: "=")) || head.contains(UInt8(ascii: "]")) else { return }
    if let relay = mark(" relay=", head) ?? (LineText.starts(head, at: 0, with: "relay=") ? 6 : nil) {
      // A relay is asked to take what goes `to` someone, and gives what comes `from` someone.
      fill(&event, bracketed(head, from: relay), isSource: mark(" to=", head) == nil)
    } else if let host = mark(" H=", head), let arrow = [" <= ", " => ", " -> ", " ** ", " == "].first(where: { LineText.find($0, in: head, to: min(head.count, 96)) != nil }) {
      fill(&event, bracketed(head, from: host), isSource: arrow == " <= ")
    } else if let host = mark(" H=", head), LineText.find(" rejected ", in: head, from: host) != nil {
      fill(&event, bracketed(head, from: host), isSource: true)
    } else if let close = LineText.find("]: SASL ", in: head), let open = head[..<close].lastIndex(of: UInt8(ascii: "[")) {
      // `warning: unknown[192.0.2.1]: SASL LOGIN authentication failed: …`
      fill(&event, AddressFacts.address(LineText.string(head[open...close])), isSource: true)
    }
  }

  private static func fill(_ event: inout Sighting.Event, _ address: (ip: String, port: Int?)?, isSource: Bool) {
    guard let address, let isInside = AddressFacts.isPrivate(address.ip) else { return }
    if isSource {
      (event.sourceIP, event.sourcePort) = address
    } else {
      (event.destinationIP, event.destinationPort) = address
    }
    if event.direction == nil { event.direction = isInside ? .internal : isSource ? .inbound : .outbound }
  }

  /// Behind `text`.
  private static func mark(_ text: String, _ body: [UInt8]) -> Int? { LineText.find(text, in: body).map { $0 + text.utf8.count } }

  /// The address in brackets, with the port behind it, that stands before the next comma.
  private static func bracketed(_ body: [UInt8], from start: Int) -> (ip: String, port: Int?)? {
    let end = body[start...].firstIndex(of: UInt8(ascii: ",")) ?? body.count
    guard let open = body[start..<end].firstIndex(of: UInt8(ascii: "[")), let close = body[open..<end].firstIndex(of: UInt8(ascii: "]")) else { return nil }
    let stop = body[close..<end].firstIndex(of: LineText.space) ?? end
    return AddressFacts.address(LineText.string(body[open..<stop]))
  }
}
