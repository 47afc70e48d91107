import Indicators
import Syntax

/// MISP events: attributes of the event and of its objects that are meant for detection.
enum MISPFormat {
  static func read(_ body: BodyStream, reopen: () throws(Diagnostic) -> BodyStream, into sink: RowSink) throws {
    let document: JSONValue
    let bytes = try body.readAll()
    do throws(JSONError) {
      document = try JSONParser.parse(bytes)
    } catch {
      throw Diagnostic(.error, code: error.code == .unexpectedEnd ? "feed.truncated" : "feed.not-json", "not JSON at byte \(error.offset)", file: body.name)
    }
    for wrapper in document.array ?? document["response"]?.array ?? [document] {
      try event(wrapper["Event"] ?? wrapper, into: sink)
    }
  }

  private static func event(_ event: JSONValue, into sink: RowSink) throws {
    let tags = event["Tag"]?.array?.compactMap { $0["name"]?.string } ?? []
    var attributes = event["Attribute"]?.array ?? []
    for object in event["Object"]?.array ?? [] { attributes += object["Attribute"]?.array ?? [] }
    for (number, attribute) in attributes.enumerated() {
      guard let value = attribute["value"]?.scalarText, let type = attribute["type"]?.string else { continue }
      if attribute["deleted"] == true { try sink.skipRow(line: number + 1); continue }
      guard attribute["to_ids"] == true || attribute["to_ids"]?.scalarText == "1" else {
        try sink.skipRow(line: number + 1)
        continue
      }
      var row = FeedRow(line: number + 1)
      row.shown = value
      // `filename|sha256`, `ip-dst|port`, `domain|ip`: both halves, by the two names of the type.
      let types = type.split(separator: "|").map(String.init)
      let values = types.count == 2 ? value.split(separator: "|", maxSplits: 1).map(String.init) : [value]
      if types.count == 2, types[1] == "port", values.count == 2 {
        row.values = [FeedRow.Value("\(values[0]):\(values[1])", labelled: types[0])]
      } else {
        row.values = zip(types.count == values.count ? types : Array(repeating: type, count: values.count), values).map { FeedRow.Value($1, labelled: $0) }
      }
      let all = tags + (attribute["Tag"]?.array?.compactMap { $0["name"]?.string } ?? [])
      row.tags = all.filter { !$0.hasPrefix("tlp:") && !$0.hasPrefix("misp-galaxy:") }
      row.tlp = all.first { $0.lowercased().hasPrefix("tlp:") }.map { String($0.dropFirst(4)) }
      for tag in all where tag.hasPrefix("misp-galaxy:") {
        let name = tag.split(separator: "\"").dropFirst().first.map(String.init) ?? ""
        if tag.hasPrefix("misp-galaxy:threat-actor") || tag.contains("intrusion-set") { row.actors.append(name) } else { row.malware.append(name) }
      }
      row.firstSeen = attribute["first_seen"]?.string
      row.lastSeen = attribute["last_seen"]?.string
      row.description = attribute["comment"]?.string
      try sink.take(row)
    }
  }
}

