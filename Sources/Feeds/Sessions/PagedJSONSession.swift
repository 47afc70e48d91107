import Indicators
import Syntax
import Transport

/// JSON records in pages, each of which names the address of the next (`json: {records: …, next: "$.next"}`), as OTX does; with
/// `since:` only the records that are new or changed are asked for, and joined with those of the accepted body.
struct PagedJSONSession: FeedSession {
  private let definition: FeedDefinition
  private let url: String
  /// The newest time of the accepted body's records, as their server writes it.
  private let bookmark: String?
  private let accepted: String?
  private var pages: [String] = []
  private var asked: Set<String> = []
  private(set) var notes: [Diagnostic] = []

  /// More pages than any feed needs; a server that points in circles is stopped sooner.
  private static let longest = 5_000

  init(definition: FeedDefinition, url: String, bookmark: String?, accepted: String?) {
    self.definition = definition
    self.url = url
    let goesOn = definition.since != nil && bookmark != nil && accepted != nil
    // Without the body that it belongs to, a bookmark would leave out what came before.
    self.bookmark = goesOn ? bookmark : nil
    self.accepted = goesOn ? accepted : nil
  }

  var pieces: [String] { pages }

  mutating func begin() -> [FeedQuery] {
    guard let since = definition.since, let bookmark else { return ask(url) }
    return ask(since.address(url, from: bookmark))
  }

  mutating func take(_ body: FetchedBody, of query: FeedQuery) throws(Diagnostic) -> [FeedQuery] {
    pages.append(body.path)
    guard let next = definition.nextPage, let link = try RecordAssembly.first(of: body.path, at: next.text, name: definition.name)?.string, !link.isEmpty
    else { return [] }
    guard let here = WebAddress(query.url), let there = here.resolving(location: link), there.origin == here.origin else {
      throw Diagnostic(.error, code: "feed.next-page", "the next page is on another host: it is not followed", file: definition.name)
    }
    guard pages.count < Self.longest, !asked.contains(there.text) else {
      throw Diagnostic(.error, code: "feed.next-page", "the pages do not end, or go in circles", file: definition.name)
    }
    return ask(there.text)
  }

  /// A page that is missing may hold what is older than the bookmark of the others: nothing is taken, and all is asked for again.
  mutating func miss(_ query: FeedQuery, because error: TransportError) throws(TransportError) -> [FeedQuery] { throw error }

  mutating func assemble(spool directory: String) throws -> AssembledBody {
    guard let path = definition.records ?? JSONPath("$[*]") else { return try RecordAssembly(container: nil, limit: 0, directory: directory).finish() }
    var assembly = try RecordAssembly(container: nil, limit: definition.maximumBytes, directory: directory)
    guard let since = definition.since else {
      for page in pages {
        try RecordAssembly.records(of: page, at: path, name: definition.name) { try assembly.add($0.bytes) }
      }
      return try assembly.finish()
    }
    var newest = NewestRecords(since)
    for page in pages { try RecordAssembly.records(of: page, at: path, name: definition.name) { newest.note($0.bytes) } }
    if let accepted, let whole = JSONPath("$[*]") {
      try RecordAssembly.records(of: accepted, at: whole, name: definition.name) { if newest.keeps($0.bytes) { try assembly.add($0.bytes) } }
    }
    newest.beginPages()
    for page in pages {
      try RecordAssembly.records(of: page, at: path, name: definition.name) { if newest.takes($0.bytes) { try assembly.add($0.bytes) } }
    }
    if newest.bookmark == nil, newest.count > 0 {
      notes.append(
        Diagnostic(
          .warning, code: "feed.no-time", "no record has a time at '\(since.time.text)': all of them are asked for every time", file: definition.name))
    }
    var body = try assembly.finish()
    body.bookmark = newest.bookmark ?? bookmark
    return body
  }

  private mutating func ask(_ url: String) -> [FeedQuery] {
    asked.insert(url)
    return [FeedQuery(tag: "page-\(asked.count)", url: url, accept: "application/json")]
  }
}

