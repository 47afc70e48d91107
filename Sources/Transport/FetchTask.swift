internal import CCurl
internal import Indicators

/// One feed's way from request to result: tries, and in each try the hops of its redirects. Told what a transfer gave, it says
/// what comes next; it never waits and never touches the network itself.
final class FetchTask {
  enum Step {
    /// Give this transfer to libcurl.
    case start(CurlTransfer)
    /// Nothing before this moment (monotonic milliseconds).
    case wait(until: Int)
    case finished(FetchOutcome)
  }

  /// RFC 9110 leaves the number open; five is more than any honest feed needs.
  static let longestRedirectChain = 5

  let request: FetchRequest
  let redactor: Redactor
  let startedAt: Int
  private let options: CurlTransport.Options
  private let origin: WebAddress
  /// The first address, with the secrets of a query.
  private let first: WebAddress
  private var schedule: RetrySchedule
  private(set) var tries = 0
  private var hops = 0
  private var tryEndsAt = 0
  /// After a 304 that answers no question of ours: asked once more, without validators and past caches.
  private var isUnconditional = false
  private var usedRefetch = false

  /// - Throws: `configuration` for an address or header that cannot be used.
  init(_ request: FetchRequest, options: CurlTransport.Options, now: Int) throws(TransportError) {
    self.request = request
    self.options = options
    redactor = request.redactor
    startedAt = now
    schedule = RetrySchedule(policy: options.retries)
    guard let origin = WebAddress(request.url) else {
      throw TransportError(
        .configuration, reason: "url", "the address cannot be used: http, https, file or a path is expected",
        address: redactor.redact(url: request.url))
    }
    var first = origin
    if case .query(let items) = request.authentication {
      guard let longer = origin.addingQuery(items.map { ($0.name, $0.value.reveal()) }) else {
        throw TransportError(.configuration, reason: "url", "the key cannot be added to the address")
      }
      first = longer
    }
    self.origin = origin
    self.first = first
    let fields = request.headers + [request.authentication.header].compactMap { $0 }
    if let bad = fields.first(where: { !$0.isValid }) {
      throw TransportError(
        .configuration, reason: "header", "the header '\(redactor.redact(bad.name))' holds characters that a header cannot have")
    }
  }

  /// The host whose connections are counted together.
  var host: String { origin.host }

  /// Begins the next try.
  func begin(now: Int, runEndsAt: Int) -> Step {
    tries += 1
    hops = 0
    tryEndsAt = min(runEndsAt, now + CurlHandle.milliseconds(request.timeout))
    return hop(to: first, now: now)
  }

  /// What a finished transfer means.
  func advance(_ transfer: CurlTransfer, result: CURLcode, now: Int, runEndsAt: Int, clock: Timestamp) -> Step {
    // The status of a redirect or an error stands with its head; what follows is not read, so its end does not matter.
    let headStands = transfer.head.isComplete && transfer.head.status != 200 && transfer.failure == nil
    if !headStands, let error = transfer.error(for: result) {
      return failed(error, at: transfer, now: now, runEndsAt: runEndsAt)
    }
    switch transfer.head.status {
    case 200: return body(of: transfer, now: now, runEndsAt: runEndsAt)
    case 304: return notModified(transfer, now: now, runEndsAt: runEndsAt)
    case 301, 302, 303, 307, 308:
      do throws(TransportError) { return hop(to: try target(of: transfer), now: now) } catch {
        return failed(error, at: transfer, now: now, runEndsAt: runEndsAt)
      }
    default: return failed(statusError(transfer.head, clock: clock), at: transfer, now: now, runEndsAt: runEndsAt)
    }
  }

  /// The end that the run's deadline or a signal puts to it.
  func stopped(by error: TransportError) -> FetchOutcome { .failed(redacted(error, at: origin)) }