/// STIX 2.0 and 2.1 bundles and TAXII envelopes: indicators by their patterns, actors and malware by the relationships.
enum STIXFormat {
  static func read(_ body: BodyStream, reopen: () throws(Diagnostic) -> BodyStream, into sink: RowSink) throws {
    guard let path = JSONPath("$.objects[*]") else { return }
    var names: [String: (type: String, name: String)] = [:]
    var links: [String: [String]] = [:]
    // First the relationships: they may stand anywhere in the bundle.
    try objects(try reopen(), at: path) { object, _ in
      guard let type = object["type"]?.string, let id = object["id"]?.string else { return }
      if ["intrusion-set", "threat-actor", "malware", "campaign", "tool"].contains(type), let name = object["name"]?.string { names[id] = (type, name) }
      if type == "relationship", let source = object["source_ref"]?.string, let target = object["target_ref"]?.string, source.hasPrefix("indicator--") {
        links[source, default: []].append(target)
      }
    }
    try objects(body, at: path) { object, line in
      guard object["type"]?.string == "indicator", let pattern = object["pattern"]?.string else { return }
      if object["revoked"] == true { return try sink.skipRow(line: line) }
      guard object["pattern_type"]?.string ?? "stix" == "stix" else { return try sink.rejectRow(pattern, reason: "pattern-type", line: line) }
      var row = FeedRow(line: line)
      row.shown = pattern
      let (comparisons, skipped) = STIXPatternReader.comparisons(pattern)
      row.values = comparisons
      for text in skipped { sink.note("feed.pattern-part", "not matchable: \(text)", line: line) }
      if row.values.isEmpty { return try sink.rejectRow(pattern, reason: "pattern", line: line) }
      row.firstSeen = object["valid_from"]?.string
      row.validUntil = object["valid_until"]?.string
      row.confidence = object["confidence"]?.integer
      row.tags = (object["labels"]?.strings ?? []) + (object["indicator_types"]?.strings ?? [])
      row.description = object["name"]?.string ?? object["description"]?.string
      row.reference = object["external_references"]?.array?.compactMap { $0["url"]?.string }.first
      for target in links[object["id"]?.string ?? ""] ?? [] {
        guard let named = names[target] else { continue }
        if ["intrusion-set", "threat-actor"].contains(named.type) { row.actors.append(named.name) } else { row.malware.append(named.name) }
      }
      try sink.take(row)
    }
  }

  private static func objects(_ body: BodyStream, at path: JSONPath, _ take: (JSONValue, Int) throws -> Void) throws {
    var stream = JSONRecordStream(path: path)
    func emit(_ record: JSONRecordStream.Record) throws {
      if !record.oversized, let value = try? JSONParser.parse(record.bytes) { try take(value, record.line) }
    }
    do {
      while true {
        let chunk = try body.read()
        if chunk.isEmpty { break }
        try stream.take(chunk, emit: emit)
      }
      try stream.finish(emit: emit)
    } catch let error as JSONError {
      throw Diagnostic(.error, code: error.code == .unexpectedEnd ? "feed.truncated" : "feed.not-json", "not JSON at byte \(error.offset)", file: body.name)
    }
  }
}

/// Takes a STIX pattern (STIX 2.1, section 9) apart into the comparisons that stand for a value.
///
/// `=` and `IN` and `ISSUBSET` give values whatever joins them (AND, OR, FOLLOWEDBY): each is worth looking for by itself. Negations,
/// `MATCHES`, `LIKE` and orderings say no value and are reported.
enum STIXPatternReader {
  static func comparisons(_ pattern: String) -> (values: [FeedRow.Value], skipped: [String]) {
    guard pattern.utf8.count <= 64 << 10 else { return ([], ["longer than 64 KiB"]) }
    let tokens = tokens(Array(pattern.unicodeScalars))
    var values: [FeedRow.Value] = []
    var skipped: [String] = []
    var index = 0
    while index < tokens.count {
      guard case .word(let path) = tokens[index], path.contains(":"), index + 1 < tokens.count else {
        index += 1
        continue
      }
      var cursor = index + 1
      var isNegated = false
      if case .word(let word) = tokens[cursor], word.uppercased() == "NOT", cursor + 1 < tokens.count {
        isNegated = true
        cursor += 1
      }
      let (operation, literals, next) = comparison(tokens, cursor)
      index = next
      let label = label(path)
      if isNegated || !["=", "IN", "ISSUBSET"].contains(operation) || label == nil {
        skipped.append("\(path) \(isNegated ? "NOT " : "")\(operation)")
      } else if let label {
        values += literals.map { FeedRow.Value($0, label: label.name, types: label.types, splittable: false) }
      }
    }
    return (values, skipped)
  }

