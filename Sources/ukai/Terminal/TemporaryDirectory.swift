import Glibc
import Indicators
import Terminal

/// A private directory that is removed, with the files in it, when its owner goes.
final class TemporaryDirectory {
  let path: String

  init() throws {
    var template = Array("\(Environment.value("TMPDIR") ?? "/tmp")/ukai-XXXXXX".utf8CString)
    guard let made = unsafe mkdtemp(&template) else {
      throw unsafe Diagnostic(.error, code: "state.create", "cannot make a temporary directory: \(String(cString: strerror(errno)))")
    }
    path = unsafe String(cString: made)
  }

  deinit {
    if let handle = unsafe opendir(path) {
      while let entry = unsafe readdir(handle) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        if name != ".", name != ".." { _ = unsafe unlink(path + "/" + name) }
      }
      unsafe closedir(handle)
    }
    _ = unsafe rmdir(path)
  }
}
