internal import Indicators
internal import Matching

/// Alerts as they stand in the store, so that a batch need not read again what the one before it wrote.
///
/// Names are kept once and alerts without a heap object of their own, about a hundred bytes each: with many alerts this is what decides
/// how often the store is asked.
struct RecentAlerts: Sendable {
  /// 32 hexadecimal digits as two numbers.
  struct Identity: Sendable, Hashable {
    var high: UInt64
    var low: UInt64

    init?(_ text: String) {
      guard text.utf8.count == 32, let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16) else { return nil }
      self.high = high
      self.low = low
    }

    /// The first digit in the first byte.
    var bytes: (UInt64, UInt64) { (high.bigEndian, low.bigEndian) }

    var text: String { Self.digits(high) + Self.digits(low) }

    private static func digits(_ number: UInt64) -> String {
      unsafe String(unsafeUninitializedCapacity: 16) { bytes in
        for place in 0..<16 {
          let digit = UInt8(truncatingIfNeeded: number >> UInt64(60 - 4 * place)) & 15
          unsafe bytes[place] = digit < 10 ? 0x30 + digit : 0x57 + digit
        }
        return 16
      }
    }
  }

  struct Open: Sendable {
    var number: Int64
    var id: Identity
    var count: Int
    var first: Timestamp
    var last: Timestamp
    var wideAssets: Int
    /// Times that destinations had to hear of it: counted one by one, so that the version does not depend on where batches were cut.
    var news: Int32 = 0
    var samples: Int32
    /// The next alert of the same key, in the order of their making; -1 for none.
    var next: Int32 = -1
    /// The commit that last asked for it.
    var used: UInt32 = 0
    var severity: Severity
    /// Its beginning or its severity changed.
    var isMoved = false
    var changed = false
  }

  struct Thing: Hashable, Sendable {
    var type: IndicatorType
    var value: String
  }

  struct Key: Hashable, Sendable {
    var thing: Int32
    var asset: Int32
    var isWide = false
  }

  /// What is known of one indicator.
  struct ThingState: Sendable {
    /// When its ordinary alerts were opened; nil while nobody has asked.
    var openings: [Timestamp]?
    /// Every alert of it that the store has is here: a key that is not is one that has none.
    var isWhole: Bool
  }

  /// What `PRAGMA data_version` told when it was read: another value means that another connection has written since.
  let dataVersion: Int64
  /// Alerts kept at most from one commit to the next.
  let limit: Int
  /// Commits so far.
  private(set) var round: UInt32 = 0
  /// All alerts in memory; a key names the first of its own.
  var alerts: [Open] = []
  /// -1 for a key that has no alert.
  var places: [Key: Int32] = [:]
  private(set) var things: [Thing: Int32] = [:]
  var states: [ThingState] = []
  private(set) var assets: [String: Int32] = [:]

  init(dataVersion: Int64, limit: Int) {
    self.dataVersion = dataVersion
    self.limit = limit
  }

  /// The number of an indicator here; `isKnown` tells whether the store has an alert of it, and is asked once.
  mutating func thing(_ thing: Thing, isKnown: () throws -> Bool) rethrows -> Int32 {
    if let number = things[thing] { return number }
    let number = Int32(clamping: states.count)
    states.append(ThingState(openings: nil, isWhole: try !isKnown()))
    things[thing] = number
    return number
  }

  mutating func asset(_ name: String) -> Int32 {
    if let number = assets[name] { return number }
    let number = Int32(clamping: assets.count)
    assets[name] = number
    return number
  }

  /// Adds the alerts of a key, in the order of their making.
  mutating func add(_ new: [Open], to key: Key) {
    for alert in new.reversed() {
      var alert = alert
      alert.next = places[key] ?? -1
      places[key] = Int32(clamping: alerts.count)
      alerts.append(alert)
    }
    if new.isEmpty, places[key] == nil { places[key] = -1 }
  }

  /// Adds an alert that was just made, behind the others of its key.
  mutating func append(_ alert: Open, to key: Key) -> Int {
    let place = alerts.count
    alerts.append(alert)
    alerts[place].used = round
    guard var last = places[key].map(Int.init), last >= 0 else {
      places[key] = Int32(clamping: place)
      return place
    }
    while alerts[last].next >= 0 { last = Int(alerts[last].next) }
    alerts[last].next = Int32(clamping: place)
    return place
  }

  /// Begins a commit: when there are too many alerts, those that were asked for the longest ago are forgotten, half of all.
  mutating func beginRound() {
    round &+= 1
    guard max(alerts.count, places.count / 2, assets.count / 2) > limit else { return }
    let uses = alerts.map(\.used).sorted()
    let threshold = uses.isEmpty ? 0 : uses[uses.count / 2]
    var kept = RecentAlerts(dataVersion: dataVersion, limit: limit)
    kept.round = round
    // A thing keeps its number; what it had open is read again when it is asked for.
    kept.things = things
    kept.states = states.map { ThingState(openings: nil, isWhole: $0.isWhole) }
    var assetNames = [String](repeating: "", count: assets.count)
    for (name, number) in assets { assetNames[Int(number)] = name }
    for (key, first) in places {
      let chain = chain(from: first)
      if chain.contains(where: { alerts[$0].used > threshold }) {
        var key = key
        key.asset = kept.asset(assetNames[Int(key.asset)])
        kept.add(chain.map { alerts[$0] }, to: key)
      } else if !chain.isEmpty {
        kept.states[Int(key.thing)].isWhole = false
      }
    }
    if kept.states.count > limit { kept = RecentAlerts(dataVersion: dataVersion, limit: limit) }
    self = kept
  }

  /// The places of the alerts of a key, from its first.
  func chain(from first: Int32) -> [Int] {
    var places: [Int] = []
    var place = Int(first)
    while place >= 0 {
      places.append(place)
      place = Int(alerts[place].next)
    }
    return places
  }
}
