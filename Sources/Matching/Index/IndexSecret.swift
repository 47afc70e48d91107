internal import Glibc
public import Indicators

extension IndexBuilder {
  /// The secret that keeps hash positions unpredictable, kept in `index.secret` beside the index (0600) and made when it is missing.
  /// - Throws: `index.write`.
  public static func secret(beside path: String) throws(Diagnostic) -> [UInt8] {
    let file = (path.lastIndex(of: "/").map { String(path[...$0]) } ?? "") + "index.secret"
    if let known = read(file), known.count == 32 { return known }
    let secret = (0..<32).map { _ in UInt8.random(in: 0...255) }
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0, unsafe secret.withUnsafeBytes({ unsafe write(descriptor, $0.baseAddress, 32) }) == 32, fsync(descriptor) == 0 else {
      throw unsafe Diagnostic(.error, code: "index.write", "cannot keep the index's secret: \(String(cString: strerror(errno)))", file: file)
    }
    close(descriptor)
    return secret
  }

  private static func read(_ path: String) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, 64) }
    return count > 0 ? Array(bytes[..<count]) : nil
  }
}
