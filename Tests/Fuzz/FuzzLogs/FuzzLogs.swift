import FuzzEntry
import Glibc
import Indicators
import Matching
import Rules

/// libFuzzer's entry: gives the bytes to a scan as `UKAI_FUZZ` names: `lines` (text), `archive` (compressed or not), `utf16`, or `source` (a file of
/// `Rules/logs/`, then a line). Whatever comes of it, nothing may trap, leak or hang, and every byte must be accounted for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  FuzzLogs.shared.take(start.map { Array(UnsafeBufferPointer(start: $0, count: count)) } ?? [])
  return 0
}

struct FuzzLogs: @unchecked Sendable {
  static let shared = FuzzLogs()

  private let target = getenv("UKAI_FUZZ").map { String(cString: $0) } ?? "lines"
  private let path = "\(getenv("UKAI_FUZZ_DIRECTORY").map { String(cString: $0) } ?? "/dev/shm")/ukai-fuzz-\(getpid()).log"

  func take(_ bytes: [UInt8]) {
    switch target {
    case "source":
      let parts = bytes.split(separator: 0, maxSplits: 1)
      guard let yaml = parts.first, let source = try? LogSource(yaml: String(decoding: yaml, as: UTF8.self), file: "x.yaml") else { return }
      scan(parts.count > 1 ? Array(parts[1]) : [], sources: LogSources(all: [source]), name: source.name)
    case "utf16": scan([0xFF, 0xFE] + bytes)
    default: scan(bytes)
    }
  }

  private func scan(_ bytes: [UInt8], sources: LogSources = .none, name: String? = nil) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    guard written == bytes.count else { fatalError("cannot write \(path)") }
    var options = LogScan.Options(now: Timestamp(seconds: 1_795_000_000))
    options.window = 4096
    options.overlap = 512
    options.sourceName = name
    let indicator = Indicator(observable: Observable(type: .domain, canonical: "a.example"), feeds: ["x"], confidence: 50)
    let scan = LogScan(matcher: { EveryWord() }, indicator: { _ in indicator }, sources: sources, options: options)
    var cursor: LogCursor?
    guard let summary = try? scan.run([path], store: nil, deliver: { cursor = $0.cursor ?? cursor }) else { fatalError("a scan failed") }
    precondition(summary.storedBytes + summary.bytesSkipped == bytes.count, "\(summary.storedBytes) + \(summary.bytesSkipped) of \(bytes.count)")
    precondition(cursor.map { $0.offset <= summary.bytes + summary.bytesKnown } ?? true)
  }
}

/// Hits every eighth byte: what the context must bear.
struct EveryWord: ChunkMatcher {
  mutating func hits(in chunk: UnsafeRawBufferPointer, into hits: inout [RawHit]) {
    for start in stride(from: 0, to: chunk.count, by: 8) { hits.append(RawHit(entry: 0, range: start..<min(chunk.count, start + 3), mode: .exact)) }
  }
}

@_cdecl("FuzzLogs_main")
public func fuzzLogsMain(_ count: CInt, _ arguments: FuzzArguments) -> CInt { runFuzzer(count, arguments, fuzzOneInput) }
