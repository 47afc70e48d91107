import Indicators
import Syntax
import Transport

/// A TAXII 2.1 client (OASIS TAXII 2.1, sections 4 and 5): discovery, API roots, collections, pages of objects.
///
/// Objects that carry one time of addition can be more than a page holds. A server's own `next` steps through them; without it the
/// client asks again from just below the last time, so that none is stepped over, and with a larger page when a whole page carried
/// one time. What comes twice is known by its id.
struct TAXIISession: FeedSession {
  static let mediaType = "application/taxii+json;version=2.1"

  private enum Role { case start, collections, objects(Stream) }

  /// Where the paging of one collection stands.
  private struct Stream {
    /// Address of its objects.
    let objects: WebAddress
    var addedAfter: Timestamp?
    var next: String?
    var limit = 1_000
    var pages = 0
    /// Digest of the last page, to know a server that turns in circles.
    var lastPage = ""
  }

  private let definition: FeedDefinition
  private let url: String
  private let accepted: String?
  /// Where each collection goes on next time.
  private var positions: [String: Timestamp] = [:]
  private var roles: [String: Role] = [:]
  private var pages: [String] = []
  private var documents: [String] = []
  private var isPartial = false
  private var asked = 0
  private(set) var notes: [Diagnostic] = []

  private static let longest = 10_000
  private static let largestPage = 64_000

  init(definition: FeedDefinition, url: String, bookmark: String?, accepted: String?) {
    self.definition = definition
    self.url = url
    self.accepted = accepted
    // Without the body that it belongs to, a position would leave out what came before.
    if accepted != nil, let members = bookmark.flatMap({ try? JSONParser.parse($0) })?.object?.members {
      for (collection, time) in members { positions[collection] = time.string.flatMap { Timestamp(parsing: $0) } }
    }
  }

  var pieces: [String] { pages + documents }

  mutating func begin() throws(Diagnostic) -> [FeedQuery] {
    guard let address = WebAddress(url) else {
      throw Diagnostic(.error, code: "feed.url", "the address cannot be used", file: definition.file)
    }
    // An address of one collection needs no discovery.
    let path = address.text.split(separator: "?").first.map(String.init) ?? address.text
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    if let index = parts.lastIndex(of: "collections"), index + 1 < parts.count {
      let collection = path.hasSuffix("/objects/") ? path : path.hasSuffix("/objects") ? path + "/" : (path.hasSuffix("/") ? path : path + "/") + "objects/"
      guard let objects = WebAddress(collection) else { return [] }
      return ask(stream(objects))
    }
    return [query("start", path.hasSuffix("/") ? path : path + "/", .start)]
  }

  mutating func take(_ body: FetchedBody, of query: FeedQuery) throws(Diagnostic) -> [FeedQuery] {
    switch roles.removeValue(forKey: query.tag) {
    case .start:
      documents.append(body.path)
      return try root(body.path, of: query)
    case .collections:
      documents.append(body.path)
      return try collections(body.path, of: query)
    case .objects(let stream):
      pages.append(body.path)
      return try page(body, stream)
    case nil: return []
    }
  }

  mutating func miss(_ query: FeedQuery, because error: TransportError) throws(TransportError) -> [FeedQuery] {
    // What came in whole pages before is good, and its position is known: the rest is asked for next time.
    guard case .objects = roles.removeValue(forKey: query.tag), !pages.isEmpty else { throw error }
    isPartial = true
    notes.append(Diagnostic(.warning, code: "feed.page-missed", "\(error.message); the rest is asked for in the next run", file: definition.name))
    return []
  }

  // MARK: Finding the collections

