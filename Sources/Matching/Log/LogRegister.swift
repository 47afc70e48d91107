internal import Indicators

/// Knows which content has been read: what the store remembers, and what this run has read since.
///
/// Used by several workers; every access goes through its monitor, the store's among them.
final class LogRegister: Sendable {
  /// A store need not be safe for several threads: the monitor lets one in at a time.
  private struct Guarded: @unchecked Sendable {
    let store: (any CursorStore)?
  }

  private struct State {
    let guarded: Guarded
    var store: (any CursorStore)? { guarded.store }
    /// Cursors of this run, by generation. They go before the store's.
    var fresh: [String: LogCursor] = [:]
    /// Cursors of this run, and those of the store as far as a log began so; and the shelf of each generation on them.
    var shelves: [CursorShelf.Head: CursorShelf] = [:]
    var heads: [String: CursorShelf.Head] = [:]
    /// How many bytes the cursors' heads have.
    var prefixLengths: Set<Int>?
    /// A last line without newline that this run has processed behind the cursor, by generation.
    var tails: [String: String] = [:]
    /// The first ordinal that may be free, by the name of content (``LogRegister/mint(head:_:)``).
    var ordinals: [String: Int] = [:]

    /// The cursors of logs that begin so; the store's are read once.
    mutating func shelf(_ head: CursorShelf.Head) throws -> CursorShelf {
      if let shelf = shelves[head] { return shelf }
      let stored = try store?.cursors(prefixLength: head.length, prefixHash: head.hash).filter { fresh[$0.generation] == nil } ?? []
      let shelf = CursorShelf(stored)
      shelves[head] = shelf
      for cursor in stored { heads[cursor.generation] = head }
      return shelf
    }

    /// Puts a cursor on its shelf, off the one it stood on: a log's head grows.
    mutating func put(_ cursor: LogCursor) throws {
      let head = CursorShelf.Head(cursor)
      fresh[cursor.generation] = cursor
      prefixLengths?.insert(cursor.prefixLength)
      if let old = heads.updateValue(head, forKey: cursor.generation), old != head { shelves[old]?.remove(cursor.generation) }
      _ = try shelf(head)
      shelves[head]?.put(cursor)
    }

    mutating func lengths() throws -> Set<Int> {
      if let known = prefixLengths { return known }
      let lengths = Set(try store?.cursorPrefixLengths() ?? []).union(fresh.values.map(\.prefixLength))
      prefixLengths = lengths
      return lengths
    }
  }

  private let state: Monitor<State>

  init(store: (any CursorStore)?) { state = Monitor(State(guarded: Guarded(store: store))) }

  /// Runs `body` while no worker uses the store.
  func exclusively<Result>(_ body: () throws -> Result) throws -> Result {
    try state.with { _ in try body() }
  }

  func record(_ cursor: LogCursor, tail: String?) throws {
    try state.with { state throws in
      try state.put(cursor)
      state.tails[cursor.generation] = tail
    }
  }

  func tail(of generation: String) -> String? { state.look { $0.tails[generation] } }

  /// Every cursor whose prefix `head` begins with, in order of offset.
  func candidates(head: [UInt8]) throws -> [LogCursor] {
    let found = try shelves(head: head)
    return found.count == 1 ? found[0].cursors : found.flatMap(\.cursors).sorted(by: CursorShelf.precedes)
  }

  /// The cursor of a log that has not changed since it was read to its end.
  private func unchanged(head: [UInt8], _ status: LogStatus) throws -> LogCursor? {
    try shelves(head: head).compactMap { $0.unchanged(status) }.max(by: CursorShelf.precedes)
  }

  /// The cursors that `head` begins with, by the length of theirs.
  private func shelves(head: [UInt8]) throws -> [CursorShelf] {
    try state.with { state throws -> [CursorShelf] in
      var hash = SHA256()
      var hashed = 0
      return try state.lengths().filter { $0 > 0 && $0 <= head.count }.sorted().compactMap { length in
        hash.update(head[hashed..<length])
        hashed = length
        var copy = hash
        let shelf = try state.shelf(CursorShelf.Head(length: length, hash: SHA256.hex(copy.finalize().prefix(16))))
        return shelf.cursors.isEmpty ? nil : shelf
      }
    }
  }

  /// A name for content that was not met before: a function of its head alone, so that two runs side by side agree. Other
  /// content with the same head gets the next ordinal: that of the candidates, and that of logs which have grown since they had this head (a
  /// log that is rotated every day begins with the same header alone).
  private func mint(head: [UInt8], _ candidates: [LogCursor]) throws -> String {
    let taken = Set(candidates.map(\.generation))
    let name = LogIdentity.hash(head)
    // What this run has found taken stays so.
    var ordinal = state.look { $0.ordinals[name] ?? 0 }
    while true {
      let generation = Self.generation(of: name, ordinal: ordinal)
      if try !taken.contains(generation) && !isOther(generation, than: head) {
        state.with { $0.ordinals[name] = ordinal }
        return generation
      }
      ordinal += 1
    }
  }

