public import Indicators
public import Rules

/// What a body brought, row by row.
public enum IngestRow: Sendable {
  case indicator(FeedIndicator)
  /// `input` is what stood there, cut to 256 scalars; `reason` a stable code.
  case rejected(input: String, reason: String, line: Int)
  /// The feed itself takes the value back: a revoked STIX indicator, a deleted MISP attribute.
  case revoked(Observable, line: Int)
}

/// One file of a directory or glob.
public struct IngestedFile: Sendable, Equatable {
  public var path: String
  /// What it was read as, and how that was decided; nil when it was not read.
  public var format: FeedFormat?
  public var formatReason: String
  public var rows: Int
  public var indicators: Int
  public var rejected: Int
}

/// What a body was, in numbers.
public struct IngestReport: Sendable {
  /// What it was read as: never `auto`.
  public internal(set) var format = FeedFormat.plain
  /// How that was decided.
  public internal(set) var formatReason = ""
  /// Records that could have held a value: not blank lines, comments or headers.
  public internal(set) var rows = 0
  /// Values that became indicators. A row may bring several; a value that comes twice counts twice.
  public internal(set) var indicators = 0
  /// Values, or rows without one, that did not.
  public internal(set) var rejected = 0
  /// How many of ``rejected`` were well formed, and refused by a warninglist, as too wide or as nothing that can be looked for: they say
  /// nothing against the body.
  public internal(set) var guarded = 0
  /// Rows that the feed's own condition or a revocation left out.
  public internal(set) var skipped = 0
  /// Indicators that a warninglist flagged and let pass.
  public internal(set) var flagged = 0
  /// Rejections by reason.
  public internal(set) var reasons: [String: Int] = [:]
  /// Oddities that cost nothing: repaired labels, dates that are none, repeated keys.
  public internal(set) var diagnostics = DiagnosticReport()
  /// The number of entries that the body itself declares.
  public internal(set) var declaredCount: Int?
  /// When the body says it was last updated.
  public internal(set) var bodyDate: Timestamp?
  /// Each file of a set, in order; empty for a single body.
  public internal(set) var files: [IngestedFile] = []
  /// Decoded bytes.
  public internal(set) var bytes = 0
  /// Whether the guard's sentinel stood in the body; true when there is none.
  public internal(set) var sentinelFound = true
  /// Where an incremental source goes on next time.
  public internal(set) var bookmark: String?

  /// The share of entries that parse, in percent; refusals by the guard lists do not count against it.
  public var parsedShare: Int {
    let total = indicators + rejected
    return total == 0 ? 100 : (indicators + guarded) * 100 / total
  }
}

/// Reads a spooled body: rows, refanged and canonical values, resolved actors, warninglists, provenance.
public struct FeedIngest {
  public let definition: FeedDefinition
  let warninglists: Warninglists
  let now: Timestamp
  let resolveActor: (String) -> ActorAttribution

  /// - Parameter resolveActor: what a name of an actor means, e.g. `ActorResolver.resolve`'s attribution.
  public init(
    definition: FeedDefinition, warninglists: Warninglists, now: Timestamp,
    resolveActor: @escaping (_ name: String) -> ActorAttribution
  ) {
    self.definition = definition
    self.warninglists = warninglists
    self.now = now
    self.resolveActor = resolveActor
  }

  /// Reads the body at `bodyPath` and hands out each row, in order.
  ///
  /// Memory does not grow with the body for line formats and JSON records. A row that is bad is handed out as rejected; a body
  /// that is no feed (HTML, an error message, cut, encoded wrongly) is refused as a whole by throwing.
  ///
  /// - Throws: ``Diagnostic`` for a refused body (`feed.html`, `feed.truncated`, …), and whatever `emit` throws. Rows may already
  ///   have been handed out by then: they must not be committed.
  ///
  /// - Parameter isKnown: whether a row (``FeedIndicator/row``) is one that brought its indicator before, under this definition and these
  ///   rules. Such a row is counted and not handed out again: whoever answers true takes what it brought as listed.
  public func read(
    bodyPath: String, isKnown: (UInt64) -> Bool = { _ in false }, emit: (IngestRow) throws -> Void
  ) throws -> IngestReport {
    try withoutActuallyEscaping(emit) { emit in
      try withoutActuallyEscaping(isKnown) { isKnown in
        try read(bodyPath, into: RowSink(ingest: self, isKnown: isKnown, emitPlain: nil, emit: emit))
      }
    }
  }

