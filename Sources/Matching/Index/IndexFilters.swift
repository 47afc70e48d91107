/// A slot of the hash table: `fingerprint:28 role:4 entry:32`.
enum IndexSlot {
  static let empty = UInt64.max

  @inline(__always) static func home(_ hash: UInt64, count: Int) -> Int {
    Int(truncatingIfNeeded: ((hash >> 32) &* UInt64(truncatingIfNeeded: count)) >> 32)
  }

  /// The hash's low bits: its high bits chose the place.
  @inline(__always) static func fingerprint(_ hash: UInt64) -> UInt64 { hash & 0xfff_ffff }

  static func word(hash: UInt64, role: KeyRole, entry: UInt32) -> UInt64 {
    fingerprint(hash) << 36 | UInt64(role.rawValue) << 32 | UInt64(entry)
  }
}

/// A Bloom filter of 64-bit words: one memory access a question, four bits a key. `filter_probe.c` asks it four keys at once.
enum HashFilter {
  static let bitsPerKey = 14

  @inline(__always) static func place(_ hash: UInt64, count: Int) -> Int {
    Int(truncatingIfNeeded: ((hash >> 32) &* UInt64(truncatingIfNeeded: count)) >> 32)
  }

  @inline(__always) static func mask(_ hash: UInt64) -> UInt64 {
    (1 &<< (hash & 63)) | (1 &<< ((hash >> 6) & 63)) | (1 &<< ((hash >> 12) & 63)) | (1 &<< ((hash >> 18) & 63))
  }
}

/// The filter of pairs, which is asked of each name of a log: a table of its own, so that the rest's words do not take its place in the cache.
enum PairFilter {
  /// More than others have: what hangs on a pair stands in the same word.
  static let bitsPerKey = 18
}

/// What hangs on a pair of labels, as three or five more bits each in its own word of the filter: a site that everybody visits is there for some URL of it,
/// and need not be asked for as a name.
struct KeyUses: OptionSet {
  let rawValue: UInt8

  /// Names with this pair, or domains of e-mail addresses.
  static let names = KeyUses(rawValue: 1)
  /// URLs whose host has it.
  static let urls = KeyUses(rawValue: 2)

  /// - Parameter hash: the key's.
  @inline(__always) static func masks(_ hash: UInt64) -> (names: UInt64, urls: UInt64) {
    let mixed = hash &* 0x9e37_79b9_7f4a_7c15
    let names: UInt64 = (1 &<< (mixed &>> 58)) | (1 &<< (mixed &>> 52 & 63)) | (1 &<< (mixed &>> 46 & 63)) | (1 &<< (mixed &>> 40 & 63)) | (1 &<< (mixed &>> 16 & 63))
    let urls: UInt64 = (1 &<< (mixed &>> 34 & 63)) | (1 &<< (mixed &>> 28 & 63)) | (1 &<< (mixed &>> 22 & 63))
    return (names, urls)
  }

  /// - Parameter word: the filter's for this pair.
  @inline(__always) init(_ word: UInt64, of hash: UInt64) {
    let masks = Self.masks(hash)
    rawValue = (word & masks.names == masks.names ? 1 : 0) | (word & masks.urls == masks.urls ? 2 : 0)
  }

  init(rawValue: UInt8) { self.rawValue = rawValue }

  func mask(_ hash: UInt64) -> UInt64 {
    let masks = Self.masks(hash)
    return (contains(.names) ? masks.names : 0) | (contains(.urls) ? masks.urls : 0)
  }
}

/// The first three bytes of a URL's path behind its slash, letters folded: four more bits in the word of its host's pair, so that of a site with
/// a few listed URLs all others cost no question (`known_hosts.c` asks so). Only those of host bytes and slashes, which no log spells otherwise; all else
/// is asked for.
struct PathStart {
  private let bytes: UInt64

