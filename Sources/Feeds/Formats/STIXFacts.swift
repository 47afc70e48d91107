import Indicators
import Syntax

/// What a bundle says beside its indicators: names, relationships, markings, sightings.
///
/// Gathered in a pass of its own, as relationships stand anywhere in a bundle. Kept small: an object is known by 64 bits of its id,
/// a relationship is two of them.
struct STIXFacts {
  enum Kind { case actor, malware, campaign, infrastructure, attackPattern, vulnerability }

  struct Named {
    var kind: Kind
    var name: String
  }

  private struct Link {
    var source: UInt64
    var target: UInt64
  }

  private struct Grouping {
    var actors: [UInt64]
    var members: [UInt64]
  }

  private(set) var hasIndicators = false
  /// Ids of indicators that stand in the bundle more than once.
  private(set) var repeated: Set<UInt64> = []
  private var indicators: [UInt64] = []
  private var names: [UInt64: Named] = [:]
  private var links: [Link] = []
  private var groupLinks: [Link] = []
  private var groupings: [Grouping] = []
  private var markings: [UInt64: String] = Self.standardMarkings
  private var lastSeen: [UInt64: Timestamp] = [:]
  private var observed: Set<UInt64> = []
  private var latest: [UInt64: Version] = [:]

  /// One version of an object: the later `modified` wins, of equal ones the later in the bundle.
  private struct Version {
    var modified: Timestamp
    var ordinal: Int
  }

  /// The random bits of an id's UUID, folded to 64; of an id that is none, of its digest.
  static func key(_ id: String) -> UInt64 {
    let bytes = id.utf8
    var value: (high: UInt64, low: UInt64) = (0, 0)
    var digits = 0
    if bytes.count > 38, let start = bytes.index(bytes.endIndex, offsetBy: -36, limitedBy: bytes.startIndex) {
      for byte in bytes[start...] where byte != UInt8(ascii: "-") {
        guard let digit = hexDigit(byte) else { break }
        if digits < 16 { value.high = value.high << 4 | digit } else { value.low = value.low << 4 | digit }
        digits += 1
      }
    }
    if digits == 32 { return value.high ^ value.low }
    return SHA256.digest(Array(bytes)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func hexDigit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case 0x30...0x39: UInt64(byte) - 0x30
    case 0x41...0x46: UInt64(byte) - 0x37
    case 0x61...0x66: UInt64(byte) - 0x57
    default: nil
    }
  }

  // MARK: Gathering

  mutating func take(_ object: JSONValue) {
    guard let type = object["type"]?.string, let id = object["id"]?.string else { return }
    let name = object["name"]?.string
    switch type {
    case "indicator":
      hasIndicators = true
      indicators.append(Self.key(id))
    case "intrusion-set", "threat-actor": names[Self.key(id)] = name.map { Named(kind: .actor, name: $0) }
    case "malware", "tool": names[Self.key(id)] = name.map { Named(kind: .malware, name: $0) }
    case "campaign": names[Self.key(id)] = name.map { Named(kind: .campaign, name: $0) }
    case "infrastructure": names[Self.key(id)] = name.map { Named(kind: .infrastructure, name: $0) }
    case "vulnerability": names[Self.key(id)] = name.map { Named(kind: .vulnerability, name: $0) }
    case "attack-pattern":
      let number = object["external_references"]?.array?.first { $0["source_name"]?.string == "mitre-attack" }?["external_id"]?.string
      names[Self.key(id)] = (number ?? name).map { Named(kind: .attackPattern, name: $0) }
    case "relationship": relationship(object)
    case "report", "grouping": group(object)
    case "marking-definition": if let label = Self.label(object) { markings[Self.key(id)] = label }
    case "sighting":
      if let target = object["sighting_of_ref"]?.string, let moment = object["last_seen"]?.string.flatMap({ Timestamp(parsing: $0) }) {
        let key = Self.key(target)
        lastSeen[key] = max(moment, lastSeen[key] ?? moment)
      }
    case "observed-data": for reference in object["object_refs"]?.strings ?? [] { observed.insert(Self.key(reference)) }
    default: break
    }
  }

  private mutating func relationship(_ object: JSONValue) {
    guard let source = object["source_ref"]?.string, let target = object["target_ref"]?.string, object["revoked"] != true else { return }
    let verb = object["relationship_type"]?.string ?? ""
    func starts(_ text: String, _ types: String...) -> Bool { types.contains { text.hasPrefix($0 + "--") } }
    if starts(source, "indicator") {
      if ["targets", "mitigates", "derived-from", "duplicate-of", "located-at"].contains(verb) { return }
      links.append(Link(source: Self.key(source), target: Self.key(target)))
    } else if starts(source, "campaign", "malware"), starts(target, "intrusion-set", "threat-actor") {
      if verb == "attributed-to" || verb == "authored-by" { links.append(Link(source: Self.key(source), target: Self.key(target))) }
    } else if starts(source, "infrastructure", "malware"),
      ["consists-of", "beacons-to", "exfiltrates-to", "communicates-with", "downloads-from"].contains(verb)
    {
      // The other way round: it is the address that is looked up.
      links.append(Link(source: Self.key(target), target: Self.key(source)))
    }
  }

