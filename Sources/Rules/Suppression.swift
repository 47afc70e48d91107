public import Indicators

/// Sightings that the operator does not want to see, each with a reason and, best, an end.
///
/// An entry withholds a sighting when *all* of its conditions hold. What is withheld is counted by entry, never lost silently.
public struct Suppressions: Sendable {
  public struct Entry: Sendable, Equatable {
    /// Canonical value of the indicator, without regard to case.
    public var value: String?
    public var type: IndicatorType?
    public var feed: String?
    /// Host, user or address that it happened to; `*` stands for any text.
    public var asset: String?
    /// Name or path of the log source; `*` stands for any text.
    public var source: String?
    /// Network that holds the matched address.
    public var network: IPNetwork?
    public var actor: String?
    public var reason: String
    /// The entry ends here; nil means that it has no end.
    public var until: Timestamp?
    /// Where it is written, from 1.
    public var line: Int

    public init(
      value: String? = nil, type: IndicatorType? = nil, feed: String? = nil, asset: String? = nil, source: String? = nil,
      network: IPNetwork? = nil, actor: String? = nil, reason: String, until: Timestamp? = nil, line: Int
    ) {
      self.value = value
      self.type = type
      self.feed = feed
      self.asset = asset
      self.source = source
      self.network = network
      self.actor = actor
      self.reason = reason
      self.until = until
      self.line = line
    }
  }

  /// What is known of one sighting.
  public struct Facts: Sendable {
    public var indicator: Indicator
    public var matched: String
    public var asset: String
    public var sourceName: String
    public var sourcePath: String

    public init(indicator: Indicator, matched: String, asset: String, sourceName: String, sourcePath: String) {
      self.indicator = indicator
      self.matched = matched
      self.asset = asset
      self.sourceName = sourceName
      self.sourcePath = sourcePath
    }
  }

  public let entries: [Entry]
  public static let none = Suppressions(entries: [])

  public init(entries: [Entry]) { self.entries = entries }

  public var isEmpty: Bool { entries.isEmpty }

  /// The entry as a person knows it: where it is written, its reason and its end.
  public func explanation(of index: Int) -> String {
    guard entries.indices.contains(index) else { return "a suppression" }
    let entry = entries[index]
    return "suppressions.yaml:\(entry.line): \(entry.reason)" + (entry.until.map { " (until \($0.iso8601.prefix(10)))" } ?? "")
  }

  /// Index of the first entry that withholds the sighting at `now`.
  public func first(for facts: Facts, at now: Timestamp) -> Int? {
    entries.firstIndex { $0.holds(facts, at: now) }
  }
}

extension Suppressions.Entry {
  func holds(_ facts: Suppressions.Facts, at now: Timestamp) -> Bool {
    if let until, now >= until { return false }
    if let value, !Self.equal(value, facts.indicator.value), !Self.equal(value, facts.indicator.observable.match) { return false }
    if let type, type != facts.indicator.type { return false }
    if let feed, !facts.indicator.feeds.contains(feed) { return false }
    if let actor, !facts.indicator.actors.contains(where: { $0.id == actor || $0.parents.contains(actor) }) { return false }
    if let asset, !Wildcard.matches(facts.asset, pattern: asset) { return false }
    if let source, !Wildcard.matches(facts.sourceName, pattern: source), !Wildcard.matches(facts.sourcePath, pattern: source) {
      return false
    }
    if let network, !Self.contains(network, facts.matched), !Self.contains(network, facts.indicator.value) { return false }
    return true
  }

  /// `text` as an address, or the address before its port.
  private static func contains(_ network: IPNetwork, _ text: String) -> Bool {
    let bytes = Array(text.utf8)
    if let address = IPv4Address(ascii: bytes) ?? IPv4Address(ascii: bytes.prefix { $0 != UInt8(ascii: ":") }) {
      return network.contains(address)
    }
    let inner = bytes.first == UInt8(ascii: "[") ? bytes.dropFirst().prefix { $0 != UInt8(ascii: "]") } : bytes[...]
    if let address = IPv6Address(ascii: inner) { return network.contains(address) }
    return IPNetwork(ascii: bytes).map(network.contains) ?? false
  }

