import Glibc
import Indicators
import Matching
import Testing

/// An index of some indicators, opened; its file is gone when this returns, the map stays.
func makeIndex(_ indicators: [Indicator], secret: [UInt8] = []) throws -> IndicatorIndex {
  let path = "/tmp/ukai-index-\(getpid())-\(UInt64.random(in: .min ... .max)).ukx"
  defer { unlink(path) }
  var builder = IndexBuilder(path: path, secret: secret)
  for indicator in indicators { try builder.add(indicator) }
  _ = try builder.finish()
  return try IndicatorIndex.open(path: path)
}

/// The kernels that this CPU can run.
var kernels: [Int32] { (0...3).filter { FastMatcher.canRun(kernel: $0) } }

/// What differs between two lists of hits, for people.
func difference(_ found: [RawHit], _ expected: [RawHit], _ index: IndicatorIndex, _ text: [UInt8]) -> String {
  func show(_ hit: RawHit) -> String {
    "\(index.indicator(at: hit.entry)?.value ?? "?") as '\(String(decoding: text[hit.range], as: UTF8.self))' at \(hit.range), \(hit.mode), \(hit.view)"
  }
  let missing = expected.filter { !found.contains($0) }.prefix(5).map { "missing " + show($0) }
  let extra = found.filter { !expected.contains($0) }.prefix(5).map { "extra " + show($0) }
  return (missing + extra).joined(separator: "\n")
}