  /// A report that names one actor says whose its indicators are; one that names several says nothing of each.
  private mutating func group(_ object: JSONValue) {
    var grouping = Grouping(actors: [], members: [])
    for reference in object["object_refs"]?.strings ?? [] {
      if reference.hasPrefix("intrusion-set--") || reference.hasPrefix("threat-actor--") {
        grouping.actors.append(Self.key(reference))
      } else if reference.hasPrefix("indicator--") {
        grouping.members.append(Self.key(reference))
      }
    }
    if grouping.actors.count == 1, !grouping.members.isEmpty { groupings.append(grouping) }
  }

  /// Puts what was gathered in order for looking it up.
  mutating func finish() {
    links = links.filter { names[$0.target] != nil }.sorted { ($0.source, $0.target) < ($1.source, $1.target) }
    for grouping in groupings {
      guard let actor = grouping.actors.first, names[actor] != nil else { continue }
      groupLinks += grouping.members.map { Link(source: $0, target: actor) }
    }
    groupings = []
    groupLinks.sort { ($0.source, $0.target) < ($1.source, $1.target) }
    indicators.sort()
    for (one, next) in zip(indicators, indicators.dropFirst()) where one == next { repeated.insert(one) }
    indicators = []
  }

  /// Notes a version of an indicator that stands there more than once.
  mutating func takeVersion(_ object: JSONValue, ordinal: Int) {
    guard object["type"]?.string == "indicator", let id = object["id"]?.string else { return }
    let key = Self.key(id)
    guard repeated.contains(key) else { return }
    let version = Version(modified: Self.modified(object), ordinal: ordinal)
    if let known = latest[key], (known.modified, known.ordinal) > (version.modified, version.ordinal) { return }
    latest[key] = version
  }

  private static func modified(_ object: JSONValue) -> Timestamp {
    (object["modified"]?.string ?? object["created"]?.string).flatMap { Timestamp(parsing: $0) } ?? Timestamp(seconds: 0)
  }

  // MARK: Looking up

  /// Whether a later version of this indicator stands in the bundle.
  func isSuperseded(_ object: JSONValue, ordinal: Int) -> Bool {
    guard let id = object["id"]?.string, let last = latest[Self.key(id)] else { return false }
    return last.ordinal != ordinal
  }

  /// What the object of this id is related to.
  func related(to id: String) -> [Named] { targets(of: Self.key(id), in: links).compactMap { names[$0] } }

  /// The actors that an object is put down to, over campaigns and malware too; else the one actor of its report.
  func actors(of id: String) -> [String] {
    var found: [String] = []
    func add(_ key: UInt64) {
      if let named = names[key], named.kind == .actor, !found.contains(named.name) { found.append(named.name) }
    }
    for target in targets(of: Self.key(id), in: links) {
      add(target)
      for next in targets(of: target, in: links) { add(next) }
    }
    if found.isEmpty { for target in targets(of: Self.key(id), in: groupLinks) { add(target) } }
    return found
  }

  func lastSeen(_ id: String) -> Timestamp? { lastSeen[Self.key(id)] }

  /// Whether an observation only tells that it was seen.
  func isObserved(_ id: String) -> Bool { observed.contains(Self.key(id)) }

  /// The strictest TLP label among marking ids.
  func tlp(_ references: [String]) -> String? {
    references.compactMap { markings[Self.key($0)] }.max { Self.strictness($0) < Self.strictness($1) }
  }

  private func targets(of key: UInt64, in links: [Link]) -> [UInt64] {
    var low = 0
    var high = links.count
    while low < high {
      let middle = (low + high) / 2
      if links[middle].source < key { low = middle + 1 } else { high = middle }
    }
    var found: [UInt64] = []
    while low < links.count, links[low].source == key {
      if found.last != links[low].target { found.append(links[low].target) }
      low += 1
    }
    return found
  }

  private static func strictness(_ label: String) -> Int { ["clear", "green", "amber", "amber+strict", "red"].firstIndex(of: label) ?? 0 }

  private static func label(_ object: JSONValue) -> String? {
    if let text = object["definition"]?["tlp"]?.string { return TLP.label(text) }
    if let members = object["extensions"]?.object?.members {
      for member in members { if let text = member.value["tlp_2_0"]?.string { return TLP.label(text) } }
    }
    return object["name"]?.string.flatMap(TLP.label)
  }

  /// The marking definitions that STIX 2 (section 7.2.1.4) and the TLP 2.0 extension fix.
  private static let standardMarkings: [UInt64: String] = {
    let known = [
      "613f2e26-407d-48c7-9eca-b8e91df99dc9": "clear", "34098fce-860f-48ae-8e50-ebd3cc5e41da": "green",
      "f88d31f6-486f-44da-b317-01333bde0b82": "amber", "5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "red",
      "94868c89-83c2-464b-929b-a1a8aa3c8487": "clear", "bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "green",
      "55d920b0-5e8b-4f79-9ee9-91f868d9b421": "amber", "939a9414-2ddd-4d32-a0cd-375ea402b003": "amber+strict",
      "e828b379-4e03-4974-9ac4-e53a884c97c1": "red",
    ]
    return Dictionary(known.map { (key("marking-definition--" + $0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
  }()
}
