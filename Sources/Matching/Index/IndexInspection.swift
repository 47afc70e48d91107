public import Indicators
public import Syntax

/// What an index holds, for people and programs.
public struct IndexInspection: Sendable {
  public var path: String
  public var bytes: Int
  public var indicators: Int
  public var version: Int
  /// Hexadecimal.
  public var seed: String
  /// Entries by type; damaged records under `?`.
  public var types: [(type: String, count: Int)]
  public var sections: [(name: String, bytes: Int)]

  public var json: JSONObject {
    var types = JSONObject()
    for entry in self.types { types[entry.type] = JSONValue(entry.count) }
    var sections = JSONObject()
    for section in self.sections { sections[section.name] = JSONValue(section.bytes) }
    return [
      "path": .string(path), "version": JSONValue(version), "indicators": JSONValue(indicators), "bytes": JSONValue(bytes), "seed": .string(seed),
      "types": .object(types), "sections": .object(sections),
    ]
  }

  public var text: String {
    var lines = ["\(path): version \(version), \(indicators) indicators, \(bytes) bytes", "types:"]
    lines += types.map { "  \($0.type)\t\($0.count)" }
    lines.append("sections:")
    lines += sections.map { "  \($0.name)\t\($0.bytes)" }
    return lines.joined(separator: "\n")
  }
}

extension IndicatorIndex {
  /// Reads every record.
  public func inspect() -> IndexInspection {
    var types: [String: Int] = [:]
    for entry in 0..<count { types[type(of: entry)?.rawValue ?? "?", default: 0] += 1 }
    return IndexInspection(
      path: path, bytes: unsafe file.bytes.count, indicators: count, version: Int(IndexFormat.version), seed: SHA256.hex(header.seed),
      types: types.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
      sections: IndexFormat.Section.allCases.map { ($0.name, Int(header.sections[$0.rawValue].length)) })
  }

  /// Checks the index to the last byte: every section's checksum, every record.
  /// - Throws: `index.damaged`.
  public func verify() throws(Diagnostic) {
    try verifySections()
    for entry in 0..<count where indicator(at: entry) == nil {
      throw Diagnostic(.error, code: "index.damaged", "record \(entry) cannot be read", hint: IndicatorIndex.rebuildHint, file: path)
    }
  }

  /// Checks every section's checksum, and that nothing lies between them.
  /// - Throws: `index.damaged`.
  func verifySections() throws(Diagnostic) {
    for section in IndexFormat.Section.allCases {
      let extent = header.sections[section.rawValue]
      let sum = unsafe Checksum.update(Checksum.seed, self.section(section))
      if sum != extent.checksum {
        throw Diagnostic(
          .error, code: "index.damaged", "the section '\(section.name)' is damaged", hint: IndicatorIndex.rebuildHint, file: path)
      }
    }
    // What lies between the sections is zeros.
    var position = IndexFormat.headerLength
    let extents = IndexFormat.Section.allCases.map { header.sections[$0.rawValue] }.sorted { $0.offset < $1.offset }
    for next in unsafe extents.map({ Int($0.offset) }) + [file.bytes.count] {
      if position < next, unsafe file.bytes[position..<next].contains(where: { $0 != 0 }) {
        throw Diagnostic(
          .error, code: "index.damaged", "the bytes before offset \(next) are damaged", hint: IndicatorIndex.rebuildHint, file: path)
      }
      position = max(position, extents.filter { Int($0.offset) == next }.map { next + Int($0.length) }.max() ?? next)
    }
  }
}
