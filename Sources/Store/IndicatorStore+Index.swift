internal import GRDB
public import Indicators
public import Matching

extension IndicatorStore {
  /// Gives the builder of an index every indicator that is valid at `now`, merged over its feeds: what ``forEachLive(_:isOrdered:now:corroborate:_:)``
  /// with ``IndexBuilder/add(_:)`` gives it, which a test compares.
  ///
  /// What one feed lists, as most is, goes from the tables' rows into the index's records without becoming an indicator.
  ///
  /// - Parameter corroborate: one confidence out of those of the feeds.
  public func pack(into builder: inout IndexBuilder, now: Timestamp, corroborate: ([Int]) -> Int) throws {
    try queue.inDatabase { database in
      // Side by side, in the order of both: a join would search for each listing.
      let values = BulkStatement(try database.makeStatement(sql: "SELECT number, type, match, canonical, flags FROM indicator ORDER BY number"))
      let listings = BulkStatement(
        try database.makeStatement(
          sql: """
            SELECT indicator, feed, first_seen, last_seen, valid_until, confidence, mode, details, is_moving, valid_for
            FROM listing ORDER BY indicator, feed
            """))
      defer {
        values.reset()
        listings.reset()
      }
      var packing = LivePacking(values: values, feeds: try FeedReadings(database), now: now)
      while try listings.next() { try packing.take(listings, into: &builder, corroborate) }
      try packing.finish(into: &builder, corroborate)
    }
  }
}

/// A walk along the listings, with the values beside it.
private struct LivePacking {
  let values: BulkStatement
  let feeds: FeedReadings
  let now: Timestamp
  private let memory = DetailsMemory()
  /// The listing at hand, as long as it is its indicator's only one.
  private var held = Held()
  /// All of them, when there are several.
  private var several: [Provenance] = []
  private var types: [(text: [UInt8], type: IndicatorType?, code: UInt8?)] = []
  /// What listings that say the same share, by all that they say but value and times.
  private var shared: [[UInt8]: (context: UInt32, references: [String])] = [:]
  private static let sharedLimit = 50_000

  private struct Held {
    /// 0 for none.
    var indicator: Int64 = 0
    var feed: Int64 = 0
    var first: Int64 = 0
    var last: Int64 = 0
    var until: Timestamp?
    var confidence = 0
    var mode: [UInt8]?
    var details: [UInt8] = []
  }

  init(values: BulkStatement, feeds: FeedReadings, now: Timestamp) {
    self.values = values
    self.feeds = feeds
    self.now = now
  }

  mutating func take(_ row: BulkStatement, into builder: inout IndexBuilder, _ corroborate: ([Int]) -> Int) throws {
    let feed = row.number(1)
    let readAt = feeds.readAt(feed)
    let until = Merging.validUntil(row.isNull(4) ? nil : row.number(4), for: row.isNull(9) ? nil : row.number(9), since: readAt)
    if let until, until <= now { return }
    let indicator = row.number(0)
    if indicator == held.indicator {
      if several.isEmpty { several.append(provenance()) }
    } else {
      try flush(into: &builder, corroborate)
    }
    held.indicator = indicator
    held.feed = feed
    held.first = row.number(2)
    held.last = row.number(8) == 0 ? row.number(3) : readAt.microseconds
    held.until = until
    held.confidence = Int(row.number(5))
    held.mode = row.isNull(6) ? nil : unsafe Array(row.text(6))
    held.details.removeAll(keepingCapacity: true)
    unsafe held.details.append(contentsOf: row.text(7))
    if !several.isEmpty { several.append(provenance()) }
  }

  mutating func finish(into builder: inout IndexBuilder, _ corroborate: ([Int]) -> Int) throws { try flush(into: &builder, corroborate) }

  private func provenance() -> Provenance {
    Merging.provenance(
      details: String(decoding: held.details, as: UTF8.self), feed: feeds[held.feed].name, firstSeen: held.first, lastSeen: held.last,
      validUntil: held.until, confidence: held.confidence, mode: held.mode.map { String(decoding: $0, as: UTF8.self) }, memory)
  }

  private mutating func flush(into builder: inout IndexBuilder, _ corroborate: ([Int]) -> Int) throws {
    defer { several.removeAll(keepingCapacity: true) }
    guard held.indicator != 0, try findValue() else { return }
    let (type, code) = unsafe type(values.text(1))
    // A type that this version does not know, written by a newer one.
    guard let type, let code else { return }
    // An IPv6 address before a port has brackets around it, and may stand for an IPv4 one.
    if several.isEmpty, type == .ipv6Port { several.append(provenance()) }
    if !several.isEmpty {
      if let indicator = indicator(type, several, corroborate) { try builder.add(indicator) }
      return
    }
    guard let known = share(type, &builder, corroborate) else { return }
    let key = unsafe values.text(2)
    let port = ValueKey.leavesPortOut(type) ? unsafe key.lastIndex(of: 0x3A) : nil
    try unsafe builder.add(
      code: code, canonical: values.text(3), match: port.map { unsafe UnsafeBufferPointer(rebasing: key[..<$0]) } ?? key, first: Timestamp(microseconds: held.first), last: Timestamp(microseconds: held.last),
      until: held.until, references: known.references, context: known.context)
  }

  /// Goes to the value of the listing at hand.
  private func findValue() throws -> Bool {
    while try values.next() {
      let number = values.number(0)
      if number == held.indicator { return true }
      if number > held.indicator { break }
    }
    throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a listing has no indicator")
  }

  private func indicator(_ type: IndicatorType, _ provenances: [Provenance], _ corroborate: ([Int]) -> Int) -> Indicator? {
    func text(_ column: Int32) -> String { unsafe String(decoding: values.text(column), as: UTF8.self) }
    var merging = Merging(number: held.indicator, type: type, match: text(2), canonical: text(3), flags: text(4))
    for provenance in provenances { merging.add(provenance, listedFrom: now) }
    return merging.indicator(corroborate)
  }

  /// What the value at hand shares with others.
  private mutating func share(
    _ type: IndicatorType, _ builder: inout IndexBuilder, _ corroborate: ([Int]) -> Int
  ) -> (context: UInt32, references: [String])? {
    // Behind the details, which are a JSON text, no part can be taken for another.
    held.details.append(0)
    defer { held.details.removeAll(keepingCapacity: true) }
    let end = held.details.count - 1
    held.details.append(UInt8(clamping: held.confidence))
    for shift in stride(from: 0, to: 64, by: 8) { held.details.append(UInt8(truncatingIfNeeded: held.feed >> Int64(shift))) }
    unsafe held.details.append(contentsOf: values.text(4))
    if let mode = held.mode {
      held.details.append(0)
      held.details.append(contentsOf: mode)
    }
    if let known = shared[held.details] { return known }
    let key = held.details
    held.details.removeSubrange(end...)
    guard let indicator = indicator(type, [provenance()], corroborate) else { return nil }
    let known = (context: builder.context(of: indicator), references: indicator.references)
    if shared.count >= Self.sharedLimit { shared.removeAll(keepingCapacity: true) }
    shared[key] = known
    return known
  }

  private mutating func type(_ text: UnsafeBufferPointer<UInt8>) -> (IndicatorType?, UInt8?) {
    // A few dozen, compared faster than hashed.
    for known in types where unsafe known.text.elementsEqual(text) { return (known.type, known.code) }
    let type = unsafe IndicatorType(rawValue: String(decoding: text, as: UTF8.self))
    unsafe types.append((Array(text), type, type.flatMap(IndexBuilder.code(of:))))
    return (type, types[types.count - 1].code)
  }
}
