import Indicators

/// What the name of a column or JSON member says about its content, when the operator wrote no map.
package enum FieldRole: Hashable, Sendable {
  /// A value of unknown type: `indicator`, `ioc`.
  case value
  /// A value of a type: `sha256`, `dst_ip`, `C2 Server`.
  case typed(label: String)
  case type, firstSeen, lastSeen, validUntil, reference, tags, malware, actors, confidence, tlp, description, port
  /// Versions of the package that is named beside them.
  case version
  /// Known to be none of these.
  case other

  /// Nil for a name that says nothing.
  package init?(name: String) {
    let key = TypeLabel.normalized(name.spacedCamelCase)
    if let role = Self.exact[key] ?? Self.exact[key.filter { $0 != " " }] {
      self = role
      return
    }
    let words = key.split(separator: " ").map(String.init)
    guard let last = words.last else { return nil }
    if words.contains(where: Self.contextWords.contains) {
      self = .other
      return
    }
    // The last word says what it is: `Remote Template IP`, `payload hash`, `btc wallet`.
    if let label = Self.typedWords[last] {
      self = .typed(label: label)
    } else if let label = words.lazy.compactMap({ Self.strongWords[$0] }).first {
      self = .typed(label: label)
    } else {
      return nil
    }
  }

  /// Whether a column or member speaks of who connects: the port that was knocked at is not that one's.
  static func isSource(_ name: String) -> Bool { words(name).contains { ["src", "source", "attacker", "scanner", "client"].contains($0) } }

  /// Whether a port is that of whom was connected to.
  static func isDestination(_ name: String) -> Bool { words(name).contains { ["dst", "dest", "dport", "destination", "target"].contains($0) } }

  private static func words(_ name: String) -> [Substring] { TypeLabel.normalized(name.spacedCamelCase).split(separator: " ") }

  private static let exact: [String: FieldRole] = {
    var table: [String: FieldRole] = [:]
    let groups: [(FieldRole, [String])] = [
      (
        .value,
        ["indicator", "indicators", "ioc", "iocs", "value", "ioc value", "indicator value", "observable", "artifact", "artefact",
          "entry", "item", "c2", "c2s", "target", "attribute", "data"]
      ),
      (.type, ["type", "ioc type", "indicator type", "entity type", "kind", "indicator kind", "data type", "value type"]),
      (
        .firstSeen,
        ["first seen", "first seen utc", "firstseen", "date added", "dateadded", "date", "added", "created", "time generated",
          "timestamp", "first observed", "first submission", "submission time", "discovered", "published", "valid from", "datetime",
          "time", "first report", "date first seen", "detection time"]
      ),
      (
        .lastSeen,
        ["last seen", "last seen utc", "lastseen", "last online", "last updated", "modified", "updated", "last observed", "last report",
          "date last seen"]
      ),
      (.validUntil, ["expiration date time", "expiration", "expires", "expires at", "valid until", "expiry", "expiration date"]),
      (
        .reference,
        ["reference", "references", "link", "urlhaus link", "tweet", "report", "source url", "source", "sources", "permalink",
          "reference link", "detail url", "phish detail url", "ref", "info url"]
      ),
      (.tags, ["tags", "tag", "labels", "label", "keywords", "category", "categories"]),
      (
        .malware,
        ["malware", "malware family", "family", "threat", "malware printable", "tool", "tool name", "signature", "malware name",
          "app", "threat type", "campaign", "malware family name"]
      ),
      (
        .actors,
        ["actor", "actors", "threat actor", "threat actors", "group", "activity group names", "activity group", "apt", "attribution",
          "adversary", "intrusion set", "intrusion sets", "threat actor name", "apt group"]
      ),
      (.confidence, ["confidence", "confidence score", "confidence level", "score", "certainty", "fraud score", "risk score"]),
      (.tlp, ["tlp", "traffic light protocol level", "tlp marking", "traffic light protocol"]),
      (.description, ["description", "context", "notes", "note", "comment", "comments", "details", "desc", "threat description"]),
      (.port, ["port", "dst port", "dest port", "dport", "destination port", "c2 port", "remote port", "server port", "port number", "tcp port", "udp port"]),
      (
        .other,
        ["id", "reporter", "user", "asn", "as name", "as", "country", "country code", "cc", "status", "url status", "c2 status",
          "filename", "file name", "file type", "file size", "author", "name", "title", "pdb", "pdb string", "asn name",
          "action", "active", "release", "whitelisted", "online", "verified", "verification time", "phish id", "mutex name", "registrar"]
      ),
      (.version, ["version", "versions", "package version", "package versions", "affected versions", "malicious versions"]),
      (.typed(label: "npm"), ["package name", "npm package", "package"]),
      (.typed(label: "ip"), ["ip", "ips", "address", "c2 ip", "source ip", "src ip"]),
      (.typed(label: "domain"), ["c2 domain"]),
      // Hosts are named and numbered alike.
      (.typed(label: "domain ip"), ["host", "hosts", "c2 server", "c2 host", "c2 servers", "panel", "server"]),
    ]
    for (role, names) in groups {
      for name in names {
        table[name] = role
        table[name.filter { $0 != " " }] = role
      }
    }
    return table
  }()

  /// Words that make a column context, whatever else its name says: `url_status`, `domain_count`, `ip country`.
  private static let contextWords: Set<String> = [
    "status", "count", "type", "id", "country", "asn", "time", "date", "seen", "title", "link", "reference", "author", "price", "use",
    "size", "version", "versions", "description", "port", "name", "string", "salt", "subject", "issuer", "registrar", "reporter",
    "number", "compile", "victim", "amount", "key",
  ]

  private static let typedWords: [String: String] = [
    "ip": "ip", "ips": "ip", "ipv4": "ip", "ipv6": "ip", "address": "ip", "addr": "ip", "domain": "domain", "domains": "domain",
    "hostname": "domain", "host": "domain", "fqdn": "domain", "url": "url", "urls": "url", "uri": "url", "hash": "hash",
    "hashes": "hash", "md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha512": "sha512", "imphash": "imphash", "email": "email",
    "emails": "email", "mail": "email", "wallet": "wallet", "wallets": "wallet", "ja3": "ja3", "jarm": "jarm", "c2": "domain",
    "websites": "domain", "website": "domain", "certificates": "sha1", "onion": "onion", "cidr": "cidr", "network": "cidr", "subnet": "cidr", "server": "domain", "cve": "cve", "mutex": "mutex",
  ]

  private static let strongWords: [String: String] = [
    "sha256": "sha256", "sha1": "sha1", "md5": "md5", "sha512": "sha512", "imphash": "imphash", "url": "url", "uri": "url",
    "domain": "domain", "hostname": "domain", "ip": "ip", "ipv4": "ip", "ipv6": "ip", "wallet": "wallet", "email": "email",
  ]
}

extension String {
  /// `ActivityGroupNames` as `Activity Group Names`; `SHA256` and `C2Domain` keep their digits with what stands before.
  fileprivate var spacedCamelCase: String {
    var result = ""
    var previousLower = false
    var previousDigit = false
    for character in self {
      if character.isUppercase, previousLower || previousDigit { result.append(" ") }
      result.append(character)
      previousLower = character.isLowercase
      previousDigit = character.isNumber
    }
    return result
  }
}
