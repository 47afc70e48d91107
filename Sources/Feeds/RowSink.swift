package import Indicators
import Rules

/// Takes the rows that a format reader cuts out of a body, turns their values into indicators, and counts.
package final class RowSink {
  package let definition: FeedDefinition
  package internal(set) var report = IngestReport()
  private let ingest: FeedIngest
  private let isKnown: (UInt64) -> Bool
  private let emit: (IngestRow) throws -> Void
  private let emitPlain: ((PlainRow) throws -> Void)?
  /// The row at hand, as long as nothing is to be said of it but its one indicator.
  private var row: UInt64?
  private let feedActors: [ActorAttribution]
  private let feedTags: [String]
  private var dates = DateMemory()
  private var knownActors: [String: ActorAttribution] = [:]
  /// What is said of a row that is nothing but a value.
  private lazy var bare = provenance(of: FeedRow(line: 0))
  private var noted: Set<String> = []
  /// Whether the feed file says that its values are secrets: then no part of a row that could not be read is told.
  private let holdsSecrets: Bool
  private var lastAliases: (names: [String], claim: ActorAttribution?) = ([], nil)

  init(
    ingest: FeedIngest, isKnown: @escaping (UInt64) -> Bool, emitPlain: ((PlainRow) throws -> Void)?, emit: @escaping (IngestRow) throws -> Void
  ) {
    self.emitPlain = emitPlain
    self.ingest = ingest
    self.isKnown = isKnown
    self.definition = ingest.definition
    self.emit = emit
    self.feedActors = ingest.definition.actors.map(ingest.resolveActor)
    self.feedTags = Self.unique(ingest.definition.tags)
    holdsSecrets = ingest.definition.map?.values.contains { if case .label(let label) = $0.type { TypeLabel.types(of: label) == [.secret] } else { false } } ?? false
  }

  package var now: Timestamp { ingest.now }

  /// Begins a record by its bytes. When the last body held the same, it is counted, and there is nothing to be read.
  package func takeKnown(_ identity: UInt64, line: Int) throws -> Bool {
    guard isKnown(identity) else {
      row = identity
      return false
    }
    row = nil
    try countRow(line: line)
    report.indicators += 1
    return true
  }

  /// The record at hand is more than the bytes that it began with.
  package func forgetRow() { row = nil }

  /// Takes one record.
  package func take(_ row: FeedRow) throws {
    defer { self.row = nil }
    try countRow(line: row.line)
    if let port = row.unreadPort { note("feed.port-left", "'\(port.shortened)' is no port: what stands beside it is listed for every port", line: row.line) }
    if row.values.count != 1 { self.row = nil }
    if row.values.count == 1, let observable = ValueReader.plain(row.values[0]) {
      return try accept(observable, raw: row.values[0].text, provenance(of: row))
    }
    let values = row.values.filter { !FeedRow.isNothing($0.text.trimmed) }
    if values.isEmpty { return try reject(row.shown, reason: "no-value", line: row.line) }
    let provenance = provenance(of: row)
    let read = values.map { ($0, ValueReader.read($0)) }
    let holdsOne = row.isGuessed && read.contains { if case .success = $0.1 { true } else { false } }
    for (value, result) in read {
      switch result {
      case .failure(let rejection) where holdsOne && Self.isText(rejection.reason):
        note("feed.cell-left", "'\(value.shown.shortened)' stands where a value could, and is none (\(rejection.reason))", line: row.line)
      case .failure where value.label.map(TypeLabel.isUnmatchable) ?? false:
        report.guarded += 1
        try reject(value.shown, reason: "type:\(value.label?.shortened ?? "")", line: row.line)
      case .failure(let rejection): try refuse(value, rejection, line: row.line)
      case .success(let readings):
        if readings.count != 1 || readings[0].observables.count != 1 { self.row = nil }
        for reading in readings {
          for (text, rejection) in reading.rejections { try refuse(FeedRow.Value(text, types: value.types), rejection, line: row.line) }
          if reading.mislabelled, let first = reading.observables.first {
            note(
              "feed.mislabelled", "'\(value.shown.shortened)' is called \(value.label ?? "?") and is a \(first.type.rawValue)",
              line: row.line)
          }
          for observable in reading.observables { try accept(observable, raw: value.shown, provenance) }
        }
      }
    }
  }

  /// Takes a record that is nothing but a value: besides it and its line, all that is said of one is said of each of them.
  package func take(bare text: String, line: Int) throws {
    guard let observable = ValueReader.plain(text) else { return try take(FeedRow(line: line, value: FeedRow.Value(text))) }
    defer { row = nil }
    try countRow(line: line)
    bare.line = line
    try accept(observable, raw: text, bare)
  }

  /// Whether ``take(plain:line:)`` can take anything: somebody asked for plain rows, and nothing hangs on a row's value but its type.
  var takesPlainValues: Bool { emitPlain != nil && ingest.warninglists.names.isEmpty && definition.match.isEmpty && definition.map == nil }

  /// Takes a record that is nothing but a value in its canonical form, where it lies; false, and nothing done, when the long way has to look.
  func take(plain bytes: UnsafeBufferPointer<UInt8>, line: Int) throws -> Bool {
    let span = unsafe Span(_unsafeElements: bytes)
    guard let emitPlain, let value = Canonicalizer.plainValue(span), unsafe Specificity.isSpecific(value, bytes) else { return false }
    try countRow(line: line)
    report.indicators += 1
    try unsafe emitPlain(PlainRow(value: value, bytes: bytes, line: line, sink: self))
    return true
  }

  /// The row at hand of ``take(plain:line:)`` as every other row is handed out.
  fileprivate func indicator(_ row: PlainRow) -> FeedIndicator {
    bare.line = row.line
    return withValidity(FeedIndicator(observable: unsafe row.value.observable(of: String(decoding: row.bytes, as: UTF8.self)), provenance: bare))
  }

  /// Reasons that say that a text is no attempt at a value.
  private static func isText(_ reason: String) -> Bool {
    ["unrecognized", "no-scheme", "single-label", "octet-count", "not-dotted-decimal", "bad-char", "no-path", "no-0x-prefix"].contains(reason)
  }

  private func refuse(_ value: FeedRow.Value, _ rejection: Rejection, line: Int) throws {
    let text = value.text
    // An address of a chain that is not watched is well formed all the same.
    let isSS58 = (46...49).contains(text.utf8.count) && text.utf8.allSatisfy(Self.isBase58)
    // What the publisher cut short is his doing, no sign of a broken body.
    if isSS58 || rejection.reason == "truncated" { report.guarded += 1 }
    try reject(value.shown, reason: isSS58 ? "unsupported:ss58" : rejection.reason, line: line)
  }

  private static func isBase58(_ byte: UInt8) -> Bool {
    ASCIIKind.isAlphanumeric(byte) && !"0OIl".utf8.contains(byte)
  }

  /// Takes a record that cannot be read.
  package func rejectRow(_ input: String, reason: String, line: Int) throws {
    row = nil
    try countRow(line: line)
    try reject(input, reason: reason, line: line)
  }

  /// Takes a record that is well formed and holds nothing that can be looked for: it says nothing against the body.
  package func leaveRow(_ input: String, reason: String, line: Int) throws {
    row = nil
    try countRow(line: line)
    report.guarded += 1
    try reject(input, reason: reason, line: line)
  }

  /// Takes a record by which the feed takes values back.
  package func revokeRow(_ values: [FeedRow.Value], line: Int) throws {
    row = nil
    try countRow(line: line)
    report.skipped += 1
    for value in values {
      guard case .success(let readings) = ValueReader.read(value) else { continue }
      for observable in readings.flatMap(\.observables) { try emit(.revoked(observable, line: line)) }
    }
  }

  /// Takes a record that is not wanted: skipped by condition, revoked.
  package func skipRow(line: Int) throws {
    row = nil
    try countRow(line: line)
    report.skipped += 1
  }

  func reject(_ input: String, reason: String, line: Int) throws {
    row = nil
    report.rejected += 1
    report.reasons[reason, default: 0] += 1
    try emit(.rejected(input: holdsSecrets ? "(\(input.utf8.count) bytes, not shown)" : input.shortened, reason: reason, line: line))
  }

  /// Notes what a file of a set brought; `unread` says why one was not read.
  func endFile(_ path: String, before: IngestReport, unread: String?) {
    report.files.append(
      IngestedFile(
        path: path, format: unread == nil ? report.format : nil, formatReason: unread ?? report.formatReason, rows: report.rows - before.rows,
        indicators: report.indicators - before.indicators, rejected: report.rejected - before.rejected))
  }

  package func note(_ code: String, _ message: @autoclosure () -> String, line: Int? = nil) {
    // A message that will not be kept is not built: there may be millions.
    let full = (report.diagnostics.counts[code] ?? 0) >= DiagnosticReport.keptPerCode
    note(Diagnostic(.warning, code: code, full ? "" : message(), file: definition.name, line: line))
  }

  /// Notes what holds for every row of a body at the first of them.
  func noteOnce(_ code: String, of subject: String, _ message: @autoclosure () -> String, line: Int) {
    guard noted.count < FeedLimits.columns, noted.insert(subject).inserted else { return }
    note(code, message(), line: line)
  }

  func note(_ diagnostic: Diagnostic) {
    row = nil
    report.diagnostics.add(diagnostic)
  }

  private func countRow(line: Int) throws {
    report.rows += 1
    if report.rows > definition.maximumRows {
      throw Diagnostic(
        .error, code: "feed.too-many-rows", "the body has more than \(definition.maximumRows) rows",
        hint: "raise max-rows in the feed file if this is right", file: definition.name, line: line)
    }
  }

  private func accept(_ observable: Observable, raw: String, _ provenance: Provenance) throws {
    let line = provenance.line ?? 0
    if let objection = Specificity.objection(to: observable) {
      report.guarded += 1
      return try reject(raw, reason: objection, line: line)
    }
    if let range = observable.versionRange {
      note("feed.version-range", "'\(range)' is no exact version: every version of \(observable.canonical) is meant", line: line)
    }
    var indicator = FeedIndicator(observable: observable, provenance: provenance, row: row)
    if let verdict = ingest.warninglists.verdict(for: observable) {
      switch verdict.action {
      case .drop:
        report.guarded += 1
        return try reject(raw, reason: "warninglist:\(verdict.list)", line: line)
      case .flag:
        report.flagged += 1
        row = nil
        indicator.row = nil
        indicator.provenance.tags.append("warninglist:\(verdict.list)")
      }
    }
    if provenance.mode == nil, !definition.match.isEmpty { indicator.provenance.mode = definition.match[observable.type] }
    report.indicators += 1
    try emit(.indicator(withValidity(indicator)))
  }

  private func withValidity(_ indicator: FeedIndicator) -> FeedIndicator {
    guard indicator.provenance.validUntil == nil,
      let validity = definition.validity(indicator.observable.type, lastSeen: indicator.provenance.lastSeen)
    else { return indicator }
    var indicator = indicator
    indicator.provenance.validUntil = (validity.from ?? ingest.now).adding(seconds: validity.seconds)
    if validity.from == nil { indicator.validFor = validity.seconds }
    return indicator
  }

  private func provenance(of row: FeedRow) -> Provenance {
    var provenance = Provenance(feed: definition.name, confidence: definition.confidence, line: row.line)
    provenance.firstSeen = date(row.firstSeen, line: row.line)
    provenance.lastSeen = date(row.lastSeen, line: row.line)
    provenance.validUntil = date(row.validUntil, line: row.line)
    if let confidence = row.confidence { provenance.confidence = min(100, max(0, confidence)) }
    provenance.tags = row.tags.isEmpty ? feedTags : Self.unique(definition.tags + row.tags)
    provenance.malware = Self.unique(row.malware)
    provenance.tlp = row.tlp.flatMap(TLP.label) ?? definition.tlp
    provenance.reference = row.reference.flatMap { FeedRow.isNothing($0) ? nil : $0 } ?? definition.reference
    provenance.description = row.description.flatMap { FeedRow.isNothing($0) ? nil : $0.shortened }
    provenance.mode = row.mode
    provenance.actors = feedActors
    for name in row.actors where !FeedRow.isNothing(name) {
      let attribution = resolve(name)
      if !provenance.actors.contains(attribution) { provenance.actors.append(attribution) }
    }
    // Where the operator says whose the feed is, the lumped names add nothing.
    if feedActors.isEmpty, !row.actorAliases.isEmpty, let claim = lumped(row.actorAliases), !provenance.actors.contains(claim) {
      provenance.actors.append(claim)
    }
    return provenance
  }

  /// What a list of lumped names says: the one actor that they mean, else the nearest umbrella over all of them, else only that it is
  /// one of several.
  private func lumped(_ names: [String]) -> ActorAttribution? {
    if lastAliases.names == names { return lastAliases.claim }
    let all = names.map(resolve)
    let resolved = all.filter { $0.status == .resolved }
    let ids = Set(resolved.compactMap(\.id))
    var claim = resolved.first ?? all.first
    if ids.count > 1, let first = resolved.first {
      let lines = resolved.map { ([$0.id].compactMap { $0 }) + $0.parents }
      if let umbrella = lines.first?.first(where: { id in lines.allSatisfy { $0.contains(id) } }) {
        claim = resolved.first { $0.id == umbrella } ?? ActorAttribution(status: .resolved, raw: first.raw, id: umbrella)
      } else {
        claim = ActorAttribution(status: .ambiguous, raw: first.raw, candidates: ids.sorted())
      }
    }
    lastAliases = (names, claim)
    return claim
  }

  private func resolve(_ name: String) -> ActorAttribution {
    if let known = knownActors[name] { return known }
    let attribution = ingest.resolveActor(name)
    if knownActors.count < 10_000 { knownActors[name] = attribution }
    return attribution
  }

  private func date(_ text: String?, line: Int) -> Timestamp? {
    guard let text = text?.trimmed, !FeedRow.isNothing(text) else { return nil }
    if let moment = dates.parse(text) { return moment }
    note("feed.bad-date", "'\(text.shortened)' is not a date from 1970 to 2100", line: line)
    return nil
  }

  private static func unique(_ texts: [String]) -> [String] {
    var kept: [String] = []
    // A handful is compared faster than hashed.
    var seen: Set<String>? = texts.count > 16 ? [] : nil
    for text in texts {
      let text = text.trimmed
      if FeedRow.isNothing(text) || (seen?.insert(text).inserted).map({ !$0 }) ?? kept.contains(text) { continue }
      kept.append(text)
    }
    return kept
  }
}

/// A row that is nothing but a value in its canonical form: all that is said of one but value, line and validity is said of each of them.
@safe package struct PlainRow {
  package let value: Canonicalizer.PlainValue
  /// The value's text, valid until the row is taken.
  package let bytes: UnsafeBufferPointer<UInt8>
  package let line: Int
  private let sink: RowSink

  fileprivate init(value: Canonicalizer.PlainValue, bytes: UnsafeBufferPointer<UInt8>, line: Int, sink: RowSink) {
    self.value = value
    self.line = line
    unsafe self.bytes = unsafe bytes
    self.sink = sink
  }

  /// The row as every other one is handed out.
  package var indicator: FeedIndicator { sink.indicator(self) }
}
