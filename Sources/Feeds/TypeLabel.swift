package import Indicators

/// What feeds call the type of a value, in all the spellings met, and which of our types each may mean.
///
/// A label is a hint: the value has the last word.
package enum TypeLabel {
  /// The types that `label` may mean; nil for a label that is not known.
  package static func types(of label: String) -> [IndicatorType]? {
    let key = normalized(label)
    if let known = table[key] { return known }
    for prefix in ["intel", "indicator", "ioc", "file hash", "filehash", "hash", "file"] where key.hasPrefix(prefix + " ") {
      if let known = table[String(key.dropFirst(prefix.count + 1))] { return known }
    }
    return nil
  }

  /// Whether a label names what no log line shows as one value: what stands under it is well formed, and left.
  static func isUnmatchable(_ label: String) -> Bool { unmatchable.contains(normalized(label)) }

  /// `sha256:…`, `domain=…`: a value that says its type, well formed or not. `ip:port` names two columns.
  static func isLabelledValue(_ text: String) -> Bool {
    guard let mark = text.firstIndex(where: { $0 == ":" || $0 == "=" }), types(of: String(text[..<mark])) != nil else { return false }
    let rest = text[text.index(after: mark)...]
    return !rest.isEmpty && FieldRole(name: String(rest)) == nil
  }

  private static let unmatchable: Set<String> = [
    "guid", "clsid", "uuid", "commandline", "command line", "cmdline", "yara", "sigma", "snort", "mac", "mac address", "text", "other", "comment",
    "pdb", "pdb path", "service", "service name", "windows service name", "scheduled task", "task name", "subject", "email subject",
    "email attachment", "pattern in file", "pattern in memory", "hex", "port", "process", "process name", "serial", "serial number",
    "named pipe", "pipe",
  ]

  /// Lower case; every run of other characters than letters and digits is one blank.
  static func normalized(_ label: String) -> String {
    if label.utf8.allSatisfy({ $0 < 0x80 }) { return normalizedASCII(label) }
    var text = ""
    for scalar in label.unicodeScalars {
      let value = scalar.properties.lowercaseMapping
      if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        text += value
      } else if !text.isEmpty, text.last != " " {
        text += " "
      }
    }
    return text.trimmed
  }

  /// The same for ASCII, which nearly all labels are: no look at Unicode's tables.
  private static func normalizedASCII(_ label: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(label.utf8.count)
    for byte in label.utf8 {
      if ASCIIKind.isAlphanumeric(byte) {
        bytes.append(0x41...0x5A ~= byte ? byte | 0x20 : byte)
      } else if let last = bytes.last, last != 0x20 {
        bytes.append(0x20)
      }
    }
    if bytes.last == 0x20 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  package static let address: [IndicatorType] = [.ipv4, .ipv6, .cidr, .ipv4Port, .ipv6Port, .ipRange]
  package static let digest: [IndicatorType] = [.md5, .sha1, .sha256, .sha512, .sha224, .sha384]
  static let host: [IndicatorType] = [.domain, .domainWildcard, .onion, .domainPort]
  package static let wallet: [IndicatorType] = [.btc, .evm, .tron, .sol, .xmr, .ltc, .doge, .dash, .zec, .xrp, .bch]
  static let path: [IndicatorType] = [.pathWindows, .pathPOSIX, .filename]

  /// Types that no look at the value can tell: the label is all there is.
  package static let opaque: Set<IndicatorType> = [
    .filename, .mutex, .userAgent, .npm, .pypi, .purl, .imphash, .ja3, .telegram, .githubAccount, .registry, .txHash, .asn,
    .ssdeep, .tlsh, .jarm, .ja4, .cve, .pathPOSIX, .pathWindows, .secret,
  ]

  private static let table: [String: [IndicatorType]] = {
    var table: [String: [IndicatorType]] = [:]
    for type in IndicatorType.allCases { table[normalized(type.rawValue)] = [type] }
    let groups: [([String], [IndicatorType])] = [
      (
        [
          "ip", "ips", "ipaddress", "ip address", "ip addr", "addr", "ip dst", "ip src", "dst ip", "src ip", "ipv4 addr", "ipv6 addr",
          "ipv4address", "ipv6address", "ipv4 address", "ip port", "ip dst port", "ip src port", "ipport", "c2 ip", "remote ip",
          "address", "ip v4", "ip v6",
        ], address
      ),
      (["ipv4", "ipv4 addr"], [.ipv4, .cidr, .ipv4Port, .ipRange]),
      (["ipv6", "ipv6 addr"], [.ipv6, .cidr, .ipv6Port, .ipRange]),
      (["subnet", "network", "netblock", "cidr", "ip range", "ipv4 net", "ipv6 net", "range"], [.cidr, .ipRange, .ipv4, .ipv6]),
      (
        ["domain", "domains", "hostname", "host", "fqdn", "domain name", "dns", "domainname", "host name", "hostname port"], host
      ),
      (["domain ip"], host + address),
      (["url", "urls", "uri", "link", "uri url", "url link", "download url", "payload url"], [.url]),
      (
        ["email", "e mail", "mail", "email addr", "email address", "email src", "email dst", "emailwhois", "email whois",
          "whois registrant email", "sender", "email reply to", "target email"], [.email]
      ),
      (["hash", "hashes", "filehash", "file hash", "file", "checksum", "digest", "malware sample", "sample"], digest),
      (["md5", "md5 hash", "filename md5", "x509 fingerprint md5"], [.md5]),
      (["sha1", "sha 1", "sha1 hash", "filename sha1", "x509 fingerprint sha1", "cert hash", "certificate sha1"], [.sha1]),
      (["sha224", "sha 224"], [.sha224]),
      (["sha256", "sha 256", "sha256 hash", "filename sha256", "x509 fingerprint sha256"], [.sha256]),
      (["sha384", "sha 384"], [.sha384]),
      (["sha512", "sha 512", "filename sha512"], [.sha512]),
      (["imphash", "pehash"], [.imphash]),
      (["ssdeep", "fuzzy hash"], [.ssdeep]),
      (["tlsh"], [.tlsh]),
      (["ja3", "ja3 fingerprint md5", "ja3 hash", "ja3s"], [.ja3]),
      (["ja4"], [.ja4]),
      (["jarm", "jarm fingerprint"], [.jarm]),
      (["file name", "filename", "name"], [.filename, .pathWindows, .pathPOSIX]),
      (["filepath", "file path", "path", "full path", "folder"], path),
      (
        ["registry", "regkey", "registry key", "reg key", "windows registry key", "regkey value", "registrykey", "key"], [.registry]
      ),
      (["mutex", "mutant", "mutex name"], [.mutex]),
      (["user agent", "useragent", "software", "http user agent"], [.userAgent]),
      (["asn", "as", "autonomous system"], [.asn]),
      (["cve", "vulnerability", "exploit"], [.cve]),
      (["npm", "npm package", "package name", "node package"], [.npm]),
      (["pypi", "pypi package", "pip", "python package"], [.pypi]),
      (["purl", "package url"], [.purl]),
      (["github", "github repo", "github repository", "repository", "repo"], [.githubRepository, .githubAccount]),
      (["github account", "github user", "github username"], [.githubAccount]),
      (["linkedin", "linkedin profile"], [.linkedInProfile, .linkedInCompany]),
      (["telegram", "telegram account", "telegram handle"], [.telegram, .telegramInvite]),
      (["wallet", "crypto", "cryptocurrency", "crypto address", "cryptocurrency wallet", "crypto wallet", "wallet address"], wallet),
      (["btc", "bitcoin", "xbt", "btc wallet", "bitcoin address", "btc address"], [.btc]),
      (["eth", "ethereum", "evm", "arb", "bsc", "etc", "usdc", "ethereum address", "eth address"], [.evm]),
      (["usdt", "tether"], [.evm, .tron, .btc]),
      (["tron", "trx", "tron address"], [.tron]),
      (["sol", "solana", "solana address"], [.sol]),
      (["xmr", "monero", "monero address"], [.xmr]),
      (["tx", "transaction", "txid", "tx hash", "transaction hash"], [.txHash]),
      (["onion", "tor", "tor address"], [.onion]),
      (["secret", "cookie", "session cookie", "session token", "access token", "api key"], [.secret]),
    ]
    for (names, types) in groups { for name in names { table[name] = types } }
    return table
  }()
}

/// Traffic Light Protocol labels, version 1 and 2.
package enum TLP {
  /// The TLP 2.0 label in lower case: `WHITE` and `TLP:CLEAR` are `clear`.
  package static func label(_ text: String) -> String? {
    var name = text.lowercased().trimmed
    for prefix in ["tlp:", "tlp-", "tlp "] where name.hasPrefix(prefix) { name = String(name.dropFirst(4)).trimmed }
    switch name {
    case "white", "clear": return "clear"
    case "green", "amber", "red": return name
    case "amber+strict", "amber-strict", "amber strict": return "amber+strict"
    default: return nil
    }
  }
}
