internal import Indicators
internal import Rules

/// Scans one log after another with a matcher of its own.
struct LogScanWorker {
  private let scan: LogScan
  private let register: LogRegister
  private let isCancelled: @Sendable () -> Bool
  private var matcher: any ChunkMatcher
  private var hits: [RawHit] = []
  private var sighter: LogSighter

  init(_ scan: LogScan, register: LogRegister, isCancelled: @escaping @Sendable () -> Bool) {
    self.scan = scan
    self.register = register
    self.isCancelled = isCancelled
    matcher = scan.matcher()
    sighter = LogSighter(scan)
  }

  /// Scans the log at `path`, from where it was left.
  ///
  /// - Parameter waitForTurn: called with the log's first bytes before its identity is settled: an earlier log of the same
  ///   beginning must be done by then.
  mutating func scan(
    _ path: LogPath, waitForTurn: ([UInt8]) -> Void = { _ in }, deliver: (ScanBatch) throws -> Void
  ) throws -> LogScanSummary {
    var summary = LogScanSummary()
    if scan.options.isOwn(path.text) {
      summary.filesSkipped.append(SkippedFile(path: path.text, reason: LogDescriptor.Refusal.ownFile.rawValue))
      return summary
    }
    let descriptor: LogDescriptor
    do {
      descriptor = try LogDescriptor.open(path)
    } catch {
      summary.filesSkipped.append(SkippedFile(path: path.text, reason: error.rawValue))
      summary.bytesSkipped += LogDescriptor.kind(of: path, followLinks: false) == .file ? LogDescriptor.status(of: path)?.size ?? 0 : 0
      return summary
    }
    return try scan(descriptor, path: path.text, waitForTurn: waitForTurn, deliver: deliver)
  }

  /// Scans an open log from where its content was left, wherever the descriptor stands.
  mutating func scan(
    _ descriptor: LogDescriptor, path: String, waitForTurn: ([UInt8]) -> Void = { _ in }, deliver: (ScanBatch) throws -> Void
  ) throws -> LogScanSummary {
    var summary = LogScanSummary()
    for attempt in 1...Self.attempts {
      var (round, isReplaced) = try scanOnce(descriptor, path: path, waitForTurn: waitForTurn, deliver: deliver)
      if attempt > 1 { (round.filesRead, round.filesUnchanged) = (0, 0) }
      summary.add(round)
      if !isReplaced { break }
    }
    return summary
  }

  /// A log that is cut and written anew while it is read is looked at so often; what is left is the next run's.
  private static let attempts = 3

  private mutating func scanOnce(
    _ descriptor: LogDescriptor, path: String, waitForTurn: ([UInt8]) -> Void, deliver: (ScanBatch) throws -> Void
  ) throws -> (LogScanSummary, isReplaced: Bool) {
    var summary = LogScanSummary()
    guard descriptor.seek(to: 0), let status = descriptor.status() else {
      summary.filesSkipped.append(SkippedFile(path: path, reason: LogDescriptor.Refusal.unreadable.rawValue))
      return (summary, false)
    }
    let reader = LogReader(
      LogStream(descriptor, decodesAhead: true), window: scan.options.window, overlap: scan.options.overlap)
    reader.stream.fillHead()
    waitForTurn(reader.stream.head)
    let position = try register.position(
      reader, path: path, status: status, fromStart: scan.options.fromStart || scan.options.onlyKnown, now: scan.options.now)
    if scan.options.onlyKnown {
      guard let known = position.known else {
        summary.notes.append(SkippedFile(path: path, reason: "not scanned before: left to a scan"))
        return (summary, false)
      }
      // A log that has not changed since is known with its last line, newline or not.
      if !known.isUnchanged(status) { reader.limit = known.offset }
    }
    summary.filesRead = 1
    note(position, reader, path: path, summary: &summary)
    if position.kind == .unchanged {
      summary.filesUnchanged = 1
      summary.bytesKnown = reader.stream.encoding == .plain ? status.size : position.known?.offset ?? 0
      summary.storedBytes = status.size
      // Found under another name: a later hunt must find it there.
      if var known = position.known, known.path != path {
        known.path = path
        try deliver(ScanBatch(sightings: [], cursor: known))
      }
      return (summary, false)
    }
    if position.kind == .partial {
      summary.bytesKnown = status.size
      summary.storedBytes = status.size
      return (summary, false)
    }
    var log = ScannedLog(path: path, status: status, position: position, startOffset: reader.lineEnd)
    if scan.options.onlyKnown { log.lastCursor = nil }
    try read(reader, log: &log, summary: &summary, deliver: deliver)
    if summary.bytes == 0, position.known != nil { summary.filesUnchanged = 1 }
    return (summary, reader.stream.isReplaced)
  }

