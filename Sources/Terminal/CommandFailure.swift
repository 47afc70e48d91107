import Indicators

/// A command's end that is not success, with what is left to say.
package struct CommandFailure: Error {
  package let status: ExitStatus
  package let diagnostic: Diagnostic?

  package init(_ status: ExitStatus, _ diagnostic: Diagnostic? = nil) {
    self.status = status
    self.diagnostic = diagnostic
  }

  /// The status that a diagnostic's code stands for.
  package static func status(of diagnostic: Diagnostic) -> ExitStatus {
    let code = diagnostic.code
    if code.hasSuffix(".busy") || code.hasPrefix("lock.") { return .busy }
    if code.hasSuffix(".newer-schema") { return .configuration }
    if code.hasSuffix(".ownership") || code.hasSuffix(".permission") { return .permission }
    if code.hasSuffix(".missing") || code.hasSuffix(".not-found") { return .missingInput }
    if code.hasSuffix(".create") { return .cannotCreate }
    switch code.prefix(while: { $0 != "." }) {
    case "usage": return .usage
    case "feed", "yaml", "rules", "actors", "scoring", "suppressions", "destinations", "log-source", "warninglist": return .configuration
    case "index": return code == "index.read" ? .inputOutput : .refused
    default: return .inputOutput
    }
  }
}
