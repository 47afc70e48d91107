import Glibc

/// The files beside a log that its rotation may have made: `log.1`, `log.2.gz`, `log-20261127`, `app-2026-11-27.log`, `log.old`.
package struct RotatedSiblings {
  private let directory: [UInt8]
  private let name: [UInt8]
  /// Where an extension begins that stays at the end (`extension .log` of logrotate); nil for none.
  private let stem: Int?

  private static let separators = Array(".-_".utf8)
  /// What stands in numbers and dates, besides digits.
  private static let joints = Array(".-_:+TZ".utf8)
  private static let compressions = [".gz", ".zst", ".xz", ".bz2"].map { Array($0.utf8) }
  private static let old = Array("old".utf8)

  package init(of log: LogPath) {
    let slash = log.bytes.lastIndex(of: UInt8(ascii: "/"))
    directory = slash.map { Array(log.bytes[...$0]) } ?? []
    name = slash.map { Array(log.bytes[($0 + 1)...]) } ?? log.bytes
    stem = name.lastIndex(of: UInt8(ascii: ".")).flatMap { $0 > 0 ? $0 : nil }
  }

  /// Regular files of such names that were written at `time` (nanoseconds since 1970) or later, the oldest first.
  func written(since time: Int) -> [LogPath] {
    let names = LogPaths.names(in: LogPath(bytes: directory.isEmpty ? Array(".".utf8) : directory, isNamed: true)) ?? []
    let found = names.filter(isRotated).compactMap { name -> (path: LogPath, time: Int)? in
      let path = LogPath(bytes: directory + name, isNamed: false)
      guard LogDescriptor.kind(of: path, followLinks: false) == .file, let status = LogDescriptor.status(of: path),
        status.modifiedAt >= time
      else { return nil }
      return (path, status.modifiedAt)
    }
    return found.sorted { ($0.time, $1.path.text) < ($1.time, $0.path.text) }.map(\.path)
  }

  /// Whether a rotation of this log may call a file `other`.
  package func isRotated(_ other: [UInt8]) -> Bool {
    var other = other[...]
    if let ending = Self.compressions.first(where: { other.count > $0.count && other.suffix($0.count).elementsEqual($0) }) {
      other = other.dropLast(ending.count)
    }
    if other.starts(with: name), Self.isMark(other.dropFirst(name.count)) { return true }
    guard let stem, other.starts(with: name[..<stem]) else { return false }
    let ending = name[stem...]
    let rest = other.dropFirst(stem)
    return rest.count > ending.count && rest.suffix(ending.count).elementsEqual(ending) && Self.isMark(rest.dropLast(ending.count))
  }

  /// A separator, and a number, a date or `old`.
  private static func isMark(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first, separators.contains(first) else { return false }
    let mark = text.dropFirst()
    let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
    return mark.elementsEqual(old) || mark.contains(where: isDigit) && mark.allSatisfy { isDigit($0) || joints.contains($0) }
  }
}
