import Feeds
import Foundation
import Indicators
import Rules
import Testing

/// A list's rows that go out as bytes must be what they are when every row goes the long way.
@Suite struct PlainRowTests {
  private static func read(_ body: String, quickly: Bool, type: IndicatorType? = nil) throws -> (rows: [FeedIndicator], rejected: [String], report: IngestReport, plain: Int) {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("ukai-plain-\(UUID().uuidString).txt").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(body.utf8).write(to: URL(fileURLWithPath: path))
    var definition = FeedDefinition(name: "f", file: "f", location: .local(path: path), format: .plain)
    if let type { definition.map = FeedMap(everyValueAs: type) }
    let ingest = FeedIngest(definition: definition, warninglists: .none, now: Timestamp(seconds: 1_717_200_000)) { ActorAttribution(status: .unknown, raw: $0) }
    var rows: [FeedIndicator] = []
    var rejected: [String] = []
    var plain = 0
    func take(_ row: IngestRow) {
      switch row {
      case .indicator(var indicator):
        // Names the row's bytes, which a row that goes out as bytes has no need of.
        indicator.row = nil
        rows.append(indicator)
      case .rejected(let input, let reason, let line): rejected.append("\(line) \(input) \(reason)")
      case .revoked: break
      }
    }
    let report: IngestReport
    if quickly {
      report = try ingest.read(
        bodyPath: path,
        emitPlain: {
          plain += 1
          rows.append($0.indicator)
        }, emit: take)
    } else {
      report = try ingest.read(bodyPath: path, emit: take)
    }
    return (rows, rejected, report, plain)
  }

  private static let parts = [
    "203.0.113.7", "10.0.0.1", "203.0.113.7:8080", "203.0.113.7:0443", "203.0.113.7:99999", "evil.example", "EVIL.example", "a.b.evil.com", "com", "co.uk", "github.io",
    "printer.local", "x.lan", "home.arpa", "localhost", "http://evil.example/a?b=c", "https://evil.example:8443/", "http://10.0.0.1/x", "http://x.local/y", "http://evil.example",
    "http://t.me/name", "https://github.com/a/b", "d41d8cd98f00b204e9800998ecf8427e", "0123456789abcdef0123456789abcdef", "00000000000000000000000000000000",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "# note", "; note", "//x", "\"q.example\"", "evil[.]example", "a b", "", "x", "asn.example", "cve.example",
    "report.zip", "dmm.com", "xn--bcher-kva.example", "198.51.100.0/24", "\u{FEFF}evil.example", "é.example", "evil.example\r", " evil.example ", "evil.onion", "2001:db8::1", ".", "..", "1.2.3",
    "2a00:1:2:3:4:5:6:7", "2A00:1:0:0:0:0:0:7", "fe80::1", "::ffff:203.0.113.7", "203.0.113.0/24", "10.0.0.0/8", "203.0.113.9/24", "203.0.0.0/12", "2a00:1::/32", "2a00:1:0::/48", "2000::/8", "fc00::/48",
    "user@evil.example", "First.User@evil.com", "x@co.uk", "x@printer.local", "a..b@evil.com", "x@y@evil.com", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed", "0x000000000000000000000000000000000000dead",
  ]

  @Test("a first line that says its type is a value, well formed or not; what names columns is none")
  func firstLine() throws {
    for line in ["sha256:zz", "md5: nothing", "domain=", "ip:300.1.1.1"] {
      let read = try Self.read(line + "\nevil.example\n", quickly: false)
      #expect(read.rows.count + read.rejected.count == (line == "domain=" ? 1 : 2), "\(line)")
    }
    for line in ["ip:port", "sha256", "Domains:", "md5_hash"] {
      let read = try Self.read(line + "\nevil.example\n", quickly: false)
      #expect(read.rows.count == 1 && read.rejected.isEmpty, "\(line)")
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func bytesSayWhatTheLongWaySays(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    func random(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
    var body = ""
    for _ in 0..<3000 {
      var line = Array(Self.parts[random(Self.parts.count)].utf8)
      // Half of them as they are, half with a byte changed, added or taken off.
      if random(2) == 0, !line.isEmpty {
        let place = random(line.count)
        let byte = Array("abcdef0123456789.-:/_?#%ABCXZ@\t\"".utf8)[random(32)]
        switch random(3) {
        case 0: line[place] = byte
        case 1: line.insert(byte, at: place)
        default: line.remove(at: place)
        }
      }
      body += String(decoding: line, as: UTF8.self) + (random(50) == 0 ? "\r\n" : "\n")
    }
    let slow = try Self.read(body, quickly: false)
    let quick = try Self.read(body, quickly: true)
    #expect(quick.plain > 300 && slow.plain == 0)
    #expect(quick.rows == slow.rows)
    #expect(quick.rejected == slow.rejected)
    #expect(quick.report.rows == slow.report.rows && quick.report.indicators == slow.report.indicators && quick.report.reasons == slow.report.reasons)
  }
}
