internal import Glibc
public import Indicators
internal import Syntax

/// What a list of known-good or must-be-careful values says of one observable.
public struct WarninglistVerdict: Sendable, Hashable {
  public enum Action: String, Sendable {
    /// It must not become an indicator.
    case drop
    /// It may, with a tag that says so.
    case flag
  }

  /// The list's name.
  public var list: String
  public var action: Action

  public init(list: String, action: Action) {
    self.list = list
    self.action = action
  }
}

/// Lists of values that make false alarms, in the format of the MISP warninglists: `{name, type, list, matching_attributes}` with the types
/// `string`, `substring`, `hostname` and `cidr`. A list of ours may add `"action": "flag"` and `"indicator_types": [...]`.
///
/// Lists of regular expressions are reported and left out: no pattern of a stranger is run over a feed's values.
public struct Warninglists: Sendable {
  public static let none = Warninglists()

  private struct Network: Sendable {
    var network: IPNetwork
    var list: Int
  }

  private struct ListInfo: Sendable {
    var name: String
    var action: WarninglistVerdict.Action
    /// Empty: all types.
    var types: Set<IndicatorType>
  }

  private var lists: [ListInfo] = []
  private var strings: [String: [Int]] = [:]
  private var hostnames: [String: [Int]] = [:]
  private var substrings: [(text: String, list: Int)] = []
  /// By length of prefix, each with the networks by their base's text.
  private var networks: [Network] = []

  private init() {}

  /// Reads every `*.json` of `directory`, and `*/list.json` below it, in order of name. A directory that is not there is empty.
  public static func load(directory: String) -> (Warninglists, [Diagnostic]) {
    var result = Warninglists()
    var diagnostics: [Diagnostic] = []
    for file in files(in: directory) {
      do throws(Diagnostic) { try result.add(file: file, &diagnostics) } catch { diagnostics.append(error) }
    }
    return (result, diagnostics)
  }

  private static func files(in directory: String) -> [String] {
    names(directory).flatMap { name -> [String] in
      if name.hasSuffix(".json") { return [directory + "/" + name] }
      return names(directory + "/" + name).filter { $0 == "list.json" }.map { directory + "/" + name + "/" + $0 }
    }
  }

  private static func names(_ directory: String) -> [String] {
    guard let handle = unsafe opendir(directory) else { return [] }
    defer { unsafe closedir(handle) }
    var names: [String] = []
    while let entry = unsafe readdir(handle) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  private mutating func add(file: String, _ diagnostics: inout [Diagnostic]) throws(Diagnostic) {
    guard let bytes = Self.content(of: file) else { throw Diagnostic(.error, code: "warninglist.unreadable", "cannot be read", file: file) }
    let document: JSONValue
    do throws(JSONError) { document = try JSONParser.parse(bytes) } catch {
      throw Diagnostic(.error, code: "warninglist.not-json", "not JSON at byte \(error.offset)", file: file)
    }
    guard let name = document["name"]?.string, let entries = document["list"]?.array else {
      throw Diagnostic(.error, code: "warninglist.shape", "needs 'name' and 'list'", file: file)
    }
    let kind = document["type"]?.string ?? "string"
    let number = lists.count
    lists.append(
      ListInfo(
        name: name, action: document["action"]?.string == "flag" ? .flag : .drop,
        types: Set(document["indicator_types"]?.strings.compactMap(IndicatorType.init(rawValue:)) ?? [])))
    for entry in entries.compactMap(\.scalarText) {
      switch kind {
      case "string": strings[entry.lowercased(), default: []].append(number)
      case "hostname": hostnames[Self.host(entry), default: []].append(number)
      case "substring": if entry.utf8.count >= 3 { substrings.append((entry.lowercased(), number)) }
      case "cidr":
        if let network = Self.network(entry) { networks.append(Network(network: network, list: number)) } else {
          strings[entry.lowercased(), default: []].append(number)
        }
      default: break
      }
    }
    if !["string", "hostname", "substring", "cidr"].contains(kind) {
      diagnostics.append(
        Diagnostic(.warning, code: "warninglist.type", "lists of type '\(kind)' are not used", hint: "string, hostname, substring and cidr are", file: file))
    }
  }

  private static func content(of path: String) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe block.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 { return nil }
      if count == 0 { return bytes }
      bytes += block[..<count]
      if bytes.count > 64 << 20 { return nil }
    }
  }

  /// `.name` means name and all below, as `name` does.
  private static func host(_ entry: String) -> String {
    var name = entry.lowercased()[...]
    while name.hasPrefix(".") || name.hasPrefix("*") { name = name.dropFirst() }
    return String(name)
  }

  private static func network(_ entry: String) -> IPNetwork? {
    if let network = IPNetwork(ascii: entry.utf8) { return network }
    return IPNetwork(ascii: (entry + (entry.contains(":") ? "/128" : "/32")).utf8)
  }

  /// The first list that holds the observable, one that drops before one that flags.
  public func verdict(for observable: Observable) -> WarninglistVerdict? {
    var found: [Int] = strings[observable.match.lowercased()] ?? []
    if observable.canonical != observable.match { found += strings[observable.canonical.lowercased()] ?? [] }
    switch observable.type {
    case .domain, .domainWildcard, .domainPort, .onion: found += hosts(observable.match)
    // The whole host of a listed name is good; a URL on it may well be bad, unless it is the bare host.
    case .url: found += Self.isBareHost(observable.match) ? hosts(String(observable.match.dropLast())) : []
    case .email: found += []
    case .ipv4, .ipv6, .ipv4Port, .ipv6Port, .cidr: found += networks(around: observable)
    default: break
    }
    if !substrings.isEmpty {
      let text = observable.match.lowercased()
      found += substrings.filter { text.contains($0.text) }.map(\.list)
    }
    let fitting = found.filter { lists[$0].types.isEmpty || lists[$0].types.contains(observable.type) }
    let chosen = fitting.first { lists[$0].action == .drop } ?? fitting.first
    return chosen.map { WarninglistVerdict(list: lists[$0].name, action: lists[$0].action) }
  }

  private static func isBareHost(_ match: String) -> Bool { match.hasSuffix("/") && match.filter { $0 == "/" }.count == 1 && !match.contains(":") }

  /// Lists that hold the name itself. A list of good names says nothing of a stranger's subdomain, unless it is the name with `www`.
  private func hosts(_ name: String) -> [Int] {
    let bare = name.hasPrefix("www.") ? String(name.dropFirst(4)) : name
    return (hostnames[name] ?? []) + (bare == name ? [] : hostnames[bare] ?? [])
  }

  private func networks(around observable: Observable) -> [Int] {
    let text = observable.match
    if observable.type == .cidr {
      guard let network = IPNetwork(ascii: observable.canonical.utf8) else { return [] }
      return networks.filter { $0.network.contains(network) }.map(\.list)
    }
    if let address = IPv4Address(ascii: text.utf8) { return networks.filter { $0.network.contains(address) }.map(\.list) }
    if let address = IPv6Address(ascii: text.utf8) { return networks.filter { $0.network.contains(address) }.map(\.list) }
    return []
  }
}
