public import Indicators
public import Rules

/// One match of one indicator at one place of one log, with what its line tells.
public struct Sighting: Sendable, Hashable {
  /// Where and how the indicator was found.
  public struct Match: Sendable, Hashable {
    /// The matched text as the log has it (after undoing ``view``).
    public var value: String
    public var mode: MatchMode
    public var view: MatchView
    /// From 1, in the decompressed source.
    public var line: Int
    /// Byte offset of the match in the decompressed source, from 0.
    public var offset: Int
    /// In bytes of the source.
    public var length: Int
    /// Name of the field that holds it (`dns.rrname`), when the format has names.
    public var field: String?

    public init(value: String, mode: MatchMode, view: MatchView, line: Int, offset: Int, length: Int, field: String? = nil) {
      self.value = value
      self.mode = mode
      self.view = view
      self.line = line
      self.offset = offset
      self.length = length
      self.field = field
    }
  }

  /// The log it was found in.
  public struct Source: Sendable, Hashable {
    public var path: String
    /// Name of the log source (`--source`, a file of `Rules/logs/`, or the file's base name).
    public var name: String
    /// What the line was recognised as: `eve-json`, `zeek-tsv`, `apache-combined`, `plain`…
    public var format: String

    public init(path: String, name: String, format: String) {
      self.path = path
      self.name = name
      self.format = format
    }
  }

  public enum Direction: String, Sendable, Hashable { case inbound, outbound, `internal`, external }
  public enum Outcome: String, Sendable, Hashable { case allowed, blocked }

  /// What the line itself tells. Absent facts are nil, never guessed.
  public struct Event: Sendable, Hashable {
    public var time: Timestamp?
    public var host: String?
    public var user: String?
    public var sourceIP: String?
    public var sourcePort: Int?
    public var destinationIP: String?
    public var destinationPort: Int?
    public var direction: Direction?
    public var outcome: Outcome?
    /// ``host`` wrote of others (a sensor, a firewall, a proxy), so it is not what the event happened to. Not part of the record.
    public var hostObserves = false
    /// The line, invalid UTF-8 repaired, cut at 8 KiB.
    public var raw: String
    public var rawTruncated: Bool

    public init(raw: String, rawTruncated: Bool = false) {
      self.raw = raw
      self.rawTruncated = rawTruncated
    }
  }

  /// 32 hexadecimal digits, a function of the content alone (see ``identity(generation:match:indicator:)``): the same line of the same
  /// log has the same id however the file is named, rotated or compressed.
  public var id: String
  /// The alert it belongs to; empty until folded.
  public var alertID: String
  public var indicator: Indicator
  public var match: Match
  public var source: Source
  public var event: Event
  public var severity: Severity
  /// Why it has this severity, by the rules of the scan that found it.
  public var score: ScoringPolicy.Score?
  /// The time that orders it and opens its 24 h window: the event's, else the scan's.
  public var observedAt: Timestamp

  public init(
    id: String, alertID: String = "", indicator: Indicator, match: Match, source: Source, event: Event, severity: Severity,
    observedAt: Timestamp
  ) {
    self.id = id
    self.alertID = alertID
    self.indicator = indicator
    self.match = match
    self.source = source
    self.event = event
    self.severity = severity
    self.observedAt = observedAt
  }
}

extension Sighting {
  /// The identity of a match: eight digits of the log's generation, ten of the offset (modulo 2^40), fourteen of a hash over all of it.
  ///
  /// Sightings of one log have neighbouring identities in the order of the log, so a store appends where a plain hash would scatter. Two
  /// matches at one offset of one log share no more than the first eighteen digits; 56 bits tell their indicators apart.
  public static func identity(generation: String, match: Match, indicator: Indicator) -> String {
    let offset = String(UInt64(truncatingIfNeeded: match.offset) & 0xFF_FFFF_FFFF, radix: 16)
    let whole = SHA256.identity([
      "sighting-2", indicator.type.rawValue, indicator.value, generation, String(match.offset), String(match.length),
    ])
    let isDigest = generation.utf8.count == 32 && generation.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
    let log = isDigest ? generation : SHA256.identity(["generation", generation])
    return log.prefix(8) + String(repeating: "0", count: 10 - offset.count) + offset + whole.prefix(14)
  }

  /// What the sighting happened to: the host, else the user, else our side of the connection, else the log source. Of a host that
  /// observes others the connection comes first: an alert for each firewall would hide who was hit.
  ///
  /// Without NUL, which SQLite's text functions and many receivers take for an end.
  public var asset: String {
    let name = assetName
    return name.utf8.contains(0) ? name.replacing("\0", with: "\u{FFFD}") : name
  }

  private var assetName: String {
    if let host = event.host, !event.hostObserves { return host }
    if event.hostObserves, let address = ownAddress { return address }
    if let user = event.user { return user }
    return ownAddress ?? event.host ?? source.name
  }

  /// Our side of the connection.
  private var ownAddress: String? {
    switch event.direction {
    case .outbound, .internal: if let address = event.sourceIP { return address }
    // The other side is a visitor: not what anything happened to.
    case .inbound: return event.destinationIP
    case .external, nil: break
    }
    if let address = event.sourceIP, address != match.value { return address }
    if let address = event.destinationIP, address != match.value { return address }
    return nil
  }
}
