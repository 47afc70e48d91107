public import Indicators
public import Matching

/// Delivers what a destination has not had, in order, batch by batch, and tells after each what may be marked.
public struct DeliveryRun {
  public struct Summary: Sendable {
    public var delivered = 0
    public var refused: [(alertID: String, reason: String)] = []
    public var postponed = 0
    /// Why it ended before everything was sent.
    public var failure: (diagnostic: Diagnostic, exit: DeliveryOutcome.ExitClass)?
  }

  /// One alert version and how its delivery ended; refused ones carry the reason.
  public typealias Mark = (alertID: String, version: Int, refused: String?)

  private let format: any AlertFormat

  public init(format: any AlertFormat) { self.format = format }

  /// - Parameters:
  ///   - next: the next records, at most so many; empty at the end.
  ///   - mark: commits what is settled; called after the destination has acknowledged, so a crash repeats, never loses.
  public func run(
    _ writer: inout any DestinationWriter, next: (_ limit: Int) throws -> [ExportRecord], mark: ([Mark]) throws -> Void,
    isCancelled: () -> Bool = { false }
  ) throws -> Summary {
    var summary = Summary()
    while !isCancelled() {
      let records = try next(writer.batchLimit)
      if records.isEmpty { break }
      switch writer.send(records, as: format) {
      case .failed(let diagnostic, let exit):
        summary.failure = (diagnostic, exit)
        return summary
      case .settled(let results):
        var marks: [Mark] = []
        for (record, result) in zip(records, results) {
          switch result {
          case .delivered:
            marks.append((record.alert.id, record.version, nil))
            summary.delivered += 1
          case .refused(let reason):
            marks.append((record.alert.id, record.version, reason))
            summary.refused.append((record.alert.id, reason))
          case .later: summary.postponed += 1
          }
        }
        try mark(marks)
      }
    }
    if let diagnostic = writer.finish() { summary.failure = (diagnostic, .unavailable) }
    return summary
  }
}
