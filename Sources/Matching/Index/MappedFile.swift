#if canImport(Glibc)
  import Glibc
#endif
import Indicators

/// A file mapped read-only for as long as this object lives.
///
/// Invariant: ``bytes`` covers exactly what is mapped. The file is only ever replaced by rename, never rewritten, so that the pages stay
/// what they were at ``init(path:)``. (Whoever truncates a mapped file in place ends the process; the state directory is ours alone.)
@safe final class MappedFile: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer
  private let path: String
  private let seal: IndexSeal
  /// Whether the file was found whole before, and has not changed since.
  let isSealed: Bool

  init(path: String) throws(Diagnostic) {
    func failure(_ what: String, _ code: Int32) -> Diagnostic {
      let (name, hint): (String, String?) = switch code {
      case ENOENT, ENOTDIR: ("index.missing", "run 'ukai sync' or 'ukai index build'")
      case EACCES, EPERM: ("index.permission", "run as the user that the index belongs to, or let this one read it")
      default: ("index.read", nil)
      }
      return Diagnostic(.error, code: name, "\(what): \(unsafe String(cString: strerror(code)))", hint: hint, file: path)
    }
    func refusal(_ what: String) -> Diagnostic {
      Diagnostic(.error, code: "index.damaged", what, hint: IndicatorIndex.rebuildHint, file: path)
    }
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure("cannot open the index", errno) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure("cannot read the index", errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw refusal("the index is not a regular file")
    }
    let length = Int(status.st_size)
    guard length > 0 else { throw refusal("the index is empty") }
    guard let start = unsafe mmap(nil, length, PROT_READ, MAP_SHARED, descriptor, 0), unsafe start != MAP_FAILED else {
      throw failure("cannot map the index", errno)
    }
    unsafe bytes = UnsafeRawBufferPointer(start: start, count: length)
    self.path = path
    seal = IndexSeal(status)
    isSealed = seal.isOn(descriptor)
  }

  /// Says of the file that it is whole: by its number and time, so that another one that has taken its name meanwhile gains nothing.
  func putSeal() {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return }
    seal.put(on: descriptor)
    close(descriptor)
  }

  deinit { unsafe munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}