  private static func equal(_ left: String, _ right: String) -> Bool { left == right || left.lowercased() == right.lowercased() }
}

extension Suppressions {
  private static let code = "suppressions.value"
  private static let known = ["value", "type", "feed", "asset", "source", "cidr", "actor", "reason", "until"]

  /// Reads `suppressions.yaml`: a list of entries, or a mapping with the one key `suppressions`.
  public init(yaml text: String, file: String) throws(Diagnostic) {
    let root = try YAMLDocument(text: text, file: file).root
    var list = root
    if root.isMapping {
      let members = try root.requireMapping(Self.code, "suppressions", known: ["suppressions"])
      guard let node = members["suppressions"] else {
        self.init(entries: [])
        return
      }
      list = node
    }
    var entries: [Entry] = []
    for node in list.isNull ? [] : try list.requireSequence(Self.code, "suppressions") { entries.append(try Self.entry(node)) }
    self.init(entries: entries)
  }

  private static func entry(_ node: YAMLNode) throws(Diagnostic) -> Entry {
    let members = try node.requireMapping(code, "an entry", known: known)
    func text(_ key: String) throws(Diagnostic) -> String? {
      guard let value = members[key] else { return nil }
      let text = try value.requireText(code, key)
      if text.isEmpty { throw value.error(code, "\(key) is empty") }
      return text
    }
    guard let reason = try text("reason") else {
      throw node.error("suppressions.reason", "a suppression needs a reason", hint: "add 'reason: …' for whoever reads this next")
    }
    var entry = Entry(
      value: try text("value"), type: nil, feed: try text("feed"), asset: try text("asset"), source: try text("source"),
      network: nil, actor: try text("actor"), reason: reason, until: nil, line: node.line)
    if let value = members["type"], let name = try text("type") {
      guard let type = IndicatorType(rawValue: name) else {
        let nearest = NearestName.find(name, in: IndicatorType.allCases.map(\.rawValue))
        throw value.error(code, "unknown type '\(name)'", hint: nearest.map { "did you mean '\($0)'?" })
      }
      entry.type = type
    }
    if let value = members["cidr"], let name = try text("cidr") {
      guard let network = IPNetwork(ascii: Array(name.utf8)) else { throw value.error(code, "'\(name)' is no network") }
      entry.network = network
    }
    if let value = members["until"], let name = try text("until") {
      guard let until = Timestamp(parsing: name) else {
        throw value.error(code, "'\(name)' is no date", hint: "write it as 2026-12-31")
      }
      entry.until = until
    }
    if members.keys.allSatisfy({ ["reason", "until"].contains($0) }) {
      throw node.error("suppressions.everything", "this entry would withhold everything", hint: "name a value, type, feed, asset, source, actor or cidr")
    }
    return entry
  }
}

/// Text patterns of rules: `*` stands for any text, everything else for itself, without regard to ASCII case.
public enum Wildcard {
  /// Linear in the text for each star: there is nothing to blow up.
  public static func matches(_ text: String, pattern: String) -> Bool {
    let text = Array(text.utf8), pattern = Array(pattern.utf8)
    var position = 0, index = 0
    var star: (index: Int, position: Int)?
    while position < text.count {
      if index < pattern.count, pattern[index] == UInt8(ascii: "*") {
        star = (index, position)
        index += 1
      } else if index < pattern.count, lower(pattern[index]) == lower(text[position]) {
        index += 1
        position += 1
      } else if let (starIndex, starPosition) = star {
        star = (starIndex, starPosition + 1)
        index = starIndex + 1
        position = starPosition + 1
      } else {
        return false
      }
    }
    return pattern[index...].allSatisfy { $0 == UInt8(ascii: "*") }
  }

  private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
