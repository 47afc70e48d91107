import Feeds
import Glibc
import Indicators

/// The last good bodies of each feed: `NAME.body` and the two before it, so that a feed can be read again and rolled back.
struct FeedSpool {
  let directory: String

  func body(_ feed: String) -> String { "\(directory)/\(feed).body" }
  func hasBody(_ feed: String) -> Bool { Files.exists(body(feed)) }

  /// The body before the present one.
  func earlierBody(_ feed: String) -> String? {
    let path = body(feed) + ".1"
    return Files.exists(path) ? path : nil
  }

  /// Moves a staged body into place; the one before becomes `.1`, that before `.2`.
  func keep(_ staged: String, as feed: String) throws {
    let path = body(feed)
    for (from, to) in [(path + ".1", path + ".2"), (path, path + ".1")] where Files.exists(from) { _ = unsafe rename(from, to) }
    guard unsafe rename(staged, path) == 0 else {
      throw unsafe Diagnostic(.error, code: "spool.write", "cannot keep the body: \(String(cString: strerror(errno)))", file: path)
    }
    let handle = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if handle >= 0 {
      _ = fsync(handle)
      close(handle)
    }
  }

  func discard(_ staged: String) { _ = unsafe unlink(staged) }

  /// A copy that may be moved or removed.
  func copy(_ path: String) throws -> String {
    let bytes = try LineInput.all(path: path, limit: 1 << 30)
    let target = "\(directory)/.tmp.rollback.\(getpid())"
    let descriptor = unsafe open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw unsafe Diagnostic(.error, code: "spool.write", "cannot copy the body: \(String(cString: strerror(errno)))", file: target)
    }
    defer { close(descriptor) }
    do { try Console.write(bytes, to: descriptor) } catch {
      throw Diagnostic(.error, code: "spool.write", "cannot copy the body", file: target)
    }
    _ = fsync(descriptor)
    return target
  }

  /// Whether a local address is a directory or a glob instead of one file.
  static func isFileSet(_ path: String) -> Bool {
    Files.isDirectory(path) || (!Files.exists(path) && path.contains { "*?[".contains($0) })
  }

  /// Names, sizes and times of the set's files.
  static func fingerprint(ofFileSet path: String) -> String {
    var parts = ["files"]
    for file in (try? FileSet.files(at: path)) ?? [] {
      var status = stat()
      _ = unsafe stat(file, &status)
      parts.append("\(file) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)")
    }
    return SHA256.identity(parts)
  }

  static func hash(ofFile path: String) -> String {
    SHA256.hex(SHA256.digest((try? LineInput.all(path: path, limit: 1 << 30)) ?? []))
  }
}
