/// Bytes by their places.
protocol PlacedBytes {
  subscript(_ index: Int) -> UInt8 { get }
}

extension LogText: PlacedBytes {}

/// The bytes near a place that lies far enough from both ends of its text. ``LogText`` has to ask of each byte whether there is one, and what
/// is defanged is looked at byte by byte.
@safe struct InnerText: PlacedBytes {
  /// How far from the place may be read.
  static let reach = 16
  private let bytes: UnsafePointer<UInt8>

  /// Nil near an end.
  @inline(__always) init?(_ text: LogText, around place: Int) {
    guard place >= Self.reach, place < text.count &- Self.reach, let start = unsafe text.bytes.baseAddress else { return nil }
    unsafe bytes = start.assumingMemoryBound(to: UInt8.self)
  }

  /// - Parameter index: no further than ``reach`` from the place.
  @inline(__always) subscript(_ index: Int) -> UInt8 { unsafe bytes[index] }
}
