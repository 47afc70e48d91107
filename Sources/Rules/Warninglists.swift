public import Indicators

/// What a list of known-good or must-be-careful values says of one observable.
public struct WarninglistVerdict: Sendable, Hashable {
  public enum Action: String, Sendable, CaseIterable {
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
/// `string`, `substring`, `hostname` and `cidr`. A list of ours may add `"action": "drop"` or `"flag"` and `"indicator_types": [...]`.
///
/// Lists of regular expressions are reported and left out: no pattern of a stranger is run over a feed's values. A look-up costs a few
/// hash probes, however many lists there are.
public struct Warninglists: Sendable {
  public static let none = Warninglists()

  struct ListInfo: Sendable {
    var name: String
    var action: WarninglistVerdict.Action
    /// Empty: all types.
    var types: Set<IndicatorType>
  }

  var lists: [ListInfo] = []
  /// Whole values, lower case.
  var strings: [String: [Int32]] = [:]
  /// Names that stand for themselves and `www.` before them.
  var hostnames: [String: [Int32]] = [:]
  /// Names that stand for themselves and all below.
  var suffixes: [String: [Int32]] = [:]
  var substrings: [(text: String, list: Int32)] = []
  var networks = NetworkTable()

  /// Names of the lists in force.
  public var names: [String] { lists.map(\.name) }

  /// What the lists say: one that drops before one that flags; nil when none holds the observable.
  public func verdict(for observable: Observable) -> WarninglistVerdict? {
    if lists.isEmpty { return nil }
    var found: [Int32] = strings[observable.match.lowercased()] ?? []
    if observable.canonical != observable.match { found += strings[observable.canonical.lowercased()] ?? [] }
    switch observable.type {
    case .domain, .domainWildcard, .onion: found += hosts(observable.match)
    case .domainPort: found += hosts(Self.withoutPort(observable.match))
    // The whole host of a listed name is good; a URL on it may well be bad, unless it is the bare host.
    case .url: if let host = Self.bareHost(observable.match) { found += hosts(host) + networks.lists(around: host) }
    case .ipv4, .ipv6: found += networks.lists(around: observable.match)
    case .ipv4Port, .ipv6Port: found += networks.lists(around: Self.withoutPort(observable.match))
    case .cidr: if let network = IPNetwork(ascii: observable.canonical.utf8) { found += networks.lists(around: network) }
    default: break
    }
    if !substrings.isEmpty {
      let text = observable.match.lowercased()
      for entry in substrings where text.contains(entry.text) { found.append(entry.list) }
    }
    return chosen(found, observable.type) ?? swallowed(by: observable)
  }

  private func chosen(_ found: [Int32], _ type: IndicatorType) -> WarninglistVerdict? {
    let fitting = found.lazy.map { lists[Int($0)] }.filter { $0.types.isEmpty || $0.types.contains(type) }
    let best = fitting.first { $0.action == .drop } ?? fitting.first
    return best.map { WarninglistVerdict(list: $0.name, action: $0.action) }
  }

  /// A network that holds a listed address among others: it may be meant, but somebody must know.
  private func swallowed(by observable: Observable) -> WarninglistVerdict? {
    guard observable.type == .cidr, let network = IPNetwork(ascii: observable.canonical.utf8) else { return nil }
    return chosen(networks.lists(inside: network), .cidr).map { WarninglistVerdict(list: $0.list, action: .flag) }
  }

  /// Lists that hold the name. A list of good names says nothing of a stranger's subdomain, unless it writes `.name`, which stands for
  /// all below, or the subdomain is `www`.
  private func hosts(_ name: String) -> [Int32] {
    let bare = name.hasPrefix("www.") ? String(name.dropFirst(4)) : name
    var found = hostnames[name] ?? []
    if bare != name { found += (hostnames[bare] ?? []) + (strings[bare] ?? []) }
    if suffixes.isEmpty { return found }
    var rest = name[...]
    while true {
      if let lists = suffixes[String(rest)] { found += lists }
      guard let dot = rest.firstIndex(of: ".") else { return found }
      rest = rest[rest.index(after: dot)...]
    }
  }

  /// `name` of `name/`, the form of a URL's match key that has no path.
  private static func bareHost(_ match: String) -> String? {
    guard match.hasSuffix("/"), match.utf8.count(where: { $0 == UInt8(ascii: "/") }) == 1, !match.contains(":") else { return nil }
    return String(match.dropLast())
  }

  /// `192.0.2.1` of `192.0.2.1:80` and `2001:db8::1` of `[2001:db8::1]:80`.
  private static func withoutPort(_ text: String) -> String {
    if text.hasPrefix("[") { return String(text.dropFirst().prefix { $0 != "]" }) }
    guard let colon = text.lastIndex(of: ":") else { return text }
    return String(text[..<colon])
  }
}
