internal import Indicators
internal import Rules

/// Symantec Endpoint Protection, as its manager sends what happened on clients: `… SymantecServer: WS-7,Local Host IP: 10.0.0.7,Local Port: 51234,
/// …,Remote Host IP: 192.0.2.9,…,Outbound,…,Action: Blocked`, `… SymantecServer: Virus found,IP Address: 10.0.0.7,Computer name: WS-7,…`.
///
/// Broadcom's article 155205 lists the cells of each kind of log; in other languages all that is said in prose is translated, names are not.
enum SymantecFormat {
  private static let mark = "SymantecServer: "

  static func read(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    guard line.count > 40, let comma = line.prefix(512).firstIndex(of: UInt8(ascii: ",")) else { return nil }
    let tagged = LineText.find(mark, in: line, to: comma)
    guard tagged != nil || isExported(line, comma) else { return nil }
    let start = tagged.map { $0 + mark.utf8.count } ?? 0
    let cells = SeparatedValues.cells(Array(line[start...]), UInt8(ascii: ",")).map { ($0.lowerBound + start)..<($0.upperBound + start) }
    let fields = self.fields(line, cells)
    var facts = LineFacts(format: "symantec-ep")
    facts.event.time = tagged == nil ? EventTime.prefix(of: line, base: base)?.time : SyslogFormat.header(of: line, to: start, base)?.time
    fill(&facts.event, fields)
    // What happened there, not at the manager that tells of it.
    facts.event.host = fields.text("computer name") ?? fields.text("computer") ?? fields.text("client")
    facts.fields = fields.ranges
    return facts
  }

  /// A line without the manager's name: the message of a syslog record, or of its dump file.
  private static func isExported(_ line: [UInt8], _ comma: Int) -> Bool {
    let hasEnds = LineText.find(",Remote Host IP: ", in: line, from: comma, to: 4096) != nil
    return hasEnds && LineText.find("Local Host", in: line, from: comma, to: 4096) != nil
      || LineText.find(",Risk name: ", in: line, from: comma, to: 4096) != nil && LineText.find(",Computer name: ", in: line, from: comma, to: 4096) != nil
  }

  /// `Name: value`. The client's name stands before the first of them, alone; so does the direction, between them.
  private static func fields(_ line: [UInt8], _ cells: [Range<Int>]) -> LineFields {
    var fields = LineFields(line)
    for cell in cells.prefix(128) {
      if let colon = LineText.find(":", in: line, from: cell.lowerBound, to: cell.upperBound), colon + 1 == cell.upperBound || line[colon + 1] == LineText.space,
        isName(line[cell.lowerBound..<colon])
      {
        fields.add(LineText.string(line[cell.lowerBound..<colon]), min(colon + 2, cell.upperBound)..<cell.upperBound)
      } else if ["Inbound", "Outbound"].contains(LineText.string(line[cell])) {
        fields.add("Direction", cell)
      }
    }
    if let last = cells.firstIndex(where: { LineText.find(": ", in: line, from: $0.lowerBound, to: $0.upperBound) != nil }).map({ $0 - 1 }), last >= 0,
      line[cells[last]].allSatisfy({ LineText.isLetter($0) || LineText.isDigit($0) || "-_.".utf8.contains($0) }), !cells[last].isEmpty
    {
      fields.add("Client", cells[last])
    }
    return fields
  }

  private static func isName(_ text: ArraySlice<UInt8>) -> Bool {
    (3...48).contains(text.count) && text.allSatisfy { LineText.isLetter($0) || LineText.isDigit($0) || " -()".utf8.contains($0) }
  }

  private static func fill(_ event: inout Sighting.Event, _ fields: LineFields) {
    func address(_ names: String...) -> String? { names.lazy.compactMap { fields.text($0).flatMap(AddressFacts.address)?.ip }.first }
    func port(_ name: String) -> Int? { fields.text(name).flatMap { AddressFacts.port($0.utf8) } }
    let local = (ip: address("local host ip", "local host"), port: port("local port"))
    let remote = (ip: address("remote host ip"), port: port("remote port"))
    let word = fields.text("direction").flatMap(AddressFacts.direction(word:))
    // Without a direction nothing says who began.
    if let word, local.ip != nil, remote.ip != nil {
      (event.sourceIP, event.sourcePort) = word == .outbound ? local : remote
      (event.destinationIP, event.destinationPort) = word == .outbound ? remote : local
      event.direction = AddressFacts.direction(from: event.sourceIP, to: event.destinationIP) ?? word
    } else if remote.ip == nil {
      event.sourceIP = address("ip address")
    }
    event.user = fields.text("user name").flatMap(named) ?? fields.text("user").flatMap(named)
    event.outcome = outcome(fields)
  }

  private static func named(_ user: String) -> String? { user.lowercased() == "none" ? nil : user }

  private static let stopped = ["Cleaned", "Quarantined", "Deleted", "Terminated", "Blocked"]

  private static func outcome(_ fields: LineFields) -> Sighting.Outcome? {
    if let action = fields.text("action") { return OutcomeWords.outcome(of: action) }
    guard let actual = fields.text("actual action") else { return nil }
    if stopped.contains(where: actual.hasPrefix) { return .blocked }
    return actual == "Left alone" ? .allowed : nil
  }
}
