internal import Glibc
package import Indicators

/// The bytes of one spooled body, 256 KiB at a time; a compressed or archived body is decoded on the way.
///
/// Counts what it gives, stops at the cap, and watches for the sentinel that a good body must hold.
package final class BodyStream {
  /// The file, as diagnostics name it.
  package let name: String
  /// Decoded bytes handed out so far.
  package private(set) var bytesRead = 0
  /// Whether the sentinel has been met so far; true when there is none.
  package private(set) var sentinelFound: Bool

  private let descriptor: FileDescriptor
  private var archive: ArchiveBody?
  private let sentinel: [UInt8]
  private let maximumBytes: Int
  private var tail: [UInt8] = []
  private var pending: [UInt8] = []
  private var atEnd = false

  /// - Parameters:
  ///   - member: the one member of a zip or tar to be read; nil when there must be only one.
  ///   - maximumBytes: decoded bytes beyond which the body is refused.
  ///   - sentinel: bytes that a good body holds.
  package init(
    path: String, name: String? = nil, member: String? = nil, maximumBytes: Int = 256 << 20, sentinel: String? = nil
  ) throws(Diagnostic) {
    self.name = name ?? path
    self.maximumBytes = maximumBytes
    self.sentinel = Array((sentinel ?? "").utf8)
    self.sentinelFound = self.sentinel.isEmpty
    self.descriptor = try FileDescriptor(reading: path, name: self.name)
    let magic = try descriptor.first(512, name: self.name)
    if let kind = ArchiveKind(magic: magic) {
      self.archive = try ArchiveBody(descriptor: descriptor, kind: kind, name: self.name, member: member)
    }
  }

  /// The next bytes; empty at the end.
  package func read() throws(Diagnostic) -> [UInt8] {
    if !pending.isEmpty {
      defer { pending = [] }
      return pending
    }
    if atEnd { return [] }
    let chunk: [UInt8]
    if let archive {
      chunk = try archive.read()
    } else {
      chunk = try descriptor.read(FeedLimits.chunkBytes, name: name)
    }
    if chunk.isEmpty {
      atEnd = true
      return []
    }
    bytesRead += chunk.count
    if bytesRead > maximumBytes {
      throw Diagnostic(
        .error, code: "feed.too-large", "the body is larger than \(maximumBytes) bytes",
        hint: "raise max-bytes in the feed file if this is right", file: name)
    }
    watch(chunk)
    return chunk
  }

  /// The beginning of the body, left in place for the next ``read()``.
  package func peek() throws(Diagnostic) -> [UInt8] {
    if pending.isEmpty { pending = try read() }
    return pending
  }

  /// All of it, for formats that need the whole document.
  package func readAll(limit: Int = FeedLimits.documentBytes) throws(Diagnostic) -> [UInt8] {
    var all: [UInt8] = []
    while true {
      let chunk = try read()
      if chunk.isEmpty { return all }
      all.append(contentsOf: chunk)
      if all.count > limit {
        throw Diagnostic(.error, code: "feed.document-too-large", "the document is larger than \(limit) bytes", file: name)
      }
    }
  }

  private func watch(_ chunk: [UInt8]) {
    guard !sentinelFound else { return }
    let searched = tail + chunk
    sentinelFound = searched.holds(sentinel)
    tail = Array(searched.suffix(sentinel.count - 1))
  }
}

extension Collection where Element == UInt8, Index == Int {
  /// Whether `needle` stands in it somewhere.
  package func holds(_ needle: some BidirectionalCollection<UInt8>) -> Bool { position(of: needle) != nil }

  /// Where `needle` first stands.
  package func position(of needle: some BidirectionalCollection<UInt8>) -> Int? {
    guard let first = needle.first else { return startIndex }
    let last = endIndex - needle.count
    var position = startIndex
    while position <= last {
      if self[position] == first, self[position..<(position + needle.count)].elementsEqual(needle) { return position }
      position += 1
    }
    return nil
  }
}

/// An open file that is closed with its owner.
package final class FileDescriptor {
  package let raw: Int32
  package let size: Int

  package init(reading path: String, name: String) throws(Diagnostic) {
    raw = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if raw < 0 {
      throw Diagnostic(.error, code: "feed.unreadable", unsafe "cannot open: \(String(cString: strerror(errno)))", file: name)
    }
    var status = stat()
    guard unsafe fstat(raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(raw)
      throw Diagnostic(.error, code: "feed.not-a-file", "not a regular file", file: name)
    }
    size = Int(status.st_size)
  }

  deinit { close(raw) }

  package func read(_ count: Int, name: String) throws(Diagnostic) -> [UInt8] {
    while true {
      var failed = false
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        let got = unsafe Glibc.read(raw, buffer.baseAddress, count)
        failed = got < 0
        filled = max(0, got)
      }
      if !failed { return bytes }
      if errno != EINTR {
        throw Diagnostic(.error, code: "feed.unreadable", unsafe "cannot read: \(String(cString: strerror(errno)))", file: name)
      }
    }
  }

  /// The first bytes; the reading position stays at the beginning.
  package func first(_ count: Int, name: String) throws(Diagnostic) -> [UInt8] {
    let bytes = try read(count, name: name)
    lseek(raw, 0, SEEK_SET)
    return bytes
  }

  /// Up to `count` bytes behind the first `offset`; the reading position is not kept.
  package func read(_ count: Int, from offset: Int, name: String) throws(Diagnostic) -> [UInt8] {
    lseek(raw, off_t(offset), SEEK_SET)
    return try read(count, name: name)
  }

  /// The last bytes; the reading position is not kept.
  package func last(_ count: Int, name: String) throws(Diagnostic) -> [UInt8] {
    guard size >= count else { return [] }
    lseek(raw, off_t(size - count), SEEK_SET)
    return try read(count, name: name)
  }
}
