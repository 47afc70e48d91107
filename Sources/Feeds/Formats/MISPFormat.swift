import Indicators
import Syntax

/// MISP events: the attributes of the event and of its objects that are meant for detection.
///
/// Takes one event, a list of events, an answer wrapped in `response`, and an answer that is nothing but attributes.
enum MISPFormat {
  static func read(_ body: BodyStream, reopen: () throws(Diagnostic) -> BodyStream, into sink: RowSink) throws {
    let attributes = JSONPath("$.response.Attribute[*]") ?? .document
    if try JSONRecords.exist(in: try reopen(), at: attributes) {
      let event = MISPEvent(nil)
      try JSONRecords.each(of: body, at: attributes) { record in
        guard let attribute = try JSONRecords.value(of: record, into: sink) else { return }
        try take(attribute, of: event, object: nil, line: record.line, into: sink)
      }
      return
    }
    let path = try JSONRecords.firstPath(of: ["$.response[*].Event", "$.response[*]", "$.response", "$[*]"], in: reopen) ?? .document
    var events = 0
    try JSONRecords.each(of: body, at: path, limit: FeedLimits.documentBytes) { record in
      if record.oversized {
        throw Diagnostic(
          .error, code: "feed.document-too-large", "an event is larger than \(FeedLimits.documentBytes) bytes", file: body.name, line: record.line)
      }
      guard let document = try JSONRecords.value(of: record, into: sink) else { return }
      if isManifest(document) {
        throw Diagnostic(
          .error, code: "feed.manifest", "this is the manifest of a MISP feed, not an event", hint: "write format: misp-feed and the feed's folder as url",
          file: body.name)
      }
      guard let event = document["Event"] ?? (document["Attribute"] != nil || document["Object"] != nil || document["info"] != nil ? document : nil) else {
        return try sink.rejectRow(String(decoding: record.bytes.prefix(256), as: UTF8.self), reason: "not-an-event", line: record.line)
      }
      events += 1
      try take(event, line: record.line, into: sink)
    }
    if events == 0, sink.report.rows == 0 {
      throw Diagnostic(.error, code: "feed.no-records", "no MISP event in the document", file: body.name)
    }
  }

  /// Whether a document is a map from names to event headers.
  private static func isManifest(_ document: JSONValue) -> Bool {
    guard let first = document.object?.members.first else { return false }
    return first.value["timestamp"] != nil && first.value["Orgc"] != nil && first.value["Attribute"] == nil && first.key != "Event"
  }

  private static func take(_ document: JSONValue, line: Int, into sink: RowSink) throws {
    let event = MISPEvent(document)
    var marked = 0
    func each(_ attributes: [JSONValue]?, object: MISPObject?) throws {
      for attribute in attributes ?? [] {
        if MISPEvent.isForDetection(attribute) { marked += 1 }
        try take(attribute, of: event, object: object, line: line, into: sink)
      }
    }
    try each(document["Attribute"]?.array, object: nil)
    for object in document["Object"]?.array ?? [] {
      if object["deleted"] == true { continue }
      try each(object["Attribute"]?.array, object: MISPObject(object))
    }
    if marked == 0 {
      sink.note(
        "feed.no-to-ids", "event '\((document["info"]?.string ?? "").shortened)' marks nothing for detection (to_ids)", line: line)
    }
  }

  private static func take(_ attribute: JSONValue, of event: MISPEvent, object: MISPObject?, line: Int, into sink: RowSink) throws {
    guard let value = attribute["value"]?.scalarText, let type = attribute["type"]?.string else {
      return try sink.rejectRow(attribute.serialized(), reason: "no-value", line: line)
    }
    guard MISPEvent.isForDetection(attribute) || sink.definition.misp.takesAll else { return try sink.skipRow(line: line) }
    if type == "port", object?.usesPorts == true { return try sink.skipRow(line: line) }
    let values = object?.joined(MISPTypes.values(type, value), of: attribute) ?? MISPTypes.values(type, value)
    if attribute["deleted"] == true { return try sink.revokeRow(values, line: line) }
    guard !values.isEmpty else { return try sink.leaveRow(value, reason: "type:\(type.shortened)", line: line) }
    var row = event.row(of: attribute, line: line)
    row.shown = value
    row.values = values
    if let name = MISPTypes.fileName(type, value), row.description == nil { row.description = name }
    if let name = object?.name { row.tags.append("object:\(name)") }
    try sink.take(row)
  }
}

