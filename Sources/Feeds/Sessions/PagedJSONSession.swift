import Indicators
import Syntax
import Transport

/// JSON records in pages, each of which names the address of the next (`json: {records: …, next: "$.next"}`), as OTX does.
struct PagedJSONSession: FeedSession {
  private let definition: FeedDefinition
  private let url: String
  private let next: JSONPath
  private var pages: [String] = []
  private var asked: Set<String> = []
  let notes: [Diagnostic] = []

  /// More pages than any feed needs; a server that points in circles is stopped sooner.
  private static let longest = 5_000

  init(definition: FeedDefinition, url: String, next: JSONPath) {
    self.definition = definition
    self.url = url
    self.next = next
  }

  var pieces: [String] { pages }

  mutating func begin() -> [FeedQuery] { ask(url) }

  mutating func take(_ body: FetchedBody, of query: FeedQuery) throws(Diagnostic) -> [FeedQuery] {
    pages.append(body.path)
    guard let link = try RecordAssembly.first(of: body.path, at: next.text, name: definition.name)?.string, !link.isEmpty else { return [] }
    guard let here = WebAddress(query.url), let there = here.resolving(location: link), there.origin == here.origin else {
      throw Diagnostic(.error, code: "feed.next-page", "the next page is on another host: it is not followed", file: definition.name)
    }
    guard pages.count < Self.longest, !asked.contains(there.text) else {
      throw Diagnostic(.error, code: "feed.next-page", "the pages do not end, or go in circles", file: definition.name)
    }
    return ask(there.text)
  }

  mutating func miss(_ query: FeedQuery, because error: TransportError) throws(TransportError) -> [FeedQuery] { throw error }

  mutating func assemble(spool directory: String) throws -> AssembledBody {
    guard let path = definition.records ?? JSONPath("$[*]") else { return try RecordAssembly(container: nil, limit: 0, directory: directory).finish() }
    var assembly = try RecordAssembly(container: nil, limit: definition.maximumBytes, directory: directory)
    for page in pages {
      try RecordAssembly.records(of: page, at: path, name: definition.name) { try assembly.add($0.bytes) }
    }
    return try assembly.finish()
  }

  private mutating func ask(_ url: String) -> [FeedQuery] {
    asked.insert(url)
    return [FeedQuery(tag: "page-\(asked.count)", url: url, accept: "application/json")]
  }
}
