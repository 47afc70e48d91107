internal import CCurl
internal import Indicators

/// The loop around curl_multi: starts what may start, lets libcurl work, hands finished transfers to their tasks. Lives for one
/// call, on one thread.
///
/// Safe to use: every transfer is kept in `active` from the moment its handle is given to libcurl until it is taken back.
@safe final class FetchLoop {
  private struct Waiting {
    let index: Int
    let task: FetchTask
    var readyAt: Int
  }

  private let options: CurlTransport.Options
  private let clock: Timestamp
  private let startedAt = monotonicMilliseconds()
  private let endsAt: Int
  private let multi: UnsafeMutableRawPointer?
  private var waiting: [Waiting] = []
  private var active: [(index: Int, task: FetchTask, transfer: CurlTransfer)] = []
  private var results: [Int: FetchResult] = [:]
  /// Finished and not yet told to whoever may want more requests.
  private var news: [FetchResult] = []
  private var total = 0
  private var finishedBytes: Int64 = 0
  private var lastShown = Int.min

  init(options: CurlTransport.Options, clock: Timestamp) {
    self.options = options
    self.clock = clock
    endsAt = startedAt + CurlHandle.milliseconds(options.deadline)
    unsafe multi = curl_multi_init()
    unsafe _ = ukai_curl_multi_set_long(multi, CURLMOPT_PIPELINING, 0)
    unsafe _ = ukai_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, options.connections)
  }

  deinit {
    for entry in active { unsafe curl_multi_remove_handle(multi, entry.transfer.handle.raw) }
    unsafe curl_multi_cleanup(multi)
  }

  func run(
    _ requests: [FetchRequest], isCancelled: () -> Bool, progress: (FetchProgress) -> Void, following: (FetchResult) -> [FetchRequest]
  ) -> [FetchResult] {
    for request in requests { accept(request) }
    follow(following)
    while results.count < total {
      if isCancelled() {
        stopAll(TransportError(.cancelled, reason: "cancelled", "ended by a signal"))
        break
      }
      let now = monotonicMilliseconds()
      if now >= endsAt {
        stopAll(TransportError(.unavailable, reason: "deadline", "not done when the run's time was over"))
        break
      }
      startReady(now)
      work()
      follow(following)
      show(progress, always: false)
      if results.count < total { pause() }
    }
    // Whoever waits for an answer is told of the end too; what it asks for now is not asked any more.
    for result in news { _ = following(result) }
    show(progress, always: true)
    return (0..<total).compactMap { results[$0] }
  }

  /// Takes up what the receivers of finished requests ask for next.
  private func follow(_ following: (FetchResult) -> [FetchRequest]) {
    while !news.isEmpty {
      let finished = news
      news = []
      for result in finished { for request in following(result) { accept(request) } }
    }
  }

  private func accept(_ request: FetchRequest) {
    let index = total
    total += 1
    if let path = LocalFetch.path(of: request.url) {
      let begin = monotonicMilliseconds()
      let outcome = LocalFetch.fetch(request, path: path)
      return put(index, request, outcome, tries: 1, seconds: Double(monotonicMilliseconds() - begin) / 1_000)
    }
    do throws(TransportError) {
      let task = try FetchTask(request, options: options, now: monotonicMilliseconds())
      waiting.append(Waiting(index: index, task: task, readyAt: startedAt))
    } catch {
      put(index, request, .failed(error), tries: 0, seconds: 0)
    }
  }

  private func put(_ index: Int, _ request: FetchRequest, _ outcome: FetchOutcome, tries: Int, seconds: Double) {
    let result = FetchResult(feed: request.feed, tag: request.tag, outcome: outcome, tries: tries, seconds: seconds)
    results[index] = result
    news.append(result)
  }

  /// Starts tasks whose time has come, in order, as far as the numbers of connections allow.
  private func startReady(_ now: Int) {
    var perHost: [String: Int] = [:]
    for entry in active { perHost[entry.task.host, default: 0] += 1 }
    let candidates = waiting
    waiting = []
    for entry in candidates {
      let host = entry.task.host
      guard entry.readyAt <= now, active.count < options.connections, perHost[host, default: 0] < options.connectionsPerHost else {
        waiting.append(entry)
        continue
      }
      perHost[host, default: 0] += 1
      take(entry.task.begin(now: now, runEndsAt: endsAt), entry.index, entry.task)
    }
  }

  private func take(_ step: FetchTask.Step, _ index: Int, _ task: FetchTask) {
    switch step {
    case .start(let transfer):
      guard unsafe curl_multi_add_handle(multi, transfer.handle.raw) == CURLM_OK else {
        let error = TransportError(.inputOutput, reason: "libcurl", "libcurl cannot start a transfer")
        return finish(task, index, task.stopped(by: error))
      }
      active.append((index, task, transfer))
    case .wait(let moment): waiting.append(Waiting(index: index, task: task, readyAt: moment))
    case .finished(let outcome): finish(task, index, outcome)
    }
  }

  private func work() {
    var running: Int32 = 0
    _ = unsafe curl_multi_perform(multi, &running)
    var result = CURLE_OK
    while let handle = unsafe ukai_curl_multi_finished(multi, &result) {
      guard let position = active.firstIndex(where: { unsafe $0.transfer.handle.raw == handle }) else { continue }
      let (index, task, transfer) = active.remove(at: position)
      unsafe curl_multi_remove_handle(multi, handle)
      finishedBytes += transfer.wireBytes
      take(task.advance(transfer, result: result, now: monotonicMilliseconds(), runEndsAt: endsAt, clock: clock), index, task)
    }
  }

  /// Waits for the network, for the next retry or for a fifth of a second, so that a signal is soon seen.
  private func pause() {
    let now = monotonicMilliseconds()
    var wait = min(200, endsAt - now)
    let hasRoom = active.count < options.connections
    for entry in waiting where hasRoom && entry.readyAt > now { wait = min(wait, entry.readyAt - now) }
    _ = unsafe curl_multi_poll(multi, nil, 0, Int32(clamping: max(0, wait)), nil)
  }

  private func finish(_ task: FetchTask, _ index: Int, _ outcome: FetchOutcome) {
    put(index, task.request, outcome, tries: task.tries, seconds: Double(monotonicMilliseconds() - task.startedAt) / 1_000)
  }

  private func stopAll(_ error: TransportError) {
    for entry in active {
      unsafe curl_multi_remove_handle(multi, entry.transfer.handle.raw)
      finish(entry.task, entry.index, entry.task.stopped(by: error))
    }
    active = []
    for entry in waiting { finish(entry.task, entry.index, entry.task.stopped(by: error)) }
    waiting = []
  }

  private func show(_ progress: (FetchProgress) -> Void, always: Bool) {
    let now = monotonicMilliseconds()
    guard always || now - 100 >= lastShown else { return }
    lastShown = now
    let bytes = active.reduce(finishedBytes) { $0 + $1.transfer.wireBytes }
    progress(FetchProgress(finished: results.count, total: total, active: active.count, bytes: bytes))
  }
}
