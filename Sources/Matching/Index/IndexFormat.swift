/// The layout of `indicators.ukx`, version 17. All integers are little-endian; all offsets count from the start of the file.
///
/// ```
/// ┌────────────┬───────────────────────────────────────────────────────────────┐
/// │ header     │ magic, version, size, entries, features, seed, section table, │  1 KiB
/// │            │ checksum of the header itself                                 │
/// ├────────────┼───────────────────────────────────────────────────────────────┤
/// │ labels     │ 4096 bits: last labels of names in use                        │  scan, stage 1
/// │ lengths    │ of listed tokens, a bit each: letters and digits, hex digits  │  scan, stage 2
/// │ filter     │ 64-bit words, four bits a key, three for each of its uses     │  scan, stage 2
/// │ pairs      │ the same for the last two labels of names, and paths of URLs  │  scan, stage 2
/// │ addresses  │ 64-byte lines, one for each /24: its addresses and networks   │  scan, stage 2
/// │ networks16 │ 131072 bits: /16s with networks too wide for those lines      │  scan, stage 2
/// │ tails      │ a bit for the last four bytes of each literal                 │  scan, stage 2
/// │ short-tails│ the same of literals of fewer than eight bytes                │  scan, stage 2
/// │ slots      │ hash table: 28 bits fingerprint, 4 bits role, 32 bits entry   │  survivors
/// │ networks4  │ IPv4 networks by first address, each with its parent          │  survivors
/// │ networks6  │ IPv6 networks likewise                                        │  survivors
/// ├────────────┼───────────────────────────────────────────────────────────────┤
/// │ offsets    │ where each entry's record begins                              │  hits
/// │ records    │ type, value, times, own references                            │  hits
/// │ context-   │ where each context begins                                     │  hits
/// │  offsets   │                                                               │
/// │ contexts   │ what many entries share: feeds, tags, actors, confidence…     │  hits
/// │ types      │ names of the type codes, for other programs                   │
/// │ feed-      │ where feeds are fetched from: what our own fetching leaves in │  hits
/// │  addresses │ logs                                                          │
/// └────────────┴───────────────────────────────────────────────────────────────┘
/// ```
package enum IndexFormat {
  static let magic = Array("UKAIUKX\n".utf8)
  static let version: UInt32 = 17
  package static let headerLength = 1024
  /// Sections begin on cache lines.
  static let alignment = 64
  /// Reads of eight bytes that begin inside a section may reach this far behind the last one.
  static let tailPadding = 64
  static let labelBits = 4096

  enum Section: Int, CaseIterable, Sendable {
    case labels, lengths, filter, pairs, addresses, networks16, tails, shortTails, slots, networks4, networks6, offsets, records, contextOffsets, contexts, types, feedAddresses

    var name: String {
      switch self {
      case .labels: "labels"
      case .lengths: "lengths"
      case .filter: "filter"
      case .pairs: "pairs"
      case .addresses: "addresses"
      case .networks16: "networks16"
      case .tails: "tails"
      case .shortTails: "short-tails"
      case .slots: "slots"
      case .networks4: "networks4"
      case .networks6: "networks6"
      case .offsets: "offsets"
      case .records: "records"
      case .contextOffsets: "context-offsets"
      case .contexts: "contexts"
      case .types: "types"
      case .feedAddresses: "feed-addresses"
      }
    }
  }

  /// What an index has and a scan therefore must look for. A lane without its feature costs nothing.
  package struct Features: OptionSet, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    static let names = Features(rawValue: 1 << 0)
    static let addresses = Features(rawValue: 1 << 1)
    static let networks4 = Features(rawValue: 1 << 2)
    static let ipv6 = Features(rawValue: 1 << 3)
    static let hex = Features(rawValue: 1 << 4)
    static let tokens = Features(rawValue: 1 << 5)
    static let longWords = Features(rawValue: 1 << 6)
    static let shortWords = Features(rawValue: 1 << 7)
    static let tinyWords = Features(rawValue: 1 << 8)
    static let urls = Features(rawValue: 1 << 9)
    static let emails = Features(rawValue: 1 << 10)
    static let services = Features(rawValue: 1 << 11)
    static let international = Features(rawValue: 1 << 12)
    static let prefixURLs = Features(rawValue: 1 << 13)
    static let literals = Features(rawValue: 1 << 14)
    static let numericHosts = Features(rawValue: 1 << 15)
    static let otherSchemes = Features(rawValue: 1 << 16)
    /// Literals that end in `-`, `_` or a dot: what else is followed by one is part of a longer name.
    static let openTrailers = Features(rawValue: 1 << 17)
    /// Literals that end in a number of four digits or more, and may be followed by a longer name.
    static let vulnerabilities = Features(rawValue: 1 << 18)
    static let secrets = Features(rawValue: 1 << 19)
    /// Packages of npm or PyPI, which stand beside their version without a cue too.
    static let packages = Features(rawValue: 1 << 20)
    /// Ends of literals that have gates (``LiteralEnds``).
    static let crowdedEnds = Features(rawValue: 1 << 21)
  }

  package struct Header: Sendable, Equatable {
    package struct Extent: Sendable, Equatable {
      package var offset: UInt64 = 0
      package var length: UInt64 = 0
      package var checksum: UInt64 = 0
    }

    var fileLength: UInt64 = 0
    package var entries: UInt64 = 0
    package var features = Features(rawValue: 0)
    /// 32 bytes.
    var seed: [UInt8] = []
    package var sections: [Extent] = Array(repeating: Extent(), count: Section.allCases.count)

    package var bytes: [UInt8] {
      var bytes = IndexFormat.magic
      func append(_ value: UInt64, _ width: Int) {
        for index in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
      }
      append(UInt64(IndexFormat.version), 4)
      append(UInt64(sections.count), 4)
      append(fileLength, 8)
      append(entries, 8)
      append(features.rawValue, 8)
      bytes += seed.prefix(32) + Array(repeating: 0, count: max(0, 32 - seed.count))
      for section in sections {
        append(section.offset, 8)
        append(section.length, 8)
        append(section.checksum, 8)
      }
      bytes += Array(repeating: 0, count: IndexFormat.headerLength - 8 - bytes.count)
      append(Checksum.of(bytes), 8)
      return bytes
    }
  }
}

/// Finds accidents, not forgeries: whoever can write the index file can do what he likes with it.
package enum Checksum {
  static let seed: UInt64 = 0x756b_6169_2d75_6b78

  package static func of(_ bytes: [UInt8]) -> UInt64 {
    unsafe bytes.withUnsafeBytes { unsafe update(seed, $0) }
  }

  /// Sixteen bytes a step; pieces must be multiples of sixteen bytes except the last.
  static func update(_ state: UInt64, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var state = state
    var position = 0
    while position + 16 <= bytes.count {
      let low = unsafe bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      let high = unsafe bytes.loadUnaligned(fromByteOffset: position + 8, as: UInt64.self)
      state = KeyHash.fold(low ^ 0xa076_1d64_78bd_642f, high ^ state) ^ (state &<< 1)
      position += 16
    }
    if position < bytes.count {
      var low: UInt64 = 0
      var high: UInt64 = 0
      for index in position..<bytes.count {
        let byte = unsafe UInt64(bytes[index])
        let shift = UInt64((index - position) % 8) * 8
        if index - position < 8 { low |= byte << shift } else { high |= byte << shift }
      }
      state = KeyHash.fold(low ^ 0xa076_1d64_78bd_642f, high ^ state ^ UInt64(bytes.count - position)) ^ (state &<< 1)
    }
    return state
  }
}
