/// Cursors of logs that begin alike, in order: those of one ``LogCursor/prefixHash``.
///
/// Logs with a long constant header all stand on one shelf. So what is asked for each log of a folder, whether it is as it was, is found by
/// its file; and the order is kept, not made for each.
struct CursorShelf {
  /// What a log begins with.
  struct Head: Hashable {
    var length: Int
    var hash: String

    init(length: Int, hash: String) {
      self.length = length
      self.hash = hash
    }

    init(_ cursor: LogCursor) { self.init(length: cursor.prefixLength, hash: cursor.prefixHash) }
  }

  private struct File: Hashable {
    var device: UInt64
    var inode: UInt64
  }

  /// By offset, then generation.
  private(set) var cursors: [LogCursor]
  private var byGeneration: [String: LogCursor] = [:]
  private var generations: [File: Set<String>] = [:]

  init(_ cursors: [LogCursor]) {
    self.cursors = cursors.sorted(by: Self.precedes)
    for cursor in cursors { note(cursor) }
  }

  /// Puts a cursor in the place of the one of its generation.
  mutating func put(_ cursor: LogCursor) {
    remove(cursor.generation)
    cursors.insert(cursor, at: cursors.partitionPoint { !Self.precedes(cursor, $0) })
    note(cursor)
  }

  mutating func remove(_ generation: String) {
    guard let old = byGeneration.removeValue(forKey: generation) else { return }
    generations[File(device: old.device, inode: old.inode)]?.remove(generation)
    cursors.remove(at: cursors.partitionPoint { Self.precedes($0, old) })
  }

  /// The cursor that reaches furthest of those of a file that has not changed since.
  func unchanged(_ status: LogStatus) -> LogCursor? {
    let own = generations[File(device: status.device, inode: status.inode)] ?? []
    return own.compactMap { byGeneration[$0] }.filter { $0.isUnchanged(status) }.max(by: Self.precedes)
  }

  private mutating func note(_ cursor: LogCursor) {
    byGeneration[cursor.generation] = cursor
    generations[File(device: cursor.device, inode: cursor.inode), default: []].insert(cursor.generation)
  }

  static func precedes(_ left: LogCursor, _ right: LogCursor) -> Bool {
    (left.offset, left.generation) < (right.offset, right.generation)
  }
}
