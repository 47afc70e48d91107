import Indicators

/// The header of a rule: `alert tcp $HOME_NET any -> [203.0.113.7,203.0.113.8] 8443`.
struct SuricataHeader {
  /// Fields by blanks outside brackets.
  private let fields: [Substring]

  init(_ text: Substring) {
    var depth = 0
    fields = text.split { character in
      if character == "[" { depth += 1 } else if character == "]" { depth -= 1 }
      return character == " " && depth <= 0
    }
  }

  var action: String { fields.first.map(String.init) ?? "" }

  /// Addresses and networks, an address with the ports that its side of the header names; what the rule excludes with `!` is not among
  /// them. A range of ports, or all but some, is no value: there the address stands alone.
  var addresses: [FeedRow.Value] {
    guard fields.count >= 7, ["->", "<-", "<>", "=>"].contains(String(fields[4])) else {
      return Self.addresses(fields.dropFirst(2).joined(separator: " ")[...]).map { FeedRow.Value($0, labelled: "ip") }
    }
    return side(fields[2], ports: fields[3]) + side(fields[5], ports: fields[6])
  }

  private func side(_ hosts: Substring, ports: Substring) -> [FeedRow.Value] {
    let values = Self.addresses(hosts).map { FeedRow.Value($0, labelled: "ip") }
    let ports = Self.ports(ports)
    // Two long groups are a policy, not a list of services.
    if ports.isEmpty || values.count > FeedLimits.columns || ports.count > FeedLimits.columns { return values }
    return values.flatMap { value in
      let together = ports.flatMap { HostPort.values(value, port: $0) }
      return together.contains { $0.text == value.text } ? [value] : together
    }
  }

  /// The single ports of a field; none when it means others as well.
  private static func ports(_ field: Substring) -> [String] {
    let parts = field.split { "[], ".contains($0) }
    let ports = parts.compactMap { FeedRow.port(String($0)) }
    return ports.count == parts.count ? ports : []
  }

  private static func addresses(_ field: Substring) -> [String] {
    var found: [String] = []
    var excluded = 0
    for word in field.split(whereSeparator: { " ,".contains($0) }) {
      var text = word[...]
      if excluded > 0 || text.hasPrefix("!") {
        excluded += text.filter { $0 == "[" }.count - text.filter { $0 == "]" }.count
        continue
      }
      text = text.drop { $0 == "[" }
      while text.hasSuffix("]") { text = text.dropLast() }
      let isNetwork = text.contains("/") && IPNetwork(ascii: text.utf8) != nil
      if isNetwork || IPv4Address(ascii: text.utf8) != nil || (text.contains(":") && IPv6Address(ascii: text.utf8) != nil) { found.append(String(text)) }
    }
    return found
  }
}
