internal import CCurl
internal import Glibc

/// A feed that is a file of this machine: `file:` or a path. Fetched like any other, with the file's identity and times as its
/// validator, so that an unchanged file costs one `fstat`.
enum LocalFetch {
  /// The path behind `file:///x`, `file://localhost/x`, `file:x` or a plain path; nil for an address of another scheme.
  static func path(of url: String) -> String? {
    guard url.lowercased().hasPrefix("file:") else {
      let scheme = url.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
      return url.dropFirst(scheme.count).hasPrefix("://") && !scheme.isEmpty ? nil : url
    }
    var rest = url.dropFirst(5)
    if rest.hasPrefix("//") {
      rest = rest.dropFirst(2)
      let host = rest.prefix { $0 != "/" }
      guard host.isEmpty || host.lowercased() == "localhost" else { return nil }
      rest = rest.dropFirst(host.count)
    }
    return percentDecoded(rest)
  }

  static func fetch(_ request: FetchRequest, path: String) -> FetchOutcome {
    do throws(TransportError) {
      return try read(request, path)
    } catch {
      var failure = error
      failure.address = request.redactor.redact(path)
      return .failed(failure)
    }
  }

  private static func read(_ request: FetchRequest, _ path: String) throws(TransportError) -> FetchOutcome {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw TransportError(.configuration, reason: "path", "the path is empty or holds a NUL") }
    // O_NONBLOCK: a FIFO without a writer must not hang the run.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw systemError("cannot open the file", reason: "open") }
    defer { close(descriptor) }
    var before = stat()
    guard unsafe fstat(descriptor, &before) == 0 else { throw systemError("cannot read the file", reason: "stat") }
    guard before.st_mode & S_IFMT == S_IFREG else {
      throw TransportError(.refused, reason: "not-a-file", "this is not a regular file")
    }
    let validator = validator(before)
    if request.hasStoredBody, request.etag == validator { return .notModified(freshFor: nil) }
    if Int64(before.st_size) > request.limits.decodedBytes {
      throw TransportError(
        .refused, reason: "decoded-cap", "the file is \(before.st_size) bytes, more than the \(request.limits.decodedBytes) allowed")
    }
    let spool = try BodySpool(directory: request.spoolDirectory)
    try copy(descriptor, into: spool, limit: request.limits.decodedBytes)
    var after = stat()
    guard unsafe fstat(descriptor, &after) == 0 else { throw systemError("cannot read the file", reason: "stat") }
    // Written while it was read: what we have may be cut, so it must be fetched again next time.
    let isSettled = validator == Self.validator(after)
    let sum = try spool.finish()
    return .body(
      FetchedBody(
        path: spool.path, bytes: spool.bytes, wireBytes: spool.bytes, sha256: sum, etag: isSettled ? validator : nil,
        lastModified: nil, finalURL: request.redactor.redact(path), contentType: nil, freshFor: nil, headers: []))
  }

  private static func copy(_ descriptor: Int32, into spool: BodySpool, limit: Int64) throws(TransportError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    defer { unsafe buffer.deallocate() }
    while true {
      let count = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count == 0 { return }
      if count < 0 {
        if errno == EINTR { continue }
        throw systemError("cannot read the file", reason: "read")
      }
      if spool.bytes + Int64(count) > limit {
        throw TransportError(.refused, reason: "decoded-cap", "the file is longer than the \(limit) bytes allowed")
      }
      unsafe try spool.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  /// The status-change time cannot be set back by a copy that keeps times, so it is part of it.
  private static func validator(_ status: stat) -> String {
    let parts: [Int] = [
      Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
    ]
    return "file-\(status.st_dev)-\(status.st_ino)-" + parts.map(String.init).joined(separator: "-")
  }

  private static func percentDecoded(_ text: Substring) -> String? {
    var output: [UInt8] = []
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      guard byte == UInt8(ascii: "%") else {
        output.append(byte)
        continue
      }
      guard let high = bytes.next(), let low = bytes.next(),
        let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
      else { return nil }
      output.append(value)
    }
    return String(validating: output, as: UTF8.self)
  }
}
