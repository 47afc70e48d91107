internal import Glibc
public import Indicators
internal import Matching
public import Store

/// Appends records to a file. Nothing is called delivered before it is synced. What a killed run left is completed from its
/// ``FileIntent``; a line that something else left torn is cut off.
public struct FileWriter: DestinationWriter {
  public let batchLimit = 1000
  /// Whether the batch of the intent given at the start stands in the file now; its alerts are to be marked.
  public let hasCompletedIntent: Bool
  private let path: String
  private let descriptor: Int32
  private let device: UInt64
  private let inode: UInt64
  private let willWrite: (FileIntent) throws(Diagnostic) -> Void

  /// Opens or makes the file (0600).
  ///
  /// - Parameters:
  ///   - intent: the batch that an earlier run noted and never marked.
  ///   - willWrite: notes a batch durably; called before its first byte is written.
  /// - Throws: `export.create`, `export.permission`, `export.write`.
  public init(path: String, completing intent: FileIntent? = nil, willWrite: @escaping (FileIntent) throws(Diagnostic) -> Void = { _ in })
    throws(Diagnostic)
  {
    self.path = path
    self.willWrite = willWrite
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
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    var size = Int64(status.st_size)
    if let intent, intent.device == device, intent.inode == inode,
      let missing = Self.missing(of: intent, in: descriptor, size: size)
    {
      do throws(Diagnostic) { try Self.append(missing, to: descriptor, at: size, path: path) } catch {
        close(descriptor)
        throw error
      }
      hasCompletedIntent = true
      size += Int64(missing.count)
    } else {
      hasCompletedIntent = false
    }
    let end = Self.endOfLastLine(descriptor, size: size)
    if end < size { _ = ftruncate(descriptor, off_t(end)) }
  }

  /// What of the batch is not yet in the file: nothing when all of it is; nil when the file went another way.
  private static func missing(of intent: FileIntent, in descriptor: Int32, size: Int64) -> ArraySlice<UInt8>? {
    guard size >= intent.offset else { return nil }
    let present = Int(min(size - intent.offset, Int64(intent.bytes.count)))
    var block = [UInt8](repeating: 0, count: present)
    let count = unsafe block.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, off_t(intent.offset)) }
    guard count == present, block[...] == intent.bytes[..<present] else { return nil }
    return intent.bytes[present...]
  }

  /// Behind the last newline; 0 when there is none.
  private static func endOfLastLine(_ descriptor: Int32, size: Int64) -> Int64 {
    var end = size
    while end > 0 {
      let start = max(0, end - 65_536)
      var block = [UInt8](repeating: 0, count: Int(end - start))
      let count = unsafe block.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, off_t(start)) }
      guard count == block.count else { return size }
      if let newline = block.lastIndex(of: 0x0A) { return start + Int64(newline) + 1 }
      end = start
    }
    return 0
  }

  public mutating func send(_ records: [ExportRecord], as format: any AlertFormat) -> DeliveryOutcome {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return .failed(Self.diagnostic("cannot look at the file", errno, path), .inputOutput, of: records.count) }
    let start = Int64(status.st_size)
    var bytes: [UInt8] = []
    if start == 0 { bytes += Array(format.header.utf8) }
    for record in records {
      bytes += Array(format.encode(record).utf8)
      bytes.append(0x0A)
    }
    do throws(Diagnostic) {
      try willWrite(
        FileIntent(
          device: device, inode: inode, offset: start, bytes: bytes,
          alerts: records.map { FileIntent.AlertVersion(alertID: $0.alert.id, version: $0.version) }))
      try Self.append(bytes[...], to: descriptor, at: start, path: path)
    } catch {
      return .failed(error, .inputOutput, of: records.count)
    }
    return .all(.delivered, of: records.count)
  }

  /// Writes and syncs. When that fails, what was written of it is taken back: it will be written again.
  private static func append(_ bytes: ArraySlice<UInt8>, to descriptor: Int32, at start: Int64, path: String) throws(Diagnostic) {
    var done = 0
    while done < bytes.count {
      let written = unsafe bytes.withUnsafeBytes {
        unsafe pwrite(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done, off_t(start) + done)
      }
      if written < 0 {
        if errno == EINTR { continue }
        let number = errno
        _ = ftruncate(descriptor, off_t(start))
        throw diagnostic("cannot write", number, path)
      }
      done += written
    }
    if fdatasync(descriptor) != 0 {
      let number = errno
      _ = ftruncate(descriptor, off_t(start))
      throw diagnostic("cannot sync", number, path)
    }
  }

  private static func diagnostic(_ what: String, _ number: Int32, _ path: String) -> Diagnostic {
    unsafe Diagnostic(
      .error, code: "export.write", "\(what): \(String(cString: strerror(number)))",
      hint: "nothing is lost: the next export goes on here", file: path)
  }

  public mutating func finish() -> DeliveryOutcome.Failure? {
    close(descriptor)
    return nil
  }
}
