internal import CShims

#if canImport(Glibc)
  import Glibc
#endif

/// What says of an index file that it has been found whole since it was last written: an extended attribute, which names the file's number, its length
/// and the time of its last change.
///
/// A byte that has become another one may hide an indicator without a word, and to read a file of millions of indicators to its end takes 8 ms a million: much for
/// an engine that starts a process for each log. So the builder seals what it has written, and who meets a file without a seal, or with that of other
/// bytes, reads it to its end and seals it in turn. Where a file system keeps no such attributes, or the file is another user's, everybody reads it.
struct IndexSeal {
  private static let name = "user.ukai.whole"
  private let text: [UInt8]

  init(_ status: stat) {
    text = Array("\(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)".utf8)
  }

  /// Whether the file of these bytes has been sealed.
  func isOn(_ descriptor: Int32) -> Bool {
    // One byte more than is expected, to see that there is none.
    var kept = [UInt8](repeating: 0, count: text.count + 1)
    let length = unsafe kept.withUnsafeMutableBytes { unsafe ukai_get_attribute(descriptor, Self.name, $0.baseAddress, $0.count) }
    return length == text.count && kept.starts(with: text)
  }

  /// Seals a file, if that can be done.
  func put(on descriptor: Int32) {
    unsafe text.withUnsafeBytes { bytes in _ = unsafe ukai_set_attribute(descriptor, Self.name, bytes.baseAddress, bytes.count) }
  }
}
