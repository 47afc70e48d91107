public import Indicators

/// Folding without a store, for `--no-store`: the same alerts, as long as the process lives.
public struct MemoryFold {
  private struct Key: Hashable {
    var type: IndicatorType
    var value: String
    var asset: String
  }

  private var seen: Set<String> = []
  private var open: [Key: [(id: String, first: Timestamp, last: Timestamp)]] = [:]
  public private(set) var alerts = 0

  public init() {}

  /// The sighting with its alert's id; nil when it was counted before.
  public mutating func count(_ sighting: Sighting) -> Sighting? {
    guard seen.insert(sighting.id).inserted else { return nil }
    let key = Key(type: sighting.indicator.type, value: sighting.indicator.observable.match, asset: sighting.asset)
    var counted = sighting
    var known = open[key] ?? []
    if let position = known.firstIndex(where: { AlertWindow.admits(sighting.observedAt, first: $0.first, last: $0.last) }) {
      known[position].first = min(known[position].first, sighting.observedAt)
      known[position].last = max(known[position].last, sighting.observedAt)
      counted.alertID = known[position].id
    } else {
      counted.alertID = Alert.identity(of: sighting)
      known.append((counted.alertID, sighting.observedAt, sighting.observedAt))
      alerts += 1
    }
    open[key] = known
    return counted
  }
}

extension Alert {
  /// The id of the alert that this sighting opens.
  public static func identity(of sighting: Sighting) -> String {
    SHA256.identity([
      "alert-1", sighting.indicator.type.rawValue, sighting.indicator.observable.match, sighting.asset, sighting.id,
    ])
  }
}
