internal import CShims
import Indicators

/// Indicators on their way into the index, each as the bytes of its record: sorted and merged before they are written.
struct PackedIndicators: ~Copyable {
  /// Entry data one after another: type, encoding, presence, value, other value, times, references.
  private var data: [UInt8] = []
  private var starts: [UInt32] = []
  /// The number of each entry's context, perhaps with ``noSuffix``.
  private var contextOf: [UInt32] = []
  /// Of a name of which whoever added it has just asked the list of public suffixes: it is none.
  private static let noSuffix: UInt32 = 1 << 31

  private var contexts: [[UInt8]] = []
  private var contextNumbers: [[UInt8]: UInt32] = [:]
  private var lastContext: (shared: Indicator, number: UInt32)?

  init() {}

  /// Room that is not used costs addresses and no memory; beyond a gigabyte it is left to growing.
  mutating func reserve(bytes: Int) {
    guard bytes > 0, bytes <= 1 << 30 else { return }
    data.reserve(data.count + bytes)
    starts.reserve(starts.count + bytes / 24)
    contextOf.reserve(contextOf.count + bytes / 24)
  }

  mutating func append(_ indicator: Indicator) throws(Diagnostic) {
    guard let code = IndexTypes.code(of: indicator.type) else {
      throw Diagnostic(.error, code: "index.unknown-type", "the index has no code for type \(indicator.type.rawValue)")
    }
    let context = number(of: indicator)
    try unsafe indicator.observable.canonical.utf8.span.withUnsafeBufferPointer { canonical throws(Diagnostic) in
      try unsafe indicator.observable.match.utf8.span.withUnsafeBufferPointer { match throws(Diagnostic) in
        try unsafe append(
          code: code, canonical: canonical, match: match, first: indicator.firstSeen, last: indicator.lastSeen, until: indicator.validUntil,
          references: indicator.references, context: context)
      }
    }
  }

  /// Adds an indicator as its parts: see ``IndexBuilder/add(code:canonical:match:first:last:until:references:context:isNoSuffix:)``.
  mutating func append(
    code: UInt8, canonical: UnsafeBufferPointer<UInt8>, match: UnsafeBufferPointer<UInt8>, first: Timestamp?, last: Timestamp?, until: Timestamp?,
    references: [String], context: UInt32, isNoSuffix: Bool = false
  ) throws(Diagnostic) {
    guard data.count < Int(UInt32.max) - 1 << 20, starts.count < Int(UInt32.max) - 1 else {
      throw Diagnostic(.error, code: "index.too-large", "the index is full: \(starts.count) indicators", hint: "leave out a feed")
    }
    starts.append(UInt32(data.count))
    contextOf.append(isNoSuffix ? context | Self.noSuffix : context)
    var presence: IndicatorRecord.Presence = []
    if first != nil { presence.insert(.first) }
    if last != nil { presence.insert(.last) }
    if until != nil { presence.insert(.until) }
    if !references.isEmpty { presence.insert(.references) }
    // In one piece: an array asks whether it is shared for every byte.
    let room = 2 + IndicatorRecord.room(canonical: canonical.count, match: match.count)
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { record in
      guard let base = record.baseAddress else { return }
      let (encoding, count) = unsafe IndicatorRecord.write(canonical: canonical, match: match, at: base + 2)
      unsafe base[0] = code
      unsafe base[1] = presence.rawValue | encoding.rawValue << 4
      unsafe data.append(contentsOf: UnsafeBufferPointer(start: base, count: 2 + count))
    }
    if presence.isEmpty { return }
    end(first, last, until, references)
  }

  private mutating func end(_ first: Timestamp?, _ last: Timestamp?, _ until: Timestamp?, _ references: [String]) {
    if let first { data.appendTime(first) }
    if let last { data.appendTime(last) }
    if let until { data.appendTime(until) }
    if !references.isEmpty {
      data.appendVarint(UInt64(references.count))
      for reference in references { data.appendText(reference.utf8) }
    }
  }

