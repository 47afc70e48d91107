internal import CCurl
public import Indicators

/// A body to be posted to one address.
public struct PostRequest: Sendable {
  public var url: String
  public var contentType: String
  public var headers: [HTTPHeader]
  public var authentication: Authentication
  public var tls: TLSOptions
  /// An http proxy out of the configuration; the environment is not asked.
  public var proxy: String?
  public var body: [UInt8]
  /// Seconds for the whole exchange.
  public var timeout: Double

  public init(
    url: String, contentType: String, headers: [HTTPHeader] = [], authentication: Authentication = .none, tls: TLSOptions = TLSOptions(),
    proxy: String? = nil, body: [UInt8], timeout: Double = 60
  ) {
    self.url = url
    self.contentType = contentType
    self.headers = headers
    self.authentication = authentication
    self.tls = tls
    self.proxy = proxy
    self.body = body
    self.timeout = timeout
  }

  var redactor: Redactor { Redactor(secrets: authentication.secrets + [tls.keyPassword].compactMap { $0 }) }
}

/// What the remote side answered, whatever its status.
public struct PostReply: Sendable, Equatable {
  public var status: Int
  /// At most ``HTTPPoster/replyLimit`` bytes of it.
  public var body: [UInt8]
  /// Seconds that it asks to be left alone, at most an hour.
  public var retryAfter: Int?

  public init(status: Int, body: [UInt8], retryAfter: Int? = nil) {
    self.status = status
    self.body = body
    self.retryAfter = retryAfter
  }
}

/// Posts bodies, one after another, over connections that are kept open between them. Used on one thread.
///
/// Redirects are not followed: a body with alerts goes where the operator said, or nowhere.
///
/// Safe to use: a transfer is kept from the moment its handle is given to libcurl until it is taken back.
@safe public final class HTTPPoster {
  /// Bytes of an answer that are read; a `_bulk` answer is about as long as its request.
  public static let replyLimit = 64 << 20

  private let userAgent: String
  private let multi: UnsafeMutableRawPointer?

  public init(userAgent: String) {
    self.userAgent = userAgent
    unsafe multi = curl_multi_init()
  }

  deinit { unsafe curl_multi_cleanup(multi) }

  /// One exchange. An answer of any status is a reply; an error means that there was no whole answer, and that nobody knows whether the
  /// body was taken.
  public func post(_ request: PostRequest, clock: Timestamp, isCancelled: () -> Bool = { false }) throws(TransportError) -> PostReply {
    let redactor = request.redactor
    let shown = redactor.redact(url: request.url)
    do throws(TransportError) {
      let transfer = try transfer(for: request)
      var result = CURLE_OK
      guard unsafe curl_multi_add_handle(multi, transfer.handle.raw) == CURLM_OK else {
        throw TransportError(.inputOutput, reason: "libcurl", "libcurl cannot start a transfer")
      }
      let isDone = drive(&result, isCancelled)
      unsafe curl_multi_remove_handle(multi, transfer.handle.raw)
      guard isDone else { throw TransportError(.cancelled, reason: "cancelled", "ended by a signal") }
      if let error = transfer.error(for: result) { throw error }
      guard transfer.head.isComplete else { throw TransportError(.protocolError, reason: "no-answer", "the answer has no head", isTransient: true) }
      return PostReply(status: transfer.head.status, body: transfer.reply, retryAfter: transfer.head.retryAfter(now: clock))
    } catch {
      var shownError = error
      shownError.message = redactor.redact(error.message)
      shownError.address = shown
      throw shownError
    }
  }

  /// False when it was cancelled.
  private func drive(_ result: inout CURLcode, _ isCancelled: () -> Bool) -> Bool {
    while !isCancelled() {
      var running: Int32 = 0
      _ = unsafe curl_multi_perform(multi, &running)
      if unsafe ukai_curl_multi_finished(multi, &result) != nil { return true }
      _ = unsafe curl_multi_poll(multi, nil, 0, 200, nil)
    }
    return false
  }

  private func transfer(for request: PostRequest) throws(TransportError) -> CurlTransfer {
    guard let address = WebAddress(request.url) else {
      throw TransportError(.configuration, reason: "url", "the address cannot be used: http or https is expected")
    }
    var fields = [HTTPHeader(name: "Content-Type", value: request.contentType), HTTPHeader(name: "Accept", value: "application/json")]
    fields += request.headers
    if let field = request.authentication.header { fields.append(field) }
    if let bad = fields.first(where: { !$0.isValid }) {
      throw TransportError(.configuration, reason: "header", "the header '\(request.redactor.redact(bad.name))' holds characters that a header cannot have")
    }
    let transfer = try CurlTransfer(
      address: address, destination: .memory(limit: Self.replyLimit), limits: BodyLimits(), guardsAddresses: false, allowPrivate: true)
    let handle = transfer.handle
    handle.applyPolicy(tls: request.tls, proxy: request.proxy)
    handle.set(headers: fields)
    handle.set(postBody: request.body)
    handle.set(CURLOPT_USERAGENT, userAgent)
    handle.set(CURLOPT_TIMEOUT_MS, CurlHandle.milliseconds(request.timeout))
    handle.set(CURLOPT_CONNECTTIMEOUT_MS, CurlHandle.milliseconds(min(request.timeout, 15)))
    // Waiting for a permission to send costs a second at servers that do not know the custom.
    handle.set(CURLOPT_EXPECT_100_TIMEOUT_MS, 100)
    return transfer
  }
}
