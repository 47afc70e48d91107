import Glibc
import Indicators
import Matching
import Testing

@Suite("A scan of logs")
struct LogScanTests {
  /// A line may hold any number of hits: they come in batches of bounded size, and the cursor moves with the last one alone.
  @Test func aLineFullOfHitsComesInBoundedBatches() throws {
    var bench = Bench()
    bench.options.batchLimit = 100
    let line = String(repeating: "evil.example ", count: 30_000)
    bench.folder.write("first evil.example\n" + line + "\nlast evil.example\n", to: "wide.log")
    var sizes: [Int] = []
    var texts: [Int] = []
    var cursors: [Int] = []
    let store = bench.store
    let summary = try bench.scan().run([bench.folder.path], store: store) { batch in
      sizes.append(batch.sightings.count)
      var seen: Set<Substring> = []
      texts.append(batch.sightings.reduce(0) { $0 + (seen.insert(Substring($1.event.raw)).inserted ? $1.event.raw.utf8.count : 0) })
      cursors.append(batch.cursor?.offset ?? 0)
      store.commit(batch)
    }
    #expect(summary.sightings == 30_002)
    #expect(store.sightings.count == 30_002)
    #expect(store.delivered.count == 30_002)
    #expect((sizes.max() ?? 0) <= 100)
    #expect((texts.max() ?? 0) < 9 << 20)
    #expect(cursors.dropLast().allSatisfy { $0 == 0 })
    let size: Int = bench.folder.bytes(of: "wide.log").count
    #expect(cursors.last == size)
  }

  @Test("streams that begin alike are told apart line by line; the same stream again is the same")
  func streams() throws {
    let bench = Bench()
    func identities(_ text: String) throws -> [String] {
      let descriptor = open(bench.folder.write(text, to: "stream"), O_RDONLY)
      defer { close(descriptor) }
      var found: [String] = []
      _ = try bench.scan().run(stream: descriptor) { found += $0.sightings.map(\.id) }
      return found
    }
    let days = try (20...22).map { try identities("time,src_ip,dst_name\n2026-05-\($0)T10:00:00Z,10.1.1.5,evil.example evil.example\n") }
    #expect(Set(days.joined()).count == 6)
    #expect(try identities("time,src_ip,dst_name\n2026-05-21T10:00:00Z,10.1.1.5,evil.example evil.example\n") == days[1])
    // Neighbours in a store.
    #expect(Set(days.joined().map { $0.prefix(8) }).count == 1)
  }

  /// Logs with a long constant header are all candidates for each other; each is known by what follows.
  @Test("logs that begin alike, written on, renamed, copied and left alone: each find once", arguments: [1, 2, 3, 4] as [UInt64])
  func logsThatBeginAlike(seed: UInt64) throws {
    let bench = Bench()
    var generator = SeededGenerator(seed)
    let header = String(repeating: "#a constant header\n", count: 80)
    var lines: [String: Int] = [:]
    var (written, number) = (0, 0)
    func write(_ name: String, count: Int) {
      for _ in 0..<count {
        bench.folder.append("line \(written) of \(name) evil.example\n", to: name)
        written += 1
      }
      lines[name, default: 0] += count
    }
    for round in 0..<6 {
      var copies: [String] = []
      for name in lines.keys.sorted() {
        switch generator.next() % 6 {
        case 0, 1: write(name, count: 1 + Int(generator.next() % 60))
        case 2:
          rename(bench.folder.file(name), bench.folder.file("\(name).1"))
          lines["\(name).1"] = lines.removeValue(forKey: name)
        case 3:
          copies.append(bench.folder.file("\(name).copy"))
          Tool.run("cp", [bench.folder.file(name), copies[copies.count - 1]])
        default: break
        }
      }
      for _ in 0..<8 {
        number += 1
        bench.folder.write(header, to: "log\(number)")
        write("log\(number)", count: 1 + Int(generator.next() % 200))
      }
      let known = bench.store.sightings.count
      let summary = try bench.run()
      #expect(bench.store.sightings.count == written, "round \(round)")
      #expect(summary.filesSkipped.isEmpty)
      #expect(summary.sightings == written - known, "round \(round)")
      let again = try bench.run()
      #expect(again.sightings == 0 && again.bytes == 0, "round \(round)")
      for copy in copies { unlink(copy) }
    }
  }

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

