/// Ends of tokens of a block, and the hashes that the filter is asked for.
///
/// Uninitialized memory: a lane reads what it has written.
@safe struct Candidates {
  /// Places in the block, one past a token's last byte.
  let ends: UnsafeMutablePointer<UInt32>
  let hashes: UnsafeMutablePointer<UInt64>

  init(capacity: Int) {
    unsafe ends = .allocate(capacity: capacity)
    unsafe hashes = .allocate(capacity: capacity)
  }

  func deallocate() {
    unsafe ends.deallocate()
    unsafe hashes.deallocate()
  }
}
