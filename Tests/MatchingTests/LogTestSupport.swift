import Glibc
import Indicators
import Matching
import Rules
import Synchronization
import Testing

/// Finds literal needles anywhere: the smallest matcher that can drive the log side.
struct NeedleMatcher: ChunkMatcher {
  let needles: [[UInt8]]

  init(_ needles: [String]) { self.needles = needles.map { Array($0.utf8) } }

  mutating func hits(in chunk: UnsafeRawBufferPointer, into hits: inout [RawHit]) {
    var found: [RawHit] = []
    for (entry, needle) in needles.enumerated() {
      var position = 0
      while position + needle.count <= chunk.count, let base = chunk.baseAddress,
        let first = unsafe memchr(base + position, Int32(needle[0]), chunk.count - position)
      {
        let start = unsafe UnsafeRawPointer(first) - base
        let end = start + needle.count
        if end <= chunk.count, unsafe memcmp(first, needle, needle.count) == 0 {
          found.append(RawHit(entry: entry, range: start..<end, mode: .exact))
        }
        position = start + 1
      }
    }
    hits += found.sorted { ($0.range.lowerBound, $0.entry) < ($1.range.lowerBound, $1.entry) }
  }
}

/// Cursors in memory, as the alert store would keep them, and the sightings that were committed with them.
final class MemoryStore: CursorStore {
  var cursors: [String: LogCursor] = [:]
  var sightings: [String: Sighting] = [:]
  /// Every sighting in the order in which it came, repeated ones too.
  var delivered: [Sighting] = []

  func cursor(generation: String) -> LogCursor? { cursors[generation] }

  func cursorPrefixLengths() -> [Int] { Set(cursors.values.map(\.prefixLength)).sorted(by: >) }

  func cursors(prefixLength: Int, prefixHash: String) -> [LogCursor] {
    cursors.values.filter { $0.prefixLength == prefixLength && $0.prefixHash == prefixHash }
  }

  func commit(_ batch: ScanBatch) {
    delivered += batch.sightings
    for sighting in batch.sightings { sightings[sighting.id] = sighting }
    if let cursor = batch.cursor { cursors[cursor.generation] = cursor }
  }
}

/// A directory that is removed with its owner.
final class Folder: Sendable {
  let path: String
  private static let counter = Atomic<Int>(0)

  init() {
    let number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
    path = "/tmp/ukai-log-tests-\(getpid())-\(number)"
    mkdir(path, 0o700)
  }

  deinit { Tool.run("rm", ["-rf", path]) }

  func file(_ name: String) -> String { path + "/" + name }

  @discardableResult
  func write(_ text: String, to name: String) -> String { write(Array(text.utf8), to: name) }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String, appending: Bool = false) -> String {
    let file = file(name)
    let descriptor = open(file, O_WRONLY | O_CREAT | (appending ? O_APPEND : O_TRUNC), 0o600)
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress! + done, $0.count - done) }
      if count <= 0 { break }
      done += count
    }
    close(descriptor)
    return file
  }

  func append(_ text: String, to name: String) { write(Array(text.utf8), to: name, appending: true) }

  func bytes(of name: String) -> [UInt8] {
    let descriptor = open(file(name), O_RDONLY)
    defer { close(descriptor) }
    var all: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe piece.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count <= 0 { return all }
      all += piece[..<count]
    }
  }
}

/// Runs the compressors that every Debian has.
enum Tool {
  @discardableResult
  static func run(_ name: String, _ arguments: [String]) -> Int32 {
    var words: [UnsafeMutablePointer<CChar>?] = ([name] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process: pid_t = 0
    guard posix_spawnp(&process, name, nil, nil, &words, environ) == 0 else { return -1 }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    return status >> 8 & 0xFF
  }
}

/// A scan of needles with everything else at hand.
struct Bench {
  let folder = Folder()
  let store = MemoryStore()
  var needles = ["evil.example"]
  var options = LogScan.Options(now: Bench.now)
  var suppressions = Suppressions.none
  var sources = LogSources.none
  var configure: (inout Indicator) -> Void = { _ in }

  static let now = Timestamp(parsing: "2026-06-01T12:00:00Z")!

  func scan() -> LogScan {
    let needles = needles
    let indicators = needles.map { needle in
      var indicator = Indicator(observable: Observable(type: .domain, canonical: needle), feeds: ["test"], confidence: 80)
      configure(&indicator)
      return indicator
    }
    return LogScan(
      matcher: { NeedleMatcher(needles) }, indicator: { indicators.indices.contains($0) ? indicators[$0] : nil },
      suppressions: suppressions, sources: sources, options: options)
  }

  @discardableResult
  func run(_ names: [String]? = nil) throws -> LogScanSummary {
    let store = store
    return try scan().run((names ?? [""]).map { $0.isEmpty ? folder.path : folder.file($0) }, store: store) { store.commit($0) }
  }

  /// The sightings of one line, scanned alone.
  func sighting(_ line: String, name: String = "line.log") throws -> Sighting? {
    folder.write(line + "\n", to: name)
    try run([name])
    return store.delivered.last
  }
}
