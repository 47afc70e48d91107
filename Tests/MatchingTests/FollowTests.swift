import Glibc
import Indicators
import Matching
import Synchronization
import Testing

@Suite("following logs")
struct FollowTests {
  /// Follows `x.log` until `quietCalls` questions whether to end brought nothing new after `change` was made, which is as soon as the first find is handed over.
  private func follow(_ bench: Bench, quietCalls: Int = 10, change: @escaping () -> Void) throws -> LogScanSummary {
    let store = bench.store
    let quiet = Mutex(0)
    var isChanged = false
    let scan = bench.scan()
    return try scan.follow(
      [bench.folder.file("x.log")], store: store,
      isCancelled: { quiet.withLock { $0 += 1; return $0 > quietCalls } }, renewed: { scan },
      deliver: { batch in
        store.commit(batch)
        guard !batch.sightings.isEmpty else { return }
        quiet.withLock { $0 = 0 }
        if !isChanged { change() }
        isChanged = true
      })
  }

  /// A log that is rotated `times` times before it is looked at again; each of them holds a find.
  private func rotate(_ bench: Bench, times: Int, compress: Bool = false) {
    let folder = bench.folder
    for turn in 1...times {
      for number in stride(from: turn, to: 0, by: -1) {
        for ending in ["", ".gz"] where access(folder.file("x.log.\(number)\(ending)"), F_OK) == 0 {
          Tool.run("mv", [folder.file("x.log.\(number)\(ending)"), folder.file("x.log.\(number + 1)\(ending)")])
        }
      }
      Tool.run("mv", [folder.file("x.log"), folder.file("x.log.1")])
      if compress { Tool.run("gzip", [folder.file("x.log.1")]) }
      folder.write("turn \(turn) evil.example\n", to: "x.log")
    }
  }

  @Test("rotated more than once between two looks: those in the middle are read, each line once", arguments: [1, 2, 4], [false, true])
  func rotations(times: Int, compress: Bool) throws {
    let bench = Bench()
    bench.folder.write("first evil.example\n", to: "x.log")
    let summary = try follow(bench) { rotate(bench, times: times, compress: compress) }
    #expect(bench.store.delivered.map(\.event.raw).sorted() == ["first evil.example"] + (1...times).map { "turn \($0) evil.example" })
    #expect(summary.sightings == times + 1)
    #expect(summary.filesSkipped == [])
    // A scan of the folder knows it all.
    #expect(try bench.run().sightings == 0)
  }

  @Test("what lay beside a log before it was followed, and what is no rotation of it, is left alone")
  func bystanders() throws {
    let bench = Bench()
    for name in ["x.log.1", "x.log.2"] { bench.folder.write("earlier evil.example\n", to: name) }
    Tool.run("touch", ["-d", "2020-01-01", bench.folder.file("x.log.1"), bench.folder.file("x.log.2")])
    bench.folder.write("first evil.example\n", to: "x.log")
    _ = try follow(bench) {
      bench.folder.write("other evil.example\n", to: "x.log.other")
      bench.folder.write("other evil.example\n", to: "y.log.1")
      Tool.run("gzip", [bench.folder.file("x.log.1")])
      Tool.run("mv", [bench.folder.file("x.log.1.gz"), bench.folder.file("x.log.3.gz")])
      rotate(bench, times: 2)
    }
    #expect(bench.store.delivered.map(\.event.raw) == ["first evil.example", "turn 1 evil.example", "turn 2 evil.example"])
  }

  @Test func namesOfRotatedLogs() {
    let siblings = RotatedSiblings(of: LogPath("/var/log/app.log"))
    for name in ["app.log.1", "app.log.12.gz", "app.log-20261127", "app.log.2026-11-27T10:00:00+0100.zst", "app.log.old", "app-20261127.log", "app.1.log.xz"] {
      #expect(siblings.isRotated(Array(name.utf8)), "\(name)")
    }
    for name in ["app.log", "app.log.", "app.log.gz", "app.logs", "app.log.web", "app.log.1.txt", "apps.1.log", "app.web.log", "app.log1", "b.log.1", ""] {
      #expect(!siblings.isRotated(Array(name.utf8)), "\(name)")
    }
    #expect(RotatedSiblings(of: LogPath("messages")).isRotated(Array("messages.1".utf8)))
  }
}
