import Feeds
import FuzzEntry
import Glibc
import Indicators
import Rules
import Syntax

/// libFuzzer's entry: gives the bytes to the parser that `UKAI_FUZZ` names. Whatever comes of it, nothing may trap, leak or hang.
///
/// The reader works on files, as in life: each input is a body in `UKAI_FUZZ_DIRECTORY` (a RAM disk).
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = start.map { Array(UnsafeBufferPointer(start: $0, count: count)) } ?? []
  FuzzFeeds.shared.take(bytes)
  return 0
}

struct FuzzFeeds: @unchecked Sendable {
  static let shared = FuzzFeeds()

  private let target: String
  private let path: String
  private let definition: FeedDefinition?

  private init() {
    func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    target = variable("UKAI_FUZZ") ?? "csv"
    path = "\(variable("UKAI_FUZZ_DIRECTORY") ?? "/dev/shm")/ukai-fuzz-\(getpid())"
    var warnings: [Diagnostic] = []
    let format = target == "xml" ? "stix" : target
    definition = try? FeedDefinition(yaml: "name: feed\nurl: body\nformat: \(format)\n", file: "feed.yaml", warnings: &warnings)
  }

  func take(_ bytes: [UInt8]) {
    switch target {
    case "pattern": _ = try? STIXPattern(String(decoding: bytes, as: UTF8.self))
    case "records":
      for path in ["$.objects[*]", "$[*]", "$.*.*"] {
        guard let path = JSONPath(path) else { continue }
        var stream = JSONRecordStream(path: path, recordLimit: 4096, allowsSeveralDocuments: true)
        var parsed = 0
        try? stream.take(bytes) { if (try? JSONParser.parse($0.bytes)) != nil { parsed += 1 } }
        try? stream.finish { _ in parsed += 1 }
      }
    case "feed-file":
      var warnings: [Diagnostic] = []
      _ = try? FeedDefinition(yaml: String(decoding: bytes, as: UTF8.self), file: "feed.yaml", warnings: &warnings)
    default: body(bytes)
    }
  }

  private func body(_ bytes: [UInt8]) {
    guard let definition else { fatalError("UKAI_FUZZ names no format: \(target)") }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { fatalError("cannot write \(path)") }
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    guard written == bytes.count else { fatalError("cannot write \(path)") }
    let ingest = FeedIngest(definition: definition, warninglists: .none, now: Timestamp(seconds: 1_795_000_000)) {
      ActorAttribution(status: .unknown, raw: $0)
    }
    var taken = 0
    var refused = 0
    let report = try? ingest.read(bodyPath: path) { row in
      switch row {
      case .indicator(let indicator):
        taken += 1
        // What came in comes in again as the same.
        let own = indicator.observable
        let again = try? Canonicalizer.canonicalize(own.canonical, as: own.type)
        precondition(again?.canonical == own.canonical, "\(own.type.rawValue) \(own.canonical.debugDescription) is not its own canonical form")
      case .rejected: refused += 1
      case .revoked: break
      }
    }
    if let report { precondition(report.indicators == taken && report.rejected == refused, "the counts are wrong") }
  }
}

@_cdecl("FuzzFeeds_main")
public func fuzzFeedsMain(_ count: CInt, _ arguments: FuzzArguments) -> CInt { runFuzzer(count, arguments, fuzzOneInput) }
