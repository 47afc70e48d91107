internal import Glibc
internal import Indicators

/// A body on its way to disk: created exclusively, mode 0600, hashed while it is written, synced before anybody sees it.
/// Whoever drops it without finishing removes the file.
package final class BodySpool {
  package let path: String
  private var descriptor: Int32
  private var hash = SHA256()
  package private(set) var bytes: Int64 = 0
  private var isFinished = false

  /// - Throws: `inputOutput` when the file cannot be created.
  package init(directory: String) throws(TransportError) {
    var generator = SystemRandomNumberGenerator()
    let name = ".tmp." + String(UInt64.random(in: .min ... .max, using: &generator), radix: 36)
    path = directory + "/" + name
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw systemError("cannot create a file in \(directory)", reason: "spool") }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !isFinished { unsafe unlink(path) }
  }

  /// Adds bytes that stand in a collection of ours.
  package func append(_ piece: some Collection<UInt8>) throws(TransportError) {
    let bytes = ContiguousArray(piece)
    var failure: TransportError?
    unsafe bytes.withUnsafeBytes { buffer in
      do throws(TransportError) { try unsafe write(buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  func write(_ buffer: UnsafeRawBufferPointer) throws(TransportError) {
    unsafe hash.update(buffer.bytes)
    var rest = unsafe buffer
    while unsafe !rest.isEmpty {
      let written = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
      if written < 0 {
        if errno == EINTR { continue }
        throw systemError("cannot write \(path)", reason: "spool")
      }
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
    bytes += Int64(buffer.count)
  }

  /// Syncs and closes; the file now belongs to the caller. Returns the SHA-256 in hexadecimal.
  package func finish() throws(TransportError) -> String {
    // After a failed fsync the content is lost (the kernel marks the pages clean): never try again on the same file.
    guard fsync(descriptor) == 0 else { throw systemError("cannot sync \(path)", reason: "spool") }
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0 else { throw systemError("cannot close \(path)", reason: "spool") }
    isFinished = true
    return SHA256.hex(hash.finalize())
  }
}

/// The failure of the last system call.
func systemError(_ what: String, reason: String) -> TransportError {
  let number = errno
  let text = unsafe String(cString: strerror(number))
  let code: TransportError.Code =
    switch number {
    case ENOENT, ENOTDIR: .missingInput
    case EACCES, EPERM, ELOOP: .permission
    default: .inputOutput
    }
  return TransportError(code, reason: reason, "\(what): \(text)")
}