  /// The same, with rows that are nothing but a value in its canonical form handed out by themselves, as bytes: most of most plain lists.
  package func read(bodyPath: String, emitPlain: (PlainRow) throws -> Void, emit: (IngestRow) throws -> Void) throws -> IngestReport {
    try withoutActuallyEscaping(emit) { emit in
      try withoutActuallyEscaping(emitPlain) { emitPlain in
        try read(bodyPath, into: RowSink(ingest: self, isKnown: { _ in false }, emitPlain: emitPlain, emit: emit))
      }
    }
  }

  private func read(_ bodyPath: String, into sink: RowSink) throws -> IngestReport {
    let paths = try FileSet.files(at: bodyPath)
    let isSet = paths.count > 1 || paths.first != bodyPath
    for path in paths {
      let before = sink.report
      let shown = path.hasPrefix(bodyPath + "/") ? String(path.dropFirst(bodyPath.utf8.count + 1)) : path
      var reason: String?
      do throws(any Error) {
        reason = try readBody(path, into: sink, nameInSet: isSet ? shown : nil)
      } catch let error as Diagnostic where isSet {
        // One bad file of a set must not stop the others.
        sink.note(error)
        reason = error.message
        try sink.rejectRow(shown, reason: error.code, line: error.line ?? 1)
      }
      if isSet { sink.endFile(shown, before: before, unread: reason) }
    }
    return sink.report
  }

  /// Reads one file; answers why it was passed over, or nil.
  private func readBody(_ path: String, into sink: RowSink, nameInSet: String?) throws -> String? {
    func open() throws(Diagnostic) -> BodyStream {
      try BodyStream(
        path: path, name: nameInSet ?? definition.name, member: definition.member, maximumBytes: definition.maximumBytes,
        sentinel: definition.guards.contains)
    }
    let body = try open()
    if nameInSet != nil, Self.isAboutTheSet(path, beginning: try body.peek()) { return "speaks of the other files" }
    let isDocument = nameInSet != nil && [".md", ".adoc", ".asciidoc", ".rst"].contains { path.lowercased().hasSuffix($0) }
    let (format, reason) = try FormatSniffer.decide(isDocument && definition.format == .auto ? .report : definition.format, beginning: body.peek(), name: body.name)
    sink.report.format = format
    sink.report.formatReason = reason
    switch format {
    case .csv: try CSVFormat.read(body, into: sink)
    case .json: try JSONFormat.read(body, reopen: open, into: sink)
    case .jsonl: try JSONLinesFormat.read(body, into: sink)
    case .hosts: try HostsFormat.read(body, into: sink)
    case .plain, .auto: try PlainFormat.read(body, into: sink)
    case .adblock: try AdblockFormat.read(body, into: sink)
    case .maltrail: try MaltrailFormat.read(body, into: sink)
    case .rpz: try RPZFormat.read(body, into: sink)
    case .zeekIntel: try ZeekIntelFormat.read(body, into: sink)
    case .suricata: try SuricataFormat.read(body, into: sink)
    case .report: try ReportFormat.read(body, into: sink)
    case .stix, .taxii: try STIXFormat.read(body, reopen: open, into: sink)
    case .misp, .mispFeed: try MISPFormat.read(body, reopen: open, into: sink)
    case .openioc: try OpenIOCFormat.read(body, into: sink)
    case .yaml: try YAMLFormat.read(body, into: sink)
    }
    sink.report.bytes += body.bytesRead
    if !body.sentinelFound { sink.report.sentinelFound = false }
    return nil
  }

  /// Files of a tree that speak of the others: a MISP feed's manifest and hash list, licences, the description of a repository.
  private static func isAboutTheSet(_ path: String, beginning: [UInt8]) -> Bool {
    let name = FilePath.last(path).lowercased()
    if name == "hashes.csv" || name == "manifest.json" {
      guard name == "manifest.json" else { return FileSet.exists(FilePath.directory(path) + "/manifest.json") }
      return beginning.holds("\"Orgc\"".utf8.map { $0 }) || beginning.holds("\"timestamp\"".utf8.map { $0 })
    }
    return ["license", "license.md", "license.txt", "licence", "copying", "notice", "codeowners", "contributing.md", "code_of_conduct.md"].contains(name)
  }
}
