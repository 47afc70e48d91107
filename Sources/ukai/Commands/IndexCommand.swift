import ArgumentParser
import Feeds
import Indicators
import Matching
import Rules
import Syntax
import Terminal

/// `ukai index`: the compiled index by itself, without any database.
struct IndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index", abstract: "Build, inspect and verify compiled indexes.", subcommands: [Build.self, Inspect.self, Verify.self])
}

extension IndexCommand {
  struct Build: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "build", abstract: "Compile values into an index: one value a line, CSV, or JSON lines.",
      discussion: """
        No database and no feed file is needed; the content decides the form, a value its type. Rejected values are counted and shown. Of several
        lists one that cannot be read does not stop the others: the index is made of those, and the status is 3. See --strict.

        Examples:
          ukai index build --from block.txt --from wallets.csv --out mine.ukx
          ukai scan --index mine.ukx --no-store access.log
          grep -h evil notes/*.txt | ukai index build --from - --out mine.ukx
        """)

    @Option(name: .customLong("from"), parsing: .upToNextOption, help: ArgumentHelp("Files of values; - reads standard input.", valueName: "file"))
    var files: [String]

    @Option(name: .customLong("out"), help: ArgumentHelp("The index to write or replace.", valueName: "file"))
    var target: String

    @Option(help: ArgumentHelp("Read every line as one value of this type.", valueName: "type"))
    var type: IndicatorType?

    @Option(help: "Confidence of values that say nothing of it, 0 to 100.")
    var confidence = 50

    @Flag(help: "Write nothing when one of several lists cannot be read.")
    var strict = false

    @OptionGroup var places: PlaceOptions
    @OptionGroup var output: FormatOptions

    func validate() throws {
      guard files.count(where: { $0 == "-" }) <= 1 else { throw ValidationError("--from - can be given once: standard input is read once") }
      guard (0...100).contains(confidence) else { throw ValidationError("--confidence must be a number from 0 to 100") }
    }

    func run() throws {
      let reader = FeedReader(resolver: Actors.resolver(places.rules), warninglists: Warninglists.none, rulesFingerprint: "")
      var builder = IndexBuilder(path: target)
      builder.feedAddresses = FeedCatalog.load(directory: places.feeds).definitions.map(\.address)
      var rejected = 0
      var unread: [(file: String, status: ExitStatus)] = []
      for file in files {
        do {
          rejected += try add(file, reader, to: &builder)
        } catch let failure as BuildFailure {
          throw failure.cause
        } catch {
          guard let status = Program.report(error) else { throw error }
          unread.append((file, status))
        }
      }
      // An index of less than was asked for takes the place of one that may have held more: never of nothing, and not where that is unwanted.
      guard unread.isEmpty || !strict && unread.count < files.count else { throw stopped(unread.map(\.status)) }
      try finish(builder, rejected: rejected, unread: unread.map(\.file))
      if rejected > 0 || !unread.isEmpty { throw CommandFailure(.incomplete) }
    }

    private func stopped(_ statuses: [ExitStatus]) -> CommandFailure {
      let status = ExitStatus.combined(statuses, someSucceeded: false)
      let message = "nothing was written: \(statuses.count) of \(files.count) lists could not be read"
      return CommandFailure(status, Diagnostic(.error, code: "index.unread", message, file: target))
    }

    /// Adds what stands in a file, and returns how many of its values were rejected.
    private func add(_ file: String, _ reader: FeedReader, to builder: inout IndexBuilder) throws -> Int {
      guard file == "-" || Files.exists(file) else { throw InputError(path: file, errorNumber: 2) }
      let list = try PipedList(file)
      defer { withExtendedLifetime(list) {} }
      var rejected = 0
      let definition = definition(of: file)
      let feeds = [definition.name]
      var plain = PlainRows(feeds: feeds)
      builder.reserve(bytes: Files.size(list.path) ?? 0)
      let report = try reader.rows(
        definition, path: list.path, now: Files.now(), emitPlain: { row in try BuildFailure.caught { try plain.add(row, to: &builder) } }
      ) { row in
        switch row {
        case .indicator(let row): try BuildFailure.caught { try builder.add(Indicator(meant: row, feeds: feeds)) }
        case .rejected(let input, let reason, let line):
          rejected += 1
          Console.show(Diagnostic(.warning, code: "value.\(reason)", "'\(input)' is no indicator: \(reason)", file: file, line: line))
        case .revoked: break
        }
      }
      if report.indicators == 0, report.rows > 0 {
        Console.show(Diagnostic(.error, code: "index.empty", "no value of this file is an indicator", file: file))
      }
      return rejected
    }

    private func definition(of file: String) -> FeedDefinition {
      var definition = FeedDefinition(name: Self.name(of: file), file: file, location: .local(path: file), format: .auto)
      definition.confidence = confidence
      if let type {
        // A list of names that say nothing by themselves looks like prose.
        definition.format = .plain
        definition.map = FeedMap(everyValueAs: type)
      }
      // A list that somebody compiles by hand is meant: it does not run out, and no guard list second-guesses it.
      definition.validFor.byType = Dictionary(uniqueKeysWithValues: IndicatorType.allCases.map { ($0, 100 * 365 * 86_400) })
      return definition
    }

    private func finish(_ builder: consuming IndexBuilder, rejected: Int, unread: [String]) throws {
      let summary = try builder.finish()
      var console = output.console()
      let missing = unread.isEmpty ? "" : ", \(unread.count) of \(files.count) lists NOT read"
      try console.record(
        [
          "indicators": JSONValue(summary.indicators), "bytes": JSONValue(summary.bytes), "merged": JSONValue(summary.merged),
          "unmatchable": JSONValue(summary.unmatchable), "rejected": JSONValue(rejected), "unread": .array(unread.map { .string($0) }),
          "path": .string(target),
        ],
        text: "\(target): \(summary.indicators) indicators, \(Progress.bytes(Int64(summary.bytes))), \(summary.merged) merged, \(rejected) rejected\(missing)")
      try console.flush()
      for file in unread {
        Console.show(
          Diagnostic(
            .error, code: "index.incomplete", "this list is not in the index, or not to its end",
            hint: "--strict writes nothing then, and leaves the index as it was", file: file))
      }
    }

    private static func name(of path: String) -> String {
      path == "-" ? "stdin" : String((path.split(separator: "/").last ?? "list").prefix { $0 != "." })
    }
  }

  struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "inspect", abstract: "What an index holds, by type and section.")

    @OptionGroup var output: FormatOptions
    @Argument(help: "The index file.") var path: String

    func run() throws {
      let inspection = try IndicatorIndex.open(path: path).inspect()
      var console = output.console()
      try console.record(inspection.json, text: inspection.text)
      try console.flush()
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "verify", abstract: "Check an index to the last byte; ends with 65 when it is damaged.")

    @OptionGroup var output: FormatOptions
    @Argument(help: "The index file.") var path: String

    func run() throws {
      let index = try IndicatorIndex.open(path: path)
      try index.verify()
      var console = output.console()
      try console.record(["path": .string(path), "valid": true, "indicators": JSONValue(index.count)], text: "\(Console.visible(path)): whole, \(index.count) indicators")
      try console.flush()
    }
  }
}

