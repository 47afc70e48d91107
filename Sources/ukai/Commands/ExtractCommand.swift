import ArgumentParser
import Export
import Indicators
import Rules
import Syntax
import Terminal

/// `ukai extract`: indicators and actors out of a report.
struct Extract: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract", abstract: "Indicators and actors out of a report (text, Markdown, HTML).",
    discussion: """
      Defanged values are undone; references, victims and publishers are left alone. Offsets count Unicode scalars of the input.

      Examples:
        ukai extract report.html --json
        ukai extract --as feed report.md > Feeds/bodies/report.jsonl
      """)

  enum Form: String, ExpressibleByArgument, CaseIterable { case text, jsonl, stix, csv, feed }

  @Option(name: .customLong("as"), help: "What to write: jsonl, stix, csv, feed (JSON lines that a feed file reads), or text.")
  var form: Form?

  @OptionGroup var places: PlaceOptions
  @OptionGroup var output: FormatOptions

  @Argument(help: "Files; - reads standard input.")
  var files: [String] = ["-"]

  func run() throws {
    let form = form ?? (output.json ? .jsonl : .text)
    let resolver = Actors.resolver(places.rules)
    let mentions = ActorMentions(resolver: resolver)
    var named: Set<String> = []
    var console = Console(json: form == .jsonl, colour: output.color)
    var writer = try writer(form)
    if let header = writer?.header { try console.bytes(Array(header.utf8)) }
    var failures: [ExitStatus] = []
    for file in files {
      let text: String
      do {
        text = String(decoding: try LineInput.all(path: file), as: UTF8.self)
      } catch let error {
        Console.note(Console.visible("error: \(error.message) [input]"))
        failures.append(error.status)
        continue
      }
      let found = TextExtractor().extract(text)
      let actors = Self.actors(in: text, mentions)
      named.formUnion(actors.filter { $0.strength == .strong }.compactMap(\.actor))
      switch form {
      case .jsonl, .text: try list(found, actors, file: file, &console)
      case .feed: try feed(found, actors, &console)
      case .stix, .csv:
        for observable in Self.unique(found) {
          if let text = writer?.text(for: Self.indicator(observable, actors)) { try console.bytes(Array(text.utf8)) }
        }
      }
    }
    if form == .stix { try console.bytes(Array(STIXActors.text(for: named.sorted(), in: resolver).utf8)) }
    if let footer = writer?.footer { try console.bytes(Array(footer.utf8)) }
    try console.flush()
    if let failure = failures.first { throw CommandFailure(failures.count == files.count ? failure : .incomplete) }
  }

  private func writer(_ form: Form) throws -> (any InterchangeFormat)? {
    switch form {
    case .stix: InterchangeForm.stix.writer(now: Files.now())
    case .csv: InterchangeForm.csv.writer(now: Files.now())
    default: nil
    }
  }

  private func list(_ found: [ExtractedIndicator], _ actors: [ActorMention], file: String, _ console: inout Console) throws {
    var records: [(start: Int, json: JSONObject, text: String)] = []
    for item in found {
      records.append(
        (
          item.start,
          [
            "kind": "indicator", "type": .string(item.observable.type.rawValue), "value": .string(item.observable.written),
            "surface": .string(item.surface), "start": JSONValue(item.start), "end": JSONValue(item.end), "flags": JSONValue(item.flags),
          ], "indicator  \(item.observable.type.rawValue)  \(item.observable.written)"
        ))
    }
    for mention in actors {
      var object: JSONObject = ["kind": "actor"]
      for (key, value) in mention.json.members { object[key] = value }
      records.append((mention.start, object, "actor  \(mention.surface)  \(mention.actor ?? mention.entity ?? mention.candidates.joined(separator: ", "))  \(mention.strength.rawValue)"))
    }
    for record in records.sorted(by: { $0.start < $1.start }) {
      try console.record(record.json, text: Console.visible((files.count > 1 ? "\(file): " : "") + record.text))
    }
  }

  /// Names in what people read of a text; offsets and surface are the original's.
  private static func actors(in text: String, _ mentions: ActorMentions) -> [ActorMention] {
    guard let readable = ReadableText(html: text) else { return mentions.find(in: text, field: .body) }
    let original = Array(text.unicodeScalars)
    return mentions.find(in: String(scalars: readable.scalars), field: .body).map { mention in
      var placed = mention
      placed.start = readable.offsets[mention.start]
      placed.end = readable.offsets[mention.end - 1] + 1
      placed.surface = String(scalars: original[placed.start..<placed.end])
      return placed
    }
  }

  /// One JSON object a line, as the feed format `jsonl` reads it.
  private func feed(_ found: [ExtractedIndicator], _ actors: [ActorMention], _ console: inout Console) throws {
    for observable in Self.unique(found) {
      let object: JSONObject = [
        "value": .string(observable.written), "type": .string(observable.type.rawValue), "actors": JSONValue(Self.names(actors)),
      ]
      try console.line(object.serialized())
    }
  }

  private static func unique(_ found: [ExtractedIndicator]) -> [Observable] {
    var seen: Set<Observable> = []
    return found.map(\.observable).filter { seen.insert($0).inserted }
  }

  /// Names of actors that the text surely names.
  private static func names(_ actors: [ActorMention]) -> [String] {
    Set(actors.filter { $0.status == .resolved && $0.strength == .strong }.map(\.surface)).sorted()
  }

  private static func indicator(_ observable: Observable, _ actors: [ActorMention]) -> Indicator {
    Indicator(
      observable: observable, feeds: ["extract"], confidence: 50,
      actors: names(actors).map { name in
        ActorAttribution(status: .resolved, raw: name, id: actors.first { $0.surface == name }?.actor, name: name)
      })
  }
}