  @Test("a short log's copy counts once though the log has grown", arguments: [200, 1500, 3500])
  func shortCopy(bytes: Int) throws {
    var bench = Bench()
    let line = "10 letters evil.example\n"
    bench.folder.write(String(repeating: line, count: bytes / line.utf8.count), to: "x.log")
    let count = try bench.run().sightings
    Tool.run("cp", [bench.folder.file("x.log"), bench.folder.file("x.log.copy")])
    bench.folder.append(String(repeating: "more evil.example\n", count: 300), to: "x.log")
    #expect(try bench.run().sightings == 300)
    let again = try bench.run()
    #expect(again.sightings == 0)
    #expect(again.notes.map(\.path) == [bench.folder.file("x.log.copy")])
    // A hunt looks into it, under the identity that its lines have.
    bench.options.onlyKnown = true
    try bench.run()
    #expect(bench.store.sightings.count == count + 300)
    // What it gets of its own is read.
    bench.options.onlyKnown = false
    bench.folder.append("own evil.example\n", to: "x.log.copy")
    #expect(try bench.run().sightings >= 1)
  }

  @Test("only a file that begins as before and goes on otherwise is called replaced, not others with its header")
  func sharedHeader() throws {
    let bench = Bench()
    let header = String(repeating: "a,long,constant,header,of,many,columns\n", count: 40)
    for name in ["a.csv", "b.csv", "c.csv"] { bench.folder.write(header + "\(name) evil.example\n", to: name) }
    let first = try bench.run()
    #expect(first.sightings == 3)
    #expect(first.notes == [])
    bench.folder.write(header + "d evil.example\n", to: "d.csv")
    #expect(try bench.run().notes == [])
    // Written anew in place, as copytruncate leaves it.
    bench.folder.write(header + "other evil.example\n", to: "a.csv")
    let anew = try bench.run()
    #expect(anew.sightings == 1)
    #expect(anew.notes.map(\.path) == [bench.folder.file("a.csv")])
  }

  @Test("a hunt reads what was scanned, no further, and moves no cursor")
  func hunt() throws {
    var bench = Bench()
    bench.folder.write("one evil.example\ntwo late.example\n", to: "a.log")
    #expect(try bench.run(["a.log"]).sightings == 1)
    bench.folder.append("three late.example evil.example\n", to: "a.log")
    bench.folder.write("four late.example\n", to: "new.log")
    let cursors = bench.store.cursors
    var hunt = bench
    hunt.needles = ["late.example"]
    hunt.options.onlyKnown = true
    let found = try hunt.run(["a.log", "new.log"])
    #expect(found.sightings == 1)
    #expect(found.bytes == 34)
    #expect(found.bytesSkipped == 0)
    #expect(found.notes.map(\.path) == [bench.folder.file("new.log")])
    #expect(bench.store.cursors == cursors)
    // The scan that follows finds all the rest, and nothing twice.
    bench.needles = ["evil.example", "late.example"]
    #expect(try bench.run(["a.log", "new.log"]).sightings == 3)
    #expect(bench.store.delivered.count == bench.store.sightings.count)
  }

  @Test("a hunt finds a log under the name that a scan last saw, compressed too")
  func huntAfterRotation() throws {
    let bench = Bench()
    bench.folder.write("one late.example\nend without newline late.example", to: "a.log")
    try bench.run()
    Tool.run("mv", [bench.folder.file("a.log"), bench.folder.file("a.log.1")])
    #expect(try bench.run().filesUnchanged == 1)
    #expect(bench.store.cursors.values.map(\.path) == [bench.folder.file("a.log.1")])
    var hunt = bench
    hunt.needles = ["late.example"]
    hunt.options.onlyKnown = true
    #expect(try hunt.run(["a.log.1"]).sightings == 2)
    Tool.run("gzip", [bench.folder.file("a.log.1")])
    try bench.run()
    #expect(bench.store.cursors.values.map(\.path) == [bench.folder.file("a.log.1.gz")])
    _ = try hunt.run(["a.log.1.gz"])
    #expect(bench.store.sightings.count == 2)
  }