/// What an event says of all its attributes.
struct MISPEvent {
  private let tags: [String]
  private let galaxies: [(type: String, name: String)]
  private let date: String?
  private let info: String?

  init(_ event: JSONValue?) {
    tags = Self.tags(event)
    galaxies = Self.galaxies(event)
    date = event?["date"]?.string
    info = event?["info"]?.string
  }

  /// `to_ids` as MISP's versions write it.
  static func isForDetection(_ attribute: JSONValue) -> Bool {
    attribute["to_ids"] == true || attribute["to_ids"]?.scalarText == "1" || attribute["to_ids"]?.scalarText == "true"
  }

  private static func tags(_ holder: JSONValue?) -> [String] {
    (holder?["Tag"]?.array ?? holder?["EventTag"]?.array ?? []).compactMap { ($0["Tag"] ?? $0)["name"]?.string }
  }

  private static func galaxies(_ holder: JSONValue?) -> [(type: String, name: String)] {
    (holder?["Galaxy"]?.array ?? []).flatMap { galaxy in
      (galaxy["GalaxyCluster"]?.array ?? []).compactMap { cluster in
        cluster["value"]?.string.map { (cluster["type"]?.string ?? galaxy["type"]?.string ?? "", $0) }
      }
    }
  }

  func row(of attribute: JSONValue, line: Int) -> FeedRow {
    var row = FeedRow(line: line)
    var clusters = galaxies + Self.galaxies(attribute)
    for tag in tags + Self.tags(attribute) {
      if let cluster = Self.cluster(tag) {
        clusters.append(cluster)
      } else if tag.lowercased().hasPrefix("tlp:") {
        row.tlp = TLP.label(tag) ?? row.tlp
      } else if let confidence = Self.confidence(tag) {
        row.confidence = confidence
      } else {
        row.tags.append(tag)
      }
    }
    for (type, name) in clusters {
      switch MISPTypes.galaxy(type) {
      case .actor: if !row.actors.contains(name) { row.actors.append(name) }
      case .malware: row.malware.append(name)
      case .technique: row.tags.append("attack:\(Self.techniqueNumber(name) ?? name)")
      case nil: row.tags.append("\(type):\(name)")
      }
    }
    for warning in attribute["warnings"]?.array ?? [] {
      if let list = warning["warninglist_name"]?.string ?? warning.string { row.tags.append("warninglist:\(list)") }
    }
    row.firstSeen = attribute["first_seen"]?.string ?? date
    row.lastSeen = attribute["last_seen"]?.string
    row.description = attribute["comment"]?.string.flatMap { FeedRow.isNothing($0.trimmed) ? nil : $0 } ?? info
    return row
  }

  /// `misp-galaxy:threat-actor="Sofacy"`
  private static func cluster(_ tag: String) -> (type: String, name: String)? {
    guard tag.hasPrefix("misp-galaxy:"), let equals = tag.firstIndex(of: "=") else { return nil }
    let type = tag[tag.index(tag.startIndex, offsetBy: 12)..<equals]
    return (String(type), tag[tag.index(after: equals)...].filter { $0 != "\"" })
  }

  private static func techniqueNumber(_ name: String) -> String? {
    guard let last = name.split(separator: " ").last, last.first == "T", last.dropFirst().allSatisfy({ $0.isNumber || $0 == "." }) else { return nil }
    return String(last)
  }

  private static func confidence(_ tag: String) -> Int? {
    guard tag.hasPrefix("misp:confidence-level=") else { return nil }
    let levels = ["completely-confident": 95, "usually-confident": 75, "fairly-confident": 50, "rarely-confident": 25, "unconfident": 5]
    return levels[tag.dropFirst(22).filter { $0 != "\"" }]
  }
}
