internal import CShims

/// The keys of a filter under construction, and what hangs on some of them.
struct FilterKeys {
  private var keys: [UInt64] = []
  /// Keys that are of the filter, with each of the ``KeyUses``.
  private var names: [UInt64] = []
  private var urls: [UInt64] = []
  /// Other bits of the words of keys, and of two words beside them.
  private var masks: [(key: UInt64, mask: UInt64)] = []
  private var besides: [(key: UInt64, start: LiteralStart)] = []

  /// How many keys ahead a word is asked for: they lie all over the table.
  private static let ahead = 16

  mutating func reserveCapacity(_ count: Int, names: Int = 0, urls: Int = 0) {
    keys.reserveCapacity(count)
    self.names.reserveCapacity(names)
    self.urls.reserveCapacity(urls)
  }

  mutating func append(_ key: UInt64) { keys.append(key) }
  mutating func append(contentsOf more: [UInt64]) { keys += more }

  mutating func note(_ uses: KeyUses, of key: UInt64) {
    if uses.contains(.names) { names.append(key) }
    if uses.contains(.urls), urls.last != key { urls.append(key) }
  }

  mutating func note(_ mask: UInt64, of key: UInt64) { masks.append((key, mask)) }
  mutating func note(_ start: LiteralStart, of key: UInt64) { besides.append((key, start)) }

  /// How many keys the bits count for that an end of literals has for one beginning (``LiteralReach``, ``LiteralStart``): as many as a key has, and three
  /// times the room, for who lists many beginnings for each end of a log's words has all of them asked for that a full word does not tell apart.
  private static let keysPerBeginning = 3

  /// The filter's words, none without keys, else four or a multiple. A key is paid for as often as it is named.
  func table(bitsPerKey: Int) -> [UInt64] {
    guard !keys.isEmpty else { return [] }
    let paid = keys.count + Self.keysPerBeginning * besides.count
    var words = [UInt64](repeating: 0, count: max(16, (paid * bitsPerKey / 64 + 4) & ~3))
    let count = words.count
    unsafe words.withUnsafeMutableBufferPointer { words in
      guard let base = words.baseAddress else { return }
      for (number, key) in keys.enumerated() {
        if number + Self.ahead < keys.count { unsafe ukai_prefetch(base + HashFilter.place(keys[number + Self.ahead], count: count)) }
        unsafe words[HashFilter.place(key, count: count)] |= HashFilter.mask(key)
      }
    }
    for (keys, use) in [(names, KeyUses.names), (urls, .urls)] {
      for key in keys { words[HashFilter.place(key, count: count)] |= use.mask(key) }
    }
    for (key, mask) in masks { words[HashFilter.place(key, count: count)] |= mask }
    for (key, start) in besides {
      let place = HashFilter.place(key, count: count)
      words[place ^ 1] |= start.first
      words[place ^ 2] |= start.second
    }
    return words
  }
}
