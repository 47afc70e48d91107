import Foundation
import Indicators
import Testing
import Transport

/// Files of this machine come through the same door as the network.
@Suite struct LocalFetchTests {
  private let folder: String
  private let now = Timestamp(seconds: 1_760_000_000)

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("ukai-transport-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder + "/spool", withIntermediateDirectories: true)
  }

  private func write(_ text: String, to name: String = "list.txt") throws { try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8) }

  private func fetch(_ url: String, etag: String? = nil, limits: BodyLimits = BodyLimits()) throws -> FetchOutcome {
    let request = FetchRequest(feed: "f", url: url, etag: etag, limits: limits, spoolDirectory: folder + "/spool")
    return try #require(CurlTransport().fetch([request], now: now).first).outcome
  }

  private func failure(_ url: String, limits: BodyLimits = BodyLimits()) throws -> TransportError? {
    if case .failed(let error) = try fetch(url, limits: limits) { return error }
    return nil
  }

  @Test func aFileIsSpooledHashedAndKnownAgain() throws {
    try write("a.example\nb.example\n")
    guard case .body(let body) = try fetch("\(folder)/list.txt") else { throw TestFailure() }
    #expect(body.bytes == 20)
    #expect(body.sha256 == SHA256.hex(SHA256.digest(Array("a.example\nb.example\n".utf8))))
    #expect(try String(contentsOfFile: body.path, encoding: .utf8) == "a.example\nb.example\n")
    #expect((try FileManager.default.attributesOfItem(atPath: body.path))[.posixPermissions] as? Int == 0o600)
    guard case .notModified = try fetch("file://\(folder)/list.txt", etag: body.etag) else { throw TestFailure() }
    try write("c.example\n")
    guard case .body(let changed) = try fetch("\(folder)/list.txt", etag: body.etag) else { throw TestFailure() }
    #expect(changed.bytes == 10)
  }

  @Test func whatIsNoFileIsRefusedAndNothingHangs() throws {
    #expect(try failure("\(folder)/missing.txt")?.code == .missingInput)
    #expect(try failure(folder)?.reason == "not-a-file")
    #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
    #expect(try failure("\(folder)/pipe")?.reason == "not-a-file")
    #expect(try failure("/dev/zero")?.reason == "not-a-file")
    try write(String(repeating: "x", count: 5_000))
    #expect(try failure("\(folder)/list.txt", limits: BodyLimits(maximumBytes: 4_999))?.reason == "decoded-cap")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/spool").isEmpty)
  }

  @Test func anAddressThatCannotBeUsedIsAnErrorOfConfiguration() throws {
    for url in ["gopher://h.example/", "http://", "https://exa mple/", "ftp://h.example/x"] { #expect(try failure(url)?.code == .configuration) }
  }

  @Test func answersMayAskForMore() throws {
    for number in 1...4 { try write("\(number)", to: "\(number)") }
    var order: [String] = []
    var first = FetchRequest(feed: "f", url: "\(folder)/1", spoolDirectory: folder + "/spool")
    first.tag = "1"
    let results = CurlTransport().fetch([first], now: now, following: { result in
      order.append(result.tag)
      guard let number = Int(result.tag), number < 4 else { return [] }
      var next = first
      next.tag = "\(number + 1)"
      next.url = "\(folder)/\(number + 1)"
      return [next]
    })
    #expect(order == ["1", "2", "3", "4"])
    #expect(results.map(\.tag) == order)
  }
}

private struct TestFailure: Error {}
