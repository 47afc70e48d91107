import Foundation
import Testing

/// Each folder under `cases/` is one run: `args` (one argument a line), `stdin`, and what must come: `stdout` exactly, every line of
/// `stderr` somewhere on standard error, `status`. `@case@` stands for the case's folder, `@state@` for a fresh directory, `@root@`
/// for the project. `UKAI_RENEW_CASES=1 swift test --filter CaseTests` writes `stdout` and `status` anew, to be read in the diff.
@Suite(.enabled(if: Program.binary != nil, "the ukai executable is not built beside the tests"))
struct CaseTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("cases")

  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { !$0.hasPrefix(".") }.sorted()

  @Test(arguments: names)
  func runsAsWritten(_ name: String) throws {
    let folder = Self.folder.appendingPathComponent(name)
    let state = try TemporaryFolder()
    func text(_ file: String) -> String? { try? String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8) }
    func filled(_ text: String) -> String {
      text.replacingOccurrences(of: "@case@", with: folder.path).replacingOccurrences(of: "@state@", with: state.url.path)
        .replacingOccurrences(of: "@root@", with: Program.packageRoot.path)
    }
    func generic(_ text: String) -> String {
      text.replacingOccurrences(of: folder.path, with: "@case@").replacingOccurrences(of: state.url.path, with: "@state@")
        .replacingOccurrences(of: Program.packageRoot.path, with: "@root@")
        // Another word in the catalogue is no other answer.
        .replacingOccurrences(of: #""data_version":"[0-9a-f]{12}""#, with: #""data_version":"@data@""#, options: .regularExpression)
    }
    let arguments = filled(text("args") ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let trimmed = arguments.last == "" ? Array(arguments.dropLast()) : arguments
    let stdin = (try? Data(contentsOf: folder.appendingPathComponent("stdin"))) ?? Data()
    let result = try Program.run(trimmed, stdin: stdin)
    if ProcessInfo.processInfo.environment["UKAI_RENEW_CASES"] != nil {
      try generic(result.stdout).write(to: folder.appendingPathComponent("stdout"), atomically: true, encoding: .utf8)
      try "\(result.status)\n".write(to: folder.appendingPathComponent("status"), atomically: true, encoding: .utf8)
    }
    #expect(generic(result.stdout) == (text("stdout") ?? ""), "standard output of case \(name); standard error: \(result.stderr)")
    #expect("\(result.status)" == (text("status") ?? "0").trimmingCharacters(in: .whitespacesAndNewlines), "\(result.stderr)")
    for line in (text("stderr") ?? "").split(separator: "\n") {
      #expect(generic(result.stderr).contains(line), "standard error of case \(name)")
    }
  }
}
