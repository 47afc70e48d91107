import Syntax

/// What an object says of its attributes together: `ip-port` and `domain-ip` keep the port apart from the address or name it belongs to.
struct MISPObject {
  let name: String?
  private let farPorts: [String]
  private let nearPorts: [String]
  /// Whether an address or name of the object stands at one of its ports.
  private(set) var usesPorts = false

  init(_ object: JSONValue) {
    name = object["name"]?.string
    let attributes = (object["Attribute"]?.array ?? []).filter { $0["deleted"] != true }
    func ports(atSource: Bool) -> [String] {
      attributes.filter { $0["type"]?.string == "port" && Self.isSource($0) == atSource }.compactMap { $0["value"]?.scalarText.flatMap(FeedRow.port) }
    }
    farPorts = ports(atSource: false)
    nearPorts = ports(atSource: true)
    usesPorts = attributes.contains { Self.isHost($0) && !self.ports(of: $0).isEmpty }
  }

  /// The values of an attribute with the ports that the object gives them.
  func joined(_ values: [FeedRow.Value], of attribute: JSONValue) -> [FeedRow.Value] {
    let ports = Self.isHost(attribute) ? ports(of: attribute) : []
    if ports.isEmpty || ports.count > FeedLimits.columns { return values }
    return values.flatMap { value in
      let together = ports.flatMap { HostPort.values(value, port: $0) }
      return together.contains { $0.text == value.text } ? [value] : together
    }
  }

  private func ports(of attribute: JSONValue) -> [String] { Self.isSource(attribute) ? nearPorts : farPorts }

  private static func isHost(_ attribute: JSONValue) -> Bool {
    ["ip-dst", "ip-src", "ip", "domain", "hostname"].contains(attribute["type"]?.string)
  }

  /// Relations are called `src-port`, `ip-src`, `hostname-src`; without such a word the far end is meant.
  private static func isSource(_ attribute: JSONValue) -> Bool {
    let words = (attribute["object_relation"]?.string ?? "").split(separator: "-")
    return words.contains("src") || words.contains("source")
  }
}
