import Indicators

/// Makes a row of a record by the feed file's map. CSV and JSON differ only in how a field is looked up.
struct MappedRow {
  let map: FeedMap
  let line: Int
  var shown = ""
  var shownBytes: [UInt8] = []
  /// A value under the feed's own name for its type.
  var labelled: (_ text: String, _ label: String) -> FeedRow.Value = { FeedRow.Value($0, labelled: $1) }
  /// All texts that a field holds in the record; empty when it has none.
  let texts: (FeedMap.Field) -> [String]

  /// Nil when the map's condition leaves the record out.
  func row() -> FeedRow? {
    for condition in map.skip {
      let found = texts(condition.field).map { $0.trimmed.lowercased() }
      if condition.equals.contains(where: { found.contains($0.lowercased()) }) { return nil }
    }
    var row = FeedRow(line: line)
    if shownBytes.isEmpty { row.shown = shown } else { row.shownBytes = shownBytes }
    for value in map.values { row.values += values(value, &row) }
    row.firstSeen = first(map.firstSeen)
    row.lastSeen = first(map.lastSeen)
    row.validUntil = first(map.validUntil)
    row.reference = first(map.reference)
    row.tags = all(map.tags)
    row.malware = all(map.malware)
    row.actors = all(map.actors)
    row.confidence = first(map.confidence).flatMap(Self.confidence)
    row.tlp = first(map.tlp)
    row.description = first(map.description)
    return row
  }

  private func values(_ value: FeedMap.Value, _ row: inout FeedRow) -> [FeedRow.Value] {
    let ports = value.port.flatMap { texts($0).first }.map { row.ports($0) } ?? []
    var found = all(value.field)
    if let version = value.version, !found.isEmpty {
      let versions = texts(version)
      // A version for each name, or all versions for each of them.
      let isPaired = found.count > 1 && versions.count == found.count
      found = found.indices.flatMap { PackageText.texts(found[$0], versions: isPaired ? [versions[$0]] : versions) }
    }
    // The usual case, without arrays for it.
    if found.count == 1, ports.isEmpty {
      switch value.type {
      case .auto: return [FeedRow.Value(found[0])]
      case .label(let text): return [text.isEmpty ? FeedRow.Value(found[0]) : labelled(found[0], text)]
      case .field(let field):
        let labels = texts(field)
        if labels.count == 1 {
          let label = labels[0].trimmed
          return [label.isEmpty ? FeedRow.Value(found[0]) : labelled(found[0], label)]
        }
      }
    }
    var labels: [String] = []
    switch value.type {
    case .auto: break
    case .label(let text): labels = [text]
    case .field(let field): labels = texts(field).map(\.trimmed)
    }
    let values = found.enumerated().map { index, text in
      // A label for each value, or one for all of them; a list of another length says nothing of any.
      let label = labels.count == found.count ? labels[index] : labels.count == 1 ? labels[0] : nil
      guard let label, !label.isEmpty else { return FeedRow.Value(text) }
      return labelled(text, label)
    }
    return ports.isEmpty ? values : values.flatMap { HostPort.values($0, ports: ports) }
  }

  private func first(_ field: FeedMap.Field?) -> String? { field.flatMap { texts($0).first { !FeedRow.isNothing($0.trimmed) } } }

  private func all(_ field: FeedMap.Field?) -> [String] {
    guard let field else { return [] }
    let found = texts(field)
    if found.count == 1 {
      if let split = field.split, !split.isEmpty { return found[0].parts(separatedBy: split) }
      let text = found[0].trimmed
      return text.isEmpty ? [] : [text]
    }
    return found.flatMap { text -> [String] in
      guard let split = field.split, !split.isEmpty else { return [text.trimmed] }
      return text.parts(separatedBy: split)
    }.filter { !$0.isEmpty }
  }

  /// `75`, `75%`, `0.75`, `high`.
  static func confidence(_ text: String) -> Int? {
    let value = text.trimmed.lowercased()
    switch value {
    case "low": return 30
    case "medium", "moderate": return 50
    case "high": return 80
    default: break
    }
    let digits = value.hasSuffix("%") ? String(value.dropLast()) : value
    if let whole = Int(digits) { return min(100, max(0, whole)) }
    guard let number = Double(digits), number.isFinite else { return nil }
    return Int(min(100, max(0, number <= 1 ? number * 100 : number)))
  }
}
