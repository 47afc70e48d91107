import Indicators
import Matching
public import Store

/// Delivers what a destination has not had, in order, batch by batch, and tells after each what may be marked.
public struct DeliveryRun {
  public struct Summary: Sendable {
    public var delivered = 0
    public var refused: [(alertID: String, reason: String)] = []
    public var postponed = 0
    /// Why it ended before everything was sent.
    public var failure: DeliveryOutcome.Failure?
    /// Nothing was left when it ended.
    public var isComplete = false

    public init() {}
  }

  private let format: any AlertFormat

  public init(format: any AlertFormat) { self.format = format }

  /// - Parameters:
  ///   - next: the next records, at most so many; empty at the end.
  ///   - mark: commits what is settled; called after the destination has acknowledged, so a crash repeats, never loses.
  public func run(
    _ writer: inout any DestinationWriter, next: (_ limit: Int) throws -> [ExportRecord], mark: ([DeliveryMark]) throws -> Void,
    isCancelled: () -> Bool = { false }
  ) throws -> Summary {
    var summary = Summary()
    while !isCancelled() {
      let records = try next(writer.batchLimit)
      if records.isEmpty {
        summary.isComplete = true
        break
      }
      let outcome = writer.send(records, as: format)
      var marks: [DeliveryMark] = []
      for (record, result) in zip(records, outcome.results) {
        let end: DeliveryMark.End
        switch result {
        case .delivered:
          end = .delivered
          summary.delivered += 1
        case .refused(let reason):
          end = .refused(reason)
          summary.refused.append((record.alert.id, reason))
        case .later:
          end = .postponed
          summary.postponed += 1
        case .unsettled: continue
        }
        marks.append(DeliveryMark(alertID: record.alert.id, version: record.version, end: end))
      }
      if !marks.isEmpty { try mark(marks) }
      if let failure = outcome.failure {
        summary.failure = failure
        break
      }
    }
    if let failure = writer.finish(), summary.failure == nil { summary.failure = failure }
    return summary
  }
}
