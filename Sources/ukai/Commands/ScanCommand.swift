import ArgumentParser
import Glibc
import Indicators
import Matching
import Rules
import Store
import Syntax
import Terminal

/// `ukai scan`: logs against the index.
struct Scan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Match logs; only what was not yet scanned, unless --from-start.",
    discussion: """
      Files, directories (walked) and patterns are read whatever they are called, compressed ones by content. A log that was renamed,
      rotated or compressed is known by its content and is not counted again.

      Examples:
        ukai scan /var/log/zeek /var/log/squid/access.log*
        zcat dns.log.gz | ukai scan --no-store --index indicators.ukx --json -
        ukai scan --min-severity high --fail-on-hit build.log
      """)

  @Option(help: ArgumentHelp("Use this compiled index instead of the state's.", valueName: "file"))
  var index: String?

  @Option(help: ArgumentHelp("Name of the log source in records; a name of Rules/logs also gives its format.", valueName: "name"))
  var source: String?

  @Flag(help: "Read again what was read before; nothing is counted twice.")
  var fromStart = false

  @Flag(help: "Stay and read what is appended, through rotations, until a signal.")
  var follow = false

  @Option(help: "Logs read at the same time, 1 to 256.")
  var jobs = 1

  @Flag(help: "Keep nothing: a filter from logs to sightings.")
  var noStore = false

  @Option(help: "Leave out sightings below this severity; they are counted.")
  var minSeverity: Severity?

  @Flag(help: "End with status 10 when something was found.")
  var failOnHit = false

  @OptionGroup var places: PlaceOptions
  @OptionGroup var output: FormatOptions
  @OptionGroup var runOptions: RunOptions

  @Argument(help: ArgumentHelp("Files, directories, patterns; - is standard input.", valueName: "path"))
  var paths: [String] = ["-"]

  func validate() throws {
    guard (1...256).contains(jobs) else { throw ValidationError("--jobs must be a number from 1 to 256") }
    if follow, paths == ["-"] { throw ValidationError("--follow needs files; standard input is followed as it is") }
  }

  func run() throws {
    Signals.heed()
    try ScanRun(
      paths: paths, place: try ScanPlace(places, index: index, keepsNothing: noStore, command: "scan"), places: places, output: output,
      runOptions: runOptions, failsOnHit: failOnHit, follows: follow, command: "scan"
    ).run { options in
      options.sourceName = source
      options.fromStart = fromStart
      options.jobs = jobs
      options.minimumSeverity = minSeverity ?? .informational
    }
  }
}
