import Glibc

/// Lines of a file or of standard input, as bytes repaired to text, one at a time.
package struct LineInput {
  private let path: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var start = 0
  private var ended = false

  /// `-` is standard input.
  package init(path: String) throws(InputError) {
    self.path = path
    if path == "-" {
      descriptor = STDIN_FILENO
    } else {
      descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
      if descriptor < 0 { throw InputError(path: path, errorNumber: errno) }
    }
  }

  /// The next line without its `\n` or `\r\n`; nil at the end. A last line without an end is a line.
  package mutating func next() throws(InputError) -> String? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) {
        defer { start = end + 1 }
        return text(start..<end)
      }
      if ended {
        defer { start = buffer.count }
        return start < buffer.count ? text(start..<buffer.count) : nil
      }
      searched = buffer.count - start
      buffer.removeFirst(start)
      start = 0
      try fill()
    }
  }

  private func text(_ range: Range<Int>) -> String {
    let end = range.upperBound > range.lowerBound && buffer[range.upperBound - 1] == 0x0D ? range.upperBound - 1 : range.upperBound
    return String(decoding: buffer[range.lowerBound..<end], as: UTF8.self)
  }

  private mutating func fill() throws(InputError) {
    var block = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = unsafe block.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw InputError(path: path, errorNumber: errno) }
      if count == 0 { ended = true } else { buffer.append(contentsOf: block[..<count]) }
      return
    }
  }

  /// Everything at once, for inputs that are one document; refuses more than `limit` bytes.
  package static func all(path: String, limit: Int = 256 << 20) throws(InputError) -> [UInt8] {
    var input = try LineInput(path: path)
    // Reports come by the thousand.
    defer { if path != "-" { close(input.descriptor) } }
    while !input.ended {
      try input.fill()
      if input.buffer.count > limit { throw InputError(path: path, errorNumber: EFBIG) }
    }
    return input.buffer
  }
}

/// An input could not be opened or read.
package struct InputError: Error {
  package let path: String
  package let errorNumber: Int32

  package init(path: String, errorNumber: Int32) {
    self.path = path
    self.errorNumber = errorNumber
  }

  package var status: ExitStatus {
    switch errorNumber {
    case ENOENT, ENOTDIR: .missingInput
    case EACCES, EPERM: .permission
    default: .inputOutput
    }
  }

  package var message: String { unsafe "\(path): \(String(cString: strerror(errorNumber)))" }
}
