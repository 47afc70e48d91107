import Indicators

/// Indicators on their way into the index, each as the bytes of its record: sorted and merged before they are written.
struct PackedIndicators: ~Copyable {
  /// Entry data one after another: type, encoding, presence, value, other value, times, references.
  private(set) var data: [UInt8] = []
  private var starts: [UInt32] = []
  private var contextOf: [UInt32] = []

  private(set) var contexts: [[UInt8]] = []
  private var contextNumbers: [[UInt8]: UInt32] = [:]
  private var lastContext: (shared: Indicator, number: UInt32)?

  init() {}

  /// After sorting: distinct ones.
  var count: Int { isSorted ? order.count : starts.count }
  private var isSorted = false

  mutating func append(_ indicator: Indicator) throws(Diagnostic) {
    guard data.count < Int(UInt32.max) - 1 << 20, starts.count < Int(UInt32.max) - 1 else {
      throw Diagnostic(.error, code: "index.too-large", "the index is full: \(starts.count) indicators", hint: "leave out a feed")
    }
    guard let code = IndexTypes.code(of: indicator.type) else {
      throw Diagnostic(.error, code: "index.unknown-type", "the index has no code for type \(indicator.type.rawValue)")
    }
    starts.append(UInt32(data.count))
    contextOf.append(number(of: indicator))

    let canonical = Array(indicator.observable.canonical.utf8)
    let match = Array(indicator.observable.match.utf8)
    let (encoding, stored) = IndicatorRecord.encoding(canonical: canonical, match: match)
    var presence: IndicatorRecord.Presence = []
    if indicator.firstSeen != nil { presence.insert(.first) }
    if indicator.lastSeen != nil { presence.insert(.last) }
    if indicator.validUntil != nil { presence.insert(.until) }
    if !indicator.references.isEmpty { presence.insert(.references) }
    data.append(code)
    data.append(encoding.rawValue << 4 | presence.rawValue)
    data.appendText(stored)
    if encoding == .both { data.appendText(match) }
    if let time = indicator.firstSeen { data.appendTime(time) }
    if let time = indicator.lastSeen { data.appendTime(time) }
    if let time = indicator.validUntil { data.appendTime(time) }
    if !indicator.references.isEmpty {
      data.appendVarint(UInt64(indicator.references.count))
      for reference in indicator.references { data.appendText(reference.utf8) }
    }
  }

  private mutating func number(of indicator: Indicator) -> UInt32 {
    if let lastContext, Self.shareContext(lastContext.shared, indicator) { return lastContext.number }
    let bytes = IndexContext(indicator).bytes
    let number: UInt32
    if let known = contextNumbers[bytes] {
      number = known
    } else {
      number = UInt32(contexts.count)
      contexts.append(bytes)
      contextNumbers[bytes] = number
    }
    lastContext = (indicator, number)
    return number
  }

  private static func shareContext(_ left: Indicator, _ right: Indicator) -> Bool {
    left.confidence == right.confidence && left.feeds == right.feeds && left.tags == right.tags && left.mode == right.mode
      && left.tlp == right.tlp && left.malware == right.malware && left.observable.flags == right.observable.flags
      && left.actors == right.actors
  }

  /// The bytes of an entry, context left out.
  func range(_ entry: Int) -> Range<Int> {
    Int(starts[entry])..<(entry + 1 < starts.count ? Int(starts[entry + 1]) : data.count)
  }

  func context(_ entry: Int) -> UInt32 { contextOf[entry] }

  private(set) var order: [UInt32] = []

  /// After sorting: the entry at a place of the final order.
  func entry(at place: Int) -> Int { Int(order[place]) }

