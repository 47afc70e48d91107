internal import FoundationEssentials
internal import Indicators
internal import Syntax

/// Cyber-observable objects (STIX 2.1, section 6). What STIX has no object for is an artefact whose content is the matched text.
enum STIXObservable {
  static func object(for observable: Observable, matched: String) -> JSONObject {
    let value = observable.canonical
    switch observable.type {
    case .ipv4, .ipv4Port: return make("ipv4-addr", ["value": .string(host(value))])
    case .ipv6, .ipv6Port: return make("ipv6-addr", ["value": .string(host(value))])
    case .cidr, .ipRange: return make(matched.contains(":") ? "ipv6-addr" : "ipv4-addr", ["value": .string(matched)])
    case .domain, .domainWildcard, .onion:
      let name = matched.lowercased()
      return make("domain-name", ["value": .string(name.hasSuffix(".") ? String(name.dropLast()) : name)])
    case .url: return make("url", ["value": .string(value)])
    case .email: return make("email-addr", ["value": .string(value)])
    case .md5: return make("file", ["hashes": ["MD5": .string(value)]])
    case .sha1: return make("file", ["hashes": ["SHA-1": .string(value)]])
    case .sha256: return make("file", ["hashes": ["SHA-256": .string(value)]])
    case .sha512: return make("file", ["hashes": ["SHA-512": .string(value)]])
    case .ssdeep: return make("file", ["hashes": ["SSDEEP": .string(value)]])
    case .tlsh: return make("file", ["hashes": ["TLSH": .string(value)]])
    case .filename: return make("file", ["name": .string(value)])
    case .registry: return make("windows-registry-key", ["key": .string(value)])
    case .mutex: return make("mutex", ["name": .string(value)])
    default: return make("artifact", ["mime_type": "text/plain", "payload_bin": .string(base64(matched))])
    }
  }

  static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

  /// The address before a port.
  private static func host(_ text: String) -> String {
    if text.hasPrefix("["), let close = text.firstIndex(of: "]") { return String(text[text.index(after: text.startIndex)..<close]) }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2 ? String(parts[0]) : text
  }

  /// The id is the one that every producer gives the same observable (STIX 2.1, section 2.9).
  private static func make(_ type: String, _ members: JSONObject) -> JSONObject {
    var contributing = members
    if type == "artifact" { contributing["mime_type"] = nil }
    var object: JSONObject = [
      "type": .string(type), "spec_version": "2.1", "id": .string("\(type)--" + DeterministicUUID.observable(contributing.serialized())),
    ]
    for (key, value) in members.members { object[key] = value }
    return object
  }
}
