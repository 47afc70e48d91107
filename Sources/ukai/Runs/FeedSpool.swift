import Feeds
import Glibc
import Indicators
import Rules
import Terminal

/// The last good bodies of each feed, named by their content: `NAME.<first half of the hash>.body`. Which of them is in force stands in
/// the feed's state, committed with its indicators; a crash between the two leaves a file that nobody names, and it is swept up later.
struct FeedSpool {
  let directory: String

  private func path(_ feed: String, _ hash: String) -> String { "\(directory)/\(feed).\(hash.prefix(16)).body" }

  /// The kept body of this content.
  func body(_ feed: String, hash: String?) -> String? {
    guard let hash, !hash.isEmpty, case let path = path(feed, hash), Files.exists(path) else { return nil }
    return path
  }

  /// Moves a staged body into place beside those before it.
  func keep(_ staged: String, as feed: String, hash: String) throws {
    let path = path(feed, hash)
    guard unsafe rename(staged, path) == 0 else {
      throw unsafe Diagnostic(.error, code: "spool.write", "cannot keep the body: \(String(cString: strerror(errno)))", file: path)
    }
    let handle = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if handle >= 0 {
      _ = fsync(handle)
      close(handle)
    }
  }

  /// Removes the feed's bodies that the state no longer names.
  func sweep(_ feed: String, keeping state: FeedState) {
    let named = Set(state.generations.map { path(feed, $0.hash) } + [state.bodyHash].compactMap { $0 }.map { path(feed, $0) })
    for name in DirectoryNames.all(in: directory) where name.hasPrefix(feed + ".") && name.hasSuffix(".body") {
      let middle = name.dropFirst(feed.utf8.count + 1).dropLast(5)
      guard middle.utf8.count == 16, middle.allSatisfy(\.isHexDigit), !named.contains(directory + "/" + name) else { continue }
      discard(directory + "/" + name)
    }
  }

  func discard(_ staged: String) { _ = unsafe unlink(staged) }

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
}
