/// One thing that was wrong with an input, said so that its writer can mend it.
///
/// Printed as `Feeds/urlhaus.yaml:14:1: error: unknown key 'colums' [feed.unknown-key]` and, below, `  hint: did you mean 'columns'?`.
public struct Diagnostic: Error, Sendable, Equatable {
  public enum Severity: String, Sendable { case note, warning, error }

  public var severity: Severity
  /// A stable, dotted code: what programs and tests compare.
  public var code: String
  public var message: String
  public var hint: String?
  /// The file or feed the trouble is in, as the user named it.
  public var file: String?
  /// From 1.
  public var line: Int?
  /// From 1.
  public var column: Int?

  public init(
    _ severity: Severity, code: String, _ message: String, hint: String? = nil, file: String? = nil, line: Int? = nil,
    column: Int? = nil
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.hint = hint
    self.file = file
    self.line = line
    self.column = column
  }
}

extension Diagnostic: CustomStringConvertible {
  /// `file:line:column: severity: message [code]`, with the hint on a second line. Not yet safe for a terminal.
  public var description: String {
    var text = ""
    if let file {
      text += file
      if let line {
        text += ":\(line)"
        if let column { text += ":\(column)" }
      }
      text += ": "
    }
    text += "\(severity.rawValue): \(message) [\(code)]"
    if let hint { text += "\n  hint: \(hint)" }
    return text
  }
}

/// Counts every diagnostic by code, exactly, and keeps the first few of each to show.
public struct DiagnosticReport: Sendable {
  /// How many of one code are kept to be shown.
  public static let keptPerCode = 20

  public private(set) var kept: [Diagnostic] = []
  public private(set) var counts: [String: Int] = [:]

  public init() {}

  public mutating func add(_ diagnostic: Diagnostic) {
    let count = (counts[diagnostic.code] ?? 0) + 1
    counts[diagnostic.code] = count
    if count <= Self.keptPerCode { kept.append(diagnostic) }
  }

  public mutating func add(_ other: DiagnosticReport) {
    for diagnostic in other.kept where (counts[diagnostic.code] ?? 0) < Self.keptPerCode { kept.append(diagnostic) }
    counts.merge(other.counts, uniquingKeysWith: +)
  }

  public var total: Int { counts.values.reduce(0, +) }
  public var isEmpty: Bool { counts.isEmpty }
}
