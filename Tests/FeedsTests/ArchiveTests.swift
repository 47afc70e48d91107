import Feeds
import Foundation
import Indicators
import Testing

/// Compressed and archived bodies: one expected member is read, nothing is ever written, and what is hostile refuses the body.
@Suite struct ArchiveTests {
  /// The archives, made once; nil where there is no Python to make them.
  static let folder: URL? = {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ukai-archives-\(UUID().uuidString)")
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("make-archives.py")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["python3", script.path, folder.path]
      try process.run()
      process.waitUntilExit()
      return process.terminationStatus == 0 ? folder : nil
    } catch {
      return nil
    }
  }()

  private func read(_ name: String, _ yaml: String = "format: auto") throws -> FeedReading {
    let folder = try #require(Self.folder, "python3 is needed to make the archives")
    return FeedTestSupport.read(path: folder.appendingPathComponent(name).path, try FeedTestSupport.definition(yaml))
  }

  @Test(arguments: ["good.gz", "good.xz", "good.bz2", "good.zst", "good.zip", "good.tar", "good.tar.gz", "members.gz", "padded.gz"])
  func oneMemberIsRead(_ name: String) throws {
    if name == "good.zst", let folder = Self.folder, !FileManager.default.fileExists(atPath: folder.path + "/good.zst") { return }
    let reading = try read(name)
    #expect(reading.values == ["192.0.2.10", "archived.example"], "\(String(describing: reading.error))")
  }

  @Test(arguments: [
    ("two.zip", "feed.archive-members"), ("slip.zip", "feed.archive-members"), ("slip-behind.zip", "feed.archive-members"),
    ("absolute.zip", "feed.archive-members"), ("symlink.tar", "feed.archive-members"), ("hardlink.tar", "feed.archive-members"),
    ("device.tar", "feed.archive-members"), ("slip.tar", "feed.archive-members"), ("cut.gz", "feed.archive-damaged"),
    ("bad-crc.gz", "feed.archive-damaged"), ("members-bad-crc.gz", "feed.archive-damaged"), ("thirty.gz", "feed.archive-layers"), ("two-layers.gz", "feed.archive-layers"),
    ("bomb.gz", "feed.archive-bomb"), ("bomb.xz", "feed.archive-bomb"), ("bomb.zip", "feed.archive-bomb"),
    ("bomb.zst", "feed.archive-bomb"),
  ])
  func hostileArchivesAreRefused(_ name: String, _ code: String) throws {
    if name == "bomb.zst", let folder = Self.folder, !FileManager.default.fileExists(atPath: folder.path + "/bomb.zst") { return }
    let reading = try read(name)
    #expect(reading.outcome == .refused(code), "\(String(describing: reading.error))")
    #expect(!FileManager.default.fileExists(atPath: "/tmp/ukai-escaped.txt"))
    if let folder = Self.folder {
      for place in ["../escaped.txt", "../../escaped.txt", "escaped.txt"] {
        #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent(place).path))
      }
    }
  }

  @Test func theMemberThatTheAddressNamesIsRead() throws {
    let folder = try #require(Self.folder)
    var warnings: [Diagnostic] = []
    for (member, value) in [("one.txt", "one.example"), ("two.txt", "two.example")] {
      let definition = try FeedDefinition(
        yaml: "name: feed\nurl: https://lists.example/two.zip#\(member)\nformat: auto\n", file: "feed.yaml", warnings: &warnings)
      #expect(FeedTestSupport.read(path: folder.appendingPathComponent("two.zip").path, definition).values == [value])
    }
    let missing = try FeedDefinition(
      yaml: "name: feed\nurl: https://lists.example/two.zip#three.txt\nformat: auto\n", file: "feed.yaml", warnings: &warnings)
    #expect(FeedTestSupport.read(path: folder.appendingPathComponent("two.zip").path, missing).outcome == .refused("feed.archive-members"))
  }

  /// One way of naming the member, for what is fetched and what lies here alike.
  @Test(arguments: [
    "url: https://lists.example/two.zip\nmember: two.txt", "url: /lists/two.zip#two.txt", "url: file:///lists/two.zip#two.txt",
    "url: ../two.tar.gz#two.txt", "url: /lists/anything\nmember: 't*.txt'",
  ])
  func theMemberIsNamedInTheFeedFile(_ yaml: String) throws {
    let folder = try #require(Self.folder)
    var warnings: [Diagnostic] = []
    let definition = try FeedDefinition(yaml: "name: feed\n\(yaml)\nformat: auto\n", file: "feed.yaml", warnings: &warnings)
    if case .local(let path) = definition.location { #expect(!path.contains("#")) }
    for archive in ["two.zip", "two.tar.gz"] {
      #expect(FeedTestSupport.read(path: folder.appendingPathComponent(archive).path, definition).values == ["two.example"])
    }
  }

  @Test func aMissingMemberIsRefusedWithTheMembersThatAreThere() throws {
    for yaml in ["member: three.txt", "member: '*.txt'", ""] {
      for archive in ["two.zip", "two.tar.gz"] {
        let reading = try read(archive, "format: auto\n\(yaml)")
        #expect(reading.outcome == .refused("feed.archive-members"))
        let hint = reading.error?.hint ?? ""
        #expect(hint.contains("one.txt") && hint.contains("two.txt"), "\(hint)")
      }
    }
  }

  @Test func aMemberIsNamedOnce() {
    var warnings: [Diagnostic] = []
    #expect(throws: Diagnostic.self) {
      try FeedDefinition(yaml: "name: feed\nurl: /two.zip#one.txt\nmember: two.txt\nformat: auto\n", file: "feed.yaml", warnings: &warnings)
    }
  }

  @Test func theCapCountsDecodedBytes() throws {
    #expect(try read("bomb.gz", "format: plain\nmax-bytes: 1MiB").outcome == .refused("feed.too-large"))
  }
}
