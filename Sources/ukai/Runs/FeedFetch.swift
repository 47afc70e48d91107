import Feeds
import Glibc
import Indicators
import Terminal
import Transport

/// A body that may come into force.
struct Candidate {
  var path: String
  var hash: String
  var etag: String?
  var lastModified: String?
  var freshFor: Int?
  var bookmark: String?
  /// Our own staged copy, to be moved or removed; what is kept or lies elsewhere stays where it is.
  var isStaged: Bool
  /// Part of it could not be fetched.
  var isPartial = false
  var notes: [Diagnostic] = []

  init(body: FetchedBody) {
    path = body.path
    hash = body.sha256
    etag = body.etag
    lastModified = body.lastModified
    freshFor = body.freshFor
    isStaged = true
  }

  init(assembled body: AssembledBody, notes: [Diagnostic]) {
    path = body.path
    hash = body.sha256
    bookmark = body.bookmark
    isPartial = body.isPartial
    isStaged = true
    self.notes = notes
  }

  /// A body that is read where it lies.
  init(inPlace path: String, hash: String) {
    self.path = path
    self.hash = hash
    isStaged = false
  }
}

/// Fetches feeds side by side: most with one request, some in a session of several.
struct FeedFetch {
  struct Item {
    let definition: FeedDefinition
    let request: FetchRequest
    /// The accepted body and where the source goes on from it.
    var accepted: String?
    var bookmark: String?
  }

  enum Outcome {
    case notModified(freshFor: Int?)
    case failed(Diagnostic, exit: ExitStatus, retryAfter: Int?)
    case body(Candidate)

    /// Bytes to be read, decoded; 0 when there are none.
    var bodySize: Int {
      guard case .body(let candidate) = self else { return 0 }
      return Files.size(candidate.path) ?? 0
    }
  }

  var transport: CurlTransport

  init(deadline: Double) {
    transport = CurlTransport()
    transport.options.userAgent = "ukai/\(Version.number)"
    transport.options.deadline = deadline
  }

  /// The outcomes in the order of the items.
  func run(_ items: [Item], now: Timestamp, progress: (FetchProgress) -> Void = { _ in }) -> [Outcome] {
    var talks: [String: FeedTalk] = [:]
    var requests: [FetchRequest] = []
    for item in items {
      guard let session = item.definition.session(url: item.request.url, bookmark: item.bookmark, accepted: item.accepted) else {
        requests.append(item.request)
        continue
      }
      let talk = FeedTalk(session, base: item.request, maximumBytes: item.definition.maximumBytes)
      talks[item.definition.name] = talk
      requests += talk.begin()
    }
    let results = transport.fetch(requests, now: now, isCancelled: { Signals.isPending }, progress: progress) { result in
      talks[result.feed]?.take(result) ?? []
    }
    return items.map { item in
      if let talk = talks[item.definition.name] { return talk.end() }
      guard let result = results.first(where: { $0.feed == item.definition.name }) else {
        return .failed(Diagnostic(.error, code: "transport.lost", "no answer", file: item.definition.name), exit: .bug, retryAfter: nil)
      }
      return Self.outcome(result.outcome, feed: item.definition.name)
    }
  }

  private static func outcome(_ outcome: FetchOutcome, feed: String) -> Outcome {
    switch outcome {
    case .notModified(let freshFor): .notModified(freshFor: freshFor)
    case .body(let body): .body(Candidate(body: body))
    case .failed(let error): failure(error, feed: feed)
    }
  }

  fileprivate static func failure(_ error: TransportError, feed: String) -> Outcome {
    .failed(error.diagnostic(file: feed), exit: ExitStatus(rawValue: error.code.exitStatus) ?? .unavailable, retryAfter: error.retryAfter)
  }
}

/// One feed's session while it runs: turns its queries into requests and their results into answers.
private final class FeedTalk {
  private var session: any FeedSession
  private let base: FetchRequest
  private let maximumBytes: Int
  private var queries: [String: FeedQuery] = [:]
  private var bytes: Int64 = 0
  private var validators: FetchedBody?
  private var isUnmodified = false
  private var failure: FeedFetch.Outcome?

  init(_ session: any FeedSession, base: FetchRequest, maximumBytes: Int) {
    self.session = session
    self.base = base
    self.maximumBytes = maximumBytes
  }

