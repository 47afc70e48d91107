internal import Indicators
public import Rules

/// Makes sightings of a matcher's hits: the line is looked at only here, after it hit.
struct LogSighter {
  private let scan: LogScan
  private var indicators: [Int: Indicator] = [:]
  private var interpreter = LineInterpreter()
  private var sourceName = ""
  private var source: LogSource?
  /// How much of the log's first bytes ``interpreter`` was made of.
  private var beginning = 0
  private var view: MatchView?
  private var reference: Timestamp
  private var ownTraffic: OwnTraffic?
  private var tally = WithheldTally()

  /// Decoded indicators kept at hand.
  private static let cacheLimit = 4096

  init(_ scan: LogScan) {
    self.scan = scan
    reference = scan.options.now
  }

  /// A new log begins.
  mutating func begin(_ log: ScannedLog, reader: LogReader) {
    let source = scan.sources.source(named: scan.options.sourceName, path: log.path)
    sourceName = scan.options.sourceName ?? source?.name ?? Self.baseName(log.path)
    view = reader.stream.isUTF16 ? .utf16 : nil
    // A time without a year is dated by when the log was last written, which no later line can be after.
    if let status = log.status, status.modifiedAt > 0 {
      reference = Timestamp(microseconds: Int64(status.modifiedAt / 1000))
    } else {
      reference = scan.options.now
    }
    self.source = source
    interpreter = LineInterpreter(source: source, reference: reference, head: reader.stream.beginning)
    beginning = reader.stream.beginning.count
  }

  /// Takes what has been read of the log's first bytes: of a pipe nothing was there when it began.
  mutating func learn(_ stream: LogStream) {
    guard stream.beginning.count > beginning, beginning < LogStream.beginningLimit, !interpreter.isDocument else { return }
    beginning = stream.beginning.count
    interpreter = LineInterpreter(source: source, reference: reference, head: stream.beginning)
  }

  /// What was withheld since the last call.
  mutating func takeWithheld() -> [Withheld] { tally.take() }

  /// A chunk has gone by: what stood in it may hold for the lines after it.
  mutating func passed(_ chunk: LogReader.Chunk) { interpreter.passed(chunk) }

  /// - Parameter whenFull: called with a full batch while there is more to come; leaves it empty.
  mutating func sight(
    _ hits: [RawHit], in chunk: LogReader.Chunk, log: ScannedLog, stream: LogStream, batch: inout SightingBatch,
    summary: inout LogScanSummary, whenFull: (inout SightingBatch) throws -> Void
  ) throws {
    let bytes = unsafe chunk.bytes
    var line = unsafe LineBounds(bytes)
    var place: LineInterpreter.Place?
    var event = Sighting.Event(raw: "")
    var rawStart = -1
    var original = OriginalOffsets(chunk, stream)
    var recent: [(entry: Int, start: Int, mode: MatchMode)] = []
    let streamGeneration = log.generation
    var log = log
    let redaction = unsafe SecretRedaction(hits, in: bytes) { indicator(at: $0)?.type == .secret }
    for hit in hits {
      guard hit.range.lowerBound >= 0, hit.range.upperBound <= bytes.count, !hit.range.isEmpty else { continue }
      // Outside: the neighbouring window of the same long line has it.
      if chunk.overlap > 0, hit.range.upperBound <= chunk.from { continue }
      if hit.range.upperBound > chunk.to { continue }
      recent.removeAll { $0.start != hit.range.lowerBound }
      if recent.contains(where: { $0.entry == hit.entry }) { continue }
      recent.append((hit.entry, hit.range.lowerBound, hit.mode))
      guard let indicator = indicator(at: hit.entry) else { continue }
      line.move(to: hit.range.lowerBound)
      if place.map({ !$0.extent.contains(hit.range.lowerBound) }) ?? true {
        var found = interpreter.place(hit.range, line: line.start..<line.end, in: chunk)
        redaction.hide(in: &found)
        place = found
        rawStart = -1
      }
      guard let place else { continue }
      if rawStart != place.rawStart(for: hit.range) {
        rawStart = place.rawStart(for: hit.range)
        event = place.event(rawStart: rawStart)
        if log.position == nil { log.generation = ScannedLog.lineGeneration(of: event.raw, in: streamGeneration) }
        batch.rawBytes += event.raw.utf8.count
      }
      let value = unsafe hit.value ?? Array(bytes[hit.range])
      let (offset, length) = original?.of(hit.range) ?? (chunk.offset + hit.range.lowerBound, hit.range.count)
      let textView = original?.isOfBytes(hit.range) == true ? .raw : view ?? .raw
      let text = indicator.type == .secret ? indicator.value : redaction.hidden(String(decoding: value, as: UTF8.self), at: hit.range)
      let match = Sighting.Match(
        value: text, mode: hit.mode == .weak && indicator.mode != .weak && event.names(indicator, as: text) ? .exact : hit.mode, view: hit.view == .raw ? textView : hit.view,
        line: chunk.linesBefore + line.number + 1, offset: offset, length: length,
        field: place.facts.field(holding: (hit.range.lowerBound - place.start)..<(hit.range.upperBound - place.start)))
      let own = ownTraffic ?? scan.options.ownTraffic()
      ownTraffic = own
      let isTrace =
        !own.isEmpty && own.holds(match, range: (hit.range.lowerBound - place.start)..<(hit.range.upperBound - place.start), in: place.text)
      if place.facts.isEcho || isTrace {
        summary.echoes += 1
        withhold(.echo, isTrace ? "the trace of our own fetching" : "a record of our own", match, log)
        continue
      }
      guard let sighting = judge(indicator, match, event, format: place.facts.format, log: log, summary: &summary) else { continue }
      if batch.isFull {
        try whenFull(&batch)
        batch.rawBytes = event.raw.utf8.count
      }
      batch.sightings.append(sighting)
    }
  }

