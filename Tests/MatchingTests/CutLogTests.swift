import Glibc
import Indicators
import Matching
import Synchronization
import Testing

/// A log that is cut and written anew (copytruncate) while it is looked at, and the copy that is being made of it.
@Suite("A log that is cut while it is read")
struct CutLogTests {
  /// Does something to the log the first time it is called.
  private final class Hook: Sendable {
    private let action = Mutex<(@Sendable () -> Void)?>(nil)
    func set(_ action: @escaping @Sendable () -> Void) { self.action.withLock { $0 = action } }
    func fire() {
      self.action.withLock { action in
        action?()
        action = nil
      }
    }
  }

  private struct HookedMatcher: ChunkMatcher {
    var base: NeedleMatcher
    let hook: Hook

    mutating func hits(in chunk: UnsafeRawBufferPointer, into hits: inout [RawHit]) {
      base.hits(in: chunk, into: &hits)
      hook.fire()
    }
  }

  /// Cursors are asked for when the log's first bytes are known and nothing else was read.
  private struct HookedStore: CursorStore {
    let base: MemoryStore
    let hook: Hook

    func cursorPrefixLengths() throws -> [Int] {
      hook.fire()
      return base.cursorPrefixLengths()
    }

    func cursor(generation: String) throws -> LogCursor? { base.cursor(generation: generation) }

    func cursors(prefixLength: Int, prefixHash: String) throws -> [LogCursor] {
      base.cursors(prefixLength: prefixLength, prefixHash: prefixHash)
    }
  }

  private static func lines(_ name: String, _ count: Int) -> String {
    (0..<count).map { "\(name) line \($0) of a log" + ($0 % 100 == 7 ? " evil.example" : "") }.joined(separator: "\n") + "\n"
  }

  private static func raw(_ bench: Bench) -> [String] { bench.store.delivered.map(\.event.raw) }

  @Test("between its first bytes and its reading", arguments: [1, 40, 4000])
  func beforeReading(count: Int) throws {
    let bench = Bench()
    let (folder, hook) = (bench.folder, Hook())
    bench.folder.write(Self.lines("old", count) + "old evil.example\n", to: "x.log")
    hook.set { folder.write("new evil.example\n" + Self.lines("new", 3000), to: "x.log") }
    let store = bench.store
    _ = try bench.scan().run([bench.folder.path], store: HookedStore(base: store, hook: hook)) { store.commit($0) }
    _ = try bench.run()
    #expect(Self.raw(bench).count == 31)
    #expect(Set(store.delivered.map(\.id)).count == 31)
    #expect(Self.raw(bench).allSatisfy { $0.hasPrefix("new ") })
  }

  @Test("after it was found again, longer than before")
  func whereItWasLeft() throws {
    let bench = Bench()
    let (folder, hook) = (bench.folder, Hook())
    bench.folder.write("old evil.example\n", to: "x.log")
    _ = try bench.run()
    bench.folder.append("old too evil.example\n", to: "x.log")
    // The new log's bytes at the old one's end are the middle of a line.
    hook.set { folder.write("new " + String(repeating: "long ", count: 20) + "evil.example\n", to: "x.log") }
    let store = bench.store
    _ = try bench.scan().run([bench.folder.path], store: HookedStore(base: store, hook: hook)) { store.commit($0) }
    _ = try bench.run()
    #expect(Self.raw(bench).count == 2)
    #expect(Self.raw(bench).last?.hasPrefix("new long") == true)
  }

  @Test("between two pieces: each line of both logs that was read counts once, and none is torn")
  func betweenPieces() throws {
    let bench = Bench()
    let (folder, hook) = (bench.folder, Hook())
    bench.folder.write(Self.lines("old", 20_000), to: "x.log")
    hook.set { folder.write(Self.lines("new", 30_000), to: "x.log") }
    let (needles, options) = (bench.needles, bench.options)
    let hooked = LogScan(
      matcher: { HookedMatcher(base: NeedleMatcher(needles), hook: hook) }, indicator: { _ in
        Indicator(observable: Observable(type: .domain, canonical: "evil.example"), feeds: ["test"], confidence: 80)
      }, suppressions: .none, sources: .none, options: options)
    let store = bench.store
    _ = try hooked.run([bench.folder.path], store: store) { store.commit($0) }
    _ = try bench.run()
    let raw = Self.raw(bench)
    #expect(Set(raw).count == raw.count)
    #expect(raw.filter { $0.hasPrefix("new line ") }.count == 300)
    let old = raw.filter { $0.hasPrefix("old line ") }.count
    #expect(old > 0 && old < 200)
    #expect(raw.count == 300 + old)
  }

