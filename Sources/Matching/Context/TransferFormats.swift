internal import Indicators
internal import Rules

/// Logs of file servers.
enum TransferFormats {
  static func read(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    // Both begin with the day of the week.
    guard line.count > 40, line[3] == LineText.space, LineText.isLetter(line[0]), MonthName.number(line.prefix(3)) == nil,
      case (let time?, let end)? = EventTime.prefix(of: line, base: base)
    else { return nil }
    return vsftpd(line, time, end) ?? xferlog(line, time, end)
  }

  /// vsftpd: `Mon Jun  6 18:43:32 2016 [pid 1] [jean] OK LOGIN: Client "192.0.2.9"`.
  private static func vsftpd(_ line: [UInt8], _ time: Timestamp, _ end: Int) -> LineFacts? {
    guard line[end...].starts(with: " [pid ".utf8),
      let client = LineText.find("Client \"", in: line, from: end)
    else { return nil }
    let words = LineText.words(line, from: end, limit: 4)
    guard words.count >= 3 else { return nil }
    var fields = LineFields(line)
    fields.add("client", (client + 8)..<(line[(client + 8)...].firstIndex(of: LineText.quote) ?? line.count))
    var facts = LineFacts(format: "vsftpd")
    facts.event.time = time
    if WebFormats.opened(line, words[1], UInt8(ascii: "[")) {
      fields.add("user", words[1])
      facts.event.user = fields.text("user")
      let verdict = LineText.string(line[words[2]])
      facts.event.outcome = verdict == "OK" ? .allowed : verdict == "FAIL" ? .blocked : nil
    }
    return served(facts, fields)
  }

  /// `Mon Jun  6 18:43:32 2016 3 192.0.2.9 12345 /a/b b _ o r jean ftp 0 * c` (xferlog(5) of wu-ftpd, ProFTPD and vsftpd). The file's name may hold
  /// blanks: what stands behind it is counted from the end, where old servers leave the last word out.
  private static func xferlog(_ line: [UInt8], _ time: Timestamp, _ end: Int) -> LineFacts? {
    var words = LineText.words(line, from: end, limit: 64, quotes: false)
    let status = words.last.map { LineText.string(line[$0]) }
    let isComplete = status == "c" || status == "i"
    var tail = ["type", "flags", "direction", "mode", "user", "service", "authentication", "authenticated_user"]
    if isComplete { tail.append("status") }
    guard words.count >= 4 + tail.count else { return nil }
    let first = words.count - tail.count
    func word(_ index: Int) -> String { LineText.string(line[words[index]]) }
    guard ["a", "b"].contains(word(first)), ["i", "o", "d"].contains(word(first + 2)), ["a", "g", "r"].contains(word(first + 3)),
      ["0", "1"].contains(word(first + 6)), line[words[0]].allSatisfy(LineText.isDigit), line[words[2]].allSatisfy(LineText.isDigit)
    else { return nil }
    words.replaceSubrange(3..<first, with: [words[3].lowerBound..<words[first - 1].upperBound])
    let fields = WebFormats.named(line, ["duration", "client", "size", "file"] + tail, words)
    var facts = LineFacts(format: "xferlog")
    facts.event.time = time
    facts.event.user = fields.text("user")
    if status == "c" { facts.event.outcome = .allowed }
    return served(facts, fields)
  }

  private static func served(_ facts: LineFacts, _ fields: LineFields) -> LineFacts {
    var facts = facts
    facts.event.sourceIP = fields.text("client").flatMap(AddressFacts.address)?.ip
    facts.event.direction = EventRoles.direction(of: facts.event, serves: true)
    facts.fields = fields.ranges
    return facts
  }
}