  private func body(of transfer: CurlTransfer, now: Int, runEndsAt: Int) -> Step {
    do throws(TransportError) {
      let (spool, sum) = try transfer.finishBody()
      let head = transfer.head
      return .finished(
        .body(
          FetchedBody(
            path: spool.path, bytes: spool.bytes, wireBytes: transfer.wireBytes, sha256: sum, etag: head.validator("etag"),
            lastModified: head.validator("last-modified"), finalURL: redactor.redact(url: transfer.address.text),
            contentType: head.value("content-type").map { String($0.prefix(200)) }, freshFor: head.freshFor, headers: head.fields)))
    } catch {
      return failed(error, at: transfer, now: now, runEndsAt: runEndsAt)
    }
  }

  private func notModified(_ transfer: CurlTransfer, now: Int, runEndsAt: Int) -> Step {
    if sendsValidators(to: transfer.address) { return .finished(.notModified(freshFor: transfer.head.freshFor)) }
    if !usedRefetch {
      usedRefetch = true
      isUnconditional = true
      hops = 0
      return hop(to: first, now: now)
    }
    let error = TransportError(
      .protocolError, reason: "not-modified-unasked", "the server says 'not modified' (304) though no earlier body was named", status: 304)
    return failed(error, at: transfer, now: now, runEndsAt: runEndsAt)
  }

  private func statusError(_ head: ResponseHead, clock: Timestamp) -> TransportError {
    let status = head.status
    switch status {
    case 201...299, 300...399:
      return TransportError(.refused, reason: "status", "the server answered with status \(status), which is no whole body", status: status)
    case 401, 403, 407:
      return TransportError(
        .unavailable, reason: "denied", "the server refuses access (status \(status))", hint: "is the key set, valid and allowed to read this feed?",
        status: status)
    default:
      // A server that says "too many" without a usable time is left alone for five minutes.
      let wait = head.retryAfter(now: clock) ?? (status == 429 ? 300 : nil)
      return TransportError(
        .unavailable, reason: "status", "the server answered with status \(status)", status: status,
        retryAfter: status >= 400 ? wait : nil, isTransient: [408, 425, 429, 500, 502, 503, 504].contains(status))
    }
  }

  private func failed(_ error: TransportError, at transfer: CurlTransfer, now: Int, runEndsAt: Int) -> Step {
    var generator = SystemRandomNumberGenerator()
    let decision = schedule.next(
      isTransient: error.isTransient, retryAfter: error.retryAfter, remaining: runEndsAt - now, using: &generator)
    switch decision {
    case .wait(let milliseconds): return .wait(until: now + milliseconds)
    case .stop: return .finished(.failed(redacted(error, at: transfer.address)))
    }
  }

  private func redacted(_ error: TransportError, at address: WebAddress) -> TransportError {
    var result = error
    result.message = redactor.redact(error.message)
    result.address = redactor.redact(url: address.text)
    return result
  }
}

// MARK: Hops

extension FetchTask {
  /// The next address of a redirect, by our own rules.
  private func target(of transfer: CurlTransfer) throws(TransportError) -> WebAddress {
    func refuse(_ reason: String, _ message: String) -> TransportError {
      TransportError(.protocolError, reason: "redirect-\(reason)", message, status: transfer.head.status)
    }
    hops += 1
    if hops > Self.longestRedirectChain { throw refuse("limit", "more than \(Self.longestRedirectChain) redirects") }
    let locations = Set(transfer.head.values("location"))
    guard locations.count == 1, let location = locations.first else {
      throw refuse("location", locations.isEmpty ? "a redirect without an address" : "a redirect to several addresses")
    }
    guard let next = transfer.address.resolving(location: location) else {
      throw refuse("scheme", "a redirect to something else than http or https")
    }
    if next.user != nil || next.password != nil { throw refuse("credentials", "a redirect to an address with a user name in it") }
    if transfer.address.scheme == "https" && next.scheme != "https" { throw refuse("downgrade", "a redirect from https to http") }
    if next.origin != origin.origin && redactor.finds(in: next.text) {
      throw refuse("secret", "a redirect that would carry our key to another host")
    }
    return next
  }

