import ArgumentParser
import Indicators
import Matching
import Terminal

@main
enum Main {
  static func main() { Program.run(UkaiScan.self) }
}

/// `ukai scan --no-store --index FILE` alone: index and matcher, no state, no network, quick to start.
struct UkaiScan: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ukai-scan",
    abstract: "Match logs against a compiled index: a filter from logs to sightings.",
    discussion: """
      The same as ukai scan --no-store --index FILE, with the same flags, records and exit status, in a program that links neither
      database nor network: for pipelines that start it often, and for machines that hold nothing but the index. It keeps nothing: what
      was scanned before is scanned again.

      Examples:
        zcat dns.log.gz | ukai-scan --index indicators.ukx --json -
        ukai-scan --index indicators.ukx --min-severity high --fail-on-hit build.log
      """,
    version: Version.text("ukai-scan"))

  @Option(help: ArgumentHelp("The compiled index.", valueName: "file"))
  var index: String

  @Option(help: ArgumentHelp("Name of the log source in records; a name of Rules/logs also gives its format.", valueName: "name"))
  var source: String?

  @Flag(help: "Stay and read what is appended, through rotations, until a signal.")
  var follow = false

  @Option(help: "Logs read at the same time, 1 to 256.")
  var jobs = 1

  @Flag(help: ArgumentHelp("As ever: nothing is kept.", visibility: .hidden))
  var noStore = false

  @Flag(help: ArgumentHelp("As ever: everything is read.", visibility: .hidden))
  var fromStart = false

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
      paths: paths, place: ScanPlace(index: index), places: places, output: output, runOptions: runOptions, failsOnHit: failOnHit,
      follows: follow, command: "scan"
    ).run { options in
      options.sourceName = source
      options.fromStart = fromStart
      options.jobs = jobs
      options.minimumSeverity = minSeverity ?? .informational
    }
  }
}
