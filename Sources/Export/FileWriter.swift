internal import Glibc
public import Indicators

/// Appends records to a file. A line that an earlier run left torn is cut off first, and nothing is called delivered before it is synced.
public struct FileWriter: DestinationWriter {
  public let batchLimit = 1000
  private let path: String
  private var descriptor: Int32
  private var isEmpty: Bool

  /// Opens or makes the file (0600).
  /// - Throws: `export.create`, `export.permission`.
  public init(path: String) throws(Diagnostic) {
    self.path = path
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0o600)
    guard descriptor >= 0 else {
      let code = errno == EACCES || errno == EPERM ? "export.permission" : "export.create"
      throw unsafe Diagnostic(.error, code: code, "cannot open the file: \(String(cString: strerror(errno)))", file: path)
    }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Diagnostic(.error, code: "export.create", "not a regular file", file: path)
    }
    let end = Self.endOfLastLine(descriptor, size: Int(status.st_size))
    if end < Int(status.st_size) { _ = ftruncate(descriptor, end) }
    _ = lseek(descriptor, 0, SEEK_END)
    isEmpty = end == 0
  }

  /// Behind the last newline within the last MiB; 0 when there is none.
  private static func endOfLastLine(_ descriptor: Int32, size: Int) -> Int {
    var end = size
    while end > 0 {
      let start = max(0, end - 65_536)
      var block = [UInt8](repeating: 0, count: end - start)
      let count = unsafe block.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, start) }
      guard count == block.count else { return size }
      if let newline = block.lastIndex(of: 0x0A) { return start + newline + 1 }
      end = start
    }
    return 0
  }

  public mutating func send(_ records: [ExportRecord], as format: any AlertFormat) -> DeliveryOutcome {
    var bytes: [UInt8] = []
    if isEmpty { bytes += Array(format.header.utf8) }
    for record in records {
      bytes += Array(format.encode(record).utf8)
      bytes.append(0x0A)
    }
    var done = 0
    let start = lseek(descriptor, 0, SEEK_CUR)
    while done < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done) }
      if written < 0 {
        if errno == EINTR { continue }
        return fail("cannot write", errno, backTo: start)
      }
      done += written
    }
    if fdatasync(descriptor) != 0 { return fail("cannot sync", errno, backTo: start) }
    isEmpty = false
    return .settled(Array(repeating: .delivered, count: records.count))
  }

  /// What was written of the batch is taken back: it will be written again.
  private func fail(_ what: String, _ number: Int32, backTo start: off_t) -> DeliveryOutcome {
    _ = ftruncate(descriptor, start)
    _ = lseek(descriptor, start, SEEK_SET)
    return unsafe .failed(
      Diagnostic(.error, code: "export.write", "\(what): \(String(cString: strerror(number)))", hint: "nothing is lost: the next export goes on here", file: path),
      .inputOutput)
  }

  public mutating func finish() -> Diagnostic? {
    close(descriptor)
    return nil
  }
}
