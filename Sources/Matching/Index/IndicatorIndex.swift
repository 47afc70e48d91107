internal import CShims
public import Indicators

/// The compiled indicators: one immutable file, mapped, shared by any number of processes and threads.
///
/// ``open(path:)`` reads the header only. Every offset in the file is checked when it is used: a damaged or hostile file is refused or gives
/// wrong answers, but never reads outside itself. ``openWhole(path:)`` refuses a file that is not what was written, and ``verify()`` reads every record.
public final class IndicatorIndex: Sendable {
  public let path: String
  let file: MappedFile
  let header: IndexFormat.Header
  let hash: KeyHash

  private init(path: String, file: MappedFile, header: IndexFormat.Header) {
    self.path = path
    self.file = file
    self.header = header
    hash = KeyHash(seed: header.seed)
  }

  /// Maps an index and checks its header.
  /// - Throws: `index.missing`, `index.permission`, `index.read`, `index.not-an-index`, `index.version`, `index.damaged`.
  public static func open(path: String) throws(Diagnostic) -> IndicatorIndex {
    let file = try MappedFile(path: path)
    let header = try unsafe IndexFormat.Header(reading: file.bytes, path: path)
    return IndicatorIndex(path: path, file: file, header: header)
  }

  /// The same of a file whose checksums hold: what answers for an operator must not miss an indicator because a byte has changed.
  ///
  /// Reads the file to its end, unless it was found whole before and has not changed since (``IndexSeal``).
  /// - Throws: as ``open(path:)``.
  public static func openWhole(path: String) throws(Diagnostic) -> IndicatorIndex {
    let index = try open(path: path)
    if index.file.isSealed { return index }
    try index.verifySections()
    index.file.putSeal()
    return index
  }

  /// What to do about a file that cannot be used.
  static let rebuildHint = "build it again: 'ukai sync --offline' or 'ukai index build'"

  /// How many indicators it holds.
  public var count: Int { Int(header.entries) }

