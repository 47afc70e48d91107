import Indicators
internal import Matching
public import Transport

/// Posts batches to an HTTP receiver and reads from its answers what became of every single alert.
///
/// Busy (429, 503) and silent receivers are asked again with the same batch; a batch that is too large (413) or in which something is
/// wrong (400) is halved until the culprit stands alone and is refused with the receiver's reason; a receiver that refuses our
/// credentials (401, 403) ends the run. Repetition is harmless where the receiver knows an alert by its id (`_bulk`).
public struct HTTPWriter: DestinationWriter {
  /// How a receiver wants several alerts in one body, and how it answers.
  public enum Dialect: Sendable {
    /// Elasticsearch and OpenSearch `_bulk`: a result for every item.
    case bulk
    /// Splunk's HTTP Event Collector: one result for all.
    case hec
    /// Records one after another, a line each; any 2xx takes them all.
    case lines
    /// One record a request (STIX bundles).
    case single
  }

  /// Sends one body; its clock, its connection and its credentials are the caller's.
  public typealias Post = (_ body: [UInt8], _ contentType: String) throws(TransportError) -> PostReply

  /// How often and how long.
  public struct Patience: Sendable {
    public var retries: RetrySchedule.Policy
    /// Seconds of `Retry-After` that are waited for in this run; more are left to the next one.
    public var longestRetryAfter: Int

    public init(retries: RetrySchedule.Policy = RetrySchedule.Policy(), longestRetryAfter: Int = 60) {
      self.retries = retries
      self.longestRetryAfter = longestRetryAfter
    }
  }

  public let batchLimit: Int
  private let address: String
  private let dialect: Dialect
  private let patience: Patience
  private let post: Post
  /// Waits so many milliseconds; false when the run is to end.
  private let wait: (Int) -> Bool

  /// - Parameter address: for messages; without secrets.
  public init(address: String, dialect: Dialect, batchLimit: Int = 500, patience: Patience = Patience(), wait: @escaping (Int) -> Bool, post: @escaping Post) {
    self.address = address
    self.dialect = dialect
    self.batchLimit = dialect == .single ? 1 : max(1, batchLimit)
    self.patience = patience
    self.post = post
    self.wait = wait
  }

  public mutating func send(_ records: [ExportRecord], as format: any AlertFormat) -> DeliveryOutcome {
    var batch = Batch(pieces: records.map { Array(format.encode($0).utf8) + [0x0A] }, header: Array(format.header.utf8), contentType: format.contentType)
    // Parts still to be sent, the next one last.
    var parts: [Part] = [Part(items: Array(records.indices))]
    while let part = parts.popLast() {
      switch deliver(part, &batch) {
      case .done: break
      case .split(let items, let reason):
        if items.count > 1 {
          parts.append(Part(items: Array(items[(items.count / 2)...])))
          parts.append(Part(items: Array(items[..<(items.count / 2)])))
        } else if let item = items.first, !part.isLastTry, reason.status != 413 {
          // Once more alone: what refused it may have been its neighbours, or the moment.
          parts.append(Part(items: [item], isLastTry: true))
        } else if let item = items.first {
          batch.results[item] = .refused(reason.text)
        }
      case .failed(let failure): return DeliveryOutcome(results: batch.results, failure: failure)
      }
    }
    return DeliveryOutcome(results: batch.results)
  }

  public mutating func finish() -> DeliveryOutcome.Failure? { nil }

  // MARK: One part

  private struct Batch {
    let pieces: [[UInt8]]
    let header: [UInt8]
    let contentType: String
    var results: [DeliveryOutcome.ItemResult]

    init(pieces: [[UInt8]], header: [UInt8], contentType: String) {
      self.pieces = pieces
      self.header = header
      self.contentType = contentType
      results = Array(repeating: .unsettled, count: pieces.count)
    }
  }

  private struct Part {
    var items: [Int]
    var isLastTry = false
  }

  private enum Step {
    case done
    /// Something among the items is refused.
    case split([Int], Refusal)
    case failed(DeliveryOutcome.Failure)
  }

  private struct Refusal {
    var status: Int
    var text: String
  }

  /// Sends a part until it is settled, waiting between tries.
  private func deliver(_ part: Part, _ batch: inout Batch) -> Step {
    var schedule = RetrySchedule(policy: patience.retries)
    var items = part.items
    while true {
      let trouble: Trouble
      do throws(TransportError) {
        let reply = try post(batch.header + items.flatMap { batch.pieces[$0] }, batch.contentType)
        switch read(reply, items, part, &batch) {
        case .settled: return .done
        case .refused(let refusal): return .split(items, refusal)
        case .refusedItems(let refused, let refusal): return .split(refused, refusal)
        case .stop(let failure): return .failed(failure)
        case .again(let left, let found):
          items = left
          trouble = found
        }
      } catch {
        guard error.isTransient || error.code == .refused else { return .failed(DeliveryOutcome.Failure(error.diagnostic(), Self.exit(error.code))) }
        trouble = Trouble(text: error.message, retryAfter: error.retryAfter, code: error.code)
      }
      if let step = pause(after: trouble, &schedule, items, &batch) { return step }
    }
  }

