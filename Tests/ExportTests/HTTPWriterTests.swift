import Export
import Indicators
import Matching
import Syntax
import Testing
import Transport

/// A receiver in the same process, driven by a script of answers.
private final class ScriptedReceiver {
  var answers: [PostReply?]
  var bodies: [String] = []
  var waits: [Int] = []

  init(_ answers: [PostReply?]) { self.answers = answers }

  func writer(_ dialect: HTTPWriter.Dialect) -> HTTPWriter {
    HTTPWriter(address: "test", dialect: dialect, wait: { self.waits.append($0); return true }) { (body, _) throws(TransportError) in
      self.bodies.append(String(decoding: body, as: UTF8.self))
      let next = self.answers.isEmpty ? PostReply(status: 200, body: []) : self.answers.removeFirst()
      guard let next else { throw TransportError(.unavailable, reason: "timeout", "no answer", isTransient: true) }
      return next
    }
  }
}

@Suite struct HTTPWriterTests {
  private let records: [ExportRecord] = SampleAlerts.all.prefix(4).map { $0.record }

  private func bulk(_ statuses: [Int]) -> PostReply {
    let items = statuses.map { "{\"create\":{\"status\":\($0),\"error\":{\"type\":\"t\",\"reason\":\"r\"}}}" }.joined(separator: ",")
    return PostReply(status: 200, body: Array("{\"errors\":true,\"items\":[\(items)]}".utf8))
  }

  private func send(_ receiver: ScriptedReceiver, _ dialect: HTTPWriter.Dialect, as form: AlertForm = .bulk) -> DeliveryOutcome {
    var writer = receiver.writer(dialect)
    return writer.send(Array(records), as: form.format)
  }

  @Test func everyItemHasItsOwnEnd() {
    let receiver = ScriptedReceiver([bulk([201, 409, 400, 201]), bulk([400])])
    let outcome = send(receiver, .bulk)
    #expect(outcome.results == [.delivered, .delivered, .refused("status 400: t: r"), .delivered])
    #expect(outcome.failure == nil)
    #expect(receiver.bodies.count == 2)
    #expect(receiver.bodies[1].split(separator: "\n").count == 2)
  }

  @Test func busyItemsAreSentAgainAlone() {
    let receiver = ScriptedReceiver([bulk([201, 429, 201, 503]), bulk([201, 201])])
    #expect(send(receiver, .bulk).results == Array(repeating: .delivered, count: 4))
    #expect(receiver.bodies[1].split(separator: "\n").count == 4)
    #expect(receiver.waits.count == 1)
  }

  @Test func itemsThatStayBusyAreForTheNextRun() {
    let receiver = ScriptedReceiver([bulk([201, 429, 201, 201])] + Array(repeating: bulk([429]), count: 10))
    let outcome = send(receiver, .bulk)
    #expect(outcome.results == [.delivered, .later, .delivered, .delivered])
    #expect(outcome.failure == nil)
  }

  @Test func aLostOrGarbledAnswerIsAskedAgain() {
    let receiver = ScriptedReceiver([nil, PostReply(status: 200, body: Array("<html>".utf8)), bulk([201]), bulk([409, 409, 409, 409])])
    #expect(send(receiver, .bulk).results == Array(repeating: .delivered, count: 4))
    #expect(receiver.bodies.count == 4)
  }

  @Test func retryAfterIsWaitedFor() {
    let receiver = ScriptedReceiver([PostReply(status: 429, body: [], retryAfter: 7), bulk([201, 201, 201, 201])])
    #expect(send(receiver, .bulk).results == Array(repeating: .delivered, count: 4))
    #expect(receiver.waits == [7000])
  }

  @Test func aLongRetryAfterEndsTheRun() {
    let receiver = ScriptedReceiver([PostReply(status: 503, body: [], retryAfter: 900)])
    let outcome = send(receiver, .bulk)
    #expect(outcome.failure?.retryAfter == 900)
    #expect(outcome.results == Array(repeating: .unsettled, count: 4))
    #expect(receiver.waits.isEmpty)
  }

  @Test(arguments: [401, 403, 407]) func refusedCredentialsEndTheRunAtOnce(status: Int) {
    let receiver = ScriptedReceiver([PostReply(status: status, body: [])])
    #expect(send(receiver, .bulk).failure?.exit == .permission)
    #expect(receiver.bodies.count == 1)
  }

  @Test func tooLargeIsHalved() {
    let large = PostReply(status: 413, body: [])
    let receiver = ScriptedReceiver([large, bulk([201, 201]), bulk([201, 201])])
    #expect(send(receiver, .bulk).results == Array(repeating: .delivered, count: 4))
    let hopeless = ScriptedReceiver(Array(repeating: large, count: 7))
    let outcome = send(hopeless, .bulk)
    #expect(outcome.results.allSatisfy { if case .refused = $0 { true } else { false } })
    #expect(hopeless.bodies.count == 7)
  }

  @Test func poisonIsFoundByHalvingWhereNobodyNamesIt() {
    // The third of four: whole, first half, second half, third twice, fourth.
    let bad = PostReply(status: 400, body: Array("no".utf8))
    let good = PostReply(status: 200, body: Array("{\"code\":0}".utf8))
    let receiver = ScriptedReceiver([bad, good, bad, bad, bad, good])
    #expect(send(receiver, .hec, as: .hec).results == [.delivered, .delivered, .refused("status 400: no"), .delivered])
  }

  @Test func anAnswerThatIsNoneOfSplunksIsNoDelivery() {
    let receiver = ScriptedReceiver(Array(repeating: PostReply(status: 200, body: Array("<html>".utf8)), count: 9))
    let outcome = send(receiver, .hec, as: .hec)
    #expect(outcome.failure?.exit == .protocolError)
    #expect(outcome.results == Array(repeating: .unsettled, count: 4))
  }

  @Test func redirectsAreNotFollowed() {
    let receiver = ScriptedReceiver([PostReply(status: 302, body: [])])
    #expect(send(receiver, .lines, as: .ecs).failure?.exit == .protocolError)
  }

  @Test func bundlesGoOneByOne() {
    #expect(ScriptedReceiver([]).writer(.single).batchLimit == 1)
  }
}