  private func hop(to address: WebAddress, now: Int) -> Step {
    do throws(TransportError) { return .start(try transfer(to: address, now: now)) } catch {
      return .finished(.failed(redacted(error, at: address)))
    }
  }

  private func sendsValidators(to address: WebAddress) -> Bool {
    !isUnconditional && request.hasStoredBody && address.origin == origin.origin && (request.etag != nil || request.lastModified != nil)
  }

  /// The feed's own host, as the operator wrote it, may be private; a redirect may stay on it or step up to https there, but not
  /// lead to another port or to the same machine by another name.
  private func isOwnHost(_ address: WebAddress) -> Bool {
    guard address.host == origin.host, address.writtenHost == origin.writtenHost else { return false }
    return address.port == origin.port || (origin.scheme == "http" && address.scheme == "https")
  }

  private func transfer(to address: WebAddress, now: Int) throws(TransportError) -> CurlTransfer {
    let isOwnHost = isOwnHost(address)
    let mayBePrivate = request.allowPrivate && isOwnHost
    if request.proxy != nil, let purpose = address.literalPurpose, !AddressGuard.allows(purpose, allowPrivate: mayBePrivate) {
      throw TransportError(.protocolError, reason: "address-refused", "the address is \(purpose.rawValue): feeds are not fetched from there")
    }
    let transfer = try CurlTransfer(
      address: address, destination: .spool(directory: request.spoolDirectory), limits: request.limits,
      guardsAddresses: request.proxy == nil, allowPrivate: mayBePrivate)
    let isOrigin = address.origin == origin.origin
    var fields = isOrigin ? request.headers : request.headers.filter { $0.name.lowercased() == "accept" }
    if isOrigin, let field = request.authentication.header { fields.append(field) }
    if isOrigin, case .none = request.authentication, let user = origin.user {
      let pair = Authentication.basic(user: user, password: Secret(origin.password ?? ""))
      if let field = pair.header { fields.append(field) }
    }
    if sendsValidators(to: address) {
      if let etag = request.etag { fields.append(HTTPHeader(name: "If-None-Match", value: etag)) }
      if let date = request.lastModified { fields.append(HTTPHeader(name: "If-Modified-Since", value: date)) }
    } else if isUnconditional {
      fields.append(HTTPHeader(name: "Cache-Control", value: "no-cache"))
    }
    fields.append(HTTPHeader(name: "Accept-Encoding", value: "gzip, deflate"))
    let handle = transfer.handle
    handle.applyPolicy(tls: isOrigin ? request.tls : TLSOptions(authorityFile: request.tls.authorityFile, verifies: request.tls.verifies), proxy: request.proxy)
    handle.set(headers: fields.filter(\.isValid))
    handle.set(CURLOPT_USERAGENT, options.userAgent)
    handle.set(CURLOPT_TIMEOUT_MS, max(1, tryEndsAt - now))
    handle.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, min(CurlHandle.milliseconds(options.connectTimeout), tryEndsAt - now)))
    handle.set(CURLOPT_LOW_SPEED_LIMIT, options.slowestBytesPerSecond)
    handle.set(CURLOPT_LOW_SPEED_TIME, options.slowestSeconds)
    handle.set(offset: CURLOPT_MAXFILESIZE_LARGE, request.limits.wireBytes)
    // An open connection is not checked again by the guard, and may have been made with other credentials or for a host that
    // is only allowed to one feed: such connections are neither taken from the others nor left to them.
    let isPrivate = request.allowPrivate || request.proxy != nil || !(request.authentication == .none) || request.tls != TLSOptions()
    handle.set(CURLOPT_FRESH_CONNECT, isPrivate)
    handle.set(CURLOPT_FORBID_REUSE, isPrivate)
    return transfer
  }
}
