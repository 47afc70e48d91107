import ArgumentParser
import Glibc
import Indicators

/// The entry: prepares the process, parses the arguments, runs one command, and turns whatever happened into an exit status.
@main
enum Main {
  static func main() {
    prepareProcess()
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.contains(where: { $0.utf8.count > 1 << 20 || $0.unicodeScalars.contains("\u{FFFD}") }) {
      Console.note("error: an argument is not valid UTF-8 or longer than 1 MiB [usage.argument]")
      exit(ExitStatus.usage.rawValue)
    }
    if arguments.isEmpty {
      Console.note(Ukai.helpMessage())
      exit(ExitStatus.usage.rawValue)
    }
    exit(run(arguments))
  }

  private static func run(_ arguments: [String]) -> Int32 {
    do {
      var command = try Ukai.parseAsRoot(arguments)
      try command.run()
      return (Console.hasShownError ? ExitStatus.incomplete : .success).rawValue
    } catch {
      return status(of: error)
    }
  }

  private static func status(of error: any Error) -> Int32 {
    switch error {
    case let failure as CommandFailure:
      if let diagnostic = failure.diagnostic { Console.show(diagnostic) }
      return failure.status.rawValue
    case let diagnostic as Diagnostic:
      Console.show(diagnostic)
      return CommandFailure.status(of: diagnostic).rawValue
    case let input as InputError:
      Console.note(Console.visible("error: \(input.message) [input]"))
      return input.status.rawValue
    case let output as ConsoleError:
      if !output.isBrokenPipe { unsafe Console.note("error: standard output: \(String(cString: strerror(output.errorNumber))) [output]") }
      return ExitStatus.inputOutput.rawValue
    default:
      return parserStatus(of: error)
    }
  }

  /// Help, version and completions end well on standard output; a usage error ends with 64 on standard error.
  private static func parserStatus(of error: any Error) -> Int32 {
    let code = Ukai.exitCode(for: error)
    let text = Ukai.fullMessage(for: error)
    if code.isSuccess {
      do { try Console.write(Array((text + "\n").utf8), to: STDOUT_FILENO) } catch { return ExitStatus.inputOutput.rawValue }
      return 0
    }
    if !text.isEmpty { Console.note(Console.visible(text, keepingNewlines: true)) }
    return code.rawValue
  }

  /// A reader that goes away or a file-size limit is an error to handle, not a death; files are ours alone; no core holds a secret.
  private static func prepareProcess() {
    _ = unsafe signal(SIGPIPE, SIG_IGN)
    _ = unsafe signal(SIGXFSZ, SIG_IGN)
    umask(0o077)
    ProcessHardening.apply()
  }
}

/// A command's end that is not success, with what is left to say.
struct CommandFailure: Error {
  let status: ExitStatus
  let diagnostic: Diagnostic?

  init(_ status: ExitStatus, _ diagnostic: Diagnostic? = nil) {
    self.status = status
    self.diagnostic = diagnostic
  }

  /// The status that a diagnostic's code stands for.
  static func status(of diagnostic: Diagnostic) -> ExitStatus {
    let code = diagnostic.code
    if code.hasSuffix(".busy") || code.hasPrefix("lock.") { return .busy }
    if code.hasSuffix(".newer-schema") { return .configuration }
    if code.hasSuffix(".ownership") || code.hasSuffix(".permission") { return .permission }
    if code.hasSuffix(".missing") || code.hasSuffix(".not-found") { return .missingInput }
    if code.hasSuffix(".create") { return .cannotCreate }
    switch code.prefix(while: { $0 != "." }) {
    case "usage": return .usage
    case "feed", "yaml", "rules", "actors", "scoring", "suppressions", "destinations", "log-source", "warninglist": return .configuration
    case "index": return .refused
    default: return .inputOutput
    }
  }
}
