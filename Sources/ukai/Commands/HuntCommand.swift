import ArgumentParser
import Glibc
import Indicators
import Matching
import Store
import Terminal

/// `ukai hunt`: new indicators against old logs.
struct Hunt: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hunt", abstract: "Match indicators that arrived later against logs already scanned.",
    discussion: """
      Each log is read from its start to where a scan left off, with the indicators that a feed lists only since the given time. What is \
      found joins the alerts there are; what was found before is not counted again. What no scan has read is left to the next scan.

      With --new, which is the default, the indicators are those listed since the last hunt over all logs. A hunt over some paths is no such \
      hunt: the next one over all logs looks for the same indicators again.

      Examples:
        ukai hunt
        ukai hunt --since 36h /var/log/archive
      """)

  @Option(help: ArgumentHelp("Indicators listed since: ISO 8601, or a span such as 36h.", valueName: "time"))
  var since: String?

  @Flag(help: "Indicators listed since the last hunt over all logs (the default).")
  var new = false

  @OptionGroup var finding: FindingOptions
  @OptionGroup var places: PlaceOptions
  @OptionGroup var output: FormatOptions
  @OptionGroup var runOptions: RunOptions

  @Argument(help: ArgumentHelp("Files, directories, patterns; without any, all logs that were scanned.", valueName: "path"))
  var paths: [String] = []

  func validate() throws {
    if new, since != nil { throw ValidationError("--new and --since exclude each other") }
    if paths.contains("-") { throw ValidationError("a hunt reads logs that were scanned before; standard input is read once") }
    if let since, TimeArgument.parse(since, now: Files.now()) == nil { throw ValidationError(TimeArgument.complaint(since)) }
  }

  func run() throws {
    Signals.heed()
    try HuntRun(
      paths: paths, since: since.flatMap { TimeArgument.parse($0, now: Files.now()) }, places: places, output: output, runOptions: runOptions,
      failsOnHit: finding.failOnHit
    ).run { options in
      finding.apply(to: &options)
    }
  }
}