  private func note(_ position: LogPosition, _ reader: LogReader, path: String, summary: inout LogScanSummary) {
    if position.kind == .partial {
      summary.notes.append(SkippedFile(path: path, reason: "partial: the first part of a log that was read further, such as a copy that is still being made"))
    }
    if position.kind == .again, reader.stream.encoding == .plain, !scan.options.fromStart, !scan.options.onlyKnown {
      summary.notes.append(SkippedFile(path: path, reason: "again: begins like a log that was read further; what both hold counts once"))
    }
    if position.kind == .replaced {
      summary.notes.append(SkippedFile(path: path, reason: "replaced: begins like a log that was read before, but its content is other"))
    }
    noteContainer(reader.stream, path: path, summary: &summary)
  }

  /// Says when matching the log's bytes tells little of what it holds.
  private func noteContainer(_ stream: LogStream, path: String, summary: inout LogScanSummary) {
    guard stream.damage == nil, !stream.isUTF16, let container = UnreadContainer(head: stream.beginning, in: stream.encoding) else { return }
    let reason = "\(container.name)-not-decoded"
    if container.hidesContent {
      summary.filesSkipped.append(SkippedFile(path: path, reason: reason))
    } else {
      summary.notes.append(SkippedFile(path: path, reason: reason + ": matched as bytes"))
    }
  }

  /// Scans a stream that is read once.
  mutating func scan(
    stream descriptor: LogDescriptor, name: String, deliver: (ScanBatch) throws -> Void
  ) throws -> LogScanSummary {
    var summary = LogScanSummary()
    summary.filesRead = 1
    let reader = LogReader(LogStream(descriptor), window: scan.options.window, overlap: scan.options.overlap)
    var log = ScannedLog(path: name, status: nil, position: nil, startOffset: 0)
    try read(reader, log: &log, summary: &summary, deliver: deliver)
    noteContainer(reader.stream, path: name, summary: &summary)
    return summary
  }

  private mutating func read(
    _ reader: LogReader, log: inout ScannedLog, summary: inout LogScanSummary, deliver: (ScanBatch) throws -> Void
  ) throws {
    let stream = reader.stream
    sighter.begin(log, reader: reader)
    var batch = SightingBatch(limit: scan.options.batchLimit)
    var reached = reader.lineEnd
    var tail: String?
    while !isCancelled(), let chunk = reader.next(deliveringFragment: scan.options.deliversFragments) {
      if chunk.isFragment, chunk.overlap == 0, log.position != nil {
        tail = unsafe LogIdentity.hash(chunk.bytes)
        if let tail, register.tail(of: log.generation) == tail {
          // An identical log of this run ended in the same line.
          summary.bytesKnown += unsafe chunk.bytes.count
          reached = unsafe chunk.offset + chunk.bytes.count
          continue
        }
      }
      sighter.learn(stream)
      if log.generation.isEmpty { log.generation = unsafe ScannedLog.streamGeneration(chunk.bytes) }
      hits.removeAll(keepingCapacity: true)
      unsafe matcher.hits(in: chunk.bytes, into: &hits)
      if !stream.isUTF16 || stream.bytesFrom != nil, chunk.mayHoldZero, let wide = unsafe WideText(chunk.bytes) { findWide(wide) }
      if !hits.isEmpty {
        // The cursor stays behind: what a batch in the middle of a chunk holds is read again after a crash, and known then.
        let cursor = log.lastCursor
        try sighter.sight(hits, in: chunk, log: log, stream: stream, batch: &batch, summary: &summary) { full in
          try deliver(ScanBatch(sightings: full.take(), cursor: cursor))
        }
      }
      sighter.passed(chunk)
      let end = unsafe chunk.offset + chunk.bytes.count
      summary.bytes += end - reached
      reached = end
      if chunk.isFragment { summary.lines += 1 }
      if batch.isFull {
        log.lastCursor = cursor(reader, log: log, isComplete: false)
        try deliver(ScanBatch(sightings: batch.take(), cursor: log.lastCursor, withheld: sighter.takeWithheld()))
      } else if stream.isInteractive, chunk.isShort, !batch.sightings.isEmpty {
        try deliver(ScanBatch(sightings: batch.take(), cursor: nil))
      }
    }
    summary.lines += reader.lines - log.startLines(reader)
    try finish(reader, log: &log, reached: reached, tail: tail, sightings: batch.sightings, summary: &summary, deliver: deliver)
  }

