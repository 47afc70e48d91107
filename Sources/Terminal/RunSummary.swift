import Glibc
import Indicators
import Syntax

/// Writes a run's summary object to the file of `--summary`.
package enum RunSummary {
  package static func write(_ object: JSONObject, to path: String?) throws {
    guard let path else { return }
    if path == "-" { throw CommandFailure(.usage, Diagnostic(.error, code: "usage.summary", "--summary needs a file; standard output is for data")) }
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw unsafe CommandFailure(
        .cannotCreate, Diagnostic(.error, code: "summary.create", "\(path): \(String(cString: strerror(errno)))"))
    }
    defer { close(descriptor) }
    do {
      try Console.write(Array((object.serialized() + "\n").utf8), to: descriptor)
    } catch {
      throw unsafe CommandFailure(
        .inputOutput, Diagnostic(.error, code: "summary.write", "\(path): \(String(cString: strerror(error.errorNumber)))"))
    }
  }
}
