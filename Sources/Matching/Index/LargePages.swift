internal import CShims

/// Large arrays on large pages, where the system has them: an index is built by writing all over them, and every page that is touched for the
/// first time costs the system more than all that is written to it.
extension Array {
  /// As `reserveCapacity`. Room that is not used costs addresses and no memory.
  mutating func reserve(_ count: Int) {
    reserveCapacity(count)
    let length = capacity * MemoryLayout<Element>.stride
    unsafe withUnsafeMutableBufferPointer { unsafe ukai_advise_large_pages($0.baseAddress, length) }
  }

  /// So many of the same element.
  static func filled(with element: Element, count: Int) -> Self {
    var array: Self = []
    array.reserve(count)
    array.append(contentsOf: repeatElement(element, count: count))
    return array
  }
}
