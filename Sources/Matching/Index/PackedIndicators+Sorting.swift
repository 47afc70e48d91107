internal import CShims
import Indicators

/// The way from records as they came to records as the file has them.
extension PackedIndicators {
  /// A record on its way through the sort.
  private struct Item {
    /// Type and the value's first seven bytes.
    var prefix: UInt64
    /// Where the record begins.
    var start: UInt32
  }

  /// How many records ahead one is asked for: they lie as they came, far from each other.
  private static let ahead = 12

  /// Sorts by type and value, merges equal ones, numbers contexts by their bytes, and gives up what it holds as records in their final
  /// form.
  /// - Throws: `index.too-large` beyond four billion bytes.
  mutating func finish() throws(Diagnostic) -> SortedRecords {
    var order: [UInt32] = []
    /// Places whose observable is the one before.
    var doubles: [Int] = []
    unsafe data.withUnsafeBufferPointer { bytes in
      var items: [Item] = []
      items.reserveCapacity(count)
      var start = 0
      while start < bytes.count {
        let (head, value) = unsafe Self.identity(bytes, start)
        items.append(Item(prefix: unsafe UInt64(head >> 8) << 56 | Self.word(bytes, value) >> 8, start: UInt32(start)))
        start = unsafe Self.end(bytes, start, valueEnd: value.upperBound)
      }
      Self.sortByPrefix(&items)
      doubles = unsafe Self.sortWithinPrefixes(&items, bytes)
      order = items.map(\.start)
    }
    merge(doubles, &order)
    return try records(order, merged: doubles.count)
  }

  /// Sorts what shares its prefix; answers the places whose observable is the one before.
  private static func sortWithinPrefixes(_ items: inout [Item], _ bytes: UnsafeBufferPointer<UInt8>) -> [Int] {
    var doubles: [Int] = []
    var start = 0
    while start < items.count {
      var end = start + 1
      while end < items.count, items[end].prefix == items[start].prefix { end += 1 }
      if end - start > 1 {
        for index in start..<end { unsafe ask(bytes, items[index].start) }
        // By the eight bytes behind those that they share; the whole values are seldom compared.
        for index in start..<end {
          let value = unsafe identity(bytes, Int(items[index].start)).value
          items[index].prefix = unsafe word(bytes, value.dropFirst(7))
        }
        items[start..<end].sort { left, right in
          if left.prefix != right.prefix { return left.prefix < right.prefix }
          let order = unsafe compare(bytes, Int(left.start), Int(right.start))
          return order != 0 ? order < 0 : left.start < right.start
        }
        for index in (start + 1)..<end where items[index].prefix == items[index - 1].prefix {
          if unsafe compare(bytes, Int(items[index - 1].start), Int(items[index].start)) == 0 { doubles.append(index) }
        }
      }
      start = end
    }
    return doubles
  }

  @inline(__always) private static func ask(_ bytes: UnsafeBufferPointer<UInt8>, _ start: UInt32) {
    if let base = bytes.baseAddress { unsafe ukai_prefetch(base + Int(start)) }
  }

