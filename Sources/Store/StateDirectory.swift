internal import CShims
internal import Glibc
public import Indicators

/// The directory of databases, index, spool and locks: ours alone, or refused.
public struct StateDirectory: Sendable {
  public let path: String

  public var indicators: String { path + "/indicators.sqlite" }
  public var alerts: String { path + "/alerts.sqlite" }
  public var index: String { path + "/indicators.ukx" }
  public var spool: String { path + "/spool" }
  public var locks: String { path + "/locks" }

  /// Makes the directory (0700) where it is missing and checks that no other user can write to it.
  /// - Throws: `state.create`, `state.ownership`, `state.network`.
  public init(_ path: String) throws(Diagnostic) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    try Self.make(self.path)
    try Self.check(self.path)
    try Self.refuseNetwork(self.path)
    for part in [spool, locks] {
      try Self.make(part)
      try Self.check(part)
    }
  }

  /// Like `mkdir -p`, private at every new level.
  private static func make(_ path: String) throws(Diagnostic) {
    var prefix = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") where part != "." {
      prefix += "/" + part
      if unsafe mkdir(prefix, 0o700) != 0, errno != EEXIST, errno != EISDIR {
        throw unsafe Diagnostic(
          .error, code: "state.create", "cannot make the directory: \(String(cString: strerror(errno)))",
          hint: "choose another with --state or UKAI_STATE", file: prefix)
      }
    }
  }

  private static func check(_ path: String) throws(Diagnostic) {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw Diagnostic(.error, code: "state.create", "not a directory", file: path)
    }
    guard status.st_uid == geteuid() else {
      throw Diagnostic(
        .error, code: "state.ownership", "belongs to user \(status.st_uid), not to \(geteuid())",
        hint: "run as that user, or choose another --state", file: path)
    }
    guard status.st_mode & 0o022 == 0 else {
      throw Diagnostic(.error, code: "state.ownership", "others can write to it", hint: "chmod 700 \(path)", file: path)
    }
  }

  /// File locks and SQLite journals are not to be trusted over a network.
  private static func refuseNetwork(_ path: String) throws(Diagnostic) {
    let network: [Int: String] = [0x6969: "NFS", 0x517B: "SMB", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB2"]
    if let name = network[unsafe ukai_filesystem_type(path) & 0xFFFF_FFFF] {
      throw Diagnostic(.error, code: "state.network", "on a network file system (\(name))", hint: "use a local disk for --state", file: path)
    }
  }

  /// Removes what a killed run left half-written. To be called under the lock of those who write there.
  public func removeLeftovers() {
    for directory in [path, spool] {
      guard let handle = unsafe opendir(directory) else { continue }
      defer { unsafe closedir(handle) }
      while let entry = unsafe readdir(handle) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        if name.hasPrefix(".tmp.") || name.hasPrefix(".ukai-tmp") { _ = unsafe unlink(directory + "/" + name) }
      }
    }
  }
}

/// A lock that the kernel frees when its holder dies, however it dies.
public final class LockFile {
  private let descriptor: Int32

  /// Takes the lock `name` of a state directory, at once or not at all.
  /// - Throws: `lock.busy` when another run holds it; `state.create` when the file cannot be made.
  public init(_ name: String, in directory: StateDirectory) throws(Diagnostic) {
    let path = directory.locks + "/" + name + ".lock"
    while true {
      let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard descriptor >= 0 else {
        throw unsafe Diagnostic(.error, code: "state.create", "cannot open the lock: \(String(cString: strerror(errno)))",
          hint: "let this user write the state directory, or use another --state", file: path)
      }
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
        let holder = Self.holder(descriptor)
        close(descriptor)
        throw Diagnostic(.error, code: "lock.busy", "another run holds the lock\(holder.map { " (process \($0))" } ?? "")", hint: "nothing was done; run it again when that one has ended",
          file: path)
      }
      // The file may have been replaced between open and flock: then the lock is on a file that nobody else will see.
      var held = stat()
      var named = stat()
      if unsafe fstat(descriptor, &held) == 0, unsafe stat(path, &named) == 0, held.st_ino == named.st_ino {
        self.descriptor = descriptor
        let text = "\(getpid())\n"
        _ = ftruncate(descriptor, 0)
        _ = unsafe text.withCString { unsafe pwrite(descriptor, $0, text.utf8.count, 0) }
        return
      }
      close(descriptor)
    }
  }

  /// For the message only; never to decide whether the lock is held.
  private static func holder(_ descriptor: Int32) -> String? {
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
    guard count > 0 else { return nil }
    return String(decoding: bytes[..<count].prefix { 0x30...0x39 ~= $0 }, as: UTF8.self)
  }

  deinit { close(descriptor) }
}