  private mutating func root(_ file: String, of query: FeedQuery) throws(Diagnostic) -> [FeedQuery] {
    let document = try RecordAssembly.document(file, name: definition.name)
    guard let here = WebAddress(query.url) else { return [] }
    guard let roots = document["api_roots"]?.strings, !roots.isEmpty else {
      // No discovery: an API root's own description.
      return here.resolving(location: "collections/").map { [self.query("collections", $0.text, .collections)] } ?? []
    }
    let chosen = document["default"]?.string.map { [$0] } ?? roots
    var queries: [FeedQuery] = []
    for text in definition.taxii.collection == nil ? chosen : roots {
      guard let root = here.resolving(location: text.hasSuffix("/") ? text : text + "/") else { continue }
      guard root.origin == here.origin else {
        notes.append(
          Diagnostic(
            .warning, code: "feed.taxii-root", "the API root \(root.text) is on another host: credentials are not sent there",
            hint: "if it is meant, make its address the feed's url", file: definition.name))
        continue
      }
      if let collections = root.resolving(location: "collections/") { queries.append(self.query("collections", collections.text, .collections)) }
    }
    if queries.isEmpty {
      throw Diagnostic(.error, code: "feed.taxii-root", "the server names no API root that can be used", file: definition.name)
    }
    return queries
  }

  private mutating func collections(_ file: String, of query: FeedQuery) throws(Diagnostic) -> [FeedQuery] {
    let document = try RecordAssembly.document(file, name: definition.name)
    guard let here = WebAddress(query.url) else { return [] }
    let all = document["collections"]?.array ?? []
    let chosen = all.filter { collection in
      guard collection["can_read"] != false, let id = collection["id"]?.string, !id.contains("/") else { return false }
      guard let wanted = definition.taxii.collection else { return true }
      return [id, collection["alias"]?.string, collection["title"]?.string].contains(wanted)
    }
    if chosen.isEmpty, roles.isEmpty {
      let known = all.compactMap { $0["title"]?.string ?? $0["id"]?.string }.prefix(10).joined(separator: ", ")
      throw Diagnostic(
        .error, code: "feed.taxii-collection",
        definition.taxii.collection.map { "no readable collection has the id, alias or title '\($0)'" } ?? "the server shows no readable collection",
        hint: known.isEmpty ? nil : "it shows: \(known)", file: definition.name)
    }
    var queries: [FeedQuery] = []
    for collection in chosen {
      guard let id = collection["id"]?.string, let objects = here.resolving(location: "\(id)/objects/") else { continue }
      queries += ask(stream(objects))
    }
    return queries
  }

  // MARK: Paging

  private func stream(_ objects: WebAddress) -> Stream {
    Stream(objects: objects, addedAfter: positions[objects.text] ?? definition.taxii.addedAfter)
  }

  private mutating func page(_ body: FetchedBody, _ asked: Stream) throws(Diagnostic) -> [FeedQuery] {
    var stream = asked
    stream.pages += 1
    let first = body.header("X-TAXII-Date-Added-First").flatMap { Timestamp(parsing: $0) }
    let last = body.header("X-TAXII-Date-Added-Last").flatMap { Timestamp(parsing: $0) }
    // Just below the last: others of the same moment may still come. They are fetched again and known by their ids.
    let below = last.map { Timestamp(microseconds: $0.microseconds - 1) }
    if let below { positions[stream.objects.text] = max(below, positions[stream.objects.text] ?? below) }
    guard try RecordAssembly.first(of: body.path, at: "$.more", name: definition.name) == true else { return [] }
    guard stream.pages < Self.longest else {
      throw Diagnostic(.error, code: "feed.next-page", "the pages do not end", file: definition.name)
    }
    if let next = try RecordAssembly.first(of: body.path, at: "$.next", name: definition.name)?.scalarText, !next.isEmpty {
      // The token may stay the same (medallion's does); a page that stays the same does not end.
      guard body.sha256 != asked.lastPage else {
        throw Diagnostic(.error, code: "feed.next-page", "the server gives the same page for ever", file: definition.name)
      }
      stream.lastPage = body.sha256
      stream.next = next
      return ask(stream)
    }
    stream.next = nil
    guard let first, let last, let below else {
      throw Diagnostic(
        .error, code: "feed.next-page", "there are more objects, but the server says neither 'next' nor when the last one was added", file: definition.name)
    }
    if first < last, below > stream.addedAfter ?? Timestamp(microseconds: .min) {
      stream.addedAfter = below
    } else if stream.limit < Self.largestPage {
      stream.limit *= 4
    } else {
      isPartial = true
      notes.append(
        Diagnostic(
          .warning, code: "feed.taxii-same-time", "more than \(stream.limit) objects were added at \(last.iso8601) and the server cannot page through them",
          file: definition.name))
      stream.addedAfter = last
    }
    return ask(stream)
  }