  /// Counts a match that is withheld; one that an earlier run has read was counted then.
  private mutating func withhold(_ kind: Withheld.Kind, _ reason: @autoclosure () -> String, _ match: Sighting.Match, _ log: ScannedLog) {
    if let known = log.position?.known, match.offset < known.offset { return }
    tally.add(kind, reason(), match, path: log.path)
  }

  /// Scores a match, or withholds it and counts why.
  private mutating func judge(
    _ indicator: Indicator, _ match: Sighting.Match, _ event: Sighting.Event, format: String, log: ScannedLog, summary: inout LogScanSummary
  ) -> Sighting? {
    let observedAt = event.time ?? scan.options.now
    if let end = indicator.validUntil, end < observedAt {
      summary.expired += 1
      withhold(.expired, "indicators of \(indicator.feeds.joined(separator: ", ")) past their validity", match, log)
      return nil
    }
    let id = Sighting.identity(generation: log.generation, match: match, indicator: indicator)
    var sighting = Sighting(
      id: id, indicator: indicator, match: match,
      source: Sighting.Source(path: log.path, name: sourceName, format: format), event: event,
      severity: .informational, observedAt: observedAt)
    if !scan.suppressions.isEmpty {
      let known = Suppressions.Facts(
        indicator: indicator, matched: match.value, asset: sighting.asset, sourceName: sourceName, sourcePath: log.path)
      if let entry = scan.suppressions.first(for: known, at: scan.options.now) {
        summary.suppressed += 1
        summary.suppressedByEntry[entry, default: 0] += 1
        let reason = scan.suppressions.explanation(of: entry)
        withhold(.suppressed, reason, match, log)
        return nil
      }
    }
    let score = scan.policy.score(sighting)
    sighting.severity = score.severity
    sighting.score = score
    if sighting.severity < scan.options.minimumSeverity {
      summary.belowSeverity += 1
      let asked = scan.options.minimumSeverity
      withhold(.belowSeverity, "\(sighting.severity.rawValue), and at least \(asked.rawValue) was asked for", match, log)
      return nil
    }
    summary.sightings += 1
    return sighting
  }

  private mutating func indicator(at entry: Int) -> Indicator? {
    if let known = indicators[entry] { return known }
    guard let indicator = scan.indicator(entry) else { return nil }
    if indicators.count >= Self.cacheLimit { indicators.removeAll(keepingCapacity: true) }
    indicators[entry] = indicator
    return indicator
  }

  private static func baseName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}

extension Sighting.Event {
  /// Whether one side of the connection is the address `text`, with the port of an `address:port` indicator: most logs give the port a field
  /// of its own.
  fileprivate func names(_ indicator: Indicator, as text: String) -> Bool {
    guard indicator.type == .ipv4Port || indicator.type == .ipv6Port, let colon = indicator.value.utf8.lastIndex(of: 0x3a),
      let port = Int(indicator.value[indicator.value.index(after: colon)...])
    else { return false }
    return destinationIP == text && destinationPort == port || sourceIP == text && sourcePort == port
  }
}

