internal import Indicators

/// Lines that we wrote ourselves: an alert on them would only echo.
///
/// Everything in a log may be an attacker's text, and a mark that he could write anywhere in a line would hide it from us. So a mark counts
/// only where the writer of the log puts it, not where a stranger's text stands: at the very start, behind a syslog header whose program
/// is `ukai`, or as a JSON member between unescaped quotes.
enum Echo {
  private static let lineStarts = ["CEF:0|Ukai|ukai|", "LEEF:2.0|Ukai|ukai|"]
  private static let recordStarts = ["{\"sighting_id\":\"", "{\"alert_id\":\""]
  /// The last one is the identity that reports in our STIX bundles.
  private static let members = [
    ",\"module\":\"ukai\"", "\"sourcetype\":\"ukai:alert\"", "\"vendor_name\":\"Ukai\"", "identity--858cf3de-3823-509c-ac2e-94cb9a1528fb",
  ]
  static func isOurs(_ line: [UInt8]) -> Bool {
    if lineStarts.contains(where: { line.starts(with: $0.utf8) }) { return true }
    if recordStarts.contains(where: { line.starts(with: $0.utf8) && isIdentity(line.dropFirst($0.utf8.count)) }) { return true }
    if line.first == UInt8(ascii: "{") { return members.contains { LineText.find($0, in: line, to: 16 << 10) != nil } }
    return isSyslogOfOurs(line) || isCSVRow(line)
  }

  /// `<13>1 TIME HOST ukai …`, `TIME HOST ukai[1]: …`, `Mmm dd hh:mm:ss HOST ukai: …`: nothing but a clock and a host before it.
  private static func isSyslogOfOurs(_ line: [UInt8]) -> Bool {
    let words = LineText.words(line, limit: 5, quotes: false).map { line[$0] }
    func isProgram(_ index: Int) -> Bool {
      guard words.indices.contains(index) else { return false }
      let word = words[index]
      return word.elementsEqual("ukai".utf8) || word.elementsEqual("ukai:".utf8) || word.starts(with: "ukai[".utf8)
    }
    guard let first = words.first else { return false }
    if first.first == UInt8(ascii: "<"), first.last == UInt8(ascii: "1") { return isProgram(3) }
    let isISO = first.count >= 19 && first.prefix(4).allSatisfy(LineText.isDigit) && first.dropFirst(4).first == UInt8(ascii: "-")
    if isISO { return isProgram(2) }
    return words.count > 4 && words[2].count == 8 && words[2].dropFirst(2).first == UInt8(ascii: ":") && isProgram(4)
  }

  /// 32 hexadecimal digits and a closing quote: other products have records with an `alert_id` too.
  private static func isIdentity(_ text: ArraySlice<UInt8>) -> Bool {
    let digits = text.prefix { LineText.isDigit($0) || (0x61...0x66).contains($0) }
    return digits.count == 32 && text.dropFirst(32).first == LineText.quote
  }

  /// A row of our CSV export: its first three cells are an alert's id, severity and status.
  private static func isCSVRow(_ line: [UInt8]) -> Bool {
    let cells = line.prefix(64).split(separator: UInt8(ascii: ","), maxSplits: 3, omittingEmptySubsequences: false)
    guard cells.count == 4, cells[0].count == 32, cells[0].allSatisfy({ LineText.isDigit($0) || (0x61...0x66).contains($0) }) else { return false }
    return Severity(rawValue: LineText.string(cells[1])) != nil && Alert.Status(rawValue: LineText.string(cells[2])) != nil
  }
}

/// What our own fetching leaves in the logs of proxies and resolvers.
public struct OwnTraffic: Sendable {
  private var hosts: Set<String> = []
  private var addresses: [[UInt8]] = []

  public static let none = OwnTraffic(feedURLs: [])

  /// - Parameter feedURLs: the addresses of the feeds, as they are asked for.
  public init(feedURLs: [String]) {
    for url in feedURLs {
      guard let scheme = url.firstRange(of: "://") else { continue }
      let rest = url[scheme.upperBound...].prefix { $0 != "?" && $0 != "#" }
      let authority = rest.prefix { $0 != "/" }
      let host = authority.prefix { $0 != ":" }.lowercased()
      guard host.contains(".") else { continue }
      hosts.insert(host)
      if rest.count > authority.count + 1 { addresses.append(Array(rest.lowercased().utf8)) }
    }
  }

  var isEmpty: Bool { hosts.isEmpty }

  /// Whether the match is a feed's own host, or lies inside the address of a feed. Text elsewhere in the line changes nothing.
  func holds(_ match: Sighting.Match, range: Range<Int>, in line: [UInt8]) -> Bool {
    if hosts.contains(match.value.lowercased()) { return true }
    for address in addresses where range.count <= address.count {
      // The match may begin anywhere inside the address.
      let first = max(0, range.upperBound - address.count)
      guard first <= range.lowerBound else { continue }
      for start in first...range.lowerBound where start + address.count <= line.count {
        let found = line[start..<(start + address.count)]
        if zip(found, address).allSatisfy({ ((0x41...0x5A).contains($0) ? $0 | 0x20 : $0) == $1 }) { return true }
      }
    }
    return false
  }
}
