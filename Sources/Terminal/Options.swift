import ArgumentParser
import Glibc
import Indicators

/// Where state, feeds and rules are. Flags win over variables, variables over defaults.
package struct PlaceOptions: ParsableArguments {
  @Option(name: .customLong("state"), help: ArgumentHelp("State directory: databases, index, spool, locks.", valueName: "dir"))
  package var stateFlag: String?

  @Option(name: .customLong("feeds"), help: ArgumentHelp("Directory of feed definitions.", valueName: "dir"))
  package var feedsFlag: String?

  @Option(
    name: .customLong("rules"),
    help: ArgumentHelp("Directory of rules: actors, warninglists, scoring, suppressions, destinations.", valueName: "dir"))
  package var rulesFlag: String?

  package init() {}

  package var state: String {
    if let stateFlag { return stateFlag }
    if let variable = Environment.value("UKAI_STATE") { return variable }
    if getuid() == 0, Files.isDirectory("/var/lib/ukai") { return "/var/lib/ukai" }
    if let home = Environment.value("XDG_STATE_HOME") { return home + "/ukai" }
    return (Environment.value("HOME") ?? "/tmp") + "/.local/state/ukai"
  }

  package var feeds: String { Self.directory(flag: feedsFlag, variable: "UKAI_FEEDS", name: "Feeds") }
  package var rules: String { Self.directory(flag: rulesFlag, variable: "UKAI_RULES", name: "Rules") }

  private static func directory(flag: String?, variable: String, name: String) -> String {
    if let flag { return flag }
    if let value = Environment.value(variable) { return value }
    for candidate in ["./" + name, "/etc/ukai/" + name] where Files.isDirectory(candidate) { return candidate }
    return Files.installedShare(name)
  }
}

/// How records are printed.
package struct FormatOptions: ParsableArguments {
  package enum Format: String, ExpressibleByArgument, CaseIterable { case text, jsonl }

  @Option(help: "Form of the records on standard output.")
  package var format: Format = .text

  @Flag(name: .customLong("json"), help: "The same as --format jsonl: one JSON object a line.")
  package var jsonFlag = false

  @Option(help: "When to use colour.")
  package var color: ColourChoice = .auto

  package init() {}

  package var json: Bool { jsonFlag || format == .jsonl }

  package func console(quiet: Bool = false) -> Console { Console(json: json, quiet: quiet, colour: color) }
}

/// What a long command tells of itself.
package struct RunOptions: ParsableArguments {
  package enum Progress: String, ExpressibleByArgument, CaseIterable { case auto, always, never }

  @Option(help: "When to show progress on standard error.")
  package var progress: Progress = .auto

  @Flag(name: .shortAndLong, help: "Say nothing on standard error unless something is wrong.")
  package var quiet = false

  @Option(help: ArgumentHelp("Write the run's summary as one JSON object to this file.", valueName: "file"))
  package var summary: String?

  package init() {}

  package var showsProgress: Bool {
    switch progress {
    case .always: true
    case .never: false
    case .auto: !quiet && isatty(STDERR_FILENO) == 1
    }
  }
}

extension ColourChoice: ExpressibleByArgument {}

extension Severity: ExpressibleByArgument {}

extension IndicatorType: ExpressibleByArgument {}

package enum Environment {
  /// A variable that is set and not empty.
  package static func value(_ name: String) -> String? {
    guard let text = unsafe getenv(name).map({ unsafe String(cString: $0) }), !text.isEmpty else { return nil }
    return text
  }
}

package enum Files {
  package static func isDirectory(_ path: String) -> Bool { mode(path).map { $0 & S_IFMT == S_IFDIR } ?? false }
  package static func exists(_ path: String) -> Bool { mode(path) != nil }
  package static func isPipe(_ path: String) -> Bool { mode(path).map { $0 & S_IFMT == S_IFIFO } ?? false }

  /// Bytes of a file; nil when there is none.
  package static func size(_ path: String) -> Int? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  private static func mode(_ path: String) -> mode_t? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status.st_mode : nil
  }

  /// `PREFIX/share/ukai/NAME` beside `PREFIX/bin/ukai`.
  package static func installedShare(_ name: String) -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = unsafe readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard length > 0 else { return "./" + name }
    let path = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let parts = path.split(separator: "/").dropLast(2)
    return "/" + parts.joined(separator: "/") + "/share/ukai/" + name
  }

  /// The time now.
  package static func now() -> Timestamp {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }

  /// Seconds since some fixed moment, for durations.
  package static func monotonicSeconds() -> Double {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
