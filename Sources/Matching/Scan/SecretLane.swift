internal import Indicators

/// Session cookies, tokens and keys: runs that no other lane visits, of up to 4 KiB, with dots, slashes and escapes in them.
///
/// ```
///  … Cookie: SID=3b1f5c09aa77e2d4c6b8; lang …
///  ·············^·············^·············       one of every fourteen places is looked at until one is in a run,
///                ╰────────╯ ◀─┴─▶ ╰────────╯       which is then followed both ways
/// ```
/// Only where any are listed, and of those runs only what is as long as one of them is digested.
@safe struct SecretLane {
  /// Two bytes of padding may be what makes a run long enough.
  private static let step = SecretDigest.shortest - 2
  /// Whether a run may hold a byte: asked of most bytes of a text.
  private let parts: UnsafeMutablePointer<Bool>

  /// Nil for an index without secrets.
  init?(_ features: IndexFormat.Features) {
    guard features.contains(.secrets) else { return nil }
    unsafe parts = .allocate(capacity: 256)
    for byte in 0..<256 { unsafe (parts + byte).initialize(to: SecretDigest.isPart(UInt8(byte))) }
  }

  func deallocate() { unsafe parts.deallocate() }

  func scan(_ text: UnsafeRawBufferPointer, _ rules: inout MatchRules<IndicatorIndex>) {
    guard let bytes = unsafe text.bindMemory(to: UInt8.self).baseAddress else { return }
    let (parts, count) = unsafe (self.parts, text.count)
    var floor = 0
    var position = Self.step - 1
    while position < count {
      guard unsafe parts[Int(bytes[position])] else {
        position = position &+ Self.step
        continue
      }
      var start = position
      while start > floor, unsafe parts[Int(bytes[start &- 1])] { start = start &- 1 }
      var end = position &+ 1
      while end < count, unsafe parts[Int(bytes[end])] { end = end &+ 1 }
      if end &- start >= Self.step { unsafe rules.secret(LogText(bytes: text), start, end) }
      floor = end
      position = end &+ Self.step
    }
  }
}