  fileprivate static func generation(of name: String, ordinal: Int) -> String { SHA256.identity(["generation-1", name, String(ordinal)]) }

  /// Whether `generation` is on record for content that does not begin like `head`.
  private func isOther(_ generation: String, than head: [UInt8]) throws -> Bool {
    let known = try state.with { state throws in try state.fresh[generation] ?? state.store?.cursor(generation: generation) }
    guard let known else { return false }
    return known.prefixLength > head.count || known.prefixHash != LogIdentity.hash(head.prefix(known.prefixLength))
  }
}

/// Hashes that cursors are made of.
enum LogIdentity {
  /// The first 128 bits of SHA-256, as 32 hexadecimal digits.
  static func hash(_ bytes: some Sequence<UInt8>) -> String { SHA256.hex(SHA256.digest(bytes).prefix(16)) }
}

/// Where reading of an opened log begins.
struct LogPosition {
  enum Kind: Sendable {
    /// Read to its end before, and not changed since.
    case unchanged
    /// Goes on behind what was read before.
    case resumed
    /// Content not met before.
    case fresh
    /// The file was read before and begins as it did then, but its content is other.
    case replaced
    /// A damaged archive of content that was read further before, or the first part of a log that nobody writes any more: read again, under
    /// the same name.
    case again
    /// Nothing but the first part of a log that was read further: a copy that is still being made.
    case partial
  }

  var kind: Kind
  var generation: String
  /// The cursor it was known by.
  var known: LogCursor?
}

extension LogRegister {
  /// Seconds without a write after which a log that begins like one that was read further is no copy that is still being made. Between its
  /// checkpoints it may hold lines of its own, so it is read: what it shares keeps its identity.
  private static let copyTime: Int64 = 600

  /// Finds out whether the log at `reader` was read before, and leaves the reader where reading is to begin.
  ///
  /// - Parameters:
  ///   - path: of the log.
  ///   - fromStart: read everything, but under the name it is known by.
  ///   - now: the scan's time.
  func position(_ reader: LogReader, path: String, status: LogStatus, fromStart: Bool, now: Timestamp) throws -> LogPosition {
    let stream = reader.stream
    stream.fillHead()
    let head = stream.head
    if let same = try unchanged(head: head, status) {
      return LogPosition(kind: fromStart ? .resumed : .unchanged, generation: same.generation, known: same)
    }
    let candidates = try candidates(head: head)
    if let known = longestKnown(reader, candidates, size: status.size) {
      var lines = known.lines
      var offset = known.offset
      if fromStart { (offset, lines) = (0, 0) }
      if stream.isSeekable ? reader.skip(to: offset, lines: lines) : rewound(reader, to: offset, lines: lines) {
        // Looked at once more: the log may have been cut since.
        if offset > 0, LogIdentity.hash(reader.anchor) != known.anchorHash { stream.refuseAsReplaced() }
        return LogPosition(kind: .resumed, generation: known.generation, known: known)
      }
    }
    if stream.isSeekable, let original = try original(of: stream, path, among: candidates, status) {
      return LogPosition(kind: fromStart ? .again : .partial, generation: original.generation, known: original)
    }
    var own = OwnCheckpoints(stream.descriptor)
    if stream.isSeekable, let whole = candidates.last(where: { own.arePart(of: $0, status) }) {
      let isRead = fromStart || status.modifiedAt / 1000 < now.adding(seconds: -Self.copyTime).microseconds
      return LogPosition(kind: isRead ? .again : .partial, generation: whole.generation, known: whole)
    }
    // Not what was read when the log was opened: it may have been cut before its cursors were looked for.
    if stream.isSeekable { _ = reader.skip(to: 0, lines: 0) }
    let damaged = stream.encoding != .plain && stream.damage != nil
    if !stream.isSeekable, stream.position > 0 { _ = reader.restart() }
    if damaged, let further = candidates.last {
      return LogPosition(kind: .again, generation: further.generation, known: further)
    }
    let generation = try mint(head: head, candidates)
    // Other files may well have the same header.
    let isRewritten = candidates.contains { $0.prefixLength == head.count && $0.offset > 0 && $0.isOf(status) }
    return LogPosition(kind: isRewritten ? .replaced : .fresh, generation: generation)
  }

  /// The log that a short one is the beginning of, byte for byte: a copy, or what a log is before anything stands behind its header.
  ///
  /// Below the first checkpoint a cursor keeps no sample of the content but its head's digest, and many logs have one head. So the two are compared
  /// as long as the original lies where it was last read, uncompressed; afterwards its copy is content not met before. The same is true of a copy
  /// shorter than a head, unless the original was as long when it was first read: no digest of less is kept that it could be found by. And of a copy
  /// whose name does not say whose it is: logs of two hosts or two jobs without times may well begin alike, and a find is lost by more than
  /// it is doubled.
  private func original(of stream: LogStream, _ path: String, among candidates: [LogCursor], _ status: LogStatus) throws -> LogCursor? {
    guard (1..<LogCheckpoint.first).contains(status.size) else { return nil }
    let further = candidates + (try named(by: stream.head).map { [$0] } ?? [])
    let own = stream.descriptor.bytes(at: 0, count: status.size)
    return further.last { $0.offset > status.size && $0.isNamedLike(path) && $0.isBegun(by: own, status) }
  }

