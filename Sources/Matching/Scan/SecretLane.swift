internal import CShims
internal import Indicators

/// Session cookies, tokens and keys: runs that no other lane visits, of up to 4 KiB, with dots, slashes and escapes in them.
///
/// ```
///  … Cookie: SID=3b1f5c09aa77e2d4c6b8; lang …
///                ╰────── a run ─────╯             of those that are as long as a listed secret: SHA-256, and the index
/// ```
/// Only where any are listed.
struct SecretLane {
  private let kernel: Int32

  /// Nil for an index without secrets.
  init?(_ features: IndexFormat.Features, kernel: Int32) {
    guard features.contains(.secrets) else { return nil }
    self.kernel = kernel
  }

  func scan(_ text: UnsafeRawBufferPointer, _ rules: inout MatchRules<IndicatorIndex>) {
    guard let bytes = unsafe text.bindMemory(to: UInt8.self).baseAddress else { return }
    var end = 0
    while end < text.count {
      let start = unsafe ukai_next_secret_run(kernel, bytes, end, text.count, &end)
      if start < end { unsafe rules.secret(LogText(bytes: text), start, end) }
    }
  }
}
