import Glibc
import Indicators
import Syntax
import Synchronization

/// The only writer to standard output and standard error.
///
/// Data goes to standard output, everything else to standard error. Untrusted text passes ``visible(_:)`` before it reaches
/// a person's terminal.
package struct Console {
  /// Standard output, buffered; flushed at the end, when full, or when a pipe's reader waits.
  private var buffer: [UInt8] = []
  private static let flushAt = 64 * 1024
  package let json: Bool
  package let quiet: Bool
  package let colour: Bool

  package init(json: Bool, quiet: Bool = false, colour: ColourChoice = .auto) {
    self.json = json
    self.quiet = quiet
    self.colour = colour.isOn(for: STDOUT_FILENO)
  }

  /// Prints one record: the JSON line under `--json`, else `text` as one or more lines.
  package mutating func record(_ object: @autoclosure () -> JSONObject, text: @autoclosure () -> String) throws(ConsoleError) {
    if json { try line(object().serialized()) } else { try line(text()) }
  }

  package mutating func line(_ text: String) throws(ConsoleError) {
    buffer.append(contentsOf: text.utf8)
    buffer.append(0x0A)
    if buffer.count >= Self.flushAt { try flush() }
  }

  package mutating func bytes(_ bytes: [UInt8]) throws(ConsoleError) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.flushAt { try flush() }
  }

  package mutating func flush() throws(ConsoleError) {
    defer { buffer.removeAll(keepingCapacity: true) }
    try Self.write(buffer, to: STDOUT_FILENO)
  }

  /// Writes all of `bytes`; a reader that went away or a full disk is an error, never a signal.
  package static func write(_ bytes: [UInt8], to descriptor: Int32) throws(ConsoleError) {
    var done = 0
    while done < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done) }
      if written < 0 {
        if errno == EINTR { continue }
        throw ConsoleError(errorNumber: errno)
      }
      done += written
    }
  }

  /// A line on standard error; silent failures there are not worth ending a run for.
  package static func note(_ text: String) { try? write(Array((text + "\n").utf8), to: STDERR_FILENO) }

  package static func show(_ diagnostic: Diagnostic) {
    if diagnostic.severity == .error { errorWasShown.store(true, ordering: .relaxed) }
    note(visible(diagnostic.description, keepingNewlines: true))
  }

  /// A run that said "error" about any part (a rules file, a feed) has not done all: it does not end with 0.
  package static var hasShownError: Bool { errorWasShown.load(ordering: .relaxed) }
  private static let errorWasShown = Atomic<Bool>(false)

  /// Shows what a report kept of each kind, and the exact count of the rest.
  package static func show(_ report: DiagnosticReport, quiet: Bool = false) {
    for diagnostic in report.kept where !quiet || diagnostic.severity == .error { show(diagnostic) }
    for (code, count) in report.counts.sorted(by: { $0.key < $1.key }) where count > DiagnosticReport.keptPerCode {
      note("… and \(count - DiagnosticReport.keptPerCode) more [\(code)]")
    }
  }

  /// What a filter writes: to a terminal made visible, to a pipe or file as it is, tabs and all.
  package static func filtered(_ text: String) -> String { isatty(STDOUT_FILENO) == 1 ? visible(text) : text }

  /// Columns for people and `cut -f`, each made visible, with tabs between.
  package static func columns(_ columns: String...) -> String { columns.map { visible($0) }.joined(separator: "\t") }

  /// `text` with every character made visible that could command a terminal or reorder what is read: control characters (C0, C1,
  /// DEL), bidirectional controls, zero-width characters and line separators. `\x1b` and `\u{202e}` are how they look.
  package static func visible(_ text: String, keepingNewlines: Bool = false) -> String {
    var output = String.UnicodeScalarView()
    // One by one: appending a view to a view copies the whole each time.
    func escape(_ text: String) { for scalar in text.unicodeScalars { output.append(scalar) } }
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A where keepingNewlines: output.append(scalar)
      case 0x00..<0x20, 0x7F:
        let digits = String(scalar.value, radix: 16)
        escape("\\x" + (digits.count == 1 ? "0" : "") + digits)
      case 0x80..<0xA0, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F:
        escape("\\u{" + String(scalar.value, radix: 16) + "}")
      default: output.append(scalar)
      }
    }
    return String(output)
  }
}

/// Standard output could not be written.
package struct ConsoleError: Error {
  package let errorNumber: Int32

  /// The reader ended first (`ukai … | head`): the run stops, and that is no failure of ours to explain.
  package var isBrokenPipe: Bool { errorNumber == EPIPE }
}

/// When colour is used.
package enum ColourChoice: String, CaseIterable {
  case auto, always, never

  package func isOn(for descriptor: Int32) -> Bool {
    switch self {
    case .always: return true
    case .never: return false
    case .auto:
      if unsafe getenv("NO_COLOR").map({ unsafe $0.pointee != 0 }) ?? false { return false }
      return isatty(descriptor) == 1
    }
  }
}

extension Severity {
  /// The word for a terminal, coloured when `colour` is on.
  package func label(colour: Bool) -> String {
    guard colour else { return rawValue }
    let code =
      switch self {
      case .critical: "1;31"
      case .high: "31"
      case .medium: "33"
      case .low: "36"
      case .informational: "2"
      }
    return "\u{1B}[\(code)m\(rawValue)\u{1B}[0m"
  }
}
