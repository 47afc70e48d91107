internal import Glibc

/// The YAML files of a directory.
enum YAMLFiles {
  /// Names that end in `.yaml` or `.yml`, sorted; none where there is no such directory.
  static func names(in directory: String) -> [String] {
    DirectoryNames.all(in: directory).filter { !$0.hasPrefix(".") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml")) }
  }

  /// A file as text; nil when it cannot be read, is larger than a YAML file may be, or is not UTF-8.
  static func text(of path: String) -> String? {
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
