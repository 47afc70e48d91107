import Glibc

/// A log to open: its name as the file system has it, which need not be UTF-8.
public struct LogPath: Sendable, Hashable {
  /// Without the ending NUL.
  public let bytes: [UInt8]
  /// The user named it, so a symbolic link is followed.
  public let isNamed: Bool

  public init(_ text: String, isNamed: Bool = true) { self.init(bytes: Array(text.utf8), isNamed: isNamed) }

  init(bytes: [UInt8], isNamed: Bool) {
    self.bytes = bytes
    self.isNamed = isNamed
  }

  /// For people and records; repaired where it is not UTF-8.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  var isValid: Bool { !bytes.isEmpty && !bytes.contains(0) }

  func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    let name = bytes.map { CChar(bitPattern: $0) } + [0]
    return unsafe name.withUnsafeBufferPointer { buffer in
      // Never nil: the array holds at least the ending NUL.
      if let start = buffer.baseAddress { return unsafe body(start) }
      return unsafe withUnsafePointer(to: CChar(0)) { unsafe body($0) }
    }
  }
}

/// A path that was not read, and why.
public struct SkippedFile: Sendable, Hashable {
  public var path: String
  /// Stable: see ``LogDescriptor/Refusal`` and ``LogDamage``.
  public var reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }
}

/// Turns what the user named into the logs to read: files as they are, directories walked in order, patterns expanded.
public enum LogPaths {
  /// - Parameter isOwn: true for files and directories of our own state, which a walk leaves out.
  public static func expand(_ paths: [String], isOwn: (String) -> Bool) -> (logs: [LogPath], skipped: [SkippedFile]) {
    var logs: [LogPath] = []
    var skipped: [SkippedFile] = []
    for text in paths {
      let path = LogPath(text)
      if path.isValid, LogDescriptor.kind(of: path, followLinks: true) == .directory {
        walk(path, isOwn: isOwn, logs: &logs, skipped: &skipped)
      } else if text.contains(where: { "*?[".contains($0) }), LogDescriptor.kind(of: path, followLinks: false) == nil {
        let found = glob(path)
        if found.isEmpty { skipped.append(SkippedFile(path: text, reason: LogDescriptor.Refusal.missing.rawValue)) }
        for match in found {
          if LogDescriptor.kind(of: match, followLinks: true) == .directory {
            walk(match, isOwn: isOwn, logs: &logs, skipped: &skipped)
          } else {
            logs.append(match)
          }
        }
      } else {
        logs.append(path)
      }
    }
    return (logs, skipped)
  }

  /// Adds every file below `root`, names in byte order. Links are not followed: they could lead anywhere.
  private static func walk(
    _ root: LogPath, isOwn: (String) -> Bool, logs: inout [LogPath], skipped: inout [SkippedFile]
  ) {
    var waiting = [root]
    while let path = waiting.popLast() {
      let kind = path == root ? .directory : LogDescriptor.kind(of: path, followLinks: false)
      if path != root, isOwn(path.text) { continue }
      switch kind {
      case .directory:
        guard let names = names(in: path) else {
          skipped.append(SkippedFile(path: path.text, reason: LogDescriptor.Refusal.denied.rawValue))
          continue
        }
        let base = path.bytes.last == UInt8(ascii: "/") ? path.bytes : path.bytes + [UInt8(ascii: "/")]
        // The last one waits longest: reversed, so that the first name is read first.
        for name in names.sorted(by: { $1.lexicographicallyPrecedes($0) }) {
          waiting.append(LogPath(bytes: base + name, isNamed: false))
        }
      default: logs.append(path)
      }
    }
  }

  /// What stands in `directory`, in no order; nil where it cannot be read.
  static func names(in directory: LogPath) -> [[UInt8]]? {
    guard let stream = unsafe directory.withCString({ unsafe opendir($0) }) else { return nil }
    defer { _ = unsafe closedir(stream) }
    var names: [[UInt8]] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
      if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
    }
    return names
  }

  private static func glob(_ pattern: LogPath) -> [LogPath] {
    var result = unsafe glob_t()
    defer { unsafe globfree(&result) }
    guard unsafe pattern.withCString({ unsafe Glibc.glob($0, 0, nil, &result) }) == 0 else { return [] }
    return unsafe (0..<Int(result.gl_pathc)).compactMap { index in
      guard let name = unsafe result.gl_pathv[index] else { return nil }
      return unsafe LogPath(bytes: Array(UnsafeRawBufferPointer(start: name, count: strlen(name))), isNamed: true)
    }
  }
}

extension LogDescriptor {
  enum Kind { case file, directory, other }

  /// What `path` is; nil when there is nothing.
  static func kind(of path: LogPath, followLinks: Bool) -> Kind? {
    var information = stat()
    let result = unsafe path.withCString { unsafe followLinks ? stat($0, &information) : lstat($0, &information) }
    guard result == 0 else { return nil }
    switch information.st_mode & S_IFMT {
    case S_IFDIR: return .directory
    case S_IFREG: return .file
    default: return .other
    }
  }
}
