internal import Indicators
internal import Rules

/// Windows events as Snare and its kin send them over syslog: `… MSWinEventLog`, then cells between tabs, of which the last but one is the event's text.
enum SnareFormat {
  private static let names = [
    "Criticality", "Channel", "Counter", "TimeCreated", "EventID", "Source", "Account", "SIDType", "EventType", "Computer", "Category", "Data", "Message",
    "Record",
  ]
  /// What the text calls a member of the event.
  private static let labels: [(label: String, name: String)] = [
    ("Source Network Address:", "IpAddress"), ("Client Address:", "IpAddress"), ("Source Address:", "SourceAddress"), ("Source Port:", "SourcePort"),
    ("Destination Address:", "DestAddress"), ("Destination Port:", "DestPort"), ("Direction:", "Direction"), ("Workstation Name:", "WorkstationName"),
    ("Application Name:", "Application"), ("New Process Name:", "NewProcessName"), ("Share Name:", "ShareName"),
  ]
  /// Who logged on stands in a part of its own.
  private static let targets = ["New Logon:", "Account For Which Logon Failed:"]

  static func read(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    let mark = "MSWinEventLog"
    guard let start = LineText.find(mark, in: line, to: 200), start == 0 || [0x20, 0x09].contains(line[start - 1]) else { return nil }
    let cells = self.cells(line, from: start + mark.utf8.count)
    guard cells.count >= 10 else { return nil }
    var fields = LineFields(line)
    for (name, range) in zip(names, cells) { fields.add(name, range) }
    if let message = fields.range("message") { addMembers(&fields, message) }
    var facts = LineFacts(format: "snare")
    facts.event.time = fields.text("timecreated").flatMap { EventTime.read($0, base: base) } ?? SyslogFormat.header(of: line, to: start, base)?.time
    let writer = RecordWriter.of(fields)
    writer.prepare(&facts.event, fields)
    EventRoles.fill(&facts.event, from: fields, base: base, reading: writer.reading)
    writer.finish(&facts.event, fields)
    if facts.event.outcome == nil {
      switch fields.text("eventtype") {
      case "Success Audit": facts.event.outcome = .allowed
      case "Failure Audit": facts.event.outcome = .blocked
      default: break
      }
    }
    facts.fields = fields.ranges
    return facts
  }

  /// Behind the first tab; rsyslog writes tabs as `#011`. A syslog header may have the first cell, as `MSWinEventLog[1]:`.
  private static func cells(_ line: [UInt8], from start: Int) -> [Range<Int>] {
    var cells: [Range<Int>] = []
    var position = start
    if LineText.starts(line, at: start, with: "["), let close = LineText.find("]:", in: line, from: start, to: start + 8) {
      cells.append((start + 1)..<close)
      position = close + 2
    }
    let delimiter = LineText.find("#011", in: line, from: position) != nil ? "#011" : "\t"
    if LineText.starts(line, at: position, with: delimiter) {
      position += delimiter.utf8.count
    } else if cells.isEmpty {
      return []
    }
    if LineText.starts(line, at: position, with: " ") { position += 1 }
    while cells.count < 20 {
      let end = LineText.find(delimiter, in: line, from: position) ?? line.count
      cells.append(position..<end)
      guard end < line.count else { break }
      position = end + delimiter.utf8.count
    }
    return cells
  }

  private static func addMembers(_ fields: inout LineFields, _ message: Range<Int>) {
    let line = fields.line
    for (label, name) in labels where !fields.has(name.lowercased()) {
      if let range = value(label, line, message) { fields.add(name, range) }
    }
    let target = targets.lazy.compactMap { LineText.find($0, in: line, from: message.lowerBound, to: message.upperBound) }.first
    if let target, let range = value("Account Name:", line, target..<message.upperBound) { fields.add("TargetUserName", range) }
    if let range = value("Account Name:", line, message.lowerBound..<(target ?? message.upperBound)) { fields.add("SubjectUserName", range) }
  }

  /// The word behind a label of the text: two blanks end it, for names hold one.
  private static func value(_ label: String, _ line: [UInt8], _ message: Range<Int>) -> Range<Int>? {
    guard let found = LineText.find(" " + label, in: line, from: message.lowerBound, to: message.upperBound) else { return nil }
    var start = found + label.utf8.count + 1
    while start < message.upperBound, line[start] == LineText.space { start += 1 }
    var end = LineText.find("  ", in: line, from: start, to: message.upperBound) ?? message.upperBound
    // Relays make one blank of several: then the next label follows the first word.
    if LineText.find(": ", in: line, from: start, to: end) != nil { end = line[start..<end].firstIndex(of: LineText.space) ?? end }
    return start < end ? start..<end : nil
  }
}
