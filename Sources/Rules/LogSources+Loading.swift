internal import Glibc
public import Indicators

extension LogSources {
  /// Reads every `*.yaml` of `directory`. A directory that is not there is empty; one bad file stops no other.
  public static func load(directory: String) -> (LogSources, [Diagnostic]) {
    var sources: [LogSource] = []
    var diagnostics: [Diagnostic] = []
    for name in names(directory) where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
      let path = directory + "/" + name
      guard let text = text(of: path) else {
        diagnostics.append(Diagnostic(.error, code: "log-source.unreadable", "cannot be read as UTF-8", file: path))
        continue
      }
      do throws(Diagnostic) { sources.append(try LogSource(yaml: text, file: path)) } catch { diagnostics.append(error) }
    }
    return (LogSources(all: sources), diagnostics)
  }

  private static func names(_ directory: String) -> [String] {
    guard let handle = unsafe opendir(directory) else { return [] }
    defer { unsafe closedir(handle) }
    var names: [String] = []
    while let entry = unsafe readdir(handle) {
      names.append(
        unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        })
    }
    return names.sorted()
  }

  private static func text(of path: String) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= YAMLDocument.sizeLimit {
      let count = unsafe block.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count <= 0 { return count < 0 ? nil : String(validating: bytes, as: UTF8.self) }
      bytes += block[..<count]
    }
    return nil
  }
}
