import FoundationEssentials
import Glibc
import Indicators

// Throughput of the canonicaliser on a fixed mix of values, in values a second of one core's CPU time.
//
// canonicalize [SECONDS] [--by-type]
//
// The mix is that of public feeds: hosts and URLs first, then addresses and digests, few wallets. Every value's answer is counted, and
// a run ends with 1 when the counts are not those that the mix must give.

struct Mix {
  private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

  mutating func next(_ limit: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(limit))
  }

  mutating func hex(_ count: Int) -> String { String((0..<count).map { _ in Array("0123456789abcdef")[next(16)] }) }
  mutating func word() -> String { String((0..<(4 + next(9))).map { _ in Array("abcdefghijklmnopqrstuvwxyz0123456789")[next(36)] }) }
  mutating func host() -> String {
    let tops = ["com", "net", "org", "example", "xyz", "top", "ru", "co.uk", "info", "io", "online", "de"]
    return (next(3) == 0 ? word() + "." : "") + word() + "." + tops[next(tops.count)]
  }

  mutating func value() -> (IndicatorType, String) {
    switch next(100) {
    case ..<28: return (.domain, next(10) == 0 ? host().uppercased() : host())
    case ..<50: return (.url, "http\(next(2) == 0 ? "s" : "")://\(host())/\(word())/\(word()).php?id=\(next(100_000))")
    case ..<70: return (.ipv4, "\(1 + next(223)).\(next(256)).\(next(256)).\(next(256))")
    case ..<75: return (.ipv4Port, "\(1 + next(223)).\(next(256)).\(next(256)).\(next(256)):\(1 + next(65_535))")
    case ..<77: return (.ipv6, "2001:db8:\(hex(4)):\(hex(4))::\(hex(3))")
    case ..<79: return (.cidr, "\(1 + next(223)).\(next(256)).\(next(256)).0/\(16 + next(16))")
    case ..<88: return (.sha256, hex(64))
    case ..<93: return (.md5, hex(32).uppercased())
    case ..<96: return (.sha1, hex(40))
    case ..<98: return (.email, word() + "@" + host())
    case 98: return (.evm, "0x" + hex(40))
    default: return (.cve, "CVE-20\(10 + next(16))-\(10_000 + next(80_000))")
    }
  }
}

/// Processor time of this process; POSIX counts it in millionths of a second.
func cpuSeconds() -> Double { Double(clock()) / 1e6 }

func rate(_ values: [(IndicatorType, String)], seconds: Double) -> (perSecond: Double, rejected: Int, bytes: Int) {
  var rounds = 0
  var rejected = 0
  var bytes = 0
  let start = cpuSeconds()
  repeat {
    for (type, value) in values {
      if let observable = try? Canonicalizer.canonicalize(value, as: type) { bytes += observable.canonical.utf8.count } else { rejected += 1 }
    }
    rounds += 1
  } while cpuSeconds() - start < seconds
  return (Double(rounds * values.count) / (cpuSeconds() - start), rejected / rounds, bytes / rounds)
}

let arguments = CommandLine.arguments.dropFirst()
let seconds = arguments.compactMap { Double($0) }.first ?? 3
var mix = Mix()
let values = (0..<100_000).map { _ in mix.value() }
if arguments.contains("--by-type") {
  for (type, group) in Dictionary(grouping: values, by: { $0.0 }).sorted(by: { $0.value.count > $1.value.count }) {
    let result = rate(group, seconds: 0.5)
    print("\(type.rawValue)\t\(Int(result.perSecond)) values/s\t\(result.rejected) rejected of \(group.count)")
  }
}
let result = rate(values, seconds: seconds)
print("measured canonicalize \(Int(result.perSecond)) values/s of CPU time, mixed; \(values.count) values, \(result.rejected) rejected")
exit(result.rejected == 0 ? 0 : 1)
