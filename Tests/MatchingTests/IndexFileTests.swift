import Glibc
import Indicators
import Matching
import Testing

@Suite("The index file")
struct IndexFileTests {
  private func bytes(of indicators: [Indicator], secret: [UInt8] = []) throws -> [UInt8] {
    let path = temporaryPath()
    defer { unlink(path) }
    var builder = IndexBuilder(path: path, secret: secret)
    for indicator in indicators { try builder.add(indicator) }
    _ = try builder.finish()
    return try read(path)
  }

  private func temporaryPath() -> String { "/tmp/ukai-index-\(getpid())-\(UInt64.random(in: .min ... .max)).ukx" }

  private func read(_ path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY)
    defer { close(descriptor) }
    var status = stat()
    try #require(descriptor >= 0 && fstat(descriptor, &status) == 0)
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
    try #require(count == bytes.count)
    return bytes
  }

  /// Opens a file of these bytes and uses everything in it; whether it was opened at all.
  private func survives(_ bytes: [UInt8], text: [UInt8]) -> Bool {
    let path = temporaryPath()
    defer { unlink(path) }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    guard let index = try? IndicatorIndex.open(path: path) else { return false }
    try? index.verify()
    _ = index.inspect()
    for entry in [-1, 0, index.count / 2, index.count - 1, index.count, Int(UInt32.max)] { _ = index.indicator(at: entry) }
    for indicator in RandomLog.indicators.prefix(20) { _ = index.candidates(for: indicator.observable) }
    var fast = FastMatcher(index)
    var reference = ReferenceMatcher(index)
    _ = fast.hits(in: text)
    _ = reference.hits(in: Array(text.prefix(2000)))
    return true
  }

  @Test("is the same for the same indicators in any order, and another with another secret")
  func deterministic() throws {
    let indicators = RandomLog.indicators
    let one = try bytes(of: indicators)
    #expect(try bytes(of: indicators.reversed()) == one)
    #expect(try bytes(of: indicators + indicators.prefix(9)) == one)
    #expect(try bytes(of: indicators, secret: [1, 2, 3]) != one)
  }

  @Test("gives every indicator back, whole")
  func complete() throws {
    let index = try makeIndex(RandomLog.indicators)
    try index.verify()
    #expect(Set((0..<index.count).compactMap { index.indicator(at: $0)?.observable }) == Set(RandomLog.indicators.map(\.observable)))
    for indicator in RandomLog.indicators { #expect(index.find(indicator.observable).count == 1, "\(indicator.value)") }
  }

  @Test("verify tells of any byte that is another")
  func verified() throws {
    let whole = try bytes(of: RandomLog.indicators)
    for place in stride(from: 0, to: whole.count, by: 1 + whole.count / 400) {
      var bytes = whole
      bytes[place] ^= 0x40
      let path = temporaryPath()
      defer { unlink(path) }
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
      _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      close(descriptor)
      #expect(throws: (any Error).self, "byte \(place)") { try IndicatorIndex.open(path: path).verify() }
    }
  }

  @Test("opened whole, is refused when any byte has changed since it was written or found whole")
  func openedWhole() throws {
    let whole = try bytes(of: RandomLog.indicators)
    let path = temporaryPath()
    defer { unlink(path) }
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
    defer { close(descriptor) }
    func change() -> [Int] {
      var status = stat()
      #expect(fstat(descriptor, &status) == 0)
      return [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
    }
    func put(_ bytes: [UInt8], at place: Int) {
      let before = change()
      // Until the clock of the file system, which ticks a hundred times a second on old kernels, tells the two states apart.
      repeat {
        #expect(bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(place)) } == bytes.count)
      } while change() == before
    }
    put(whole, at: 0)
    // Read, then sealed.
    for _ in 0..<2 { _ = try IndicatorIndex.openWhole(path: path) }
    for place in stride(from: 5, to: whole.count, by: 1 + whole.count / 80) {
      put([whole[place] ^ 0x04], at: place)
      #expect(throws: Diagnostic.self, "byte \(place)") { try IndicatorIndex.openWhole(path: path) }
      put([whole[place]], at: place)
      _ = try IndicatorIndex.openWhole(path: path)
    }
  }

  @Test("damaged anywhere, is refused or harmless")
  func damaged() throws {
    let whole = try bytes(of: RandomLog.indicators)
    var log = RandomLog(seed: 11)
    let text = log.text(4000)
    var generator = SeededGenerator(42)
    var opened = 0
    for _ in 0..<150 {
      var bytes = whole
      for _ in 0..<(1 + generator.next() % 40) {
        // Behind the header, which a checksum guards.
        let place = IndexFormat.headerLength + Int(generator.next() % UInt64(bytes.count - IndexFormat.headerLength))
        bytes[place] = UInt8(truncatingIfNeeded: generator.next())
      }
      if survives(bytes, text: text) { opened += 1 }
    }
    #expect(opened == 150)
    for _ in 0..<40 {
      var bytes = whole
      bytes[Int(generator.next() % UInt64(IndexFormat.headerLength))] ^= UInt8(1 << (generator.next() % 8))
      #expect(!survives(bytes, text: text), "a damaged header was taken")
    }
    for _ in 0..<20 { #expect(!survives(Array(whole.prefix(Int(generator.next() % UInt64(whole.count)))), text: text), "a cut file was taken") }
  }

  @Test("forged with sections of any place and length, is refused or harmless")
  func forged() throws {
    let whole = try bytes(of: RandomLog.indicators)
    var log = RandomLog(seed: 12)
    let text = log.text(3000)
    var generator = SeededGenerator(43)
    let header = try whole.withUnsafeBytes { try IndexFormat.Header(reading: $0, path: "-") }
    for _ in 0..<150 {
      var forged = header
      for _ in 0..<3 {
        let place = Int(generator.next() % UInt64(forged.sections.count))
        switch generator.next() % 4 {
        case 0: forged.sections[place].offset = generator.next() % UInt64(whole.count + 200) / 64 * 64
        case 1: forged.sections[place].length = generator.next() % UInt64(whole.count)
        case 2: forged.sections[place].offset = forged.sections[Int(generator.next() % UInt64(forged.sections.count))].offset
        default: forged.sections[place].length = generator.next()
        }
      }
      if generator.chance(3) { forged.entries = generator.next() % 500 }
      if generator.chance(3) { forged.features = IndexFormat.Features(rawValue: generator.next()) }
      _ = survives(forged.bytes + whole.dropFirst(IndexFormat.headerLength), text: text)
    }
  }
}