  /// Adds what a chunk holds in UTF-16.
  private mutating func findWide(_ wide: WideText) {
    let narrow = hits.count
    unsafe wide.bytes.withUnsafeBytes { unsafe matcher.hits(in: $0, into: &hits) }
    for index in narrow..<hits.count {
      let range = hits[index].range
      if hits[index].value == nil { hits[index].value = Array(wide.bytes[range]) }
      (hits[index].range, hits[index].view) = (wide.origin(of: range), .utf16)
    }
    hits.sort { $0.range.lowerBound < $1.range.lowerBound }
  }

  private mutating func finish(
    _ reader: LogReader, log: inout ScannedLog, reached: Int, tail: String?, sightings: [Sighting],
    summary: inout LogScanSummary, deliver: (ScanBatch) throws -> Void
  ) throws {
    let stream = reader.stream
    let damage = stream.damage
    // Cut and written anew underneath: what was delivered stands, the rest is for another look. So is a last line that was left out.
    let isComplete = damage == nil && !isCancelled() && !stream.isReplaced && reader.undelivered == 0
    if stream.isReplaced, sightings.isEmpty, reached == log.startOffset { return }
    if let damage { summary.filesSkipped.append(SkippedFile(path: log.path, reason: damage.reason)) }
    summary.bytesKnown += log.startOffset
    if let status = log.status {
      // A log that was plain to the end, or grew while it was read, has nothing skipped.
      let read = stream.isSeekable ? reached : stream.storedBytesRead
      let left = stream.isReplaced ? 0 : max(0, status.size - read - leftOut(reader, status))
      summary.bytesSkipped += left
      summary.storedBytes += min(read, status.size)
    } else {
      summary.storedBytes += stream.storedBytesRead
    }
    guard log.position != nil, !stream.head.isEmpty else {
      let withheld = sighter.takeWithheld()
      if !sightings.isEmpty || !withheld.isEmpty { try deliver(ScanBatch(sightings: sightings, cursor: nil, withheld: withheld)) }
      return
    }
    let cursor = self.cursor(reader, log: log, isComplete: isComplete)
    if let cursor { try register.record(cursor, tail: tail) }
    try deliver(ScanBatch(sightings: sightings, cursor: cursor, withheld: sighter.takeWithheld()))
  }

  /// Bytes that this scan was not to read: behind the limit of a hunt, a last line that is still being written.
  private func leftOut(_ reader: LogReader, _ status: LogStatus) -> Int {
    if scan.options.onlyKnown { return status.size }
    return scan.options.deliversFragments ? 0 : reader.undelivered
  }

  /// The cursor to commit now: never behind one that is on record, for what that one covers has been read.
  private func cursor(_ reader: LogReader, log: ScannedLog, isComplete: Bool) -> LogCursor? {
    guard let position = log.position, !scan.options.onlyKnown else { return nil }
    if let known = position.known, known.offset > reader.lineEnd { return known }
    return reader.cursor(
      position: position, path: log.path, status: log.status, isComplete: isComplete, now: scan.options.now)
  }
}

/// One log while it is scanned.
struct ScannedLog {
  var path: String
  /// Nil for a stream.
  var status: LogStatus?
  /// Nil for a stream.
  var position: LogPosition?
  /// Content before was matched by an earlier run.
  var startOffset: Int
  var generation: String
  /// The cursor last handed over.
  var lastCursor: LogCursor?

  init(path: String, status: LogStatus?, position: LogPosition?, startOffset: Int) {
    self.path = path
    self.status = status
    self.position = position
    self.startOffset = startOffset
    generation = position?.generation ?? ""
    lastCursor = position?.known
  }

  /// Lines before ``startOffset``.
  func startLines(_ reader: LogReader) -> Int { startOffset == 0 ? 0 : position?.known?.lines ?? 0 }

  /// A line of a stream: many streams begin alike, with a header or a banner, and hold something else at the same place every day.
  static func lineGeneration(of raw: String, in stream: String) -> String {
    // The first digits stay the stream's: they hold its sightings together in a store.
    String(stream.prefix(8)) + SHA256.identity(["stream-line", stream, raw]).dropFirst(8)
  }

  /// A stream is known by its first line: the same content gives the same ids however it arrives.
  static func streamGeneration(_ bytes: UnsafeRawBufferPointer) -> String {
    let line = unsafe bytes.prefix { $0 != 0x0A }.prefix(LogCursor.prefixLimit)
    return unsafe SHA256.identity(["stdin", LogIdentity.hash(line)])
  }
}
