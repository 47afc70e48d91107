internal import CCurl
internal import CShims
internal import Glibc

/// A TLS connection that bytes are written to, made by libcurl. Used on one thread.
///
/// Safe to use: libcurl copies or sends what it is given before a call returns.
@safe public final class TLSStream {
  private let handle: CurlHandle
  private let descriptor: Int32
  private let timeout: Double

  /// Connects, and shakes hands under the same policy as all our TLS: 1.2 or later, certificate and name verified.
  ///
  /// - Parameter timeout: seconds that connecting, and later a single write, may take.
  public init(host: String, port: Int, tls: TLSOptions, timeout: Double) throws(TransportError) {
    self.timeout = timeout
    handle = try CurlHandle()
    handle.applyPolicy(tls: tls, proxy: nil)
    handle.set(CURLOPT_URL, "https://\(host.contains(":") ? "[\(host)]" : host):\(port)/")
    handle.set(CURLOPT_CONNECT_ONLY, true)
    handle.set(CURLOPT_SSL_ENABLE_ALPN, false)
    handle.set(CURLOPT_CONNECTTIMEOUT_MS, CurlHandle.milliseconds(timeout))
    handle.set(CURLOPT_TIMEOUT_MS, CurlHandle.milliseconds(timeout))
    let result = unsafe curl_easy_perform(handle.raw)
    var socket = curl_socket_t(-1)
    if result == CURLE_OK { _ = unsafe ukai_curl_get_socket(handle.raw, &socket) }
    descriptor = socket
    guard result == CURLE_OK, socket >= 0 else { throw Self.error(result, handle.errorText) }
    // TLS 1.3 lets us believe that we are connected before the other side has looked at our certificate. Its first word, a session
    // ticket or an alert, tells; a side that says nothing within a second has nothing against us.
    if Self.wait(socket, POLLIN, seconds: 1), let failure = read() { throw failure }
  }

  private static func error(_ result: CURLcode, _ text: String) -> TransportError {
    let detail = text.isEmpty ? unsafe String(cString: curl_easy_strerror(result)) : text
    switch result {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT, CURLE_SEND_ERROR, CURLE_GOT_NOTHING:
      return TransportError(.unavailable, reason: "connect", detail, isTransient: true)
    case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE: return TransportError(.configuration, reason: "certificate-file", detail)
    default: return TransportError(.protocolError, reason: "tls", detail)
    }
  }

  /// Sends all of `bytes`.
  public func write(_ bytes: [UInt8]) throws(TransportError) {
    var done = 0
    while done < bytes.count {
      var sent = 0
      let result = unsafe bytes.withUnsafeBytes { unsafe curl_easy_send(handle.raw, $0.baseAddress?.advanced(by: done), bytes.count - done, &sent) }
      if result == CURLE_AGAIN {
        guard Self.wait(descriptor, POLLOUT, seconds: timeout) else {
          throw TransportError(.unavailable, reason: "timeout", "the receiver takes nothing for \(Int(timeout)) s", isTransient: true)
        }
        continue
      }
      guard result == CURLE_OK else { throw Self.error(result, handle.errorText) }
      done += sent
    }
  }

  /// Returns when the other side's system has acknowledged every byte; throws when it closed the connection or took too long.
  public func awaitAcknowledgement() throws(TransportError) {
    guard SentBytes.areAcknowledged(descriptor, seconds: timeout) else {
      throw TransportError(.unavailable, reason: "timeout", "the receiver acknowledges nothing for \(Int(timeout)) s", isTransient: true)
    }
    if let failure = read() { throw failure }
  }

  /// Takes what the other side says, of which nothing is for us; an end or an alert is a failure.
  private func read() -> TransportError? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    while true {
      var count = 0
      let result = unsafe bytes.withUnsafeMutableBytes { unsafe curl_easy_recv(handle.raw, $0.baseAddress, $0.count, &count) }
      if result == CURLE_AGAIN { return nil }
      if result != CURLE_OK { return Self.error(result, handle.errorText) }
      if count == 0 { return TransportError(.unavailable, reason: "closed", "the receiver closed the connection", isTransient: true) }
    }
  }

  private static func wait(_ descriptor: Int32, _ event: Int32, seconds: Double) -> Bool {
    var poller = pollfd(fd: descriptor, events: Int16(event), revents: 0)
    return unsafe poll(&poller, 1, Int32(clamping: CurlHandle.milliseconds(seconds))) > 0
  }
}

/// What the kernel still holds for a TCP connection.
public enum SentBytes {
  /// Waits until the other side has acknowledged everything that was written; false when it did not within `seconds`, or the
  /// connection broke.
  public static func areAcknowledged(_ descriptor: Int32, seconds: Double) -> Bool {
    let end = monotonicMilliseconds() + CurlHandle.milliseconds(seconds)
    var pause: Int32 = 1
    while true {
      let left = ukai_unacknowledged_bytes(descriptor)
      if left <= 0 { return left == 0 }
      if monotonicMilliseconds() >= end { return false }
      // The kernel has no event for this.
      _ = poll(nil, 0, pause)
      pause = min(pause * 2, 50)
    }
  }
}
