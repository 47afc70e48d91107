internal import Indicators
internal import Rules

/// The debug log of Windows' DNS server, a packet a line:
/// `6/5/2026 10:00:32 AM 0E6C PACKET  00000000028657F0 UDP Snd 192.0.2.9 6b6f R Q [8381   DR NXDOMAIN] A      (4)evil(7)example(0)`.
enum DNSServerFormat {
  static func read(_ line: [UInt8], _ base: TimeBase) -> LineFacts? {
    guard line.first.map(LineText.isDigit) ?? false, LineText.find(" PACKET ", in: line, to: 64) != nil else { return nil }
    let words = LineText.words(line, limit: 12, quotes: false, brackets: false)
    guard let mark = (3...4).first(where: { words.count > $0 + 6 && line[words[$0]].elementsEqual("PACKET".utf8) }),
      let remote = AddressFacts.address(LineText.string(line[words[mark + 4]])),
      let open = line[words[mark + 5].upperBound...].firstIndex(of: UInt8(ascii: "[")),
      let close = line[open...].firstIndex(of: UInt8(ascii: "]"))
    else { return nil }
    var fields = WebFormats.named(line, ["thread", "context", "packet", "protocol", "direction", "remote", "xid"], Array(words[(mark - 1)...]))
    let kinds = LineText.words(line, from: words[mark + 5].upperBound, limit: 2, quotes: false, brackets: false)
    let isAnswer = kinds.count == 2 && line[kinds[0]].elementsEqual("R".utf8)
    let states = LineText.words(line, from: open + 1, limit: 8, quotes: false, brackets: false).filter { $0.lowerBound < close }
    if let last = states.last { fields.add("rcode", last.lowerBound..<min(last.upperBound, close)) }
    let question = LineText.words(line, from: close + 1, limit: 2, quotes: false, brackets: false)
    for (name, word) in zip(["type", "name"], question) { fields.add(name, word) }

    var facts = LineFacts(format: "windows-dns")
    facts.event.time = time(Array(words[..<(mark - 1)]), line, base)
    // Who asks and who is answered is a client; else this server asks another.
    let isClient = line[words[mark + 3]].elementsEqual("Rcv".utf8) != isAnswer
    if isClient { facts.event.sourceIP = remote.ip } else { facts.event.destinationIP = remote.ip }
    // A question has a code of its own, which says nothing.
    if isAnswer { facts.event.outcome = fields.text("rcode").flatMap(OutcomeWords.outcome(of:)) }
    facts.event.direction =
      isClient ? EventRoles.direction(of: facts.event, serves: true) : AddressFacts.isPrivate(remote.ip).map { $0 ? .internal : .outbound }
    facts.fields = fields.ranges
    return facts
  }

  /// The date in the form of the server's region, the clock, and `AM` or `PM` where that has them.
  private static func time(_ words: [Range<Int>], _ line: [UInt8], _ base: TimeBase) -> Timestamp? {
    let half = words.count == 3 ? LineText.string(line[words[2]]) : nil
    let clock = line[words[1]].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { Int(LineText.string($0)) }
    guard half == nil || half == "AM" || half == "PM", clock.count == 3, var hour = clock[0], let minute = clock[1], let second = clock[2],
      let (year, month, day) = date(line[words[0]], isMonthFirst: base.isMonthFirst ?? (half != nil))
    else { return nil }
    if half != nil { hour = hour % 12 + (half == "PM" ? 12 : 0) }
    return Timestamp(year: year, month: month, day: day, hour: hour, minute: minute, second: second, microsecond: 0, offsetMinutes: base.zoneMinutes)
  }

  /// Whether the first dates of a log show that the month comes first: one of their numbers is above 12. The server begins each file with when it did.
  static func isMonthFirst(_ head: [UInt8]) -> Bool? {
    guard LineText.starts(head, at: 0, with: "DNS Server log") || LineText.find(" PACKET ", in: head) != nil else { return nil }
    for word in head.split(whereSeparator: { $0 <= LineText.space }) where (8...10).contains(word.count) {
      let numbers = word.split(separator: UInt8(ascii: "/")).compactMap { $0.allSatisfy(LineText.isDigit) ? Int(LineText.string($0)) : nil }
      guard numbers.count == 3, numbers[2] > 31, (1...31).contains(numbers[0]), (1...31).contains(numbers[1]) else { continue }
      if numbers[0] > 12 { return false }
      if numbers[1] > 12 { return true }
    }
    return nil
  }

  /// `6/5/2026`, `06/05/26`, `05.06.2026`, `2026-06-05`, `20260605`.
  ///
  /// - Parameter isMonthFirst: where slashes part the numbers and none of them says which it is. What nothing in the log tells, the clock may: regions
  ///   where it has twelve hours write the month first, others the day.
  static func date(_ word: ArraySlice<UInt8>, isMonthFirst: Bool) -> (year: Int, month: Int, day: Int)? {
    if word.count == 8, word.allSatisfy(LineText.isDigit), let all = Int(LineText.string(word)) { return (all / 10_000, all / 100 % 100, all % 100) }
    guard let sign = word.first(where: { !LineText.isDigit($0) }), "/.-".utf8.contains(sign) else { return nil }
    let parts = word.split(separator: sign)
    let numbers = parts.compactMap { $0.count <= 4 ? Int(LineText.string($0)) : nil }
    guard numbers.count == 3, parts.count == 3 else { return nil }
    if parts[0].count == 4 { return (numbers[0], numbers[1], numbers[2]) }
    guard parts[2].count == 4 || parts[2].count == 2 else { return nil }
    let year = parts[2].count == 2 ? 2000 + numbers[2] : numbers[2]
    let isMonth = numbers[1] > 12 || sign == UInt8(ascii: "/") && isMonthFirst && numbers[0] <= 12
    return isMonth ? (year, numbers[0], numbers[1]) : (year, numbers[1], numbers[0])
  }
}
