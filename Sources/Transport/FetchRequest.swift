/// How we prove who we are. Sent to the origin (scheme, host, port) of the request's own address and nowhere else.
public enum Authentication: Sendable, Equatable {
  case none
  /// A header of the service's own, such as `Auth-Key`.
  case header(name: String, value: Secret)
  case basic(user: String, password: Secret)
  case bearer(Secret)
  /// Parameters added to the query of the first address.
  case query([QueryItem])

  public struct QueryItem: Sendable, Equatable {
    public var name: String
    public var value: Secret

    public init(name: String, value: Secret) {
      self.name = name
      self.value = value
    }
  }

  package var secrets: [Secret] {
    switch self {
    case .none: []
    case .header(_, let value), .bearer(let value): [value]
    case .basic(let user, let password): [password, Secret(Base64.encode(Array("\(user):\(password.reveal())".utf8)))]
    case .query(let items): items.map(\.value)
    }
  }

  /// The header that carries it, if one does.
  package var header: HTTPHeader? {
    switch self {
    case .none, .query: nil
    case .header(let name, let value): HTTPHeader(name: name, value: value.reveal())
    case .basic(let user, let password):
      HTTPHeader(name: "Authorization", value: "Basic " + Base64.encode(Array("\(user):\(password.reveal())".utf8)))
    case .bearer(let token): HTTPHeader(name: "Authorization", value: "Bearer " + token.reveal())
    }
  }
}

/// One header field.
public struct HTTPHeader: Sendable, Equatable {
  public var name: String
  public var value: String

  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }

  /// RFC 9110: a token as name; no control character in the value, so that nothing can be smuggled in behind it.
  package var isValid: Bool {
    let symbols = Set("!#$%&'*+-.^_`|~".utf8)
    return !name.isEmpty
      && name.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x7a ~= $0 | 0x20 || symbols.contains($0) }
      && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }
  }
}

/// Files of certificates in PEM. All are optional.
public struct TLSOptions: Sendable, Equatable {
  /// Authorities to trust instead of the system's.
  public var authorityFile: String?
  /// Our own certificate and key, for servers that ask for one.
  public var certificateFile: String?
  public var keyFile: String?
  public var keyPassword: Secret?
  /// false takes any certificate. To be said loudly on every run.
  public var verifies: Bool

  public init(
    authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil, keyPassword: Secret? = nil,
    verifies: Bool = true
  ) {
    self.authorityFile = authorityFile
    self.certificateFile = certificateFile
    self.keyFile = keyFile
    self.keyPassword = keyPassword
    self.verifies = verifies
  }
}

/// What a body may cost at most. Counted by ourselves, on the wire and after decoding.
public struct BodyLimits: Sendable, Equatable {
  public var wireBytes: Int64
  public var decodedBytes: Int64
  /// Beyond ``ratioFrom`` decoded bytes, at most so many decoded bytes come from one on the wire.
  public var ratio: Int64
  public var ratioFrom: Int64

  public init(
    wireBytes: Int64 = 64 << 20, decodedBytes: Int64 = 256 << 20, ratio: Int64 = 200, ratioFrom: Int64 = 10 << 20
  ) {
    self.wireBytes = wireBytes
    self.decodedBytes = decodedBytes
    self.ratio = ratio
    self.ratioFrom = ratioFrom
  }

  /// The limits of a feed file's `max-bytes`, which bounds both what comes over the wire and what it decodes to.
  public init(maximumBytes: Int64) {
    self.init(wireBytes: maximumBytes, decodedBytes: maximumBytes)
  }
}

/// A GET for one feed.
public struct FetchRequest: Sendable {
  /// The feed's name: what messages say.
  public var feed: String
  /// Comes back with the result: which of a feed's several requests this is.
  public var tag = ""
  /// http, https, `file:` or a path.
  public var url: String
  /// Harmless headers such as `Accept`; not sent to another origin after a redirect, except `Accept`.
  public var headers: [HTTPHeader]
  public var authentication: Authentication
  /// Validators of the accepted body; sent only when that body is still there (``hasStoredBody``).
  public var etag: String?
  public var lastModified: String?
  public var hasStoredBody: Bool
  public var limits: BodyLimits
  /// Seconds for one try, redirects included.
  public var timeout: Double
  /// Whether the feed's own host may be a loopback or private address.
  public var allowPrivate: Bool
  public var tls: TLSOptions
  /// An http proxy out of the configuration; the environment is not asked. With a proxy the guard judges literal addresses
  /// only: names are resolved by the proxy, whose policy then counts.
  public var proxy: String?
  /// An existing directory in which the body is staged. The staged file is removed by the one who takes the result.
  public var spoolDirectory: String
  /// Other values that must not be seen in any message, such as a key that stands in the path of the address.
  public var secrets: [Secret]

  public init(
    feed: String, url: String, headers: [HTTPHeader] = [], authentication: Authentication = .none, etag: String? = nil,
    lastModified: String? = nil, hasStoredBody: Bool = true, limits: BodyLimits = BodyLimits(), timeout: Double = 60,
    allowPrivate: Bool = false, tls: TLSOptions = TLSOptions(), proxy: String? = nil, spoolDirectory: String,
    secrets: [Secret] = []
  ) {
    self.feed = feed
    self.url = url
    self.headers = headers
    self.authentication = authentication
    self.etag = etag
    self.lastModified = lastModified
    self.hasStoredBody = hasStoredBody
    self.limits = limits
    self.timeout = timeout
    self.allowPrivate = allowPrivate
    self.tls = tls
    self.proxy = proxy
    self.spoolDirectory = spoolDirectory
    self.secrets = secrets
  }

  package var redactor: Redactor { Redactor(secrets: secrets + authentication.secrets + [tls.keyPassword].compactMap { $0 }) }
}

/// A body on disk, whole and synced, not yet judged.
public struct FetchedBody: Sendable, Equatable {
  /// The staged file (mode 0600); to be moved into place or removed.
  public var path: String
  /// Decoded bytes.
  public var bytes: Int64
  public var wireBytes: Int64
  /// SHA-256 of the decoded bytes, lower hexadecimal.
  public var sha256: String
  /// Validators to be stored when, and only when, the body is accepted: at most 1 KiB of visible ASCII.
  public var etag: String?
  public var lastModified: String?
  /// Where the body came from in the end, redacted.
  public var finalURL: String
  public var contentType: String?
  /// Seconds for which the server calls the answer fresh (`Cache-Control: max-age` less `Age`).
  public var freshFor: Int?
  /// The header fields of the answer, for formats that page by them (TAXII).
  public var headers: [HTTPHeader]

  /// The value of the first field of this name, whatever its case.
  public func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// How a fetch ended.
public enum FetchOutcome: Sendable {
  /// The server, or the file's time and size, say that the accepted body is still the newest.
  case notModified(freshFor: Int?)
  case body(FetchedBody)
  case failed(TransportError)
}

public struct FetchResult: Sendable {
  public var feed: String
  public var tag: String
  public var outcome: FetchOutcome
  /// Tries that were made, redirects not counted.
  public var tries: Int
  public var seconds: Double
}

/// What a display may show while fetches run.
public struct FetchProgress: Sendable, Equatable {
  public var finished: Int
  public var total: Int
  /// Feeds with an open connection now.
  public var active: Int
  /// Bytes received by all of them.
  public var bytes: Int64
}