  /// Where feeds were fetched from when this was compiled.
  public var feedAddresses: [String] {
    unsafe String(decoding: section(.feedAddresses), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// The indicator at a place; nil for a place outside the index or a damaged record.
  public func indicator(at entry: Int) -> Indicator? {
    guard let (body, context) = record(entry) else { return nil }
    guard var reader = contextReader(context), let shared = IndexContext(&reader) else { return nil }
    return body.indicator(shared)
  }

  /// End of an indicator's validity, without reading the rest of it; nil when it never ends.
  public func validUntil(at entry: Int) -> Timestamp? { record(entry)?.body.until }

  /// Places of the indicators of this type and value (at most one in an index that a builder wrote).
  public func find(_ observable: Observable) -> [Int] {
    guard let key = IndicatorKeys.keys(of: observable).first else { return [] }
    var matches: [KeyMatch] = []
    find(key.kind, key.bytes, into: &matches)
    let match = Array(observable.match.utf8)
    let canonical = Array(observable.canonical.utf8)
    let entries = matches.map(\.entry).filter { entry in
      guard let body = record(entry)?.body else { return false }
      return body.type == observable.type && body.match == match && body.canonical == canonical
    }
    return Array(Set(entries)).sorted()
  }

  /// What a log that holds this value would hit, strongest first: the value itself, its parents, networks around it, weaker forms.
  public func candidates(for observable: Observable) -> [(entry: Int, mode: MatchMode)] {
    var best: [Int: MatchMode] = [:]
    func note(_ entry: Int, _ mode: MatchMode) {
      if let known = best[entry], known.strength <= mode.strength { return }
      best[entry] = mode
    }
    for entry in find(observable) { note(entry, .exact) }
    var matcher = ReferenceMatcher(self)
    for hit in matcher.hits(in: observable.canonical) { note(hit.entry, hit.mode) }
    return best.map { (entry: $0.key, mode: $0.value) }.sorted {
      ($0.mode.strength, $0.entry) < ($1.mode.strength, $1.entry)
    }
  }

  // MARK: Reading the file

  func section(_ section: IndexFormat.Section) -> UnsafeRawBufferPointer {
    let extent = header.sections[section.rawValue]
    // Checked against the file's length when the header was read.
    return unsafe UnsafeRawBufferPointer(rebasing: file.bytes[Int(extent.offset)..<Int(extent.offset + extent.length)])
  }

  /// Of listed runs of letters and digits, and of hexadecimal digits.
  var tokenLengths: (tokens: LengthSet, hex: LengthSet) {
    let words = unsafe section(.lengths)
    func set(_ first: Int) -> LengthSet {
      unsafe LengthSet((words.loadUnaligned(fromByteOffset: 8 * first, as: UInt64.self), words.loadUnaligned(fromByteOffset: 8 * first + 8, as: UInt64.self)))
    }
    return (set(0), set(2))
  }

  private func extent(of entry: Int, offsets: IndexFormat.Section, limit: Int) -> Range<Int>? {
    let table = unsafe section(offsets)
    guard entry >= 0, entry < table.count / 4 - 1 else { return nil }
    let start = unsafe Int(table.loadUnaligned(fromByteOffset: entry * 4, as: UInt32.self))
    let end = unsafe Int(table.loadUnaligned(fromByteOffset: entry * 4 + 4, as: UInt32.self))
    return start <= end && end <= limit ? start..<end : nil
  }

  func record(_ entry: Int) -> (body: RecordBody, context: Int)? {
    let records = unsafe section(.records)
    guard let range = extent(of: entry, offsets: .offsets, limit: records.count) else { return nil }
    var reader = unsafe RecordReader(records, from: range.lowerBound, to: range.upperBound)
    guard let (body, context) = RecordBody.withContext(&reader) else { return nil }
    return (body, context)
  }

  /// A record's context, without reading the rest of it.
  private func contextNumber(of entry: Int) -> Int? {
    let records = unsafe section(.records)
    guard let range = extent(of: entry, offsets: .offsets, limit: records.count) else { return nil }
    var reader = unsafe RecordReader(records, from: range.lowerBound, to: range.upperBound)
    guard reader.byte() != nil, reader.byte() != nil, let context = reader.varint(), context <= UInt64(UInt32.max) else { return nil }
    return Int(context)
  }

  func contextReader(_ number: Int) -> RecordReader? {
    let contexts = unsafe section(.contexts)
    guard let range = extent(of: number, offsets: .contextOffsets, limit: contexts.count) else { return nil }
    return unsafe RecordReader(contexts, from: range.lowerBound, to: range.upperBound)
  }
}

extension RecordBody {
  /// A record as it stands in the file: the context's number comes after the two head bytes.
  static func withContext(_ reader: inout RecordReader) -> (body: RecordBody, context: Int)? {
    var context: UInt64?
    guard let body = RecordBody(&reader, afterHead: { context = $0.varint() }), let context, context <= UInt64(UInt32.max) else {
      return nil
    }
    return (body, Int(context))
  }
}

extension MatchMode {
  /// 0 is the strongest.
  var strength: Int { MatchMode.allCases.firstIndex(of: self) ?? MatchMode.allCases.count }
}

extension IndicatorIndex: IndicatorLookup {
  var features: IndexFormat.Features { header.features }

  func find(_ kind: KeyKind, _ key: [UInt8], into matches: inout [KeyMatch]) {
    find(kind, key, hash: hash.hash(kind, key), into: &matches)
  }

  func find(_ kind: KeyKind, _ key: [UInt8], hash value: UInt64, into matches: inout [KeyMatch]) {
    probe(value) { entry, role in
      if confirms(entry, role, kind, key) { matches.append(KeyMatch(entry: entry, role: role)) }
    }
  }

  /// Visits every slot that has a hash's fingerprint on the way from its home to the next empty one.
  @inline(__always)
  func probe(_ value: UInt64, _ visit: (Int, KeyRole) -> Void) {
    let slots = unsafe section(.slots)
    let count = slots.count / 8
    guard count > 0 else { return }
    var place = IndexSlot.home(value, count: count)
    let fingerprint = IndexSlot.fingerprint(value)
    for _ in 0..<count {
      let slot = unsafe slots.loadUnaligned(fromByteOffset: place &* 8, as: UInt64.self)
      if slot == IndexSlot.empty { return }
      if slot >> 36 == fingerprint, let role = KeyRole(rawValue: UInt8(slot >> 32 & 15)) {
        visit(Int(slot & 0xffff_ffff), role)
      }
      place = place &+ 1 == count ? 0 : place &+ 1
    }
  }

  /// Fetches what ``holds(_:)`` looks at first.
  @inline(__always) func prefetchSlot(_ value: UInt64) {
    let slots = unsafe section(.slots)
    if let start = slots.baseAddress { unsafe ukai_prefetch(start + IndexSlot.home(value, count: slots.count / 8) &* 8) }
  }

  /// Whether some key has this hash, but for one in a hundred million: what the filter lets through is asked here before the rules are.
  func holds(_ value: UInt64) -> Bool {
    let slots = unsafe section(.slots)
    let count = slots.count / 8
    guard count > 0 else { return false }
    var place = IndexSlot.home(value, count: count)
    let fingerprint = IndexSlot.fingerprint(value)
    for _ in 0..<count {
      let slot = unsafe slots.loadUnaligned(fromByteOffset: place &* 8, as: UInt64.self)
      if slot == IndexSlot.empty { return false }
      if slot >> 36 == fingerprint, KeyRole(rawValue: UInt8(slot >> 32 & 15)) != nil { return true }
      place = place &+ 1 == count ? 0 : place &+ 1
    }
    return false
  }

  /// Whether an address is listed, lies in a listed network, or is the host of a listed URL.
  ///
  /// - Parameter text: hash of the address as it stands, as ``KeyKind/urlHost``.
  func mayHit(address: UInt32, text: UInt64) -> Bool {
    if features.contains(.addresses), holds(hash.hash(.ipv4, AddressText.bytes(address))) || features.contains(.urls) && mayHold(text) { return true }
    guard features.contains(.networks4) else { return false }
    var around: [Int] = []
    networks(around: address, into: &around)
    return !around.isEmpty
  }

  /// Whether an IPv6 address is listed or lies in a listed network.
  func mayHit(address: AddressText.IPv6) -> Bool {
    let words = (address.high.bigEndian, address.low.bigEndian)
    let value = unsafe withUnsafeBytes(of: words) { bytes in
      unsafe bytes.bindMemory(to: UInt8.self).baseAddress.map { unsafe hash.hash(.ipv6, $0, 16, folding: KeyHash.caseful) }
    }
    guard let value, !holds(value) else { return true }
    guard features.contains(.ipv6), unsafe !section(.networks6).isEmpty else { return false }
    var around: [Int] = []
    networks(around: address, into: &around)
    return !around.isEmpty
  }

  /// Whether the entry really has this key.
  private func confirms(_ entry: Int, _ role: KeyRole, _ kind: KeyKind, _ key: [UInt8]) -> Bool {
    guard let (body, context) = record(entry) else { return false }
    switch (kind, role) {
    case (.name, .whole), (.name, .wholeOnly), (.name, .wildcard), (.name, .withPort), (.url, .whole), (.email, .whole):
      return body.match == key
    default:
      let observable = Observable(
        type: body.type, canonical: String(decoding: body.canonical, as: UTF8.self), match: String(decoding: body.match, as: UTF8.self))
      var mode: MatchMode?
      if var reader = contextReader(context) { mode = reader.byte().flatMap(IndexContext.mode) }
      return IndicatorKeys.keys(of: observable, mode: mode).contains { $0.kind == kind && $0.role == role && $0.bytes == key }
    }
  }

  func mayHold(_ kind: KeyKind, _ key: [UInt8]) -> Bool { mayHold(hash.hash(kind, key)) }

  func mayHold(_ value: UInt64) -> Bool {
    let filter = unsafe section(.filter)
    let count = filter.count / 8
    guard count > 0 else { return false }
    let word = unsafe filter.loadUnaligned(fromByteOffset: HashFilter.place(value, count: count) * 8, as: UInt64.self)
    let mask = HashFilter.mask(value)
    return word & mask == mask
  }

  func type(of entry: Int) -> IndicatorType? { record(entry)?.body.type }

  func mode(of entry: Int) -> MatchMode? {
    guard let context = contextNumber(of: entry), var reader = contextReader(context) else { return nil }
    return reader.byte().flatMap(IndexContext.mode)
  }

  func texts(of entry: Int) -> (canonical: [UInt8], match: [UInt8])? {
    record(entry).map { ($0.body.canonical, $0.body.match) }
  }

  // MARK: Networks

  func networks(around address: UInt32, into entries: inout [Int]) {
    let table = unsafe section(.networks4)
    unsafe walk(table, stride: 16, isAtOrBefore: { place in
      unsafe table.loadUnaligned(fromByteOffset: place, as: UInt32.self) <= address
    }, holds: { place in
      unsafe table.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self) >= address
    }, links: 8, into: &entries)
  }

  func networks(around address: AddressText.IPv6, into entries: inout [Int]) {
    let table = unsafe section(.networks6)
    func read(_ place: Int) -> AddressText.IPv6 {
      unsafe AddressText.IPv6(
        high: table.loadUnaligned(fromByteOffset: place, as: UInt64.self),
        low: table.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self))
    }
    unsafe walk(table, stride: 40, isAtOrBefore: { read($0) <= address }, holds: { address <= read($0 + 16) }, links: 32, into: &entries)
  }

