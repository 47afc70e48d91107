import FuzzEntry
import Glibc
import Indicators
import Matching

/// libFuzzer's entry: gives the bytes to the part of the matcher that `UKAI_FUZZ` names.
///
/// - `scan`: the bytes are a log. Every kernel must find in it what the reference matcher finds.
/// - `index`: the bytes are changes to a good index file. Whatever it says then, it is refused or harmless.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = start.map { Array(UnsafeBufferPointer(start: $0, count: count)) } ?? []
  FuzzMatching.shared.take(bytes)
  return 0
}

struct FuzzMatching: @unchecked Sendable {
  static let shared = FuzzMatching()

  private let isScan: Bool
  private let path: String
  private let index: IndicatorIndex
  private let whole: [UInt8]
  private let log: [UInt8]

  private static let values: [(IndicatorType, String)] = [
    (.ipv4, "192.0.2.1"), (.ipv4Port, "192.0.2.9:8443"), (.ipv6, "2001:db8::1"), (.cidr, "198.51.100.64/26"), (.cidr, "203.0.112.0/15"),
    (.cidr, "2001:db8:7::/48"), (.domain, "evil.example"), (.domain, "xn--bcher-kva.example"), (.domainWildcard, "*.wild.example"),
    (.domainPort, "c2.example:4444"), (.url, "http://evil.example/a?id=1"), (.url, "https://host.example/drop/"), (.url, "http://192.0.2.55/x.bin"),
    (.email, "mallory@mail.example"), (.md5, "0123456789abcdef0123456789abcdef"), (.evm, "0x52908400098527886e0f7030069857d2e4169ee7"),
    (.btc, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"), (.filename, "dropper.dll"), (.pathWindows, "C:\\Users\\Public\\svc.exe"),
    (.registry, "HKLM\\Software\\Evil\\Run"), (.mutex, "Global\\{6f4a1111-2222-3333-4444-90ab12cd34ef}"), (.userAgent, "EvilAgent/1.0 (compatible)"),
    (.npm, "left-padd"), (.githubRepository, "github.com/owner/repo"), (.cve, "CVE-2026-12345"),
    (.secret, "ab/cd+efGHIJKLMNOPQ=="), (.npm, "@scope/evil-pkg@3.0.0"), (.pypi, "evil-pkg"),
    // Ends of one another, and longer than what the masks show of a place.
    (.mutex, "Zq 4444-90ab12cd34ef}"), (.mutex, "a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h 4444-90ab12cd34ef}"),
  ]

  private init() {
    func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    isScan = variable("UKAI_FUZZ") != "index"
    path = "\(variable("UKAI_FUZZ_DIRECTORY") ?? "/dev/shm")/ukai-fuzz-\(getpid())"
    var builder = IndexBuilder(path: path)
    do {
      for (type, value) in Self.values { try builder.add(Indicator(observable: try Canonicalizer.canonicalize(value, as: type), feeds: ["fuzz"])) }
      _ = try builder.finish()
      index = try IndicatorIndex.open(path: path)
      whole = try Self.read(path)
      unlink(path)
    } catch {
      fatalError("cannot build an index: \(error)")
    }
    log = Array(Self.values.map { "x=\($0.1) sub.\($0.1)/ \"\($0.1)\"\n" }.joined().utf8)
  }

  private static func read(_ path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
    return Array(bytes[..<max(0, count)])
  }

  func take(_ bytes: [UInt8]) {
    if isScan { scan(bytes) } else { load(bytes) }
  }

  private func scan(_ bytes: [UInt8]) {
    var reference = ReferenceMatcher(index)
    let expected = reference.hits(in: bytes)
    for kernel in Int32(0)...3 where FastMatcher.canRun(kernel: kernel) {
      var fast = FastMatcher(index, kernel: kernel)
      let found = fast.hits(in: bytes)
      precondition(found == expected, "kernel \(kernel) finds \(found) instead of \(expected)")
    }
  }

  /// Four bytes a change: where (three, little-endian) and what. The header's checksum is made good, else nothing would get past it.
  private func load(_ changes: [UInt8]) {
    var bytes = whole
    for start in stride(from: 0, to: changes.count - 3, by: 4) {
      let place = Int(changes[start]) | Int(changes[start + 1]) << 8 | Int(changes[start + 2]) << 16
      bytes[place % bytes.count] = changes[start + 3]
    }
    let head = Array(bytes[..<(IndexFormat.headerLength - 8)])
    let sum = Checksum.of(head)
    for place in 0..<8 { bytes[IndexFormat.headerLength - 8 + place] = UInt8(truncatingIfNeeded: sum >> UInt64(8 * place)) }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    defer { unlink(path) }
    guard let damaged = try? IndicatorIndex.open(path: path) else { return }
    try? damaged.verify()
    for entry in -1...30 { _ = damaged.indicator(at: entry) }
    var fast = FastMatcher(damaged)
    _ = fast.hits(in: log)
  }
}

@_cdecl("FuzzMatching_main")
public func fuzzMatchingMain(_ count: CInt, _ arguments: FuzzArguments) -> CInt { runFuzzer(count, arguments, fuzzOneInput) }
