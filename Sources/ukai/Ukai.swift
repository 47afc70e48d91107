import ArgumentParser
import Terminal

/// The root of the command line.
struct Ukai: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ukai",
    abstract: "Pulls threat feeds, normalises indicators, matches logs, keeps alerts, hands them to the SIEM.",
    discussion: """
      A first session:
        ukai sync                    fetch the feeds that are due
        ukai scan /var/log/dns.log   what is new in this log, matched
        ukai alerts list             what was found
        ukai export --to alerts.ndjson --as ecs

      Exit status:
        0   done
        3   done, but something was refused, damaged, stale or skipped
        10  hits, only with --fail-on-hit; goes before 3
        64  usage
        65  refused by a guard
        66  missing input
        69  remote unavailable
        73  cannot create
        74  I/O error, state intact
        75  another run holds the lock
        76  protocol or TLS
        77  permission
        78  configuration
      """,
    version: Version.text("ukai"),
    subcommands: [
      Sync.self, Scan.self, Hunt.self, Alerts.self, ExportCommand.self, Lookup.self, Extract.self, Normalize.self, RefangCommand.self, DefangCommand.self,
      Actors.self, IndicatorsCommand.self, FeedsCommand.self, IndexCommand.self, Report.self, Status.self, Doctor.self,
    ]
  )
}
