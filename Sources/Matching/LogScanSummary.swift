/// What a scan did, to the byte. Nothing is ever silently zero.
public struct LogScanSummary: Sendable, Equatable {
  /// Logs of which something was read, or that were looked at and had nothing new.
  public var filesRead = 0
  /// Those of ``filesRead`` that had nothing new.
  public var filesUnchanged = 0
  /// Not read at all, or not to the end; the reason says which. Every one of them makes the run incomplete (exit 3).
  public var filesSkipped: [SkippedFile] = []
  /// Things worth knowing that are no failure: a log that was replaced, truncated while followed…
  public var notes: [SkippedFile] = []
  /// Decompressed bytes that were matched.
  public var bytes = 0
  /// Decompressed bytes that an earlier run (or an identical log of this run) had matched.
  public var bytesKnown = 0
  /// Bytes as stored that could not be read: damaged tails and whole files that were refused. For an uncompressed log
  /// ``bytes`` + ``bytesKnown`` + ``bytesSkipped`` is its size.
  public var bytesSkipped = 0
  /// Bytes as stored that were read or already known; with ``bytesSkipped`` the size on disk of all logs.
  public var storedBytes = 0
  /// Lines matched, a last one without newline included.
  public var lines = 0
  /// Sightings delivered.
  public var sightings = 0
  /// Withheld by `Rules/suppressions.yaml`, in all and by entry.
  public var suppressed = 0
  public var suppressedByEntry: [Int: Int] = [:]
  /// Withheld because the indicator's validity had ended before the event.
  public var expired = 0
  /// Withheld because the line is a record of our own.
  public var echoes = 0
  /// Withheld because below the asked severity.
  public var belowSeverity = 0

  public init() {}

  /// True when everything that was named has been read.
  public var isComplete: Bool { filesSkipped.isEmpty }

  mutating func add(_ other: LogScanSummary) {
    filesRead += other.filesRead
    filesUnchanged += other.filesUnchanged
    filesSkipped += other.filesSkipped
    notes += other.notes
    bytes += other.bytes
    bytesKnown += other.bytesKnown
    bytesSkipped += other.bytesSkipped
    storedBytes += other.storedBytes
    lines += other.lines
    sightings += other.sightings
    suppressed += other.suppressed
    suppressedByEntry.merge(other.suppressedByEntry, uniquingKeysWith: +)
    expired += other.expired
    echoes += other.echoes
    belowSeverity += other.belowSeverity
  }
}