/// Which of the records that came are the newest of their kind, and which accepted ones they replace.
///
/// What comes again as it was stays where it stood: a source that has nothing new gives the same body, byte for byte.
private struct NewestRecords {
  private struct Known {
    var time: Timestamp?
    /// Its place among all records of the pages.
    var ordinal: Int
    var digest: [UInt8]
    var isListed = false
  }

  private let since: FeedDefinition.SinceSettings
  private var known: [String: Known] = [:]
  private var latest: Timestamp?
  /// The newest time, as it was written.
  private(set) var bookmark: String?
  private(set) var count = 0
  private var place = 0

  init(_ since: FeedDefinition.SinceSettings) { self.since = since }

  mutating func note(_ bytes: [UInt8]) {
    defer { count += 1 }
    let (key, time, text) = facts(bytes)
    if let time, time > latest ?? Timestamp(microseconds: .min) {
      latest = time
      bookmark = text
    }
    if let other = known[key]?.time, let time, time < other { return }
    known[key] = Known(time: time, ordinal: count, digest: SHA256.digest(bytes))
  }

  /// Whether an accepted record stays: no newer one came for it.
  mutating func keeps(_ bytes: [UInt8]) -> Bool {
    let key = facts(bytes).key
    guard let other = known[key] else { return true }
    guard other.digest == SHA256.digest(bytes), !other.isListed else { return false }
    known[key]?.isListed = true
    return true
  }

  mutating func beginPages() { place = 0 }

  /// Whether the next record of the pages is to be added.
  mutating func takes(_ bytes: [UInt8]) -> Bool {
    defer { place += 1 }
    guard let known = known[facts(bytes).key] else { return true }
    return known.ordinal == place && !known.isListed
  }

  /// A record that has no id is its own bytes.
  private func facts(_ bytes: [UInt8]) -> (key: String, time: Timestamp?, text: String?) {
    let record = try? JSONParser.parse(bytes)
    let id = record.flatMap { record in since.id?.values(in: record).lazy.compactMap(\.scalarText).first }
    let text = record.flatMap { record in since.time.values(in: record).lazy.compactMap(\.scalarText).first }
    return (id ?? SHA256.identity([String(decoding: bytes, as: UTF8.self)]), text.flatMap(FeedDates.parse), text)
  }
}

extension FeedDefinition.SinceSettings {
  /// `url` with the parameter that asks for what is newer than the bookmark.
  ///
  /// A second earlier: some servers mean "from", some "after", and records of one moment need not have been there together.
  func address(_ url: String, from bookmark: String) -> String {
    let fragment = url.firstIndex(of: "#") ?? url.endIndex
    var base = url[..<fragment]
    var members: [Substring] = []
    if let mark = base.firstIndex(of: "?") {
      members = base[base.index(after: mark)...].split(separator: "&").filter { !$0.hasPrefix(query + "=") }
      base = base[..<mark]
    }
    let value = FeedDefinition.percentEncoded(Self.earlier(bookmark))
    return base + "?" + (members.map(String.init) + ["\(query)=\(value)"]).joined(separator: "&")
  }

  /// The moment before, written as the server writes its own.
  private static func earlier(_ text: String) -> String {
    // Seconds, milliseconds or microseconds, by as many digits as ``Timestamp/init(parsing:)`` tells them apart.
    if let number = Int64(text) { return String(number &- (text.utf8.count >= 15 ? 1_000_000 : text.utf8.count >= 12 ? 1_000 : 1)) }
    guard let moment = FeedDates.parse(text) else { return text }
    let written = Timestamp(seconds: moment.seconds - 1).iso8601
    // A time without a zone is compared as text by some.
    let hasZone = text.hasSuffix("Z") || text.hasSuffix("z") || text.suffix(6).contains { $0 == "+" || $0 == "-" } && text.contains(":")
    return hasZone ? written : String(written.dropLast())
  }
}
