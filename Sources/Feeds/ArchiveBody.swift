internal import CArchive
internal import Glibc
package import Indicators
internal import Transport

/// What a compressed or archived body is, by its first bytes.
package enum ArchiveKind: String, Sendable {
  case gzip, zip, tar, zstd, xz, bzip2

  package init?(magic: [UInt8]) {
    if magic.starts(with: [0x1F, 0x8B, 0x08]) {
      self = .gzip
    } else if magic.starts(with: [0x50, 0x4B, 0x03, 0x04]) || magic.starts(with: [0x50, 0x4B, 0x05, 0x06]) {
      self = .zip
    } else if magic.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
      self = .zstd
    } else if magic.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
      self = .xz
    } else if magic.starts(with: Array("BZh".utf8)), magic.count > 4, magic[4...].starts(with: [0x31, 0x41, 0x59]) {
      self = .bzip2
    } else if magic.count >= 262, magic[257..<262].elementsEqual("ustar".utf8) {
      self = .tar
    } else {
      return nil
    }
  }
}

/// The one expected member of a zip, tar or compressed body, decoded into memory piece by piece.
///
/// Nothing is ever written by a name in the archive. Links, devices and a second regular member refuse the body; so do more than
/// one layer of compression, a wrong checksum, and growth beyond the caps.
///
/// Invariant of the unsafe part: `handle` is a live libarchive reader from `init` to `deinit`, and no pointer it lends is kept
/// beyond the call that got it.
@safe package final class ArchiveBody {
  private let handle: OpaquePointer
  private let descriptor: FileDescriptor
  private let kind: ArchiveKind
  private let name: String
  private let member: String?
  /// The files met so far, for those who named another.
  private var met: [String] = []
  private static let shownMembers = 20
  private var checksum = CRC32()
  private var total = 0
  private var finished = false

  package init(
    descriptor: FileDescriptor, kind: ArchiveKind, name: String, member: String?
  ) throws(Diagnostic) {
    guard let handle = unsafe archive_read_new() else {
      throw Diagnostic(.error, code: "feed.archive-damaged", "no memory to read the archive", file: name)
    }
    unsafe self.handle = handle
    self.descriptor = descriptor
    self.kind = kind
    self.name = name
    self.member = member
    unsafe archive_read_support_filter_gzip(handle)
    unsafe archive_read_support_filter_bzip2(handle)
    unsafe archive_read_support_filter_xz(handle)
    unsafe archive_read_support_filter_zstd(handle)
    unsafe archive_read_support_format_zip(handle)
    unsafe archive_read_support_format_tar(handle)
    unsafe archive_read_support_format_raw(handle)
    guard unsafe archive_read_open_fd(handle, descriptor.raw, FeedLimits.chunkBytes) == ARCHIVE_OK else { throw damaged() }
    try selectMember(member)
    if unsafe archive_filter_count(handle) > 2 {
      throw Diagnostic(.error, code: "feed.archive-layers", "compressed more than once", file: name)
    }
  }

  deinit { unsafe archive_read_free(handle) }

  /// The next decoded bytes; empty at the end.
  package func read() throws(Diagnostic) -> [UInt8] {
    if finished { return [] }
    var count = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: FeedLimits.chunkBytes) { buffer, filled in
      count = unsafe archive_read_data(handle, buffer.baseAddress, FeedLimits.chunkBytes)
      filled = max(0, count)
    }
    if count < 0 { throw damaged() }
    if total == 0, let inner = ArchiveKind(magic: bytes) {
      throw Diagnostic(.error, code: "feed.archive-layers", "holds another \(inner.rawValue) inside", file: name)
    }
    total += bytes.count
    if total > FeedLimits.ratioFloor, total / FeedLimits.ratio > descriptor.size {
      throw Diagnostic(
        .error, code: "feed.archive-bomb", "grows by more than \(FeedLimits.ratio) times when decoded", file: name)
    }
    if kind == .gzip { checksum.update(bytes) }
    if bytes.isEmpty { try finish() }
    return bytes
  }

  /// Goes to the one regular member, and makes sure that nothing odd stands before it.
  private func selectMember(_ wanted: String?) throws(Diagnostic) {
    while true {
      var entry: OpaquePointer?
      let status = unsafe archive_read_next_header(handle, &entry)
      if status == ARCHIVE_EOF {
        throw Diagnostic(
          .error, code: "feed.archive-members", wanted.map { "has no member '\($0.shortened)'" } ?? "holds no file",
          hint: met.isEmpty ? "the archive is empty" : "it holds \(listed)", file: name)
      }
      guard status == ARCHIVE_OK, let entry = unsafe entry else { throw damaged() }
      let path = unsafe archive_entry_pathname(entry).map { unsafe String(cString: $0) } ?? ""
      // The raw format names its one member `data` and gives it no type worth trusting.
      if unsafe archive_format(handle) == ARCHIVE_FORMAT_RAW { return }
      let type = unsafe archive_entry_filetype(entry)
      if type == 0o040000 { continue }
      let linked = unsafe archive_entry_hardlink(entry) != nil || archive_entry_symlink(entry) != nil
      if type != 0o100000 || linked {
        throw Diagnostic(.error, code: "feed.archive-members", "holds '\(path)', which is not a regular file", file: name)
      }
      if path.hasPrefix("/") || path.split(separator: "/").contains("..") {
        throw Diagnostic(.error, code: "feed.archive-members", "holds '\(path)', which points out of the archive", file: name)
      }
      if unsafe archive_entry_is_encrypted(entry) != 0 {
        throw Diagnostic(.error, code: "feed.archive-members", "'\(path)' is encrypted", file: name)
      }
      if met.count < FeedLimits.columns { met.append(path) }
      if wanted == nil || matches(path) { return }
    }
  }

  private func matches(_ path: String) -> Bool {
    guard let member, member != path else { return true }
    return unsafe isPattern ? fnmatch(member, path, 0) == 0 : false
  }

  /// Dated names change with each body: `feed-*.csv`.
  private var isPattern: Bool { member?.contains { "*?[".contains($0) } ?? false }

  private var listed: String {
    let shown = met.prefix(Self.shownMembers).map { "'\($0.shortened)'" }.joined(separator: ", ")
    return met.count > Self.shownMembers ? "\(shown) and \(met.count - Self.shownMembers) more" : shown
  }

  private func finish() throws(Diagnostic) {
    finished = true
    if kind == .gzip, unsafe archive_format(handle) == ARCHIVE_FORMAT_RAW { try checkGzipTrailer() }
    if member != nil, !isPattern { return }
    var entry: OpaquePointer?
    var wanted = 1
    while true {
      let status = unsafe archive_read_next_header(handle, &entry)
      if status == ARCHIVE_EOF { break }
      guard status == ARCHIVE_OK, let entry = unsafe entry else { throw damaged() }
      if unsafe archive_entry_filetype(entry) == 0o040000 { continue }
      let path = unsafe archive_entry_pathname(entry).map { unsafe String(cString: $0) } ?? ""
      // Millions of names would say no more than these.
      if met.count < FeedLimits.columns { met.append(path) }
      if matches(path) { wanted += 1 }
    }
    if wanted > 1 {
      throw Diagnostic(
        .error, code: "feed.archive-members", member == nil ? "holds more than one file" : "holds \(wanted) files that '\(member ?? "")' names",
        hint: "name one with 'member:' in the feed file; it holds \(listed)", file: name)
    }
  }

  /// libarchive does not look at the checksum of a gzip member; we do (RFC 1952).
  private func checkGzipTrailer() throws(Diagnostic) {
    let trailer = try descriptor.last(8, name: name)
    func word(_ offset: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(trailer[offset + $1]) << UInt32(8 * $1) }
    }
    if trailer.count == 8, word(4) == UInt32(truncatingIfNeeded: total), word(0) == checksum.value { return }
    guard try isWholeGzip() else {
      throw Diagnostic(.error, code: "feed.archive-damaged", "the gzip checksum is wrong", file: name)
    }
  }

  /// Whether the body is several members in a row, or one filled up with zeros, and each has its checksum: the rare case, read once more.
  private func isWholeGzip() throws(Diagnostic) -> Bool {
    let decoder = BodyDecoder(.gzip)
    var made = 0
    var offset = 0
    while true {
      let piece = try descriptor.read(FeedLimits.chunkBytes, from: offset, name: name)
      if piece.isEmpty { break }
      offset += piece.count
      let failure = unsafe piece.withUnsafeBytes { input in unsafe decoder.decode(input) { made += $0.count } }
      if failure != nil { return false }
    }
    return decoder.end() == nil && made == total
  }

  private func damaged() -> Diagnostic {
    let reason = unsafe archive_error_string(handle).map { unsafe String(cString: $0) } ?? "unknown damage"
    let isLayered = reason.contains("too many filters")
    return Diagnostic(
      .error, code: isLayered ? "feed.archive-layers" : "feed.archive-damaged",
      isLayered ? "compressed more than once" : "cannot decode: \(reason)", file: name)
  }
}

/// CRC-32 of gzip and zip (RFC 1952 section 8), eight bits at a time.
struct CRC32 {
  private var state: UInt32 = 0xFFFF_FFFF
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
  }

  var value: UInt32 { ~state }

  mutating func update(_ bytes: [UInt8]) {
    let table = Self.table
    for byte in bytes { state = table[Int((state ^ UInt32(byte)) & 0xFF)] ^ state >> 8 }
  }
}
