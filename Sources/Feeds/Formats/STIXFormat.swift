import Indicators
import Syntax

/// STIX 2.0 and 2.1 bundles and TAXII envelopes: indicators by their patterns, actors and malware by the relationships.
enum STIXFormat {
  /// Where the objects are: a bundle or envelope, a list of bundles, the contents of a server, a bare list.
  static let places = ["$.objects[*]", "$[*].objects[*]", "$.*.collections[*].objects[*]", "$.*.objects[*]", "$[*]"]

  static func read(_ body: BodyStream, reopen: () throws(Diagnostic) -> BodyStream, into sink: RowSink) throws {
    if try FormatSniffer.isXML(body.peek()) { return try STIX1Format.read(body, into: sink) }
    guard let path = try JSONRecords.firstPath(of: places, in: reopen) else {
      // An envelope without objects is a page with nothing new.
      if sink.definition.format == .taxii { return }
      throw Diagnostic(.error, code: "feed.no-records", "no STIX objects in the document", file: body.name)
    }
    let facts = try gather(reopen, at: path)
    var ordinal = 0
    try JSONRecords.each(of: body, at: path, limit: FeedLimits.objectBytes) { record in
      ordinal += 1
      guard let object = try JSONRecords.value(of: record, into: sink) else { return }
      switch object["type"]?.string {
      case "indicator":
        if facts.isSuperseded(object, ordinal: ordinal) { return try sink.skipRow(line: record.line) }
        try indicator(object, line: record.line, facts, into: sink)
      case .some(let type) where observableTypes.contains(type): try observable(object, line: record.line, facts, into: sink)
      case "bundle": try sink.leaveRow(object["id"]?.string ?? "bundle", reason: "nested-bundle", line: record.line)
      default: break
      }
    }
  }

  /// First the relationships: they may stand anywhere in the bundle.
  private static func gather(_ reopen: () throws(Diagnostic) -> BodyStream, at path: JSONPath) throws -> STIXFacts {
    var facts = STIXFacts()
    try JSONRecords.each(of: try reopen(), at: path, limit: FeedLimits.objectBytes) { record in
      if !record.oversized, let object = try? JSONParser.parse(record.bytes) { facts.take(object) }
    }
    facts.finish()
    if facts.repeated.isEmpty { return facts }
    var ordinal = 0
    try JSONRecords.each(of: try reopen(), at: path, limit: FeedLimits.objectBytes) { record in
      ordinal += 1
      if !record.oversized, let object = try? JSONParser.parse(record.bytes) { facts.takeVersion(object, ordinal: ordinal) }
    }
    return facts
  }

  // MARK: Indicators

  private static func indicator(_ object: JSONValue, line: Int, _ facts: STIXFacts, into sink: RowSink) throws {
    let id = object["id"]?.string ?? ""
    guard let text = object["pattern"]?.string else { return try sink.leaveRow(id, reason: "no-pattern", line: line) }
    let language = object["pattern_type"]?.string ?? "stix"
    guard language == "stix" else { return try sink.leaveRow(text, reason: "pattern-type:\(language.shortened)", line: line) }
    let pattern: STIXPattern
    do throws(STIXPatternError) {
      pattern = try STIXPattern(text)
    } catch {
      sink.note("feed.bad-pattern", "\(error.message) at byte \(error.offset) of \(text.shortened)", line: line)
      return try sink.rejectRow(text, reason: error.code.rawValue, line: line)
    }
    if object["revoked"] == true { return try sink.revokeRow(pattern.terms.reduced.values, line: line) }
    var row = described(object, line: line, facts, id: id)
    row.shown = text
    try sink.take(row, pattern.terms)
  }

  /// What STIX says of an object whatever it is.
  private static func described(_ object: JSONValue, line: Int, _ facts: STIXFacts, id: String) -> FeedRow {
    var row = FeedRow(line: line)
    row.firstSeen = object["valid_from"]?.string
    row.lastSeen = facts.lastSeen(id)?.iso8601
    row.validUntil = object["valid_until"]?.string
    row.confidence = object["confidence"]?.integer
    row.tags = object["labels"]?.strings ?? []
    for type in object["indicator_types"]?.strings ?? [] where !row.tags.contains(type) { row.tags.append(type) }
    for phase in object["kill_chain_phases"]?.array ?? [] {
      guard let chain = phase["kill_chain_name"]?.string, let name = phase["phase_name"]?.string else { continue }
      row.tags.append("kill-chain:\(chain):\(name)")
    }
    // A marking of some properties alone (`granular_markings`) holds for the indicator: what may be shared is told by its strictest part.
    let granular = object["granular_markings"]?.array?.compactMap { $0["marking_ref"]?.string } ?? []
    row.tlp = facts.tlp((object["object_marking_refs"]?.strings ?? []) + granular)
    row.description = object["name"]?.string ?? object["description"]?.string
    row.reference = object["external_references"]?.array?.lazy.compactMap { $0["url"]?.string }.first
    row.actors = facts.actors(of: id)
    for related in facts.related(to: id) {
      switch related.kind {
      case .actor: break
      case .malware: row.malware.append(related.name)
      case .campaign: row.tags.append("campaign:\(related.name)")
      case .infrastructure: row.tags.append("infrastructure:\(related.name)")
      case .attackPattern: row.tags.append("attack:\(related.name)")
      case .vulnerability: row.tags.append("vulnerability:\(related.name)")
      }
    }
    return row
  }

  // MARK: Cyber-observable objects

  private static let observableTypes: Set<String> = [
    "ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr", "file", "mutex", "windows-registry-key", "autonomous-system",
    "x509-certificate", "cryptocurrency-wallet", "hostname", "user-agent", "artifact",
  ]

  /// An observable is no indicator: it only says what was seen. It is one where malware or infrastructure is said to use it, and where
  /// the document is nothing but a list of them.
  private static func observable(_ object: JSONValue, line: Int, _ facts: STIXFacts, into sink: RowSink) throws {
    let id = object["id"]?.string ?? ""
    let isUsed = !facts.related(to: id).isEmpty
    guard isUsed || (!facts.hasIndicators && !facts.isObserved(id)) else { return try sink.skipRow(line: line) }
    guard let term = STIXObservable.terms(of: object) else { return try sink.leaveRow(id, reason: "not-matchable", line: line) }
    var row = described(object, line: line, facts, id: id)
    row.description = nil
    row.shown = object["value"]?.scalarText ?? object["name"]?.scalarText ?? id
    try sink.take(row, term)
  }
}
