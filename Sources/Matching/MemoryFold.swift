public import Indicators

/// Folding without a store, for `--no-store`: the same alerts, as long as they are in use. A stream without end must not fill the memory, so
/// what was not seen for the longest time is forgotten, and would be an alert anew.
public struct MemoryFold {
  private struct Thing: Hashable {
    var type: IndicatorType
    var value: String
  }

  private struct Key: Hashable {
    var thing: Thing
    var asset: String
    var isWide = false
  }

  private struct Window {
    var id: String
    var first: Timestamp
    var last: Timestamp
  }

  private static let seenLimit = 1 << 17

  private var seen: Set<String> = []
  private var open: [Key: (windows: [Window], used: Int)] = [:]
  /// When alerts of a thing, wide ones aside, were opened.
  private var openings: [Thing: [Timestamp]] = [:]
  private let assetsPerIndicator: Int?
  private let limit: Int
  /// Sightings so far.
  private var time = 0
  public private(set) var alerts = 0

  /// - Parameters:
  ///   - assetsPerIndicator: see ``ScoringPolicy/assetsPerIndicator``.
  ///   - limit: pairs of an indicator and an asset that are remembered, some 400 bytes each.
  public init(assetsPerIndicator: Int? = nil, limit: Int = 200_000) {
    self.assetsPerIndicator = assetsPerIndicator
    self.limit = limit
  }

  /// The sighting with its alert's id; nil when it was counted before.
  public mutating func count(_ sighting: Sighting) -> Sighting? {
    // A stream without end must not fill the memory; within a log no sighting comes twice.
    if seen.count >= Self.seenLimit { seen.removeAll(keepingCapacity: true) }
    guard seen.insert(sighting.id).inserted else { return nil }
    time += 1
    if open.count > limit { forget() }
    let thing = Thing(type: sighting.indicator.type, value: sighting.indicator.observable.match)
    var key = Key(thing: thing, asset: sighting.asset)
    if let id = extend(key, by: sighting.observedAt) { return sighting.belonging(to: id) }
    if NoiseBrake.holds(sighting.observedAt, openings: openings[thing] ?? [], limit: assetsPerIndicator) {
      key = Key(thing: thing, asset: Alert.manyAssets, isWide: true)
      if let id = extend(key, by: sighting.observedAt) { return sighting.belonging(to: id) }
    } else {
      openings[thing, default: []].append(sighting.observedAt)
    }
    let id = Alert.identity(of: sighting, isWide: key.isWide)
    open[key, default: ([], time)].windows.append(Window(id: id, first: sighting.observedAt, last: sighting.observedAt))
    open[key]?.used = time
    alerts += 1
    return sighting.belonging(to: id)
  }

  private mutating func extend(_ key: Key, by time: Timestamp) -> String? {
    guard var known = open[key], let position = known.windows.firstIndex(where: { AlertWindow.admits(time, first: $0.first, last: $0.last) })
    else { return nil }
    known.windows[position].first = min(known.windows[position].first, time)
    known.windows[position].last = max(known.windows[position].last, time)
    known.used = self.time
    open[key] = known
    return known.windows[position].id
  }

  /// Half of all pairs, those that were seen the longest ago, and when indicators without any of them opened theirs.
  private mutating func forget() {
    let uses = open.values.map(\.used).sorted()
    let threshold = uses[uses.count / 2]
    open = open.filter { $0.value.used > threshold }
    let things = Set(open.keys.map(\.thing))
    openings = openings.filter { things.contains($0.key) }
  }
}

/// Keeps one bad indicator from opening an alert on every asset.
public enum NoiseBrake {
  /// Whether an indicator that opened alerts at these times may open no other at `time`: it did so `limit` times within a day.
  public static func holds(_ time: Timestamp, openings: [Timestamp], limit: Int?) -> Bool {
    guard let limit, openings.count >= limit else { return false }
    let from = time.adding(seconds: -Alert.windowSeconds)
    let to = time.adding(seconds: Alert.windowSeconds)
    var count = 0
    for opening in openings where opening > from && opening < to {
      count += 1
      if count >= limit { return true }
    }
    return false
  }
}

extension Sighting {
  /// The same sighting as a part of this alert.
  public func belonging(to alertID: String) -> Sighting {
    var copy = self
    copy.alertID = alertID
    return copy
  }
}

extension Alert {
  /// The id of the alert that this sighting opens.
  public static func identity(of sighting: Sighting, isWide: Bool = false) -> String {
    SHA256.identity([
      isWide ? "alert-wide-1" : "alert-1", sighting.indicator.type.rawValue, sighting.indicator.observable.match,
      isWide ? Alert.manyAssets : sighting.asset, sighting.id,
    ])
  }
}