  @Test("a copy that is still being made is known, and goes on where the log was left")
  func copy() throws {
    var bench = Bench()
    bench.options.now = Timestamp(seconds: Int64(time(nil)))
    let text = Self.lines("a", 5000)
    bench.folder.write(text, to: "x.log")
    #expect(try bench.run().sightings == 50)
    for part in [4096, 10_000, 65_536, 100_000] {
      bench.folder.write(Array(text.utf8.prefix(part)), to: "x.log.1")
      let summary = try bench.run()
      #expect(summary.sightings == 0)
      #expect(summary.notes.map(\.reason).contains { $0.hasPrefix("partial: ") })
    }
    bench.folder.write(text + "late evil.example\n", to: "x.log.1")
    bench.folder.write("", to: "x.log")
    #expect(try bench.run().sightings == 1)
    #expect(Self.raw(bench).count == 51)
  }

  @Test("a new log that begins like an old one is no copy of it")
  func sharedBeginning() throws {
    let bench = Bench()
    let header = String(repeating: "# a header that all logs of this kind have\n", count: 60)
    bench.folder.write(header + Self.lines("old", 1000), to: "x.log")
    #expect(try bench.run().sightings == 10)
    bench.folder.write(header + Self.lines("new", 400), to: "x.log")
    #expect(try bench.run().sightings == 4)
    bench.folder.append(Self.lines("newer", 1000), to: "x.log")
    #expect(try bench.run().sightings == 10)
    #expect(Set(Self.raw(bench)).count == 24)
  }

  @Test("a shorter log with the same long beginning is read, written anew in place or beside the old one")
  func longBeginning() throws {
    var bench = Bench()
    let header = String(repeating: "# a header that all logs of this kind have\n", count: 120)
    bench.folder.write(header + Self.lines("old", 1000), to: "x.log")
    #expect(try bench.run().sightings == 10)
    // In place: no copy of itself.
    bench.folder.write(header + "new evil.example\n", to: "x.log")
    #expect(try bench.run().sightings == 1)
    // Beside it: perhaps a copy that is still being made, until it was left alone.
    bench.folder.write(header + "other evil.example\n", to: "y.log")
    let written = Int64(time(nil))
    bench.options.now = Timestamp(seconds: written)
    bench.folder.write(header + Self.lines("old", 1000), to: "x.log")
    #expect(try bench.run(["x.log", "y.log"]).sightings == 0)
    bench.options.now = Timestamp(seconds: written + 700)
    #expect(try bench.run().sightings == 1)
    #expect(Self.raw(bench).last == "other evil.example")
    // What a cut copy shares with its log counts once.
    bench.folder.write(Array((header + Self.lines("old", 1000)).utf8.prefix(8000)), to: "z.log")
    bench.options.now = Timestamp(seconds: written + 1400)
    try bench.run()
    #expect(bench.store.sightings.count == 12)
  }

  @Test("a log that is first met with its header alone is not the log of the day before, which was", arguments: [false, true])
  func headerAlone(isRenamed: Bool) throws {
    let bench = Bench()
    for day in 20..<25 {
      bench.folder.write("time,src_ip,dst_name\n", to: "x.csv")
      #expect(try bench.run().sightings == 0)
      bench.folder.append("2026-05-\(day)T10:00:00Z,10.1.1.5,evil.example\n", to: "x.csv")
      #expect(try bench.run().sightings == 1)
      #expect(try bench.run().sightings == 0)
      if isRenamed { rename(bench.folder.file("x.csv"), bench.folder.file("x.csv.\(day)")) }
    }
    #expect(bench.store.sightings.count == 5)
  }

  @Test("a last line that was left out is read by the next look, though the log did not change")
  func lastLine() throws {
    var bench = Bench()
    bench.options.deliversFragments = false
    bench.folder.write("a\nevil.example", to: "x.log")
    #expect(try bench.run().sightings == 0)
    #expect(try bench.run().sightings == 0)
    bench.options.deliversFragments = true
    #expect(try bench.run().sightings == 1)
    #expect(try bench.run().filesUnchanged == 1)
  }
}
