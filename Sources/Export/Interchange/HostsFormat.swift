import Indicators

/// A hosts file that sends listed names nowhere: `0.0.0.0 evil.example`. Names only; subdomains cannot be said.
struct HostsFormat: InterchangeFormat {
  let header = "# Written by ukai indicators export --as hosts\n"

  func text(for indicator: Indicator) -> String? {
    switch indicator.type {
    case .domain: "0.0.0.0 \(indicator.observable.match)\n"
    case .domainWildcard: "0.0.0.0 \(indicator.observable.match)\n"
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

  func text(for indicator: Indicator) -> String? {
    let value = indicator.observable.match
    switch indicator.type {
    case .domain:
      return indicator.mode == .exact ? "\(value) CNAME .\n" : "\(value) CNAME .\n*.\(value) CNAME .\n"
    case .domainWildcard: return "*.\(value) CNAME .\n"
    case .ipv4: return "32.\(reversed(value)).rpz-ip CNAME .\n"
    case .cidr:
      let parts = value.split(separator: "/")
      guard parts.count == 2, parts[0].contains("."), !parts[0].contains(":") else { return nil }
      return "\(parts[1]).\(reversed(String(parts[0]))).rpz-ip CNAME .\n"
    default: return nil
    }
  }

  private func reversed(_ address: String) -> String { address.split(separator: ".").reversed().joined(separator: ".") }
}