  /// The number of what an indicator shares with others.
  mutating func number(of indicator: Indicator) -> UInt32 {
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
  private func range(_ entry: Int) -> Range<Int> {
    Int(starts[entry])..<(entry + 1 < starts.count ? Int(starts[entry + 1]) : data.count)
  }

  /// Entries in the final order.
  private var order: [UInt32] = []

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

  /// The first eight bytes of a range, highest first; zeros behind its end.
  @inline(__always) private static func word(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> UInt64 {
    if range.count >= 8 { return unsafe UInt64(bigEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self)) }
    var word: UInt64 = 0
    var shift: UInt64 = 56
    for index in range {
      word |= unsafe UInt64(bytes[index]) << shift
      shift = shift &- 8
    }
    return word
  }

  private struct Item {
    var prefix: UInt64
    var entry: UInt32
  }

  /// Sorts by type and value, merges equal ones, numbers contexts by their bytes, and gives up what it holds as records in their final
  /// form.
  /// - Throws: `index.too-large` beyond four billion bytes.
  mutating func finish() throws(Diagnostic) -> SortedRecords {
    var items: [Item] = []
    items.reserve(starts.count)
    /// Places whose observable is the one before.
    var doubles: [Int] = []
    unsafe data.withUnsafeBufferPointer { bytes in
      for entry in starts.indices {
        let (head, value) = unsafe Self.identity(bytes, Int(starts[entry]))
        let word = unsafe Self.word(bytes, value)
        items.append(Item(prefix: UInt64(head >> 8) << 56 | word >> 8, entry: UInt32(entry)))
      }
      Self.sortByPrefix(&items)
      var start = 0
      while start < items.count {
        var end = start + 1
        while end < items.count, items[end].prefix == items[start].prefix { end += 1 }
        if end - start > 1 {
          // By the eight bytes behind those that they share; the whole values are seldom compared.
          for index in start..<end {
            let value = unsafe Self.identity(bytes, Int(starts[Int(items[index].entry)])).value
            items[index].prefix = unsafe Self.word(bytes, value.dropFirst(7))
          }
          items[start..<end].sort { left, right in
            if left.prefix != right.prefix { return left.prefix < right.prefix }
            let order = unsafe Self.compare(bytes, Int(starts[Int(left.entry)]), Int(starts[Int(right.entry)]))
            return order != 0 ? order < 0 : left.entry < right.entry
          }
          for index in (start + 1)..<end where items[index].prefix == items[index - 1].prefix {
            if unsafe Self.compare(bytes, Int(starts[Int(items[index - 1].entry)]), Int(starts[Int(items[index].entry)])) == 0 { doubles.append(index) }
          }
        }
        start = end
      }
    }
    order.reserve(items.count)
    for item in items { order.append(item.entry) }
    items = []
    merge(doubles)
    renumberContexts()
    return try records(merged: doubles.count)
  }

  /// Type, then value, then encoding; negative, zero or positive.
  private static func compare(_ bytes: UnsafeBufferPointer<UInt8>, _ left: Int, _ right: Int) -> Int {
    let (leftHead, leftValue) = unsafe identity(bytes, left)
    let (rightHead, rightValue) = unsafe identity(bytes, right)
    if leftHead >> 8 != rightHead >> 8 { return leftHead < rightHead ? -1 : 1 }
    var index = 0
    while index < leftValue.count, index < rightValue.count {
      let leftByte = unsafe bytes[leftValue.lowerBound + index]
      let rightByte = unsafe bytes[rightValue.lowerBound + index]
      if leftByte != rightByte { return leftByte < rightByte ? -1 : 1 }
      index += 1
    }
    if leftValue.count != rightValue.count { return leftValue.count < rightValue.count ? -1 : 1 }
    return Int(leftHead) - Int(rightHead)
  }

  /// By radix, byte after byte from the lowest: an eighth of the time that comparisons take.
  private static func sortByPrefix(_ items: inout [Item]) {
    if items.count < 1 << 12 { return items.sort { ($0.prefix, $0.entry) < ($1.prefix, $1.entry) } }
    var counts = [Int](repeating: 0, count: 8 * 256)
    for item in items {
      for digit in 0..<8 { counts[digit << 8 | Int(truncatingIfNeeded: item.prefix >> UInt64(8 * digit) & 255)] += 1 }
    }
    var other: [Item] = []
    other.reserve(items.count)
    other.append(contentsOf: items)
    for digit in 0..<8 {
      var places = counts[(digit << 8)..<((digit + 1) << 8)].map { $0 }
      if places.contains(items.count) { continue }
      var place = 0
      for index in places.indices { (places[index], place) = (place, place + places[index]) }
      let shift = UInt64(8 * digit)
      for item in items {
        let value = Int(truncatingIfNeeded: item.prefix >> shift & 255)
        other[places[value]] = item
        places[value] += 1
      }
      swap(&items, &other)
    }
  }

  private mutating func records(merged: Int) throws(Diagnostic) -> SortedRecords {
    var records = SortedRecords(contexts: contexts, merged: merged)
    // The context stands behind the record's two head bytes.
    var length = 0
    records.offsets.reserve(order.count + 1)
    records.noSuffixes = [UInt64](repeating: 0, count: order.count / 64 + 1)
    for (place, entry) in order.enumerated() {
      let context = contextOf[Int(entry)]
      if context & Self.noSuffix != 0 { records.noSuffixes[place >> 6] |= 1 << UInt64(place & 63) }
      length += range(Int(entry)).count + Self.varintLength(context & ~Self.noSuffix)
      guard let end = UInt32(exactly: length) else {
        throw Diagnostic(.error, code: "index.too-large", "the index is full: \(records.count) indicators", hint: "leave out a feed")
      }
      records.offsets.append(end)
    }
    records.data = unsafe [UInt8](unsafeUninitializedCapacity: length) { target, filled in
      unsafe data.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        unsafe ukai_advise_large_pages(to, length)
        for place in order.indices {
          // The records lie as they came: far from each other.
          if place + Self.ahead < order.count { unsafe ukai_prefetch(from + Int(starts[Int(order[place + Self.ahead])])) }
          let range = range(Int(order[place]))
          unsafe (to + filled).update(from: from + range.lowerBound, count: 2)
          filled += 2
          filled += unsafe IndicatorRecord.writeVarint(UInt64(contextOf[Int(order[place])] & ~Self.noSuffix), at: to + filled)
          unsafe (to + filled).update(from: from + range.lowerBound + 2, count: range.count - 2)
          filled += range.count - 2
        }
      }
    }
    self = PackedIndicators()
    return records
  }