  private enum Token {
    case word(String)
    case text(String)
    case symbol(String)
  }

  private static func tokens(_ text: [Unicode.Scalar]) -> [Token] {
    var tokens: [Token] = []
    var index = 0
    func isWord(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "-_:.[]*'".unicodeScalars.contains(scalar) }
    while index < text.count {
      let scalar = text[index]
      if scalar == "'" {
        var value = String.UnicodeScalarView()
        index += 1
        while index < text.count, text[index] != "'" {
          if text[index] == "\\", index + 1 < text.count { index += 1 }
          value.append(text[index])
          index += 1
        }
        index += 1
        tokens.append(.text(String(value)))
      } else if scalar.properties.isAlphabetic {
        var word = String.UnicodeScalarView()
        // A path may hold quoted keys: file:hashes.'SHA-256'.
        while index < text.count, isWord(text[index]), !(text[index] == "]" && !word.contains("[")) {
          if text[index] == "'" {
            guard word.last == "." || word.last == "[" else { break }
            index += 1
            while index < text.count, text[index] != "'" {
              word.append(text[index])
              index += 1
            }
            index += 1
            continue
          }
          word.append(text[index])
          index += 1
        }
        tokens.append(.word(String(word)))
      } else if "=!<>".unicodeScalars.contains(scalar) {
        var symbol = String.UnicodeScalarView()
        while index < text.count, "=!<>".unicodeScalars.contains(text[index]) {
          symbol.append(text[index])
          index += 1
        }
        tokens.append(.symbol(String(symbol)))
      } else {
        if "(),".unicodeScalars.contains(scalar) { tokens.append(.symbol(String(scalar))) }
        index += 1
      }
    }
    return tokens
  }

  private static func comparison(_ tokens: [Token], _ start: Int) -> (operation: String, literals: [String], next: Int) {
    guard start < tokens.count else { return ("", [], start + 1) }
    var operation = ""
    switch tokens[start] {
    case .symbol(let symbol): operation = symbol == "==" ? "=" : symbol
    case .word(let word): operation = word.uppercased()
    case .text: return ("", [], start)
    }
    var index = start + 1
    var literals: [String] = []
    if index < tokens.count, case .symbol("(") = tokens[index] {
      index += 1
      while index < tokens.count {
        if case .symbol(")") = tokens[index] { break }
        if case .text(let text) = tokens[index] { literals.append(text) }
        index += 1
      }
      return (operation, literals, index + 1)
    }
    if index < tokens.count, case .text(let text) = tokens[index] {
      literals = [text]
      index += 1
    }
    return (operation, literals, index)
  }

  /// What an object path's value is.
  private static func label(_ path: String) -> (name: String, types: [IndicatorType])? {
    let lower = path.lowercased()
    let known: [(String, [IndicatorType])] = [
      ("ipv4-addr:value", [.ipv4, .cidr]), ("ipv6-addr:value", [.ipv6, .cidr]), ("domain-name:value", [.domain, .onion]), ("url:value", [.url]),
      ("email-addr:value", [.email]), ("email-message:from_ref.value", [.email]), ("email-message:sender_ref.value", [.email]), ("mutex:name", [.mutex]),
      ("windows-registry-key:key", [.registry]), ("file:name", [.filename]), ("network-traffic:dst_ref.value", [.ipv4, .ipv6, .domain]),
      ("network-traffic:src_ref.value", [.ipv4, .ipv6, .domain]), ("domain-name:resolves_to_refs[*].value", [.ipv4, .ipv6]),
    ]
    if let found = known.first(where: { $0.0 == lower }) { return found }
    if lower.contains("hashes") { return (path, TypeLabel.digest + [.ssdeep, .tlsh]) }
    if lower.contains("user-agent") { return (path, [.userAgent]) }
    if lower.hasPrefix("autonomous-system:number") { return (path, [.asn]) }
    return nil
  }
}
