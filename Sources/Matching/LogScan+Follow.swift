internal import Glibc

extension LogScanSummary {
  /// Adds what another scan did.
  public mutating func merge(_ other: LogScanSummary) { add(other) }
}

extension LogScan {
  /// Scans, and scans again whenever something changed, until `isCancelled`.
  ///
  /// Each look at a log is a scan like any other: logs are known by content, so a rotation, a compression or a copytruncate between two looks
  /// is what it is between two runs of cron. Besides, every log is held open: what is written to it after it was renamed or deleted is
  /// still read. Where a path leads to another log than before, logs between the two are looked for beside it. What was cut away before a
  /// look at it (copytruncate) is gone, as it is for every reader of files, and is noted.
  ///
  /// - Parameter renewed: asked before each look after the first for the scan as it is to go on: feeds bring new indicators while a log is followed, and
  ///   time passes.
  public func follow(
    _ paths: [String], store: (any CursorStore)?, isCancelled: @escaping @Sendable () -> Bool, renewed: () -> LogScan, deliver: (ScanBatch) throws -> Void
  ) throws -> LogScanSummary {
    let memory = FollowMemory(store: store)
    let remember = { (batch: ScanBatch) in
      memory.note(batch.cursor)
      try deliver(batch)
    }
    var followed = self
    followed.options.deliversFragments = false
    var held = HeldLogs(paths: paths, isOwn: options.isOwn)
    // Held before the first look, so that nothing slips away between the two.
    held.refresh()
    var total = try followed.run(paths, store: memory, isCancelled: isCancelled, deliver: remember)
    while !isCancelled() {
      held.refresh()
      followed = renewed()
      followed.options.deliversFragments = false
      var news = 0
      for log in held.changed() where !isCancelled() {
        let round = try followed.look(at: log, store: memory, isLast: false, isCancelled: isCancelled, deliver: remember)
        news += round.bytes
        total.addRound(round)
        if log.shrank { total.notes.append(SkippedFile(path: log.path, reason: "truncated: what was written since the last look is lost")) }
      }
      for path in held.changedCrowd() where !isCancelled() {
        var worker = LogScanWorker(followed, register: LogRegister(store: memory), isCancelled: isCancelled)
        let round = try worker.scan(path, deliver: remember)
        news += round.bytes
        total.addRound(round)
      }
      for log in held.finished() {
        total.addRound(try followed.look(at: log, store: memory, isLast: true, isCancelled: isCancelled, deliver: remember))
      }
      total.addSkipped(held.skipped)
      total.filesRead = max(total.filesRead, held.seen)
      if news == 0 { Self.wait() }
    }
    return total
  }

  /// - Parameter isLast: the log is let go: its last line is taken as it is.
  private func look(
    at log: HeldLogs.Log, store: any CursorStore, isLast: Bool, isCancelled: @escaping @Sendable () -> Bool, deliver: (ScanBatch) throws -> Void
  ) throws -> LogScanSummary {
    var scan = self
    scan.options.deliversFragments = isLast
    scan.options.fromStart = false
    var worker = LogScanWorker(scan, register: LogRegister(store: store), isCancelled: isCancelled)
    return try worker.scan(log.descriptor, path: log.path, deliver: deliver)
  }

  /// Half a second, or until a signal.
  private static func wait() { _ = poll(nil, 0, 500) }
}

extension LogScanSummary {
  /// Adds a later look at a log: only what was new in it.
  fileprivate mutating func addRound(_ round: LogScanSummary) {
    var news = round
    (news.filesRead, news.filesUnchanged, news.bytesKnown, news.storedBytes) = (0, 0, 0, round.bytes)
    news.filesSkipped = []
    add(news)
    addSkipped(round.filesSkipped)
  }

  /// A log that cannot be read is told once, not at every look.
  fileprivate mutating func addSkipped(_ skipped: [SkippedFile]) {
    for file in skipped where !filesSkipped.contains(file) { filesSkipped.append(file) }
  }
}

/// The logs that a run follows, each held open under whatever name it has now.
struct HeldLogs {
  struct Log {
    let descriptor: LogDescriptor
    var path: String
    /// As of the last look; nil before the first.
    var status: LogStatus?
    /// It is shorter than it was.
    var shrank = false
    /// One of the paths leads to it.
    var isListed = true
    /// Refreshes without a change since no path leads to it.
    var idle = 0
  }

  private struct Identity: Hashable {
    var device: UInt64
    var inode: UInt64
  }

  /// A log that took another's place at its path: there may have been further ones between the two.
  private struct Rotation {
    /// When the earlier log was last written to, as of the last refresh that found it there. Those between came later.
    let time: Int
    /// Refreshes that still look for them: one may be renamed while the folder is read.
    var looks = HeldLogs.searches
  }

  /// Refreshes that a log without a name is still held: its writer may not have noticed the rotation yet.
  private static let patience = 10
  /// Less than ``patience``: what was let go is not met again.
  private static let searches = 3

  private let paths: [String]
  private let isOwn: @Sendable (String) -> Bool
  private var logs: [Identity: Log] = [:]
  /// In the order in which they are looked at.
  private var order: [Identity] = []
  private let limit: Int
  /// Where there are more logs than descriptors, the rest is opened at each look.
  private var crowd: [LogPath] = []
  private var crowdStatus: [LogPath: LogStatus] = [:]
  private(set) var skipped: [SkippedFile] = []
  /// Logs that were ever followed.
  private(set) var seen = 0
  /// Where each path led to when it was last there, and when that log had last been written to.
  private var leads: [LogPath: (identity: Identity, modifiedAt: Int)] = [:]
  private var rotations: [LogPath: Rotation] = [:]

