import Matching

/// What to tell people of a log that was not read, or not to its end: its reason in words, and what can be done.
enum SkipText {
  static func line(_ skipped: SkippedFile) -> String { "\(skipped.path): \(words(skipped.reason)) [\(skipped.reason)]" }

  private static func words(_ reason: String) -> String {
    if let known = known[reason] { return known }
    if reason == "encrypted-not-decoded" { return "matched as bytes only: decrypt it first" }
    if reason == "utf-32-not-decoded" { return "matched as bytes only: turn it into UTF-8 first (iconv -f UTF-32 -t UTF-8)" }
    if reason == "binary-not-decoded" { return "no text, perhaps compressed or encrypted: matched as bytes only" }
    if reason.hasSuffix("-not-decoded") { return "matched as bytes only: unpack or export it first" }
    if reason.hasPrefix("not-") { return "only begins like an archive: read as the bytes it is" }
    return "skipped"
  }

  private static let known = [
    "not-found": "skipped: there is no such file",
    "permission-denied": "skipped: this user may not read it",
    "symbolic-link": "skipped: a link, which is followed only when it is named",
    "fifo": "skipped: a FIFO; read it as standard input ('-')",
    "device": "skipped: a device",
    "socket": "skipped: a socket",
    "directory": "skipped: a directory",
    "io-error": "the system gave an error: read as far as it went",
    "own-file": "skipped: a file of ukai's own state",
    "truncated": "a cut archive: read as far as it goes",
    "corrupt": "a damaged archive: read as far as it goes",
    "bad-checksum": "an archive with a wrong checksum: read, but it may not be what was written",
    "trailing-garbage": "something else follows the archive: the archive is read",
    "window-too-large": "needs too much memory to decompress: decompress it first",
  ]
}
