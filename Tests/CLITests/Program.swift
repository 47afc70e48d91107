import Foundation

/// The built `ukai`, run as a user runs it.
enum Program {
  struct Result {
    let status: Int32
    let stdout: String
    let stderr: String
  }

  static let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// `UKAI_BINARY`, or the executable beside the test bundle.
  static let binary: URL? = {
    if let path = ProcessInfo.processInfo.environment["UKAI_BINARY"] { return URL(fileURLWithPath: path) }
    let started = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let bundle = try? URL(fileURLWithPath: FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      .deletingLastPathComponent()
    return [started, bundle].compactMap { $0?.appendingPathComponent("ukai") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }()

  /// Runs `ukai` with `arguments` in `directory`, with only PATH, HOME and `environment` set.
  static func run(
    _ arguments: [String], stdin: Data = Data(), directory: URL = packageRoot, environment: [String: String] = [:]
  ) throws -> Result {
    guard let binary else { throw CocoaError(.fileNoSuchFile) }
    let process = Process()
    process.executableURL = binary
    process.arguments = arguments
    process.currentDirectoryURL = directory
    var variables = ["PATH": "/usr/bin:/bin", "HOME": directory.path, "LC_ALL": "C.UTF-8"]
    variables.merge(environment) { $1 }
    process.environment = variables
    let folder = try TemporaryFolder()
    let input = folder.url.appendingPathComponent("stdin")
    try stdin.write(to: input)
    let output = folder.url.appendingPathComponent("stdout")
    let errors = folder.url.appendingPathComponent("stderr")
    for file in [output, errors] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
    // Files, not pipes: a run that prints more than a pipe holds must not wait for a reader.
    process.standardInput = try FileHandle(forReadingFrom: input)
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
      stdout: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      stderr: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
  }
}

/// A folder that is gone when its owner is.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("ukai-cli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}
