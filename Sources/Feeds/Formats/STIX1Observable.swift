import Indicators

/// The properties of CybOX objects as conditions.
enum STIX1Observable {
  /// Nil when the object asks for nothing at all.
  static func terms(_ properties: XMLElement) -> TermTree? {
    var terms: [TermTree] = []
    collect(properties, type: type(of: properties), path: [], into: &terms, depth: 0)
    return terms.isEmpty ? nil : .all(terms)
  }

  /// The values of a condition, to be shown in reports.
  static func shown(_ term: TermTree) -> String {
    let reduction = term.reduced
    return (reduction.values.map(\.text) + (reduction.values.isEmpty ? reduction.left : [])).joined(separator: " ").shortened
  }

  private static func type(of properties: XMLElement) -> String {
    (properties.attributes["type"] ?? "").split(separator: ":").last.map(String.init) ?? ""
  }

  private static func collect(_ element: XMLElement, type: String, path: [String], into terms: inout [TermTree], depth: Int) {
    guard depth < FeedLimits.depth else { return }
    let type = element.name == "Properties" ? Self.type(of: element) : type
    if type.hasPrefix("WindowsRegistryKey"), let key = element.first("Key") {
      let hive = element.first("Hive")?.text
      terms.append(term(key, text: (hive.map { $0 + "\\" } ?? "") + key.text, label: "registry", types: [.registry]))
      return
    }
    for child in element.children {
      let here = path + [child.name]
      // A message's recipients are its victims.
      if ["To", "CC", "BCC", "Recipients", "Destination_Recipients"].contains(child.name) { continue }
      if let (label, types) = label(child, type: type, parent: element, path: here) {
        if types.isEmpty { terms.append(.unmatchable("\(type) \(child.name) '\(child.text)'")) } else {
          terms.append(term(child, text: child.text, label: label, types: types, end: end(path)))
        }
      } else if child.name == "Port_Value" {
        terms.append(ports(child, end: end(path)))
      } else if child.children.isEmpty, !child.text.isEmpty, !ignored.contains(child.name) {
        terms.append(.unmatchable("\(type) \(child.name) '\(child.text)'"))
      } else {
        collect(child, type: type, path: here, into: &terms, depth: depth + 1)
      }
    }
  }

  /// Words that describe the field beside them.
  private static let ignored: Set<String> = ["Type", "Naming_System", "Regional_Internet_Registry", "Layer4_Protocol", "Hive"]

  private static func term(_ element: XMLElement, text: String, label: String, types: [IndicatorType], end: TermTree.End = .either) -> TermTree {
    let condition = element.attributes["condition"]?.lowercased() ?? "equals"
    // Names are matched with what stands before them, so the end of a name is a name.
    let isWhole = condition == "equals" || (types.first == .domain && condition == "endswith")
    guard isWhole, element.attributes["pattern_type"] == nil else { return .unmatchable("\(label) \(condition) '\(text)'") }
    let parts = text.listed(element.attributes["delimiter"] ?? "##comma##")
    let values = parts.map { TermTree.host(FeedRow.Value($0, label: label, types: types, splittable: false), end) }
    if values.count == 1, let only = values.first { return only }
    return element.attributes["apply_condition"]?.uppercased() == "ALL" ? .all(values) : .any(values)
  }

  private static func ports(_ element: XMLElement, end: TermTree.End) -> TermTree {
    let condition = element.attributes["condition"]?.lowercased() ?? "equals"
    let asked = "port \(condition) '\(element.text)'"
    let parts = element.text.listed(element.attributes["delimiter"] ?? "##comma##")
    let numbers = parts.compactMap(FeedRow.port)
    guard condition == "equals", numbers.count == parts.count, element.attributes["apply_condition"]?.uppercased() != "ALL" else {
      return .unmatchable(asked)
    }
    return .any(numbers.map { .port(TermTree.Port(number: $0, end: end, asked: "port = '\($0)'")) })
  }

  /// The end of a connection that what stands below `path` speaks of.
  private static func end(_ path: [String]) -> TermTree.End {
    if path.contains("Source_Socket_Address") { return .source }
    return path.contains("Destination_Socket_Address") ? .destination : .either
  }

  private static func label(_ element: XMLElement, type: String, parent: XMLElement, path: [String]) -> (String, [IndicatorType])? {
    switch element.name {
    case "Address_Value":
      switch parent.attributes["category"]?.lowercased() {
      case "e-mail": return ("email", [.email])
      case "mac", "atm": return ("address", [])
      case "asn": return ("asn", [.asn])
      case "cidr": return ("cidr", [.cidr])
      default: return ("address", path.contains { ["From", "Sender", "Reply_To"].contains($0) } ? [.email] : [.ipv4, .ipv6, .cidr])
      }
    case "Hostname_Value": return ("hostname", [.domain, .ipv4])
    case "Simple_Hash_Value":
      let name = parent.first("Type")?.text ?? ""
      let types = STIXObservable.digest(name)
      return (name.isEmpty ? "hash" : name, types.isEmpty ? TypeLabel.digest : types)
    case "Fuzzy_Hash_Value": return ("ssdeep", [.ssdeep])
    case "User_Agent": return ("user-agent", [.userAgent])
    case "Value" where type.hasPrefix("DomainName") || parent.name == "Domain_Name": return ("domain", [.domain, .onion])
    case "Value" where type.hasPrefix("URI") || type.hasPrefix("Link") || parent.name == "URL": return ("url", [.url])
    case "File_Name" where type.contains("File"): return ("file name", [.filename])
    case "Full_Path", "File_Path", "Device_Path": return ("path", [.pathWindows, .pathPOSIX, .filename])
    case "Name" where type.hasPrefix("Mutex"): return ("mutex", [.mutex])
    case "Number" where type.hasPrefix("AS"), "Handle" where type.hasPrefix("AS"): return ("asn", [.asn])
    default: return nil
    }
  }
}

extension String {
  /// The members of a CybOX list, or the text itself.
  fileprivate func listed(_ delimiter: String) -> [String] {
    guard !delimiter.isEmpty, contains(delimiter) else { return [self] }
    return split(separator: delimiter).map(\.trimmed).filter { !$0.isEmpty }
  }
}