  /// By radix, byte after byte from the lowest: an eighth of the time that comparisons take.
  private static func sortByPrefix(_ items: inout [Item]) {
    if items.count < 1 << 12 { return items.sort { ($0.prefix, $0.start) < ($1.prefix, $1.start) } }
    var counts = [Int](repeating: 0, count: 8 << 8)
    for item in items {
      for digit in 0..<8 { counts[digit << 8 | Int(truncatingIfNeeded: item.prefix >> UInt64(8 * digit) & 255)] += 1 }
    }
    var other = items
    for digit in 0..<8 {
      var places = Array(counts[(digit << 8)..<((digit + 1) << 8)])
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

  // MARK: Reading what was packed

  /// Of type, encoding, and value, for comparison: the presence bits do not count.
  private static func identity(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> (head: UInt16, value: Range<Int>) {
    let head = unsafe UInt16(bytes[start]) << 8 | UInt16(bytes[start + 1] >> 4)
    var position = start + headLength
    let length = unsafe varint(bytes, &position)
    var end = position + length
    if unsafe IndicatorRecord.Encoding.both.rawValue == bytes[start + 1] >> 4 { unsafe end += varint(bytes, &end) }
    return (head, position..<end)
  }

  /// Where the record that begins at `start` ends.
  private static func end(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, valueEnd: Int) -> Int {
    let presence = unsafe IndicatorRecord.Presence(rawValue: bytes[start + 1] & 15)
    var position = valueEnd
    if presence.isEmpty { return position }
    for _ in 0..<presence.intersection([.first, .last, .until]).rawValue.nonzeroBitCount { _ = unsafe varint(bytes, &position) }
    if presence.contains(.references) {
      for _ in 0..<(unsafe varint(bytes, &position)) { unsafe position += varint(bytes, &position) }
    }
    return position
  }

  /// - Parameter position: comes behind it. What is read was packed here.
  @inline(__always) private static func varint(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> Int {
    var value = 0
    var shift = 0
    while true {
      let byte = unsafe bytes[position]
      value |= Int(byte & 0x7f) << shift
      position += 1
      if byte < 0x80 { return value }
      shift += 7
    }
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

  /// The number of a record's context, perhaps with ``noSuffix``.
  @inline(__always) private static func context(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> UInt32 {
    unsafe UInt32(littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: start + 2, as: UInt32.self))
  }

  /// The indicator of a record, read back.
  private func indicator(at start: UInt32) -> Indicator? {
    let start = Int(start)
    return unsafe data.withUnsafeBufferPointer { bytes in
      let end = unsafe Self.end(bytes, start, valueEnd: Self.identity(bytes, start).value.upperBound)
      return unsafe contexts[Int(Self.context(bytes, start) & ~Self.noSuffix)].withUnsafeBytes { contextBytes in
        var reader = unsafe RecordReader(UnsafeRawBufferPointer(bytes), from: start, to: end)
        var contextReader = unsafe RecordReader(contextBytes, from: 0, to: contextBytes.count)
        guard let body = RecordBody(&reader, afterHead: { reader in for _ in 2..<Self.headLength { _ = reader.byte() } }),
          let context = IndexContext(&contextReader)
        else { return nil }
        return body.indicator(context)
      }
    }
  }

  // MARK: Merging and writing

  /// Folds each row of equal observables into one record, appended; all others stay as they are.
  private mutating func merge(_ doubles: [Int], _ order: inout [UInt32]) {
    guard !doubles.isEmpty else { return }
    var kept: [UInt32] = []
    kept.reserveCapacity(order.count - doubles.count)
    var held: Indicator?
    func drop(_ packed: inout PackedIndicators, _ start: UInt32) {
      let context = unsafe packed.data.withUnsafeBufferPointer { unsafe Self.context($0, Int(start)) }
      packed.uses[Int(context & ~Self.noSuffix)] -= 1
    }
    func flush(_ packed: inout PackedIndicators) {
      guard let merged = held else { return }
      held = nil
      let start = packed.data.count
      // A full index keeps the first of them.
      guard (try? packed.append(merged)) != nil, let place = UInt32(exactly: start) else { return }
      drop(&packed, kept[kept.count - 1])
      kept[kept.count - 1] = place
    }
    var next = doubles.startIndex
    for place in order.indices {
      if next < doubles.endIndex, doubles[next] == place {
        next += 1
        drop(&self, order[place])
        guard let first = held ?? indicator(at: kept[kept.count - 1]), let second = indicator(at: order[place]) else { continue }
        held = IndicatorMerge.merge(first, second)
      } else {
        flush(&self)
        kept.append(order[place])
      }
    }
    flush(&self)
    order = kept
  }

  /// The new number of each context that is in use: by its bytes.
  private mutating func renumberContexts() -> [UInt32] {
    let sorted = contexts.indices.filter { uses[$0] > 0 }.sorted { contexts[$0].lexicographicallyPrecedes(contexts[$1]) }
    var numbers = [UInt32](repeating: 0, count: contexts.count)
    for (place, old) in sorted.enumerated() { numbers[old] = UInt32(place) }
    contexts = sorted.map { contexts[$0] }
    return numbers
  }

  private mutating func records(_ order: [UInt32], merged: Int) throws(Diagnostic) -> SortedRecords {
    let numbers = renumberContexts()
    var records = SortedRecords(contexts: contexts, merged: merged)
    records.offsets.reserveCapacity(order.count + 1)
    records.noSuffixes = [UInt64](repeating: 0, count: order.count / 64 + 1)
    // A context's number has five bytes at most, where it had four.
    records.data = unsafe [UInt8](unsafeUninitializedCapacity: data.count + order.count) { target, filled in
      unsafe data.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        for place in order.indices {
          if place + Self.ahead < order.count { unsafe Self.ask(source, order[place + Self.ahead]) }
          let start = Int(order[place])
          let end = unsafe Self.end(source, start, valueEnd: Self.identity(source, start).value.upperBound)
          let context = unsafe Self.context(source, start)
          if context & Self.noSuffix != 0 { records.noSuffixes[place >> 6] |= 1 << UInt64(place & 63) }
          unsafe to[filled] = from[start]
          unsafe to[filled + 1] = from[start + 1]
          filled += 2
          filled += unsafe IndicatorRecord.writeVarint(UInt64(numbers[Int(context & ~Self.noSuffix)]), at: to + filled)
          let rest = start + Self.headLength
          unsafe (to + filled).update(from: from + rest, count: end - rest)
          filled += end - rest
          guard let offset = UInt32(exactly: filled) else { return }
          records.offsets.append(offset)
        }
      }
    }
    guard records.count == order.count else {
      throw Diagnostic(.error, code: "index.too-large", "the index is full: \(records.count) indicators", hint: "leave out a feed")
    }
    self = PackedIndicators()
    return records
  }
}
