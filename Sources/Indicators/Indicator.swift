/// What one name of an actor turned out to be, kept beside the name itself.
public struct ActorAttribution: Hashable, Sendable {
  public enum Status: String, Sendable, Codable {
    case resolved, ambiguous, related, unknown
    case notActor = "not-actor"
  }

  public var status: Status
  /// The name as the feed or report wrote it.
  public var raw: String
  /// The actor's id (`ta-tradertraitor`) when ``status`` is `resolved`.
  public var id: String?
  /// The actor's primary name when ``status`` is `resolved`.
  public var name: String?
  /// Ids of the umbrella actors above it, nearest first.
  public var parents: [String]
  /// Ids of all actors it may be when it is ambiguous or related. Sorted.
  public var candidates: [String]

  public init(
    status: Status, raw: String, id: String? = nil, name: String? = nil, parents: [String] = [], candidates: [String] = []
  ) {
    self.status = status
    self.raw = raw
    self.id = id
    self.name = name
    self.parents = parents
    self.candidates = candidates
  }
}

/// What one feed says of one observable.
public struct Provenance: Hashable, Sendable {
  public var feed: String
  /// First time that the feed says it saw it, or the time of the fetch that brought it.
  public var firstSeen: Timestamp?
  /// Last time that the feed says it saw it, or the time of the last fetch that held it.
  public var lastSeen: Timestamp?
  /// End of validity: the feed's own, or last seen plus the policy's span.
  public var validUntil: Timestamp?
  /// 0–100 (STIX 2.1 scale).
  public var confidence: Int
  public var tags: [String]
  public var actors: [ActorAttribution]
  /// Malware families or other entities that are no actors.
  public var malware: [String]
  /// TLP 2.0 label in lower case: `clear`, `green`, `amber`, `amber+strict`, `red`.
  public var tlp: String?
  /// A link or text for the analyst.
  public var reference: String?
  /// The row of the feed's body, from 1.
  public var line: Int?
  /// Overrides the type's default match mode.
  public var mode: MatchMode?
  public var description: String?

  public init(
    feed: String, firstSeen: Timestamp? = nil, lastSeen: Timestamp? = nil, validUntil: Timestamp? = nil, confidence: Int = 50,
    tags: [String] = [], actors: [ActorAttribution] = [], malware: [String] = [], tlp: String? = nil,
    reference: String? = nil, line: Int? = nil, mode: MatchMode? = nil, description: String? = nil
  ) {
    self.feed = feed
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.validUntil = validUntil
    self.confidence = confidence
    self.tags = tags
    self.actors = actors
    self.malware = malware
    self.tlp = tlp
    self.reference = reference
    self.line = line
    self.mode = mode
    self.description = description
  }
}

/// One row of one feed after normalisation: the observable and what this feed says of it.
public struct FeedIndicator: Hashable, Sendable {
  public var observable: Observable
  public var provenance: Provenance
  /// Seconds of validity from each reading of a body that lists it; nil when the end of validity is a date of its own.
  public var validFor: Int64?
  /// Names the bytes of the row that says this and nothing else; nil when the row says more, or something was noted of it.
  public var row: UInt64?

  public init(observable: Observable, provenance: Provenance, validFor: Int64? = nil, row: UInt64? = nil) {
    self.observable = observable
    self.provenance = provenance
    self.validFor = validFor
    self.row = row
  }
}

/// One observable with what all feeds together say of it: what the index stores and a sighting carries.
public struct Indicator: Hashable, Sendable {
  public var observable: Observable
  /// Names of the feeds that list it. Sorted.
  public var feeds: [String]
  public var firstSeen: Timestamp?
  public var lastSeen: Timestamp?
  /// Nil means that it does not expire.
  public var validUntil: Timestamp?
  /// 0–100 over all feeds.
  public var confidence: Int
  public var tags: [String]
  public var actors: [ActorAttribution]
  public var malware: [String]
  public var tlp: String?
  public var references: [String]
  /// Overrides the type's default match mode, when a feed asked for it.
  public var mode: MatchMode?

  public var type: IndicatorType { observable.type }
  public var value: String { observable.written }

  public init(
    observable: Observable, feeds: [String] = [], firstSeen: Timestamp? = nil, lastSeen: Timestamp? = nil,
    validUntil: Timestamp? = nil, confidence: Int = 50, tags: [String] = [], actors: [ActorAttribution] = [],
    malware: [String] = [], tlp: String? = nil, references: [String] = [], mode: MatchMode? = nil
  ) {
    self.observable = observable
    self.feeds = feeds
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.validUntil = validUntil
    self.confidence = confidence
    self.tags = tags
    self.actors = actors
    self.malware = malware
    self.tlp = tlp
    self.references = references
    self.mode = mode
  }
}