  /// - Parameter path: what follows the host; nil without such a beginning.
  init?(_ path: some RandomAccessCollection<UInt8>) {
    guard path.first == 0x2f else { return nil }
    var start = path.prefix(4).dropFirst().prefix { $0 != 0x3f }.map(\.self)
    // A slash more at its end is the same for a weak hit.
    if start.count == 2 { start.append(0x2f) }
    guard start.count == 3, start.allSatisfy({ ASCII.isHostCharacter($0) || $0 == 0x2f }) else { return nil }
    bytes = start.reversed().reduce(0) { $0 << 8 | UInt64($1 | 0x20) }
  }

  /// - Parameter pair: the hash of the host's last two labels.
  func mask(_ pair: UInt64) -> UInt64 {
    let mixed = (pair ^ bytes &* 0xd6e8_feb8_6659_fd93) &* 0x9e37_79b9_7f4a_7c15
    return (1 &<< (mixed &>> 58)) | (1 &<< (mixed &>> 52 & 63)) | (1 &<< (mixed &>> 46 & 63)) | (1 &<< (mixed &>> 40 & 63))
  }
}

/// How much further anything listed goes before an end of literals, as a few more bits each in the end's own word of the filter: where in the next
/// sixteen bytes bodies begin, and whether any is longer. Who lists ends that every log is full of, with a letter of his own before them, has a
/// place asked for only where a word begins as far before the end as one of his does.
///
/// Two turns of the word, chosen by the key, bring a bit of each beginning to the two lowest places of a byte (`literal_reach.c` asks so):
///
/// ```
///  turn 1   ······01 ······10 ······01 …     in a byte those for 7 to 0 bytes before the end, and left of them those for eight more;
///  turn 2   ······01 ······11 ······00 …     all are asked at once, and what both have may be listed
/// ```
/// More turns would say it more surely of few beginnings, and fill the word of an end that has many.
enum LiteralReach {
  /// At how many places before an end a body may begin: 0 bytes before it, 1, and so on.
  static let window = 16

  /// What the builder adds to the filter's word of an end.
  ///
  /// - Parameter left: how many bytes of a body stand before the end, fewer than ``window``.
  static func mask(_ key: UInt64, left: Int) -> UInt64 {
    let bit = (1 as UInt64) &<< UInt64(left < 8 ? 8 * (7 - left) : 8 * (15 - left) + 1)
    return turnedBack(bit, key &>> 24) | turnedBack(bit, key &>> 36)
  }

  /// What it adds where bodies are longer.
  ///
  /// Bits of the key that its own four (``HashFilter/mask(_:)``) do not take, or takes otherwise: a product would be two steps more.
  static func goesOn(_ key: UInt64) -> UInt64 { (1 &<< (key &>> 42 & 63)) | (1 &<< (key &>> 3 & 63)) | (1 &<< (key &>> 15 & 63)) }

  /// What it adds to an end that has gates (``LiteralEnds``).
  static func isCrowded(_ key: UInt64) -> UInt64 { (1 &<< (key &>> 9 & 63)) | (1 &<< (key &>> 27 & 63)) | (1 &<< (key &>> 33 & 63)) }

  /// To the left, by the low six bits of a number.
  private static func turnedBack(_ word: UInt64, _ turn: UInt64) -> UInt64 { word &<< turn | word &>> (0 &- turn) }
}

/// With which two bytes a body begins that ``LiteralReach`` has: of each byte a bit in a word beside the end's own in the filter, one of sixteen for each
/// place. Who lists an end that every log is full of, with a beginning at each place before it, would else have all of them asked for.
struct LiteralStart {
  /// What is set in the two words.
  let first: UInt64
  let second: UInt64

  /// - Parameters:
  ///   - key: the end's.
  ///   - left: how many bytes of the body stand before the end, fewer than ``LiteralReach/window``.
  ///   - body: at least two bytes, folded or not.
  init(_ body: ArraySlice<UInt8>, left: Int, behind key: UInt64) {
    first = Self.mask(key, left, body[body.startIndex])
    second = Self.mask(key, left, body[body.startIndex + 1])
  }

  private static func mask(_ key: UInt64, _ left: Int, _ byte: UInt8) -> UInt64 {
    let (half, place) = (half(of: byte), 15 - left)
    // Eight halves are bits of the place's own byte of the word, the others of the fourth behind it.
    let bit = UInt64(truncatingIfNeeded: 8 * ((place & 7) ^ (half & 8) >> 1) + half & 7)
    return 1 &<< ((bit &+ key &>> 20) & 63)
  }

