import ArgumentParser
import Feeds
import Indicators
import Store
import Syntax
import Terminal

/// `ukai status`: health of everything.
struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Health of feeds, index, scans, alerts and destinations.",
    discussion: """
      Example, for node_exporter's textfile collector:
        ukai status --metrics > /var/lib/node_exporter/ukai.prom.new && mv /var/lib/node_exporter/ukai.prom.new /var/lib/node_exporter/ukai.prom
      """)

  @Flag(help: "Prometheus text format.")
  var metrics = false

  @OptionGroup var places: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run() throws {
    let now = Files.now()
    let directory = try StateDirectory(places.state)
    let health = try StateHealth(directory, definitions: FeedCatalog.load(directory: places.feeds).definitions, now: now)
    var console = output.console()
    if metrics {
      try console.bytes(Array(health.metrics.utf8))
    } else {
      try console.record(health.json, text: health.text)
    }
    try console.flush()
    if !metrics, health.needsAttention { throw CommandFailure(.incomplete) }
  }
}
