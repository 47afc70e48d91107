import Indicators
import Matching
import Testing

@Suite("A scan of logs")
struct LogScanTests {
  @Test("finds lines, counts them and leaves a cursor")
  func basic() throws {
    let bench = Bench()
    bench.folder.write("one\ntwo evil.example x\nthree\n", to: "a.log")
    let summary = try bench.run()
    #expect(summary.sightings == 1)
    #expect(summary.lines == 3)
    #expect(summary.bytes == 29)
    let sighting = try #require(bench.store.delivered.first)
    #expect(sighting.match.line == 2)
    #expect(sighting.match.offset == 8)
    #expect(sighting.event.raw == "two evil.example x")
    #expect(bench.store.cursors.values.first?.offset == 29)
    #expect(try bench.run().sightings == 0)
  }

  @Test("follows a log through rename, append and compression", arguments: ["gzip", "zstd", "xz", "bzip2"])
  func rotation(tool: String) throws {
    let bench = Bench()
    let lines = (0..<2000).map { "line \($0) host-\($0 % 7)" + ($0 % 500 == 3 ? " evil.example" : "") }.joined(separator: "\n") + "\n"
    bench.folder.write(lines, to: "x.log")
    #expect(try bench.run().sightings == 4)
    Tool.run("mv", [bench.folder.file("x.log"), bench.folder.file("x.log.1")])
    #expect(try bench.run().sightings == 0)
    bench.folder.append("more evil.example\n", to: "x.log.1")
    #expect(try bench.run().sightings == 1)
    Tool.run(tool, ["-q"] + (tool == "zstd" ? ["--rm"] : []) + [bench.folder.file("x.log.1")])
    let summary = try bench.run()
    #expect(summary.sightings == 0)
    #expect(summary.filesRead == 1)
    #expect(summary.filesSkipped == [])
    #expect(bench.store.sightings.count == 5)
    let again = try bench.run()
    #expect(again.filesUnchanged == 1)
  }
}
