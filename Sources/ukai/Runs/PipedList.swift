import Glibc
import Terminal

/// A list as a file. What comes through a pipe is kept in one for as long as it is read: its beginning says of what form it is, and is read twice.
struct PipedList {
  let path: String
  /// Nil for a list that is a file already.
  private let folder: TemporaryDirectory?

  /// - Parameter list: a path, or `-` for standard input. A pipe that nobody writes to is an empty list.
  /// - Throws: ``InputError`` when the pipe cannot be read or its file not be written.
  init(_ list: String) throws {
    guard list == "-" || Files.isPipe(list) else {
      (path, folder) = (list, nil)
      return
    }
    let folder = try TemporaryDirectory()
    self.folder = folder
    path = folder.path + "/list"
    let source = list == "-" ? STDIN_FILENO : try Self.open(pipe: list)
    defer { if source != STDIN_FILENO { close(source) } }
    let target = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard target >= 0 else { throw InputError(path: path, errorNumber: errno) }
    defer { close(target) }
    try Self.copy(source, list, to: target, path)
  }

  /// Does not wait for a writer.
  private static func open(pipe: String) throws -> Int32 {
    let source = unsafe Glibc.open(pipe, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard source >= 0 else { throw InputError(path: pipe, errorNumber: errno) }
    // From here on for what it writes.
    _ = fcntl(source, F_SETFL, fcntl(source, F_GETFL) & ~O_NONBLOCK)
    return source
  }

  private static func copy(_ source: Int32, _ list: String, to target: Int32, _ path: String) throws {
    var block = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = unsafe block.withUnsafeMutableBytes { unsafe read(source, $0.baseAddress, $0.count) }
      if count == 0 { return }
      if count < 0 {
        if errno == EINTR { continue }
        throw InputError(path: list, errorNumber: errno)
      }
      var done = 0
      while done < count {
        let written = unsafe block.withUnsafeBytes { unsafe write(target, $0.baseAddress.map { unsafe $0 + done }, count - done) }
        if written < 0, errno != EINTR { throw InputError(path: path, errorNumber: errno) }
        done += max(0, written)
      }
    }
  }
}