  @Test("what a zip file holds is said not to be read; so is what a hunt leaves out")
  func containers() throws {
    let bench = Bench()
    bench.folder.write([0x50, 0x4B, 0x03, 0x04] + [UInt8](repeating: 0, count: 60), to: "a.zip")
    let summary = try bench.run()
    #expect(summary.filesSkipped.map(\.reason) == ["zip-not-decoded"])
    #expect(!summary.isComplete)
  }

  @Test("what matching bytes tells little of is said", arguments: Container.all)
  func hiddenContent(_ container: Container) throws {
    let bench = Bench()
    let expected = container.reason.map { [$0] } ?? []
    let file = bench.folder.write(container.bytes, to: "a.log")
    #expect(try bench.run().filesSkipped.map(\.reason) == expected)
    Tool.run("gzip", [file])
    #expect(try bench.run().filesSkipped.map(\.reason) == expected, "compressed")
  }

  /// Windows PowerShell appends UTF-16 to a log of whatever encoding.
  @Test("what was appended in UTF-16 is read, wherever its letters fall", arguments: [60, 63, 1000, 400_000])
  func appendedUTF16(before: Int) throws {
    let bench = Bench()
    func wide(_ text: String) -> [UInt8] { text.utf8.flatMap { [$0, 0] } }
    let old = Array(String(repeating: "a line of eight words and nothing to see\n", count: before / 41).utf8) + Array("x\n".utf8.prefix(before % 3))
    let line = "2026-05-31T10:00:00Z dst=evil.example allowed, and so the line goes on until it is as long as such lines usually are, or longer than that.\r\n"
    bench.folder.write(old + wide(line) + wide("end\r\n") + Array("an old evil.example again\n".utf8), to: "a.log")
    #expect(try bench.run().sightings == 2)
    let matches = bench.store.delivered.map(\.match).sorted { $0.offset < $1.offset }
    #expect(matches.map(\.view) == [.utf16, .raw])
    #expect(matches.first?.offset == old.count + 2 * 25)
    #expect(matches.first?.length == 2 * "evil.example".utf8.count)
    #expect(matches.first?.value == "evil.example")
  }

  /// Whoever chooses a log's first bytes must not hide what follows; and programs append in what encoding they like.
  @Test("what was appended in bytes to a log in UTF-16 is read, and what follows in UTF-16", arguments: [60, 63, 1000, 400_000], [true, false])
  func appendedBytes(before: Int, isLittle: Bool) throws {
    let bench = Bench()
    func wide(_ text: String) -> [UInt8] { text.utf8.flatMap { isLittle ? [$0, 0] : [0, $0] } }
    let start = wide(String(repeating: "a line, evil.example\n", count: 1 + before / 21))
    let line = "2026-05-31T10:00:00Z dst=evil.example and so on\n"
    let log = start + Array("\"\n".utf8.prefix(before % 3)) + Array(line.utf8) + wide("2026-05-31T10:00:01Z dst=evil.example\r\n") + Array(line.utf8)
    bench.folder.write(log, to: "a.log")
    _ = try bench.run()
    let matches = bench.store.delivered.map(\.match).sorted { $0.offset < $1.offset }
    let last = matches.suffix(3)
    #expect(last.map(\.view) == [.raw, .utf16, .raw])
    #expect(last.map(\.length) == [12, 24, 12])
    // Exact, wherever it is counted from.
    for match in matches {
      let bytes = log[match.offset..<match.offset + match.length].filter { $0 != 0 }
      #expect(bytes.elementsEqual("evil.example".utf8), "at \(match.offset)")
    }
  }

