import Indicators

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