  /// The last network that begins at or before the address, then its parents: every network around the address is one of them.
  private func walk(
    _ table: UnsafeRawBufferPointer, stride: Int, isAtOrBefore: (Int) -> Bool, holds: (Int) -> Bool, links: Int,
    into entries: inout [Int]
  ) {
    let count = table.count / stride
    // Parents stand before their children, so the walk ends even in a damaged table.
    var place = (0..<count).partitionPoint { isAtOrBefore($0 * stride) } - 1
    while place >= 0, place < count {
      if holds(place * stride) {
        let entry = unsafe Int(table.loadUnaligned(fromByteOffset: place * stride + links, as: UInt32.self))
        if entry < self.count { entries.append(entry) }
      }
      let parent = unsafe Int(table.loadUnaligned(fromByteOffset: place * stride + links + 4, as: UInt32.self)) - 1
      guard parent < place else { return }
      place = parent
    }
  }

  // MARK: Literals

  func literals(endingAt end: Int, in text: UnsafeRawBufferPointer, memory: inout LiteralMemory, into matches: inout [LiteralMatch]) {
    guard let bytes = unsafe text.bindMemory(to: UInt8.self).baseAddress, end >= 4 else { return }
    let limit = max(0, end - Limits.literalLength)
    var walk = LiteralHash(hash)
    var (near, far) = unsafe (LiteralText.window(endingAt: end, in: bytes), 0 as UInt64)
    var position = end
    while position > limit {
      position -= 1
      let byte = unsafe bytes[position]
      if byte == 0x0a { return }
      let count = end - position
      if count - walk.count == LiteralHash.step(behind: walk.count) {
        guard mayHold(walk.advance(over: near, far)) else { return }
        near = unsafe LiteralText.window(endingAt: position, in: bytes)
        far = unsafe LiteralText.window(endingAt: max(0, position - 8), in: bytes)
      }
      // A literal begins at a boundary: with a byte that is no word byte, or after one.
      let isBoundary = unsafe position == 0 || !LiteralText.isWord(byte) || !LiteralText.isWord(bytes[position - 1])
      if count >= 4, isBoundary {
        let key = walk.key(near, far, bytes: count - walk.count)
        if mayHold(key) { unsafe probeLiteral(key, count, at: position, in: text, &memory, into: &matches) }
      }
    }
  }

  private func probeLiteral(
    _ key: UInt64, _ count: Int, at start: Int, in text: UnsafeRawBufferPointer, _ memory: inout LiteralMemory, into matches: inout [LiteralMatch]
  ) {
    probe(key) { entry, role in
      guard let listed = memory.listed(entry, role, { listedLiteral(entry, role) }) else { return }
      if listed.literal.count >= count, unsafe LiteralRules.stands(listed.literal, at: start, in: text) {
        matches.append(LiteralMatch(entry: entry, role: role, listed: listed, start: start))
      }
    }
  }

  private func listedLiteral(_ entry: Int, _ role: KeyRole) -> ListedLiteral? {
    guard let body = record(entry)?.body else { return nil }
    let literal = LiteralKeys.keys(of: body.type, body.match, canonical: body.canonical).first { $0.role == role && $0.kind == .literal }
    return literal.map { ListedLiteral(type: body.type, literal: $0.bytes, match: body.match) }
  }
}
