internal import CCurl
internal import Glibc
public import Indicators

/// Fetches many feeds at once on the calling thread, by curl_multi.
///
/// Bodies go straight to disk, counted on the wire and after decoding. Every hop of a redirect is a new request that is judged
/// anew. No state is kept between calls: validators come with the request and go back with the body.
public struct CurlTransport: Sendable {
  public struct Options: Sendable, Equatable {
    public var userAgent: String
    public var connections: Int
    public var connectionsPerHost: Int
    /// Seconds until a connection, TLS included, must stand.
    public var connectTimeout: Double
    /// Slower than this for ``slowestSeconds`` is a stall.
    public var slowestBytesPerSecond: Int
    public var slowestSeconds: Int
    /// Seconds after which the whole call ends, whatever is still under way.
    public var deadline: Double
    public var retries: RetrySchedule.Policy

    public init(
      userAgent: String = "ukai", connections: Int = 16, connectionsPerHost: Int = 4, connectTimeout: Double = 15,
      slowestBytesPerSecond: Int = 100, slowestSeconds: Int = 20, deadline: Double = 300,
      retries: RetrySchedule.Policy = RetrySchedule.Policy()
    ) {
      self.userAgent = userAgent
      self.connections = max(1, connections)
      self.connectionsPerHost = max(1, connectionsPerHost)
      self.connectTimeout = connectTimeout
      self.slowestBytesPerSecond = slowestBytesPerSecond
      self.slowestSeconds = slowestSeconds
      self.deadline = deadline
      self.retries = retries
    }
  }

  public var options: Options

  public init(options: Options = Options()) { self.options = options }

  /// Fetches all of `requests`; results come in the order of the requests.
  ///
  /// - Parameters:
  ///   - now: the time of day, for dates in answers. Time-outs are kept by the machine's monotonic clock.
  ///   - isCancelled: asked several times a second; true ends everything at once, with the code `cancelled`.
  ///   - progress: told at most ten times a second, and once at the end.
  ///   - following: told of every result as it comes; what it returns is fetched too, beside the others. For sources that have to be
  ///     asked page by page. The results of those come after the results of `requests`.
  public func fetch(
    _ requests: [FetchRequest], now: Timestamp, isCancelled: () -> Bool = { false }, progress: (FetchProgress) -> Void = { _ in },
    following: (FetchResult) -> [FetchRequest] = { _ in [] }
  ) -> [FetchResult] {
    let loop = FetchLoop(options: options, clock: now)
    return loop.run(requests, isCancelled: isCancelled, progress: progress, following: following)
  }
}

/// The machine's monotonic clock in milliseconds: for intervals only, it says nothing about the time of day.
func monotonicMilliseconds() -> Int {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
}
