import Indicators

/// Ports behind a dot, as programs write them that came from BSD: what tells them from the fifth number of a version is the line around.
///
/// ```
///  tcpdump   IP 10.1.1.5.51234 > 203.0.113.4.443: Flags [S]        IP6 2001:db8::5.51234 > 2001:db8::4.https: Flags [S]
///  netstat   tcp4       0      0  10.1.1.5.51234         203.0.113.4.443        ESTABLISHED
///  Solaris   10.1.1.5.51234       203.0.113.4.443     64240      0 64240      0 ESTABLISHED
/// ```
extension LogText {
  /// The port behind an address and a dot, and where it ends; the port is 0 where it is a service's name that is not known here.
  func dottedPort(of address: Range<Int>) -> (value: Int, end: Int)? {
    guard self[address.upperBound] == 0x2e else { return nil }
    var end = address.upperBound + 1
    while end < address.upperBound + 20, ASCII.isAlphanumeric(self[end]) || self[end] == 0x2d { end += 1 }
    guard let value = Self.port(lowercased(address.upperBound + 1, end)), isPacket(address.lowerBound, end) || isConnection(address.lowerBound, end) || isWindowed(address.lowerBound, end)
    else { return nil }
    return (value, end)
  }

  /// A number, or the name of a service: 0 for one that is not known here.
  static func port(_ word: [UInt8]) -> Int? {
    guard let first = word.first else { return nil }
    if ASCII.isDigit(first) {
      guard word.count <= 5, first != 0x30 || word.count == 1, word.allSatisfy(ASCII.isDigit) else { return nil }
      let value = word.reduce(0) { $0 * 10 + Int($1 - 0x30) }
      return value <= 65535 ? value : nil
    }
    return services[String(decoding: word, as: UTF8.self)] ?? 0
  }

  /// Names of the services that much malware talks to (IANA's registry of ports).
  private static let services = [
    "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "domain": 53, "tftp": 69, "http": 80, "pop3": 110, "ntp": 123, "imap": 143, "imap2": 143, "ldap": 389, "https": 443,
    "submissions": 465, "submission": 587, "ldaps": 636, "domain-s": 853, "imaps": 993, "pop3s": 995, "socks": 1080, "openvpn": 1194, "ircd": 6667, "http-alt": 8080,
  ]

  /// `… > 203.0.113.4.443: `, `203.0.113.4.443 > …: `
  private func isPacket(_ start: Int, _ end: Int) -> Bool {
    if isArrow(end) {
      var other = end + 3
      while other < end + 3 + Self.fieldReach, self[other] > 0x20 { other += 1 }
      return self[other] == 0x20 && self[other - 1] == 0x3a && other > end + 4
    }
    return self[end] == 0x3a && self[end + 1] == 0x20 && isArrow(start - 3) && self[start - 4] > 0x20
  }

  /// ` > `
  private func isArrow(_ place: Int) -> Bool { self[place] == 0x20 && self[place + 1] == 0x3e && self[place + 2] == 0x20 }

  /// The fourth or fifth column, behind `tcp` or `udp` and two numbers.
  private func isConnection(_ start: Int, _ end: Int) -> Bool {
    guard self[end] == 0x20 || self[end] == 0x09 || self[end] == 0x0d || self[end] == 0x0a, var before = column(before: start) else { return false }
    if !isNumber(before) {
      guard slice(before.lowerBound, before.upperBound).contains(0x2e), let queue = column(before: before.lowerBound) else { return false }
      before = queue
    }
    guard isNumber(before), let queue = column(before: before.lowerBound), isNumber(queue), let kind = column(before: queue.lowerBound) else { return false }
    return kind.count <= 5 && (hasCaseless("tcp", before: kind.lowerBound + 3) || hasCaseless("udp", before: kind.lowerBound + 3))
  }

  /// The first or second column of a line, before four numbers and a state.
  private func isWindowed(_ start: Int, _ end: Int) -> Bool {
    guard var place = column(after: end) else { return false }
    if let local = column(before: start) {
      guard opensLine(local.lowerBound), slice(local.lowerBound, local.upperBound).contains(0x2e) else { return false }
    } else {
      guard opensLine(start), slice(place.lowerBound, place.upperBound).contains(0x2e), let number = column(after: place.upperBound) else { return false }
      place = number
    }
    for _ in 0..<4 {
      guard isNumber(place), let next = column(after: place.upperBound) else { return false }
      place = next
    }
    return place.allSatisfy { (0x41...0x5a).contains(self[$0]) || self[$0] == 0x5f || ASCII.isDigit(self[$0]) }
  }

  private func opensLine(_ place: Int) -> Bool {
    var start = place
    while start > place - Self.fieldReach, self[start - 1] == 0x20 || self[start - 1] == 0x09 { start -= 1 }
    return self[start - 1] == 0x0a || self[start - 1] == 0x0d
  }

  private func isNumber(_ range: Range<Int>) -> Bool { range.allSatisfy { ASCII.isDigit(self[$0]) } }

  /// What stands before a column of a table and the blanks between.
  private func column(before start: Int) -> Range<Int>? {
    var end = start
    while end > start - Self.fieldReach, self[end - 1] == 0x20 || self[end - 1] == 0x09 { end -= 1 }
    var first = end
    while first > end - Self.fieldReach, self[first - 1] > 0x20 { first -= 1 }
    return first < end && end < start ? first..<end : nil
  }

  /// What stands behind a column and the blanks between.
  private func column(after end: Int) -> Range<Int>? {
    var first = end
    while first < end + Self.fieldReach, self[first] == 0x20 || self[first] == 0x09 { first += 1 }
    var stop = first
    while stop < first + Self.fieldReach, self[stop] > 0x20 { stop += 1 }
    return first > end && stop > first ? first..<stop : nil
  }

  private static let fieldReach = 128
}
