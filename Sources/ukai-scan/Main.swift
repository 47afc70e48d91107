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
      The same as ukai scan --no-store --index FILE, with the same flags, records and exit status, in a program that links neither \
      database nor network: for pipelines that start it often, and for machines that hold nothing but the index. It keeps nothing: what \
      was scanned before is scanned again.

      Examples:
        zcat dns.log.gz | ukai-scan --index indicators.ukx --json -
        ukai-scan --index indicators.ukx --min-severity high --fail-on-hit build.log
      """,
    version: Version.text("ukai-scan"))

  @Option(help: ArgumentHelp("The compiled index.", valueName: "file"))
  var index: String

  @Flag(help: ArgumentHelp("As ever: nothing is kept.", visibility: .hidden))
  var noStore = false

  @Flag(help: ArgumentHelp("As ever: everything is read.", visibility: .hidden))
  var fromStart = false

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var finding: FindingOptions
  @OptionGroup var places: PlaceOptions
  @OptionGroup var output: FormatOptions
  @OptionGroup var runOptions: RunOptions

  func run() throws {
    Signals.heed()
    try ScanRun(
      paths: reading.paths, place: ScanPlace(index: index), places: places, output: output, runOptions: runOptions, failsOnHit: finding.failOnHit,
      follows: reading.follow, command: "scan"
    ).run { options in
      options.sourceName = reading.source
      options.fromStart = fromStart
      finding.apply(to: &options)
    }
  }
}
