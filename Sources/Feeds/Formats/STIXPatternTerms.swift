import Indicators
import Syntax

extension STIXPattern {
  /// What of the pattern can be looked for.
  var terms: TermTree {
    switch self {
    case .observation(let comparison): .event(comparison.terms)
    case .and(let parts), .followedBy(let parts): .all(parts.map(\.terms))
    case .or(let parts): .any(parts.map(\.terms))
    // When and how often it must be seen is for a correlation; each sighting is worth its line.
    case .qualified(let pattern, _): pattern.terms
    }
  }
}

extension STIXPattern.Comparison {
  var terms: TermTree {
    switch self {
    case .and(let parts): .all(parts.map(\.terms))
    case .or(let parts): .any(parts.map(\.terms))
    case .test(let test): test.terms
    }
  }
}

extension STIXPattern.Test {
  var terms: TermTree {
    let words = "\(path.description) \(isNegated ? "NOT " : "")\(comparison.rawValue)"
    let asked = literals.isEmpty ? words : words + " " + literals.map { "'\($0.text)'" }.joined(separator: ", ")
    if let end = STIXObservable.end(ofPort: path) { return ports(end, asked) }
    // What kind of object a reference points to is told by its value.
    if !isNegated, comparison == .equal || comparison == .isIn, path.objectType == "network-traffic", path.steps.last == "type" { return .all([]) }
    guard !isNegated, let (label, types) = STIXObservable.label(path) else { return .unmatchable(asked) }
    func value(_ text: String, _ types: [IndicatorType]) -> TermTree {
      .host(FeedRow.Value(text, label: label, types: types, splittable: false), STIXObservable.end(of: path))
    }
    // `h'…'` and `b'…'` are bytes, not the text that spells them.
    if literals.contains(where: { if case .tagged(let kind, _) = $0 { kind != "t" } else { false } }) { return .unmatchable(asked) }
    switch comparison {
    case .equal: return value(literals.first?.text ?? "", types)
    case .isIn: return .any(literals.map { value($0.text, types) })
    case .isSubset: return value(literals.first?.text ?? "", [.cidr] + types)
    case .like:
      let text = literals.first?.text ?? ""
      // `%.name` is what a wildcard of a domain says; without wildcards LIKE is equality.
      if types.first == .domain, text.hasPrefix("%."), !text.dropFirst(2).contains(where: { $0 == "%" || $0 == "_" }) {
        return value("*." + text.dropFirst(2), [.domainWildcard])
      }
      return text.contains(where: { $0 == "%" || $0 == "_" }) ? .unmatchable(asked) : value(text, types)
    case .notEqual, .less, .greater, .lessOrEqual, .greaterOrEqual, .matches, .isSuperset, .exists: return .unmatchable(asked)
    }
  }

  private func ports(_ end: TermTree.End, _ asked: String) -> TermTree {
    guard !isNegated, comparison == .equal || comparison == .isIn else { return .unmatchable(asked) }
    let numbers = literals.compactMap { FeedRow.port($0.text) }
    guard numbers.count == literals.count, !numbers.isEmpty else { return .unmatchable(asked) }
    return .any(numbers.map { .port(TermTree.Port(number: $0, end: end, asked: "\(path.description) = '\($0)'")) })
  }
}

/// What the properties of STIX cyber-observable objects are to us.
enum STIXObservable {
  static let digests: [String: [IndicatorType]] = [
    "MD5": [.md5], "SHA1": [.sha1], "SHA224": [.sha224], "SHA256": [.sha256], "SHA384": [.sha384], "SHA512": [.sha512],
    "SSDEEP": [.ssdeep], "TLSH": [.tlsh], "IMPHASH": [.imphash],
  ]

  /// The types of a digest by the name of its algorithm in any spelling; empty when it cannot be matched.
  static func digest(_ name: String) -> [IndicatorType] {
    digests[name.uppercased().filter { $0.isLetter || $0.isNumber }] ?? []
  }