  /// The byte's lower half, which folding changes of a slash alone.
  private static func half(of byte: UInt8) -> Int { byte & 15 == 15 ? 12 : Int(byte & 15) }
}

/// A Bloom filter of 64-byte lines for IPv4: the line is chosen by the /24, so that an address and the networks around it are asked for
/// with one memory access. Whatever is listed in a /24 marks it as occupied: most addresses of a log are done with at that.
///
/// Addresses are hashed as text, which has one spelling only (no leading zeros): two loads and a mask instead of four numbers.
///
/// ```
///  ·····198.51.100.77        sixteen bytes that end with the last octet's digits
///       ╰── cell ─╯ ╰╯       the /24, and the octet in it
/// ```
enum AddressFilter {
  static let bitsPerKey = 24
  /// Networks up to this length are marked for their whole /16; longer ones for each /24 they touch.
  static let widestCell = 18
  /// Bits of the table of /16s that hold wide networks.
  static let wideBits = 1 << 17

  /// The hash of a /24, of the text before its third dot.
  /// - Parameters:
  ///   - low, high: the text's sixteen bytes as two little-endian words, zeros before the first digit.
  @inline(__always) static func cell(low: UInt64, high: UInt64, hash: KeyHash) -> UInt64 {
    KeyHash.fold(high ^ hash.second, low ^ hash.first)
  }

  /// Where a /16 stands in the table of wide networks.
  /// - Parameter text: up to seven bytes before the second dot, the last one in the top byte.
  @inline(__always) static func wideBit(_ text: UInt64, hash: KeyHash) -> Int {
    Int(truncatingIfNeeded: KeyHash.fold(text ^ hash.third, hash.first) &>> 47)
  }

  /// The line of a /24, out of `lines`.
  @inline(__always) static func line(_ cell: UInt64, _ lines: Int) -> Int {
    Int(truncatingIfNeeded: ((cell >> 32) &* UInt64(truncatingIfNeeded: lines)) >> 32)
  }

  /// Which of the line's eight words says whether anything is listed in the /24, and with which bits: as `filter_probe.c` asks.
  @inline(__always) static func occupiedWord(_ cell: UInt64) -> Int { Int(truncatingIfNeeded: cell & 7) }
  @inline(__always) static func occupiedMask(_ cell: UInt64) -> UInt64 { bits(cell &>> 3) }

  /// What a line is asked of an occupied /24: whether the address is listed, or a network that holds all of the /24 or a part.
  struct Probe {
    let addressWord: Int
    let addressMask: UInt64
    let networkWord: Int
    let networkMask: UInt64

    /// - Parameter octet: the digits of the last octet, the last one in the top byte.
    @inline(__always) init(cell: UInt64, octet: UInt32) {
      let address = (cell ^ UInt64(octet)) &* 0x9e37_79b9_7f4a_7c15
      addressWord = Int(truncatingIfNeeded: address &>> 61)
      addressMask = AddressFilter.bits(address &>> 37)
      let network = cell &* 0xd6e8_feb8_6659_fd93
      networkWord = Int(truncatingIfNeeded: network &>> 61)
      networkMask = AddressFilter.bits(network &>> 37)
    }
  }

  /// Four bits of a word, chosen by the low 24 of a hash.
  @inline(__always) private static func bits(_ hash: UInt64) -> UInt64 {
    (1 &<< (hash & 63)) | (1 &<< ((hash &>> 6) & 63)) | (1 &<< ((hash &>> 12) & 63)) | (1 &<< ((hash &>> 18) & 63))
  }

  /// An address as the builder has it: the hash of its /24 and the digits of its last octet.
  static func parts(of address: UInt32, hash: KeyHash) -> (cell: UInt64, octet: UInt32) {
    let text = Array(AddressText.text(address).utf8)
    let octet = text.suffix { $0 != 0x2e }
    let (low, high) = words(text.dropLast(octet.count + 1))
    return (cell(low: low, high: high, hash: hash), UInt32(truncatingIfNeeded: words(octet).high >> 32))
  }

