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
    commandName: "scan", abstract: "Match logs; only what was not yet scanned, unless --from-start.",
    discussion: """
      Files, directories (walked) and patterns are read whatever they are called, compressed ones by content. A log that was renamed, \
      rotated or compressed is known by its content and is not counted again.

      Examples:
        ukai scan /var/log/zeek /var/log/squid/access.log*
        zcat dns.log.gz | ukai scan --no-store --index indicators.ukx --json -
        ukai scan --min-severity high --fail-on-hit build.log
      """)

  @Option(help: ArgumentHelp("Use this compiled index instead of the state's.", valueName: "file"))
  var index: String?

  @Flag(help: "Read again what was read before; nothing is counted twice.")
  var fromStart = false

  @Flag(help: "Keep nothing: a filter from logs to sightings.")
  var noStore = false

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var finding: FindingOptions
  @OptionGroup var places: PlaceOptions
  @OptionGroup var output: FormatOptions
  @OptionGroup var runOptions: RunOptions

  func run() throws {
    Signals.heed()
    try ScanRun(
      paths: reading.paths, place: try ScanPlace(places, index: index, keepsNothing: noStore, command: "scan"), places: places, output: output,
      runOptions: runOptions, failsOnHit: finding.failOnHit, follows: reading.follow, command: "scan"
    ).run { options in
      options.sourceName = reading.source
      options.fromStart = fromStart
      finding.apply(to: &options)
    }
  }
}
