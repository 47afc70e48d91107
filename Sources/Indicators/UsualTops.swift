/// Top-level domains that most names are under, by their bytes: a look-up in the list of public suffixes costs more than all else that is asked
/// of a name.
struct UsualTops: Sendable {
  /// Open addressing; 0 where nothing stands.
  private var keys = [UInt64](repeating: 0, count: Self.size)
  private var areExtensions = [Bool](repeating: false, count: Self.size)
  private static let size = 1 << 9

  /// - Parameter names: parted by blanks; those that are no ordinary top-level domains are left out.
  init(_ names: String) {
    for name in names.split(separator: " ") {
      guard name.utf8.count <= 8, let flag = DomainName.topLevelFlag(String(name), isSecondLevel: true), flag.isEmpty || flag == "filename-like" else { continue }
      let key = name.utf8.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      var place = Self.home(key)
      while keys[place] != 0 { place = (place + 1) % Self.size }
      keys[place] = key
      areExtensions[place] = !flag.isEmpty
    }
  }

  /// Whether a top-level domain is an extension of files too; nil for one that is not known here.
  func isExtension(_ top: borrowing Span<UInt8>) -> Bool? {
    guard top.count <= 8 else { return nil }
    var key: UInt64 = 0
    for index in 0..<top.count { key = key << 8 | UInt64(top[index]) }
    var place = Self.home(key)
    while keys[place] != 0 {
      if keys[place] == key { return areExtensions[place] }
      place = (place + 1) % Self.size
    }
    return nil
  }

  private static func home(_ key: UInt64) -> Int { Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 55) }
}
