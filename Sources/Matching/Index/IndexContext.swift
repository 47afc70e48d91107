import Indicators

/// What many entries share, stored once: everything of an indicator but its value, times and references.
struct IndexContext {
  var feeds: [String]
  var confidence: Int
  var tags: [String]
  var actors: [ActorAttribution]
  var malware: [String]
  var tlp: String?
  var mode: MatchMode?
  var flags: [String]

  init(_ indicator: Indicator) {
    feeds = indicator.feeds
    confidence = indicator.confidence
    tags = indicator.tags
    actors = indicator.actors
    malware = indicator.malware
    tlp = indicator.tlp
    mode = indicator.mode
    flags = indicator.observable.flags
  }

  private static let statuses: [ActorAttribution.Status] = [.resolved, .ambiguous, .related, .unknown, .notActor]

  /// The mode stands first, so that a scan reads it without the rest.
  var bytes: [UInt8] {
    var bytes: [UInt8] = [mode.flatMap { MatchMode.allCases.firstIndex(of: $0) }.map { UInt8($0 + 1) } ?? 0]
    bytes.append(UInt8(clamping: confidence))
    func append(_ strings: [String]) {
      bytes.appendVarint(UInt64(strings.count))
      for string in strings { bytes.appendText(string.utf8) }
    }
    func append(_ string: String?) { append(string.map { [$0] } ?? []) }
    append(feeds)
    append(flags)
    append(tags)
    append(malware)
    append(tlp)
    bytes.appendVarint(UInt64(actors.count))
    for actor in actors {
      bytes.append(UInt8(Self.statuses.firstIndex(of: actor.status) ?? 0))
      bytes.appendText(actor.raw.utf8)
      append(actor.id)
      append(actor.name)
      append(actor.parents)
      append(actor.candidates)
    }
    return bytes
  }

  static func mode(_ code: UInt8) -> MatchMode? {
    code >= 1 && Int(code) <= MatchMode.allCases.count ? MatchMode.allCases[Int(code) - 1] : nil
  }

  /// Nil for bytes that no builder wrote.
  init?(_ reader: inout RecordReader) {
    guard let code = reader.byte(), let confidence = reader.byte(), let feeds = reader.strings(), let flags = reader.strings(),
      let tags = reader.strings(), let malware = reader.strings(), let tlp = reader.strings(), let count = reader.count()
    else { return nil }
    var actors: [ActorAttribution] = []
    for _ in 0..<count {
      guard let status = reader.byte(), Int(status) < Self.statuses.count, let raw = reader.string(), let id = reader.strings(),
        let name = reader.strings(), let parents = reader.strings(), let candidates = reader.strings()
      else { return nil }
      actors.append(
        ActorAttribution(
          status: Self.statuses[Int(status)], raw: raw, id: id.first, name: name.first, parents: parents, candidates: candidates))
    }
    self.mode = Self.mode(code)
    self.confidence = min(100, Int(confidence))
    self.feeds = feeds
    self.flags = flags
    self.tags = tags
    self.malware = malware
    self.tlp = tlp.first
    self.actors = actors
  }
}
