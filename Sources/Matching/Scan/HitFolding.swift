import Indicators

/// Makes the list that a matcher hands out: one hit an entry and place, the strongest, in order.
enum HitFolding {
  static func fold(_ hits: [RawHit]) -> [RawHit] {
    guard hits.count > 1 else { return hits }
    // Stable among equals: an earlier view comes first.
    let order = hits.indices.sorted { left, right in
      let (a, b) = (hits[left], hits[right])
      if a.entry != b.entry { return a.entry < b.entry }
      if a.range.lowerBound != b.range.lowerBound { return a.range.lowerBound < b.range.lowerBound }
      return left < right
    }
    var kept: [(hit: RawHit, index: Int)] = []
    for index in order {
      let hit = hits[index]
      if let last = kept.last, last.hit.entry == hit.entry, last.hit.range.overlaps(hit.range) {
        if hit.mode.strength < last.hit.mode.strength { kept[kept.count - 1] = (hit, index) }
      } else {
        kept.append((hit, index))
      }
    }
    return kept.sorted { left, right in
      let (a, b) = (left.hit, right.hit)
      if a.range.lowerBound != b.range.lowerBound { return a.range.lowerBound < b.range.lowerBound }
      if a.mode != b.mode { return a.mode.strength < b.mode.strength }
      guard a.mode == .cidr else { return a.entry < b.entry }
      // Networks around one address stay as the walk found them, narrowest first. Undoing a view may give one place to several addresses.
      let (text, other) = (a.value ?? [], b.value ?? [])
      return text == other ? left.index < right.index : text.lexicographicallyPrecedes(other)
    }.map(\.hit)
  }

  /// Hits of a piece in a view, with their places in the chunk.
  /// - Parameter isOther: whether an entry stands for something else than what a range of the chunk says as it stands.
  static func append(
    _ found: [TextHit], in view: ViewText, _ kind: MatchView, isOther: (Int, Range<Int>) -> Bool, to hits: inout [RawHit]
  ) {
    for hit in found where hit.start >= 0 && hit.end <= view.bytes.count && hit.start < hit.end {
      hits.append(
        rawHit(hit, view.origins[hit.start], view.origins[hit.end], kind, isOther, value: hit.value ?? (kind == .raw ? nil : Array(view.bytes[hit.start..<hit.end]))))
    }
  }

  /// The same of pieces with escapes undone.
  static func append(
    _ found: [TextHit], in view: UndonePieces, of chunk: LogText, _ kind: MatchView, isOther: (Int, Range<Int>) -> Bool, to hits: inout [RawHit]
  ) {
    let places = Set(found.flatMap { [$0.start, $0.end] }).sorted()
    let origins = Dictionary(uniqueKeysWithValues: zip(places, view.origins(of: places, in: chunk)))
    for hit in found where hit.start < hit.end {
      guard let start = origins[hit.start], let end = origins[hit.end] else { continue }
      hits.append(rawHit(hit, start, end, kind, isOther, value: hit.value ?? (kind == .raw ? nil : view.slice(hit.start, hit.end))))
    }
  }

  /// The same of a view of such pieces.
  static func append(
    _ found: [TextHit], in view: ViewText, over pieces: UndonePieces, of chunk: LogText, _ kind: MatchView, isOther: (Int, Range<Int>) -> Bool,
    to hits: inout [RawHit]
  ) {
    let within = found.filter { $0.start >= 0 && $0.end <= view.bytes.count && $0.start < $0.end }
    let places = Set(within.flatMap { [view.origins[$0.start], view.origins[$0.end]] }).sorted()
    let origins = Dictionary(uniqueKeysWithValues: zip(places, pieces.origins(of: places, in: chunk)))
    for hit in within {
      guard let start = origins[view.origins[hit.start]], let end = origins[view.origins[hit.end]] else { continue }
      hits.append(rawHit(hit, start, end, kind, isOther, value: hit.value ?? Array(view.bytes[hit.start..<hit.end])))
    }
  }

  private static func rawHit(
    _ hit: TextHit, _ start: Int, _ end: Int, _ kind: MatchView, _ isOther: (Int, Range<Int>) -> Bool, value: [UInt8]?
  ) -> RawHit {
    let range = start..<max(end, start + 1)
    // A URL inside another one's query: seen, not necessarily visited.
    let mode = kind == .percent && isOther(hit.entry, range) ? .weak : hit.mode
    return RawHit(entry: hit.entry, range: range, mode: mode, view: kind, value: value)
  }
}
