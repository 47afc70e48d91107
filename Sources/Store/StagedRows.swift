internal import Feeds
internal import GRDB
internal import Indicators

/// Rows as bytes, a third of what they are as ``FeedIndicator``s: so many of them can wait that a stage of a million rows is written in five
/// goes, each from one end of the tree to the other.
struct StagedRows {
  private struct Row {
    var type: IndicatorType
    /// Of the type's name, then the first bytes of the match key: what most rows are sorted by.
    var rank: UInt8
    var prefix: UInt64
    /// Where its texts begin, and how long each is.
    var start: Int
    var match: Int32
    var canonical: Int32
    var flags: Int32
    var details: Int32
    var firstSeen: Int64?
    var lastSeen: Int64?
    var validUntil: Int64?
    var validFor: Int64?
    var line: Int64?
    var identity: Int64?
    var confidence: Int64
    var mode: MatchMode?
  }
  private var rows: [Row] = []
  private var texts: [UInt8] = []
  private static let limit = 48 << 20

  /// Ranks of the types by their names, as the database sorts them.
  private static let ranks: [IndicatorType: UInt8] = Dictionary(
    uniqueKeysWithValues: IndicatorType.allCases.map(\.rawValue).sorted().enumerated().compactMap { place, name in IndicatorType(rawValue: name).map { ($0, UInt8(place)) } })
  private var lastRank: (type: IndicatorType, rank: UInt8)?

  var isFull: Bool { texts.count + rows.count * MemoryLayout<Row>.stride >= Self.limit }

  mutating func removeAll() {
    rows.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
  }

  mutating func append(_ row: FeedIndicator) {
    let provenance = row.provenance
    let start = texts.count
    let key = ValueKey.of(row.observable)
    var prefix: UInt64 = 0
    var shift: UInt64 = 56
    for byte in key.utf8.prefix(8) {
      prefix |= UInt64(byte) << shift
      shift = shift &- 8
    }
    let match = put(key)
    let canonical = row.observable.canonical == key ? 0 : put(row.observable.canonical)
    let flags = put(row.observable.flags.joined(separator: ","))
    let details = texts.count
    ProvenanceDetails.append(provenance, to: &texts)
    rows.append(
      Row(
        type: row.observable.type, rank: rank(row.observable.type), prefix: prefix, start: start, match: match, canonical: canonical, flags: flags,
        details: Int32(clamping: texts.count - details), firstSeen: provenance.firstSeen?.microseconds, lastSeen: provenance.lastSeen?.microseconds,
        validUntil: provenance.validUntil?.microseconds, validFor: row.validFor.map { $0.multipliedReportingOverflow(by: 1_000_000).partialValue },
        line: provenance.line.map(Int64.init), identity: row.row.map { Int64(bitPattern: $0) }, confidence: Int64(provenance.confidence),
        mode: provenance.mode))
  }

  private mutating func put(_ text: String) -> Int32 {
    texts.append(contentsOf: text.utf8)
    return Int32(clamping: text.utf8.count)
  }

  private mutating func rank(_ type: IndicatorType) -> UInt8 {
    if let lastRank, lastRank.type == type { return lastRank.rank }
    let rank = Self.ranks[type] ?? 0
    lastRank = (type, rank)
    return rank
  }

  /// Rows in the order of their keys, and of one key in their own.
  private func sorted(_ bytes: UnsafeBufferPointer<UInt8>) -> [Int32] {
    struct Key {
      var prefix: UInt64
      var rank: UInt8
      var place: Int32
    }
    var keys = rows.indices.map { Key(prefix: rows[$0].prefix, rank: rows[$0].rank, place: Int32($0)) }
    keys.sort { left, right in
      if left.rank != right.rank { return left.rank < right.rank }
      if left.prefix != right.prefix { return left.prefix < right.prefix }
      let one = rows[Int(left.place)]
      let two = rows[Int(right.place)]
      var index = 8
      while index < one.match, index < two.match {
        let (a, b) = unsafe (bytes[one.start + index], bytes[two.start + index])
        if a != b { return a < b }
        index += 1
      }
      return (one.match, left.place) < (two.match, right.place)
    }
    return keys.map(\.place)
  }

  func insert(_ database: Database) throws {
    if rows.isEmpty { return }
    let bulk = BulkStatement(
      try database.cachedStatement(sql: "INSERT INTO temp.stage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \(IndicatorSchema.merging)"))
    defer { bulk.forget() }
    try unsafe texts.withUnsafeBufferPointer { bytes in
      for place in unsafe sorted(bytes) {
        let row = rows[Int(place)]
        var start = row.start
        func text(_ count: Int32) -> UnsafeBufferPointer<UInt8> {
          defer { start += Int(count) }
          return unsafe UnsafeBufferPointer(rebasing: bytes[start..<start + Int(count)])
        }
        bulk.bind(row.type.rawValue, at: 1)
        let match = unsafe text(row.match)
        unsafe bulk.bind(lasting: match, at: 2)
        unsafe bulk.bind(lasting: row.canonical == 0 ? match : text(row.canonical), at: 3)
        unsafe bulk.bind(lasting: text(row.flags), at: 4)
        bulk.bind(row.firstSeen, at: 5)
        bulk.bind(row.lastSeen, at: 6)
        bulk.bind(row.validUntil, at: 7)
        bulk.bind(row.confidence, at: 8)
        bulk.bind(row.mode?.rawValue, at: 9)
        unsafe bulk.bind(lasting: text(row.details), at: 10)
        bulk.bind(row.line, at: 11)
        bulk.bind(row.validFor, at: 12)
        bulk.bind(row.identity, at: 13)
        try bulk.run()
      }
    }
  }
}
