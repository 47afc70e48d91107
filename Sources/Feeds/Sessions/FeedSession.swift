public import Indicators
public import Transport

/// One request of a session.
public struct FeedQuery: Sendable, Hashable {
  /// Names it among the session's requests; comes back with the answer.
  public var tag: String
  public var url: String
  /// The media type that is asked for.
  public var accept: String?
  /// Whether the validators of the accepted body belong to this address.
  public var isConditional = false

  public init(tag: String, url: String, accept: String? = nil, isConditional: Bool = false) {
    self.tag = tag
    self.url = url
    self.accept = accept
    self.isConditional = isConditional
  }
}

/// A whole body made of many answers, staged in the spool directory and not yet judged.
public struct AssembledBody: Sendable {
  public var path: String
  public var sha256: String
  public var bytes: Int64
  public var records: Int
  /// Where the next run goes on.
  public var bookmark: String?
  /// Something could not be fetched: what is there is good, and the rest is asked for next time.
  public var isPartial = false
}

/// A source that is asked in several requests: TAXII, a MISP feed directory, JSON in pages.
///
/// Told of each answer, a session says what to ask next; it never touches the network itself. What it fetched lately is joined with
/// the accepted body, so that the body always holds all that the source says: the guard judges it, rules read it again, and what left
/// the source is seen to have left, as with any other feed.
public protocol FeedSession {
  /// What to ask first.
  mutating func begin() throws(Diagnostic) -> [FeedQuery]
  /// Takes an answer, whose body belongs to the session from now on, and says what to ask next.
  mutating func take(_ body: FetchedBody, of query: FeedQuery) throws(Diagnostic) -> [FeedQuery]
  /// Hears that an answer did not come. Throws when the session cannot go on without it.
  mutating func miss(_ query: FeedQuery, because error: TransportError) throws(TransportError) -> [FeedQuery]
  /// Joins what came with the accepted body; called when nothing is under way any more.
  mutating func assemble(spool directory: String) throws -> AssembledBody
  /// Oddities that cost nothing.
  var notes: [Diagnostic] { get }
  /// Staged files that are removed when the session is over.
  var pieces: [String] { get }
}

extension FeedDefinition {
  /// The session that the feed needs; nil for one that is a single body.
  ///
  /// - Parameters:
  ///   - url: its address, secrets filled in.
  ///   - accepted: the accepted body, when there is one.
  public func session(url: String, bookmark: String?, accepted: String?) -> (any FeedSession)? {
    guard case .remote = location else { return nil }
    switch format {
    case .taxii: return TAXIISession(definition: self, url: url, bookmark: bookmark, accepted: accepted)
    case .mispFeed: return MISPSession(definition: self, url: url, accepted: accepted)
    case .json where isPaged: return PagedJSONSession(definition: self, url: url, bookmark: bookmark, accepted: accepted)
    default: return nil
    }
  }

  /// Whether its JSON comes in several answers.
  private var isPaged: Bool { nextPage != nil || since != nil }

  /// The definition by which an assembled body is read.
  public var ofAssembledBody: FeedDefinition {
    guard format == .json, isPaged, case .remote = location else { return self }
    var copy = self
    copy.records = Self.wholeArray
    return copy
  }
}