  private mutating func ask(_ stream: Stream) -> [FeedQuery] {
    var items: [(name: String, value: String)] = [("limit", String(stream.limit))]
    if let after = stream.addedAfter { items.append(("added_after", Self.text(after))) }
    if let next = stream.next { items.append(("next", next)) }
    guard let address = stream.objects.addingQuery(items) else { return [] }
    return [query("objects", address.text, .objects(stream))]
  }

  private mutating func query(_ what: String, _ url: String, _ role: Role) -> FeedQuery {
    asked += 1
    let tag = "\(what)-\(asked)"
    roles[tag] = role
    return FeedQuery(tag: tag, url: url, accept: Self.mediaType)
  }

  /// TAXII wants microseconds and `Z`.
  private static func text(_ time: Timestamp) -> String {
    let text = time.iso8601
    guard let dot = text.firstIndex(of: ".") else { return text.dropLast() + ".000000Z" }
    let digits = text[text.index(after: dot)...].dropLast()
    return text[...dot] + digits + String(repeating: "0", count: max(0, 6 - digits.count)) + "Z"
  }

  // MARK: Joining

  private static let path = JSONPath("$.objects[*]")

  private struct Version {
    var modified: Timestamp
    var page: Int
    var number: Int
  }

  mutating func assemble(spool directory: String) throws -> AssembledBody {
    var assembly = try RecordAssembly(container: "objects", limit: definition.maximumBytes, directory: directory)
    guard let path = Self.path else { return try assembly.finish() }
    // Which of the fetched versions of an object is the newest.
    var newest: [String: Version] = [:]
    for (page, file) in pages.enumerated() {
      var number = 0
      try RecordAssembly.records(of: file, at: path, name: definition.name) { record in
        defer { number += 1 }
        guard let (id, modified) = Self.identity(record.bytes) else { return }
        if let known = newest[id], known.modified >= modified { return }
        newest[id] = Version(modified: modified, page: page, number: number)
      }
    }
    if let accepted {
      try RecordAssembly.records(of: accepted, at: path, name: definition.name) { record in
        if let (id, modified) = Self.identity(record.bytes), let fetched = newest[id] {
          if fetched.modified > modified { return }
          newest[id] = nil
        }
        try assembly.add(record.bytes)
      }
    }
    for (page, file) in pages.enumerated() {
      var number = 0
      try RecordAssembly.records(of: file, at: path, name: definition.name) { record in
        defer { number += 1 }
        guard let (id, _) = Self.identity(record.bytes), let version = newest[id], version.page == page, version.number == number else { return }
        try assembly.add(record.bytes)
      }
    }
    var body = try assembly.finish()
    var bookmark = JSONObject()
    for (collection, time) in positions.sorted(by: { $0.key < $1.key }) { bookmark[collection] = .string(Self.text(time)) }
    body.bookmark = bookmark.serialized()
    body.isPartial = isPartial
    return body
  }

  /// An object's id and version; objects without versions (STIX 2.1 observables) count as the oldest.
  private static func identity(_ record: [UInt8]) -> (String, Timestamp)? {
    guard let object = try? JSONParser.parse(record), let id = object["id"]?.string else { return nil }
    let time = (object["modified"] ?? object["created"])?.string.flatMap { Timestamp(parsing: $0) }
    return (id, time ?? Timestamp(microseconds: .min))
  }
}