  init(paths: [String], isOwn: @escaping @Sendable (String) -> Bool) {
    self.paths = paths
    self.isOwn = isOwn
    var files = rlimit()
    let open = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0 ? Int(clamping: files.rlim_cur) : 1024
    limit = max(8, min(open, 65_536) / 2)
  }

  /// Finds out which logs the paths lead to now.
  mutating func refresh() {
    for identity in order { logs[identity]?.isListed = false }
    let (found, skipped) = LogPaths.expand(paths, isOwn: isOwn)
    self.skipped = skipped
    crowd = []
    var listed: [Identity] = []
    for path in found where !isOwn(path.text) {
      guard let (identity, modifiedAt) = hold(path) else { continue }
      logs[identity]?.path = path.text
      logs[identity]?.isListed = true
      listed.append(identity)
      if let earlier = leads.updateValue((identity, modifiedAt), forKey: path), earlier.identity != identity {
        rotations[path] = Rotation(time: earlier.modifiedAt)
      }
    }
    order += rotatedAway(besides: Set(listed))
    // Those that were rotated away come first: their lines are older.
    let known = Set(listed)
    order = order.filter { !known.contains($0) } + listed
  }

  /// Holds the logs that were at a path and rotated away between two refreshes, so that no path ever led to them.
  private mutating func rotatedAway(besides listed: Set<Identity>) -> [Identity] {
    var found: [Identity] = []
    for (path, rotation) in rotations {
      rotations[path]?.looks -= 1
      if rotation.looks <= 1 { rotations[path] = nil }
      for sibling in RotatedSiblings(of: path).written(since: rotation.time) where !isOwn(sibling.text) && logs.count < limit {
        guard let (identity, _) = hold(sibling), !listed.contains(identity), !order.contains(identity), !found.contains(identity) else { continue }
        logs[identity]?.isListed = false
        found.append(identity)
      }
    }
    return found
  }

  /// The identity of the log at `path`, which is held from now on, and when it was last written to.
  private mutating func hold(_ path: LogPath) -> (Identity, modifiedAt: Int)? {
    if let status = LogDescriptor.status(of: path), status.isRegular {
      let identity = Identity(device: status.device, inode: status.inode)
      // The inode of a log that is held cannot be given to another.
      if logs[identity] != nil { return (identity, status.modifiedAt) }
    }
    if logs.count >= limit {
      crowd.append(path)
      return nil
    }
    do throws(LogDescriptor.Refusal) {
      let descriptor = try LogDescriptor.open(path)
      guard let status = descriptor.status() else { throw .unreadable }
      let identity = Identity(device: status.device, inode: status.inode)
      if logs[identity] == nil {
        logs[identity] = Log(descriptor: descriptor, path: path.text)
        seen += 1
      }
      return (identity, status.modifiedAt)
    } catch {
      // A log that is just being rotated is there again at the next look.
      if error != .missing { skipped.append(SkippedFile(path: path.text, reason: error.rawValue)) }
      return nil
    }
  }

  /// Logs beyond the limit that changed since the last look.
  mutating func changedCrowd() -> [LogPath] {
    crowd.filter { path in
      let status = LogDescriptor.status(of: path)
      if crowdStatus[path] == status { return false }
      crowdStatus[path] = status
      return true
    }
  }

  /// Logs that changed since the last look, which this is.
  mutating func changed() -> [Log] {
    var changed: [Log] = []
    for identity in order {
      guard var log = logs[identity], let status = log.descriptor.status() else { continue }
      if log.status == status {
        log.idle += log.isListed ? 0 : 1
      } else {
        log.shrank = log.status.map { status.size < $0.size } ?? false
        log.status = status
        log.idle = 0
        changed.append(log)
      }
      logs[identity] = log
    }
    return changed
  }

  /// Logs that no path leads to any more and nothing is written to; they are let go.
  mutating func finished() -> [Log] {
    let done = order.filter { identity in logs[identity].map { !$0.isListed && $0.idle >= Self.patience } ?? true }
    let finished = done.compactMap { logs[$0] }
    for identity in done { logs[identity] = nil }
    order.removeAll { done.contains($0) }
    return finished
  }
}

/// Cursors of a run that follows: the store's, and in front of them those that this run has handed over.
private final class FollowMemory: CursorStore {
  private let store: (any CursorStore)?
  private var cursors: [String: LogCursor] = [:]

  init(store: (any CursorStore)?) { self.store = store }

  func note(_ cursor: LogCursor?) { if let cursor { cursors[cursor.generation] = cursor } }

  func cursorPrefixLengths() throws -> [Int] {
    Set(try (store?.cursorPrefixLengths() ?? []) + cursors.values.map(\.prefixLength)).sorted(by: >)
  }

  func cursor(generation: String) throws -> LogCursor? { try cursors[generation] ?? store?.cursor(generation: generation) }

  func cursors(prefixLength: Int, prefixHash: String) throws -> [LogCursor] {
    let stored = try store?.cursors(prefixLength: prefixLength, prefixHash: prefixHash) ?? []
    let own = cursors.values.filter { $0.prefixLength == prefixLength && $0.prefixHash == prefixHash }
    return own + stored.filter { cursors[$0.generation] == nil }
  }
}