/// The index cannot be built, whatever can be read.
private struct BuildFailure: Error {
  let cause: any Error

  static func caught(_ body: () throws -> Void) throws(BuildFailure) {
    do { try body() } catch { throw BuildFailure(cause: error) }
  }
}

/// Gives rows that are nothing but a value to the builder as they are. What they share is found out once for each set of flags.
private struct PlainRows {
  let feeds: [String]
  /// Sets of flags that were met, and for each what its rows share.
  private var flags: [[String]] = []
  private var contexts: [UInt32] = []
  private var likes: [(first: Timestamp?, last: Timestamp?, references: [String])] = []
  private var codes: [(type: IndicatorType, code: UInt8)] = []

  init(feeds: [String]) { self.feeds = feeds }

  mutating func add(_ row: PlainRow, to builder: inout IndexBuilder) throws {
    let value = row.value
    guard let code = code(of: value.type) else { return try builder.add(Indicator(meant: row.indicator, feeds: feeds)) }
    let known = flags.firstIndex(of: value.flags) ?? share(row, &builder)
    let (first, last, references) = likes[known]
    try unsafe value.withForms(in: row.bytes) { canonical, match in
      try unsafe builder.add(
        code: code, canonical: canonical, match: match, first: first, last: last, until: nil, references: references,
        context: contexts[known], isNoSuffix: value.type == .domain && value.flags.isEmpty)
    }
  }

  private mutating func share(_ row: PlainRow, _ builder: inout IndexBuilder) -> Int {
    // A handful of sets; should there be many, the lists stay short.
    if flags.count >= 64 { (flags, contexts, likes) = ([], [], []) }
    let indicator = Indicator(meant: row.indicator, feeds: feeds)
    flags.append(row.value.flags)
    contexts.append(builder.context(of: indicator))
    likes.append((indicator.firstSeen, indicator.lastSeen, indicator.references))
    return flags.count - 1
  }

  private mutating func code(of type: IndicatorType) -> UInt8? {
    for known in codes where known.type == type { return known.code }
    let code = IndexBuilder.code(of: type)
    if let code { codes.append((type, code)) }
    return code
  }
}

extension Indicator {
  /// What a row of a list says that somebody compiles by hand: it does not run out.
  fileprivate init(meant row: FeedIndicator, feeds: [String]) {
    self.init(row, feeds: feeds)
    validUntil = nil
  }
}

extension Indicator {
  /// What one row of one list says, by itself.
  ///
  /// - Parameter feeds: that list's name.
  init(_ row: FeedIndicator, feeds: [String]) {
    self.init(
      observable: row.observable, feeds: feeds, firstSeen: row.provenance.firstSeen, lastSeen: row.provenance.lastSeen,
      validUntil: row.provenance.validUntil, confidence: row.provenance.confidence, tags: row.provenance.tags, actors: row.provenance.actors,
      malware: row.provenance.malware, tlp: row.provenance.tlp, references: row.provenance.reference.map { [$0] } ?? [], mode: row.provenance.mode)
  }
}
