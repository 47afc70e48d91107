import Indicators
import Syntax
import Transport

/// A MISP feed directory: `manifest.json` says which events there are and when each last changed; only new and changed ones are
/// fetched. An event that left the manifest leaves the body.
struct MISPSession: FeedSession {
  private let definition: FeedDefinition
  private let base: WebAddress?
  private let accepted: String?
  /// Events of the manifest with their time of change.
  private var listed: [String: Int] = [:]
  /// What the accepted body holds of them.
  private var held: [String: Int] = [:]
  private var fetched: [(uuid: String, path: String)] = []
  private var manifest: String?
  private var missed = 0
  private(set) var notes: [Diagnostic] = []

  /// More events than this are not asked for in one run; the rest follows in the next ones.
  private static let eventsOfARun = 20_000
  private static let path = JSONPath("$.response[*]")

  /// - Parameter url: the directory, or its `manifest.json`.
  init(definition: FeedDefinition, url: String, accepted: String?) {
    self.definition = definition
    self.accepted = accepted
    let bare = url.hasSuffix("manifest.json") ? String(url.dropLast("manifest.json".count)) : url
    let hasFile = bare.hasSuffix("/") || bare.contains("?")
    base = WebAddress(hasFile ? bare : bare + "/")
  }

  var pieces: [String] { fetched.map(\.path) + (manifest.map { [$0] } ?? []) }

  mutating func begin() throws(Diagnostic) -> [FeedQuery] {
    guard let url = base?.resolving(location: "manifest.json")?.text else {
      throw Diagnostic(.error, code: "feed.url", "the address cannot be used", file: definition.file)
    }
    return [FeedQuery(tag: "manifest", url: url, accept: "application/json", isConditional: true)]
  }

  mutating func take(_ body: FetchedBody, of query: FeedQuery) throws(Diagnostic) -> [FeedQuery] {
    if query.tag == "manifest" {
      manifest = body.path
      return try read(manifest: body.path)
    }
    fetched.append((query.tag, body.path))
    return []
  }

  mutating func miss(_ query: FeedQuery, because error: TransportError) throws(TransportError) -> [FeedQuery] {
    if query.tag == "manifest" { throw error }
    missed += 1
    if notes.count < 20 {
      notes.append(Diagnostic(.warning, code: "feed.event-missed", "event \(query.tag): \(error.message)", file: definition.name))
    }
    return []
  }

  private mutating func read(manifest path: String) throws(Diagnostic) -> [FeedQuery] {
    guard let members = try RecordAssembly.document(path, name: definition.name).object?.members else {
      throw Diagnostic(.error, code: "feed.not-a-manifest", "manifest.json is no object of events", file: definition.name)
    }
    for (uuid, entry) in members {
      // The name becomes part of an address: nothing but a UUID may.
      guard Self.isUUID(uuid) else {
        notes.append(Diagnostic(.warning, code: "feed.bad-uuid", "'\(uuid.shortened)' in the manifest is no UUID", file: definition.name))
        continue
      }
      listed[uuid.lowercased()] = Self.time(entry["timestamp"])
    }
    if let accepted { held = try Self.times(of: accepted, name: definition.name) }
    let wanted = listed.filter { held[$0.key] != $0.value }.keys.sorted { (listed[$0] ?? 0, $0) > (listed[$1] ?? 0, $1) }
    if wanted.count > Self.eventsOfARun { missed += wanted.count - Self.eventsOfARun }
    return wanted.prefix(Self.eventsOfARun).compactMap { uuid in
      base?.resolving(location: "\(uuid).json").map { FeedQuery(tag: uuid, url: $0.text, accept: "application/json") }
    }
  }

  mutating func assemble(spool directory: String) throws -> AssembledBody {
    var assembly = try RecordAssembly(container: "response", limit: definition.maximumBytes, directory: directory)
    var fresh: [String: String] = [:]
    for (uuid, path) in fetched { fresh[uuid] = path }
    if let accepted, let path = Self.path {
      try RecordAssembly.records(of: accepted, at: path, name: definition.name) { record in
        guard let (uuid, _) = Self.stamp(record.bytes), listed[uuid] != nil, fresh[uuid] == nil else { return }
        try assembly.add(record.bytes)
      }
    }
    for uuid in fresh.keys.sorted() {
      guard let path = fresh[uuid], let event = event(at: path, uuid: uuid) else { continue }
      var record: JSONObject = ["manifest": JSONValue(listed[uuid] ?? 0), "uuid": .string(uuid)]
      record["Event"] = event["Event"] ?? event
      try assembly.add(record.serialized().utf8)
    }
    var body = try assembly.finish()
    body.isPartial = missed > 0
    return body
  }

  /// A fetched event; nil, and said, for one that cannot be read: it spoils only itself.
  private mutating func event(at path: String, uuid: String) -> JSONValue? {
    do throws(Diagnostic) { return try RecordAssembly.document(path, name: definition.name) } catch {
      missed += 1
      if notes.count < 20 { notes.append(Diagnostic(.warning, code: error.code, "event \(uuid): \(error.message)", file: definition.name)) }
      return nil
    }
  }

  /// What the accepted body, which is of our making, holds.
  private static func times(of body: String, name: String) throws(Diagnostic) -> [String: Int] {
    var times: [String: Int] = [:]
    guard let path else { return times }
    do {
      try RecordAssembly.records(of: body, at: path, name: name) { record in
        if let (uuid, time) = stamp(record.bytes) { times[uuid] = time }
      }
    } catch let diagnostic as Diagnostic {
      throw diagnostic
    } catch {
      throw Diagnostic(.error, code: "feed.not-json", "the accepted body cannot be read", file: name)
    }
    return times
  }

  /// The UUID and time that stand at the head of a record as ``assemble`` writes it; the event behind is not read.
  private static func stamp(_ record: [UInt8]) -> (uuid: String, time: Int)? {
    let head = String(decoding: record.prefix(120), as: UTF8.self)
    guard head.hasPrefix("{\"manifest\":") else { return nil }
    let rest = head.dropFirst("{\"manifest\":".count)
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    let mark = ",\"uuid\":\""
    guard let time = Int(digits), rest.dropFirst(digits.count).hasPrefix(mark) else { return nil }
    let uuid = String(rest.dropFirst(digits.count + mark.count).prefix(36))
    return isUUID(uuid) ? (uuid, time) : nil
  }

  private static func time(_ value: JSONValue?) -> Int { value?.scalarText.flatMap { Int($0) } ?? 0 }

  private static func isUUID(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.count == 36
      && bytes.enumerated().allSatisfy { index, byte in
        [8, 13, 18, 23].contains(index) ? byte == UInt8(ascii: "-") : 0x30...0x39 ~= byte || 0x61...0x66 ~= byte | 0x20
      }
  }
}
