import Glibc
import Indicators
import Matching

/// The index of a run that may last: taken anew when another file has taken its name, as every sync that brings something does.
struct WatchedIndex {
  private let path: String
  private(set) var index: IndicatorIndex
  private var file: File?

  /// What tells one file from another.
  private struct File: Equatable {
    let device, inode: UInt64
    let seconds, nanoseconds: Int

    init?(path: String) {
      var status = stat()
      guard unsafe stat(path, &status) == 0 else { return nil }
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
    }
  }

  /// - Throws: as ``IndicatorIndex/openWhole(path:)``.
  init(path: String) throws(Diagnostic) {
    self.path = path
    // Before it is opened: what takes its place meanwhile is another file at the next look.
    file = File(path: path)
    index = try IndicatorIndex.openWhole(path: path)
  }

  /// Opens the index again if it is another file. One that cannot be used is told once, and the one before stays in force.
  mutating func renew(isQuiet: Bool) {
    let now = File(path: path)
    if now == file { return }
    file = now
    do {
      index = try IndicatorIndex.openWhole(path: path)
      if !isQuiet { Console.note("scan: the index was replaced: \(index.count) indicators") }
    } catch {
      var told = error
      told.hint = "the one that was read before stays in force; " + (error.hint ?? "see 'ukai doctor'")
      Console.show(told)
    }
  }
}
