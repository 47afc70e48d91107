internal import Indicators
internal import Rules

/// Formats that the operator described under `Rules/logs/`.
enum TaughtFormat {
  /// - Parameter firstLine: of the log: where a CSV without given columns names them.
  static func read(_ line: [UInt8], _ source: LogSource, firstLine: [UInt8], _ base: TimeBase) -> LineFacts? {
    guard let fields = fields(line, source.format, firstLine), !fields.isEmpty else { return nil }
    var facts = LineFacts(format: source.name)
    func text(_ role: LogSource.Role) -> String? { source.roles[role].flatMap { fields.text($0.lowercased()) } }
    if let name = source.timeField, let text = fields.text(name.lowercased()) {
      facts.event.time =
        source.timeFormat?.read(text, zoneMinutes: base.zoneMinutes, reference: base.reference) ?? EventTime.read(text, base: base)
    }
    facts.event.host = text(.host)
    facts.event.user = text(.user)
    if let (ip, port) = text(.sourceIP).flatMap(AddressFacts.address) { (facts.event.sourceIP, facts.event.sourcePort) = (ip, port) }
    if let (ip, port) = text(.destinationIP).flatMap(AddressFacts.address) { (facts.event.destinationIP, facts.event.destinationPort) = (ip, port) }
    if let port = text(.sourcePort).flatMap({ AddressFacts.port($0.utf8) }) { facts.event.sourcePort = port }
    if let port = text(.destinationPort).flatMap({ AddressFacts.port($0.utf8) }) { facts.event.destinationPort = port }
    facts.event.direction = text(.direction).flatMap(AddressFacts.direction(word:))
    if let word = text(.outcome) {
      if source.allowed.contains(where: { Wildcard.matches(word, pattern: $0) }) { facts.event.outcome = .allowed }
      if source.blocked.contains(where: { Wildcard.matches(word, pattern: $0) }) { facts.event.outcome = .blocked }
    }
    EventRoles.fill(&facts.event, from: fields, base: base)
    facts.fields = fields.ranges
    return facts
  }

  private static func fields(_ line: [UInt8], _ format: LogSource.Format, _ firstLine: [UInt8]) -> LineFields? {
    var fields = LineFields(line)
    switch format {
    case .auto: return nil
    case .json:
      guard let scalars = JSONText.scalars(line) else { return nil }
      return LineFields(line, scalars)
    case .keyValue: for pair in KeyValuePairs.read(line, from: 0) { fields.add(pair.name, pair.range) }
    case .pattern(let pattern):
      guard let found = pattern.match(line) else { return nil }
      for field in found { fields.add(field.name, field.range) }
    case .csv(let delimiter, let columns):
      let names = columns ?? SeparatedValues.cells(firstLine, delimiter).map { LineText.string(firstLine[$0]) }
      for (name, range) in zip(names, SeparatedValues.cells(line, delimiter)) where !name.isEmpty { fields.add(name, range) }
    }
    return fields
  }
}