  /// The place of an address's /16 in the table of wide networks.
  static func wideBit(of address: UInt32, hash: KeyHash) -> Int {
    wideBit(words(Array("\(address >> 24).\(address >> 16 & 255)".utf8)[...]).high, hash: hash)
  }

  /// At most sixteen bytes as two words, the last byte in the top of `high`.
  private static func words(_ text: ArraySlice<UInt8>) -> (low: UInt64, high: UInt64) {
    var words: (low: UInt64, high: UInt64) = (0, 0)
    for (distance, byte) in text.reversed().enumerated() {
      if distance < 8 { words.high |= UInt64(byte) << UInt64(56 - 8 * distance) } else { words.low |= UInt64(byte) << UInt64(120 - 8 * distance) }
    }
    return words
  }
}

extension Array where Element == UInt8 {
  /// The longest end of which every byte is one that `isInside` takes.
  fileprivate func suffix(_ isInside: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    var start = endIndex
    while start > startIndex, isInside(self[start - 1]) { start -= 1 }
    return self[start...]
  }
}

/// Which last labels are in use, so that `index.html` costs nothing when no indicator ends in `.html`.
///
/// A label is known by its last eight bytes, folded.
struct LabelSet: Sendable {
  private(set) var words = [UInt64](repeating: 0, count: IndexFormat.labelBits / 64)

  mutating func insert(_ label: some BidirectionalCollection<UInt8>) {
    var tail: UInt64 = 0
    for (index, byte) in label.suffix(8).reversed().enumerated() { tail |= UInt64(byte | 0x20) << UInt64(56 - 8 * index) }
    let bit = Self.bit(tail)
    words[bit >> 6] |= 1 &<< UInt64(bit & 63)
  }

  /// - Parameter tail: the label's last bytes, the very last in the top byte, zeros before the label.
  @inline(__always) static func bit(_ tail: UInt64) -> Int {
    Int(truncatingIfNeeded: (tail &* 0x9e37_79b9_7f4a_7c15) >> 52)
  }
}

/// The last four bytes of all literals that words lead to, a bit each: asked of every word of a text, so it is small, and no hash of a key.
enum TailSet {
  static let bitsPerTail = 32
  private static let smallest = 12
  private static let largest = 22

  /// The table's place of a tail.
  /// - Parameters:
  ///   - tail: the bytes as ``fold(_:)`` leaves them, the last one in the top byte.
  ///   - shift: 32 without the binary logarithm of the table's bits.
  @inline(__always) static func place(_ tail: UInt32, shift: UInt32) -> Int { Int(truncatingIfNeeded: (tail &* 0x9e37_79b1) &>> shift) }

  @inline(__always) static func fold(_ tail: UInt32) -> UInt32 { tail | 0x2020_2020 }

  /// What a table of so many bits is shifted by; nil for one that no builder wrote.
  static func shift(bits: Int) -> UInt32? { bits >= 1 << smallest ? UInt32(32 - min(largest, Int.bitWidth - 1 - bits.leadingZeroBitCount)) : nil }

  static func table(_ tails: Set<UInt32>) -> [UInt64] {
    if tails.isEmpty { return [] }
    var size = smallest
    while size < largest, 1 << size < tails.count * bitsPerTail { size += 1 }
    var table = [UInt64](repeating: 0, count: 1 << (size - 6))
    for tail in tails {
      let place = place(tail, shift: UInt32(32 - size))
      table[place >> 6] |= 1 << UInt64(place & 63)
    }
    return table
  }

  /// The last four bytes of a body of at least as many. Where it has a slash a text may have a backslash, and the other way round.
  static func tails(of body: [UInt8]) -> [UInt32] {
    var tails: [UInt32] = [0]
    for (place, byte) in body.suffix(4).enumerated() {
      let forms: [UInt8] = byte == 0x2f || byte == 0x5c ? [0x2f, 0x5c] : [byte]
      tails = tails.flatMap { tail in forms.map { tail | UInt32($0) << UInt32(8 * place) } }
    }
    return tails.map(fold)
  }
}
