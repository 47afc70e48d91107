/// The exit statuses of the command; `ukai help exit-codes` of the manual lists the same.
package enum ExitStatus: Int32 {
  case success = 0
  /// Done, but something was refused, damaged, stale or skipped; the summary counts each.
  case incomplete = 3
  /// Hits, and only under `--fail-on-hit`; goes before ``incomplete``.
  case hits = 10
  case usage = 64
  case refused = 65
  case missingInput = 66
  case unavailable = 69
  case bug = 70
  case cannotCreate = 73
  case inputOutput = 74
  case busy = 75
  case protocolError = 76
  case permission = 77
  case configuration = 78

  /// Which of several causes the run ends with, the gravest first.
  private static let precedence: [ExitStatus] = [
    .bug, .inputOutput, .cannotCreate, .permission, .configuration, .busy, .protocolError, .unavailable, .refused, .missingInput,
    .incomplete, .usage, .hits, .success,
  ]

  /// The status of a whole: parts that failed in their own codes while others succeeded make it ``incomplete``;
  /// where none succeeded, the gravest cause stands.
  package static func combined(_ causes: [ExitStatus], someSucceeded: Bool) -> ExitStatus {
    let failures = causes.filter { $0 != .success }
    if failures.isEmpty { return .success }
    let gravest = precedence.first { failures.contains($0) } ?? .incomplete
    return someSucceeded && ![.bug, .inputOutput].contains(gravest) ? .incomplete : gravest
  }
}