  /// Of type, encoding, and value, for comparison: the presence bits do not count.
  private static func identity(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> (head: UInt16, value: Range<Int>) {
    let head = unsafe UInt16(bytes[start]) << 8 | UInt16(bytes[start + 1] >> 4)
    var position = start + 2
    var length = 0
    var shift = 0
    while true {
      let byte = unsafe bytes[position]
      length |= Int(byte & 0x7f) << shift
      position += 1
      if byte < 0x80 { break }
      shift += 7
    }
    var end = position + length
    if unsafe IndicatorRecord.Encoding.both.rawValue == bytes[start + 1] >> 4 {
      var other = 0
      shift = 0
      while true {
        let byte = unsafe bytes[end]
        other |= Int(byte & 0x7f) << shift
        end += 1
        if byte < 0x80 { break }
        shift += 7
      }
      end += other
    }
    return (head, position..<end)
  }

  /// Sorts by type and value, merges equal ones, and numbers contexts by their bytes.
  /// - Returns: how many were merged away.
  mutating func sortAndMerge() -> Int {
    struct Item {
      var prefix: UInt64
      var entry: UInt32
    }
    var items: [Item] = []
    items.reserveCapacity(starts.count)
    /// Places whose observable is the one before.
    var doubles: [Int] = []
    unsafe data.withUnsafeBufferPointer { bytes in
      for entry in starts.indices {
        let (head, value) = unsafe Self.identity(bytes, Int(starts[entry]))
        var prefix = UInt64(head >> 8) << 56
        var shift: UInt64 = 48
        for index in value.prefix(7) {
          prefix |= unsafe UInt64(bytes[index]) << shift
          shift = shift &- 8
        }
        items.append(Item(prefix: prefix, entry: UInt32(entry)))
      }
      func compare(_ left: UInt32, _ right: UInt32) -> Int {
        let (leftHead, leftValue) = unsafe Self.identity(bytes, Int(starts[Int(left)]))
        let (rightHead, rightValue) = unsafe Self.identity(bytes, Int(starts[Int(right)]))
        if leftHead >> 8 != rightHead >> 8 { return leftHead < rightHead ? -1 : 1 }
        var index = 0
        while index < leftValue.count, index < rightValue.count {
          let leftByte = unsafe bytes[leftValue.lowerBound + index]
          let rightByte = unsafe bytes[rightValue.lowerBound + index]
          if leftByte != rightByte { return leftByte < rightByte ? -1 : 1 }
          index += 1
        }
        if leftValue.count != rightValue.count { return leftValue.count < rightValue.count ? -1 : 1 }
        if leftHead != rightHead { return leftHead < rightHead ? -1 : 1 }
        return 0
      }
      items.sort { left, right in
        left.prefix != right.prefix ? left.prefix < right.prefix : compare(left.entry, right.entry) < 0
      }
      for index in items.indices.dropFirst() where items[index].prefix == items[index - 1].prefix {
        if compare(items[index - 1].entry, items[index].entry) == 0 { doubles.append(index) }
      }
    }
    order = items.map(\.entry)
    items = []
    merge(doubles)
    isSorted = true
    renumberContexts()
    return doubles.count
  }

  /// Folds each row of equal observables into one entry, appended; all others stay as they are.
  private mutating func merge(_ doubles: [Int]) {
    guard !doubles.isEmpty else { return }
    var kept: [UInt32] = []
    kept.reserveCapacity(order.count - doubles.count)
    var held: Indicator?
    func flush(_ packed: inout PackedIndicators) {
      guard let merged = held else { return }
      held = nil
      // A full index keeps the first of them.
      if (try? packed.append(merged)) != nil { kept[kept.count - 1] = UInt32(packed.starts.count - 1) }
    }
    var next = doubles.startIndex
    for place in order.indices {
      if next < doubles.endIndex, doubles[next] == place {
        next += 1
        guard let first = held ?? indicator(Int(kept[kept.count - 1])), let second = indicator(Int(order[place])) else { continue }
        held = IndicatorMerge.merge(first, second)
      } else {
        flush(&self)
        kept.append(order[place])
      }
    }
    flush(&self)
    order = kept
  }

  private mutating func renumberContexts() {
    contextNumbers = [:]
    var isUsed = [Bool](repeating: false, count: contexts.count)
    for entry in order { isUsed[Int(contextOf[Int(entry)])] = true }
    let sorted = contexts.indices.filter { isUsed[$0] }.sorted { contexts[$0].lexicographicallyPrecedes(contexts[$1]) }
    var numbers = [UInt32](repeating: 0, count: contexts.count)
    for (place, old) in sorted.enumerated() { numbers[old] = UInt32(place) }
    contexts = sorted.map { contexts[$0] }
    for index in contextOf.indices { contextOf[index] = numbers[Int(contextOf[index])] }
  }

  /// The indicator of an entry, read back.
  func indicator(_ entry: Int) -> Indicator? {
    let range = range(entry)
    let context = contexts[Int(contextOf[entry])]
    return unsafe data.withUnsafeBytes { bytes in
      unsafe context.withUnsafeBytes { contextBytes in
        var reader = unsafe RecordReader(bytes, from: range.lowerBound, to: range.upperBound)
        var contextReader = unsafe RecordReader(contextBytes, from: 0, to: contextBytes.count)
        guard let body = RecordBody(&reader), let context = IndexContext(&contextReader) else { return nil }
        return body.indicator(context)
      }
    }
  }

  /// A digest of all that will be written, for the seed. Not cryptographic: the secret is.
  var digest: [UInt8] {
    var state = Checksum.seed
    unsafe data.withUnsafeBytes { bytes in
      for entry in order {
        let range = range(Int(entry))
        state = unsafe Checksum.update(state, UnsafeRawBufferPointer(rebasing: bytes[range])) &+ UInt64(range.count)
      }
    }
    for context in contexts { state = state &* 0x9e37_79b9_7f4a_7c15 ^ Checksum.of(context) }
    return (0..<8).map { UInt8(truncatingIfNeeded: state >> UInt64(8 * $0)) }
  }
}

/// A record without its context.
struct RecordBody {
  var type: IndicatorType
  var canonical: [UInt8]
  var match: [UInt8]
  var first: Timestamp?
  var last: Timestamp?
  var until: Timestamp?
  var references: [String] = []