extension ScoringPolicy {
  /// The severity of a sighting with its reasons; the same for a sighting out of the store.
  public func score(_ sighting: Sighting) -> Score {
    score(
      Facts(
        indicator: sighting.indicator, mode: sighting.match.mode, direction: sighting.event.direction?.rawValue,
        outcome: sighting.event.outcome?.rawValue, time: sighting.observedAt))
  }
}

/// What was found and not yet handed over. One line can hold a hundred thousand hits, each with its piece of the line: so it is bounded by
/// both, and a line's sightings may come in several batches. Only the last of them may move the cursor.
struct SightingBatch {
  /// Bytes of ``Sighting/Event/raw`` that are kept at once.
  static let rawLimit = 8 << 20

  let limit: Int
  var sightings: [Sighting] = []
  /// Text of the lines in it, each counted once.
  var rawBytes = 0

  init(limit: Int) { self.limit = max(1, limit) }

  var isFull: Bool { sightings.count >= limit || (rawBytes >= Self.rawLimit && !sightings.isEmpty) }

  mutating func take() -> [Sighting] {
    defer { (sightings, rawBytes) = ([], 0) }
    return sightings
  }
}

/// Walks forward from line to line of a chunk.
@safe struct LineBounds {
  private let bytes: UnsafeRawBufferPointer
  private(set) var start = 0
  /// Without the newline.
  private(set) var end = 0
  /// Newlines before ``start`` in the chunk.
  private(set) var number = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    unsafe self.bytes = bytes
    end = unsafe Self.newline(in: bytes, from: 0)
  }

  /// Goes to the line that holds `position`, at or after the current one.
  mutating func move(to position: Int) {
    guard position > end else { return }
    var begin = position
    while begin > end + 1, unsafe bytes[begin - 1] != 0x0A { begin -= 1 }
    number += unsafe NewlineCount(of: UnsafeRawBufferPointer(rebasing: bytes[start..<begin])).lines
    start = begin
    end = unsafe Self.newline(in: bytes, from: position)
  }

  private static func newline(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    unsafe bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
  }
}

/// Where hits stand in a log that was decoded from UTF-16: offsets in the log as it was written.
struct OriginalOffsets {
  private let chunk: LogReader.Chunk
  /// A place in the chunk whose place in the log is known.
  private var known: (position: Int, original: Int)
  /// From where on the chunk stands as it is in the log, if it does.
  private let bytes: (position: Int, original: Int)?

  /// Nil for a log whose offsets are those of its text.
  init?(_ chunk: LogReader.Chunk, _ stream: LogStream) {
    let end = unsafe chunk.offset + chunk.bytes.count
    // The stream may be read further than this chunk.
    let bytes = stream.bytesFrom.flatMap { $0.decoded <= end ? $0 : nil }
    guard var known = stream.original(between: chunk.offset, and: end) ?? bytes else { return nil }
    // Behind that place it is not code units that count.
    if let bytes, known.decoded > bytes.decoded { known = bytes }
    self.chunk = chunk
    self.known = (known.decoded - chunk.offset, known.original)
    self.bytes = bytes.map { ($0.decoded - chunk.offset, $0.original) }
  }

  /// Whether a hit stands where the log is no UTF-16 any more.
  func isOfBytes(_ range: Range<Int>) -> Bool { bytes.map { range.lowerBound >= $0.position } ?? false }

  mutating func of(_ range: Range<Int>) -> (offset: Int, length: Int) {
    if let bytes, isOfBytes(range) { return (bytes.original + range.lowerBound - bytes.position, range.count) }
    if range.lowerBound >= known.position {
      known = (range.lowerBound, known.original + units(known.position..<range.lowerBound) * 2)
    } else {
      known = (range.lowerBound, known.original - units(range.lowerBound..<known.position) * 2)
    }
    return (known.original, units(range) * 2)
  }

  /// UTF-16 code units of a part of the chunk.
  private func units(_ range: Range<Int>) -> Int {
    unsafe chunk.bytes[range].reduce(into: 0) { count, byte in
      if byte & 0xC0 != 0x80 { count += byte >= 0xF0 ? 2 : 1 }
    }
  }
}
