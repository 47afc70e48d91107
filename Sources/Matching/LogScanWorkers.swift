internal import Indicators

/// Several workers over a list of logs; what they find is handed over in the order of the list.
///
/// Logs are taken in order, so a worker waits only for logs before its own: no two can wait for each other.
final class LogScanWorkers: Sendable {
  /// Batches that a worker may be ahead of its turn.
  private static let batchesAhead = 4

  private enum Message: Sendable {
    case batch(ScanBatch)
    case done(LogScanSummary)
    case failed(any Error)
  }

  private struct State {
    var next = 0
    /// Beginnings of the logs that are being read, by their place in the list; nil while not yet known.
    var reading: [Int: [UInt8]?] = [:]
    var messages: [Int: [Message]] = [:]
    var stopped = false
  }

  private let scan: LogScan
  private let logs: [LogPath]
  private let register: LogRegister
  private let isCancelled: @Sendable () -> Bool
  private let state = Monitor(State())

  init(scan: LogScan, logs: [LogPath], register: LogRegister, isCancelled: @escaping @Sendable () -> Bool) {
    self.scan = scan
    self.logs = logs
    self.register = register
    self.isCancelled = isCancelled
  }

  func run(_ summary: inout LogScanSummary, deliver: (ScanBatch) throws -> Void) throws {
    var threads: [WorkerThread] = []
    for _ in 0..<min(scan.options.jobs, logs.count) {
      if let thread = WorkerThread({ self.work() }) { threads.append(thread) }
    }
    defer {
      state.with { $0.stopped = true }
      for thread in threads { thread.join() }
    }
    if threads.isEmpty {
      var worker = LogScanWorker(scan, register: register, isCancelled: isCancelled)
      for log in logs where !isCancelled() {
        summary.add(try worker.scan(log) { batch in try register.exclusively { try deliver(batch) } })
      }
      return
    }
    for index in logs.indices {
      var isDone = false
      while !isDone {
        let message = state.wait(until: { !($0.messages[index] ?? []).isEmpty }) { $0.messages[index]?.removeFirst() }
        switch message {
        case .batch(let batch): try register.exclusively { try deliver(batch) }
        case .done(let part):
          summary.add(part)
          isDone = true
        case .failed(let error): throw error
        case nil: break
        }
      }
      state.with { $0.messages[index] = nil }
    }
  }

  private struct Stopped: Error {}

  private func work() {
    var worker = LogScanWorker(scan, register: register, isCancelled: { self.isCancelled() || self.state.look { $0.stopped } })
    while true {
      let index = state.with { state -> Int? in
        guard !state.stopped, state.next < logs.count else { return nil }
        state.reading[state.next] = .some(nil)
        state.next += 1
        return state.next - 1
      }
      guard let index else { return }
      var message: Message
      do {
        let summary =
          isCancelled()
          ? LogScanSummary()
          : try worker.scan(logs[index], waitForTurn: { waitForTurn(of: index, head: $0) }) { try send($0, of: index) }
        message = .done(summary)
      } catch {
        message = .failed(error)
      }
      state.with { state in
        state.reading[index] = nil
        state.messages[index, default: []].append(message)
      }
    }
  }

  /// Waits until no earlier log that begins alike is being read: it may be the same content.
  private func waitForTurn(of index: Int, head: [UInt8]) {
    state.with { $0.reading[index] = .some(head) }
    state.wait(until: { state in
      state.stopped
        || !state.reading.contains { other, beginning in
          other < index && (beginning.map { $0.starts(with: head) || head.starts(with: $0) } ?? true)
        }
    }) { _ in }
  }

  private func send(_ batch: ScanBatch, of index: Int) throws {
    try state.wait(until: { $0.stopped || ($0.messages[index] ?? []).count < Self.batchesAhead }) { state -> Bool in
      state.messages[index, default: []].append(.batch(batch))
      return state.stopped
    } ? { throw Stopped() }() : ()
  }
}