  /// Nil for bytes that no builder wrote.
  init?(_ reader: inout RecordReader, afterHead: (inout RecordReader) -> Void = { _ in }) {
    guard let code = reader.byte(), let type = IndexTypes.type(code), let head = reader.byte(),
      let encoding = IndicatorRecord.Encoding(rawValue: head >> 4)
    else { return nil }
    afterHead(&reader)
    guard let stored = reader.text() else { return nil }
    var other: [UInt8] = []
    if encoding == .both {
      guard let text = reader.text() else { return nil }
      other = text
    }
    self.type = type
    (canonical, match) = IndicatorRecord.decode(encoding, stored, other: other)
    let presence = IndicatorRecord.Presence(rawValue: head & 15)
    if presence.contains(.first) {
      guard let time = reader.time() else { return nil }
      first = time
    }
    if presence.contains(.last) {
      guard let time = reader.time() else { return nil }
      last = time
    }
    if presence.contains(.until) {
      guard let time = reader.time() else { return nil }
      until = time
    }
    if presence.contains(.references) {
      guard let texts = reader.strings() else { return nil }
      references = texts
    }
  }

  func indicator(_ context: IndexContext) -> Indicator {
    Indicator(
      observable: Observable(
        type: type, canonical: String(decoding: canonical, as: UTF8.self), match: String(decoding: match, as: UTF8.self),
        flags: context.flags),
      feeds: context.feeds, firstSeen: first, lastSeen: last, validUntil: until, confidence: context.confidence, tags: context.tags,
      actors: context.actors, malware: context.malware, tlp: context.tlp, references: references, mode: context.mode)
  }
}

/// One indicator out of two of the same value, whichever comes first.
enum IndicatorMerge {
  static func merge(_ left: Indicator, _ right: Indicator) -> Indicator {
    var merged = left
    merged.feeds = union(left.feeds, right.feeds)
    merged.tags = union(left.tags, right.tags)
    merged.malware = union(left.malware, right.malware)
    merged.references = union(left.references, right.references)
    merged.firstSeen = [left.firstSeen, right.firstSeen].compactMap(\.self).min()
    merged.lastSeen = [left.lastSeen, right.lastSeen].compactMap(\.self).max()
    // One that never expires wins.
    merged.validUntil = left.validUntil.flatMap { first in right.validUntil.map { max(first, $0) } }
    merged.confidence = max(left.confidence, right.confidence)
    merged.tlp = [left.tlp, right.tlp].compactMap(\.self).max { rank($0) < rank($1) }
    merged.mode = [left.mode, right.mode].compactMap(\.self).min { order($0) < order($1) }
    merged.actors = Array(Set(left.actors + right.actors)).sorted { key($0).lexicographicallyPrecedes(key($1)) }
    merged.observable = Observable(
      type: left.type, canonical: left.observable.canonical, match: left.observable.match,
      flags: left.observable.flags + right.observable.flags)
    return merged
  }

  private static func union(_ left: [String], _ right: [String]) -> [String] { left == right ? left : Set(left + right).sorted() }
  private static func order(_ mode: MatchMode) -> Int { MatchMode.allCases.firstIndex(of: mode) ?? 0 }
  private static func rank(_ tlp: String) -> Int { ["clear", "green", "amber", "amber+strict", "red"].firstIndex(of: tlp) ?? 0 }
  private static func key(_ actor: ActorAttribution) -> [String] {
    [actor.id ?? "", actor.raw, actor.status.rawValue, actor.name ?? ""] + actor.parents + [""] + actor.candidates
  }
}