  private struct Trouble {
    var text: String
    var retryAfter: Int?
    var code = TransportError.Code.unavailable
    /// The receiver took others of the same request: it is there, and only these are to wait.
    var isPartial = false
  }

  /// Waits for the next try; a step when there is none.
  private func pause(after trouble: Trouble, _ schedule: inout RetrySchedule, _ items: [Int], _ batch: inout Batch) -> Step? {
    var generator = SystemRandomNumberGenerator()
    let decision = schedule.next(isTransient: true, retryAfter: nil, remaining: .max, using: &generator)
    var milliseconds: Int?
    if case .wait(let length) = decision { milliseconds = length }
    if let asked = trouble.retryAfter { milliseconds = asked <= patience.longestRetryAfter && milliseconds != nil ? asked * 1000 : nil }
    if let milliseconds, wait(milliseconds) { return nil }
    if trouble.isPartial {
      for item in items { batch.results[item] = .later }
      return .done
    }
    let diagnostic = Diagnostic(
      .error, code: "export.unavailable", "\(address): \(trouble.text)", hint: "nothing is lost: the next export sends what is missing")
    return .failed(DeliveryOutcome.Failure(diagnostic, Self.exit(trouble.code), retryAfter: trouble.retryAfter))
  }

  private static func exit(_ code: TransportError.Code) -> DeliveryOutcome.ExitClass {
    switch code {
    case .protocolError: .protocolError
    case .permission: .permission
    case .configuration: .configuration
    case .inputOutput: .inputOutput
    default: .unavailable
    }
  }

  // MARK: Answers

  private enum Answer {
    case settled
    /// All of them, or any among them: nobody says which.
    case refused(Refusal)
    case refusedItems([Int], Refusal)
    case again([Int], Trouble)
    case stop(DeliveryOutcome.Failure)
  }

  private func read(_ reply: PostReply, _ items: [Int], _ part: Part, _ batch: inout Batch) -> Answer {
    switch reply.status {
    case 200...299: return accepted(reply, items, part, &batch)
    case 409:
      // Elsewhere than in an item: the receiver has it already.
      for item in items { batch.results[item] = .delivered }
      return .settled
    case 401, 403, 407:
      let diagnostic = Diagnostic(
        .error, code: "export.denied", "\(address): the receiver refuses our credentials (status \(reply.status))",
        hint: "set auth: of this destination; nothing is lost, and other destinations go on")
      return .stop(DeliveryOutcome.Failure(diagnostic, .permission))
    case 408, 425, 429, 500...599:
      return .again(items, Trouble(text: "the receiver answers with status \(reply.status)", retryAfter: reply.retryAfter))
    case 300...399:
      let diagnostic = Diagnostic(
        .error, code: "export.redirect", "\(address): the receiver sends us elsewhere (status \(reply.status)), which is not followed",
        hint: "write the final address")
      return .stop(DeliveryOutcome.Failure(diagnostic, .protocolError))
    case 404, 405:
      let diagnostic = Diagnostic(.error, code: "export.address", "\(address): nothing takes alerts there (status \(reply.status))", hint: "is the path right?")
      return .stop(DeliveryOutcome.Failure(diagnostic, .unavailable))
    default: return .refused(Refusal(status: reply.status, text: ReceiverText.reason(status: reply.status, reply.body)))
    }
  }

  private func accepted(_ reply: PostReply, _ items: [Int], _ part: Part, _ batch: inout Batch) -> Answer {
    switch dialect {
    case .lines, .single:
      for item in items { batch.results[item] = .delivered }
      return .settled
    case .hec:
      guard ReceiverText.isHECSuccess(reply.body) else { return .again(items, Trouble(text: "the answer is none of Splunk's", code: .protocolError)) }
      for item in items { batch.results[item] = .delivered }
      return .settled
    case .bulk: return bulk(reply, items, part, &batch)
    }
  }

  private func bulk(_ reply: PostReply, _ items: [Int], _ part: Part, _ batch: inout Batch) -> Answer {
    guard let results = BulkReply.read(reply.body), results.count == items.count else {
      return .again(items, Trouble(text: "the answer to _bulk cannot be read, or is of another batch", code: .protocolError))
    }
    var busy: [Int] = []
    var refused: [Int] = []
    var refusal = Refusal(status: 400, text: "")
    for (item, result) in zip(items, results) {
      switch result.status {
      case 200...299, 409: batch.results[item] = .delivered
      case 408, 429, 500...599: busy.append(item)
      default:
        let text = ReceiverText.visible("status \(result.status): \(result.reason)")
        if items.count == 1, part.isLastTry {
          batch.results[item] = .refused(text)
        } else {
          refused.append(item)
          refusal = Refusal(status: result.status, text: text)
        }
      }
    }
    // Items that are refused are tried once more alone; first those that only have to wait.
    if !refused.isEmpty, busy.isEmpty { return .refusedItems(refused, refusal) }
    if busy.isEmpty { return .settled }
    return .again(busy + refused, Trouble(text: "the receiver is busy", retryAfter: reply.retryAfter, isPartial: true))
  }
}