  /// How many records ahead one is asked for.
  private static let ahead = 12

  private static func varintLength(_ value: UInt32) -> Int { value < 0x80 ? 1 : (38 - value.leadingZeroBitCount) / 7 }

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
    if contexts.count < 2, !order.isEmpty { return }
    var isUsed = [Bool](repeating: false, count: contexts.count)
    for entry in order { isUsed[Int(contextOf[Int(entry)] & ~Self.noSuffix)] = true }
    let sorted = contexts.indices.filter { isUsed[$0] }.sorted { contexts[$0].lexicographicallyPrecedes(contexts[$1]) }
    var numbers = [UInt32](repeating: 0, count: contexts.count)
    for (place, old) in sorted.enumerated() { numbers[old] = UInt32(place) }
    contexts = sorted.map { contexts[$0] }
    for index in contextOf.indices { contextOf[index] = numbers[Int(contextOf[index] & ~Self.noSuffix)] | contextOf[index] & Self.noSuffix }
  }

  /// The indicator of an entry, read back.
  private func indicator(_ entry: Int) -> Indicator? {
    let range = range(entry)
    let context = contexts[Int(contextOf[entry] & ~Self.noSuffix)]
    return unsafe data.withUnsafeBytes { bytes in
      unsafe context.withUnsafeBytes { contextBytes in
        var reader = unsafe RecordReader(bytes, from: range.lowerBound, to: range.upperBound)
        var contextReader = unsafe RecordReader(contextBytes, from: 0, to: contextBytes.count)
        guard let body = RecordBody(&reader), let context = IndexContext(&contextReader) else { return nil }
        return body.indicator(context)
      }
    }
  }
}

/// What ``PackedIndicators`` makes: the records as the file has them, in order of type and value, each with the number of its context.
struct SortedRecords {
  var data: [UInt8] = []
  /// Where each record begins, and the end.
  var offsets: [UInt32] = [0]
  var contexts: [[UInt8]]
  /// How many indicators were merged away.
  var merged: Int
  /// A bit a record: a name that is known to be no public suffix.
  var noSuffixes: [UInt64] = []

  var count: Int { offsets.count - 1 }

  func isNoSuffix(_ place: Int) -> Bool { place >> 6 < noSuffixes.count && noSuffixes[place >> 6] >> UInt64(place & 63) & 1 == 1 }

  func range(_ place: Int) -> Range<Int> { Int(offsets[place])..<Int(offsets[place + 1]) }

  func body(at place: Int) -> (body: RecordBody, context: Int)? {
    let range = range(place)
    return unsafe data.withUnsafeBytes { bytes in
      var reader = unsafe RecordReader(bytes, from: range.lowerBound, to: range.upperBound)
      return RecordBody.withContext(&reader)
    }
  }

  /// A digest of all that will be written, for the seed. Not cryptographic: the secret is.
  var digest: [UInt8] {
    var state = Checksum.of(data) &+ UInt64(count)
    for context in contexts { state = state &* 0x9e37_79b9_7f4a_7c15 ^ Checksum.of(context) }
    return (0..<8).map { UInt8(truncatingIfNeeded: state >> UInt64(8 * $0)) }
  }
}
