internal import GRDB
public import Indicators
internal import Matching

/// What a time's alerts come to, counted by the database.
public struct AlertSummary: Sendable {
  /// A span of the timeline.
  public struct Bucket: Sendable, Hashable {
    public var from: Timestamp
    /// Sightings by the severity of their alert.
    public var sightings: [Severity: Int]
    public var alerts: Int

    public init(from: Timestamp, sightings: [Severity: Int], alerts: Int) {
      self.from = from
      self.sightings = sightings
      self.alerts = alerts
    }
  }

  /// A thing with how often it was seen.
  public struct Rank: Sendable, Hashable {
    public var name: String
    /// An indicator's type; empty for anything else.
    public var type: String
    public var alerts: Int
    public var sightings: Int
    /// Of its alerts those that are closed.
    public var closed: Int
    public var severity: Severity
    public var last: Timestamp

    public init(name: String, type: String, alerts: Int, sightings: Int, closed: Int, severity: Severity, last: Timestamp) {
      self.name = name
      self.type = type
      self.alerts = alerts
      self.sightings = sightings
      self.closed = closed
      self.severity = severity
      self.last = last
    }
  }

  public var alerts = 0
  public var open = 0
  public var sightings = 0
  public var bySeverity: [Severity: Int] = [:]
  public var indicatorCount = 0
  public var assetCount = 0
  public var first: Timestamp?
  public var last: Timestamp?
  public var bucketSeconds: Int64 = 86_400
  public var timeline: [Bucket] = []
  public var indicators: [Rank] = []
  public var assets: [Rank] = []
  /// By labels: ids, names in lower case and the ids of umbrellas.
  public var actors: [Rank] = []
  public var feeds: [Rank] = []
  public var sources: [Rank] = []

  public init() {}
}

extension AlertStore {
  /// Sums up the alerts last seen at or after `since`.
  /// - Parameter top: rows of each ranking.
  public func summary(since: Timestamp?, top: Int = 20) throws(Diagnostic) -> AlertSummary {
    try queue.reading(path: path) { database in
      var summary = AlertSummary()
      let from = since?.microseconds ?? Int64.min
      for row in try Row.fetchAll(
        database, sql: "SELECT severity, count(*), sum(count), sum(status <> 'closed'), min(first_seen), max(last_seen) FROM alert WHERE last_seen >= ? GROUP BY 1",
        arguments: [from])
      {
        summary.bySeverity[Severity(rank: row[0])] = row[1]
        summary.alerts += row[1] as Int
        summary.sightings += row[2] as Int
        summary.open += row[3] as Int
        let first = Timestamp(microseconds: row[4])
        let last = Timestamp(microseconds: row[5])
        summary.first = min(summary.first ?? first, first)
        summary.last = max(summary.last ?? last, last)
      }
      summary.indicatorCount =
        try Int.fetchOne(database, sql: "SELECT count(*) FROM (SELECT 1 FROM alert WHERE last_seen >= ? GROUP BY indicator_value, indicator_type)", arguments: [from]) ?? 0
      summary.assetCount =
        try Int.fetchOne(database, sql: "SELECT count(DISTINCT asset) FROM alert WHERE last_seen >= ? AND wide_assets = 0", arguments: [from]) ?? 0
      try Self.addTimeline(&summary, from: from, database)
      let sums = "count(*) AS alerts, sum(count), sum(status = 'closed'), max(severity), max(last_seen) FROM"
      func ranking(_ sql: String, _ arguments: StatementArguments) throws -> [AlertSummary.Rank] {
        try Row.fetchAll(database, sql: sql + " ORDER BY 3 DESC, 1 LIMIT \(top)", arguments: arguments).map { row in
          AlertSummary.Rank(
            name: row[0], type: row[1], alerts: row[2], sightings: row[3], closed: row[4], severity: Severity(rank: row[5]),
            last: Timestamp(microseconds: row[6]))
        }
      }
      summary.indicators = try ranking(
        "SELECT indicator_value, indicator_type, \(sums) alert WHERE last_seen >= ? GROUP BY indicator_value, indicator_type", [from])
      summary.assets = try ranking("SELECT asset, '', \(sums) alert WHERE last_seen >= ? AND wide_assets = 0 GROUP BY asset", [from])
      func labels(_ kind: String) throws -> [AlertSummary.Rank] {
        try ranking(
          "SELECT label, '', \(sums) alert_label JOIN alert ON number = alert_label.alert WHERE kind = ? AND last_seen >= ? GROUP BY label", [kind, from])
      }
      summary.actors = try labels("actor")
      summary.feeds = try labels("feed")
      summary.sources = try labels("source")
      return summary
    }
  }

  /// Bars of an hour, a day or a week, so that there are neither three nor a thousand.
  private static func addTimeline(_ summary: inout AlertSummary, from: Int64, _ database: Database) throws {
    guard let first = summary.first, let last = summary.last else { return }
    let span = last.seconds - max(first.seconds, last.seconds - 730 * 86_400)
    summary.bucketSeconds = span <= 3 * 86_400 ? 3600 : span <= 92 * 86_400 ? 86_400 : 604_800
    let earliest = max(from, (last.seconds - 730 * 86_400) * 1_000_000)
    let rows = try Row.fetchAll(
      database, sql: "SELECT last_seen / ?, severity, sum(count), count(*) FROM alert WHERE last_seen >= ? GROUP BY 1, 2 ORDER BY 1",
      arguments: [summary.bucketSeconds * 1_000_000, earliest])
    for row in rows {
      let start = Timestamp(seconds: (row[0] as Int64) * summary.bucketSeconds)
      if summary.timeline.last?.from != start { summary.timeline.append(AlertSummary.Bucket(from: start, sightings: [:], alerts: 0)) }
      summary.timeline[summary.timeline.count - 1].sightings[Severity(rank: row[1])] = row[2]
      summary.timeline[summary.timeline.count - 1].alerts += row[3] as Int
    }
  }
}
