/// The last two labels of hosts whose URLs name repositories, packages or accounts, as far as something of such a type is listed: a bit for the
/// top bits of each one's hash.
@safe struct ServicePairs {
  /// 64 of them.
  let words: UnsafeMutablePointer<UInt64>

  init(_ hash: KeyHash, features: IndexFormat.Features) {
    unsafe words = .allocate(capacity: 64)
    unsafe words.initialize(repeating: 0, count: 64)
    guard features.contains(.services) else { return }
    for host in IndexTypes.codes.flatMap(ServiceNames.hosts) {
      let pair = hash.pair(HostName.pair(of: Array(host.utf8)).pair)
      unsafe words[Int(truncatingIfNeeded: pair &>> 58)] |= 1 &<< (pair &>> 52 & 63)
    }
  }

  func deallocate() { unsafe words.deallocate() }

  /// Whether a listed pair may be one of them.
  @inline(__always) func mayHold(_ pair: UInt64) -> Bool { unsafe words[Int(truncatingIfNeeded: pair &>> 58)] &>> (pair &>> 52 & 63) & 1 == 1 }
}
