import Indicators

/// A hosts file that sends listed names nowhere: `0.0.0.0 evil.example`. Names only; what is below a name cannot be
/// said, so that a wildcard, which is that and not the name itself, is left out.
struct HostsFormat: InterchangeFormat {
  let header = "# Written by ukai indicators export --as hosts\n"

  func text(for indicator: Indicator) -> String? {
    switch indicator.type {
    case .domain: "0.0.0.0 \(indicator.observable.match)\n"
    default: nil
    }
  }
}

/// A DNS Response Policy Zone (draft-vixie-dnsop-dns-rpz): names and their subdomains answer NXDOMAIN, addresses in answers too.
struct ResponsePolicyZoneFormat: InterchangeFormat {
  let header: String

  init(now: Timestamp) {
    header = """
      $TTL 300
      @ IN SOA localhost. root.localhost. \(UInt32(truncatingIfNeeded: now.seconds)) 3600 600 86400 300
      @ IN NS localhost.

      """
  }

  /// A name, its wildcard and the zone's own origin have to fit into 255 octets together.
  private static let longestName = 200

  func text(for indicator: Indicator) -> String? {
    let value = indicator.observable.match
    switch indicator.type {
    case .domain:
      guard Self.isPlain(value) else { return nil }
      return indicator.mode == .exact ? "\(value) CNAME .\n" : "\(value) CNAME .\n*.\(value) CNAME .\n"
    case .domainWildcard: return Self.isPlain(value) ? "*.\(value) CNAME .\n" : nil
    case .ipv4, .ipv6, .cidr: return Self.trigger(value).map { "\($0).rpz-ip CNAME .\n" }
    default: return nil
    }
  }

  /// Letters, digits, hyphens and underscores between dots: nothing that a zone file reads as syntax.
  private static func isPlain(_ name: String) -> Bool {
    name.utf8.count <= longestName
      && name.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x41...0x5A ~= $0 || 0x30...0x39 ~= $0 || [0x2D, 0x2E, 0x5F].contains($0) }
  }

  /// The prefix length and the address backwards; the longest run of zero groups of an IPv6 address is `zz`.
  private static func trigger(_ text: String) -> String? {
    guard let network = IPNetwork(ascii: text.utf8) ?? IPNetwork(ascii: (text + (text.contains(":") ? "/128" : "/32")).utf8) else { return nil }
    switch network.base {
    case .ipv4(let address):
      return "\(network.prefix)." + "\(address)".split(separator: ".").reversed().joined(separator: ".")
    case .ipv6(let address):
      let groups = [address.high, address.low].flatMap { half in stride(from: 48, through: 0, by: -16).map { UInt16(truncatingIfNeeded: half >> UInt64($0)) } }
      var best = 0..<0
      var start = 0
      while start < groups.count {
        var end = start
        while end < groups.count, groups[end] == 0 { end += 1 }
        if end - start > best.count { best = start..<end }
        start = max(end, start + 1)
      }
      var words: [String] = []
      for (index, group) in groups.enumerated() {
        if best.count >= 2, best.contains(index) {
          if index == best.lowerBound { words.append("zz") }
        } else {
          words.append(String(group, radix: 16))
        }
      }
      return "\(network.prefix)." + words.reversed().joined(separator: ".")
    }
  }
}