  /// The cursor of a log that was first met with no more than `head`.
  private func named(by head: [UInt8]) throws -> LogCursor? {
    let generation = Self.generation(of: LogIdentity.hash(head), ordinal: 0)
    return try state.with { state throws in try state.fresh[generation] ?? state.store?.cursor(generation: generation) }
  }

  /// The candidate that reaches furthest of those whose anchor stands in this content. A compressed log is decoded on the way.
  private func longestKnown(_ reader: LogReader, _ candidates: [LogCursor], size: Int) -> LogCursor? {
    if reader.stream.isSeekable {
      return candidates.last { candidate in
        let start = max(0, candidate.offset - LogCursor.anchorLimit)
        guard candidate.offset <= size else { return false }
        let anchor = reader.stream.descriptor.bytes(at: start, count: candidate.offset - start)
        return anchor.count == candidate.offset - start && LogIdentity.hash(anchor) == candidate.anchorHash
      }
    }
    var best: LogCursor?
    for candidate in candidates {
      guard reader.skip(to: candidate.offset, lines: candidate.lines) else { break }
      if LogIdentity.hash(reader.anchor) == candidate.anchorHash { best = candidate }
    }
    return best
  }

  private func rewound(_ reader: LogReader, to offset: Int, lines: Int) -> Bool {
    if reader.stream.position == offset, reader.lineEnd == offset { return true }
    return reader.restart() && reader.skip(to: offset, lines: lines)
  }
}

/// What stands at the checkpoints of a log, each looked at once.
private struct OwnCheckpoints {
  private let descriptor: LogDescriptor
  private var hashes: [Int: String] = [:]

  init(_ descriptor: LogDescriptor) { self.descriptor = descriptor }

  /// Whether this log is the first part of what `cursor` stands for, as far as its checkpoints tell. A copy is never the file that was copied: that
  /// one was cut or written anew.
  mutating func arePart(of cursor: LogCursor, _ status: LogStatus) -> Bool {
    let within = cursor.checkpoints.filter { $0.offset <= status.size }
    guard cursor.offset > status.size, !within.isEmpty, cursor.inode != status.inode || cursor.device != status.device else { return false }
    return within.allSatisfy { hash(before: $0.offset) == $0.hash }
  }

  private mutating func hash(before offset: Int) -> String {
    if let known = hashes[offset] { return known }
    let start = max(0, offset - LogCursor.anchorLimit)
    let hash = LogIdentity.hash(descriptor.bytes(at: start, count: offset - start))
    hashes[offset] = hash
    return hash
  }
}

extension LogCursor {
  /// `x.log` and `x.log.1`, whichever is the copy.
  fileprivate func isNamedLike(_ other: String) -> Bool {
    let (short, long) = path.utf8.count < other.utf8.count ? (path, other) : (other, path)
    let next = long.utf8.dropFirst(short.utf8.count).first
    return (next == UInt8(ascii: ".") || next == UInt8(ascii: "-")) && long.hasPrefix(short)
  }

  /// Whether `content`, all of another file, begins the log that this stands for, which lies where it was last read.
  fileprivate func isBegun(by content: [UInt8], _ status: LogStatus) -> Bool {
    guard let original = try? LogDescriptor.open(LogPath(path)), let found = original.status(),
      found.inode != status.inode || found.device != status.device
    else { return false }
    let start = max(0, offset - Self.anchorLimit)
    return LogIdentity.hash(original.bytes(at: start, count: offset - start)) == anchorHash
      && original.bytes(at: 0, count: content.count) == content
  }

  /// The same file, neither written nor replaced since it was read to its end.
  func isUnchanged(_ status: LogStatus) -> Bool { isOf(status) && diskSize == status.size && modifiedAt == status.modifiedAt }

  fileprivate func isOf(_ status: LogStatus) -> Bool { device == status.device && inode == status.inode }
}

extension LogReader {
  /// The cursor of what has been delivered.
  ///
  /// - Parameter status: of the file before it was read, when it has been read to its end undamaged; else nil.
  func cursor(position: LogPosition, path: String, status: LogStatus?, isComplete: Bool, now: Timestamp) -> LogCursor {
    let before = (position.known?.checkpoints ?? []).filter { $0.offset <= lineEnd && $0.offset < checkpoints.first?.offset ?? .max }
    return LogCursor(
      generation: position.generation, path: path, device: status?.device ?? 0, inode: status?.inode ?? 0,
      prefixLength: stream.head.count, prefixHash: LogIdentity.hash(stream.head), offset: lineEnd,
      anchorHash: LogIdentity.hash(anchor), lines: lines, diskSize: isComplete ? status?.size ?? -1 : -1,
      modifiedAt: isComplete ? status?.modifiedAt ?? -1 : -1, updatedAt: now,
      checkpoints: before + checkpoints.filter { $0.offset <= lineEnd })
  }
}
