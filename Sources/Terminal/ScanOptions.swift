import ArgumentParser
import Indicators
import Matching

/// Which logs, and how they are read: for both commands that read logs anew.
package struct ReadingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Name of the log source in records; a name of Rules/logs also gives its format.", valueName: "name"))
  package var source: String?

  @Flag(help: "Stay and read what is appended, through rotations, until a signal.")
  package var follow = false

  @Argument(help: ArgumentHelp("Files, directories, patterns; - is standard input.", valueName: "path"))
  package var paths: [String] = ["-"]

  package init() {}

  package mutating func validate() throws {
    if follow, paths == ["-"] { throw ValidationError("--follow needs files; standard input is followed as it is") }
  }
}

/// What is shown of the finds, and what it takes to find them: for all commands that scan.
package struct FindingOptions: ParsableArguments {
  @Option(help: "Logs read at the same time, 1 to 256.")
  package var jobs = 1

  @Option(help: "Leave out sightings below this severity; they are counted.")
  package var minSeverity: Severity?

  @Flag(help: "End with status 10 when something was found, also where something else was skipped.")
  package var failOnHit = false

  package init() {}

  package mutating func validate() throws {
    guard (1...256).contains(jobs) else { throw ValidationError("--jobs must be a number from 1 to 256") }
  }

  package func apply(to options: inout LogScan.Options) {
    options.jobs = jobs
    options.minimumSeverity = minSeverity ?? .informational
  }
}
