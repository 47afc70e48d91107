import Indicators

/// Networks by their base and length: which of them hold an address, and which lie within a network.
struct NetworkTable: Sendable {
  private struct Key: Hashable, Sendable {
    var base: UInt128
    var length: UInt8
  }

  private struct Family: Sendable {
    let bits: Int
    var byKey: [Key: [Int32]] = [:]
    /// The lengths that occur, so that a look-up probes no other.
    var lengths: [Int] = []
    /// All networks in order of base, for those that lie within another.
    var sorted: [(base: UInt128, length: Int, list: Int32)] = []

    init(bits: Int) { self.bits = bits }

    func mask(_ length: Int) -> UInt128 { length == 0 ? 0 : ~0 << UInt128(bits - length) & (bits == 128 ? ~0 : (1 << UInt128(bits)) - 1) }

    mutating func add(_ base: UInt128, _ length: Int, _ list: Int32) {
      byKey[Key(base: base, length: UInt8(length)), default: []].append(list)
      if !lengths.contains(length) { lengths = (lengths + [length]).sorted() }
      sorted.append((base, length, list))
    }

    func lists(around base: UInt128, upTo length: Int) -> [Int32] {
      var found: [Int32] = []
      for shorter in lengths where shorter <= length {
        if let lists = byKey[Key(base: base & mask(shorter), length: UInt8(shorter))] { found += lists }
      }
      return found
    }

    func lists(inside base: UInt128, _ length: Int) -> [Int32] {
      let last = base | (mask(bits) ^ mask(length))
      var low = 0
      var high = sorted.count
      while low < high {
        let middle = (low + high) / 2
        if sorted[middle].base < base { low = middle + 1 } else { high = middle }
      }
      var found: [Int32] = []
      // A few are enough to say that there are some.
      while low < sorted.count, sorted[low].base <= last, found.count < 16 {
        if sorted[low].length > length { found.append(sorted[low].list) }
        low += 1
      }
      return found
    }
  }

  private var four = Family(bits: 32)
  private var six = Family(bits: 128)

  mutating func add(_ network: IPNetwork, list: Int32) {
    switch network.base {
    case .ipv4(let address): four.add(UInt128(address.value), network.prefix, list)
    case .ipv6(let address): six.add(Self.number(address), network.prefix, list)
    }
  }

  /// To be called after the last ``add(_:list:)``.
  mutating func finish() {
    four.sorted.sort { ($0.base, $0.length) < ($1.base, $1.length) }
    six.sorted.sort { ($0.base, $0.length) < ($1.base, $1.length) }
  }

  func lists(around address: String) -> [Int32] {
    if let address = IPv4Address(ascii: address.utf8) { return four.lists(around: UInt128(address.value), upTo: 32) }
    if let address = IPv6Address(ascii: address.utf8) { return six.lists(around: Self.number(address), upTo: 128) }
    return []
  }

  func lists(around network: IPNetwork) -> [Int32] {
    switch network.base {
    case .ipv4(let address): four.lists(around: UInt128(address.value), upTo: network.prefix)
    case .ipv6(let address): six.lists(around: Self.number(address), upTo: network.prefix)
    }
  }

  func lists(inside network: IPNetwork) -> [Int32] {
    switch network.base {
    case .ipv4(let address): four.lists(inside: UInt128(address.value), network.prefix)
    case .ipv6(let address): six.lists(inside: Self.number(address), network.prefix)
    }
  }

  private static func number(_ address: IPv6Address) -> UInt128 { UInt128(address.high) << 64 | UInt128(address.low) }
}