  func begin() -> [FetchRequest] {
    do throws(Diagnostic) { return requests(try session.begin()) } catch {
      failure = .failed(error, exit: .configuration, retryAfter: nil)
      return []
    }
  }

  func take(_ result: FetchResult) -> [FetchRequest] {
    guard let query = queries.removeValue(forKey: result.tag) else { return [] }
    switch result.outcome {
    case .notModified:
      isUnmodified = true
      return []
    case .failed(let error):
      if failure != nil { return [] }
      do throws(TransportError) { return requests(try session.miss(query, because: error)) } catch {
        failure = FeedFetch.failure(error, feed: base.feed)
        return []
      }
    case .body(let body):
      if query.isConditional { validators = body }
      bytes += body.bytes
      if failure == nil, bytes > Int64(maximumBytes) {
        failure = .failed(
          Diagnostic(
            .error, code: "feed.too-large", "its parts are larger than \(maximumBytes) bytes together",
            hint: "raise max-bytes in the feed file if this is right", file: base.feed), exit: .refused, retryAfter: nil)
      }
      if failure != nil {
        _ = unsafe unlink(body.path)
        return []
      }
      do throws(Diagnostic) { return requests(try session.take(body, of: query)) } catch {
        failure = .failed(error, exit: .refused, retryAfter: nil)
        return []
      }
    }
  }

  func end() -> FeedFetch.Outcome {
    defer { for path in session.pieces { _ = unsafe unlink(path) } }
    if let failure { return failure }
    if isUnmodified { return .notModified(freshFor: nil) }
    do {
      let body = try session.assemble(spool: base.spoolDirectory)
      var candidate = Candidate(assembled: body, notes: session.notes)
      // A part that is missing must be asked for again, whatever the validator says.
      if !candidate.isPartial {
        candidate.etag = validators?.etag
        candidate.lastModified = validators?.lastModified
      }
      candidate.freshFor = validators?.freshFor
      return .body(candidate)
    } catch let diagnostic as Diagnostic {
      return .failed(diagnostic, exit: .refused, retryAfter: nil)
    } catch let error as TransportError {
      return FeedFetch.failure(error, feed: base.feed)
    } catch {
      return .failed(Diagnostic(.error, code: "feed.assembly", "\(error)", file: base.feed), exit: .bug, retryAfter: nil)
    }
  }

  private func requests(_ wanted: [FeedQuery]) -> [FetchRequest] {
    wanted.map { query in
      queries[query.tag] = query
      var request = base
      request.tag = query.tag
      request.url = query.url
      if let accept = query.accept { request.headers = base.headers.filter { $0.name.lowercased() != "accept" } + [HTTPHeader(name: "Accept", value: accept)] }
      if !query.isConditional {
        request.etag = nil
        request.lastModified = nil
      }
      return request
    }
  }
}

extension FeedDefinition {
  /// The fetch of the feed's body, unconditional.
  /// - Throws: `feed.secret-missing`.
  func fetchRequest(spool: String, secrets: SecretReader) throws(Diagnostic) -> FetchRequest {
    let limits = BodyLimits(maximumBytes: Int64(maximumBytes))
    if case .local(let path) = location { return FetchRequest(feed: name, url: path, hasStoredBody: false, limits: limits, spoolDirectory: spool) }
    guard let address = try request(secrets: secrets) else {
      throw Diagnostic(.error, code: "feed.url", "the feed has no address", file: file)
    }
    var authentication = Authentication.none
    if let user = address.user { authentication = .basic(user: user, password: Secret(address.password ?? "")) }
    if let header = address.headers.first { authentication = .header(name: header.name, value: Secret(header.value)) }
    return FetchRequest(
      feed: name, url: address.url, authentication: authentication, hasStoredBody: false, limits: limits, timeout: Double(timeout),
      allowPrivate: allowPrivate, tls: TLSOptions(authorityFile: tls.authority, certificateFile: tls.certificate, keyFile: tls.key),
      proxy: proxy, spoolDirectory: spool, secrets: address.secrets.map { Secret($0) })
  }

  /// Names the address, and not the secrets in it: validators belong to one address.
  var addressFingerprint: String { SHA256.identity(["address", address]) }
}
