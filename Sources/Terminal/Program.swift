import ArgumentParser
import Glibc
import Indicators

/// A command's entry: prepares the process, parses the arguments, runs one command, and turns whatever happened into an exit status.
package enum Program {
  package static func run<Root: ParsableCommand>(_ root: Root.Type) -> Never {
    prepareProcess()
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.contains(where: { $0.utf8.count > 1 << 20 || $0.unicodeScalars.contains("\u{FFFD}") }) {
      Console.note("error: an argument is not valid UTF-8 or longer than 1 MiB [usage.argument]")
      exit(ExitStatus.usage.rawValue)
    }
    if arguments.isEmpty {
      Console.note(root.helpMessage())
      exit(ExitStatus.usage.rawValue)
    }
    exit(run(root, arguments))
  }

  private static func run<Root: ParsableCommand>(_ root: Root.Type, _ arguments: [String]) -> Int32 {
    do {
      var command = try root.parseAsRoot(arguments)
      try command.run()
      return (Console.hasShownError ? ExitStatus.incomplete : .success).rawValue
    } catch {
      return status(of: error, root)
    }
  }

  private static func status<Root: ParsableCommand>(of error: any Error, _ root: Root.Type) -> Int32 {
    if let status = report(error) { return status.rawValue }
    switch error {
    case let output as ConsoleError:
      if !output.isBrokenPipe { unsafe Console.note("error: standard output: \(String(cString: strerror(output.errorNumber))) [output]") }
      return ExitStatus.inputOutput.rawValue
    default:
      return parserStatus(of: error, root)
    }
  }

  /// Says what is wrong with an input, and which status that is; nil for errors of another kind.
  package static func report(_ error: any Error) -> ExitStatus? {
    switch error {
    case let failure as CommandFailure:
      if let diagnostic = failure.diagnostic { Console.show(diagnostic) }
      return failure.status
    case let diagnostic as Diagnostic:
      Console.show(diagnostic)
      return CommandFailure.status(of: diagnostic)
    case let input as InputError:
      Console.note(Console.visible("error: \(input.message) [input]"))
      return input.status
    default: return nil
    }
  }

  /// Help, version and completions end well on standard output; a usage error ends with 64 on standard error.
  private static func parserStatus<Root: ParsableCommand>(of error: any Error, _ root: Root.Type) -> Int32 {
    let code = root.exitCode(for: error)
    let text = root.fullMessage(for: error)
    if code.isSuccess {
      do { try Console.write(Array((text + "\n").utf8), to: STDOUT_FILENO) } catch { return ExitStatus.inputOutput.rawValue }
      return 0
    }
    if !text.isEmpty { Console.note(Console.visible(text, keepingNewlines: true)) }
    return code.rawValue
  }

  /// A reader that goes away or a file-size limit is an error to handle, not a death; files are ours alone; no core holds a secret.
  private static func prepareProcess() {
    _ = signal(SIGPIPE, SIG_IGN)
    _ = signal(SIGXFSZ, SIG_IGN)
    umask(0o077)
    ProcessHardening.apply()
  }
}
