import Indicators

/// What the attribute types of MISP are to us.
enum MISPTypes {
  enum Galaxy { case actor, malware, technique }

  /// The values of an attribute, each under the label that its type says; empty for a type that no log line shows.
  static func values(_ type: String, _ value: String) -> [FeedRow.Value] {
    let types = type.split(separator: "|").map(String.init)
    if types.count == 2 {
      let parts = value.split(separator: "|", maxSplits: 1).map { $0.trimmed }
      guard parts.count == 2 else { return labels[types[0]].map { [FeedRow.Value(value, labelled: $0)] } ?? [] }
      switch types[1] {
      case "port":
        let host = FeedRow.Value(parts[0], labelled: labels[types[0]] ?? "ip")
        return FeedRow.port(parts[1]).map { HostPort.values(host, port: $0) } ?? [host]
      // The data of a registry value says nothing without its key, a file's name little beside its digest.
      case "value": return [FeedRow.Value(parts[0], labelled: "registry")]
      default: break
      }
      let halves = types[0] == "filename" ? [(types[1], parts[1])] : [(types[0], parts[0]), (types[1], parts[1])]
      return halves.compactMap { type, text in labels[type].map { FeedRow.Value(text, labelled: $0) } }
    }
    if type == "malware-sample" {
      return value.split(separator: "|").last.map { [FeedRow.Value($0.trimmed, labelled: "md5")] } ?? []
    }
    guard let label = labels[type] else { return [] }
    return [FeedRow.Value(value, label: label, types: TypeLabel.types(of: label) ?? [], splittable: false)]
  }

  /// The file's name beside a digest.
  static func fileName(_ type: String, _ value: String) -> String? {
    guard type.hasPrefix("filename|") || type == "malware-sample", let bar = value.firstIndex(of: "|") else { return nil }
    return String(value[..<bar])
  }

  static func galaxy(_ type: String) -> Galaxy? {
    switch type {
    case "threat-actor", "mitre-intrusion-set", "mitre-enterprise-attack-intrusion-set", "mitre-mobile-attack-intrusion-set",
      "mitre-pre-attack-intrusion-set", "microsoft-activity-group", "360net-threat-actor", "intelligence-agency":
      .actor
    case "malpedia", "ransomware", "tool", "mitre-malware", "mitre-tool", "mitre-enterprise-attack-malware", "mitre-enterprise-attack-tool",
      "mitre-mobile-attack-malware", "mitre-mobile-attack-tool", "rat", "banker", "stealer", "backdoor", "botnet", "android", "exploit-kit",
      "cryptominers", "tds", "wiper":
      .malware
    case "mitre-attack-pattern", "mitre-enterprise-attack-attack-pattern", "mitre-mobile-attack-attack-pattern": .technique
    default: nil
    }
  }

  /// Attribute types by the label under which ``TypeLabel`` knows them.
  private static let labels: [String: String] = [
    "ip-src": "ip", "ip-dst": "ip", "domain": "domain", "hostname": "domain", "ip": "ip", "url": "url", "link": "url",
    "email": "email", "email-src": "email", "email-dst": "email", "email-reply-to": "email", "whois-registrant-email": "email",
    "dns-soa-email": "email", "eppn": "email",
    "md5": "md5", "sha1": "sha1", "sha224": "sha224", "sha256": "sha256", "sha384": "sha384", "sha512": "sha512", "imphash": "imphash",
    "ssdeep": "ssdeep", "tlsh": "tlsh", "x509-fingerprint-md5": "md5", "x509-fingerprint-sha1": "sha1",
    "x509-fingerprint-sha256": "sha256", "ja3-fingerprint-md5": "ja3", "jarm-fingerprint": "jarm",
    "filename": "filename", "mutex": "mutex", "regkey": "registry", "user-agent": "user-agent", "AS": "asn", "vulnerability": "cve",
    "cookie": "cookie", "btc": "btc", "xmr": "xmr", "dash": "wallet", "github-username": "github-account", "github-repository": "github",
  ]
}
