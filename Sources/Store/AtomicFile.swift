internal import Glibc
public import Indicators

/// Files that are replaced whole: a reader sees the old content or the new one, never a part.
public enum AtomicFile {
  /// Writes `bytes` beside `path`, syncs, renames over it, and syncs the directory.
  /// - Throws: `file.create`, `file.write`.
  public static func replace(_ path: String, with bytes: [UInt8]) throws(Diagnostic) {
    let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let temporary = "\(directory)/.tmp.\(getpid()).\(UInt64.random(in: 0 ... .max))"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw unsafe Diagnostic(.error, code: "file.create", "cannot write here: \(String(cString: strerror(errno)))", file: path)
    }
    var problem: Int32 = 0
    var done = 0
    while done < bytes.count, problem == 0 {
      let written = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done) }
      if written >= 0 { done += written } else if errno != EINTR { problem = errno }
    }
    if problem == 0, fsync(descriptor) != 0 { problem = errno }
    if close(descriptor) != 0, problem == 0 { problem = errno }
    if problem == 0, unsafe rename(temporary, path) != 0 { problem = errno }
    if problem != 0 {
      _ = unsafe unlink(temporary)
      throw unsafe Diagnostic(.error, code: "file.write", String(cString: strerror(problem)), file: path)
    }
    let handle = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if handle >= 0 {
      _ = fsync(handle)
      close(handle)
    }
  }
}
