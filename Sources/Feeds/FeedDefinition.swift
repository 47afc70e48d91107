public import Indicators
public import Syntax

/// What the operator wrote about one feed, checked.
public struct FeedDefinition: Sendable, Hashable {
  public enum Withdrawal: String, Sendable, CaseIterable {
    /// A value that left the feed runs out.
    case age
    /// A value that left the feed ends with it.
    case atOnce = "at-once"
  }

  /// Which bodies are not believed. Percentages of the last accepted body; the defaults are reliability's.
  public struct Guards: Sendable, Hashable {
    public var minimumRows = 1
    public var shrink = 50
    public var grow = 500
    public var churn = 90
    /// A text that every good body holds.
    public var contains: String?
  }

  public struct CSVSettings: Sendable, Hashable {
    public enum Header: Sendable, Hashable {
      case auto
      /// The first row is data.
      case none
      /// The last comment before the data.
      case comment
      case names([String])
    }

    /// Nil: found out.
    public var delimiter: UInt8?
    /// Nil: `#`, and whatever else the body shows.
    public var comment: String?
    public var header = Header.auto
  }

  public struct TAXIISettings: Sendable, Hashable {
    /// A collection's id, alias or title; nil when the feed's address is the collection's own or all of them are meant.
    public var collection: String?
    /// Nil: from the bookmark of the last run.
    public var addedAfter: Timestamp?
  }

  /// PEM files for hosts with certificates of an own authority, or that ask for ours.
  public struct TLSFiles: Sendable, Hashable {
    public var authority: String?
    public var certificate: String?
    public var key: String?
  }

  /// How a JSON source is asked for what is new alone.
  public struct SinceSettings: Sendable, Hashable {
    /// The parameter of the query that takes a time: `modified_since`.
    public var query: String
    /// Where a record says when it changed; the newest of these times is asked from.
    public var time: JSONPath
    /// Where a record says which it is, so that a new version replaces the old one; nil: every other text is another record.
    public var id: JSONPath?
  }

  public struct MISPSettings: Sendable, Hashable {
    /// Attributes that are not marked for detection (`to_ids`) are taken too.
    public var takesAll = false
  }

  public struct Validity: Sendable, Hashable {
    /// Seconds for every type; nil: the type's own default.
    public var all: Int?
    public var byType: [IndicatorType: Int] = [:]
  }

  public var name: String
  /// The feed file, as diagnostics name it.
  public var file: String
  public var location: FeedLocation
  /// The one member of an archive that is read, `*` and `?` standing for any characters; nil when it must hold one file.
  public var member: String?
  public var description: String?
  public var reference: String?
  public var license: String?
  public var enabled = true
  public var format: FeedFormat
  /// Seconds between two fetches.
  public var every = 3600
  /// Seconds for one attempt.
  public var timeout = 60
  /// Bytes of the decoded body.
  public var maximumBytes = 256 << 20
  /// Rows of the body.
  public var maximumRows = FeedLimits.records
  public var allowPrivate = false
  public var authentication: FeedAuthentication?
  public var confidence = 50
  public var tlp: String?
  public var tags: [String] = []
  public var actors: [String] = []
  public var validFor = Validity()
  public var withdraw = Withdrawal.age
  public var match: [IndicatorType: MatchMode] = [:]
  public var guards = Guards()
  public var csv = CSVSettings()
  /// Where the records of a JSON body are; nil: found out.
  public var records: JSONPath?
  /// Where a JSON body names the address of its next page; nil for one that is whole.
  public var nextPage: JSONPath?
  /// Nil: the whole is asked for every time.
  public var since: SinceSettings?
  public var taxii = TAXIISettings()
  public var tls = TLSFiles()
  /// `http://host:port` of a proxy; the environment's is not asked.
  public var proxy: String?
  /// Changes when the feed file does, and is the same in every process.
  public var fingerprint = ""
  static let wholeArray = JSONPath("$[*]")
  public var misp = MISPSettings()
  /// Nil: found out.
  public var map: FeedMap?

  public init(name: String, file: String = "", location: FeedLocation, format: FeedFormat) {
    self.name = name
    self.file = file
    self.location = location
    self.format = format
  }

