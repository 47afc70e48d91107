import FuzzEntry
import Glibc
import Indicators

/// libFuzzer's entry. Any bytes: nothing may trap, every canonical form is its own canonical form, refanging twice is refanging once, the
/// short way of URLs is the long way.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzValues(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
  let type = IndicatorType.allCases[Int(bytes.first ?? 0) % IndicatorType.allCases.count]
  if let once = try? Canonicalizer.canonicalize(text, as: type) {
    guard let twice = try? Canonicalizer.canonicalize(once.canonical, as: once.type), twice.canonical == once.canonical, twice.match == once.match else {
      report("canonical form of \(type.rawValue) is not its own", text)
    }
  }
  let refanged = Refang.refang(text)
  if Refang.refang(refanged.output).changed { report("refanging is not idempotent", text) }
  _ = Refang.defang(text)
  _ = Canonicalizer.readings(of: text)
  if count < 4096 { _ = TextExtractor().extract(text) }
  let url = Array(text.utf8)[...]
  if (try? Canonicalizer.url(url)) != (try? Canonicalizer.standardURL(url)) { report("two readings of a URL", text) }
  return 0
}

private func report(_ what: String, _ text: String) -> Never {
  // Standard output would be lost with the process.
  let line = Array("\(what): \(text.debugDescription)\n".utf8)
  _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  abort()
}

@_cdecl("FuzzValues_main")
public func fuzzValuesMain(_ count: CInt, _ arguments: FuzzArguments) -> CInt { runFuzzer(count, arguments, fuzzValues) }