  @Test("a short line in UTF-16 is read wherever it stands, whatever zeros stand around it", arguments: 40..<170)
  func shortUTF16(before: Int) throws {
    var bench = Bench()
    bench.needles = ["1.1.1.1", "evil.example"]
    var log = [UInt8](repeating: 0x78, count: before) + [0x0A]
    for letter: UInt8 in "1.1.1.1\r\n".utf8 { log += [letter, 0] }
    log += Array("\nevil.example\0\n".utf8) + [UInt8](repeating: 0, count: before)
    log += Array("e\0v\0i\0l\0.\0\0\n".utf8)
    bench.folder.write(log, to: "a.log")
    #expect(try bench.run().sightings == 2)
    #expect(bench.store.delivered.map(\.match.view).sorted { $0.rawValue < $1.rawValue } == [.raw, .utf16])
  }

  @Test("an archive in an archive is said not to be read")
  func archiveInArchive() throws {
    let bench = Bench()
    Tool.run("gzip", [bench.folder.write("a line\n", to: "a.log")])
    Tool.run("mv", [bench.folder.file("a.log.gz"), bench.folder.file("a.log")])
    Tool.run("gzip", [bench.folder.file("a.log")])
    #expect(try bench.run().filesSkipped.map(\.reason) == ["gzip-not-decoded"])
  }
}

/// A log whose bytes tell little of what it holds, or only look so.
struct Container: CustomTestStringConvertible, Sendable {
  var name: String
  var bytes: [UInt8]
  /// Nil for what only looks odd.
  var reason: String?
  var testDescription: String { name }

  static let all: [Container] = [
    Container(name: "lzma", bytes: [0x5D, 0, 0, 0x80, 0] + [UInt8](repeating: 0xFF, count: 8) + noise, reason: "lzma-not-decoded"),
    Container(name: "utf-32", bytes: [0xFF, 0xFE, 0, 0] + utf32("dst=192.0.2.1 and more of it\n"), reason: "utf-32-not-decoded"),
    Container(name: "utf-32 without a mark", bytes: utf32("dst=192.0.2.1 and more of it\n"), reason: "utf-32-not-decoded"),
    Container(name: "evtx", bytes: Array("ElfFile\0".utf8) + [UInt8](repeating: 0, count: 99), reason: "evtx-not-decoded"),
    Container(name: "pgp", bytes: Array("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n".utf8), reason: "encrypted-not-decoded"),
    Container(name: "brotli, or anything", bytes: noise, reason: "binary-not-decoded"),
    Container(name: "tar of archives", bytes: tar([0x1F, 0x8B, 8, 0] + noise), reason: "tar-not-decoded"),
    Container(name: "tar of logs", bytes: tar(Array("a line\nanother line\n".utf8))),
    Container(name: "old encodings", bytes: repeated([0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2, 0x20, 0x31, 0x0A])),
    Container(name: "colours", bytes: repeated(Array("\u{1b}[31mred\u{1b}[0m b\u{8}bold\n".utf8))),
    Container(name: "zeros", bytes: [UInt8](repeating: 0, count: 4096) + Array("a line\n".utf8)),
  ]

  private static func repeated(_ bytes: [UInt8]) -> [UInt8] { Array((0..<40).map { _ in bytes }.joined()) }

  private static let noise: [UInt8] = {
    var generator = SeededGenerator(7)
    return (0..<600).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
  }()

  private static func utf32(_ text: String) -> [UInt8] { text.utf8.flatMap { [$0, 0, 0, 0] } }

  /// A member behind its directory.
  private static func tar(_ content: [UInt8]) -> [UInt8] {
    func header(_ name: String, _ length: Int) -> [UInt8] {
      var header = Array(name.utf8) + [UInt8](repeating: 0, count: 512 - name.utf8.count)
      let digits = String(length, radix: 8)
      header.replaceSubrange(124..<136, with: Array((String(repeating: "0", count: 11 - digits.count) + digits + "\0").utf8))
      header.replaceSubrange(257..<263, with: Array("ustar\0".utf8))
      return header
    }
    return header("logs/", 0) + header("logs/a", content.count) + content + [UInt8](repeating: 0, count: 1024 - content.count % 512)
  }
}