  /// The end of validity of a value of `type`, last seen by the feed at `lastSeen`.
  ///
  /// `valid-for` counts from the last sighting that the feed tells of. The default of a type counts from now: what a feed still
  /// lists is still claimed, however old its dates are.
  public func validUntil(_ type: IndicatorType, lastSeen: Timestamp?, now: Timestamp) -> Timestamp? {
    validity(type, lastSeen: lastSeen).map { ($0.from ?? now).adding(seconds: $0.seconds) }
  }

  /// How long a value is valid, and from when: nil means from each reading of a body that lists it. Nil altogether when it does not end.
  func validity(_ type: IndicatorType, lastSeen: Timestamp?) -> (seconds: Int64, from: Timestamp?)? {
    if let span = validFor.byType[type] ?? validFor.all { return (Int64(span), lastSeen) }
    return Self.defaultValidity(type).map { (Int64($0), nil) }
  }

  /// How long a value of `type` stays meaningful by itself, in seconds; nil for those that do not change hands.
  public static func defaultValidity(_ type: IndicatorType) -> Int? {
    switch type {
    case .ipv4, .ipv6, .cidr, .ipRange, .ipv4Port, .ipv6Port: 30 * 86_400
    case .url, .domain, .domainPort, .domainWildcard: 90 * 86_400
    case .email, .onion, .asn, .telegram, .telegramInvite, .userAgent, .ja3, .ja4, .jarm: 365 * 86_400
    default: nil
    }
  }
}

/// Where a feed's body comes from.
public enum FeedLocation: Sendable, Hashable {
  /// `https` or `http`, secrets by reference.
  case remote(SecretText)
  /// A file, a directory (walked) or a glob, as an absolute path or one relative to the working directory.
  case local(path: String)
}

/// A request with its secrets filled in.
public struct FeedRequest: Sendable {
  public var url: String
  public var headers: [(name: String, value: String)] = []
  public var user: String?
  public var password: String?
  /// Everything that must not be printed.
  public var secrets: [String] = []
}

extension FeedDefinition {
  /// What is to be fetched, secrets filled in.
  ///
  /// - Throws: `feed.secret-missing` when a secret is not set: such a feed is off, not broken.
  public func request(secrets reader: SecretReader) throws(Diagnostic) -> FeedRequest? {
    guard case .remote(let address) = location else { return nil }
    let (url, hidden) = try address.resolved(by: reader, feed: name)
    var request = FeedRequest(url: url, secrets: hidden)
    switch authentication {
    case nil: break
    case .header(let name, let value):
      let (text, hidden) = try value.resolved(by: reader, feed: self.name)
      request.headers.append((name, text))
      request.secrets += hidden + [text]
    case .bearer(let token):
      let (text, hidden) = try token.resolved(by: reader, feed: name)
      request.headers.append(("Authorization", "Bearer \(text)"))
      request.secrets += hidden + [text]
    case .basic(let user, let password):
      let (name, hiddenName) = try user.resolved(by: reader, feed: self.name)
      let (word, hiddenWord) = try password.resolved(by: reader, feed: self.name)
      request.user = name
      request.password = word
      request.secrets += hiddenName + hiddenWord + [word]
    case .query(let members):
      for key in members.keys.sorted() {
        guard let value = members[key] else { continue }
        let (text, hidden) = try value.resolved(by: reader, feed: name)
        request.url += (request.url.contains("?") ? "&" : "?") + Self.percentEncoded(key) + "=" + Self.percentEncoded(text)
        request.secrets += hidden + [text, Self.percentEncoded(text)]
      }
    }
    return request
  }

  /// RFC 3986: everything but unreserved characters.
  static func percentEncoded(_ text: String) -> String {
    text.utf8.map { byte in
      if ASCIIKind.isAlphanumeric(byte) || "-._~".utf8.contains(byte) { return String(UnicodeScalar(byte)) }
      let digits = String(byte, radix: 16, uppercase: true)
      return "%" + (byte < 16 ? "0" : "") + digits
    }.joined()
  }
}
