import Indicators

/// Suricata rules, one an indicator, with ids that depend on the indicator alone so that a rule keeps its id between exports.
struct SuricataFormat: InterchangeFormat {
  let header = "# Written by ukai indicators export --as suricata\n"
  private var taken: Set<UInt32> = []
  /// Ids from 1,100,000,000 up: far from the ranges of the public rule sets.
  private static let firstID: UInt32 = 1_100_000_000
  private static let idCount: UInt32 = 900_000_000

  mutating func text(for indicator: Indicator) -> String? {
    guard let (head, conditions) = Self.rule(indicator) else { return nil }
    var options = ["msg:\"ukai \(Self.message(indicator.type.rawValue + " " + indicator.value))\""]
    options += conditions
    if let reference = indicator.references.first(where: { $0.hasPrefix("https://") || $0.hasPrefix("http://") }) {
      options.append("reference:url,\(Self.quoted(String(reference.drop { $0 != "/" }.dropFirst(2))))")
    }
    options.append("metadata:confidence \(indicator.confidence)\(indicator.actors.compactMap(\.id).first.map { ", actor \($0)" } ?? "")")
    options += ["sid:\(id(of: indicator))", "rev:1"]
    return "alert \(head) (\(options.joined(separator: "; ")); )\n"
  }

  private static func rule(_ indicator: Indicator) -> (head: String, conditions: [String])? {
    let match = indicator.observable.match
    switch indicator.type {
    case .ipv4, .ipv6, .cidr: return ("ip $HOME_NET any -> \(match.contains(":") ? "[\(match)]" : match) any", [])
    case .ipv4Port:
      let parts = indicator.value.split(separator: ":")
      guard parts.count == 2 else { return nil }
      return ("tcp $HOME_NET any -> \(parts[0]) \(parts[1])", ["flow:to_server"])
    case .ipv6Port:
      guard let close = indicator.value.lastIndex(of: "]"), case let port = indicator.value[close...].dropFirst(2), !port.isEmpty else { return nil }
      return ("tcp $HOME_NET any -> [\(match)] \(port)", ["flow:to_server"])
    case .domain where indicator.mode == .exact:
      return ("dns $HOME_NET any -> any any", ["dns.query", "bsize:\(match.utf8.count)", "content:\"\(quoted(match))\"", "nocase"])
    // Without the dot put before it the name itself does not end so.
    case .domainWildcard: return ("dns $HOME_NET any -> any any", ["dns.query", "content:\".\(quoted(match))\"", "nocase", "endswith"])
    case .domain:
      return ("dns $HOME_NET any -> any any", ["dns.query", "dotprefix", "content:\".\(quoted(match))\"", "nocase", "endswith"])
    case .url:
      guard indicator.value.hasPrefix("http://"), let slash = indicator.value.dropFirst(7).firstIndex(of: "/") else { return nil }
      let rest = indicator.value.dropFirst(7)
      let host = rest[..<slash].prefix { $0 != ":" }
      return (
        "http $HOME_NET any -> any any",
        [
          "flow:established,to_server", "http.host", "content:\"\(quoted(String(host)))\"", "bsize:\(host.utf8.count)", "http.uri",
          "content:\"\(quoted(String(rest[slash...])))\"", "bsize:\(rest[slash...].utf8.count)",
        ]
      )
    case .ja3: return ("tls $HOME_NET any -> any any", ["ja3.hash", "content:\"\(match)\""])
    default: return nil
    }
  }

  /// Text inside quotes of a rule: what could end it, or begin a byte escape, becomes a byte escape.
  private static func quoted(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: ";"), UInt8(ascii: "\\"), UInt8(ascii: "|"), UInt8(ascii: ":"), 0..<0x20, 0x7F...:
        let digits = String(byte, radix: 16, uppercase: true)
        result += "|" + (digits.count == 1 ? "0" : "") + digits + "|"
      default: result.unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
    return result
  }

  /// Text of a message: what would end it is escaped, what is not printable ASCII is shown as `?`.
  private static func message(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if [";", "\"", "\\"].contains(scalar) { result += "\\" }
      result.unicodeScalars.append(0x20..<0x7F ~= scalar.value ? scalar : "?")
    }
    return result
  }

  private mutating func id(of indicator: Indicator) -> UInt32 {
    let digest = SHA256.digest("\(indicator.type.rawValue) \(indicator.observable.match)".utf8)
    let number = digest.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    var id = Self.firstID + number % Self.idCount
    while !taken.insert(id).inserted { id = id + 1 < Self.firstID + Self.idCount ? id + 1 : Self.firstID }
    return id
  }
}