  /// The end of a connection whose port is at `path`; nil when no port is.
  static func end(ofPort path: STIXPattern.ObjectPath) -> TermTree.End? {
    switch (path.objectType, path.steps) {
    case ("network-traffic", ["dst_port"]): .destination
    case ("network-traffic", ["src_port"]): .source
    default: nil
    }
  }

  /// The end of a connection that the value at `path` stands at.
  static func end(of path: STIXPattern.ObjectPath) -> TermTree.End {
    switch path.steps.first {
    case "dst_ref": .destination
    case "src_ref": .source
    default: .either
    }
  }

  /// What the value at `path` is; nil when it is nothing that a log line shows.
  static func label(_ path: STIXPattern.ObjectPath) -> (name: String, types: [IndicatorType])? {
    let steps = path.steps.filter { !$0.hasPrefix("[") }
    guard let last = steps.last else { return nil }
    if steps.count >= 2, steps[steps.count - 2] == "hashes" {
      let types = digest(last)
      return types.isEmpty ? nil : (last, types)
    }
    if last.lowercased() == "user-agent" || path.objectType == "user-agent" { return ("user-agent", [.userAgent]) }
    let address: [IndicatorType] = [.ipv4, .ipv6, .cidr, .domain]
    switch (path.objectType, steps) {
    case ("ipv4-addr", ["value"]): return ("ipv4-addr", [.ipv4, .cidr])
    case ("ipv6-addr", ["value"]): return ("ipv6-addr", [.ipv6, .cidr])
    case ("domain-name", ["value"]), ("hostname", ["value"]), ("x-opencti-hostname", ["value"]): return ("domain-name", [.domain, .onion])
    case ("domain-name", ["resolves_to_refs", "value"]): return ("address", [.ipv4, .ipv6])
    case ("url", ["value"]), ("artifact", ["url"]): return ("url", [.url])
    case ("email-addr", ["value"]): return ("email-addr", [.email])
    case ("email-message", ["from_ref", "value"]), ("email-message", ["sender_ref", "value"]): return ("email-addr", [.email])
    case ("network-traffic", ["dst_ref", "value"]), ("network-traffic", ["src_ref", "value"]): return ("address", address)
    case ("mutex", ["name"]): return ("mutex", [.mutex])
    case ("windows-registry-key", ["key"]): return ("windows-registry-key", [.registry])
    case ("file", ["name"]), ("process", ["image_ref", "name"]), ("process", ["binary_ref", "name"]):
      return ("file name", [.filename, .pathWindows, .pathPOSIX])
    case ("file", ["path"]), ("directory", ["path"]), ("file", ["parent_directory_ref", "path"]):
      return ("path", [.pathWindows, .pathPOSIX, .filename])
    case ("autonomous-system", ["number"]): return ("autonomous-system", [.asn])
    case ("cryptocurrency-wallet", ["value"]), ("cryptocurrency-wallet", ["address"]), ("x-opencti-cryptocurrency-wallet", ["value"]):
      return ("wallet", TypeLabel.wallet)
    default: return nil
    }
  }

  /// The values of a cyber-observable object (STIX 2.1, section 6) as a condition: what describes one file belongs together.
  static func terms(of object: JSONValue) -> TermTree? {
    let type = object["type"]?.string ?? ""
    var terms: [TermTree] = []
    func add(_ steps: [String], _ text: String?) {
      guard let text, let (label, types) = label(STIXPattern.ObjectPath(objectType: type, steps: steps)) else { return }
      terms.append(.value(FeedRow.Value(text, label: label, types: types, splittable: false)))
    }
    for (name, value) in object["hashes"]?.object?.members ?? [] { add(["hashes", name], value.string) }
    for property in ["value", "name", "key", "path", "number", "url", "address"] { add([property], object[property]?.scalarText) }
    return terms.isEmpty ? nil : .all(terms)
  }
}
