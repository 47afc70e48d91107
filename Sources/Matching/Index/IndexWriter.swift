#if canImport(Glibc)
  import Glibc
#endif
import Indicators

/// Writes an index file: sections in order, then the header, then sync and rename. Leaves nothing behind when it fails.
struct IndexWriter: ~Copyable {
  private let path: String
  private let temporary: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private var position = 0
  private var checksum = Checksum.seed
  private var failure: Int32 = 0
  private var isFinished = false

  init(path: String) throws(Diagnostic) {
    self.path = path
    temporary = "\(path).\(getpid()).\(UInt32.random(in: .min ... .max)).tmp"
    descriptor = unsafe open(temporary, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Self.diagnostic(path, "cannot create the index", errno) }
    buffer.reserveCapacity(1 << 20)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !isFinished { unsafe unlink(temporary) }
  }

  static func diagnostic(_ path: String, _ what: String, _ code: Int32) -> Diagnostic {
    Diagnostic(.error, code: "index.write", "\(what): \(unsafe String(cString: strerror(code)))", file: path)
  }

  /// - Returns: the length of the file.
  mutating func write(
    records: SortedRecords, tables: borrowing IndexTables, feedAddresses: [String], seed: [UInt8]
  ) throws(Diagnostic) -> Int {
    var header = IndexFormat.Header()
    header.entries = UInt64(records.count)
    header.features = tables.features
    header.seed = seed
    put(Array(repeating: 0, count: IndexFormat.headerLength))
    flush()
    for section in IndexFormat.Section.allCases {
      let start = position
      checksum = Checksum.seed
      write(section, records: records, tables: tables, feedAddresses: feedAddresses)
      flush()
      header.sections[section.rawValue] = .init(offset: UInt64(start), length: UInt64(position - start), checksum: checksum)
      put(Array(repeating: 0, count: (IndexFormat.alignment - position % IndexFormat.alignment) % IndexFormat.alignment))
      flush()
    }
    put(Array(repeating: 0, count: IndexFormat.tailPadding))
    flush()
    header.fileLength = UInt64(position)
    try finish(header: header.bytes)
    return position
  }

  private mutating func write(
    _ section: IndexFormat.Section, records: SortedRecords, tables: borrowing IndexTables, feedAddresses: [String]
  ) {
    switch section {
    case .labels: put(words: tables.labels.words)
    case .lengths: put(words: [tables.tokenLengths.words.0, tables.tokenLengths.words.1, tables.hexLengths.words.0, tables.hexLengths.words.1])
    case .filter: put(words: tables.filter)
    case .pairs: put(words: tables.pairs)
    case .addresses: put(words: tables.addresses)
    case .networks16: put(words: tables.networks16)
    case .tails: put(words: tables.tails)
    case .shortTails: put(words: tables.shortTails)
    case .slots: put(words: tables.slots)
    case .networks4:
      for network in tables.networks4 {
        put(UInt32(truncatingIfNeeded: network.prefix.base.low))
        put(UInt32(truncatingIfNeeded: network.prefix.last.low))
        put(network.entry)
        put(network.parent)
      }
    case .networks6:
      for network in tables.networks6 {
        put(words: [network.prefix.base.high, network.prefix.base.low, network.prefix.last.high, network.prefix.last.low])
        put(network.entry)
        put(network.parent)
      }
    case .offsets: unsafe records.offsets.withUnsafeBytes { bytes in unsafe put(bytes) }
    case .records: unsafe records.data.withUnsafeBytes { bytes in unsafe put(bytes) }
    case .contextOffsets:
      var offset: UInt32 = 0
      for context in records.contexts {
        put(offset)
        offset &+= UInt32(truncatingIfNeeded: context.count)
      }
      put(offset)
    case .contexts: for context in records.contexts { put(context) }
    case .types: put(Array(IndexTypes.codes.map(\.rawValue).joined(separator: "\n").utf8))
    case .feedAddresses: put(Array(feedAddresses.joined(separator: "\n").utf8))
    }
  }

  private mutating func put(_ value: UInt32) {
    for shift in stride(from: UInt32(0), to: 32, by: 8) { buffer.append(UInt8(truncatingIfNeeded: value >> shift)) }
    spill()
  }

  private mutating func put(words: [UInt64]) {
    unsafe words.withUnsafeBytes { bytes in unsafe put(bytes) }
  }

  /// Numbers of a section as they lie in memory: little-endian, as everything that this runs on. A piece at a time.
  private mutating func put(_ bytes: UnsafeRawBufferPointer) {
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + 1 << 20)
      unsafe buffer.append(contentsOf: bytes[start..<end])
      spill()
      start = end
    }
  }

  private mutating func put(_ bytes: some Collection<UInt8>) {
    buffer.append(contentsOf: bytes)
    spill()
  }

  /// Full pieces go out in multiples of sixteen bytes, as the checksum wants.
  private mutating func spill() {
    if buffer.count >= 1 << 20 { emit(buffer.count / 16 * 16) }
  }

  private mutating func flush() { emit(buffer.count) }

  private mutating func emit(_ count: Int) {
    guard count > 0 else { return }
    unsafe buffer.withUnsafeBytes { bytes in
      let piece = unsafe UnsafeRawBufferPointer(rebasing: bytes[0..<count])
      checksum = unsafe Checksum.update(checksum, piece)
      unsafe writeAll(piece, at: position)
    }
    position += count
    buffer.removeFirst(count)
  }

  private mutating func writeAll(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    var done = 0
    while done < bytes.count, failure == 0 {
      guard let base = bytes.baseAddress else { return }
      let count = unsafe pwrite(descriptor, base + done, bytes.count - done, off_t(offset + done))
      if count > 0 {
        done += count
      } else if count < 0, errno == EINTR {
        continue
      } else {
        failure = count < 0 ? errno : EIO
      }
    }
  }

  private mutating func finish(header: [UInt8]) throws(Diagnostic) {
    unsafe header.withUnsafeBytes { unsafe writeAll($0, at: 0) }
    guard failure == 0 else { throw Self.diagnostic(path, "cannot write the index", failure) }
    guard fsync(descriptor) == 0 else { throw Self.diagnostic(path, "cannot sync the index", errno) }
    var status = stat()
    if unsafe fstat(descriptor, &status) == 0 { IndexSeal(status).put(on: descriptor) }
    guard close(descriptor) == 0 else {
      descriptor = -1
      throw Self.diagnostic(path, "cannot close the index", errno)
    }
    descriptor = -1
    guard unsafe rename(temporary, path) == 0 else { throw Self.diagnostic(path, "cannot replace the index", errno) }
    isFinished = true
    let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let folder = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }
}
