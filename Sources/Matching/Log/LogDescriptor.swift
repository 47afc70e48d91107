import Glibc

/// What the operating system says of an open log: enough to see that it is the same, unchanged file.
public struct LogStatus: Sendable, Hashable {
  public var device: UInt64
  public var inode: UInt64
  /// Bytes on disk; 0 for a pipe.
  public var size: Int
  /// Nanoseconds since 1970.
  public var modifiedAt: Int
  public var isRegular: Bool
}

/// An open file descriptor of a log. Owns and closes it, unless it was lent (standard input).
///
/// Logs are read, never mapped: a log that is truncated while mapped ends the process with SIGBUS.
public final class LogDescriptor {
  let number: Int32
  private let owned: Bool

  private init(number: Int32, owned: Bool) {
    self.number = number
    self.owned = owned
  }

  deinit {
    if owned { _ = close(number) }
  }

  /// Wraps a descriptor that stays the caller's, such as standard input.
  public static func lent(_ number: Int32) -> LogDescriptor { LogDescriptor(number: number, owned: false) }

  /// Why a path is not read. Raw values are the `reason`s of the scan summary.
  public enum Refusal: String, Error, Sendable {
    case missing = "not-found"
    case denied = "permission-denied"
    case symbolicLink = "symbolic-link"
    case directory = "directory"
    case fifo = "fifo"
    case device = "device"
    case socket = "socket"
    case unreadable = "io-error"
    case ownFile = "own-file"
  }

  /// Opens a regular file for reading. Anything else is refused without ever waiting for a writer.
  ///
  /// A symbolic link is followed only when the user named it: one that a directory walk met could lead anywhere.
  public static func open(_ path: LogPath) throws(Refusal) -> LogDescriptor {
    guard path.isValid else { throw .missing }
    // O_NONBLOCK: opening a FIFO must not hang; it has no effect on regular files.
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (path.isNamed ? 0 : O_NOFOLLOW)
    var number: Int32
    repeat { number = unsafe path.withCString { unsafe Glibc.open($0, flags) } } while number < 0 && errno == EINTR
    guard number >= 0 else {
      switch errno {
      case ENOENT, ENOTDIR, ENAMETOOLONG: throw .missing
      case EACCES, EPERM: throw .denied
      case ELOOP: throw .symbolicLink
      case ENXIO: throw .socket
      default: throw .unreadable
      }
    }
    let descriptor = LogDescriptor(number: number, owned: true)
    var information = stat()
    guard unsafe fstat(number, &information) == 0 else { throw .unreadable }
    switch information.st_mode & S_IFMT {
    case S_IFREG: return descriptor
    case S_IFDIR: throw .directory
    case S_IFIFO: throw .fifo
    case S_IFSOCK: throw .socket
    default: throw .device
    }
  }

  /// Asks for a pipe that holds a whole window: the writer need not wait, and chunks are longer. Without effect on anything else.
  func widenPipe() {
    let setPipeSize: Int32 = 1031  // F_SETPIPE_SZ, which Swift does not import.
    _ = fcntl(number, setPipeSize, Int32(LogReader.defaultWindow))
  }

  public func status() -> LogStatus? {
    var information = stat()
    guard unsafe fstat(number, &information) == 0 else { return nil }
    return LogStatus(information)
  }

  /// The status of whatever `path` names now; nil when nothing does.
  static func status(of path: LogPath) -> LogStatus? {
    var information = stat()
    guard unsafe path.withCString({ unsafe stat($0, &information) }) == 0 else { return nil }
    return LogStatus(information)
  }

  /// Reads at the current position; 0 at the end, nil for an I/O error. Interrupted calls are repeated.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    guard let start = buffer.baseAddress, buffer.count > 0 else { return 0 }
    while true {
      let count = unsafe Glibc.read(number, start, buffer.count)
      if count >= 0 { return count }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        // A lent descriptor may be non-blocking: wait until there is something.
        var waiting = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&waiting, 1, -1)
      default: return nil
      }
    }
  }

  /// Up to `count` bytes at `offset`, without moving the position; fewer at the end of the file or after an error.
  func bytes(at offset: Int, count: Int) -> [UInt8] {
    guard count > 0, offset >= 0 else { return [] }
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while initialized < count, let start = buffer.baseAddress {
        let got = unsafe pread(number, start + initialized, count - initialized, offset + initialized)
        if got < 0 && errno == EINTR { continue }
        guard got > 0 else { break }
        initialized += got
      }
    }
  }

  /// Moves the position; false when the descriptor cannot (a pipe).
  func seek(to offset: Int) -> Bool { lseek(number, offset, SEEK_SET) == offset }
}

extension LogStatus {
  init(_ information: stat) {
    self.init(
      device: UInt64(truncatingIfNeeded: information.st_dev), inode: UInt64(truncatingIfNeeded: information.st_ino),
      size: Int(information.st_size),
      modifiedAt: Int(information.st_mtim.tv_sec) &* 1_000_000_000 &+ Int(information.st_mtim.tv_nsec),
      isRegular: information.st_mode & S_IFMT == S_IFREG)
  }
}
